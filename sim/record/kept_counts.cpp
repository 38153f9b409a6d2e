#include "record/kept_counts.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace credsim::record {
namespace {

constexpr std::int64_t kWorkloads = std::int64_t{1} << 16;
constexpr std::int64_t kOperations = std::int64_t{1} << 8;

// Operation, reason and workload as one number, so that keys are short to compare.
std::int64_t kind_of(const FailureRow& failure) {
  return (static_cast<std::int64_t>(failure.reason) * kOperations + static_cast<std::int64_t>(failure.operation)) *
             kWorkloads +
         failure.workload;
}

struct FailureKind {
  explicit FailureKind(std::int64_t kind)
      : workload(kind % kWorkloads == FailureRow::kNoWorkload ? -1 : kind % kWorkloads),
        operation(kind / kWorkloads % kOperations),
        reason(kind / kWorkloads / kOperations) {}

  std::int64_t workload;
  std::int64_t operation;
  std::int64_t reason;
};

// The last bit is whether the warm-up was on.
std::int64_t with_warm_up(std::int64_t number, bool warm_up) {
  return 2 * number + (warm_up ? 1 : 0);
}

}  // namespace

bool KeptCounts::attach(Database& database) {
  Statement warm_up = database.prepare("SELECT max(warm_up_us) FROM scenario_row");
  if (warm_up.step() != Statement::Step::row) return false;
  warm_up_end_ = kSimulationStart + Duration{warm_up.integer(0)};
  insert_failures_ = database.prepare(
      "INSERT INTO failure_count_row VALUES (?, ?, ?, ?, ?, ?, ?, ?) "
      "ON CONFLICT DO UPDATE SET failures = failures + excluded.failures");
  insert_gaps_ = database.prepare(
      "INSERT INTO gap_count_row VALUES (?, ?, ?, ?, ?, ?, ?, ?) "
      "ON CONFLICT DO UPDATE SET gaps = gaps + excluded.gaps, open = open + excluded.open, "
      "duration_us = CASE WHEN duration_us > 9223372036854775807 - excluded.duration_us THEN 9223372036854775807 "
      "ELSE duration_us + excluded.duration_us END, longest_us = max(longest_us, excluded.longest_us)");
  return insert_failures_ && insert_gaps_;
}

void KeptCounts::add(std::int64_t run_id, const AuditBatch& batch) {
  auto last = failures_.end();
  for (const FailureRow& row : batch.failures) {
    const std::int64_t hour = row.at.time_since_epoch() / std::chrono::hours{1};
    const Key key{run_id, row.resource, kind_of(row), with_warm_up(hour, row.at < warm_up_end_)};
    if (last == failures_.end() || last->first != key) last = failures_.try_emplace(key).first;
    ++last->second;
  }
  for (const GapRow& row : batch.gaps) {
    Gaps& sum = gaps_[{run_id, row.resource, std::int64_t{row.stopped}, std::int64_t{row.closed < warm_up_end_}}];
    const std::int64_t duration = (row.closed - row.opened).count();
    ++sum.gaps;
    sum.open += row.open ? 1 : 0;
    if (__builtin_add_overflow(sum.duration_us, duration, &sum.duration_us)) sum.duration_us = INT64_MAX;
    sum.longest_us = std::max(sum.longest_us, duration);
  }
}

bool KeptCounts::settle() {
  for (const auto& [key, failures] : failures_) {
    const auto [run_id, resource, kind, hour] = key;
    const FailureKind parts{kind};
    if (!insert_failures_.run(run_id, hour / 2, resource, parts.operation, parts.workload, parts.reason, hour % 2,
                              failures))
      return false;
  }
  failures_.clear();
  for (const auto& [key, sum] : gaps_)
    if (!insert_gaps_.run(key[0], key[1], key[2], key[3], sum.gaps, sum.open, sum.duration_us, sum.longest_us))
      return false;
  gaps_.clear();
  return true;
}

}  // namespace credsim::record
