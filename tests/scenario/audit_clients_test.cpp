#include <string>

#include "credsim/finding.hpp"

#include "sound_scenario.hpp"

namespace credsim::test {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

Workload& workload_of(Scenario& scenario) {
  return scenario.resources[0].workloads[0];
}

void give_bucket(Scenario& scenario, BucketKind kind, std::int64_t rate, std::int64_t burst) {
  scenario.accounts[0].regions[0].buckets[static_cast<std::size_t>(kind)] = {{rate, seconds{1}}, burst, {}};
}

void give_sessions(Scenario& scenario, std::int64_t per_hour, Distribution duration) {
  Sessions sessions;
  sessions.arrivals.rate = {per_hour, hours{1}};
  sessions.duration = std::move(duration);
  scenario.resources[0].sessions = sessions;
  workload_of(scenario).starts = WorkloadStart::session_start;
}

TEST_CASE("audit: lifetime-not-one-hour") {
  Scenario scenario = sound_scenario();
  scenario.resources[0].credentials.lifetime = hours{2};
  CHECK(count(scenario, "lifetime-not-one-hour") == 1);
}

TEST_CASE("audit: lifetime-outside-api is for what AssumeRole does not issue") {
  Scenario scenario = sound_scenario();
  auto& lifetime = scenario.resources[0].credentials.lifetime;
  for (const auto& issued : {minutes{15}, minutes{720}}) {
    lifetime = issued;
    CHECK(count(scenario, "lifetime-outside-api") == 0);
  }
  lifetime = minutes{15} - milliseconds{1};
  CHECK(count(scenario, "lifetime-outside-api") == 1);
  lifetime = hours{12} + milliseconds{1};
  CHECK(contains(message(scenario, "lifetime-outside-api"), "15m to 12h"));
  CHECK(count(scenario, "lifetime-not-one-hour") == 0);
}

TEST_CASE("audit: zero-lead begins where the rotation starts at the expiry") {
  Scenario scenario = sound_scenario();
  auto& every = scenario.resources[0].credentials.every;
  every = hours{1} - milliseconds{1};
  CHECK(count(scenario, "zero-lead") == 0);
  every = hours{1};
  CHECK(contains(message(scenario, "zero-lead"), "any delay leaves a gap"));
  every = hours{1} + minutes{5};
  CHECK(contains(message(scenario, "zero-lead"), "5m after the credential has expired"));
  scenario.resources[0].role = std::nullopt;
  CHECK(count(scenario, "zero-lead") == 0);
}

TEST_CASE("audit: assume-role-rate holds the rotations against the service's bucket") {
  Scenario scenario = sound_scenario();
  give_bucket(scenario, BucketKind::sts_service, 1, 1000);
  CHECK(count(scenario, "assume-role-rate") == 0);
  scenario.resources[0].credentials.every = seconds{50};
  CHECK(contains(message(scenario, "assume-role-rate"), "rotations need 2 AssumeRole calls a second"));
}

TEST_CASE("audit: rotations and herds are held against the bucket that pays for them") {
  Scenario scenario = sound_scenario();
  give_bucket(scenario, BucketKind::sts_account, 1, 10);
  scenario.resources[0].provisioning.boot = Distribution::constant(minutes{10});
  scenario.resources[0].credentials.every = seconds{50};
  CHECK(count(scenario, "assume-role-rate") == 0);
  CHECK(count(scenario, "synchronised-refresh") == 0);
  scenario.resources[0].credentials.assume_role_spends = BucketKind::sts_account;
  CHECK(contains(message(scenario, "assume-role-rate"), "sts.account serves 1/s"));
  CHECK(contains(message(scenario, "synchronised-refresh"), "faster than sts.account serves"));
}

TEST_CASE("audit: assume-role-payer-matters where a fleet starts or rotates faster than the account's quota serves") {
  Scenario scenario = sound_scenario();
  Resource& fleet = scenario.resources[0];
  fleet.subnets[0].prefix_bits = 16;
  fleet.instances = 700;
  CHECK(count(scenario, "assume-role-payer-matters") == 0);  // ten minutes of boots spread them

  SECTION("first starts within one second") {
    fleet.provisioning.boot = Distribution::uniform(minutes{10}, minutes{10} + milliseconds{900});
    fleet.provisioning.agent.delay = {};
    const std::string text = message(scenario, "assume-role-payer-matters");
    CHECK(contains(
        text, "its first 700 instances ask close together, and the last waits about 167ms if sts.account pays (600/s"));
    CHECK(contains(text, "compare with credentials.assume_role_spends: account"));
    fleet.credentials.assume_role_spends = BucketKind::sts_account;
    CHECK(contains(message(scenario, "assume-role-payer-matters"), "assume_role_spends: service"));
    fleet.instances = 600;
    CHECK(count(scenario, "assume-role-payer-matters") == 0);
    fleet.instances = 700;
    fleet.role = std::nullopt;
    CHECK(count(scenario, "assume-role-payer-matters") == 0);
  }
  SECTION("rotations") {
    fleet.credentials.every = seconds{1};
    CHECK(contains(message(scenario, "assume-role-payer-matters"), "its rotations need 700 AssumeRole calls a second"));
  }
  SECTION("nothing bounds the account either") {
    fleet.credentials.every = seconds{1};
    scenario.accounts[0].regions[0].buckets[static_cast<std::size_t>(BucketKind::sts_account)] = std::nullopt;
    CHECK(count(scenario, "assume-role-payer-matters") == 0);
  }
}

TEST_CASE("audit: assume-role-payer-matters where those whose rotation a fault kept back ask together at its end") {
  Scenario scenario = sound_scenario();
  Resource& fleet = scenario.resources[0];
  fleet.subnets[0].prefix_bits = 16;
  fleet.instances = 4000;
  Fault pause;
  pause.name = "pause";
  pause.kind = FaultKind::agent_paused;
  pause.at = SimTime{hours{3}};
  pause.until = pause.at + minutes{9};
  scenario.faults = {pause};
  // A fifth of the rotations of 45 minutes: 800 at one moment, 200 more than the burst.
  CHECK(contains(message(scenario, "assume-role-payer-matters"),
                 "when pause ends all ask whose rotation was due meanwhile, and the last waits about 333ms"));
  // Agents that STS has refused ask again within the minute of their retry interval.
  scenario.faults[0].kind = FaultKind::sts_outage;
  CHECK(count(scenario, "assume-role-payer-matters") == 0);
  fleet.instances = 200'000;
  fleet.subnets[0].prefix_bits = 8;
  fleet.provisioning.start = Distribution::uniform(seconds{0}, hours{2});
  CHECK(contains(message(scenario, "assume-role-payer-matters"), "when pause ends all ask"));
  scenario.faults[0].scope.region = "eu-west-1";
  CHECK(count(scenario, "assume-role-payer-matters") == 0);
}

TEST_CASE("audit: synchronised-refresh says how long the last of a herd of first attempts waits at least") {
  Scenario scenario = sound_scenario();
  give_bucket(scenario, BucketKind::sts_service, 1, 10);
  scenario.resources[0].provisioning.boot = Distribution::constant(minutes{10});
  CHECK(contains(message(scenario, "synchronised-refresh"), "the last waits at least 1m30s, which spreads"));
  CHECK(contains(message(scenario, "synchronised-refresh"), "credentials.jitter moves later rotations alone"));
  // No first attempt has a jitter, and throttling spreads the later ones: jitter would change nothing.
  scenario.resources[0].credentials.jitter = minutes{2};
  CHECK(count(scenario, "synchronised-refresh") == 1);
  // Ninety are refused and come back together every minute, to ten tokens.
  scenario.resources[0].credentials.retry.max_attempts = 1;
  CHECK(contains(message(scenario, "synchronised-refresh"), "the last waits at least 9m, "));
  scenario.resources[0].provisioning.start = Distribution::uniform(seconds{0}, minutes{20});
  CHECK(count(scenario, "synchronised-refresh") == 0);
}

TEST_CASE("audit: workload-without-role is about roles that never come") {
  Scenario scenario = sound_scenario();
  scenario.resources[0].role = std::nullopt;
  CHECK(count(scenario, "workload-without-role") == 1);
  scenario.resources[0].role_changes = {{SimTime{hours{1}}, 0}};
  CHECK(count(scenario, "workload-without-role") == 0);
}

TEST_CASE("audit: profile-not-named") {
  Scenario scenario = sound_scenario();
  workload_of(scenario).profile = std::nullopt;
  CHECK(contains(message(scenario, "profile-not-named"), "appstream_machine_role"));
}

TEST_CASE("audit: client-too-old knows the oldest PowerShell tools and SDK") {
  Scenario scenario = sound_scenario();
  Client& client = workload_of(scenario).client;
  client = {ClientTool::powershell, kFirstPowerShellVersion, kFirstDotNetSdkVersion};
  CHECK(count(scenario, "client-too-old") == 0);
  client.version = Version{3, 3, 563, 0};
  CHECK(contains(message(scenario, "client-too-old"), "use at least 3.3.563.1"));
  client = {ClientTool::powershell, std::nullopt, Version{3, 3, 103, 21}};
  CHECK(contains(message(scenario, "client-too-old"), "use at least 3.3.103.22"));
}

TEST_CASE("audit: call-denied says which policy is in the way") {
  Scenario scenario = sound_scenario();
  Role& role = scenario.roles[0];
  auto& control_policies = scenario.accounts[0].regions[0].service_control_policies;
  workload_of(scenario).calls.action = "s3:ListAllMyBuckets";
  CHECK(contains(message(scenario, "call-denied"), "no policy of the role allows it"));
  role.policies.clear();
  CHECK(contains(message(scenario, "call-denied"), "the role has no permission policy"));
  role.policies = {allow("s3:ListAllMyBuckets")};
  CHECK(count(scenario, "call-denied") == 0);
  role.permissions_boundary = allow("ec2:*");
  CHECK(contains(message(scenario, "call-denied"), "the permissions boundary does not allow it"));
  role.permissions_boundary = std::nullopt;
  control_policies = {{"", {allow("ec2:*")}}};
  CHECK(contains(message(scenario, "call-denied"), "the service control policy does not allow it"));
  control_policies = {{"root", {allow("*")}}, {"design", {allow("ec2:*"), allow("sqs:*")}}};
  CHECK(contains(message(scenario, "call-denied"), "the service control policies of level design do not allow it"));
  control_policies = {{"root", {allow("*")}}, {"design", {allow("*"), policy(R"({"Version": "2012-10-17", "Statement": [
      {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]})")}}};
  CHECK(contains(message(scenario, "call-denied"), "a Deny in the service control policies of level design forbids"));
}

TEST_CASE("audit: call-denied names the trust policy of the role that a script assumes") {
  Scenario scenario = sound_scenario();
  scenario.accounts.push_back({.id = "210987654321", .regions = scenario.accounts[0].regions});
  scenario.roles.push_back(sound_role());
  Role& reader = scenario.roles[1];
  reader.name = "Reader";
  reader.account = "210987654321";
  Calls& calls = workload_of(scenario).calls;
  calls.action = "sts:AssumeRole";
  calls.resource = reader.arn();
  calls.role = 1;
  scenario.roles[0].policies = {allow("sts:AssumeRole")};
  CHECK(contains(message(scenario, "call-denied"), ": the trust policy of role Reader does not allow it"));
  reader.trust_policy = policy(R"({"Statement": [{"Effect": "Allow", "Principal": {"AWS": "123456789012"},
      "Action": "sts:AssumeRole"}]})",
                               iam::PolicyKind::trust);
  CHECK(count(scenario, "call-denied") == 0);
  reader.trust_policy = policy(R"({"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"}]})",
                               iam::PolicyKind::trust);
  CHECK(contains(message(scenario, "call-denied"), "a Deny in the trust policy of role Reader forbids it"));
  reader.trust_policy = std::nullopt;
  CHECK(contains(message(scenario, "call-denied"), "the trust policy of role Reader is missing"));
  scenario.roles[0].policies = {allow("ec2:*")};
  CHECK(contains(message(scenario, "call-denied"), "no policy of the role allows it, and the trust policy of"));
}

