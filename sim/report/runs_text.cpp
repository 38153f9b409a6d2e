#include "report/runs_text.hpp"

#include "credsim/estimate.hpp"

#include "report/readable.hpp"

namespace credsim::report {

std::string in_none_of(std::uint32_t runs) {
  return "in none of " + number(runs) + " runs; in " + at_most_of(runs) + " (95 %)";
}

std::string in_runs(std::uint32_t happened_in, std::uint32_t runs) {
  if (happened_in == 0) return in_none_of(runs);
  if (happened_in == runs) return "in all " + number(runs) + " runs";
  const auto [low, high] = share_of_runs(happened_in, runs);
  return "in " + number(happened_in) + " of " + number(runs) + " runs (" + number(low * 100) + " to " + percent(high) +
         ")";
}

std::string at_most_of(std::uint32_t runs) {
  return "at most " + percent(share_of_runs(0, runs).high) + " of such runs";
}

}  // namespace credsim::report
