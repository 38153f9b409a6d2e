#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "credsim/pending_event_set.hpp"

#include "engine/event_bag.hpp"

namespace credsim {

/// Orders the events of the present slot of time. An event is a key: the time since the slot's beginning in the high 32
/// bits, `what` in the low ones. How it works: pending_event_set.cpp.
class EventLadder {
 public:
  using Key = std::uint64_t;
  static constexpr int kSlotBits = 24;  // of a slot's microseconds: 16.8 s
  static constexpr Key kEnd = Key{1} << (kSlotBits + 32);

  explicit EventLadder(ChunkPool& pool) : pool_(pool) { bottom_[kBottomMax] = kEnd; }
  EventLadder(const EventLadder&) = delete;
  EventLadder& operator=(const EventLadder&) = delete;

  /// Takes up the events of a slot. Precondition: there are none left.
  void begin(Bag<Key> events) { rest_ = events; }

  void push(Key key) {
    if (key < bottom_end_) {
      insert(key);
    } else {
      bag_of(key).push(key, pool_);
    }
  }

  /// The next events, in order.
  [[nodiscard]] PendingEventSet::Front& front() { return front_; }

  /// Brings the next events to the front. False if there are none. Precondition: the front is empty.
  bool fill();

 private:
  static constexpr std::size_t kBottomMax = 640;  // events
  static constexpr std::size_t kSortMax = 512;    // events; a larger bag is spread over a rung
  static constexpr std::size_t kEventsPerBucket =
      96;  // aimed at; from half to twice as many, if times are spread evenly
  static constexpr std::size_t kBucketsMax = 4096;
  static constexpr std::size_t kRungsMax = 16;

  /// The events of a range of keys, spread over buckets of equal width. The first bucket takes what lies before
  /// `first`, the last one what lies beyond the others.
  struct Rung {
    Key first;
    Key end;
    int width_bits;
    std::size_t next;  // the first bucket that may hold events
    std::vector<Bag<Key>> buckets;

    [[nodiscard]] std::size_t index_of(Key key) const {
      if (key < first) {
        return 0;
      }
      const Key index = ((key - first) >> width_bits) + 1;
      return index < buckets.size() ? static_cast<std::size_t>(index) : buckets.size() - 1;
    }
    /// The end of the range of the next bucket.
    [[nodiscard]] Key end_of_next() const;
    [[nodiscard]] bool next_is_first() const { return next == 0; }
    [[nodiscard]] bool next_is_last() const { return next + 1 == buckets.size(); }
  };

  void insert(Key key);
  void cut();
  void spread(Bag<Key> bag, Key end);
  void sort_into_bottom(Bag<Key>& bag);
  Bag<Key>& bag_of(Key key);

  ChunkPool& pool_;
  Key bottom_end_ = kEnd;                     // lesser keys belong to the bottom
  std::array<Key, kBottomMax + 1> bottom_{};  // in order, its end being the front's; the last one is greater than all
  PendingEventSet::Front front_{bottom_.data() + kBottomMax, bottom_.data() + kBottomMax};
  Bag<Key> rest_;  // the events of the slot that are neither in the bottom nor on a rung
  std::size_t rung_count_ = 0;
  std::array<Rung, kRungsMax> rungs_;
};

}  // namespace credsim