TEST_CASE("audit: call-denied names the policy of a resource of another account") {
  Scenario scenario = sound_scenario();
  Calls& calls = workload_of(scenario).calls;
  calls.action = "sqs:SendMessage";
  calls.resource = "arn:aws:sqs:us-east-1:210987654321:jobs";
  scenario.roles[0].policies = {allow("sqs:*")};
  const auto for_account = [](const std::string& account) {
    return policy(
        R"({"Statement": [{"Effect": "Allow", "Action": "sqs:*", "Principal": {"AWS": ")" + account + R"("}}]})",
        iam::PolicyKind::resource);
  };
  calls.resource_policy = for_account("111122223333");
  CHECK(contains(message(scenario, "call-denied"), "the policy of arn:aws:sqs:us-east-1:210987654321:jobs does not"));
  calls.resource_policy = for_account("123456789012");
  CHECK(count(scenario, "call-denied") == 0);
}

TEST_CASE("audit: call-denied finds egress addresses that a condition on aws:SourceIp leaves out") {
  Scenario scenario = sound_scenario();
  Resource& fleet = scenario.resources[0];
  fleet.egress.push_back({198U << 24 | 51U << 16 | 100U << 8 | 7U});
  CHECK(contains(message(scenario, "call-denied"), "from addresses such as 198.51.100.7"));
  // A block of which the last addresses are left out.
  fleet.egress = {{203U << 24 | 113U << 8, 27}};
  CHECK(contains(message(scenario, "call-denied"), "from addresses such as 203.0.113.31"));
  fleet.egress = {{198U << 24 | 51U << 16 | 100U << 8, 24}};
  CHECK(contains(message(scenario, "call-denied"), "is denied with role MachineRole: no policy"));
}

