#include "engine/crew.hpp"

#include "engine/started_thread.hpp"

namespace credsim {

Crew::Crew(std::size_t threads) {
  threads_.reserve(threads - 1);
  try {
    for (std::size_t index = 1; index < threads; ++index)
      threads_.push_back(started_thread([this, index] { work(index); }));
  } catch (...) {
    dismiss();  // those that began must end before they go
    throw;
  }
}

Crew::~Crew() {
  dismiss();
}

void Crew::dismiss() {
  {
    const std::scoped_lock lock(mutex_);
    closed_ = true;
  }
  begin_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void Crew::run(const std::function<void(std::size_t)>& part) {
  {
    const std::scoped_lock lock(mutex_);
    part_ = &part;
    running_ = threads_.size();
    ++job_;
  }
  begin_.notify_all();
  part(0);
  std::unique_lock lock(mutex_);
  end_.wait(lock, [this] { return running_ == 0; });
}

void Crew::work(std::size_t index) {
  for (std::size_t done = 0;; ++done) {
    std::unique_lock lock(mutex_);
    begin_.wait(lock, [&] { return closed_ || job_ > done; });
    if (closed_) return;
    lock.unlock();
    (*part_)(index);
    lock.lock();
    if (--running_ == 0) end_.notify_one();
  }
}

}  // namespace credsim
