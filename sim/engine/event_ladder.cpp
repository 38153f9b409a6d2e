#include "engine/event_ladder.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace credsim {
namespace {

int bits_of(std::uint64_t number) {
  return static_cast<int>(std::bit_width(number));
}

/// An insertion sort: best if few are far from their place.
void sort_nearly_sorted(std::uint64_t* keys, std::size_t count) {
  for (std::size_t i = 1; i < count; ++i) {
    const std::uint64_t key = keys[i];
    std::size_t j = i;
    for (; j > 0 && keys[j - 1] > key; --j) {
      keys[j] = keys[j - 1];
    }
    keys[j] = key;
  }
}

}  // namespace

EventLadder::Key EventLadder::Rung::end_of_next() const {
  if (next_is_first()) {
    return first;
  }
  if (next_is_last()) {
    return end;
  }
  return std::min(end, first + (static_cast<Key>(next) << width_bits));
}

/// Where an event goes that does not belong to the bottom.
Bag<EventLadder::Key>& EventLadder::bag_of(Key key) {
  if (rung_count_ == 0) {
    return rest_;
  }
  std::size_t rung = rung_count_ - 1;
  while (key >= rungs_[rung].end) {
    --rung;
  }
  return rungs_[rung].buckets[rungs_[rung].index_of(key)];
}

/// Events that come late are few, or soon due: a scan from the front.
void EventLadder::insert(Key key) {
  if (front_.next == bottom_.data()) {
    cut();
    push(key);
    return;
  }
  Key* place = front_.next--;
  for (; *place < key; ++place) {
    place[-1] = *place;
  }
  place[-1] = key;
}

/// Puts the upper half of a full bottom back into the bags that it came from.
void EventLadder::cut() {
  constexpr std::size_t kMiddle = kBottomMax / 2;
  bottom_end_ = bottom_[kMiddle];
  if (rung_count_ > 0) {
    Rung& rung = rungs_[rung_count_ - 1];
    rung.next = rung.index_of(bottom_end_);
  }
  for (std::size_t i = kMiddle; i < kBottomMax; ++i) {
    bag_of(bottom_[i]).push(bottom_[i], pool_);
  }
  std::copy_backward(bottom_.begin(), bottom_.begin() + kMiddle, bottom_.begin() + kBottomMax);
  front_.next = bottom_.data() + kMiddle;
}

/// Makes the next events the bottom. False if there are none. Precondition: the bottom is empty.
bool EventLadder::fill() {
  for (;;) {
    Bag<Key>* bag = &rest_;
    Key end = kEnd;
    bool all_are_equal = false;
    if (rung_count_ > 0) {
      Rung& rung = rungs_[rung_count_ - 1];
      while (rung.next < rung.buckets.size() && rung.buckets[rung.next].empty()) {
        ++rung.next;
      }
      if (rung.next == rung.buckets.size()) {
        --rung_count_;
        continue;
      }
      bag = &rung.buckets[rung.next];
      end = rung.end_of_next();
      all_are_equal = rung.width_bits == 0 && !rung.next_is_first() && !rung.next_is_last();
    }
    bottom_end_ = end;
    if (bag->empty()) {
      return false;
    }
    if (all_are_equal) {
      bag->drain_chunk(pool_, [&](Key key) { *--front_.next = key; });
      return true;
    }
    if (bag->holds_at_most(kSortMax)) {
      sort_into_bottom(*bag);
      return true;
    }
    spread(std::exchange(*bag, {}), end);
  }
}

/// Makes a bag that was the next one, with keys up to `end`, the finest rung.
void EventLadder::spread(Bag<Key> bag, Key end) {
  if (rung_count_ > 0 && rungs_[rung_count_ - 1].next_is_last()) {
    --rung_count_;  // nothing is left on it
  }
  if (rung_count_ == kRungsMax) {
    // So many are made only if events of the present microsecond are pushed in falling order, again and again.
    while (rung_count_ > kRungsMax / 2) {
      Rung& finest = rungs_[--rung_count_];
      end = finest.end;
      for (Bag<Key>& bucket : finest.buckets) {
        bucket.drain(pool_, [&](Key key) { bag.push(key, pool_); });
      }
    }
  }

  std::size_t count = 0;
  Key least = kEnd;
  Key greatest = 0;
  bag.for_each([&](Key key) {
    ++count;
    least = std::min(least, key);
    greatest = std::max(greatest, key);
  });
  const Key span = greatest - least;
  const std::size_t wanted = std::min(count / kEventsPerBucket, kBucketsMax - 1);

  Rung& rung = rungs_[rung_count_];
  rung.width_bits = std::max(0, bits_of(span) - bits_of(wanted));
  rung.first = least;
  rung.end = end;
  rung.next = 0;
  rung.buckets.assign(static_cast<std::size_t>(span >> rung.width_bits) + 3, Bag<Key>{});
  ++rung_count_;
  bag.drain(pool_, [&](Key key) { rung.buckets[((key - least) >> rung.width_bits) + 1].push(key, pool_); });
}

/// Makes `bag` the bottom. A counting sort over about as many slots as there are events, then an insertion sort of what
/// the slots leave undone: half the time of std::sort for these few, some microseconds if all meet in one slot.
void EventLadder::sort_into_bottom(Bag<Key>& bag) {
  constexpr std::size_t kFew = 8;
  std::array<Key, kSortMax> unsorted;
  std::size_t count = 0;
  Key least = kEnd;
  Key greatest = 0;
  bag.drain(pool_, [&](Key key) {
    unsorted[count++] = key;
    least = std::min(least, key);
    greatest = std::max(greatest, key);
  });
  front_.next = front_.end - count;
  if (count <= kFew) {
    std::copy_n(unsorted.begin(), count, front_.next);
    sort_nearly_sorted(front_.next, count);
    return;
  }
  const int shift = std::max(0, bits_of(greatest - least) - bits_of(count));
  std::array<std::uint16_t, 2 * kSortMax> ends;
  const std::size_t slot_count = static_cast<std::size_t>((greatest - least) >> shift) + 1;
  std::fill_n(ends.begin(), slot_count, std::uint16_t{0});
  for (std::size_t i = 0; i < count; ++i) {
    ++ends[(unsorted[i] - least) >> shift];
  }
  std::uint16_t end = 0;
  for (std::size_t slot = 0; slot < slot_count; ++slot) {
    end = static_cast<std::uint16_t>(end + ends[slot]);
    ends[slot] = end;
  }
  for (std::size_t i = 0; i < count; ++i) {
    front_.next[--ends[(unsorted[i] - least) >> shift]] = unsorted[i];
  }
  sort_nearly_sorted(front_.next, count);
}

}  // namespace credsim
