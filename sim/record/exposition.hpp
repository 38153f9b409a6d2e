#pragma once

#include <vector>

#include "credsim/run_snapshot.hpp"

namespace prometheus {
struct MetricFamily;
}

namespace credsim::record {

/// A snapshot as Prometheus is shown it: its series under the names of their metrics, buckets put together to
/// histograms, and what else the run tells of itself. Without a snapshot: which program this is.
[[nodiscard]] std::vector<prometheus::MetricFamily> exposition(const RunSnapshot* snapshot);

}  // namespace credsim::record
