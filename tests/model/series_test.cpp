#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "credsim/audit_store.hpp"
#include "credsim/measurements.hpp"

#include "record/recorded_run.hpp"
#include "report/openmetrics_export.hpp"
#include "test_support/catch.hpp"
#include "test_support/trouble.hpp"

// Every series has its own metric's values at its own labels, whatever else begins or ends meanwhile: what it has at a
// step is what the rows from before that step come to.

namespace {

using namespace credsim;
using namespace credsim::test;

constexpr Duration kSeriesStep = 60s;
constexpr std::size_t kSteps = 8 * 60 + 1;

/// A series' values by step; 0 before it begins.
using Values = std::vector<double>;

std::map<std::pair<std::string, Labels>, Values> series_of(const AuditBatch& rows) {
  std::map<std::uint32_t, Values> by_id;
  for (const SeriesDefinition& series : rows.series_definitions)
    REQUIRE(by_id.try_emplace(series.id, Values(kSteps, 0.0)).second);
  for (const SeriesRow& row : rows.series)
    by_id.at(row.series)[static_cast<std::size_t>((row.at - kSimulationStart) / kSeriesStep)] = row.value;
  std::map<std::pair<std::string, Labels>, Values> named;
  for (const SeriesDefinition& series : rows.series_definitions)
    REQUIRE(named.try_emplace({series.metric, series.labels}, by_id.at(series.id)).second);
  return named;
}

/// What is expected of some series. What has no entry is 0 throughout.
class Expected {
 public:
  explicit Expected(const Scenario& scenario) : scenario_(scenario) {}

  Values& of(const std::string& metric, Labels labels) {
    return values_.try_emplace({metric, std::move(labels)}, Values(kSteps, 0.0)).first->second;
  }
  Labels resource(std::size_t index) const {
    const Resource& resource = scenario_.resources[index];
    return {{"account", scenario_.accounts[0].id},
            {"region", scenario_.accounts[0].regions[resource.region].name},
            {"resource", resource.name}};
  }
  /// From the first step after `time` on.
  static void count_from(Values& values, SimTime time, double change = 1) {
    if (time == kNever) return;
    const auto step = static_cast<std::size_t>((time - kSimulationStart) / kSeriesStep) + 1;
    for (std::size_t i = step; i < kSteps; ++i) values[i] += change;
  }
  void check_against(const std::map<std::pair<std::string, Labels>, Values>& series) const {
    const Values never(kSteps, 0.0);
    for (const auto& [name, values] : values_) {
      CAPTURE(name.first, name.second);
      const auto found = series.find(name);
      CHECK((found == series.end() ? never : found->second) == values);
    }
  }

