#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "test_support/catch.hpp"
#include "test_support/small_scenario.hpp"

namespace {

using namespace credsim;
using namespace credsim::test;

std::vector<SimTime> times(std::initializer_list<Duration> since_start) {
  std::vector<SimTime> result;
  for (const Duration duration : since_start) result.push_back(at(duration));
  return result;
}

Sessions sessions_at(std::vector<SimTime> arrivals, Duration length, std::optional<Duration> wait) {
  Arrivals list;
  list.kind = Arrivals::Kind::times;
  list.times = std::move(arrivals);
  return {.arrivals = list, .duration = Distribution::constant(length), .wait = wait};
}

}  // namespace

TEST_CASE(
    "the interface is available after the wait for its token, counted from provisioning or from the end of boot") {
  Scenario scenario = small_scenario(20, 1h);
  scenario.accounts[0].regions[0].buckets[static_cast<std::size_t>(BucketKind::create_network_interface)] =
      TokenBucket::Options{.rate = {2, 1s}, .burst = 10, .background = {}};
  Provisioning& provisioning = scenario.resources[0].provisioning;
  provisioning.boot = Distribution::constant(10min);
  provisioning.eni.delay = Distribution::constant(20s);

  // Ten at once, the others one every half second, low numbers first.
  FinishedRun finished = run(scenario);
  for (const InstanceRow& row : finished.rows.instances)
    CHECK(row.eni == at(20s + (row.number < 10 ? 0 : (row.number - 9)) * 500ms));
  CHECK(finished.fleet().interface_wait.samples().maximum() == 5s);

  provisioning.eni.after_boot = true;
  finished = run(scenario);
  CHECK(finished.rows.instances[19].eni == at(10min + 20s + 5s));
}

TEST_CASE("a quota fault on the interface bucket holds up those who already wait") {
  Scenario scenario = small_scenario(20, 1h);
  scenario.accounts[0].regions[0].buckets[static_cast<std::size_t>(BucketKind::create_network_interface)] =
      TokenBucket::Options{.rate = {2, 1s}, .burst = 10, .background = {}};
  scenario.faults = {fault(FaultKind::quota, 2s, 10s)};
  scenario.faults[0].bucket = BucketKind::create_network_interface;
  scenario.faults[0].rate = Rate{0, 1s};
  scenario.faults[0].burst = 1;
  const FinishedRun finished = run(scenario);
  // Four tokens by 2 s, then none until 12 s, then one each half second.
  CHECK(finished.rows.instances[13].eni == at(2s));
  CHECK(finished.rows.instances[14].eni == at(12s + 500ms));
  CHECK(finished.rows.instances[19].eni == at(12s + 3s));
}

TEST_CASE("the interfaces of a mass termination are deleted as tokens come, and hold the quota until then") {
  // Ten at once and two a second: the k-th of 30 is deleted at (k - 10)/2 s. The quota is full, so each replacement
  // takes the place of one that is deleted, at its next try.
  Scenario scenario = small_scenario(30, 1h);
  Region& region = scenario.accounts[0].regions[0];
  region.network_interfaces = 30;
  region.buckets[static_cast<std::size_t>(BucketKind::delete_network_interface)] =
      TokenBucket::Options{.rate = {2, 1s}, .burst = 10, .background = {}};
  scenario.resources[0].provisioning.retry_interval = 250ms;
  scenario.faults = {fault(FaultKind::instance_loss, 10min, 1min)};
  const FinishedRun finished = run(scenario);

  std::vector<SimTime> replaced;
  for (const InstanceRow& row : finished.rows.instances)
    if (row.number >= 30) replaced.push_back(row.provisioned);
  std::sort(replaced.begin(), replaced.end());
  REQUIRE(replaced.size() == 30);
  for (int k = 1; k <= 30; ++k)
    CHECK(replaced[static_cast<std::size_t>(k - 1)] == at(10min + std::max(0, k - 10) * 500ms));
  const auto limit = [&](const std::string& name) {
    return *std::find_if(finished.result.limits.begin(), finished.result.limits.end(),
                         [&](const LimitUsage& usage) { return usage.name == name + " 123456789012/us-east-1"; });
  };
  CHECK(limit("ec2.delete_network_interface").peak_1s == 30);
  CHECK(limit("ec2.delete_network_interface").first_refused == at(10min));
  CHECK(limit("ec2.delete_network_interface").refused == 20);
  CHECK(limit("ec2.network_interfaces").first_refused == at(10min));
}

