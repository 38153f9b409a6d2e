#pragma once

#include <string>
#include <utility>
#include <vector>

namespace credsim {

using Labels = std::vector<std::pair<std::string, std::string>>;  ///< sorted by name

}  // namespace credsim
