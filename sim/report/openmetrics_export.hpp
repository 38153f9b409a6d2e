#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "credsim/time.hpp"

#include "record/recorded_run.hpp"
#include "report/openmetrics_text.hpp"

namespace credsim::report {

/// What was exported.
struct OpenMetricsExport {
  std::uint64_t samples = 0;
  std::uint64_t series = 0;
  OpenMetricsText::Time first;  ///< of the samples, as written
  OpenMetricsText::Time last;
  Duration moved{};  ///< what was added to the simulated UTC
};

/// Writes all series of a run as OpenMetrics text, under the names and labels that `/metrics` shows while a run goes
/// on, each sample with its simulated UTC. If `end` is given, all times are moved so that the last sample is at `end`.
///
/// Zeros before a series' first sample are written too, and what only a live run has: the speed (1: a second of the
/// series is one simulated), the rows of the audit (rows_by_step()) and its queue (0). A series that never began is
/// not there.
///
/// Text goes to `sink` piece by piece: memory depends neither on the number of series nor on that of samples, but for
/// 8 bytes a step. On failure returns nothing and sets `error`; if it was the sink that failed, `error` stays empty.
[[nodiscard]] std::optional<OpenMetricsExport> export_openmetrics(record::RecordedRun& run,
                                                                  std::optional<OpenMetricsText::Time> end,
                                                                  TextSink sink, std::string& error);

}  // namespace credsim::report
