#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "credsim/record.hpp"

namespace credsim::record {

/// Batches on their way from the cells to the writer, in order, bounded by their rows. Thread-safe. Batches go round: a
/// cell gets an empty one, with capacity, for each that it hands over.
class AuditQueue {
 public:
  struct Item {
    std::int64_t run_id = 0;
    std::uint32_t cell = 0;
    AuditBatch rows;
  };
  using Clock = std::chrono::steady_clock;

  /// Holds up to `capacity` rows, or one batch that is larger.
  explicit AuditQueue(std::size_t capacity) : capacity_(capacity) {}

  /// Waits for room; leaves an empty batch in `batch`. After abandon() it drops the rows and returns at once.
  void push(std::int64_t run_id, std::uint32_t cell, AuditBatch& batch);
  /// The oldest batch. Null at `deadline`, after close() when there are no more, or after abandon().
  [[nodiscard]] std::unique_ptr<Item> pop(Clock::time_point deadline);
  /// Gives back what pop() gave: it has been written.
  void done(std::unique_ptr<Item> item);

  /// Waits until every batch of the run that was pushed is done; false after abandon().
  [[nodiscard]] bool wait_until_done(std::int64_t run_id);
  /// No more pushes come.
  void close();
  /// Nobody pops any more: everybody who waits goes on.
  void abandon();
  [[nodiscard]] std::size_t rows_waiting() const;
  /// Closed and empty, or abandoned.
  [[nodiscard]] bool finished() const;

 private:
  const std::size_t capacity_;
  mutable std::mutex mutex_;
  std::condition_variable room_;
  std::condition_variable arrival_;
  std::condition_variable progress_;
  std::deque<std::unique_ptr<Item>> waiting_;
  std::vector<std::unique_ptr<Item>> spare_;
  std::map<std::int64_t, std::size_t> unfinished_;  // batches by run, in the queue or being written
  std::size_t rows_ = 0;                            // in `waiting_`
  bool closed_ = false;
  bool abandoned_ = false;
};

}  // namespace credsim::record
