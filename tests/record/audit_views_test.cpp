#include <functional>

#include "recorded.hpp"
#include "test_support/catch.hpp"

using namespace credsim;
using namespace credsim::test;
using Rows = std::vector<std::string>;

namespace {

// A closed database with one run, never finished, that recorded what happened.
class Recorded {
 public:
  explicit Recorded(const std::function<void(AuditBatch&)>& happen, std::uint32_t cell = 0,
                    const std::vector<Finding>& findings = {}) {
    AuditBatch batch;
    happen(batch);
    const Scenario scenario = two_fleets();
    std::string error;
    const auto store = AuditStore::create(path, false, scenario, error);
    const std::int64_t run_id = store->begin_run({.seed = 7, .replication = 3}, findings);
    store->sink(run_id, cell)->take(batch);
    if (!store->close()) std::abort();
  }

  Rows operator()(const std::string& sql) const { return rows(path, sql); }

 private:
  TemporaryFolder folder_;

 public:
  const std::string path = folder_.file("a.db");
};

CredentialRow credential(std::uint32_t sequence, SimTime requested, SimTime previous_expires) {
  return {.instance = InstanceId{5},
          .sequence = sequence,
          .attempts = sequence,
          .requested = requested,
          .issued = requested + 60ms,
          .expires = requested + 60ms + 1h,
          .previous_expires = previous_expires};
}

}  // namespace

TEST_CASE("a credential comes back with its times, sequence and attempts") {
  const Recorded run{[](AuditBatch& batch) { batch.credentials = {credential(2, at(55min), kNever)}; }};
  CHECK(run("SELECT * FROM credential") ==
        Rows{"1|5|2|3300000000|3300060000|6900060000|2|null|eng|123456789012|us-east-1|0"});
  CHECK(run("SELECT requested_utc, issued_utc, expires_utc, previous_expires_utc FROM credential_timeline_utc") ==
        Rows{"2026-01-05T08:55:00.000000Z|2026-01-05T08:55:00.060000Z|2026-01-05T09:55:00.060000Z|null"});
}

TEST_CASE("an overlap window belongs to the credential that expires and ends with it") {
  const Recorded run{[](AuditBatch& batch) {
    batch.credentials = {credential(1, at(0s), kNever), credential(2, at(55min), at(1h))};
  }};
  CHECK(run("SELECT * FROM overlap_window") ==
        Rows{"1|5|1|3300060000|3600000000|299940000|eng|123456789012|us-east-1|0"});
  CHECK(run("SELECT opened_utc, closed_utc FROM overlap_window_timeline_utc") ==
        Rows{"2026-01-05T08:55:00.060000Z|2026-01-05T09:00:00.000000Z"});
}

TEST_CASE("credentials that follow after a gap or in the same microsecond have no overlap window") {
  const Recorded run{[](AuditBatch& batch) {
    batch.credentials = {credential(2, at(2h), at(1h)), credential(3, at(3h), at(3h) + 60ms)};
  }};
  CHECK(run("SELECT count(*) FROM credential") == Rows{"2"});
  CHECK(run("SELECT count(*) FROM overlap_window") == Rows{"0"});
}

TEST_CASE("a gap comes back, open ones with the length that was seen") {
  const Recorded run{[](AuditBatch& batch) {
    batch.gaps = {{InstanceId{1}, 4, at(10s), at(15s), false},
                  {InstanceId{1}, 4, at(15s), at(18s), false, true},
                  {InstanceId{2}, 1, at(20s), at(24h), true, false, 1}};
  }};
  CHECK(run("SELECT * FROM credential_gap") ==
        Rows{"1|1|4|10000000|15000000|5000000|0|0|eng|123456789012|us-east-1|0",
             "1|1|4|15000000|18000000|3000000|0|1|eng|123456789012|us-east-1|0",
             "1|2|1|20000000|86400000000|86380000000|1|0|ops|123456789012|us-east-1|0"});
}

TEST_CASE("a failure names its resource, workload, operation and reason") {
  using Operation = FailureRow::Operation;
  const Recorded run{[](AuditBatch& batch) {
    batch.failures = {
        {at(1s), InstanceId{1}, 1, FailureRow::kNoWorkload, Operation::assume_role, Reason::throttled, 2},
        {at(2s), InstanceId{1}, 0, 1, Operation::call, Reason::access_denied, 3},
        {at(3s), InstanceId{1}, 0, FailureRow::kNoWorkload, Operation::create_network_interface,
         Reason::subnet_exhausted, 1},
        {at(4s), kNoInstance, 0, FailureRow::kNoWorkload, Operation::create_streaming_url,
         Reason::insufficient_capacity, 1},
    };
  }};
  CHECK(run("SELECT at_us, instance_id, resource, workload, operation, reason, attempts, account, region "
            "FROM failure WHERE run_id = 1") ==
        Rows{"1000000|1|ops|null|sts:AssumeRole|throttled|2|123456789012|us-east-1",
             "2000000|1|eng|backup|s3:PutObject|access_denied|3|123456789012|us-east-1",
             "3000000|1|eng|null|ec2:CreateNetworkInterface|subnet_exhausted|1|123456789012|us-east-1",
             "4000000|null|eng|null|appstream:CreateStreamingURL|insufficient_capacity|1|123456789012|us-east-1"});
}

TEST_CASE("an instance of another cell keeps its whole identity, and what never happened to it is null") {
  const InstanceId id{std::uint64_t{3} << 32 | 9};
  const Recorded run{[](AuditBatch& batch) {
                       batch.instances = {{id, 1, 17, at(1s), at(11s), at(21s), kNever, at(24h)}};
                     },
                     3};
  CHECK(run("SELECT instance_id, resource, provisioned_us, eni_us, boot_us, first_credential_us, terminated_us, number "
            "FROM instance") == Rows{"12884901897|ops|1000000|21000000|11000000|null|86400000000|17"});
  CHECK(run("SELECT eni_utc, first_credential_utc FROM instance_timeline_utc") ==
        Rows{"2026-01-05T08:00:21.000000Z|null"});
}