TEST_CASE("audit: call-denied finds subnets that a condition on aws:VpcSourceIp leaves out") {
  Scenario scenario = sound_scenario();
  scenario.resources[0].vpc_endpoint = "vpce-1";
  scenario.roles[0].policies = {allow("ec2:DescribeInstances", R"({"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}})")};
  CHECK(count(scenario, "call-denied") == 0);
  scenario.resources[0].subnets.push_back({172U << 24 | 16U << 16, 24, {24, 30}});
  CHECK(contains(message(scenario, "call-denied"), "from addresses such as 172.16.0.4"));
}

TEST_CASE("audit: once-client-outlives-credential in the run") {
  Scenario scenario = sound_scenario();
  workload_of(scenario).credentials = CredentialUse::once;
  CHECK(contains(message(scenario, "once-client-outlives-credential"), "in the course of the run"));
  scenario.duration = minutes{59};
  CHECK(count(scenario, "once-client-outlives-credential") == 0);
}

TEST_CASE("audit: once-client-outlives-credential in sessions, where a credential may be old already") {
  Scenario scenario = sound_scenario();
  workload_of(scenario).credentials = CredentialUse::once;
  give_sessions(scenario, 1, Distribution::constant(minutes{10}));
  CHECK(count(scenario, "once-client-outlives-credential") == 0);
  // The credential is 0 to 45 minutes old at the start, so it lasts half of the sessions of 37.5 minutes.
  scenario.resources[0].sessions->duration = Distribution::constant(seconds{2250});
  CHECK(contains(message(scenario, "once-client-outlives-credential"), "in 50 % of the sessions"));
  scenario.resources[0].type = ResourceType::on_demand;
  CHECK(count(scenario, "once-client-outlives-credential") == 0);
}

