#include "report/openmetrics_export.hpp"

#include <chrono>
#include <string_view>
#include <utility>

#include "credsim/series_name.hpp"

#include "record/rows_by_step.hpp"
#include "record/series_reader.hpp"
#include "report/metric_points.hpp"

namespace credsim::report {
namespace {

/// Prometheus keeps whole milliseconds and cuts off what is below: closer samples can fall into the same one, of which
/// it drops all but the first without a word.
constexpr Duration kShortestStep = std::chrono::milliseconds{2};

constexpr const char* kStrange = "its samples are not those that credsim records; run its scenario again";

/// Precondition: one of ours, as SeriesReader makes sure.
const Metric& metric_of(std::string_view series) {
  return kAllMetrics[parse_series_name(series)->metric];
}

class Export {
 public:
  Export(record::RecordedRun& run, const record::Steps& steps, OpenMetricsText::Time start, TextSink sink)
      : run_(run), steps_(steps), start_(start), text_(std::move(sink)) {}

  /// False: failed, and `error` says why unless it was the sink.
  bool write(std::string& error) { return write_recorded(error) && write_made_up(error) && text_.finish(); }

  [[nodiscard]] std::uint64_t samples() const { return text_.samples(); }
  [[nodiscard]] std::uint64_t series() const { return series_; }

 private:
  bool write_recorded(std::string& error) {
    record::SeriesReader reader(run_.database, run_.id);
    std::optional<MetricPoints> points;
    std::int64_t group = 0;
    if (!reader.open()) return refuse(reader.error(), error);
    for (auto row = reader.next(); row; row = reader.next()) {
      if (!text_.taken()) return false;
      const std::int64_t id = row->samples.series;
      const bool begins = !points || row->group != group;
      if (begins || !points->knows(id)) {
        const auto series = reader.series(id);
        if (!series) return refuse(reader.error(), error);
        if (begins) {
          if (points) points->finish();
          group = row->group;
          begin(*series, points);
        }
        if (!points->introduce(id, *series)) return refuse(kStrange, error);
      }
      if (!points->add(row->samples)) return refuse(kStrange, error);
    }
    if (points) points->finish();
    return reader.error().empty() || refuse(reader.error(), error);
  }

  void begin(const record::SeriesReader::Series& first, std::optional<MetricPoints>& points) {
    const Metric& metric = metric_of(first.metric);
    open_family(metric);
    points.emplace(metric, first.labels, steps_, start_, text_);
    series_ += points->series();
  }

  void open_family(const Metric& metric) {
    if (family_ == metric.name) return;
    family_ = metric.name;
    text_.family(metric);
  }

  bool write_made_up(std::string& error) {
    // A second of the exported series is a simulated one.
    constant("simulation_speed_ratio", {}, 1);
    constant("simulation_target_speed_ratio", {}, 1);
    for (std::size_t i = 0; i < kAuditTables.size(); ++i) {
      const auto rows = record::rows_by_step(run_.database, run_.id, static_cast<record::RowKind>(i), steps_);
      if (!rows) return refuse("cannot read its rows: " + run_.database.message(), error);
      every_step("audit_rows_total", {{"table", std::string{kAuditTables[i]}}},
                 [&](std::int64_t step) { return static_cast<double>((*rows)[static_cast<std::size_t>(step)]); });
    }
    constant("audit_queue_depth", {}, 0);
    constant("build_info", {{"version", run_.version}}, 1);
    return text_.taken();
  }

  void constant(std::string_view metric, const Labels& labels, double value) {
    every_step(metric, labels, [value](std::int64_t) { return value; });
  }

  template <class ValueAt>
  void every_step(std::string_view metric, const Labels& labels, const ValueAt& value_at) {
    open_family(metric_of(metric));
    const std::string series = series_text(metric, labels);
    for (std::int64_t step = 0; step <= steps_.last && text_.taken(); ++step)
      text_.sample(series, value_at(step), start_ + (steps_.time(step) - kSimulationStart));
    ++series_;
  }

  static bool refuse(const std::string& why, std::string& error) {
    error = why;
    return false;
  }

  record::RecordedRun& run_;
  const record::Steps& steps_;
  OpenMetricsText::Time start_;
  OpenMetricsText text_;
  std::string_view family_;  // that is open
  std::uint64_t series_ = 0;
};

}  // namespace

std::optional<OpenMetricsExport> export_openmetrics(record::RecordedRun& run, std::optional<OpenMetricsText::Time> end,
                                                    TextSink sink, std::string& error) {
  const auto refuse = [&](const std::string& why) {
    if (!why.empty()) error = "run " + std::to_string(run.id) + ": " + why;
    return std::nullopt;
  };
  std::string fault;
  const auto steps = record::read_steps(run.database, run.id, fault);
  if (!steps) return refuse(fault);
  if (steps->last > 0 && steps->length < kShortestStep)
    return refuse(
        "Prometheus cannot tell its samples apart, less than 2 ms from one another; use a longer series_step");
  const Duration length = steps->time(steps->last) - kSimulationStart;
  const Duration moved = end ? *end - (run.start + length) : Duration{};
  Export text(run, *steps, run.start + moved, std::move(sink));
  if (!text.write(fault)) return refuse(fault);
  return OpenMetricsExport{text.samples(), text.series(), run.start + moved, run.start + moved + length, moved};
}

}  // namespace credsim::report
