#include "record/row_check.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace credsim::record {
namespace {

using Operation = FailureRow::Operation;
using Outcome = SessionRow::Outcome;
using Key = RowTally::Numbers;

constexpr std::int64_t kNone = -1;

// Kinds whose rows are counted by five numbers of each. Grouped in C++, since SQLite would sort the rows for it. Of the
// others their number is read, and sums over them.
constexpr std::array<bool, kAuditTables.size()> kGrouped{true, false, false, true, true, false};

// What is read of the rows, in the order of RowKind.
std::array<std::string, kAuditTables.size()> columns_read(Duration warm_up) {
  static_assert(static_cast<int>(Operation::call) == 3);
  const std::string counts = " >= " + std::to_string(warm_up.count());
  // Without a warm-up all counts, and a row's times need not be read for it.
  const auto since_warm_up = [&](const std::string& moment) {
    return warm_up > Duration{} ? moment + counts : std::string{"1"};
  };
  const std::string issue_counts = since_warm_up("requested_us + issue_delay_us");
  const std::string gap_counts = since_warm_up("opened_us + duration_us");
  return {
      "resource, first_credential_delay_us IS NOT NULL, coalesce(" + since_warm_up("provisioned_us + life_us") +
          ", 1), 0, 0",
      "count(*), count(*) FILTER (WHERE " + issue_counts + " AND attempts > 0), count(*) FILTER (WHERE " +
          issue_counts + " AND overlap_us > 0), 0, 0",
      "count(*), count(*) FILTER (WHERE NOT stopped AND " + gap_counts + "), count(*) FILTER (WHERE stopped AND " +
          gap_counts + "), 0, 0",
      "resource, operation, CASE WHEN operation = 3 THEN workload ELSE -1 END, reason, " + since_warm_up("at_us"),
      "resource, outcome, arrived_us" + counts + ", coalesce(arrived_us + start_delay_us" + counts +
          ", 0), coalesce(arrived_us + end_delay_us" + counts + ", 0)",
      "count(*), sum(1 + repeats), 0, 0, 0",
  };
}

class Comparison {
 public:
  Comparison(std::int64_t run_id, const std::array<RowTally, kAuditTables.size()>& tallies,
             std::span<const ResourceNames> names, std::span<const CellResult> cells)
      : run_id_(run_id), tallies_(tallies), names_(names), cells_(cells) {}

  /// The first disagreement, if there is one.
  [[nodiscard]] std::string all(AuditLevel level) {
    credentials(level);
    gaps(level);
    failures(level);
    instances(level);
    sessions(level);
    expect("samples of series", over_cells([](const CellResult& cell) { return cell.series_rows; }),
           sum(RowKind::sample, 1));
    return std::move(disagreement_);
  }

  void extent(RowKind kind, std::uint64_t rows) {
    expect("stored " + std::string{kAuditTables[static_cast<std::size_t>(kind)]} + " rows", of(kind).rows, rows);
  }

 private:
  template <class Count>
  std::uint64_t over_cells(const Count& of_cell) const {
    std::uint64_t all = 0;
    for (const CellResult& cell : cells_) all += of_cell(cell);
    return all;
  }
  template <class Count>
  std::uint64_t over_resources(const Count& of_resource) const {
    return over_cells([&](const CellResult& cell) {
      std::uint64_t all = 0;
      for (const ResourceCounters& counters : cell.resources) all += of_resource(counters);
      return all;
    });
  }

  void expect(const std::string& what, std::uint64_t counted, std::uint64_t stored) {
    if (counted == stored || !disagreement_.empty()) return;
    disagreement_ = "run " + std::to_string(run_id_) + ": counted " + std::to_string(counted) + " " + what +
                    ", but the database has " + std::to_string(stored);
  }

  std::string of_resource(std::size_t resource) const {
    return resource < names_.size() ? " of " + names_[resource].name : " of resource " + std::to_string(resource);
  }

  const RowTally& of(RowKind kind) const { return tallies_[static_cast<std::size_t>(kind)]; }
  std::uint64_t sum(RowKind kind, std::size_t column) const {
    return static_cast<std::uint64_t>(of(kind).sums[column]);
  }

  void credentials(AuditLevel level) {
    const std::uint64_t stored = sum(RowKind::credential, 0);
    expect("credential rows", over_cells([](const CellResult& cell) { return cell.credential_rows; }), stored);
    if (level != AuditLevel::full) return;
    expect("credentials issued",
           over_resources([](const ResourceCounters& counters) { return counters.credentials_issued; }),
           sum(RowKind::credential, 1));
    expect("overlap windows",
           over_resources([](const ResourceCounters& counters) { return counters.overlap.samples().count(); }),
           sum(RowKind::credential, 2));
  }

