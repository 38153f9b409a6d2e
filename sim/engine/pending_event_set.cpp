#include "credsim/pending_event_set.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>
#include <vector>

#include "engine/contract.hpp"

// How it works.
//
// An event is a key of 128 bits, (at, entity, tag), and keys are all that is compared and divided: a million events of
// one microsecond are spread by entity as easily as others are by time.
//
// A rung spreads the events of a range of keys over buckets of equal width, a power of two; a last bucket, the rest,
// takes all that lies beyond them in the range. Buckets are unsorted lists of chunks. Rungs form a ladder: a finer rung
// covers what was one bucket of the rung before it, from the least key found there on. Rung 0's range has no end.
//
// Below the ladder is the bottom: one small bucket, sorted and read from its front, and a heap of the events pushed
// since into its range of keys. The least event is the lesser of the two fronts. When the bottom is empty, the finest
// rung's next bucket becomes the bottom if it is small, else a finer rung. When the heap has grown large, the bottom
// becomes a finer rung.
//
// An event is moved once for each rung that it passes, so push and pop are O(1) while each rung spreads its events
// well. Where they resist (times that double from one to the next) the number of rungs is bounded, and sorting does the
// rest.
//
// What differs from the ladder queue of Tang, Goh and Thng: there is no separate top (rung 0's rest is the top); a rung
// is sized by its events' quantiles, not by their extremes, so that one event at kNever does not put all others into
// one bucket; keys hold the whole order instead of the time alone; late arrivals in the bottom meet a heap, not a
// sorted list.

namespace credsim {
namespace {

__extension__ using Key = __int128;
__extension__ using Offset = unsigned __int128;

constexpr Key kLastKey = static_cast<Key>(~Offset{0} >> 1);

constexpr std::size_t kEventsPerChunk = 15;   // with the link, 256 bytes
constexpr std::size_t kChunksPerSlab = 256;   // at first; slabs grow with the set
constexpr std::size_t kBottomMax = 192;       // events, below 256; a larger bucket is spread over a rung
constexpr std::size_t kNearMax = 96;          // events, at least kSampleSize; a larger heap is spread with the bottom
constexpr std::size_t kEventsPerBucket = 32;  // aimed at, at least; at most twice as many
constexpr std::size_t kRungsMax = 20;
constexpr std::size_t kRungsUsual = 4;
constexpr std::size_t kSampleSize = 32;

Key key_of(const Event& event) {
  const std::uint64_t low = std::uint64_t{event.what};
  return static_cast<Key>(static_cast<Offset>(Key{event.at.time_since_epoch().count()}) << 64 | low);
}

Offset distance(Key from, Key to) {
  return static_cast<Offset>(to) - static_cast<Offset>(from);
}

int bits_of(Offset offset) {
  const auto high = static_cast<std::uint64_t>(offset >> 64);
  return static_cast<int>(high != 0 ? 64 + std::bit_width(high) : std::bit_width(static_cast<std::uint64_t>(offset)));
}

constexpr auto kEarlier = [](const Event& a, const Event& b) { return key_of(a) < key_of(b); };
constexpr auto kLater = [](const Event& a, const Event& b) { return key_of(a) > key_of(b); };

struct Chunk {
  std::array<Event, kEventsPerChunk> events;
  Chunk* next = nullptr;
};

/// An unsorted bag of events. Only the first chunk of the list may be partly filled.
struct Bucket {
  Chunk* chunks = nullptr;
  std::uint32_t first_chunk_size = 0;
  std::uint32_t chunk_count = 0;

  [[nodiscard]] std::size_t size() const {
    return chunk_count == 0 ? 0 : (chunk_count - 1) * kEventsPerChunk + first_chunk_size;
  }
};

/// Chunks are handed out and taken back one at a time and freed together, with the set.
class ChunkPool {
 public:
  Chunk* take() {
    if (free_ == nullptr) {
      grow();
    }
    return std::exchange(free_, free_->next);
  }
  void give_back(Chunk* chunk) {
    chunk->next = free_;
    free_ = chunk;
  }

