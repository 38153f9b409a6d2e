#include "iam/global_keys.hpp"

#include <algorithm>
#include <array>

#include "iam/wildcard.hpp"

namespace credsim::iam {
namespace {

using enum Carried;

constexpr auto kKeys = std::to_array<GlobalKey>({
    {"aws:AssumedRoot", never, never},  // sessions of sts:AssumeRoot only
    // A service that uses the caller's session: MODEL.md has calls that scripts make themselves.
    {"aws:CalledVia", never, never},
    {"aws:CalledViaAWSMCP", never, never},
    {"aws:CalledViaFirst", never, never},
    {"aws:CalledViaLast", never, never},
    {"aws:ChatbotSourceArn", never, never},  // Amazon Q Developer in chat applications only
    {"aws:CurrentTime", always, always},
    // Sessions of EC2 instance profiles only; a machine role is none (FACTS.md 2.2).
    {"aws:Ec2InstanceSourcePrivateIPv4", never, never},
    {"aws:Ec2InstanceSourceVpc", never, never},
    {"aws:EpochTime", always, always},
    {"aws:FederatedProvider", never, never},  // sessions of AssumeRoleWithSAML and AssumeRoleWithWebIdentity only
    {"aws:IsMcpServiceAction", perhaps, perhaps},
    {"aws:MultiFactorAuthAge", never, never},
    {"aws:MultiFactorAuthPresent", never, never},  // MODEL.md, "Request context": a service asks for the role, no user
    {"aws:PrincipalAccount", always, perhaps},
    {"aws:PrincipalArn", always, perhaps},
    {"aws:PrincipalIsAWSService", always, always},
    {"aws:PrincipalOrgID", perhaps, never},  // a service is a member of no organization
    {"aws:PrincipalOrgPaths", perhaps, never},
    {"aws:PrincipalServiceName", never, always},
    {"aws:PrincipalServiceNamesList", never, perhaps},
    {"aws:PrincipalTag/", never, never},  // a role's tags are set; it has no others
    {"aws:PrincipalType", always, perhaps},
    {"aws:referer", never, never},  // browsers only
    {"aws:RequestedRegion", always, always},
    {"aws:RequestTag/", perhaps, never},  // AppStream is not documented to pass session tags
    {"aws:ResourceAccount", perhaps, always},
    {"aws:ResourceOrgID", perhaps, perhaps},
    {"aws:ResourceOrgPaths", perhaps, perhaps},
    {"aws:ResourceTag/", perhaps, never},  // a role's tags are set; it has no others
    {"aws:SecureTransport", always, always},
    {"aws:SourceAccount", never, always},
    {"aws:SourceArn", never, always},
    {"aws:SourceIdentity", never, never},  // the one who assumes the role would have to set it
    {"aws:SourceIp", perhaps, never},      // FACTS.md 1.3: when a service calls, it is no address of the instance
    {"aws:SourceOrgID", never, perhaps},
    {"aws:SourceOrgPaths", never, perhaps},
    {"aws:SourceOwner", never, never},  // the older name of aws:SourceAccount, of Amazon SNS
    {"aws:SourceVpc", with_endpoint, never},
    {"aws:SourceVpcArn", with_endpoint, never},
    {"aws:SourceVpce", with_endpoint, never},
    {"aws:TagKeys", perhaps, never},
    {"aws:TokenIssueTime", always, never},  // temporary credentials only
    {"aws:UserAgent", always, always},
    {"aws:userid", always, perhaps},
    {"aws:username", never, never},  // IAM users only
    {"aws:ViaAWSMCPService", perhaps, perhaps},
    {"aws:ViaAWSService", always, always},
    {"aws:VpceAccount", with_endpoint, never},
    {"aws:VpceOrgID", with_endpoint, never},
    {"aws:VpceOrgPaths", with_endpoint, never},
    {"aws:VpcSourceIp", with_endpoint, never},
    // EC2 user guide, "Grant permission to ... using instance profiles": sessions of instance profiles only.
    {"ec2:RoleDelivery", never, never},
    {"ec2:SourceInstanceARN", never, never},
    {"lambda:SourceFunctionArn", never, never},  // AWS Lambda guide: sessions of functions only
    // Parameters of AssumeRole that AppStream has no setting for: API of sts and appstream.
    {"sts:ExternalId", perhaps, never},
    {"sts:SourceIdentity", perhaps, never},
    {"sts:TransitiveTagKeys", perhaps, never},
});

bool begins_with(std::string_view text, std::string_view start) {
  return equals_ignoring_case(text.substr(0, start.size()), start);
}

}  // namespace

std::span<const GlobalKey> global_keys() {
  return kKeys;
}

const GlobalKey* find_global_key(std::string_view key) {
  const auto* found = std::find_if(kKeys.begin(), kKeys.end(), [key](const GlobalKey& known) {
    return known.name.ends_with('/') ? begins_with(key, known.name) : equals_ignoring_case(key, known.name);
  });
  return found == kKeys.end() ? nullptr : found;
}

bool may_exist(std::string_view key) {
  return !begins_with(key, "aws:") || find_global_key(key) != nullptr;
}

}  // namespace credsim::iam
