#include <algorithm>
#include <string>
#include <vector>

#include "scenario/audit_findings.hpp"
#include "scenario/audit_load.hpp"
#include "scenario/audit_text.hpp"

namespace credsim::audit {
namespace {

constexpr double kUsersWorthSaying = 0.01;
/// A start that takes less is what users of elastic fleets expect.
constexpr Duration kUsualStart = std::chrono::minutes{1};

}  // namespace

void audit_elastic(const Scenario& scenario, Findings& findings) {
  for (const Resource& resource : scenario.resources) {
    if (resource.type != ResourceType::elastic || !resource.sessions || !resource.sessions->wait) continue;
    const Duration wait = *resource.sessions->wait;
    const std::vector<Duration> starts = elastic_starts(resource);
    const auto longer = starts.end() - std::upper_bound(starts.begin(), starts.end(), std::max(wait, kUsualStart));
    const double share = static_cast<double>(longer) / static_cast<double>(starts.size());
    if (share < kUsersWorthSaying) continue;
    findings.add("elastic-start-exceeds-wait", resource_text(resource), resource.place,
                 share_text(share) + " of its users wait longer than sessions.wait of " + duration_text(wait) +
                     " for their instance, in the median " + duration_text(rounded(starts[starts.size() / 2])) +
                     ", and none of them is rejected, since that bounds the wait for capacity alone; give the "
                     "provisioning.boot and eni of an elastic session, or a longer wait");
  }
}

}  // namespace credsim::audit
