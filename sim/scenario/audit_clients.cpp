#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "credsim/role.hpp"

#include "iam/ip_range.hpp"
#include "scenario/audit_findings.hpp"
#include "scenario/audit_load.hpp"
#include "scenario/audit_permission.hpp"
#include "scenario/audit_text.hpp"

namespace credsim::audit {
namespace {

using Seconds = std::chrono::duration<double>;

constexpr double kShareWorthSaying = 0.01;

struct Script {
  const Scenario& scenario;
  const Resource& resource;
  const Workload& workload;

  [[nodiscard]] std::string subject() const { return workload_text(resource, workload); }
  [[nodiscard]] SourcePlace place() const { return place_or(workload.place, resource.place); }
  [[nodiscard]] const Region& region() const { return scenario.accounts[resource.account].regions[workload.region]; }
};

std::string version_text(const Version& version) {
  std::string text;
  for (const std::uint32_t part : version) text += (text.empty() ? "" : ".") + std::to_string(part);
  return text;
}

void audit_set_up(const Script& script, Findings& findings) {
  const Workload& workload = script.workload;
  if (roles_of(script.resource).empty())
    findings.add(
        "workload-without-role", script.subject(), script.place(),
        resource_text(script.resource) + " has no role, so every call fails for want of credentials; name a role");
  if (workload.profile != kMachineRoleProfile)
    findings.add(
        "profile-not-named", script.subject(), script.place(),
        "names " + (workload.profile ? "the profile \"" + *workload.profile + "\"" : std::string("no profile")) +
            ", so every call fails with insufficient permissions; set profile: " + std::string(kMachineRoleProfile));
  if (workload.client.too_old()) {
    const bool tools = workload.client.version && *workload.client.version < kFirstPowerShellVersion;
    findings.add("client-too-old", script.subject(), script.place(),
                 (tools ? "AWS Tools for PowerShell " + version_text(*workload.client.version)
                        : "AWS SDK for .NET " + version_text(*workload.client.sdk_version)) +
                     " does not know the profile; use at least " +
                     version_text(tools ? kFirstPowerShellVersion : kFirstDotNetSdkVersion));
  }
}

void audit_permission(const Script& script, Findings& findings) {
  const std::string& action = script.workload.calls.action;
  const std::string& target = script.workload.calls.resource;
  for (const std::size_t index : roles_of(script.resource)) {
    const Role& role = script.scenario.roles[index];
    Caller caller{script.scenario, script.resource, role, script.region()};
    const std::vector<std::optional<std::uint32_t>> addresses = sample_addresses(script.resource);
    const auto denied = std::find_if(addresses.begin(), addresses.end(), [&](std::optional<std::uint32_t> address) {
      caller.address = address;
      return decide(caller, action, target) != iam::Decision::allowed;
    });
    if (denied == addresses.end()) continue;
    const bool everywhere = std::all_of(addresses.begin(), addresses.end(), [&](std::optional<std::uint32_t> address) {
      caller.address = address;
      return decide(caller, action, target) != iam::Decision::allowed;
    });
    caller.address = *denied;
    findings.add("call-denied", script.subject(), script.place(),
                 action + " on " + target + " is denied with " + role_text(role) +
                     (everywhere ? "" : " from addresses such as " + iam::ipv4_text(**denied)) + ": " +
                     why_refused(caller, action, target) + "; allow it, or change what the workload calls");
  }
}

/// The share of processes, `life` long, that are still there when the credential that they read at their start has
/// expired. It was then up to `oldest` old.
double share_outliving(const Distribution& life, Duration lifetime, Duration oldest) {
  constexpr int kSteps = 64;
  int outliving = 0;
  for (int i = 0; i < kSteps; ++i)
    for (int j = 0; j < kSteps; ++j) {
      const Seconds age = Seconds(oldest) * ((j + 0.5) / kSteps);
      if (Seconds(life.quantile((i + 0.5) / kSteps)) > Seconds(lifetime) - age) ++outliving;
    }
  return outliving / double{kSteps * kSteps};
}

void audit_once(const Script& script, Findings& findings) {
  const auto& [scenario, resource, workload] = script;
  if (workload.credentials != CredentialUse::once) return;
  const CredentialRotation& rotation = resource.credentials;
  const std::string advice = "; use a client that reads the profile again (refreshing, or a process for each call)";
  const bool in_session = workload.starts == WorkloadStart::session_start;
  if (in_session && !resource.sessions) return;
  const Distribution life = workload.calls.once ? workload.calls.interval
                            : in_session        ? resource.sessions->duration
                                                : Distribution::constant(scenario.duration);
  // An always-on instance waits with its credential for the session; the others ask for theirs when it comes.
  const bool waited = in_session && resource.type == ResourceType::always_on;
  const double share =
      share_outliving(life, rotation.lifetime, waited ? std::min(rotation.every, rotation.lifetime) : Duration{});
  if (share < kShareWorthSaying) return;
  findings.add(
      "once-client-outlives-credential", script.subject(), script.place(),
      "reads its credential once, and " +
          (in_session ? "in " + share_text(share) + " of the sessions" : std::string("in the course of the run")) +
          " goes on after the credential's " + duration_text(rotation.lifetime) + ", when every call fails as expired" +
          advice);
}

void audit_refresh(const Script& script, Findings& findings) {
  const auto& [scenario, resource, workload] = script;
  if (workload.calls.once) return;
  const CredentialRotation& rotation = resource.credentials;
  if (workload.credentials == CredentialUse::until_expiry)
    findings.add(
        "until-expiry-without-margin", script.subject(), script.place(),
        "uses each credential up to its expiry, so a late rotation, a slow call or a skewed clock makes calls fail; "
        "read the profile again some minutes earlier");
  const Duration lead = rotation.lifetime - rotation.every;
  const Duration window = habits_of(workload.client.tool).refresh_window;
  if (workload.credentials != CredentialUse::refreshing || lead >= window) return;
  const double share = std::min(1.0, Seconds(window - lead) / Seconds(rotation.every));
  findings.add("helper-runs-in-refresh-window", script.subject(), script.place(),
               "the client asks for a newer credential from " + duration_text(window) +
                   " before the expiry on, and the agent renews " +
                   (lead >= Duration{} ? duration_text(lead) + " before it" : duration_text(-lead) + " after it") +
                   ": " + share_text(share) + " of its calls run the credential helper" +
                   (lead >= Duration{} ? "; none fails for it" : ""));
}

/// `standard` and `adaptive` mean other numbers since the versions of November 2026.
void audit_retry(const Script& script, Findings& findings) {
  const RetryMode mode = script.workload.retry.mode;
  const bool older = mode == RetryMode::standard || mode == RetryMode::adaptive;
  if (!older || default_retry_mode(script.workload.client) != RetryMode::standard_2026) return;
  const std::string name = mode == RetryMode::standard ? "standard" : "adaptive";
  findings.add("older-retry-mode", script.subject(), script.place(),
               "a client of this version does not retry by " + name +
                   " as it was before November 2026; write mode: " + name + "_2026, or the client's version");
}

void audit_rates(const Scenario& scenario, Findings& findings) {
  struct Calling {
    Script script;
    BucketKind bucket;
    double rate;
  };
  std::vector<Calling> callings;
  for (const Resource& resource : scenario.resources)
    for (const Workload& workload : resource.workloads)
      if (const auto bucket = bucket_of(workload.calls))
        callings.push_back({{scenario, resource, workload}, *bucket, calls_per_second(scenario, resource, workload)});

  for (const Calling& calling : callings) {
    const auto& bucket = calling.script.region().buckets[static_cast<std::size_t>(calling.bucket)];
    if (!bucket || calling.rate <= 0) continue;
    double total = 0;
    for (const Calling& other : callings)
      if (other.bucket == calling.bucket && &other.script.region() == &calling.script.region()) total += other.rate;
    if (total <= bucket->net_per_second()) continue;
    const bool alone = total <= calling.rate;
    const bool unfiltered = calling.bucket == BucketKind::describe_instances;
    findings.add(unfiltered                                  ? "unfiltered-describe"
                 : calling.bucket == BucketKind::sts_account ? "sts-call-rate"
                                                             : "filtered-describe",
                 calling.script.subject(), calling.script.place(),
                 "makes up to " + number_text(calling.rate) + " calls a second" +
                     (alone ? "" : " of " + number_text(total) + " together with other workloads") + ", and " +
                     std::string(bucket_name(calling.bucket)) + " refills at " + number_text(bucket->net_per_second()) +
                     "/s, so the rest is throttled; call less often, keep answers" +
                     (unfiltered ? ", or use filters or pages, which have a larger bucket" : ""));
  }
}

}  // namespace

void audit_clients(const Scenario& scenario, Findings& findings) {
  for (const Resource& resource : scenario.resources)
    for (const Workload& workload : resource.workloads) {
      const Script script{scenario, resource, workload};
      audit_set_up(script, findings);
      if (roles_of(resource).empty()) continue;
      audit_permission(script, findings);
      audit_once(script, findings);
      audit_refresh(script, findings);
      audit_retry(script, findings);
    }
  audit_rates(scenario, findings);
}

}  // namespace credsim::audit
