#include "record/failure_chains.hpp"

#include <optional>

namespace credsim::record {
namespace {

std::size_t place_of(InstanceId instance) {
  return instance == kNoInstance ? 0 : 1 + std::size_t{place_in_cell(instance)};
}

std::optional<std::uint64_t> instance_at(std::uint32_t cell, std::size_t place) {
  if (place == 0) return std::nullopt;
  return static_cast<std::uint64_t>(instance_id(cell, static_cast<std::uint32_t>(place - 1)));
}

}  // namespace

bool FailureChains::attach(Database& database) {
  insert_ = database.prepare("INSERT INTO last_failure_row VALUES (?, ?, ?)");
  return static_cast<bool>(insert_);
}

std::span<const ChainedFailure> FailureChains::link(std::int64_t run_id, std::uint32_t cell, std::int64_t row,
                                                    std::span<const FailureRow> failures) {
  linked_.clear();
  if (failures.empty()) return linked_;
  std::vector<std::int64_t>& last_rows = cells_[{run_id, cell}];
  for (const FailureRow& failure : failures) {
    const std::size_t place = place_of(failure.instance);
    if (place >= last_rows.size()) last_rows.resize(place + 1);
    std::int64_t& last = last_rows[place];
    linked_.push_back({failure, last == 0 ? 0 : row - last});
    last = row++;
  }
  return linked_;
}

bool FailureChains::finish(std::int64_t run_id) {
  for (auto each = cells_.lower_bound({run_id, 0}); each != cells_.end() && each->first.first == run_id;
       each = cells_.erase(each)) {
    const std::vector<std::int64_t>& last_rows = each->second;
    for (std::size_t place = 0; place < last_rows.size(); ++place)
      if (last_rows[place] != 0 && !insert_.run(run_id, instance_at(each->first.second, place), last_rows[place]))
        return false;
  }
  return true;
}

}  // namespace credsim::record