  void gaps(AuditLevel level) {
    const std::uint64_t stored = sum(RowKind::gap, 0);
    expect("gap rows", over_cells([](const CellResult& cell) { return cell.gap_rows; }), stored);
    if (level == AuditLevel::aggregate) return;
    expect("gaps", over_resources([](const ResourceCounters& counters) { return counters.gap.samples().count(); }),
           sum(RowKind::gap, 1));
    expect("gaps of stopped instances",
           over_resources([](const ResourceCounters& counters) { return counters.gaps_stopped; }),
           sum(RowKind::gap, 2));
  }

  void instances(AuditLevel level) {
    std::map<Key, std::uint64_t> stored = of(RowKind::instance).groups;
    expect("instance rows", over_cells([](const CellResult& cell) { return cell.instance_rows; }),
           of(RowKind::instance).rows);
    if (level != AuditLevel::full) return;
    for (std::size_t i = 0; i < names_.size(); ++i) {
      const auto resource = static_cast<std::int64_t>(i);
      const std::uint64_t without = stored[{resource, 0, 1}];
      const std::uint64_t with = stored[{resource, 1, 1}];
      expect("instances" + of_resource(i),
             over_cells([i](const CellResult& cell) { return cell.resources[i].instances; }), without + with);
      expect("instances with a credential" + of_resource(i),
             over_cells([i](const CellResult& cell) { return cell.resources[i].instances_with_credential; }), with);
    }
  }

  void sessions(AuditLevel level) {
    expect("session rows", over_cells([](const CellResult& cell) { return cell.session_rows; }),
           of(RowKind::session).rows);
    if (level != AuditLevel::full) return;
    for (std::size_t i = 0; i < names_.size(); ++i) {
      std::uint64_t arrived = 0;
      std::uint64_t started = 0;
      std::map<std::int64_t, std::uint64_t> outcomes;
      for (const auto& [key, rows] : of(RowKind::session).groups) {
        if (key[0] != static_cast<std::int64_t>(i)) continue;
        if (key[2] != 0) arrived += rows;
        if (key[3] != 0) started += rows;
        if (key[4] != 0) outcomes[key[1]] += rows;
      }
      const auto counted = [&](std::uint64_t ResourceCounters::*member) {
        return over_cells([&](const CellResult& cell) { return cell.resources[i].*member; });
      };
      const auto ended = [&](Outcome outcome) { return outcomes[static_cast<std::int64_t>(outcome)]; };
      expect("sessions" + of_resource(i), counted(&ResourceCounters::sessions_arrived), arrived);
      expect("sessions started" + of_resource(i), counted(&ResourceCounters::sessions_started), started);
      expect("sessions completed" + of_resource(i), counted(&ResourceCounters::sessions_completed),
             ended(Outcome::completed));
      expect("sessions rejected" + of_resource(i), counted(&ResourceCounters::sessions_rejected),
             ended(Outcome::rejected));
      expect("sessions interrupted" + of_resource(i), counted(&ResourceCounters::sessions_interrupted),
             ended(Outcome::interrupted));
    }
  }

  // Failures by resource, operation, workload (of calls) and reason, as the counters have them; no zeros.
  std::map<Key, std::uint64_t> counted_failures() const {
    std::map<Key, std::uint64_t> counted;
    const auto add = [&](std::size_t resource, Operation operation, std::int64_t workload, std::size_t reason,
                         std::uint64_t number) {
      if (number > 0)
        counted[{static_cast<std::int64_t>(resource), static_cast<std::int64_t>(operation), workload,
                 static_cast<std::int64_t>(reason), 1}] += number;
    };
    for (const CellResult& cell : cells_) {
      for (std::size_t i = 0; i < cell.resources.size(); ++i) {
        const ResourceCounters& counters = cell.resources[i];
        for (std::size_t reason = 0; reason < kReasons; ++reason) {
          add(i, Operation::assume_role, kNone, reason, counters.assume_role_failures[reason]);
          add(i, FailureRow::provisioning_operation(static_cast<Reason>(reason)), kNone, reason,
              counters.provisioning_failures[reason]);
        }
        add(i, Operation::create_streaming_url, kNone, static_cast<std::size_t>(Reason::insufficient_capacity),
            counters.sessions_rejected);
      }
      for (std::size_t i = 0; i < cell.workloads.size(); ++i)
        for (std::size_t j = 0; j < cell.workloads[i].size(); ++j)
          for (std::size_t reason = 0; reason < kReasons; ++reason)
            add(i, Operation::call, static_cast<std::int64_t>(j), reason, cell.workloads[i][j].call_failures[reason]);
    }
    return counted;
  }

