#include "credsim/call_request.hpp"

#include <array>
#include <cstdio>

#include "iam/ip_range.hpp"

namespace credsim {
namespace {

std::string iso8601(ApiCall::Time time) {
  using namespace std::chrono;
  const auto day = floor<days>(time);
  const year_month_day date{day};
  const hh_mm_ss clock{floor<seconds>(time - day)};
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text.data();
}

}  // namespace

void set_source_address(iam::RequestContext& context, const Resource& resource, std::optional<std::uint32_t> address,
                        bool through_endpoint) {
  if (!address) return;
  const bool endpoint = resource.vpc_endpoint && through_endpoint;
  context.set(endpoint ? "aws:VpcSourceIp" : "aws:SourceIp", iam::ipv4_text(*address));
}

iam::Request call_request(const ApiCall& call) {
  const auto& [resource, role, instance, address, through_endpoint, region, action, target, at, token_issued] = call;
  iam::Request request;
  request.principal = {iam::Principal::Kind::aws, "arn:" + role.partition + ":sts::" + role.account + ":assumed-role/" +
                                                      role.name + "/" + resource.name + "-" + std::to_string(instance)};
  request.action = action;
  request.resource = target;
  iam::RequestContext& context = request.context;
  set_source_address(context, resource, address, through_endpoint);
  if (resource.vpc_endpoint && through_endpoint) context.set("aws:SourceVpce", *resource.vpc_endpoint);
  context.set("aws:CurrentTime", iso8601(at));
  context.set("aws:EpochTime", std::to_string(std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count()));
  context.set("aws:TokenIssueTime", iso8601(token_issued));
  context.set("aws:SecureTransport", "true");
  context.set("aws:RequestedRegion", region);
  context.set("aws:PrincipalArn", role.arn());
  context.set("aws:PrincipalAccount", role.account);
  context.set("aws:PrincipalIsAWSService", "false");
  for (const auto& [name, value] : role.tags) context.set("aws:PrincipalTag/" + name, value);
  return request;
}

}  // namespace credsim
