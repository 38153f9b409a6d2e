#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace credsim::model {

/// Records that live for a while, each at a place that stays its own until it is given back. Grows only.
template <class Record>
class Pool {
 public:
  std::uint32_t add(const Record& record) {
    if (free_.empty()) {
      records_.push_back(record);
      return static_cast<std::uint32_t>(records_.size() - 1);
    }
    const std::uint32_t place = free_.back();
    free_.pop_back();
    records_[place] = record;
    return place;
  }
  void remove(std::uint32_t place) { free_.push_back(place); }

  [[nodiscard]] Record& operator[](std::uint32_t place) { return records_[place]; }
  [[nodiscard]] const Record& operator[](std::uint32_t place) const { return records_[place]; }
  [[nodiscard]] std::size_t places() const { return records_.size(); }

 private:
  std::vector<Record> records_;
  std::vector<std::uint32_t> free_;
};

}  // namespace credsim::model
