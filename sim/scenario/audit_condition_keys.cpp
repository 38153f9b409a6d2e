#include <algorithm>
#include <array>
#include <string>

#include "iam/ip_range.hpp"
#include "iam/spelling.hpp"
#include "iam/statement.hpp"
#include "iam/wildcard.hpp"
#include "scenario/audit_findings.hpp"
#include "scenario/audit_text.hpp"
#include "scenario/field_reader.hpp"

namespace credsim::audit {
namespace {

/// AWS: IAM user guide, global condition keys.
constexpr auto kGlobalKeys = std::to_array<std::string_view>({
    "aws:AssumedRoot",
    "aws:CalledVia",
    "aws:CalledViaAWSMCP",
    "aws:CalledViaFirst",
    "aws:CalledViaLast",
    "aws:ChatbotSourceArn",
    "aws:CurrentTime",
    "aws:Ec2InstanceSourcePrivateIPv4",
    "aws:Ec2InstanceSourceVpc",
    "aws:EpochTime",
    "aws:FederatedProvider",
    "aws:IsMcpServiceAction",
    "aws:MultiFactorAuthAge",
    "aws:MultiFactorAuthPresent",
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalIsAWSService",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalServiceName",
    "aws:PrincipalServiceNamesList",
    "aws:PrincipalType",
    "aws:RequestedRegion",
    "aws:ResourceAccount",
    "aws:ResourceOrgID",
    "aws:ResourceOrgPaths",
    "aws:SecureTransport",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceIdentity",
    "aws:SourceIp",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
    "aws:SourceOwner",
    "aws:SourceVpc",
    "aws:SourceVpcArn",
    "aws:SourceVpce",
    "aws:TagKeys",
    "aws:TokenIssueTime",
    "aws:UserAgent",
    "aws:ViaAWSMCPService",
    "aws:ViaAWSService",
    "aws:VpcSourceIp",
    "aws:VpceAccount",
    "aws:VpceOrgID",
    "aws:VpceOrgPaths",
    "aws:referer",
    "aws:userid",
    "aws:username",
});

/// Keys that go on with the name of a tag.
constexpr std::array<std::string_view, 3> kTagKeys = {"aws:PrincipalTag/", "aws:RequestTag/", "aws:ResourceTag/"};

/// Keys of services are too many to know, and are taken as written.
bool is_known(std::string_view key) {
  const auto begins_with = [key](std::string_view start) {
    return iam::equals_ignoring_case(key.substr(0, start.size()), start);
  };
  return !begins_with("aws:") || std::any_of(kTagKeys.begin(), kTagKeys.end(), begins_with) ||
         std::any_of(kGlobalKeys.begin(), kGlobalKeys.end(),
                     [key](std::string_view known) { return iam::equals_ignoring_case(key, known); });
}

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
  for (const iam::PolicyDocument::Statement& statement : document.statements())
    for (const iam::Condition& condition : statement.conditions) {
      audit_source_addresses(condition, which, subject, place, findings);
      if (is_known(condition.key())) continue;
      findings.add("unknown-condition-key", subject, place,
                   which + " looks at " + iam::in_quotes(condition.key()) + ", which no request carries; " +
                       name_suggestion(condition.key(), kGlobalKeys, "look the key up in the IAM user guide"));
    }
}

}  // namespace

void audit_condition_keys(const Scenario& scenario, Findings& findings) {
  for (const Account& account : scenario.accounts)
    for (const Region& region : account.regions)
      for (const iam::PolicyDocument& policy : region.service_control_policies)
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
  for (const Fault& fault : scenario.faults) {
    const std::string subject = "fault " + fault.name;
    if (fault.trust_policy) audit_document(*fault.trust_policy, "the trust policy", subject, fault.place, findings);
    for (const iam::PolicyDocument& policy : fault.policies)
      audit_document(policy, "a policy", subject, fault.place, findings);
  }
}

}  // namespace credsim::audit
