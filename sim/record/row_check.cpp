#include "record/row_check.hpp"

#include <array>
#include <map>
#include <utility>

namespace credsim::record {
namespace {

using Operation = FailureRow::Operation;
using Outcome = SessionRow::Outcome;
using Key = std::array<std::int64_t, 4>;
using Tally = std::map<Key, std::uint64_t>;

constexpr std::int64_t kNone = -1;

// Counts the run's rows of a kind by the four whole numbers that `columns` names. In C++, since SQLite would sort them
// to group them.
bool tally(Database& database, std::int64_t run_id, const std::string& kind, const std::string& columns, Tally& rows) {
  Statement select =
      database.prepare("SELECT " + columns + " FROM extent e CROSS JOIN " + kind +
                       "_row r ON r.row BETWEEN e.first_row AND e.last_row WHERE e.run_id = ? AND e.kind = ?");
  select.bind(run_id, kind);
  auto last = rows.end();
  for (;;) {
    switch (select.step()) {
      case Statement::Step::failed:
        return false;
      case Statement::Step::done:
        return true;
      case Statement::Step::row:
        break;
    }
    Key key{};
    for (std::size_t i = 0; i < key.size(); ++i) key[i] = select.integer(static_cast<int>(i));
    if (last == rows.end() || last->first != key) last = rows.try_emplace(key).first;
    ++last->second;
  }
}

bool count(Database& database, std::int64_t run_id, const std::string& kind, const std::string& columns,
           std::array<std::uint64_t, 2>& counts) {
  Statement select =
      database.prepare("SELECT " + columns + " FROM extent e CROSS JOIN " + kind +
                       "_row r ON r.row BETWEEN e.first_row AND e.last_row WHERE e.run_id = ? AND e.kind = ?");
  select.bind(run_id, kind);
  if (select.step() != Statement::Step::row) return false;
  for (std::size_t i = 0; i < counts.size(); ++i)
    counts[i] = static_cast<std::uint64_t>(select.integer(static_cast<int>(i)));
  return true;
}

std::uint64_t sum(const Tally& rows) {
  std::uint64_t all = 0;
  for (const auto& [key, number] : rows) all += number;
  return all;
}

class Check {
 public:
  Check(Database& database, std::int64_t run_id, std::span<const ResourceNames> names,
        std::span<const CellResult> cells)
      : database_(database), run_id_(run_id), names_(names), cells_(cells) {}

  [[nodiscard]] RowCheck all(AuditLevel level) {
    result_.read =
        credentials(level) && gaps(level) && failures(level) && instances(level) && sessions(level) && samples();
    return std::move(result_);
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
    if (counted == stored || !result_.disagreement.empty()) return;
    result_.disagreement = "run " + std::to_string(run_id_) + ": counted " + std::to_string(counted) + " " + what +
                           ", but the database has " + std::to_string(stored);
  }

  std::string of_resource(std::size_t resource) const {
    return resource < names_.size() ? " of " + names_[resource].name : " of resource " + std::to_string(resource);
  }

  bool credentials(AuditLevel level) {
    std::array<std::uint64_t, 2> stored{};
    if (!count(database_, run_id_, "credential", "count(*), count(CASE WHEN overlap_us > 0 THEN 1 END)", stored))
      return false;
    expect("credential rows", over_cells([](const CellResult& cell) { return cell.credential_rows; }), stored[0]);
    if (level != AuditLevel::full) return true;
    expect("credentials issued",
           over_resources([](const ResourceCounters& counters) { return counters.credentials_issued; }), stored[0]);
    expect("overlap windows", over_resources([](const ResourceCounters& counters) { return counters.overlap.count(); }),
           stored[1]);
    return true;
  }

  bool gaps(AuditLevel level) {
    std::array<std::uint64_t, 2> stored{};
    if (!count(database_, run_id_, "gap", "count(*), 0", stored)) return false;
    expect("gap rows", over_cells([](const CellResult& cell) { return cell.gap_rows; }), stored[0]);
    if (level != AuditLevel::aggregate)
      expect("gaps", over_resources([](const ResourceCounters& counters) { return counters.gap.count(); }), stored[0]);
    return true;
  }

