#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "credsim/time.hpp"

namespace credsim {

/// What is due: `what` happens at `at`. It says who and what, in the terms of whoever scheduled it.
struct Event {
  SimTime at;
  std::uint32_t what = 0;

  friend auto operator<=>(const Event&, const Event&) = default;
};

/// The pending event set of one cell: the least event by (at, what) first, equal ones in any order (they are equal). No
/// address, no insertion order and no hash decides, so the order of a run can be written down.
///
/// Push and pop are O(1) amortised, whether times are spread over a second, over years or fall in storms of one
/// microsecond. An event takes 8 bytes if it is due within the hour, 8 or 16 if later, and up to a third more for what
/// is left free between them; an empty set takes some 10 KB. What events leave behind is used again: nothing is
/// allocated while the number pending stays. Preconditions are checked in every build. Not thread-safe: a cell is run
/// by one thread.
///
/// Source: after the ladder queue of Tang, Goh and Thng (ACM TOMACS 15(3), 2005); the .cpp lists what differs.
class PendingEventSet {
 public:
  PendingEventSet();
  ~PendingEventSet();
  PendingEventSet(PendingEventSet&&) noexcept;
  PendingEventSet& operator=(PendingEventSet&&) noexcept;

  /// Precondition: `event.at` is before neither kSimulationStart nor the time of the last popped event.
  void push(Event event);

  /// Precondition: not empty.
  Event pop() {
    if (front_->next == front_->end) [[unlikely]] {
      fill_front();
    }
    --size_;
    const std::uint64_t key = *front_->next++;
    last_popped_ = time_of(key);
    return {last_popped_, what_of(key)};
  }

  /// The time of the least event. Precondition: not empty. Not const: it may sort what is next.
  [[nodiscard]] SimTime next_time() {
    return front_->next != front_->end ? time_of(*front_->next) : next_time_behind_front();
  }

  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  /// How many of the next events peek() can tell.
  [[nodiscard]] std::size_t known() const noexcept { return static_cast<std::size_t>(front_->end - front_->next); }
  /// `what` of the event `ahead` places after the next one, if that is known at no cost: to prefetch what it will
  /// touch.
  [[nodiscard]] std::optional<std::uint32_t> peek(std::size_t ahead) const noexcept {
    if (ahead >= known()) {
      return std::nullopt;
    }
    return what_of(front_->next[ahead]);
  }

 private:
  friend class EventLadder;

  /// The next events in order, as keys: (at - slot_start_) << 32 | what.
  struct Front {
    std::uint64_t* next;
    std::uint64_t* end;
  };
  struct Parts;

  [[nodiscard]] SimTime time_of(std::uint64_t key) const noexcept {
    return slot_start_ + Duration{static_cast<std::int64_t>(key >> 32)};
  }
  static std::uint32_t what_of(std::uint64_t key) noexcept { return static_cast<std::uint32_t>(key); }

  void fill_front();
  SimTime next_time_behind_front();
  SimTime least_of_later_slots() const;
  void begin_next_slot();

  std::unique_ptr<Parts> parts_;
  Front* front_;  // one of the parts
  std::size_t size_ = 0;
  SimTime last_popped_ = kSimulationStart;
  SimTime slot_start_ = kSimulationStart;  // of the slot of the last popped event
};

}  // namespace credsim