TEST_CASE("a hundred instances end without a trace of the interfaces that they had, as long as there are tokens") {
  Scenario scenario = small_scenario(100, 1h);
  Region& region = scenario.accounts[0].regions[0];
  region.network_interfaces = 100;
  region.buckets[static_cast<std::size_t>(BucketKind::delete_network_interface)] =
      TokenBucket::Options{.rate = {5, 1s}, .burst = 100, .background = {}};
  scenario.faults = {fault(FaultKind::instance_loss, 10min, 1min)};
  const FinishedRun finished = run(scenario);
  CHECK(finished.fleet().instances == 200);
  CHECK(count(finished.fleet().provisioning_failures, Reason::interface_quota) == 0);
}

TEST_CASE("a quota fault on the deletion bucket holds up interfaces that already wait, and a run may end with them") {
  Scenario scenario = small_scenario(20, 1h);
  Region& region = scenario.accounts[0].regions[0];
  region.network_interfaces = 20;
  region.buckets[static_cast<std::size_t>(BucketKind::delete_network_interface)] =
      TokenBucket::Options{.rate = {2, 1s}, .burst = 10, .background = {}};
  scenario.resources[0].provisioning.retry_interval = 500ms;
  scenario.faults = {fault(FaultKind::instance_loss, 10min, 1min), fault(FaultKind::quota, 10min + 2s, 1min)};
  scenario.faults[1].bucket = BucketKind::delete_network_interface;
  scenario.faults[1].rate = Rate{0, 1s};
  scenario.faults[1].burst = 1;
  const auto replaced_by = [&](SimTime moment) {
    const FinishedRun finished = run(scenario);
    return std::count_if(finished.rows.instances.begin(), finished.rows.instances.end(),
                         [&](const InstanceRow& row) { return row.number >= 20 && row.provisioned <= moment; });
  };
  CHECK(replaced_by(at(10min)) == 10);
  CHECK(replaced_by(at(11min)) == 14);
  CHECK(replaced_by(at(12min)) == 20);
  scenario.duration = 11min;
  CHECK(replaced_by(at(12min)) == 14);
}

TEST_CASE("an instance that ends while it waits for its interface has none to delete") {
  Scenario scenario = small_scenario(5, 1h);
  auto& buckets = scenario.accounts[0].regions[0].buckets;
  buckets[static_cast<std::size_t>(BucketKind::create_network_interface)] =
      TokenBucket::Options{.rate = {0, 1s}, .burst = 2, .background = {}};
  scenario.faults = {fault(FaultKind::instance_loss, 10min, 1min)};
  const FinishedRun finished = run(scenario);
  const auto deletions = std::find_if(
      finished.result.limits.begin(), finished.result.limits.end(),
      [](const LimitUsage& usage) { return usage.name == "ec2.delete_network_interface 123456789012/us-east-1"; });
  REQUIRE(deletions != finished.result.limits.end());
  CHECK(deletions->peak_1s == 2);
}