 private:
  void grow() {
    const std::size_t count = std::max(kChunksPerSlab, total_ / 2);
    slabs_.push_back(std::make_unique<Chunk[]>(count));
    total_ += count;
    for (std::size_t i = count; i-- > 0;) {
      give_back(&slabs_.back()[i]);
    }
  }

  std::vector<std::unique_ptr<Chunk[]>> slabs_;
  std::size_t total_ = 0;
  Chunk* free_ = nullptr;
};

void add(Bucket& bucket, const Event& event, ChunkPool& pool) {
  if (bucket.first_chunk_size == kEventsPerChunk || bucket.chunks == nullptr) {
    Chunk* chunk = pool.take();
    chunk->next = bucket.chunks;
    bucket.chunks = chunk;
    bucket.first_chunk_size = 0;
    ++bucket.chunk_count;
  }
  bucket.chunks->events[bucket.first_chunk_size++] = event;
}

template <typename Visit>
void for_each(const Bucket& bucket, Visit visit) {
  std::size_t size = bucket.first_chunk_size;
  for (const Chunk* chunk = bucket.chunks; chunk != nullptr; chunk = chunk->next) {
    std::for_each_n(chunk->events.begin(), size, visit);
    size = kEventsPerChunk;
  }
}

/// Visits the events and gives their chunks back one by one, so that a visitor who adds them elsewhere reuses these.
template <typename Visit>
void drain(Bucket bucket, ChunkPool& pool, Visit visit) {
  std::size_t size = bucket.first_chunk_size;
  for (Chunk* chunk = bucket.chunks; chunk != nullptr;) {
    std::for_each_n(chunk->events.begin(), size, visit);
    size = kEventsPerChunk;
    pool.give_back(std::exchange(chunk, chunk->next));
  }
}

struct Rung {
  Key first;  // of the range; of bucket 0
  Key last;   // of the range; of the rest
  int width_bits;
  std::size_t next = 0;         // the first bucket not taken yet
  std::vector<Bucket> buckets;  // the last one is the rest

  [[nodiscard]] std::size_t index_of(Key key) const {
    const Offset index = distance(first, key) >> width_bits;
    return index < buckets.size() ? static_cast<std::size_t>(index) : buckets.size() - 1;
  }

  /// The last key of bucket `index`.
  [[nodiscard]] Key last_of(std::size_t index) const {
    if (index + 1 == buckets.size()) {
      return last;
    }
    const Offset end = (static_cast<Offset>(index) + 1) << width_bits;  // 2¹²⁸ wraps to 0, and the next line undoes it
    const Offset offset = std::min(end - 1, distance(first, last));
    return static_cast<Key>(static_cast<Offset>(first) + offset);
  }
};

}  // namespace

struct PendingEventSet::Ladder {
  void push(const Event& event);
  Event pop();
  SimTime next_time();
  const Event* peek(std::size_t ahead) const;

  std::size_t size_ = 0;

 private:
  [[nodiscard]] bool bottom_is_empty() const { return sorted_next_ == sorted_.size() && near_.empty(); }
  [[nodiscard]] bool sorted_is_next() const {
    return near_.empty() || (sorted_next_ < sorted_.size() && !kLater(sorted_[sorted_next_], near_.front()));
  }
  /// Pushes in falling order make a rung each time that the heap is full; larger heaps keep such rungs few.
  [[nodiscard]] std::size_t usual_near_max() const {
    return kNearMax << (std::max(rung_count_, kRungsUsual) - kRungsUsual);
  }
  void fill_bottom();
  void spread_bottom();
  bool spread(const Bucket& bucket, Key last);
  void sort_into_bottom(const Bucket& bucket);

  SimTime last_popped_ = kSimulationStart;
  Key bottom_last_ = kLastKey;  // events up to this key belong to the bottom

  std::vector<Event> sorted_;
  std::size_t sorted_next_ = 0;
  std::vector<Event> unsorted_;      // room for sorting
  std::vector<Event> near_;          // a heap
  std::size_t near_max_ = kNearMax;  // events; beyond it, the bottom is spread

