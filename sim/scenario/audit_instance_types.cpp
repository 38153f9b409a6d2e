#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "scenario/audit_findings.hpp"
#include "scenario/audit_text.hpp"

namespace credsim::audit {
namespace {

/// What the resources of one account and Region want of AppStream's quotas by type of instance.
struct Wanted {
  std::int64_t instances = 0;
  std::string by;  ///< whose they are
  SourcePlace place;
};

/// Fleets and image builders, in their order, as a list.
void name(std::string& list, const Resource& resource) {
  list += (list.empty() ? "" : ", ") + resource_text(resource);
}

void audit_type(const Region& region, const std::string& subject, InstanceQuotaKind kind, const std::string& type,
                const Wanted& wanted, Findings& findings) {
  const std::string key(instance_quota_name(kind));
  const auto quota = region.appstream.instance_quota(kind, type);
  if (!quota && !region.appstream.gives(kind, type))
    findings.add("instance-quota-unknown", subject, wanted.place,
                 "no default quota of " + type + " is documented under that name, so nothing bounds the " +
                     std::to_string(wanted.instances) + " of " + wanted.by + "; give the account's own in " + key);
  if (!quota || wanted.instances <= *quota) return;
  findings.add("instance-quota-too-small", subject, wanted.place,
               "up to " + std::to_string(wanted.instances) + " instances of " + type + " are wanted by " + wanted.by +
                   ", and " + key + " allows " + std::to_string(*quota) +
                   (region.appstream.gives(kind, type) ? "" : ", as AWS documents it for a new account") +
                   "; ask for at least " + std::to_string(wanted.instances) + ", or say in " + key +
                   " what the account has");
}

void audit_place(const Scenario& scenario, std::size_t account, std::size_t region_index, Findings& findings) {
  const Region& region = scenario.accounts[account].regions[region_index];
  const std::string subject = region_text(scenario.accounts[account], region);
  std::map<std::pair<InstanceQuotaKind, std::string>, Wanted> types;
  std::string untyped;
  for (const Resource& resource : scenario.resources) {
    if (resource.account != account || resource.region != region_index) continue;
    const InstanceQuotaKind kind = resource.instance_quota_kind();
    if (region.appstream.instances.at(static_cast<std::size_t>(kind)).unlimited) continue;
    if (!resource.instance_type) {
      name(untyped, resource);
      continue;
    }
    Wanted& wanted = types.try_emplace({kind, *resource.instance_type}, Wanted{0, "", resource.place}).first->second;
    wanted.instances += resource.most_instances();
    name(wanted.by, resource);
  }
  for (const auto& [type, wanted] : types) audit_type(region, subject, type.first, type.second, wanted, findings);
  if (untyped.empty()) return;
  findings.add(
      "instance-type-not-given", subject, region.place,
      untyped + (untyped.find(',') == std::string::npos ? " gives" : " give") +
          " no instance_type, so AppStream's own quota of instances by type is not looked at, which is 0 to 50 "
          "in a new account and often breaks before all others; give instance_type, and in appstream what "
          "the account has (or unlimited)");
}

}  // namespace

void audit_instance_types(const Scenario& scenario, Findings& findings) {
  for (std::size_t account = 0; account < scenario.accounts.size(); ++account)
    for (std::size_t region = 0; region < scenario.accounts[account].regions.size(); ++region)
      audit_place(scenario, account, region, findings);
}

}  // namespace credsim::audit
