#include "credsim/pace.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

namespace credsim {
namespace {

using Seconds = std::chrono::duration<double>;

constexpr Seconds kPiece{0.25};
// As fast as it can, a run shows itself about as often: its pieces grow or shrink until they take between these.
constexpr Seconds kShortPiece{0.1};
constexpr Seconds kLongPiece{0.4};
constexpr Seconds kMeasured{5};
constexpr std::int64_t kMostSteps = 1 << 20;

}  // namespace

class Pace::Clock {
 public:
  Clock(Speed speed, WallClock::duration patience) : speed_(speed), patience_(patience), timer_(context_) {}

  /// Has the run's thread do `change` when it next waits.
  template <class Change>
  void post(Change change) {
    boost::asio::post(context_, std::move(change));
  }

  /// What is simulated already is shown at once: at another speed it could be far away.
  void set_speed(Speed speed) {
    anchor(simulated_);
    speed_ = speed;
    told_behind_ = false;
    notes_.clear();
  }
  void set_paused(bool paused) {
    anchor(position());
    paused_ = paused;
  }

  void start(SimTime now) {
    anchor(now);
    shown_ = simulated_ = now;
    note();
  }

  [[nodiscard]] Duration piece(Duration step) {
    if (speed_) {
      const double wanted = std::floor(*speed_ * kPiece.count() / Seconds(step).count());
      steps_ = static_cast<std::int64_t>(std::clamp(wanted, 1.0, static_cast<double>(kMostSteps)));
    } else {
      const Seconds took = WallClock::now() - begun_;
      if (took < kShortPiece) steps_ = std::min(kMostSteps, steps_ * 2);
      if (took > kLongPiece) steps_ = std::max<std::int64_t>(1, steps_ / 2);
    }
    begun_ = WallClock::now();
    return steps_ * step;
  }

  bool wait_for(SimTime then, const std::atomic<bool>& stop, const std::function<void()>& heartbeat) {
    simulated_ = then;
    context_.restart();
    context_.poll();
    if (speed_ && !paused_ && WallClock::now() - due(then) > patience_) {
      late_ = !told_behind_;
      anchor(then);
    }
    while (!stop.load(std::memory_order_relaxed)) {
      const WallClock::time_point now = WallClock::now();
      if (!paused_ && due(then) <= now) {
        // Suspended, or the timer slept too long: nobody's fault.
        if (speed_ && now - due(then) > patience_) anchor(then);
        shown_ = then;
        note();
        return true;
      }
      timer_.expires_at(paused_ ? now + kHeartbeat : std::min(due(then), now + kHeartbeat));
      timer_.async_wait([](const boost::system::error_code&) {});
      context_.restart();
      context_.run_one();
      if (!paused_) continue;
      note();
      heartbeat();
    }
    return false;
  }

  [[nodiscard]] double target_ratio() const {
    if (paused_) return 0;
    return speed_.value_or(std::numeric_limits<double>::infinity());
  }

  [[nodiscard]] double reached_ratio() const {
    if (notes_.size() < 2) return 0;
    const Seconds wall = notes_.back().first - notes_.front().first;
    const Seconds simulated = notes_.back().second - notes_.front().second;
    return wall > Seconds{} ? simulated / wall : 0;
  }

  bool fell_behind() {
    told_behind_ = told_behind_ || late_;
    return std::exchange(late_, false);
  }

 private:
  /// From now on simulated time counts from here.
  void anchor(SimTime position) {
    anchored_ = position;
    anchored_at_ = WallClock::now();
  }
  /// Where simulated time is, between what was shown and what is simulated.
  [[nodiscard]] SimTime position() const {
    if (paused_) return anchored_;
    if (!speed_) return shown_;
    const Seconds since = WallClock::now() - anchored_at_;
    const SimTime now = anchored_ + std::chrono::duration_cast<Duration>(since * *speed_);
    return std::clamp(now, shown_, simulated_);
  }
  [[nodiscard]] WallClock::time_point due(SimTime then) const {
    if (!speed_) return WallClock::time_point::min();
    const Seconds away = Seconds(then - anchored_) / *speed_;
    // Slow enough to be never is no reason to overflow.
    return anchored_at_ + std::chrono::duration_cast<WallClock::duration>(std::min(away, Seconds{1e9}));
  }
  void note() {
    const WallClock::time_point now = WallClock::now();
    notes_.emplace_back(now, shown_);
    while (notes_.size() > 2 && now - notes_[1].first >= kMeasured) notes_.pop_front();
  }

  Speed speed_;
  const WallClock::duration patience_;
  bool paused_ = false;
  SimTime anchored_{};
  WallClock::time_point anchored_at_;
  SimTime shown_{};
  SimTime simulated_{};
  bool late_ = false;
  bool told_behind_ = false;
  std::deque<std::pair<WallClock::time_point, SimTime>> notes_;  // when what was shown, over the last seconds
  std::int64_t steps_ = 1;                                       // of a piece
  WallClock::time_point begun_ = WallClock::now();               // the last piece
  boost::asio::io_context context_;
  boost::asio::steady_timer timer_;
};

Pace::Pace(Speed speed, WallClock::duration patience) : clock_(std::make_unique<Clock>(speed, patience)) {}

Pace::~Pace() = default;

void Pace::set_speed(Speed speed) {
  clock_->post([this, speed] { clock_->set_speed(speed); });
}

void Pace::pause() {
  clock_->post([this] { clock_->set_paused(true); });
}

void Pace::resume() {
  clock_->post([this] { clock_->set_paused(false); });
}

void Pace::start(SimTime now) {
  clock_->start(now);
}

Duration Pace::piece(Duration step) {
  return clock_->piece(step);
}

bool Pace::wait_for(SimTime then, const std::atomic<bool>& stop, const std::function<void()>& heartbeat) {
  return clock_->wait_for(then, stop, heartbeat);
}

double Pace::target_ratio() const {
  return clock_->target_ratio();
}

double Pace::reached_ratio() const {
  return clock_->reached_ratio();
}

bool Pace::fell_behind() {
  return clock_->fell_behind();
}

}  // namespace credsim
