#pragma once

#include <cstdint>

namespace credsim::bench {

/// How many mutexes this thread has locked so far, whoever's they were.
[[nodiscard]] std::uint64_t locks_of_this_thread();

}  // namespace credsim::bench
