#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace credsim {

/// Threads that do the parts of a job at once, as often as they are asked. Between jobs they sleep.
class Crew {
 public:
  /// `threads` ≥ 1, the caller's own included. Throws std::runtime_error if the machine gives fewer.
  explicit Crew(std::size_t threads);
  ~Crew();
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  /// Calls part(0) … part(threads − 1), each on a thread of its own, part(0) on the caller's; returns when all are
  /// done. No part may throw.
  void run(const std::function<void(std::size_t)>& part);

 private:
  void work(std::size_t index);
  void dismiss();

  std::mutex mutex_;
  std::condition_variable begin_;
  std::condition_variable end_;
  const std::function<void(std::size_t)>* part_ = nullptr;
  std::size_t job_ = 0;      // how many were begun
  std::size_t running_ = 0;  // parts of the job that are not done
  bool closed_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace credsim
