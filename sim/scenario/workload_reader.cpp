#include "scenario/workload_reader.hpp"

#include <algorithm>
#include <array>

#include "iam/wildcard.hpp"
#include "scenario/distribution_reader.hpp"
#include "scenario/policy_reader.hpp"
#include "scenario/references.hpp"
#include "scenario/request_context_reader.hpp"

namespace credsim {

namespace {

constexpr std::array<Word<WorkloadStart>, 3> kStarts = {{
    {"provision", WorkloadStart::provision},
    {"boot", WorkloadStart::boot},
    {"session_start", WorkloadStart::session_start},
}};

void read_client(const FieldReader& workload, Client& client, Diagnostics& diagnostics) {
  const YamlNode* node = workload.find("client");
  if (node == nullptr) return;
  const FieldReader fields(*node, "client", keys::kClient, diagnostics);
  fields.word<ClientTool>("tool", client.tool, kClientTools);
  client.version = fields.scalar<Version>("version", parse_version);
  client.sdk_version = fields.scalar<Version>("sdk_version", parse_version);
}

void read_retry_mode(const FieldReader* fields, Workload& target, const FieldReader& workload,
                     Diagnostics& diagnostics) {
  const Client& client = target.client;
  ClientRetry& retry = target.retry;
  if (fields != nullptr && fields->find("mode") != nullptr) {
    fields->word<RetryMode>("mode", retry.mode, kRetryModes);
    if (retry.mode == RetryMode::legacy && !has_legacy_mode(client.tool))
      add_value_fault(*fields->find("mode"), "mode", "is not one of this tool's; write standard or standard_2026",
                      diagnostics);
    return;
  }
  const std::optional<RetryMode> mode = default_retry_mode(client);
  if (!mode)
    diagnostics.add(
        workload.find("client")->find("version")->origin,
        "AWS names no version of this tool from which standard_2026 is its retry mode; add retry: {mode: …}, "
        "or leave version out for today's");
  retry.mode = mode.value_or(RetryMode::standard_2026);
}

void read_retry(const FieldReader& workload, Workload& target, Diagnostics& diagnostics) {
  constexpr std::int64_t kMostAttempts = 1000;
  const YamlNode* node = workload.find("retry");
  std::optional<FieldReader> fields;
  if (node != nullptr) fields.emplace(*node, "retry", keys::kClientRetry, diagnostics);
  read_retry_mode(fields ? &*fields : nullptr, target, workload, diagnostics);

  ClientRetry& retry = target.retry;
  std::int64_t attempts = retry_law(target.client.tool, retry.mode).attempts;
  if (fields) fields->integer("max_attempts", attempts, 1, kMostAttempts);
  if (retry.mode == RetryMode::none && attempts != 1)
    add_value_fault(*fields->find("max_attempts"), "max_attempts",
                    "contradicts mode none, which makes one attempt; write 1, or another mode", diagnostics);
  retry.max_attempts = static_cast<std::uint32_t>(attempts);
}

void read_wait(const FieldReader& workload, NetworkWait& wait, ReadContext& context) {
  constexpr std::array<std::string_view, 2> kKinds = {"fixed", "poll"};
  const YamlNode* node = workload.find("wait");
  if (node == nullptr || (node->kind == YamlNode::Kind::scalar && node->text == "none")) return;
  if (node->kind == YamlNode::Kind::scalar) {
    add_value_fault(*node, "wait", "is unknown; write none, {fixed: 30s} or {poll: {interval: 1s, timeout: 60s}}",
                    context.diagnostics);
    return;
  }
  const FieldReader fields(*node, "wait", keys::kWait, context.diagnostics);
  const auto kind = fields.only_one_of(kKinds);
  if (kind == "fixed") {
    wait.kind = NetworkWait::Kind::fixed;
    read_distribution(fields, "fixed", wait.fixed, context);
  } else if (kind == "poll") {
    wait.kind = NetworkWait::Kind::poll;
    const FieldReader poll(*fields.find("poll"), "poll", keys::kPoll, context.diagnostics);
    poll.positive_duration("interval", wait.interval);
    poll.duration("timeout", wait.timeout);
  }
}

bool is_action(std::string_view text) {
  const auto is_letter_or_digit = [](char character) {
    return (character >= '0' && character <= '9') || (character >= 'a' && character <= 'z') ||
           (character >= 'A' && character <= 'Z');
  };
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == text.size()) return false;
  const std::string_view service = text.substr(0, colon);
  const std::string_view name = text.substr(colon + 1);
  return std::all_of(name.begin(), name.end(), is_letter_or_digit) &&
         std::all_of(service.begin(), service.end(), [&](char character) {
           return character == '-' || (is_letter_or_digit(character) && !(character >= 'A' && character <= 'Z'));
         });
}

void read_call_interval(const FieldReader& fields, Calls& calls, ReadContext& context) {
  constexpr std::array<std::string_view, 2> kRhythms = {"every", "once"};
  const auto rhythm = fields.only_one_of(kRhythms);
  if (!rhythm) return;
  calls.once = *rhythm == "once";
  const auto interval = read_distribution(*fields.find(*rhythm), *rhythm, context);
  if (!interval) return;
  calls.interval = *interval;
  if (!calls.once && interval->mean() <= Duration::zero())
    context.diagnostics.add(fields.origin_of("every"),
                            "every is nothing on average, so calls would never end; write a longer time");
}

/// A script has a role's credentials already, so its AssumeRole is role chaining, for which AWS gives an hour at most,
/// whatever the other role's maximum (STS API, AssumeRole; that maximum is never below the hour).
void read_chained_duration(const FieldReader& fields, Calls& calls, Diagnostics& diagnostics) {
  constexpr Duration kLeast = std::chrono::minutes{15};
  constexpr Duration kMostChained = std::chrono::hours{1};
  const YamlNode* node = fields.find("session_duration");
  if (node == nullptr) return;
  fields.duration("session_duration", calls.session_duration);
  if (!calls.assumes_role())
    diagnostics.add(node->origin, "session_duration is for sts:AssumeRole only; leave it out");
  else if (calls.session_duration < kLeast)
    add_value_fault(*node, "session_duration", "is out of range; it must be from 15m to 1h", diagnostics);
  else if (calls.session_duration > kMostChained)
    add_value_fault(*node, "session_duration",
                    "is refused by AWS (ValidationError): a role's session that assumes a role, which is role "
                    "chaining, gets 1h at most; write 15m to 1h",
                    diagnostics);
}

/// The policy of what is called: given, or that of a role of the scenario.
void read_resource_policy(const FieldReader& fields, Calls& calls, ReadContext& context) {
  if (calls.assumes_role()) {
    if (calls.resource == "*")
      context.diagnostics.add(fields.origin_of("resource"),
                              "sts:AssumeRole needs the role that is assumed; write its ARN as resource");
    const auto role = context.roles_by_arn.find(calls.resource);
    if (role != context.roles_by_arn.end()) calls.role = role->second;
  }
  if (calls.role && fields.find("resource_policy") != nullptr)
    context.diagnostics.add(fields.origin_of("resource_policy"),
                            "the resource is a role of this scenario, whose trust_policy counts; leave resource_policy "
                            "out");
  const auto kind = calls.assumes_role() ? iam::PolicyKind::trust : iam::PolicyKind::resource;
  calls.resource_policy = read_policy(fields, "resource_policy", kind, context);
}

void read_calls(const FieldReader& workload, Calls& calls, ReadContext& context) {
  const YamlNode* node = workload.find("calls");
  if (node == nullptr) return;
  const FieldReader fields(*node, "calls", keys::kCalls, context.diagnostics);
  fields.text("action", calls.action);
  if (!calls.action.empty() && !is_action(calls.action))
    add_value_fault(*fields.find("action"), "action", "is not an action; write it as ec2:DescribeInstances",
                    context.diagnostics);
  fields.text("resource", calls.resource);
  if (calls.resource != "*" && !calls.resource.starts_with("arn:"))
    add_value_fault(*fields.find("resource"), "resource", "is no resource of a call; write its ARN or \"*\"",
                    context.diagnostics);
  read_resource_policy(fields, calls, context);
  fields.flag("filtered", calls.filtered);
  if (calls.filtered && calls.action != "ec2:DescribeInstances")
    context.diagnostics.add(fields.origin_of("filtered"), "filtered is for ec2:DescribeInstances only; leave it out");
  read_chained_duration(fields, calls, context.diagnostics);
  read_call_interval(fields, calls, context);
}

void read_restart(const FieldReader& workload, Workload& target, Diagnostics& diagnostics) {
  if (workload.find("restarts_after") == nullptr) return;
  Duration after{};
  workload.positive_duration("restarts_after", after);
  target.restarts_after = after;
  if (target.credentials == CredentialUse::per_call)
    diagnostics.add(workload.origin_of("restarts_after"),
                    "restarts_after is for a process that keeps its credential; leave it out with per_call");
}

/// The ARN of a call's resource has the partition of the account, as all that it can reach has.
void check_resource_partition(const YamlNode& resource, const Account& account, Diagnostics& diagnostics) {
  constexpr std::string_view kArn = "arn:";
  std::string_view partition = resource.text;
  if (!partition.starts_with(kArn)) return;
  partition.remove_prefix(kArn.size());
  partition = partition.substr(0, partition.find(':'));
  const std::string own(account.partition());
  if (partition != own)
    add_value_fault(resource, "resource",
                    "is in partition " + std::string(partition) + ", and the Regions of its account are in " + own +
                        "; begin it with arn:" + own + ":",
                    diagnostics);
}

void read_connect(const FieldReader& workload, Workload& target, Diagnostics& diagnostics) {
  target.connect_timeout = habits_of(target.client.tool).connect_timeout;
  const YamlNode* node = workload.find("connect");
  if (node == nullptr) return;
  const FieldReader fields(*node, "connect", keys::kConnect, diagnostics);
  fields.share("fast_failures", target.fast_failures);
  fields.duration("timeout", target.connect_timeout);
}

}  // namespace

