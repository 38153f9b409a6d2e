#pragma once

#include <cstddef>
#include <string>

#include "credsim/scenario.hpp"

#include "scenario/values.hpp"

/// How the audit's messages write numbers and name things.
namespace credsim::audit {

[[nodiscard]] Duration rounded(Duration duration);     ///< as precisely as an estimate deserves
[[nodiscard]] std::string number_text(double number);  ///< three significant digits, at least all before the point
[[nodiscard]] std::string share_text(double share);    ///< "43 %"

[[nodiscard]] std::string resource_text(const Resource& resource);  ///< "fleet eng", "image builder win"
[[nodiscard]] std::string role_text(const Role& role);              ///< "role MachineRole"
[[nodiscard]] std::string workload_text(const Resource& resource, const Workload& workload);
[[nodiscard]] std::string region_text(const Account& account, const Region& region);  ///< "account ID in us-east-1"

/// `place`, or `otherwise` if it stands nowhere.
[[nodiscard]] constexpr SourcePlace place_or(SourcePlace place, SourcePlace otherwise) {
  return place.line > 0 ? place : otherwise;
}

/// Where the `index`-th permission policy of the role stands.
[[nodiscard]] SourcePlace policy_place(const Role& role, std::size_t index);

}  // namespace credsim::audit
