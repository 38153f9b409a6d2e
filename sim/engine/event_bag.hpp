#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

namespace credsim {

inline constexpr std::size_t kChunkBytes = 256;

/// Room for events in chunks, handed out and taken back one at a time and freed together, with the pool.
class ChunkPool {
 public:
  void* take() {
    if (free_ != nullptr) {
      return std::exchange(free_, free_->next_free);
    }
    if (unused_ == 0) {
      grow();
    }
    return &slabs_.back()[--unused_];
  }
  void give_back(void* chunk) { free_ = new (chunk) Chunk{free_}; }

 private:
  struct alignas(kChunkBytes) Chunk {
    Chunk* next_free;
  };

  /// By an eighth: what is not used yet is little beside what is.
  void grow() {
    unused_ = kFirstChunks + total_ / 8;
    total_ += unused_;
    slabs_.push_back(std::make_unique_for_overwrite<Chunk[]>(unused_));
  }

  static constexpr std::size_t kFirstChunks = 4;
  std::vector<std::unique_ptr<Chunk[]>> slabs_;
  std::size_t total_ = 0;
  std::size_t unused_ = 0;  // chunks of the last slab, from its beginning on
  Chunk* free_ = nullptr;
};

/// An unsorted bag of items: a list of full chunks behind one that is being filled. It is but a pointer to where the
/// next item goes, whose low bits say how full the chunk is. The first place of a chunk holds the link to the one
/// before. A bag must be drained before it goes; its pool owns the chunks.
template <typename T>
class Bag {
  static_assert(std::is_trivially_copyable_v<T> && sizeof(T) >= sizeof(void*) && kChunkBytes % sizeof(T) == 0);

 public:
  static constexpr std::size_t kPerChunk = kChunkBytes / sizeof(T) - 1;

  [[nodiscard]] bool empty() const { return end_ == nullptr; }

  void push(const T& item, ChunkPool& pool) {
    if (reinterpret_cast<std::uintptr_t>(end_) % kChunkBytes == 0) {
      add_chunk(pool);
    }
    *end_++ = item;
  }

  /// Whether there are no more than `count` items. O(count).
  [[nodiscard]] bool holds_at_most(std::size_t count) const {
    std::size_t size = 0;
    for (const T* end = end_; end != nullptr && size <= count; end = end_before(first_of(end))) {
      size += static_cast<std::size_t>(end - first_of(end));
    }
    return size <= count;
  }

  template <typename Visit>
  void for_each(Visit visit) const {
    for (const T* end = end_; end != nullptr;) {
      const T* item = first_of(end);
      const T* before = end_before(item);
      prefetch(before);
      for (; item != end; ++item) {
        visit(*item);
      }
      end = before;
    }
  }

  /// Visits the items of one chunk and gives it back. Precondition: not empty.
  template <typename Visit>
  void drain_chunk(ChunkPool& pool, Visit visit) {
    T* const end = end_;
    T* const first = first_of(end);
    end_ = end_before(first);
    prefetch(end_);
    for (const T* item = first; item != end; ++item) {
      visit(*item);
    }
    pool.give_back(first - 1);
  }

  /// Visits all and gives their chunks back one by one, so that a visitor who puts them elsewhere uses these again.
  template <typename Visit>
  void drain(ChunkPool& pool, Visit visit) {
    while (!empty()) {
      drain_chunk(pool, visit);
    }
  }

 private:
  static constexpr std::size_t kLinkBytes = sizeof(void*);

  static T* first_of(const T* end) {
    const std::uintptr_t last_byte = reinterpret_cast<std::uintptr_t>(end) - 1;
    return const_cast<T*>(end) - (last_byte % kChunkBytes) / sizeof(T);
  }
  /// The end of the chunk before the one whose first item is `first`.
  static T* end_before(const T* first) {
    T* end;
    std::memcpy(&end, first - 1, kLinkBytes);
    return end;
  }
  /// The chunk that is full up to `end`.
  static void prefetch(const T* end) {
    if (end != nullptr) {
      __builtin_prefetch(end - kPerChunk - 1);
      __builtin_prefetch(end - 1);
    }
  }
  [[gnu::noinline]] void add_chunk(ChunkPool& pool) {
    T* const chunk = static_cast<T*>(pool.take());
    std::memcpy(static_cast<void*>(chunk), &end_, kLinkBytes);
    end_ = chunk + 1;
  }

  T* end_ = nullptr;
};

}  // namespace credsim
