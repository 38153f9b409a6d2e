#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <ratio>

#include "credsim/time.hpp"

namespace credsim::model {

/// How often a limit refused, or made somebody wait, and when first.
struct Refusals {
  SimTime first = kNever;
  std::uint64_t count = 0;

  void add(SimTime now) {
    first = std::min(first, now);
    ++count;
  }
};

/// The busiest second, minute and ten minutes of a stream of requests; all are those of the simulation clock.
class RequestMeter {
 public:
  /// `now` never goes back.
  void count(SimTime now) {
    if (now >= second_end_) [[unlikely]] {
      begin_second(now);
    }
    ++in_second_;
  }
  /// After the last request.
  void finish() {
    close_second();
    close_minute();
    close_ten_minutes();
  }

  [[nodiscard]] double peak_second() const { return static_cast<double>(peak_second_); }
  /// Requests a second over the busiest minute.
  [[nodiscard]] double peak_minute() const { return static_cast<double>(peak_minute_) / 60; }
  /// Requests a second over the busiest ten minutes.
  [[nodiscard]] double peak_ten_minutes() const { return static_cast<double>(peak_ten_minutes_) / 600; }

 private:
  void begin_second(SimTime now) {
    close_second();
    const auto second = std::chrono::floor<std::chrono::seconds>(now);
    second_end_ = second + std::chrono::seconds{1};
    if (second < minute_end_) return;
    close_minute();
    const auto minute = std::chrono::floor<std::chrono::minutes>(now);
    minute_end_ = minute + std::chrono::minutes{1};
    if (minute < ten_minutes_end_) return;
    close_ten_minutes();
    ten_minutes_end_ = std::chrono::floor<TenMinutes>(now) + TenMinutes{1};
  }
  void close_second() {
    peak_second_ = std::max(peak_second_, in_second_);
    in_minute_ += in_second_;
    in_second_ = 0;
  }
  void close_minute() {
    peak_minute_ = std::max(peak_minute_, in_minute_);
    in_ten_minutes_ += in_minute_;
    in_minute_ = 0;
  }
  void close_ten_minutes() {
    peak_ten_minutes_ = std::max(peak_ten_minutes_, in_ten_minutes_);
    in_ten_minutes_ = 0;
  }

  using TenMinutes = std::chrono::duration<std::int64_t, std::ratio<600>>;

  SimTime second_end_ = kSimulationStart + std::chrono::seconds{1};
  SimTime minute_end_ = kSimulationStart + std::chrono::minutes{1};
  SimTime ten_minutes_end_ = kSimulationStart + TenMinutes{1};
  std::uint64_t in_second_ = 0;
  std::uint64_t in_minute_ = 0;
  std::uint64_t peak_second_ = 0;
  std::uint64_t peak_minute_ = 0;
  std::uint64_t in_ten_minutes_ = 0;
  std::uint64_t peak_ten_minutes_ = 0;
};

/// The peak and the busiest minute's mean of a level: units in use.
class LevelMeter {
 public:
  /// `now` never goes back.
  void set(SimTime now, std::int64_t level) {
    advance(now);
    level_ = level;
    peak_ = std::max(peak_, level);
  }
  void add(SimTime now, std::int64_t change) { set(now, level_ + change); }
  /// Forgets the peaks so far. Of the minute that has begun, what follows counts.
  void start_anew(SimTime now) {
    advance(now);
    peak_ = level_;
    area_ = peak_minute_ = 0;
  }
  void finish(SimTime end) {
    advance(end);
    peak_minute_ = std::max(peak_minute_, area_);
  }

  [[nodiscard]] std::int64_t level() const { return level_; }
  [[nodiscard]] double peak() const { return static_cast<double>(peak_); }
  [[nodiscard]] double peak_minute() const {
    return static_cast<double>(peak_minute_) / static_cast<double>(kMinute.count());
  }

 private:
  static constexpr Duration kMinute = std::chrono::minutes{1};

  void advance(SimTime now) {
    if (now >= minute_end_) [[unlikely]] {
      begin_minute(now);
    }
    area_ += level_ * (now - updated_).count();
    updated_ = now;
  }
  void begin_minute(SimTime now) {
    peak_minute_ = std::max(peak_minute_, area_ + level_ * (minute_end_ - updated_).count());
    if (now - minute_end_ >= kMinute) peak_minute_ = std::max(peak_minute_, level_ * kMinute.count());
    area_ = 0;
    updated_ = std::chrono::floor<std::chrono::minutes>(now);
    minute_end_ = updated_ + kMinute;
  }

  SimTime updated_{};
  SimTime minute_end_ = kSimulationStart + kMinute;
  std::int64_t level_ = 0;
  std::int64_t peak_ = 0;
  std::int64_t area_ = 0;  // level × microseconds since the minute began
  std::int64_t peak_minute_ = 0;
};

}  // namespace credsim::model
