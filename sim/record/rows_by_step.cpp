#include "record/rows_by_step.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <string>
#include <string_view>

namespace credsim::record {
namespace {

// When what a row tells of is over, null if not by the end; in the order of RowKind. Of samples: how often they recur
// besides, and after how long each time.
constexpr std::array<std::string_view, kAuditTables.size()> kMoments{
    "v.provisioned_us + v.life_us",  "v.requested_us + v.issue_delay_us", "v.opened_us + v.duration_us", "v.at_us",
    "v.arrived_us + v.end_delay_us", "v.at_us, v.repeats, v.interval_us",
};

}  // namespace

std::optional<std::vector<std::uint64_t>> rows_by_step(Database& database, std::int64_t run_id, RowKind kind,
                                                       const Steps& steps) {
  Statement read =
      database.prepare("SELECT " + std::string{kMoments[static_cast<std::size_t>(kind)]} + rows_of_run(kind));
  read.bind(run_id);
  std::vector<std::uint64_t> rows(static_cast<std::size_t>(steps.last) + 1);
  const auto count = [&](std::int64_t at_us) {
    const std::int64_t step = (at_us + steps.length.count() - 1) / steps.length.count();
    ++rows[static_cast<std::size_t>(std::clamp<std::int64_t>(step, 0, steps.last))];
  };
  Statement::Step step = read.step();
  for (; step == Statement::Step::row; step = read.step()) {
    if (read.is_null(0)) {
      ++rows.back();
      continue;
    }
    const std::int64_t at_us = read.integer(0);
    count(at_us);
    if (kind != RowKind::sample) continue;
    const std::int64_t interval_us = read.integer(2);
    for (std::int64_t repeat = read.integer(1); repeat > 0; --repeat) count(at_us + repeat * interval_us);
  }
  if (step == Statement::Step::failed) return std::nullopt;
  std::partial_sum(rows.begin(), rows.end(), rows.begin());
  return rows;
}

}  // namespace credsim::record