 private:
  const Scenario& scenario_;
  std::map<std::pair<std::string, Labels>, Values> values_;
};

Labels with(Labels labels, const std::string& name, const std::string& value) {
  labels.emplace_back(name, value);
  std::ranges::sort(labels);
  return labels;
}

void expect_of_rows(const AuditBatch& rows, Expected& expected) {
  std::map<InstanceId, std::size_t> resource_of;
  for (const InstanceRow& row : rows.instances) resource_of[row.instance] = row.resource;
  for (const CredentialRow& row : rows.credentials) {
    const Labels labels = expected.resource(resource_of.at(row.instance));
    Expected::count_from(expected.of("credentials_issued_total", labels), row.issued);
    Values& live = expected.of("credentials_live", labels);
    Expected::count_from(live, row.issued);
    Expected::count_from(live, row.expires - Duration{1}, -1);
  }
  for (const FailureRow& row : rows.failures) {
    const Labels labels = expected.resource(row.resource);
    const std::string reason(reason_name(row.reason));
    if (row.operation == FailureRow::Operation::assume_role) {
      Expected::count_from(expected.of("assume_role_failures_total", with(labels, "reason", reason)), row.at);
      Expected::count_from(expected.of("assume_role_requests_total", with(labels, "outcome", "failure")), row.at);
    } else if (row.operation == FailureRow::Operation::create_network_interface) {
      Expected::count_from(expected.of("provisioning_failures_total", with(labels, "reason", reason)), row.at);
    } else if (row.operation == FailureRow::Operation::create_streaming_url) {
      Expected::count_from(expected.of("sessions_rejected_total", labels), row.at);
    }
  }
  for (const SessionRow& row : rows.sessions) {
    Values& active = expected.of("sessions", with(expected.resource(row.resource), "state", "active"));
    if (row.started == kNever) continue;
    Expected::count_from(active, row.started);
    // A session's end comes before the sample of its instant or after it, as it was due or not.
    Expected::count_from(active, row.ended, -1);
  }
}

void expect_of_faults(const Scenario& scenario, Expected& expected) {
  for (const Fault& fault : scenario.faults) {
    Values& active =
        expected.of("fault_active", {{"kind", std::string(fault_kind_name(fault.kind))}, {"name", fault.name}});
    Expected::count_from(active, fault.at);
    Expected::count_from(active, fault.until, -1);
  }
}

/// The tokens that a full bucket holds, by the Region's own limit and the faults in force, the last of which decides.
void expect_of_buckets(const Scenario& scenario, Expected& expected) {
  const Account& account = scenario.accounts[0];
  for (std::size_t region = 0; region < account.regions.size(); ++region) {
    const Labels labels{{"account", account.id}, {"region", account.regions[region].name}};
    Values& quota = expected.of("network_interface_quota", labels);
    quota.assign(kSteps, static_cast<double>(account.regions[region].network_interfaces));
    for (std::size_t kind = 0; kind < kBucketKinds; ++kind) {
      const auto& own = account.regions[region].buckets[kind];
      Values& capacity =
          expected.of("bucket_capacity",
                      with(labels, "bucket", std::string(bucket_name(BucketKind{static_cast<std::uint8_t>(kind)}))));
      capacity.assign(kSteps, own ? static_cast<double>(own->burst) : 0);
      for (const Fault& fault : scenario.faults) {  // one of each kind at most, so there is no order to keep
        const bool hits = !fault.scope.region || *fault.scope.region == account.regions[region].name;
        if (fault.kind != FaultKind::quota || static_cast<std::size_t>(fault.bucket) != kind || !hits) continue;
        const double burst = fault.burst ? static_cast<double>(*fault.burst)
                             : own       ? static_cast<double>(own->burst)
                                         : std::max(1.0, std::ceil(fault.rate->per_second()));
        const double change = burst - capacity[0];
        Expected::count_from(capacity, fault.at, change);
        Expected::count_from(capacity, fault.until, -change);
      }
    }
  }
}

class ScratchFile {
 public:
  ScratchFile() {
    std::string name = (std::filesystem::temp_directory_path() / "credsim-series-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = name;
  }
  ~ScratchFile() { std::filesystem::remove_all(folder_); }
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;

  [[nodiscard]] std::string path() const { return (folder_ / "run.db").string(); }

 private:
  std::filesystem::path folder_;
};

/// Records the scenario's first cell. What the store has to say against it; empty: nothing.
std::string store_run(const Scenario& scenario, const std::string& path) {
  std::string error;
  const auto store = AuditStore::create(path, false, scenario, error);
  if (!store) return error;
  const std::int64_t run_id = store->begin_run({}, {});
  const std::atomic<bool> stop{false};
  CellProgress progress;
  std::vector<CellResult> cells;
  {
    const auto sink = store->sink(run_id, 0);
    cells.push_back(
        simulate_cell(scenario, plan_cells(scenario).at(0), {.seed = scenario.seed}, *sink, stop, progress));
  }
  store->finish_run(run_id, RunStatus::complete, Measurements{scenario, cells}, cells, {}, 1);
  return store->close() ? "" : store->error();
}

}  // namespace

TEST_CASE("in every random scenario each series has the values of its own metric, and of no other's") {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    const Scenario scenario = troubled_cell(seed);
    REQUIRE(plan_cells(scenario).size() == 1);
    const FinishedRun finished = run(scenario);
    const auto series = series_of(finished.rows);

    const Values& time = series.at({"simulation_time_seconds", {}});
    for (std::size_t step = 0; step < kSteps; ++step)
      REQUIRE(time[step] == std::chrono::duration<double>(static_cast<std::int64_t>(step) * kSeriesStep).count());
    Expected expected(scenario);
    expect_of_rows(finished.rows, expected);
    expect_of_faults(scenario, expected);
    expect_of_buckets(scenario, expected);
    expected.check_against(series);
    for (const auto& [name, values] : series)
      if (name.first == "workload_info") CHECK(values == Values(kSteps, 1.0));
  }
}

TEST_CASE("the export takes the series of every random scenario, and its database agrees with its counts") {
  for (std::uint64_t seed = 41; seed <= 60; ++seed) {
    CAPTURE(seed);
    const ScratchFile scratch;
    REQUIRE(store_run(troubled_cell(seed), scratch.path()).empty());
    std::string error;
    auto opened = record::open_recorded_run(scratch.path(), 1, error);
    REQUIRE(opened);
    const auto exported = report::export_openmetrics(
        *opened, std::nullopt, [](std::string_view) { return true; }, error);
    CAPTURE(error);
    CHECK(exported);
  }
}

TEST_CASE("a bucket that only a fault limits is there all the time, and full when it begins to be limited") {
  Scenario scenario = small_scenario(1, 8h);
  scenario.faults = {fault(FaultKind::quota, 90s, 60s)};
  scenario.faults[0].bucket = BucketKind::sts_service;
  scenario.faults[0].rate = Rate{5, 1s};
  const auto series = series_of(run(scenario).rows);
  const auto of_bucket = [&](const std::string& metric) {
    return series.at({metric, {{"account", "123456789012"}, {"bucket", "sts.service"}, {"region", "us-east-1"}}});
  };
  for (const char* metric : {"bucket_tokens", "bucket_refill_rate", "bucket_capacity"}) {
    CAPTURE(metric);
    CHECK(of_bucket(metric)[1] == 0);
    CHECK(of_bucket(metric)[2] == 5);
    CHECK(of_bucket(metric)[3] == 0);
  }
}