TEST_CASE("audit: until-expiry-without-margin") {
  Scenario scenario = sound_scenario();
  workload_of(scenario).credentials = CredentialUse::until_expiry;
  CHECK(count(scenario, "until-expiry-without-margin") == 1);
}

TEST_CASE("audit: helper-runs-in-refresh-window gives the share of calls by the tool's window") {
  Scenario scenario = sound_scenario();
  workload_of(scenario).credentials = CredentialUse::refreshing;
  auto& every = scenario.resources[0].credentials.every;
  every = minutes{45};
  CHECK(count(scenario, "helper-runs-in-refresh-window") == 0);
  every = minutes{55};
  CHECK(contains(message(scenario, "helper-runs-in-refresh-window"), "18.2 % of its calls run the credential helper"));
  workload_of(scenario).client.tool = ClientTool::javascript;
  CHECK(count(scenario, "helper-runs-in-refresh-window") == 0);
  every = hours{1};
  CHECK(contains(message(scenario, "helper-runs-in-refresh-window"), "8.3 % of its calls run the credential helper"));
  workload_of(scenario).client.tool = ClientTool::go;
  CHECK(count(scenario, "helper-runs-in-refresh-window") == 0);
}

TEST_CASE("audit: older-retry-mode is for a client whose version has newer numbers of that name") {
  Scenario scenario = sound_scenario();
  Workload& workload = workload_of(scenario);
  workload.client = {ClientTool::boto3, {}, {}};
  workload.retry.mode = RetryMode::standard;
  CHECK(contains(message(scenario, "older-retry-mode"), "write mode: standard_2026"));
  workload.client.version = Version{1, 43, 67};
  CHECK(count(scenario, "older-retry-mode") == 0);
  workload.client.version.reset();
  workload.retry.mode = RetryMode::legacy;
  CHECK(count(scenario, "older-retry-mode") == 0);
}

