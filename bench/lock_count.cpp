#include "lock_count.hpp"

#include <dlfcn.h>
#include <pthread.h>

namespace {

thread_local std::uint64_t locks = 0;

using Lock = int (*)(pthread_mutex_t*);

Lock next(const char* name) {
  // POSIX' way to get a function out of dlsym().
  return reinterpret_cast<Lock>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

namespace credsim::bench {

std::uint64_t locks_of_this_thread() {
  return locks;
}

}  // namespace credsim::bench

// In the place of the C library's, which std::mutex and every library here call.
extern "C" int pthread_mutex_lock(pthread_mutex_t* mutex) {
  static const Lock real = next("pthread_mutex_lock");
  ++locks;
  return real(mutex);
}

extern "C" int pthread_mutex_trylock(pthread_mutex_t* mutex) {
  static const Lock real = next("pthread_mutex_trylock");
  ++locks;
  return real(mutex);
}