  std::string describe_failure(const Key& key) const {
    const auto resource = static_cast<std::size_t>(key[0]);
    std::string what;
    switch (static_cast<Operation>(key[1])) {
      case Operation::assume_role:
        what = "failed AssumeRole attempts";
        break;
      case Operation::create_network_interface:
      case Operation::start_fleet:
        what = "failed provisionings";
        break;
      case Operation::create_streaming_url:
        what = "failed session requests";
        break;
      case Operation::call:
        what = "failed calls";
        break;
    }
    what += of_resource(resource);
    const auto workload = static_cast<std::size_t>(key[2]);
    if (key[2] != kNone && resource < names_.size() && workload < names_[resource].workloads.size())
      what += "'s workload " + names_[resource].workloads[workload];
    return what + " (" + std::string{reason_name(static_cast<Reason>(key[3]))} + ")";
  }

  void failures(AuditLevel level) {
    std::map<Key, std::uint64_t> stored = of(RowKind::failure).groups;
    expect("failure rows", over_cells([](const CellResult& cell) { return cell.failure_rows; }),
           of(RowKind::failure).rows);
    if (level == AuditLevel::aggregate) return;
    std::map<Key, std::uint64_t> counted = counted_failures();
    for (const auto& [key, number] : counted) expect(describe_failure(key), number, stored[key]);
    for (const auto& [key, number] : stored)
      if (key[4] != 0) expect(describe_failure(key), counted[key], number);
  }

  std::int64_t run_id_;
  const std::array<RowTally, kAuditTables.size()>& tallies_;
  std::span<const ResourceNames> names_;
  std::span<const CellResult> cells_;
  std::string disagreement_;
};

}  // namespace

std::vector<ResourceNames> resource_names(const Scenario& scenario) {
  std::vector<ResourceNames> names;
  for (const Resource& resource : scenario.resources) {
    names.push_back({resource.name, {}});
    for (const Workload& workload : resource.workloads) names.back().workloads.push_back(workload.name);
  }
  return names;
}

bool RowCheck::attach(Database& database) {
  const auto columns = columns_read(warm_up_);
  for (std::size_t kind = 0; kind < kAuditTables.size(); ++kind) {
    selects_[kind] = database.prepare("SELECT " + columns[kind] + " FROM main." +
                                      row_table(static_cast<RowKind>(kind)) + " WHERE rowid BETWEEN ? AND ?");
    if (!selects_[kind]) return false;
  }
  extents_ = database.prepare("SELECT total(last_row - first_row + 1) FROM extent WHERE kind = ? AND run_id = ?");
  return static_cast<bool>(extents_);
}

bool RowCheck::read(const RowRange& rows) {
  const auto kind = static_cast<std::size_t>(rows.kind);
  RowTally& tally = tallies_[rows.run_id][kind];
  Statement& select = selects_[kind];
  select.bind(rows.first, rows.last);
  auto last = tally.groups.end();
  for (;;) {
    switch (select.step()) {
      case Statement::Step::failed:
        select.reset();
        return false;
      case Statement::Step::done:
        select.reset();
        return true;
      case Statement::Step::row:
        break;
    }
    Key numbers{};
    for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = select.integer(static_cast<int>(i));
    if (kGrouped[kind]) {
      ++tally.rows;
      if (last == tally.groups.end() || last->first != numbers) last = tally.groups.try_emplace(numbers).first;
      ++last->second;
    } else {
      tally.rows += static_cast<std::uint64_t>(numbers[0]);
      for (std::size_t i = 0; i < numbers.size(); ++i) tally.sums[i] += numbers[i];
    }
  }
}

RowCheck::Verdict RowCheck::finish(std::int64_t run_id, AuditLevel level, std::span<const ResourceNames> names,
                                   std::span<const CellResult> cells) {
  const auto tallies = tallies_[run_id];
  tallies_.erase(run_id);
  Comparison comparison{run_id, tallies, names, cells};
  for (std::size_t kind = 0; kind < kAuditTables.size(); ++kind) {
    extents_.bind(kAuditTables[kind], run_id);
    const bool read = extents_.step() == Statement::Step::row;
    const std::int64_t rows = read ? extents_.integer(0) : 0;
    extents_.reset();
    if (!read) return {};
    comparison.extent(static_cast<RowKind>(kind), static_cast<std::uint64_t>(rows));
  }
  const bool counted = std::all_of(cells.begin(), cells.end(),
                                   [&](const CellResult& cell) { return cell.ended - kSimulationStart >= warm_up_; });
  return {true, comparison.all(counted ? level : AuditLevel::aggregate)};
}

}  // namespace credsim::record
