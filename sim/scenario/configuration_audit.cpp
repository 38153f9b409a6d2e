#include <algorithm>
#include <tuple>
#include <utility>

#include "credsim/finding.hpp"

#include "scenario/audit_findings.hpp"

namespace credsim {

std::string_view severity_name(Severity severity) {
  switch (severity) {
    case Severity::note:
      return "note";
    case Severity::warning:
      return "warning";
    case Severity::error:
      return "error";
  }
  return "";
}

const std::vector<FindingRule>& finding_rules() {
  using enum Severity;
  static const std::vector<FindingRule> rules{
      {kInvalidScenario, error, "The scenario cannot be read.", "credsim: scenarios/README.md"},
      // The guide's prerequisites.
      {"role-in-other-account", error, "The role is not in the account of the fleet or image builder.", "guide"},
      {"service-role", error, "The role is a service role or a service-linked role.", "guide"},
      {"agent-too-old", error, "The image's agent was released before 2019-09-03.", "guide"},
      {"trust-policy-denies", error, "The trust policy does not let AppStream assume the role.", "guide"},
      {"role-without-trust-policy", error, "The role has no trust policy.", "AWS: IAM API, CreateRole"},
      // The guide's best practices, and what AWS says of trust policies.
      {"shared-role", note, "Several fleets or image builders use one role.", "guide"},
      {"broad-permissions", warning, "A policy allows every action, or every action of a service, on any resource.",
       "guide"},
      {"unrestricted-use", note, "No condition limits where the role's credentials can be used.", "guide"},
      {"trust-policy-without-source-condition", note,
       "The trust policy lets AppStream assume the role for anybody's fleet (confused deputy).",
       "AWS: AppStream administration guide, confused deputy prevention"},
      {"trust-policy-source-ip", warning, "The trust policy looks at aws:SourceIp, which is not the instance's.",
       "AWS: IAM user guide, global condition keys"},
      {"source-ip-is-private", error, "A policy compares aws:SourceIp, which is a public address, with a private one.",
       "AWS: IAM user guide, global condition keys"},
      {"source-ip-behind-endpoint", warning,
       "The role's policies look at aws:SourceIp, which calls through a VPC endpoint do not carry.",
       "AWS: IAM user guide, global condition keys"},
      {"unknown-condition-key", warning,
       "A policy looks at an aws: key that does not exist: most operators then never hold, the negated ones always.",
       "AWS: IAM user guide, global condition keys"},
      {"role-change-stops-fleet", note, "A fleet must be stopped to get another role.",
       "AWS: AppStream API, UpdateFleet"},
      // Places and times.
      {"unknown-region", warning, "No partition of AWS had a Region of this name when the list was read.",
       "AWS: botocore, partitions.json"},
      {"region-without-appstream", note, "AppStream was not offered in this Region when the list was read.",
       "AWS: botocore, endpoints.json"},
      {"begins-after-end", warning, "A fault or a change of roles begins when the run has ended.", "assumed"},
      // Networks and quotas.
      {"subnet-larger-than-aws", warning, "A subnet is larger than /16, the largest that AWS makes.",
       "AWS: VPC user guide, subnet CIDR blocks"},
      {"subnet-too-small", warning, "The subnets have fewer addresses than the instances need.",
       "AWS: VPC user guide, subnet CIDR blocks"},
      {"overlapping-subnets", warning, "Two subnets overlap, or one is named twice.",
       "AWS: VPC user guide, subnet CIDR blocks"},
      {"elastic-single-subnet", error, "An elastic fleet has fewer than two subnets.",
       "AWS: AppStream API, CreateFleet"},
      {"default-internet-access-quota", warning, "More than 100 instances with default internet access.",
       "AWS: AppStream administration guide, quotas"},
      {"interface-quota-too-small", warning, "The instances need more network interfaces than the quota allows.",
       "AWS: VPC quotas"},
      {"interface-tokens-delay-start", note, "New instances wait for CreateNetworkInterface tokens.",
       "AWS: EC2 API throttling"},
      {"resource-quota", note, "More fleets or image builders in a Region than the quota allows.",
       "AWS: AppStream administration guide, quotas"},
      {"instance-quota-too-small", warning, "More instances of a type are wanted than AppStream's quota allows.",
       "AWS: AppStream administration guide, quotas"},
      {"instance-quota-unknown", note, "No quota is known for a type of instance.",
       "AWS: AppStream administration guide, quotas"},
      {"instance-type-not-given", note, "AppStream's quotas by type of instance are not looked at.",
       "AWS: AppStream administration guide, quotas"},
      {"role-quota", note, "More roles in an account than the default quota.", "AWS: IAM quotas"},
      {"elastic-start-exceeds-wait", warning,
       "Users of an elastic fleet wait longer for their instance than sessions.wait.", "assumed"},
      {"sessions-over-capacity", warning, "More sessions are expected at once than there can be instances.", "assumed"},
      // Rotation.
      {"lifetime-not-one-hour", note, "Credentials live longer or shorter than the guide's hour.", "guide"},
      {"lifetime-outside-api", warning, "Credentials live shorter or longer than AssumeRole issues them for.",
       "AWS: STS API, AssumeRole"},
      {"zero-lead", warning, "Credentials are renewed when or after they expire.", "assumed"},
      {"assume-role-rate", warning,
       "The fleets' rotations need more AssumeRole calls than the bucket that pays serves.", "assumed"},
      {"assume-role-payer-matters", note,
       "It decides whether agents' AssumeRole calls count against the account's quota, which is not certain.",
       "AWS: IAM and STS quotas"},
      {"synchronised-refresh", warning,
       "Instances that start together ask for credentials faster than the bucket that pays serves.", "assumed"},
      // Clients.
      {"workload-without-role", warning, "A workload runs where no role is applied.", "guide"},
      {"profile-not-named", warning, "The client does not name the profile appstream_machine_role.", "guide"},
      {"client-too-old", warning, "AWS Tools for PowerShell, or its SDK, does not know the profile yet.", "guide"},
      {"call-denied", warning, "The role's policies do not allow the workload's action.", "AWS: IAM policy evaluation"},
      {"once-client-outlives-credential", warning, "A client that reads its credential once runs on after its expiry.",
       "guide"},
      {"until-expiry-without-margin", note, "The client uses a credential up to the very moment of its expiry.",
       "assumed"},
      {"helper-runs-in-refresh-window", note,
       "The agent renews later than the client asks for a newer credential, so each call runs the credential helper.",
       "AWS: the SDKs' sources"},
      {"older-retry-mode", note, "The retry mode is not the one that this version of the client has by default.",
       "AWS: developer blog, updated retry behavior"},
      {"no-network-wait", warning, "Scripts call before the network interface is available.", "guide"},
      {"network-wait-too-short", warning, "Scripts wait for the network interface, but not long enough.", "guide"},
      {"calls-before-first-credential", warning, "Scripts call before the first credential is in the profile.",
       "assumed"},
      {"unfiltered-describe", warning, "Unfiltered DescribeInstances calls come faster than their bucket refills.",
       "AWS: EC2 API throttling"},
      {"filtered-describe", warning, "Filtered DescribeInstances calls come faster than their bucket refills.",
       "AWS: EC2 API throttling"},
      {"sts-call-rate", warning, "Scripts' STS calls come faster than the account's quota refills.",
       "AWS: IAM and STS quotas"},
  };
  return rules;
}

std::vector<Finding> audit_configuration(const Scenario& scenario) {
  audit::Findings findings;
  audit::audit_prerequisites(scenario, findings);
  audit::audit_roles(scenario, findings);
  audit::audit_condition_keys(scenario, findings);
  audit::audit_regions(scenario, findings);
  audit::audit_times(scenario, findings);
  audit::audit_elastic(scenario, findings);
  audit::audit_networks(scenario, findings);
  audit::audit_quotas(scenario, findings);
  audit::audit_instance_types(scenario, findings);
  audit::audit_rotation(scenario, findings);
  audit::audit_payer(scenario, findings);
  audit::audit_clients(scenario, findings);
  audit::audit_first_calls(scenario, findings);
  return std::move(findings).in_file_order();
}

namespace audit {

void Findings::add(std::string_view rule, std::string subject, SourcePlace place, std::string message,
                   std::string file) {
  const auto& rules = finding_rules();
  const auto found =
      std::find_if(rules.begin(), rules.end(), [&](const FindingRule& known) { return known.name == rule; });
  findings_.push_back(
      {std::string(rule), found->severity, std::move(subject), std::move(message), place, std::move(file)});
}

std::vector<Finding> Findings::in_file_order() && {
  std::stable_sort(findings_.begin(), findings_.end(), [](const Finding& left, const Finding& right) {
    return std::tie(left.file, left.place.line, left.place.column) <
           std::tie(right.file, right.place.line, right.place.column);
  });
  return std::move(findings_);
}

}  // namespace audit
}  // namespace credsim
