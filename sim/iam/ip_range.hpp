#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace credsim::iam {

/// An IPv4 or IPv6 address; the two families never equal one another.
struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};  ///< in network order; IPv4 uses the first four
  std::uint8_t bits = 32;                ///< 32 or 128

  static std::optional<IpAddress> parse(std::string_view text);
};

/// "10.0.0.1", of an address in host order.
std::string ipv4_text(std::uint32_t address);

/// A CIDR block; a bare address is a block of one.
class IpRange {
 public:
  static std::optional<IpRange> parse(std::string_view text);
  [[nodiscard]] bool contains(const IpAddress& address) const;

 private:
  IpAddress network_;
  std::uint8_t prefix_bits_ = 0;
};

}  // namespace credsim::iam