TEST_CASE("a session that was rejected has no instance and no start") {
  using Outcome = SessionRow::Outcome;
  const Recorded run{[](AuditBatch& batch) {
    batch.sessions = {{0, 0, kNoInstance, at(5s), kNever, at(5s), Outcome::rejected},
                      {0, 1, InstanceId{4}, at(6s), at(8s), at(1h), Outcome::completed}};
  }};
  CHECK(run("SELECT resource, number, instance_id, arrived_us, started_us, ended_us, outcome FROM session") ==
        Rows{"eng|0|null|5000000|null|5000000|rejected", "eng|1|4|6000000|8000000|3600000000|completed"});
}

TEST_CASE("samples find their series though every cell counts its own from zero") {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.db");
  const Scenario scenario = two_fleets();
  std::string error;
  const auto store = AuditStore::create(path, false, scenario, error);
  const std::int64_t run_id = store->begin_run({}, {});
  const auto first = store->sink(run_id, 0);
  const auto second = store->sink(run_id, 1);
  AuditBatch batch;
  batch.series_definitions = {{0, "sessions", {{"state", "waiting"}}}, {1, "credentials_live", {}}};
  first->take(batch);
  batch.series_definitions = {{0, "credentials_live", {{"resource", "Büro \"1\""}}}};
  batch.series = {{at(60s), 0, 0.5}};
  second->take(batch);
  batch.series = {{at(60s), 1, 12}, {at(60s), 0, -1.25}};
  first->take(batch);
  REQUIRE(store->close());
  CHECK(rows(path, "SELECT * FROM timeseries ORDER BY metric, length(labels_json) DESC") ==
        Rows{"1|60000000|credentials_live|{\"resource\":\"Büro \\\"1\\\"\"}|0.5|0",
             "1|60000000|credentials_live|{}|12.0|0", "1|60000000|sessions|{\"state\":\"waiting\"}|-1.25|0"});
}

TEST_CASE("findings belong to the run, and one without a place has no line") {
  const Recorded run{[](AuditBatch&) {},
                     0,
                     {{"role-missing", Severity::error, "fleet eng", "no role 'x'; name one", {12, 3}},
                      {"lead-short", Severity::note, "fleet ops", "zero lead", {}}}};
  CHECK(run("SELECT * FROM finding") ==
        Rows{"1|role-missing|error|fleet eng|no role 'x'; name one|12", "1|lead-short|note|fleet ops|zero lead|null"});
}

TEST_CASE("the run names its scenario, seed and start") {
  const Recorded run{[](AuditBatch&) {}};
  CHECK(run("SELECT run_id, scenario_name, scenario_yaml, seed, replication, parameters_json, sim_start_utc, "
            "sim_duration_us, status, audit_level, not_recorded, version != '' FROM run") ==
        Rows{"1|two-fleets|version: 1\n|7|3|{}|2026-01-05T08:00:00Z|86400000000|failed|full|null|1"});
  CHECK(run("SELECT scenario_sha256 FROM run") ==
        Rows{"09bfcc6a14b83e2192b8673677725c84883ee9cd0c70e45c9ec09daa8f2b2847"});
}

TEST_CASE("the timeline for people lists everything that happened") {
  const Recorded run{[](AuditBatch& batch) {
    batch.instances = {{InstanceId{5}, 0, 0, at(1s), at(11s), at(21s), at(9s), at(24h)}};
    batch.credentials = {credential(1, at(0s), kNever), credential(2, at(55min), at(1h))};
    batch.gaps = {{InstanceId{5}, 2, at(2h), at(24h), true}};
  }};
  CHECK(run("SELECT at_utc, event, resource, detail FROM timeline_utc WHERE run_id = 1 ORDER BY at_us") ==
        Rows{"2026-01-05T08:00:00.060000Z|credential issued|eng|sequence 1, expires 2026-01-05T09:00:00.060000Z",
             "2026-01-05T08:00:01.000000Z|instance provisioned|eng|null",
             "2026-01-05T08:00:11.000000Z|instance booted|eng|null",
             "2026-01-05T08:00:21.000000Z|network ready|eng|null",
             "2026-01-05T08:55:00.060000Z|credential issued|eng|sequence 2, expires 2026-01-05T09:55:00.060000Z",
             "2026-01-05T08:55:00.060000Z|overlap opened|eng|after sequence 1, closed 2026-01-05T09:00:00.000000Z",
             "2026-01-05T10:00:00.000000Z|gap opened|eng|after sequence 2, still open 2026-01-06T08:00:00.000000Z",
             "2026-01-06T08:00:00.000000Z|instance terminated|eng|null"});
}

TEST_CASE("every table is strict and the views are there under the names of the contract") {
  const Recorded run{[](AuditBatch&) {}};
  CHECK(run("SELECT name FROM pragma_table_list WHERE type = 'table' AND schema = 'main' AND NOT strict AND name NOT "
            "LIKE 'sqlite_%'")
            .empty());
  for (const char* view : {"run", "instance", "credential", "overlap_window", "credential_gap", "failure", "session",
                           "finding", "limit_headroom", "timeseries", "summary", "threshold"}) {
    CAPTURE(view);
    CHECK(run(std::string{"SELECT count(*) FROM pragma_table_xinfo('"} + view + "') WHERE name = 'run_id'") ==
          Rows{"1"});
  }
  CHECK(run("PRAGMA user_version") == Rows{"2"});
}
