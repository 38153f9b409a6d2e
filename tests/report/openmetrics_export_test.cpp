#include "report/openmetrics_export.hpp"

#include <map>
#include <random>
#include <set>
#include <sstream>
#include <vector>

#include "recorded_series.hpp"
#include "test_support/catch.hpp"

namespace credsim::report {
namespace {

using namespace credsim::test;
using Time = OpenMetricsText::Time;
using Lines = std::vector<std::string>;

constexpr std::int64_t kStart = 1'767'600'000;  // of two_fleets()

std::string stamp(std::int64_t step) {
  return std::to_string(kStart + step * 60);
}

}  // namespace

TEST_CASE("a series is 0 from the run's start to its first sample") {
  AuditBatch batch;
  add_series(batch, "credentials_live", {{"resource", "eng"}}, 2, {5, 7.5});
  add_series(batch, "simulation_time_seconds", {}, 1, {60, 120, 180});
  const OneRun run{batch};
  const Exported text = exported(run.recording.path);
  CHECK(text.samples("credentials_live") == Lines{"credentials_live{resource=\"eng\"} 0 " + stamp(0),
                                                  "credentials_live{resource=\"eng\"} 0 " + stamp(1),
                                                  "credentials_live{resource=\"eng\"} 5 " + stamp(2),
                                                  "credentials_live{resource=\"eng\"} 7.5 " + stamp(3)});
  CHECK(text.samples("simulation_time_seconds").size() == 4);
  CHECK(text.text.ends_with("\n# EOF\n"));
}

TEST_CASE("a histogram has all its buckets, its count and its sum at every step once one of them has begun") {
  AuditBatch batch;
  const Labels eng{{"account", "1"}, {"resource", "eng"}};
  const auto bucket = [](const std::string& bound) {
    return Labels{{"account", "1"}, {"le", bound}, {"resource", "eng"}};
  };
  for (const std::string bound : {"60", "120", "180", "300", "600", "1800"})
    add_series(batch, "session_wait_seconds_bucket", bucket(bound), 2, {1});
  add_series(batch, "session_wait_seconds_bucket", bucket("3600"), 1, {2, 3});
  add_series(batch, "session_wait_seconds_count", eng, 1, {2, 4});
  add_series(batch, "session_wait_seconds_sum", eng, 1, {600.5, 660.5});
  const OneRun run{batch};
  Lines expected;
  const auto expect = [&](std::int64_t step, int upto30, int upto60, int upto3600, int count, const std::string& sum) {
    for (const std::string bound :
         {"0", "1", "5", "15", "30", "60", "120", "180", "300", "600", "1800", "3600", "+Inf"}) {
      const int value = bound == "+Inf" ? count : bound == "3600" ? upto3600 : std::stoi(bound) < 60 ? upto30 : upto60;
      expected.push_back("session_wait_seconds_bucket{account=\"1\",le=\"" + bound + "\",resource=\"eng\"} " +
                         std::to_string(value) + " " + stamp(step));
    }
    expected.push_back("session_wait_seconds_count{account=\"1\",resource=\"eng\"} " + std::to_string(count) + " " +
                       stamp(step));
    expected.push_back("session_wait_seconds_sum{account=\"1\",resource=\"eng\"} " + sum + " " + stamp(step));
  };
  expect(0, 0, 0, 0, 0, "0");
  expect(1, 0, 0, 2, 2, "600.5");
  expect(2, 0, 1, 3, 4, "660.5");
  CHECK(exported(run.recording.path).samples("session_wait_seconds") == expected);
}

TEST_CASE("any series come out as recorded, families whole and in time order") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random{seed};
  const auto below = [&](std::uint32_t bound) { return static_cast<std::int64_t>(random() % bound); };
  const std::int64_t steps = 1 + below(700);  // some more than a stored row repeats
  std::map<std::string, std::map<std::int64_t, double>> expected;

