#include <algorithm>
#include <string>
#include <vector>

#include "credsim/known_regions.hpp"

#include "iam/spelling.hpp"
#include "scenario/audit_findings.hpp"
#include "scenario/audit_text.hpp"

namespace credsim::audit {
namespace {

bool has_resources(const Scenario& scenario, std::size_t account, std::size_t region) {
  return std::any_of(scenario.resources.begin(), scenario.resources.end(), [&](const Resource& resource) {
    return resource.account == account && resource.region == region;
  });
}

std::string region_advice(const std::string& name) {
  std::vector<std::string_view> names;
  for (const KnownRegion& known : kKnownRegions) names.push_back(known.name);
  const std::string text = iam::suggestion(name, names);
  return text.starts_with("did you mean") ? text + " If it has opened since, leave it so"
                                          : "leave it so if it has opened since, or name another one";
}

}  // namespace

void audit_regions(const Scenario& scenario, Findings& findings) {
  for (std::size_t account = 0; account < scenario.accounts.size(); ++account)
    for (std::size_t i = 0; i < scenario.accounts[account].regions.size(); ++i) {
      const Region& region = scenario.accounts[account].regions[i];
      const std::string subject = region_text(scenario.accounts[account], region);
      const std::string then = " on " + std::string(kRegionsReadOn);
      const KnownRegion* known = find_region(region.name);
      if (known == nullptr)
        findings.add("unknown-region", subject, region.place,
                     "no partition of AWS had a Region " + region.name + then + "; " + region_advice(region.name));
      else if (!known->has_appstream && has_resources(scenario, account, i))
        findings.add(
            "region-without-appstream", subject, region.place,
            "AppStream was not offered in " + region.name + then + "; check that it is now, or use another Region");
    }
}

}  // namespace credsim::audit