TEST_CASE("AppStream's quota for a type of instance refuses before the interface quota and the subnet do") {
  Scenario scenario = small_scenario(13, 10min);
  Resource& fleet = scenario.resources[0];
  fleet.instance_type = "stream.compute.large";
  fleet.sessions = sessions_at(times({30s}), 2min, Duration{});
  Region& region = scenario.accounts[0].regions[0];
  region.appstream.instances[0].given = {{"stream.compute.large", 11}};
  region.network_interfaces = 11;
  fleet.subnets = {{.base = 10U << 24, .prefix_bits = 28, .place = {}}};  // eleven addresses
  const FinishedRun finished = run(scenario);

  // Two fail each minute until the session ends at 2 min 30 s; then one of the two takes its place.
  CHECK(finished.fleet().instances == 12);
  CHECK(finished.fleet().instances_never_provisioned == 2);
  CHECK(count(finished.fleet().provisioning_failures, Reason::interface_quota) == 0);
  CHECK(count(finished.fleet().provisioning_failures, Reason::subnet_exhausted) == 0);
  const FailureRow& first = finished.rows.failures.front();
  CHECK(first.at == at(0s));
  CHECK(first.reason == Reason::instance_quota);
  CHECK(first.operation == FailureRow::Operation::start_fleet);
  CHECK(std::count_if(finished.rows.failures.begin(), finished.rows.failures.end(), [](const FailureRow& row) {
          return row.reason == Reason::instance_quota && row.at == at(1min);
        }) == 2);
  const auto limit =
      std::find_if(finished.result.limits.begin(), finished.result.limits.end(), [](const LimitUsage& usage) {
        return usage.name == "appstream.instances stream.compute.large 123456789012/us-east-1";
      });
  REQUIRE(limit != finished.result.limits.end());
  CHECK(limit->kind == LimitUsage::Kind::instances);
  CHECK(limit->first_refused == at(0s));
  CHECK(limit->peak_1s == 13);
  CHECK(limit->capacity_1s == 11);
}

TEST_CASE("fleets share the quota of their type; another type, an image builder and what has no type have their own") {
  Scenario scenario = small_scenario(4, 10min);
  scenario.resources[0].instance_type = "stream.compute.large";  // five in a new account
  const auto add = [&](const char* name, std::int64_t instances, std::optional<std::string> type) -> Resource& {
    Resource resource = scenario.resources[0];
    resource.name = name;
    resource.instances = instances;
    resource.instance_type = std::move(type);
    return scenario.resources.emplace_back(std::move(resource));
  };
  add("second", 4, "stream.compute.large");
  add("other", 3, "stream.compute.xlarge");  // two
  add("builder", 1, "stream.compute.large").type = ResourceType::image_builder;
  add("untyped", 100, std::nullopt);
  add("undocumented", 100, "stream.compute.tiny");
  const FinishedRun finished = run(scenario);
  CHECK(finished.fleet(0).instances == 4);
  CHECK(finished.fleet(1).instances == 1);
  CHECK(finished.fleet(2).instances == 2);
  CHECK(finished.fleet(3).instances == 1);
  CHECK(finished.fleet(4).instances == 100);
  CHECK(finished.fleet(5).instances == 100);
}

TEST_CASE("an interface that is made within boot is ready when boot is done, unless it waited for its token") {
  Scenario scenario = small_scenario(3, 1h);
  scenario.accounts[0].regions[0].buckets[static_cast<std::size_t>(BucketKind::create_network_interface)] =
      TokenBucket::Options{.rate = {1, 1s}, .burst = 2, .background = {}};
  Resource& fleet = scenario.resources[0];
  fleet.provisioning.boot = Distribution::uniform(10min, 20min);
  fleet.provisioning.eni = {.after_boot = true, .delay = {}};
  fleet.provisioning.agent = {.after_boot = false, .delay = Distribution::constant(1min)};
  fleet.workloads = {small_workload("script", Distribution::constant(0s), true)};
  fleet.workloads[0].starts = WorkloadStart::boot;
  scenario.faults = {fault(FaultKind::mass_restart, 30min, 1min)};
  const FinishedRun finished = run(scenario);
  for (const InstanceRow& row : finished.rows.instances) CHECK(row.eni - row.boot == (row.number < 2 ? 0s : 1s));
  // Each script calls at the very end of a boot; the third instance's first one came a second too early. The restart
  // boots anew, with an interface that is there already.
  CHECK(count(finished.workload().call_failures, Reason::network_unavailable) == 1);
  CHECK(finished.workload().calls_succeeded == 5);
}

