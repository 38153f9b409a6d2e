#include "credsim/pending_event_set.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/contract.hpp"
#include "engine/event_bag.hpp"
#include "engine/event_ladder.hpp"
#include "engine/far_events.hpp"

// How it works.
//
// Time is cut into slots of 2²⁴ µs (16.8 s). An event of a slot is a key of 64 bits: the time since the slot's
// beginning above, `what` below. Keys are all that is compared and divided: a million events of one microsecond are
// spread by `what` as easily as others are by time. The events of later slots are not sorted: those of the next hour or
// so (67 to 72 minutes) lie in a ring of 256 bags, one for each slot; those beyond are far (far_events.hpp) and enter
// the ring when their window of 16 slots fits. A bag is a list of chunks (event_bag.hpp).
//
// When the present slot has no event left, the next one that has becomes the present, and its bag goes to a ladder
// (event_ladder.hpp). The ladder's bottom is a sorted array, read from its front. A bag is sorted into it if it is
// small; if not, it is spread over the buckets of a rung: equal ranges of keys, each a bag again. A bucket that is too
// large still becomes a finer rung in its turn. A push into the range of the bottom is sorted in, into the room that
// pops have left at the front; when there is none left, the upper half goes back to the buckets.
//
// Only pop moves the present on. An event may be pushed before one whose time next_time() has told, so that one looks
// for the least time of later slots and leaves all where it is.
//
// So an event of the next hour is moved twice, or once if its slot is not crowded; one of today four times at most.
// Rungs are few: each is finer than the one above it by a factor of at least 32, except where falling keys of the
// present microsecond come again and again; there, rungs are merged.
//
// What differs from the ladder queue of Tang, Goh and Thng: above the rungs there are fixed slots and windows, whose
// bounds say the high bits of the times within, instead of a first rung and a top that are as wide as the events happen
// to lie; keys hold the whole order instead of the time alone; a bottom that has grown gives back its later half
// instead of becoming a rung.

namespace credsim {
namespace {

using Key = EventLadder::Key;

constexpr std::int64_t kSlots = 256;  // of the ring; with the present one, 71.6 minutes
constexpr std::int64_t kSlotsPerWindow = std::int64_t{1} << (FarEvents::kWindowBits - EventLadder::kSlotBits);
constexpr Duration kSlotLength{std::int64_t{1} << EventLadder::kSlotBits};
constexpr SimTime kUnknown = kSimulationStart;  // no later slot has it

std::int64_t slot_of(SimTime at) {
  return at.time_since_epoch().count() >> EventLadder::kSlotBits;
}
SimTime start_of(std::int64_t slot) {
  return SimTime{slot * kSlotLength};
}
Key key_of(const Event& event) {
  const auto time = static_cast<std::uint64_t>(event.at.time_since_epoch().count());
  return time << (64 - EventLadder::kSlotBits) >> (32 - EventLadder::kSlotBits) | event.what;
}

}  // namespace

struct PendingEventSet::Parts {
  Bag<Key>& bag_of(std::int64_t slot) { return ring[static_cast<std::size_t>(slot % kSlots)]; }

  ChunkPool pool;
  EventLadder ladder{pool};
  Duration near = kSlots * kSlotLength;  // from the start of the present slot on; what lies beyond is far
  SimTime later_least = kUnknown;        // the least time of later slots, or kUnknown
  std::array<Bag<Key>, kSlots> ring;
  FarEvents far{kSlots / kSlotsPerWindow, pool};
};

PendingEventSet::PendingEventSet() : parts_(std::make_unique<Parts>()), front_(&parts_->ladder.front()) {}
PendingEventSet::~PendingEventSet() = default;
PendingEventSet::PendingEventSet(PendingEventSet&&) noexcept = default;
PendingEventSet& PendingEventSet::operator=(PendingEventSet&&) noexcept = default;

void PendingEventSet::push(Event event) {
  expect(event.at >= last_popped_, "no event is scheduled before the last one that happened");
  ++size_;
  Parts& parts = *parts_;
  const Duration ahead = event.at - slot_start_;
  if (ahead < kSlotLength) {
    parts.ladder.push(key_of(event));
    return;
  }
  if (event.at < parts.later_least) {
    parts.later_least = event.at;
  }
  if (ahead < parts.near) {
    parts.bag_of(slot_of(event.at)).push(key_of(event), parts.pool);
  } else {
    parts.far.push(event);
  }
}

void PendingEventSet::fill_front() {
  expect(size_ > 0, "nothing is popped from an empty set");
  while (!parts_->ladder.fill()) {
    begin_next_slot();
  }
}

SimTime PendingEventSet::next_time_behind_front() {
  expect(size_ > 0, "an empty set has no next event");
  if (parts_->ladder.fill()) {
    return time_of(*front_->next);
  }
  if (parts_->later_least == kUnknown) {
    parts_->later_least = least_of_later_slots();
  }
  return parts_->later_least;
}

/// Precondition: no event is in the present slot.
SimTime PendingEventSet::least_of_later_slots() const {
  if (parts_->far.size() == size_) {
    return parts_->far.least();
  }
  std::int64_t slot = slot_of(slot_start_) + 1;
  while (parts_->bag_of(slot).empty()) {
    ++slot;
  }
  Key least = EventLadder::kEnd;
  parts_->bag_of(slot).for_each([&](Key key) { least = std::min(least, key); });
  return start_of(slot) + Duration{static_cast<std::int64_t>(least >> 32)};
}

/// Makes the next slot that has events the present one. Precondition: no event is in the present slot.
void PendingEventSet::begin_next_slot() {
  Parts& parts = *parts_;
  const SimTime least =
      parts.later_least == kUnknown ? least_of_later_slots() : std::exchange(parts.later_least, kUnknown);
  const std::int64_t slot = slot_of(least);
  slot_start_ = start_of(slot);
  const std::int64_t far_window = (slot + kSlots) / kSlotsPerWindow;
  parts.near = Duration{(far_window * kSlotsPerWindow - slot) * kSlotLength};
  parts.far.advance(far_window,
                    [&](const Event& event) { parts.bag_of(slot_of(event.at)).push(key_of(event), parts.pool); });
  parts.ladder.begin(std::exchange(parts.bag_of(slot), {}));
}

}  // namespace credsim