TEST_CASE("audit: profile-not-named is for every profile but the agent's, compared with its case") {
  Scenario scenario = sound_scenario();
  CHECK(count(scenario, "profile-not-named") == 0);
  for (const char* profile : {"Appstream_Machine_Role", "appstream_machine_role ", "default"}) {
    workload_of(scenario).profile = profile;
    CHECK(contains(message(scenario, "profile-not-named"), "names the profile \"" + std::string(profile) + "\""));
  }
}

TEST_CASE("audit: no-network-wait estimates the share of first calls that are lost") {
  Scenario scenario = sound_scenario();
  Workload& workload = workload_of(scenario);
  scenario.resources[0].provisioning.agent.delay = Distribution{};
  scenario.accounts[0].regions[0].sts_latency = Distribution{};
  scenario.resources[0].provisioning.eni.delay = Distribution::exponential(seconds{60});
  workload.wait = {};
  workload.retry = {RetryMode::none, 1};
  CHECK(count(scenario, "no-network-wait") == 0);  // the first call comes 9 minutes later
  workload.calls.interval = Distribution::constant(seconds{60});
  // exp(−60/60) for those that fail at once, exp(−91/60) for the fifth that looks last after 31 s.
  const std::string text = message(scenario, "no-network-wait");
  const double percent = std::stod(text.substr(text.find("about ") + 6));
  CHECK(percent == Approx(0.8 * 36.8 + 0.2 * 21.9).margin(2.5));
  workload.starts = WorkloadStart::session_start;
  CHECK(count(scenario, "no-network-wait") == 0);
}

TEST_CASE("audit: scripts that start at boot need not wait for an interface that is made within boot") {
  Scenario scenario = sound_scenario();
  Workload& workload = workload_of(scenario);
  scenario.resources[0].provisioning.agent = {.after_boot = false, .delay = {}};
  scenario.accounts[0].regions[0].sts_latency = {};
  workload.wait = {};
  workload.calls.interval = {};
  workload.retry = {RetryMode::none, 1};
  CHECK(count(scenario, "no-network-wait") == 1);
  scenario.resources[0].provisioning.eni = {.after_boot = true, .delay = {}};
  CHECK(count(scenario, "no-network-wait") == 0);
  workload.starts = WorkloadStart::provision;
  CHECK(count(scenario, "no-network-wait") == 1);
}

TEST_CASE("audit: no-network-wait knows how long retries go on") {
  Scenario scenario = sound_scenario();
  Workload& workload = workload_of(scenario);
  workload.wait = {};
  workload.calls.interval = Distribution::constant(seconds{6});
  workload.retry = {RetryMode::standard, 3};
  scenario.resources[0].provisioning.eni.delay = Distribution::constant(seconds{10});
  CHECK(contains(message(scenario, "no-network-wait"), "at least 51.2 % of the first calls"));
  workload.retry = {RetryMode::legacy, 5};
  CHECK(count(scenario, "no-network-wait") == 0);
  workload.retry = {RetryMode::standard_2026, 3};
  CHECK(contains(message(scenario, "no-network-wait"), "give up after 150ms"));
}