TEST_CASE("a fleet that outgrows its subnet or the interface quota tries again until something is free") {
  Scenario scenario = small_scenario(13, 10min);
  scenario.resources[0].sessions = sessions_at(times({30s}), 2min, Duration{});
  Reason reason{};
  SECTION("a /28 has eleven addresses for instances") {
    scenario.resources[0].subnets = {{.base = 10U << 24, .prefix_bits = 28, .place = {}}};
    reason = Reason::subnet_exhausted;
  }
  SECTION("eleven interfaces") {
    scenario.accounts[0].regions[0].network_interfaces = 11;
    reason = Reason::interface_quota;
  }
  const FinishedRun finished = run(scenario);
  CHECK(finished.fleet().instances ==
        12);  // the session's end frees one; its replacement gets none before the two that wait
  CHECK(finished.fleet().instances_never_provisioned == 2);
  // Two fail each minute until the session ends at 2 min 30 s; then one of the two (and of its replacement) succeeds.
  const auto failed = count(finished.fleet().provisioning_failures, reason);
  CHECK(failed ==
        static_cast<std::uint64_t>(std::count_if(finished.rows.failures.begin(), finished.rows.failures.end(),
                                                 [&](const FailureRow& row) { return row.reason == reason; })));
  CHECK(finished.rows.failures.front().at == at(0s));
  CHECK(finished.rows.failures.front().operation == FailureRow::Operation::create_network_interface);
  const auto limit =
      std::find_if(finished.result.limits.begin(), finished.result.limits.end(), [](const LimitUsage& usage) {
        return usage.first_refused != kNever && usage.kind != LimitUsage::Kind::capacity;
      });
  REQUIRE(limit != finished.result.limits.end());
  CHECK(limit->peak_1s == 13);
  CHECK(limit->capacity_1s == 11);
}

TEST_CASE("after a session an always-on instance ends, and a new one with new credentials takes its place at once") {
  Scenario scenario = small_scenario(1, 3h);
  scenario.resources[0].provisioning.boot = Distribution::constant(10min);
  scenario.resources[0].sessions = sessions_at(times({30min, 65min, 80min}), 30min, 10min);
  const FinishedRun finished = run(scenario);

  REQUIRE(finished.rows.instances.size() == 3);
  CHECK(finished.rows.instances[0].terminated == at(60min));
  CHECK(finished.rows.instances[1].provisioned == at(60min));
  CHECK(finished.rows.instances[1].number == 1);
  REQUIRE(finished.rows.sessions.size() == 3);
  const auto by_number = [&](std::uint32_t number) {
    return *std::find_if(finished.rows.sessions.begin(), finished.rows.sessions.end(),
                         [&](const SessionRow& row) { return row.number == number; });
  };
  CHECK(by_number(1).started == at(70min));
  CHECK(by_number(2).outcome == SessionRow::Outcome::rejected);
  CHECK(by_number(2).ended == at(90min));
  CHECK(count(finished.fleet().provisioning_failures, Reason::interface_quota) == 0);
  CHECK(finished.fleet().sessions_rejected == 1);
}

TEST_CASE("an on-demand instance is stopped while nobody uses it: it does not rotate, and starts for a session") {
  Scenario scenario = small_scenario(1, 4h);
  Resource& fleet = scenario.resources[0];
  fleet.type = ResourceType::on_demand;
  fleet.provisioning.boot = Distribution::constant(10min);
  fleet.provisioning.eni = {.after_boot = true, .delay = Distribution::constant(20s)};
  fleet.provisioning.agent = {.after_boot = true, .delay = Distribution::constant(5s)};
  fleet.on_demand_start = Distribution::constant(90s);
  fleet.sessions = sessions_at(times({2h}), 90min, Duration{});
  fleet.workloads = {small_workload("script", Distribution::constant(10s), true)};
  fleet.workloads[0].starts = WorkloadStart::boot;
  const FinishedRun finished = run(scenario);

  // One credential at 10:05, before the interface is there at 10:20 and the instance stops; then those of the session.
  std::vector<SimTime> issued;
  for (const CredentialRow& row : finished.rows.credentials) issued.push_back(row.issued);
  CHECK(issued[0] == at(605s));
  CHECK(issued[1] == at(2h + 95s));
  // It expires while the instance is stopped, which is a row of its own; the start begins the gap that counts.
  REQUIRE(finished.rows.gaps.size() >= 2);
  CHECK(finished.rows.gaps[0].stopped);
  CHECK(finished.rows.gaps[0].opened == at(605s + 1h));
  CHECK(finished.rows.gaps[0].closed == at(2h));
  CHECK_FALSE(finished.rows.gaps[1].stopped);
  CHECK(finished.rows.gaps[1].opened == at(2h));
  CHECK(finished.rows.gaps[1].closed == at(2h + 95s));
  CHECK(finished.fleet().gap.samples().maximum() == 95s);
  CHECK(finished.fleet().instances_with_gap == 1);
  REQUIRE(finished.rows.sessions.size() == 1);
  CHECK(finished.rows.sessions[0].started == at(2h + 110s));
  CHECK(finished.rows.sessions[0].ended == at(2h + 110s + 90min));
  // The script of each boot calls ten seconds later, before the interface is there. The replacement boots a third time.
  CHECK(count(finished.workload().call_failures, Reason::network_unavailable) == 3);
}

