#include "engine/large_vector.hpp"

#include <cstdlib>

#include <sys/mman.h>

namespace credsim {

namespace {
constexpr std::size_t kHugePage = std::size_t{2} << 20;  // of x86-64; elsewhere the alignment does no harm
}

void* allocate_huge_pages(std::size_t bytes) {
  void* memory = std::aligned_alloc(kHugePage, (bytes + kHugePage - 1) / kHugePage * kHugePage);
  if (memory == nullptr) throw std::bad_alloc();
  (void)madvise(memory, bytes, MADV_HUGEPAGE);  // without it all is only slower
  return memory;
}

void free_huge_pages(void* memory) {
  std::free(memory);
}

}  // namespace credsim
