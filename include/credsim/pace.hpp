#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>

#include "credsim/time.hpp"

namespace credsim {

/// Holds a run back to so many simulated seconds in a second of the wall clock. The run simulates a piece, waits until
/// the wall clock has come to that piece's end, and shows itself: what is shown is on time, to the accuracy of the
/// machine's timers, however long the piece took.
///
/// A run that is late catches up; one that is later than `patience` goes on from there, so that it never rushes through
/// what somebody wanted to watch.
///
/// set_speed(), pause() and resume() are thread-safe and take effect while the run waits, or when it next does; the
/// rest is for the run's thread.
class Pace {
 public:
  using WallClock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds kHeartbeat{100};

  /// Simulated seconds in a second, above 0 and finite; none: as many as there can be.
  using Speed = std::optional<double>;

  explicit Pace(Speed speed, WallClock::duration patience = std::chrono::seconds{1});
  ~Pace();
  Pace(const Pace&) = delete;
  Pace& operator=(const Pace&) = delete;

  void set_speed(Speed speed);
  void pause();
  void resume();

  /// The wall clock starts to count for `now`.
  void start(SimTime now);
  /// How much to simulate in one piece: about a quarter of a second's worth, a multiple of `step`.
  [[nodiscard]] Duration piece(Duration step);
  /// Waits until it is time for `then`; false if `stop` became true first. Calls `heartbeat` every kHeartbeat while
  /// paused.
  [[nodiscard]] bool wait_for(SimTime then, const std::atomic<bool>& stop, const std::function<void()>& heartbeat);

  /// What is asked for: 0 while paused, infinite for as much as there can be.
  [[nodiscard]] double target_ratio() const;
  /// What was reached, in simulated seconds a second, over the last five seconds of the wall clock.
  [[nodiscard]] double reached_ratio() const;
  /// True once for each speed, when simulating has made the run too late.
  [[nodiscard]] bool fell_behind();

 private:
  class Clock;
  std::unique_ptr<Clock> clock_;
};

}  // namespace credsim
