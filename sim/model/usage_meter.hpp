#pragma once

#include <algorithm>
#include <cstdint>

#include "credsim/time.hpp"

namespace credsim::model {

/// The busiest second, minute and ten minutes of a stream of requests; all are those of the simulation clock.
class RequestMeter {
 public:
  void count(SimTime now) {
    const std::int64_t second = now.time_since_epoch().count() / 1'000'000;
    if (second != second_) {
      close_second();
      second_ = second;
      if (const std::int64_t minute = second / 60; minute != minute_) {
        close_minute();
        if (minute / 10 != minute_ / 10) close_ten_minutes();
        minute_ = minute;
      }
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

  std::int64_t second_ = 0;
  std::int64_t minute_ = 0;
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
  void set(SimTime now, std::int64_t level) {
    advance(now);
    level_ = level;
    peak_ = std::max(peak_, level);
  }
  void add(SimTime now, std::int64_t change) { set(now, level_ + change); }
  void finish(SimTime end) {
    advance(end);
    peak_minute_ = std::max(peak_minute_, area_);
  }

  [[nodiscard]] std::int64_t level() const { return level_; }
  [[nodiscard]] double peak() const { return static_cast<double>(peak_); }
  [[nodiscard]] double peak_minute() const { return peak_minute_ / kMinute; }

 private:
  static constexpr double kMinute = 60e6;

  void advance(SimTime now) {
    constexpr std::int64_t kMinuteUs = 60'000'000;
    std::int64_t at = updated_.time_since_epoch().count();
    const std::int64_t to = now.time_since_epoch().count();
    if (at / kMinuteUs != to / kMinuteUs) {
      const std::int64_t boundary = (at / kMinuteUs + 1) * kMinuteUs;
      area_ += static_cast<double>(level_) * static_cast<double>(boundary - at);
      peak_minute_ = std::max(peak_minute_, area_);
      if (to - boundary >= kMinuteUs) peak_minute_ = std::max(peak_minute_, static_cast<double>(level_) * kMinute);
      area_ = 0;
      at = to / kMinuteUs * kMinuteUs;
    }
    area_ += static_cast<double>(level_) * static_cast<double>(to - at);
    updated_ = now;
  }

  SimTime updated_{};
  std::int64_t level_ = 0;
  std::int64_t peak_ = 0;
  double area_ = 0;  // level × microseconds since the minute began
  double peak_minute_ = 0;
};

}  // namespace credsim::model
