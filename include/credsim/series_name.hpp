#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "credsim/metric.hpp"
#include "credsim/time.hpp"

namespace credsim {

/// All that there are series of, in the order in which they are shown: kMetrics, then kRunMetrics.
inline constexpr auto kAllMetrics = [] {
  std::array<Metric, kMetrics.size() + kRunMetrics.size()> all{};
  for (std::size_t i = 0; i < all.size(); ++i)
    all[i] = i < kMetrics.size() ? kMetrics[i] : kRunMetrics[i - kMetrics.size()];
  return all;
}();

/// What a series keeps of its metric. A histogram NAME has NAME_bucket for each bound (cumulative, the bound as the
/// label `le`), NAME_sum and NAME_count, as Prometheus does; the bucket of all samples is NAME_count. Any other metric
/// is one series, of its own name.
enum class SeriesPart : std::uint8_t { whole, bucket, sum, count };
/// Those that a metric has.
[[nodiscard]] std::span<const SeriesPart> series_parts(MetricKind kind);

/// The label that says which bucket of a histogram a series is.
inline constexpr std::string_view kBoundLabel = "le";
/// Its value: a bound in seconds, as short as can be.
[[nodiscard]] std::string bound_text(Duration bound);

/// How the series of a metric is called.
[[nodiscard]] std::string series_name(std::string_view metric, SeriesPart part);

struct SeriesName {
  std::size_t metric;  ///< place in kAllMetrics
  SeriesPart part;
};
/// What series_name() made `series` of. Nothing: no series of ours is called so.
[[nodiscard]] std::optional<SeriesName> parse_series_name(std::string_view series);

}  // namespace credsim
