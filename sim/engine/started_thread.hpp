#pragma once

#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>

namespace credsim {

/// A thread that does `work`. Throws std::runtime_error, in words for who reads it, if the machine gives no more
/// threads.
template <class Work>
[[nodiscard]] std::thread started_thread(Work work) {
  try {
    return std::thread(std::move(work));
  } catch (const std::system_error&) {
    throw std::runtime_error("the machine gives no more threads; use fewer --threads, or raise its limits");
  }
}

}  // namespace credsim