TEST_CASE("audit: network-wait-too-short finds short sleeps and early time-outs") {
  Scenario scenario = sound_scenario();
  Workload& workload = workload_of(scenario);
  workload.retry = {RetryMode::none, 1};
  workload.calls.interval = Distribution::constant(seconds{1});
  scenario.resources[0].provisioning.eni.delay = Distribution::constant(seconds{30});
  workload.wait = {NetworkWait::Kind::fixed, Distribution::constant(seconds{30}), {}, {}};
  CHECK(count(scenario, "network-wait-too-short") == 0);
  workload.wait.fixed = Distribution::constant(seconds{20});
  CHECK(contains(message(scenario, "network-wait-too-short"), "about 80 %"));  // the rest waits for the path
  workload.wait = {NetworkWait::Kind::poll, {}, seconds{1}, seconds{20}};
  CHECK(count(scenario, "network-wait-too-short") == 1);
}

TEST_CASE("audit: calls-before-first-credential") {
  Scenario scenario = sound_scenario();
  workload_of(scenario).calls.interval = Distribution::constant(seconds{6});
  workload_of(scenario).wait = {};
  CHECK(count(scenario, "calls-before-first-credential") == 0);  // delivered 5.06 s after boot
  workload_of(scenario).calls.interval = Distribution::constant(seconds{5});
  CHECK(contains(message(scenario, "calls-before-first-credential"), "about 100 %"));
}

TEST_CASE("audit: unfiltered-describe gives the fleet's rate and the bucket's") {
  Scenario scenario = sound_scenario();
  Workload& workload = workload_of(scenario);
  workload.calls.interval = Distribution::constant(seconds{10});
  CHECK(count(scenario, "unfiltered-describe") == 0);  // 10/s for 10/s
  workload.calls.interval = Distribution::constant(seconds{4});
  CHECK(contains(message(scenario, "unfiltered-describe"), "up to 25 calls a second"));
  CHECK(contains(message(scenario, "unfiltered-describe"), "refills at 10/s"));
  workload.calls.filtered = true;
  CHECK(count(scenario, "unfiltered-describe") == 0);
  CHECK(contains(message(scenario, "filtered-describe"), "refills at 20/s"));
}

TEST_CASE("audit: call rates of a Region add up, and its background load comes first") {
  Scenario scenario = sound_scenario();
  workload_of(scenario).calls.interval = Distribution::constant(seconds{15});
  CHECK(count(scenario, "unfiltered-describe") == 0);
  auto& bucket = scenario.accounts[0].regions[0].buckets[static_cast<std::size_t>(BucketKind::describe_instances)];
  bucket->background = {5, seconds{1}};
  CHECK(contains(message(scenario, "unfiltered-describe"), "refills at 5/s"));
  bucket->background = {};
  scenario.resources[0].workloads.push_back(workload_of(scenario));
  CHECK(count(scenario, "unfiltered-describe") == 2);
  CHECK(contains(findings_of(scenario, "unfiltered-describe").front().message, "of 13.3 together"));
}

TEST_CASE("audit: call rates of login scripts follow the sessions") {
  Scenario scenario = sound_scenario();
  workload_of(scenario).calls.interval = Distribution::constant(seconds{1});
  give_sessions(scenario, 9, Distribution::constant(hours{1}));
  CHECK(count(scenario, "unfiltered-describe") == 0);  // 9 sessions
  give_sessions(scenario, 12, Distribution::constant(hours{1}));
  CHECK(count(scenario, "unfiltered-describe") == 1);
  workload_of(scenario).calls.once = true;
  CHECK(count(scenario, "unfiltered-describe") == 0);  // 12 an hour
}

TEST_CASE("audit: sts-call-rate is about the account's quota") {
  Scenario scenario = sound_scenario();
  Workload& workload = workload_of(scenario);
  workload.calls.action = "sts:GetCallerIdentity";
  workload.calls.interval = Distribution::constant(seconds{1});
  CHECK(count(scenario, "sts-call-rate") == 0);
  workload.calls.interval = Distribution::constant(milliseconds{100});
  CHECK(contains(message(scenario, "sts-call-rate"), "sts.account refills at 600/s"));
}

}  // namespace
}  // namespace credsim::test