  Recording recording;
  const std::int64_t run = recording.begin();
  for (std::uint32_t cell = 0; cell < 2; ++cell) {
    AuditBatch batch;
    add_series(batch, cell == 0 ? "simulation_time_seconds" : "pending_events", {}, 0,
               std::vector<double>(static_cast<std::size_t>(steps), 1));
    for (std::size_t i = 0; i < 12; ++i) {
      const Labels labels{{"region", std::to_string(cell)}, {"resource", "r" + std::to_string(i / 3)}};
      const std::string metric = std::array{"credentials_issued_total", "credentials_live", "instances"}[i % 3];
      const std::int64_t first = below(static_cast<std::uint32_t>(steps));
      std::vector<double> values;
      for (std::int64_t step = first; step < steps; ++step) {
        const double last = values.empty() ? 1 : values.back();
        values.push_back(below(3) == 0 ? static_cast<double>(random()) / 7 : below(2) == 0 ? last : last + 1);
      }
      auto& points = expected[series_text(metric, labels)];
      for (std::int64_t step = 0; step < steps; ++step)
        points[step] = step < first ? 0 : values[static_cast<std::size_t>(step - first)];
      add_series(batch, metric, labels, first, values);
    }
    recording.take(run, cell, batch);
  }
  recording.finish(run);
  recording.close();

  const Exported text = exported(recording.path);
  REQUIRE(text.what);
  std::map<std::string, std::map<std::int64_t, double>> found;
  std::set<std::string> families;
  std::string family;
  std::int64_t last = 0;
  std::string last_series;
  std::size_t samples = 0;
  std::istringstream lines{text.text};
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# HELP ")) {
      family = line.substr(7, line.find(' ', 7) - 7);
      CHECK(families.insert(family).second);
      continue;
    }
    if (line.starts_with("#")) continue;
    ++samples;
    const std::size_t value_at = line.find(' ');
    const std::string series = line.substr(0, value_at);
    const std::size_t time_at = line.find(' ', value_at + 1);
    const std::int64_t time = std::stoll(line.substr(time_at));
    CHECK(series.starts_with(family));
    CHECK((series != last_series || time > last));
    last_series = series;
    last = time;
    if (expected.contains(series)) found[series][(time - kStart) / 60] = std::stod(line.substr(value_at));
  }
  CHECK(found == expected);
  CHECK(samples == text.what->samples);
}

TEST_CASE("an export tells what only a live run has") {
  Recording recording;
  const std::int64_t run = recording.begin();
  AuditBatch batch;
  add_series(batch, "simulation_time_seconds", {}, 1, {60, 120});
  batch.credentials.push_back({.instance = InstanceId{0},
                               .sequence = 1,
                               .attempts = 1,
                               .requested = at(59s),
                               .issued = at(61s),
                               .expires = at(1h),
                               .previous_expires = kNever});
  CellResult cell = nothing(recording.scenario());
  cell.credential_rows = 1;
  cell.resources[0].credentials_issued = 1;
  recording.take(run, 0, batch);
  recording.finish(run, cell);
  recording.close();
  const Exported text = exported(recording.path);
  const auto values = [&](const std::string& name) {
    std::string all;
    for (const std::string& line : text.samples(name)) {
      const std::size_t value_at = line.find(' ') + 1;
      all += line.substr(value_at, line.find(' ', value_at) - value_at) + " ";
    }
    return all;
  };
  CHECK(values("simulation_speed_ratio ") == "1 1 1 ");
  CHECK(values("simulation_target_speed_ratio ") == "1 1 1 ");
  CHECK(values("audit_queue_depth ") == "0 0 0 ");
  CHECK(values("build_info{version=\"" CREDSIM_VERSION "\"} ") == "1 1 1 ");
  CHECK(values("audit_rows_total{table=\"credential\"} ") == "0 0 1 ");
  CHECK(values("audit_rows_total{table=\"sample\"} ") == "0 1 2 ");
  for (const std::string table : {"instance", "gap", "failure", "session"})
    CHECK(values("audit_rows_total{table=\"" + table + "\"} ") == "0 0 0 ");
}

TEST_CASE("an export can end at a given moment") {
  AuditBatch batch;
  add_series(batch, "simulation_time_seconds", {}, 1, {60, 120});
  const OneRun run{batch};
  const Time end{std::chrono::seconds{kStart + 1000}};
  const Exported text = exported(run.recording.path, 1, end);
  REQUIRE(text.what);
  CHECK(text.samples("simulation_time_seconds") ==
        Lines{"simulation_time_seconds 0 " + std::to_string(kStart + 880),
              "simulation_time_seconds 60 " + std::to_string(kStart + 940),
              "simulation_time_seconds 120 " + std::to_string(kStart + 1000)});
  CHECK(text.what->first == end - 120s);
  CHECK(text.what->last == end);
  CHECK(text.what->moved == 880s);
}

