#include <string>
#include <vector>

#include "iam/global_keys.hpp"
#include "iam/ip_range.hpp"
#include "iam/spelling.hpp"
#include "iam/statement.hpp"
#include "scenario/audit_findings.hpp"
#include "scenario/audit_text.hpp"
#include "scenario/field_reader.hpp"

namespace credsim::audit {
namespace {

/// Says of the private addresses that `condition` wants to find in aws:SourceIp that they are never there.
void audit_source_addresses(const iam::Condition& condition, const std::string& which, const std::string& subject,
                            SourcePlace place, Findings& findings) {
  if (!iam::equals_ignoring_case(condition.key(), "aws:SourceIp") || condition.ip_ranges() == nullptr) return;
  std::string listed;
  for (const iam::IpRange& range : *condition.ip_ranges()) {
    const auto known = iam::private_ranges();
    const bool is_private =
        std::any_of(known.begin(), known.end(), [&](const iam::IpRange& block) { return block.covers(range); });
    if (is_private) listed += (listed.empty() ? "" : ", ") + range.text();
  }
  if (listed.empty()) return;
  findings.add(
      "source-ip-is-private", subject, place,
      which + " compares aws:SourceIp with " + listed +
          ", private addresses, but AWS sees the public one of the NAT gateway or the instance; name the fleet's "
          "egress addresses, or look at aws:VpcSourceIp behind a VPC endpoint");
}

void audit_document(const iam::PolicyDocument& document, const std::string& which, const std::string& subject,
                    SourcePlace place, Findings& findings) {
  std::vector<std::string_view> names;
  for (const iam::GlobalKey& known : iam::global_keys()) names.push_back(known.name);
  for (const iam::PolicyDocument::Statement& statement : document.statements())
    for (const iam::Condition& condition : statement.conditions) {
      audit_source_addresses(condition, which, subject, place, findings);
      if (iam::may_exist(condition.key())) continue;
      findings.add("unknown-condition-key", subject, place,
                   which + " looks at " + iam::in_quotes(condition.key()) + ", which no request carries; " +
                       name_suggestion(condition.key(), names, "look the key up in the IAM user guide"));
    }
}

}  // namespace

void audit_condition_keys(const Scenario& scenario, Findings& findings) {
  for (const Account& account : scenario.accounts)
    for (const Region& region : account.regions)
      for (const iam::ServiceControlLevel& level : region.service_control_policies)
        for (const iam::PolicyDocument& policy : level.policies)
          audit_document(policy, "a service control policy", region_text(account, region), region.place, findings);
  for (const Role& role : scenario.roles) {
    const std::string subject = role_text(role);
    if (role.trust_policy)
      audit_document(*role.trust_policy, "the trust policy", subject, place_or(role.trust_policy_place, role.place),
                     findings);
    for (std::size_t i = 0; i < role.policies.size(); ++i)
      audit_document(role.policies[i], "a policy", subject, policy_place(role, i), findings);
    if (role.permissions_boundary)
      audit_document(*role.permissions_boundary, "the permissions boundary", subject, role.place, findings);
  }
  for (const Resource& resource : scenario.resources)
    for (const Workload& workload : resource.workloads)
      if (workload.calls.resource_policy)
        audit_document(*workload.calls.resource_policy, "the resource's policy", workload_text(resource, workload),
                       place_or(workload.place, resource.place), findings);
  for (const Fault& fault : scenario.faults) {
    const std::string subject = "fault " + fault.name;
    if (fault.trust_policy) audit_document(*fault.trust_policy, "the trust policy", subject, fault.place, findings);
    for (const iam::PolicyDocument& policy : fault.policies)
      audit_document(policy, "a policy", subject, fault.place, findings);
  }
}

}  // namespace credsim::audit