  std::array<Rung, kRungsMax> rungs_;
  std::size_t rung_count_ = 0;
  ChunkPool pool_;
};

void PendingEventSet::Ladder::push(const Event& event) {
  expect(event.at >= last_popped_, "no event is scheduled before the last one that happened");
  ++size_;
  const Key key = key_of(event);
  if (key <= bottom_last_) {
    near_.push_back(event);
    std::push_heap(near_.begin(), near_.end(), kLater);
    if (near_.size() > near_max_) {
      spread_bottom();
    }
    return;
  }
  std::size_t rung = rung_count_ - 1;
  while (key > rungs_[rung].last) {
    --rung;
  }
  add(rungs_[rung].buckets[rungs_[rung].index_of(key)], event, pool_);
}

Event PendingEventSet::Ladder::pop() {
  expect(size_ > 0, "nothing is popped from an empty set");
  if (bottom_is_empty()) {
    fill_bottom();
  }
  --size_;
  Event event;
  if (sorted_is_next()) {
    event = sorted_[sorted_next_++];
  } else {
    std::pop_heap(near_.begin(), near_.end(), kLater);
    event = near_.back();
    near_.pop_back();
  }
  last_popped_ = event.at;
  return event;
}

SimTime PendingEventSet::Ladder::next_time() {
  expect(size_ > 0, "an empty set has no next event");
  if (bottom_is_empty()) {
    fill_bottom();
  }
  return sorted_is_next() ? sorted_[sorted_next_].at : near_.front().at;
}

const Event* PendingEventSet::Ladder::peek(std::size_t ahead) const {
  if (ahead >= sorted_.size() - sorted_next_) {
    return nullptr;
  }
  const Event& event = sorted_[sorted_next_ + ahead];
  return near_.empty() || !kLater(event, near_.front()) ? &event : nullptr;
}

/// Makes the next events the bottom. Precondition: the bottom is empty and the ladder is not.
void PendingEventSet::Ladder::fill_bottom() {
  for (;;) {
    Rung& rung = rungs_[rung_count_ - 1];
    while (rung.buckets[rung.next].chunks == nullptr && rung.next + 1 < rung.buckets.size()) {
      ++rung.next;
    }
    const Bucket bucket = std::exchange(rung.buckets[rung.next], {});
    const Key last = rung.last_of(rung.next);
    ++rung.next;
    if (rung.next == rung.buckets.size()) {
      --rung_count_;
    }
    bottom_last_ = last;
    if (bucket.chunks == nullptr) {
      continue;
    }
    if (bucket.size() <= kBottomMax || !spread(bucket, last)) {
      sort_into_bottom(bucket);
      return;
    }
  }
}

/// Turns the bottom into a rung, unless its events are all equal: then the heap may grow on.
void PendingEventSet::Ladder::spread_bottom() {
  Bucket bucket;
  for (std::size_t i = sorted_next_; i < sorted_.size(); ++i) {
    add(bucket, sorted_[i], pool_);
  }
  for (const Event& event : near_) {
    add(bucket, event, pool_);
  }
  if (spread(bucket, bottom_last_)) {
    sorted_.clear();
    sorted_next_ = 0;
    near_.clear();
    near_max_ = usual_near_max();
  } else {
    drain(bucket, pool_, [](const Event&) {});
    near_max_ = 2 * near_.size();
  }
}

/// Makes `bucket`, whose range ends with `last`, the finest rung. False, with nothing changed, if that is of no use.
bool PendingEventSet::Ladder::spread(const Bucket& bucket, Key last) {
  if (rung_count_ == kRungsMax) {
    return false;
  }
  Key least = kLastKey;
  Key greatest = key_of(bucket.chunks->events[0]);
  const std::size_t size = bucket.size();
  const std::size_t stride = size / kSampleSize;
  std::array<Key, kSampleSize> sample;
  std::size_t seen = 0;
  std::size_t sampled = 0;
  for_each(bucket, [&](const Event& event) {
    const Key key = key_of(event);
    least = std::min(least, key);
    greatest = std::max(greatest, key);
    if (seen++ % stride == 0 && sampled < kSampleSize) {
      sample[sampled++] = key;
    }
  });
  if (least == greatest) {
    return false;
  }
  std::sort(sample.begin(), sample.end());
  const Key most = sample[kSampleSize * 9 / 10];
  const Offset span = distance(least, most > least ? most : greatest);

  Rung& rung = rungs_[rung_count_];
  const int wanted_bits = static_cast<int>(std::bit_width(size / kEventsPerBucket));
  rung.width_bits = std::max(0, bits_of(span) - wanted_bits);
  rung.first = least;
  rung.last = last;
  rung.next = 0;
  rung.buckets.assign(static_cast<std::size_t>(span >> rung.width_bits) + 2, Bucket{});
  ++rung_count_;
  bottom_last_ = least - 1;
  drain(bucket, pool_, [&](const Event& event) { add(rung.buckets[rung.index_of(key_of(event))], event, pool_); });
  return true;
}

/// Makes `bucket` the bottom. A counting sort over about as many slots as there are events, then an insertion sort of
/// what the slots leave undone: half the time of std::sort for these few, some microseconds if all meet in one slot.
void PendingEventSet::Ladder::sort_into_bottom(const Bucket& bucket) {
  unsorted_.clear();
  drain(bucket, pool_, [&](const Event& event) { unsorted_.push_back(event); });
  sorted_.resize(unsorted_.size());
  sorted_next_ = 0;
  near_max_ = usual_near_max();
  if (unsorted_.size() > kBottomMax) {
    sorted_.swap(unsorted_);
    std::sort(sorted_.begin(), sorted_.end(), kEarlier);
    return;
  }

  Key least = key_of(unsorted_.front());
  Key greatest = least;
  for (const Event& event : unsorted_) {
    least = std::min(least, key_of(event));
    greatest = std::max(greatest, key_of(event));
  }
  const int shift =
      std::max(0, bits_of(distance(least, greatest)) - static_cast<int>(std::bit_width(unsorted_.size())));
  std::array<std::uint8_t, kBottomMax> slots;
  std::array<std::size_t, 256> ends{};
  for (std::size_t i = 0; i < unsorted_.size(); ++i) {
    slots[i] = static_cast<std::uint8_t>(distance(least, key_of(unsorted_[i])) >> shift);
    ++ends[slots[i]];
  }
  const std::size_t slot_count = static_cast<std::size_t>(distance(least, greatest) >> shift) + 1;
  std::size_t end = 0;
  for (std::size_t slot = 0; slot < slot_count; ++slot) {
    end += ends[slot];
    ends[slot] = end;
  }
  for (std::size_t i = 0; i < unsorted_.size(); ++i) {
    sorted_[--ends[slots[i]]] = unsorted_[i];
  }
  for (std::size_t i = 1; i < sorted_.size(); ++i) {
    const Event event = sorted_[i];
    std::size_t j = i;
    for (; j > 0 && kLater(sorted_[j - 1], event); --j) {
      sorted_[j] = sorted_[j - 1];
    }
    sorted_[j] = event;
  }
}

PendingEventSet::PendingEventSet() : ladder_(std::make_unique<Ladder>()) {}
PendingEventSet::~PendingEventSet() = default;
PendingEventSet::PendingEventSet(PendingEventSet&&) noexcept = default;
PendingEventSet& PendingEventSet::operator=(PendingEventSet&&) noexcept = default;

void PendingEventSet::push(Event event) {
  ladder_->push(event);
}
Event PendingEventSet::pop() {
  return ladder_->pop();
}
SimTime PendingEventSet::next_time() {
  return ladder_->next_time();
}
bool PendingEventSet::empty() const noexcept {
  return ladder_->size_ == 0;
}
std::size_t PendingEventSet::size() const noexcept {
  return ladder_->size_;
}
std::optional<std::uint32_t> PendingEventSet::peek(std::size_t ahead) const noexcept {
  const Event* e = ladder_->peek(ahead);
  return e ? std::optional(e->what) : std::nullopt;
}

}  // namespace credsim