Workload read_workload(const YamlNode& node, std::optional<std::size_t> account, const Resource& resource,
                       ReadContext& context) {
  const FieldReader fields(node, "a workload", keys::kWorkload, context.diagnostics);
  Workload workload;
  workload.place = scenario_place(node);
  fields.name("name", workload.name);
  read_client(fields, workload.client, context.diagnostics);
  if (const YamlNode* profile = fields.find("profile"))
    workload.profile = read_text(*profile, "profile", context.diagnostics);
  workload.region = resource.region;
  if (account)
    if (const auto other = read_region_reference(fields, "region", *account, context)) workload.region = *other;
  workload.credentials = default_credential_use(workload.client.tool);
  fields.word<CredentialUse>("credentials", workload.credentials, kCredentialUses);
  read_restart(fields, workload, context.diagnostics);
  fields.word<WorkloadStart>("starts", workload.starts, kStarts);
  read_wait(fields, workload.wait, context);
  read_calls(fields, workload.calls, context);
  if (const YamlNode* calls = fields.find("calls"); calls != nullptr && account)
    if (const YamlNode* called = calls->find("resource"))
      check_resource_partition(*called, context.scenario.accounts[*account], context.diagnostics);
  read_retry(fields, workload, context.diagnostics);
  read_connect(fields, workload, context.diagnostics);
  if (const YamlNode* latency = fields.find("latency"))
    workload.latency = read_distribution(*latency, "latency", context);
  workload.request_context = read_request_context(fields, resource.request_context, context.diagnostics);
  return workload;
}

}  // namespace credsim