TEST_CASE("a run that ended before it was sampled has one moment, and only what the export adds") {
  const OneRun run{AuditBatch{}};
  const Exported text = exported(run.recording.path);
  REQUIRE(text.what);
  CHECK(text.samples("simulation_time_seconds").empty());
  CHECK(text.samples("simulation_speed_ratio") == Lines{"simulation_speed_ratio 1 " + stamp(0)});
  CHECK(text.what->samples == text.what->series);
}

TEST_CASE("each run is exported with its own series") {
  Recording recording;
  for (const double value : {1.0, 2.0}) {
    const std::int64_t run = recording.begin();
    AuditBatch batch;
    add_series(batch, "pending_events", {{"of", std::to_string(value)}}, 0, {value, value});
    recording.take(run, 0, batch);
    recording.finish(run);
  }
  recording.close();
  CHECK(exported(recording.path, 1).samples("pending_events") ==
        Lines{"pending_events{of=\"1.000000\"} 1 " + stamp(0), "pending_events{of=\"1.000000\"} 1 " + stamp(1)});
  CHECK(exported(recording.path, 2).samples("pending_events") ==
        Lines{"pending_events{of=\"2.000000\"} 2 " + stamp(0), "pending_events{of=\"2.000000\"} 2 " + stamp(1)});
}

TEST_CASE("what is not as credsim records it is refused, not left out") {
  SECTION("a series that is unknown") {
    AuditBatch batch;
    add_series(batch, "flux_capacitance", {}, 0, {1});
    const Exported text = exported(OneRun{batch}.recording.path);
    CHECK(text.error.find("flux_capacitance") != std::string::npos);
    CHECK_FALSE(text.what);
  }
  SECTION("a bucket that is unknown") {
    AuditBatch batch;
    add_series(batch, "credential_gap_seconds_bucket", {{"le", "7"}}, 0, {1});
    CHECK_FALSE(exported(OneRun{batch}.recording.path).what);
  }
  SECTION("one series twice") {
    AuditBatch batch;
    add_series(batch, "pending_events", {}, 0, {1});
    add_series(batch, "pending_events", {}, 0, {1});
    CHECK_FALSE(exported(OneRun{batch}.recording.path).what);
  }
  SECTION("samples beside the steps") {
    AuditBatch batch;
    add_series(batch, "pending_events", {}, 0, {1, 1});
    batch.series.push_back({at(150s), 0, 3});
    const Exported text = exported(OneRun{batch}.recording.path);
    CHECK_FALSE(text.what);
    CHECK(text.error.find("run 1: ") == 0);
  }
}

TEST_CASE("samples that Prometheus could not tell apart are refused") {
  AuditBatch batch;
  batch.series_definitions.push_back({0, "pending_events", {}});
  for (int i = 0; i < 3; ++i) batch.series.push_back({at(i * 1999us), 0, 1});
  const Exported text = exported(OneRun{batch}.recording.path);
  CHECK_FALSE(text.what);
  CHECK(text.error.find("series_step") != std::string::npos);
  for (SeriesRow& row : batch.series) row.at = at((row.at - at(0us)) / 1999 * 2000);
  CHECK(exported(OneRun{batch}.recording.path).what);
}

TEST_CASE("an export ends where its text is refused, and that is no error of its own") {
  AuditBatch batch;
  add_series(batch, "pending_events", {}, 0, std::vector<double>(100'000, 1));
  const OneRun run{batch};
  std::string error;
  auto opened = record::open_recorded_run(run.recording.path, 1, error);
  REQUIRE(opened);
  int pieces = 0;
  CHECK_FALSE(export_openmetrics(
      *opened, std::nullopt, [&](std::string_view) { return ++pieces < 2; }, error));
  CHECK(pieces == 2);
  CHECK(error.empty());
}

}  // namespace credsim::report
