#include "engine/contract.hpp"

#include <cstdio>
#include <cstdlib>

namespace credsim {

void contract_broken(const char* message, const char* file, int line) {
  std::fprintf(stderr, "%s:%d: broken contract: %s\n", file, line, message);
  std::abort();
}

}  // namespace credsim