TEST_CASE("an elastic fleet takes an instance from the pool for each session, up to its maximum") {
  Scenario scenario = small_scenario(0, 2h);
  Resource& fleet = scenario.resources[0];
  fleet.type = ResourceType::elastic;
  fleet.max_concurrent = 2;
  fleet.provisioning.boot = Distribution::constant(30s);
  fleet.sessions = sessions_at(times({1min, 2min, 3min, 4min}), 10min, 8min);
  const FinishedRun finished = run(scenario);
  CHECK(finished.fleet().instances == 3);
  CHECK(finished.fleet().sessions_completed == 3);
  CHECK(finished.fleet().sessions_rejected == 1);  // the fourth would have to wait from 4 to 12 min 30 s
}

TEST_CASE("lost instances interrupt their sessions and are replaced at once; the share is drawn by key") {
  Scenario scenario = small_scenario(2'000, 2h);
  scenario.faults = {fault(FaultKind::instance_loss, 1h, 1min)};
  scenario.faults[0].share = 0.4;
  const FinishedRun finished = run(scenario);
  const auto lost = static_cast<double>(finished.fleet().instances) - 2'000;
  CHECK(std::abs(lost / 2'000 - 0.4) < 4.5 * std::sqrt(0.4 * 0.6 / 2'000));
  for (const InstanceRow& row : finished.rows.instances) {
    if (row.number >= 2'000) CHECK(row.provisioned == at(1h));
    CHECK((row.terminated == kNever || row.terminated == at(1h)));
  }
}

TEST_CASE("a mass restart boots anew, keeps unexpired credentials, and the agent asks anew") {
  Scenario scenario = small_scenario(1, 3h);
  Resource& fleet = scenario.resources[0];
  fleet.provisioning.boot = Distribution::constant(5min);
  fleet.provisioning.agent = {.after_boot = true, .delay = Distribution::constant(10s)};
  fleet.provisioning.eni = {.after_boot = true, .delay = Distribution::constant(20s)};
  fleet.credentials.every = 50min;
  fleet.workloads = {small_workload("script", Distribution::constant(15s), true)};
  fleet.workloads[0].starts = WorkloadStart::boot;
  scenario.faults = {fault(FaultKind::mass_restart, 20min, 1min)};
  const FinishedRun finished = run(scenario);

  REQUIRE(finished.rows.credentials.size() >= 3);
  CHECK(finished.rows.credentials[0].issued == at(5min + 10s));
  CHECK(finished.rows.credentials[1].issued == at(25min + 10s));
  CHECK(finished.rows.credentials[2].issued == at(75min + 10s));
  CHECK(finished.fleet().gap.samples().count() == 0);
  CHECK(finished.fleet().instances == 1);
  CHECK(count(finished.workload().call_failures, Reason::network_unavailable) == 2);
}

TEST_CASE("a session takes the instance that has waited longest, and a restart begins its wait anew") {
  Scenario scenario = small_scenario(20, 2h);
  Resource& fleet = scenario.resources[0];
  std::vector<SimTime> arrivals;
  for (int i = 0; i < 20; ++i) arrivals.push_back(at(30min + i * 1s));
  fleet.sessions = sessions_at(arrivals, 1h, 0s);
  scenario.faults = {fault(FaultKind::mass_restart, 10min, 1min)};
  scenario.faults[0].scope.instances = 0.5;
  const FinishedRun finished = run(scenario);

  std::map<InstanceId, bool> restarted;  // its agent has asked anew
  for (const CredentialRow& row : finished.rows.credentials)
    restarted[row.instance] |= row.sequence == 2 && row.issued == at(10min);
  REQUIRE(finished.rows.sessions.size() == 20);
  std::vector<SessionRow> sessions = finished.rows.sessions;
  std::ranges::sort(sessions, {}, &SessionRow::number);
  std::vector<std::pair<bool, InstanceId>> taken;
  for (const SessionRow& row : sessions) taken.emplace_back(restarted.at(row.instance), row.instance);
  REQUIRE(taken.front().first != taken.back().first);
  CHECK(std::ranges::is_sorted(taken));
}

TEST_CASE("a role change stops the fleet: every instance ends and its successor carries the new role") {
  Scenario scenario = small_scenario(10, 3h);
  scenario.roles.push_back(scenario.roles[0]);
  scenario.roles[1].name = "Other";
  scenario.roles[1].kind = RoleKind::service_role;
  scenario.resources[0].role_changes = {{.at = at(90min), .role = 1}};
  const FinishedRun finished = run(scenario);
  CHECK(finished.fleet().instances == 20);
  CHECK(finished.fleet().instances_with_credential == 10);
  CHECK(count(finished.fleet().assume_role_failures, Reason::service_role) > 0);
}

TEST_CASE("an image builder stops and starts as scheduled, and keeps its interface and credentials") {
  Scenario scenario = small_scenario(1, 3h);
  Resource& builder = scenario.resources[0];
  builder.type = ResourceType::image_builder;
  builder.on_demand_start = Distribution::constant(1min);
  builder.credentials.every = 30min;
  builder.stop_start = {{.stop = at(40min), .start = at(50min)}};
  const FinishedRun finished = run(scenario);
  std::vector<SimTime> issued;
  for (const CredentialRow& row : finished.rows.credentials) issued.push_back(row.issued);
  REQUIRE(issued.size() >= 4);
  CHECK(issued[1] == at(30min));
  CHECK(issued[2] == at(50min));  // the agent's delay counts from the start here
  CHECK(finished.rows.instances.size() == 1);
}

TEST_CASE("a gap is split where its instance stops and starts, and counts only while it runs") {
  // Issued at 0 and expired at 1 h, with no other credential until the outage ends at 3 h.
  Scenario scenario = small_scenario(1, 4h);
  Resource& builder = scenario.resources[0];
  builder.type = ResourceType::image_builder;
  builder.on_demand_start = Distribution::constant(Duration{});
  builder.credentials.retry = {.max_attempts = 1, .base = 1s, .cap = 1s, .jitter = AgentJitter::none, .interval = 1h};
  builder.stop_start = {{.stop = at(80min), .start = at(100min)}, {.stop = at(200min), .start = at(210min)}};
  scenario.faults = {fault(FaultKind::sts_outage, 30min, 150min)};
  FinishedRun finished = run(scenario);
  std::vector<std::tuple<SimTime, SimTime, bool, bool>> gaps;
  for (const GapRow& row : finished.rows.gaps) gaps.emplace_back(row.opened, row.closed, row.stopped, row.open);
  std::vector<std::tuple<SimTime, SimTime, bool, bool>> expected{{at(60min), at(80min), false, false},
                                                                 {at(80min), at(100min), true, false},
                                                                 {at(100min), at(200min), false, false},
                                                                 {at(200min), at(210min), true, false}};
  CHECK(gaps == expected);
  CHECK(finished.fleet().gaps_stopped == 2);
  CHECK(finished.fleet().gap.samples().count() == 2);
  CHECK(finished.fleet().time_without_credential_us == 120 * 60'000'000ULL);
  CHECK(finished.fleet().time_after_first_credential_us == 210 * 60'000'000ULL);

  // Stopped when the run ends.
  builder.stop_start.pop_back();
  builder.stop_start.push_back({.stop = at(150min), .start = at(5h)});
  finished = run(scenario);
  CHECK(finished.rows.gaps.back().stopped);
  CHECK(finished.rows.gaps.back().open);
  CHECK(finished.rows.gaps.back().opened == at(150min));
  CHECK(finished.rows.gaps.back().closed == at(4h));
  CHECK(finished.fleet().time_after_first_credential_us == 130 * 60'000'000ULL);
}

TEST_CASE("a scaling schedule, steps and a target change the capacity") {
  Scenario scenario = small_scenario(10, 4h);
  Resource& fleet = scenario.resources[0];
  SECTION("a schedule lifts the fleet to its minimum and lowers it to its maximum") {
    fleet.scaling = Scaling{.min = 10, .max = 100, .target_utilisation = {}, .steps = {}, .schedule = {}};
    fleet.scaling->schedule = {{.at = at(1h), .min = 50, .max = 100}, {.at = at(2h), .min = 5, .max = 20}};
    const FinishedRun finished = run(scenario);
    CHECK(finished.fleet().instances == 50);
    CHECK(std::count_if(finished.rows.instances.begin(), finished.rows.instances.end(),
                        [](const InstanceRow& row) { return row.terminated == at(2h); }) == 30);
  }
  SECTION("steps scale out by a quarter above three quarters in use, no sooner than the cool-down allows") {
    fleet.scaling = Scaling{.min = 8, .max = 100, .target_utilisation = {}, .steps = {}, .schedule = {}};
    fleet.scaling->steps = {{.above = true, .bound = 0.75, .change = 25, .relative = true, .cooldown = 10min}};
    fleet.sessions = sessions_at(std::vector<SimTime>(9, at(1h)), 3h, Duration{});
    const FinishedRun finished = run(scenario);
    // 9 of 10 in use: 3 more (a quarter of 10, rounded up) within two minutes; then 9 of 13 is below three quarters.
    CHECK(finished.fleet().instances == 13);
  }
  SECTION("a target of one half doubles the fleet when all of it is in use") {
    fleet.scaling = Scaling{.min = 5, .max = 100, .target_utilisation = 0.5, .steps = {}, .schedule = {}};
    fleet.sessions = sessions_at(std::vector<SimTime>(10, at(30min)), 3h + 25min, Duration{});
    const FinishedRun finished = run(scenario);
    CHECK(finished.fleet().instances == 20);
    const auto idle =
        std::find_if(finished.result.gauges.begin(), finished.result.gauges.end(), [](const GaugeSummary& gauge) {
          return gauge.metric == "instances" && gauge.labels.back().second == "available";
        });
    REQUIRE(idle != finished.result.gauges.end());
    CHECK(idle->last == 5);  // the sessions have ended: back to the minimum
  }
}

TEST_CASE("another fleet's size changes no draw of a fleet") {
  Scenario scenario = small_scenario(50, 3h);
  Resource& fleet = scenario.resources[0];
  fleet.provisioning.start = Distribution::uniform(0s, 10min);
  fleet.provisioning.eni.delay = Distribution::exponential(20s);
  fleet.credentials.jitter = 1min;
  fleet.credentials.every = 50min;
  fleet.workloads = {small_workload("call", Distribution::exponential(5min), false)};
  Resource other = fleet;
  other.name = "other";
  scenario.resources.insert(scenario.resources.begin(), other);
  const auto rows_of_fleet = [&](std::int64_t others) {
    scenario.resources[0].instances = others;
    const FinishedRun finished = run(scenario);
    std::vector<std::tuple<SimTime, std::uint32_t>> issued;
    for (const CredentialRow& row : finished.rows.credentials) {
      const auto number = static_cast<std::int64_t>(row.instance) - others;
      if (number >= 0) issued.emplace_back(row.issued, static_cast<std::uint32_t>(number));
    }
    std::sort(issued.begin(), issued.end());
    return std::tuple{issued, finished.workload(0, 1).calls_succeeded,
                      count(finished.workload(0, 1).call_failures, Reason::network_unavailable)};
  };
  CHECK(rows_of_fleet(10) == rows_of_fleet(77));
}

TEST_CASE("a Region that a workload calls belongs to its fleet's cell; others are cells of their own") {
  Scenario scenario = small_scenario(1, 1h);
  Region second = scenario.accounts[0].regions[0];
  second.name = "eu-west-1";
  Region third = second;
  third.name = "ap-south-1";
  scenario.accounts[0].regions.push_back(second);
  scenario.accounts[0].regions.push_back(third);
  Resource other = scenario.resources[0];
  other.region = 1;
  scenario.resources.push_back(other);
  CHECK(plan_cells(scenario).size() == 2);

  scenario.resources[0].workloads = {small_workload("call", Distribution::constant(1min), false)};
  scenario.resources[0].workloads[0].region = 1;
  const std::vector<CellPlan> joined = plan_cells(scenario);
  REQUIRE(joined.size() == 1);
  CHECK(joined[0].resources == std::vector<std::size_t>{0, 1});
  CHECK(joined[0].places.size() == 2);

  scenario.resources[0].workloads[0].region = 2;  // a Region without a fleet
  CHECK(plan_cells(scenario).size() == 2);
  CHECK(plan_cells(scenario)[0].places.size() == 2);
}

TEST_CASE("the series' gauges agree with the rows at every step") {
  Scenario scenario = small_scenario(200, 6h);
  Resource& fleet = scenario.resources[0];
  fleet.provisioning.start = Distribution::uniform(0s, 30min);
  fleet.provisioning.boot = Distribution::exponential(5min);
  fleet.credentials.every = 57min;
  fleet.sessions = Sessions{.arrivals = {.kind = Arrivals::Kind::poisson, .rate = {100, 1h}},
                            .duration = Distribution::exponential(1h),
                            .wait = 10min};
  scenario.faults = {fault(FaultKind::sts_outage, 2h, 30min)};
  const FinishedRun finished = run(scenario);

  std::map<std::uint32_t, std::string> metric;
  for (const SeriesDefinition& definition : finished.rows.series_definitions) metric[definition.id] = definition.metric;
  std::size_t looked = 0;
  for (const SeriesRow& row : finished.rows.series) {
    const auto alive = [&](InstanceId id) {
      const InstanceRow& instance = *std::find_if(finished.rows.instances.begin(), finished.rows.instances.end(),
                                                  [&](const InstanceRow& life) { return life.instance == id; });
      return instance.terminated >= row.at;
    };
    if (row.at.time_since_epoch() % 10min != 0s || row.at == kSimulationStart) continue;
    if (metric[row.series] == "credentials_live") {
      const auto live = std::count_if(finished.rows.credentials.begin(), finished.rows.credentials.end(),
                                      [&](const CredentialRow& c) { return c.issued < row.at && c.expires > row.at; });
      CHECK(row.value == static_cast<double>(live));
      ++looked;
    }
    if (metric[row.series] == "oldest_live_credential_seconds") {
      SimTime oldest = row.at;
      for (const CredentialRow& c : finished.rows.credentials)
        if (c.issued < row.at && c.expires > row.at) oldest = std::min(oldest, c.issued);
      CHECK(row.value == Approx(std::chrono::duration<double>(row.at - oldest).count()));
      ++looked;
    }
    if (metric[row.series] == "instances_without_credential") {
      std::size_t running = 0;
      for (const InstanceRow& i : finished.rows.instances)
        running += i.provisioned < row.at && i.terminated >= row.at ? 1U : 0U;
      std::vector<InstanceId> covered;
      for (const CredentialRow& c : finished.rows.credentials)
        if (c.issued < row.at && c.expires > row.at && alive(c.instance)) covered.push_back(c.instance);
      std::sort(covered.begin(), covered.end());
      covered.erase(std::unique(covered.begin(), covered.end()), covered.end());
      CHECK(row.value == static_cast<double>(running - covered.size()));
      ++looked;
    }
  }
  CHECK(looked > 60);
}