  bool samples() {
    std::array<std::uint64_t, 2> stored{};
    if (!count(database_, run_id_, "sample", "count(*), 0", stored)) return false;
    expect("samples of series", over_cells([](const CellResult& cell) { return cell.series_rows; }), stored[0]);
    return true;
  }

  bool instances(AuditLevel level) {
    Tally stored;
    if (!tally(database_, run_id_, "instance", "resource, first_credential_delay_us IS NOT NULL, 0, 0", stored))
      return false;
    expect("instance rows", over_cells([](const CellResult& cell) { return cell.instance_rows; }), sum(stored));
    if (level != AuditLevel::full) return true;
    for (std::size_t i = 0; i < names_.size(); ++i) {
      const auto resource = static_cast<std::int64_t>(i);
      const std::uint64_t without = stored[{resource, 0}];
      const std::uint64_t with = stored[{resource, 1}];
      expect("instances" + of_resource(i),
             over_cells([i](const CellResult& cell) { return cell.resources[i].instances; }), without + with);
      expect("instances with a credential" + of_resource(i),
             over_cells([i](const CellResult& cell) { return cell.resources[i].instances_with_credential; }), with);
    }
    return true;
  }

  bool sessions(AuditLevel level) {
    Tally stored;
    if (!tally(database_, run_id_, "session", "resource, outcome, start_delay_us IS NOT NULL, 0", stored)) return false;
    expect("session rows", over_cells([](const CellResult& cell) { return cell.session_rows; }), sum(stored));
    if (level != AuditLevel::full) return true;
    for (std::size_t i = 0; i < names_.size(); ++i) {
      std::uint64_t arrived = 0;
      std::uint64_t started = 0;
      std::map<std::int64_t, std::uint64_t> outcomes;
      for (const auto& [key, rows] : stored) {
        if (key[0] != static_cast<std::int64_t>(i)) continue;
        arrived += rows;
        outcomes[key[1]] += rows;
        if (key[2] != 0) started += rows;
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
    return true;
  }

  // Failures by resource, operation, workload (of calls) and reason, as the counters have them; no zeros.
  Tally counted_failures() const {
    Tally counted;
    const auto add = [&](std::size_t resource, Operation operation, std::int64_t workload, std::size_t reason,
                         std::uint64_t number) {
      if (number > 0)
        counted[{static_cast<std::int64_t>(resource), static_cast<std::int64_t>(operation), workload,
                 static_cast<std::int64_t>(reason)}] += number;
    };
    for (const CellResult& cell : cells_) {
      for (std::size_t i = 0; i < cell.resources.size(); ++i) {
        const ResourceCounters& counters = cell.resources[i];
        for (std::size_t reason = 0; reason < kReasons; ++reason) {
          add(i, Operation::assume_role, kNone, reason, counters.assume_role_failures[reason]);
          add(i, Operation::create_network_interface, kNone, reason, counters.provisioning_failures[reason]);
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

  bool failures(AuditLevel level) {
    Tally stored;
    const std::string call = std::to_string(static_cast<int>(Operation::call));
    if (!tally(database_, run_id_, "failure",
               "resource, operation, CASE WHEN operation = " + call + " THEN workload ELSE -1 END, reason", stored))
      return false;
    expect("failure rows", over_cells([](const CellResult& cell) { return cell.failure_rows; }), sum(stored));
    if (level == AuditLevel::aggregate) return true;
    Tally counted = counted_failures();
    for (const auto& [key, number] : counted) expect(describe_failure(key), number, stored[key]);
    for (const auto& [key, number] : stored) expect(describe_failure(key), counted[key], number);
    return true;
  }

  Database& database_;
  std::int64_t run_id_;
  std::span<const ResourceNames> names_;
  std::span<const CellResult> cells_;
  RowCheck result_;
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

RowCheck check_rows(Database& database, std::int64_t run_id, AuditLevel level, std::span<const ResourceNames> names,
                    std::span<const CellResult> cells) {
  return Check{database, run_id, names, cells}.all(level);
}

}  // namespace credsim::record
