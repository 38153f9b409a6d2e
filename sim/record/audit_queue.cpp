#include "record/audit_queue.hpp"

#include <utility>

namespace credsim::record {

void AuditQueue::push(std::int64_t run_id, std::uint32_t cell, AuditBatch& batch) {
  const std::size_t rows = batch.rows();
  std::unique_lock lock{mutex_};
  room_.wait(lock, [&] { return abandoned_ || rows_ == 0 || rows_ + rows <= capacity_; });
  if (abandoned_) {
    batch.clear();
    return;
  }
  std::unique_ptr<Item> item;
  if (spare_.empty()) {
    item = std::make_unique<Item>();
  } else {
    item = std::move(spare_.back());
    spare_.pop_back();
  }
  item->run_id = run_id;
  item->cell = cell;
  std::swap(item->rows, batch);
  rows_ += rows;
  ++unfinished_[run_id];
  waiting_.push_back(std::move(item));
  lock.unlock();
  arrival_.notify_one();
}

std::unique_ptr<AuditQueue::Item> AuditQueue::pop(Clock::time_point deadline) {
  std::unique_lock lock{mutex_};
  arrival_.wait_until(lock, deadline, [&] { return abandoned_ || closed_ || !waiting_.empty(); });
  if (abandoned_ || waiting_.empty()) return nullptr;
  std::unique_ptr<Item> item = std::move(waiting_.front());
  waiting_.pop_front();
  rows_ -= item->rows.rows();
  lock.unlock();
  room_.notify_all();
  return item;
}

void AuditQueue::done(std::unique_ptr<Item> item) {
  item->rows.clear();
  {
    const std::lock_guard lock{mutex_};
    const auto run = unfinished_.find(item->run_id);
    if (--run->second == 0) unfinished_.erase(run);
    spare_.push_back(std::move(item));
  }
  progress_.notify_all();
}

bool AuditQueue::wait_until_done(std::int64_t run_id) {
  std::unique_lock lock{mutex_};
  progress_.wait(lock, [&] { return abandoned_ || !unfinished_.contains(run_id); });
  return !abandoned_;
}

void AuditQueue::close() {
  {
    const std::lock_guard lock{mutex_};
    closed_ = true;
  }
  arrival_.notify_all();
}

void AuditQueue::abandon() {
  {
    const std::lock_guard lock{mutex_};
    abandoned_ = true;
  }
  room_.notify_all();
  arrival_.notify_all();
  progress_.notify_all();
}

std::size_t AuditQueue::rows_waiting() const {
  const std::lock_guard lock{mutex_};
  return rows_;
}

bool AuditQueue::finished() const {
  const std::lock_guard lock{mutex_};
  return abandoned_ || (closed_ && waiting_.empty());
}

}  // namespace credsim::record
