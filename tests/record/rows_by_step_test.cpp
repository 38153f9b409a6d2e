#include "record/rows_by_step.hpp"

#include <functional>

#include "recorded.hpp"
#include "test_support/catch.hpp"

using namespace credsim;
using namespace credsim::test;
using record::RowKind;
using Counts = std::vector<std::uint64_t>;

namespace {

/// How many rows of `kind` there are at the minutes 0 to 3 of a run in which `happen` happened.
Counts at_minutes(RowKind kind, const std::function<void(AuditBatch&)>& happen) {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.db");
  std::string error;
  const auto store = AuditStore::create(path, false, two_fleets(), error);
  REQUIRE(store);
  for (int run = 0; run < 2; ++run) {  // the second one's rows are not the first one's
    AuditBatch batch;
    happen(batch);
    store->sink(store->begin_run({}, {}), 0)->take(batch);
  }
  REQUIRE(store->close());
  auto database = record::Database::open(path, 0ms, error);
  REQUIRE(database);
  const auto rows = record::rows_by_step(*database, 1, kind, {.length = 60s, .last = 3});
  REQUIRE(rows);
  return *rows;
}

}  // namespace

TEST_CASE("a row is there from the step on that follows its moment, or is it") {
  CHECK(at_minutes(RowKind::failure, [](AuditBatch& batch) {
          for (const Duration when : {Duration{}, Duration{1us}, Duration{1min}, Duration{1min + 1us}, Duration{3min}})
            batch.failures.push_back({.at = at(when), .workload = FailureRow::kNoWorkload});
        }) == Counts{1, 3, 4, 5});
}

TEST_CASE("what happens after the last step is there at the last step") {
  CHECK(at_minutes(RowKind::failure, [](AuditBatch& batch) {
          batch.failures.push_back({.at = at(3min + 30s), .workload = FailureRow::kNoWorkload});
        }) == Counts{0, 0, 0, 1});
}

TEST_CASE("a credential is there when it is issued") {
  CHECK(at_minutes(RowKind::credential, [](AuditBatch& batch) {
          batch.credentials.push_back(
              {.requested = at(50s), .issued = at(70s), .expires = at(1h), .previous_expires = kNever});
        }) == Counts{0, 0, 1, 1});
}

TEST_CASE("a gap is there when it closes") {
  CHECK(at_minutes(RowKind::gap, [](AuditBatch& batch) {
          batch.gaps.push_back({.opened = at(50s), .closed = at(70s)});
        }) == Counts{0, 0, 1, 1});
}

TEST_CASE("an instance is there when it ends, and at the last step if it has not") {
  CHECK(at_minutes(RowKind::instance, [](AuditBatch& batch) {
          InstanceRow row{
              .provisioned = at(10s), .boot = kNever, .eni = kNever, .first_credential = kNever, .terminated = at(70s)};
          batch.instances.push_back(row);
          row.terminated = kNever;
          batch.instances.push_back(row);
        }) == Counts{0, 0, 1, 2});
}

TEST_CASE("a session is there when it ends, and at the last step if it has not") {
  CHECK(at_minutes(RowKind::session, [](AuditBatch& batch) {
          batch.sessions.push_back({.arrived = at(10s), .started = at(20s), .ended = at(70s)});
          batch.sessions.push_back({.arrived = at(10s), .started = kNever, .ended = kNever});
        }) == Counts{0, 0, 1, 2});
}

TEST_CASE("samples count one by one, however few rows hold them") {
  CHECK(at_minutes(RowKind::sample, [](AuditBatch& batch) {
          batch.series_definitions = {{0, "pending_events", {}}, {1, "events_total", {}}};
          for (int minute = 0; minute < 4; ++minute) {
            batch.series.push_back({at(minute * 1min), 0, 5});
            if (minute > 1) batch.series.push_back({at(minute * 1min), 1, 2.0 * minute});
          }
        }) == Counts{1, 2, 4, 6});
}
