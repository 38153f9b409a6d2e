#pragma once

#include <cstdint>
#include <string>

namespace credsim::report {

/// In how many of several runs a thing happened, with what that says of all such runs at 95 %.

/// "in none of 50 runs; in at most 5.82 % of such runs (95 %)".
std::string in_none_of(std::uint32_t runs);
/// "in 3 of 50 runs (1.25 to 16.5 %)", "in all 50 runs".
std::string in_runs(std::uint32_t happened_in, std::uint32_t runs);
/// "at most 5.82 % of such runs": of what happened in none of them.
std::string at_most_of(std::uint32_t runs);

}  // namespace credsim::report
