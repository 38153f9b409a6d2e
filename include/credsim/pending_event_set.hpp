#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "credsim/time.hpp"

namespace credsim {

/// What is due: at `at`, something happens to `entity`; `tag` says what, in the terms of whoever scheduled it.
struct Event {
  SimTime at;
  std::uint32_t what = 0;

  friend auto operator<=>(const Event&, const Event&) = default;
};

/// The pending event set of one cell: the least event by (at, entity, tag) first, equal ones in any order (they are
/// equal). No address, no insertion order and no hash decides, so the order of a run can be written down.
///
/// Push and pop are O(1) amortised for increments that resemble one another and for storms of equal times; O(log n) at
/// worst. Allocates only while it grows. Preconditions are checked in every build. Not thread-safe: a cell is run by
/// one thread.
///
/// Source: the ladder queue of Tang, Goh and Thng (ACM TOMACS 15(3), 2005); the .cpp lists what differs.
class PendingEventSet {
 public:
  PendingEventSet();
  ~PendingEventSet();
  PendingEventSet(PendingEventSet&&) noexcept;
  PendingEventSet& operator=(PendingEventSet&&) noexcept;

  /// Precondition: `event.at` is before neither kSimulationStart nor the time of the last popped event.
  void push(Event event);

  /// Precondition: not empty.
  Event pop();

  /// The time of the least event. Precondition: not empty. Not const: it may sort what is next.
  [[nodiscard]] SimTime next_time();

  [[nodiscard]] bool empty() const noexcept;
  [[nodiscard]] std::size_t size() const noexcept;

  /// The event `ahead` places after the next one if that is known at no cost, else null: to prefetch what it will
  /// touch.
  [[nodiscard]] std::optional<std::uint32_t> peek(std::size_t ahead) const noexcept;

 private:
  struct Ladder;
  std::unique_ptr<Ladder> ladder_;
};

}  // namespace credsim
