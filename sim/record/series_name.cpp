#include "credsim/series_name.hpp"

#include <array>
#include <charconv>
#include <chrono>

namespace credsim {
namespace {

constexpr std::array kOnePart = {SeriesPart::whole};
constexpr std::array kHistogramParts = {SeriesPart::bucket, SeriesPart::sum, SeriesPart::count};

constexpr std::string_view suffix(SeriesPart part) {
  switch (part) {
    case SeriesPart::whole:
      return "";
    case SeriesPart::bucket:
      return "_bucket";
    case SeriesPart::sum:
      return "_sum";
    case SeriesPart::count:
      return "_count";
  }
  return "";
}

}  // namespace

std::string bound_text(Duration bound) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.begin(), text.end(), std::chrono::duration<double>(bound).count());
  return {text.begin(), end.ptr};
}

std::span<const SeriesPart> series_parts(MetricKind kind) {
  if (kind == MetricKind::histogram) return kHistogramParts;
  return kOnePart;
}

std::string series_name(std::string_view metric, SeriesPart part) {
  std::string name{metric};
  name += suffix(part);
  return name;
}

std::optional<SeriesName> parse_series_name(std::string_view series) {
  for (std::size_t i = 0; i < kAllMetrics.size(); ++i) {
    const Metric& metric = kAllMetrics[i];
    if (!series.starts_with(metric.name)) continue;
    const std::string_view rest = series.substr(metric.name.size());
    for (const SeriesPart part : series_parts(metric.kind))
      if (rest == suffix(part)) return SeriesName{i, part};
  }
  return std::nullopt;
}

}  // namespace credsim
