#include "model/arrivals.hpp"

#include <cmath>

namespace credsim::model {

namespace {

constexpr std::int64_t kHourUs = 3'600'000'000;

/// Expected arrivals in the hour of a moment, and how long that hour lasts from there.
struct HourRate {
  double arrivals;
  Duration left;
};

HourRate hour_rate(const Arrivals& arrivals, const ArrivalSpan& span, SimTime at) {
  if (arrivals.kind == Arrivals::Kind::poisson) return {arrivals.rate.per_second() * 3600, kNever - at};
  const std::int64_t clock = at.time_since_epoch().count() + (arrivals.daily ? span.into_day.count() : 0);
  const std::int64_t hour = arrivals.daily ? clock / kHourUs % 24 : clock / kHourUs;
  const bool listed = hour < static_cast<std::int64_t>(arrivals.per_hour.size());
  return {listed ? arrivals.per_hour[static_cast<std::size_t>(hour)] : 0, Duration{kHourUs - clock % kHourUs}};
}

}  // namespace

SimTime next_arrival(const Arrivals& arrivals, const ArrivalSpan& span, SimTime from, Duration exponential) {
  auto due = static_cast<double>(exponential.count());
  while (from < span.end) {
    const HourRate hour = hour_rate(arrivals, span, from);
    const double in_hour = hour.arrivals * static_cast<double>(hour.left.count());
    if (hour.arrivals > 0 && due <= in_hour) return from + Duration{std::llround(due / hour.arrivals)};
    due -= in_hour;
    from += hour.left;
  }
  return kNever;
}

}  // namespace credsim::model
