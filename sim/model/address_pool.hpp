#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "credsim/resource.hpp"

namespace credsim::model {

/// The addresses of one subnet: handed out in ascending order, then again those that came back last.
class AddressPool {
 public:
  explicit AddressPool(const Subnet& subnet)
      : next_(subnet.base + 4), last_(subnet.base + static_cast<std::uint32_t>(subnet.usable_addresses()) + 3) {}

  /// An IPv4 address in host order; nothing if all are taken.
  std::optional<std::uint32_t> take() {
    if (!returned_.empty()) {
      const std::uint32_t address = returned_.back();
      returned_.pop_back();
      return address;
    }
    if (next_ > last_) return std::nullopt;
    return next_++;
  }
  [[nodiscard]] std::int64_t free() const {
    return std::int64_t{last_} - next_ + 1 + static_cast<std::int64_t>(returned_.size());
  }
  void give_back(std::uint32_t address) { returned_.push_back(address); }

 private:
  std::uint32_t next_;
  std::uint32_t last_;
  std::vector<std::uint32_t> returned_;
};

}  // namespace credsim::model
