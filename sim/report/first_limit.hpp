#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "credsim/replications.hpp"
#include "credsim/scenario.hpp"

namespace credsim::report {

/// The planner's first question: which limit broke first or, if none did, which is nearest to breaking.
struct FirstLimit {
  enum class State : std::uint8_t {
    none,   ///< nothing was asked of any limit that has a bound
    broke,  ///< it refused
    full,   ///< it served all that was asked of it, and has no room for one more
    room,   ///< it has headroom
  };
  State state = State::none;
  const LimitOverview* limit = nullptr;  ///< null: none
  /// The fleets and image builders that make its demand.
  std::vector<const Resource*> resources;

  // Of one that did not break, estimates that take demand for linear in the number of instances.
  std::optional<double> demand_factor;  ///< how many times this demand fills it; what is more breaks it
  /// The least number of instances of `resources` that breaks it, to three digits unless each instance asks for one
  /// unit; always more than there were. Only where the scenario fixes their number.
  std::optional<double> breaks_at;
};

/// `limits` are those of a ReplicationsResult, whose order decides.
[[nodiscard]] FirstLimit find_first_limit(const Scenario& scenario, std::span<const LimitOverview> limits);

/// "broke", "full" or "room"; empty for none.
[[nodiscard]] std::string_view state_name(FirstLimit::State state);

}  // namespace credsim::report
