#include "program/init_command.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iostream>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "credsim/appstream_quota.hpp"
#include "credsim/policy.hpp"

#include "iam/spelling.hpp"
#include "program/command_line.hpp"
#include "program/output_file.hpp"
#include "scenario/json_source.hpp"
#include "scenario/policy_reader.hpp"
#include "scenario/policy_wrapper.hpp"
#include "scenario/yaml_source.hpp"

namespace credsim {
namespace {

namespace po = boost::program_options;
using Json = nlohmann::ordered_json;

const CommandHelp kHelp{"init",
                        "Writes a commented scenario to start from. Every value says whether AWS\n"
                        "documents it or we assume it.",
                        {},
                        "credsim init -o fleet.yaml && credsim run fleet.yaml\n"
                        "credsim init --instances 5000 --region eu-west-1 > storm.yaml\n"
                        "credsim init --fleet-type elastic --role-policy role.json -o elastic.yaml\n"
                        "\n"
                        "exit status: 0 done; 1 could not write; 2 wrong usage"};

constexpr std::array<std::string_view, 3> kFleetTypes{"always_on", "on_demand", "elastic"};

constexpr std::int64_t kAddressesOfLargestSubnet = 65'531;  // a /16 less the five that AWS keeps
constexpr std::int64_t kMostSubnets = 256;                  // of /16 in 10.0.0.0/8
constexpr std::int64_t kMostInstances = kMostSubnets * kAddressesOfLargestSubnet;

struct InitOptions {
  std::int64_t instances = 100;
  std::string_view fleet_type = kFleetTypes.front();
  std::string region = "us-east-1";
  std::optional<Json> role_policy;
  std::optional<std::string> output;

  [[nodiscard]] bool elastic() const { return fleet_type == "elastic"; }
};

po::options_description declared_options() {
  po::options_description options("options", kHelpColumns);
  auto add = options.add_options();
  const auto text = [](const char* name) { return po::value<std::string>()->value_name(name); };
  add("instances", text("N"), "of the fleet; of an elastic one, its sessions at once (100)");
  add("fleet-type", text("TYPE"), "always_on, on_demand or elastic (always_on)");
  add("region", text("REGION"), "where the fleet is (us-east-1)");
  add("role-policy", text("FILE"), "a JSON policy for the role instead of one that allows ec2:DescribeInstances");
  add("output,o", text("FILE"), "writes there instead of to standard output; never over a file that exists");
  return options;
}

/// Reads and judges the policy; nothing, and said what is wrong, if it is none.
std::optional<Json> read_role_policy(const std::string& path) {
  Diagnostics diagnostics(path);
  std::string fault;
  const auto text = read_text_file(path, fault);
  if (!text) diagnostics.add({}, fault);
  auto document = text ? parse_json(*text, 0, diagnostics) : std::nullopt;
  if (document) document = unwrap_policy(std::move(*document), iam::PolicyKind::identity, diagnostics);
  if (document && parse_policy(*document, iam::PolicyKind::identity, diagnostics)) {
    // In the order in which it was written, unless the AWS CLI wrote it.
    Json as_written = Json::parse(*text);
    return as_written.contains("Statement") ? as_written : Json::parse(document->value.dump());
  }
  for (const Diagnostic& diagnostic : diagnostics.in_order()) std::cerr << diagnostic.text() << "\n";
  return std::nullopt;
}

bool is_region_name(const std::string& name) {
  return !name.empty() && name.size() <= 32 && name[0] >= 'a' && name[0] <= 'z' &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos;
}

std::optional<InitOptions> read_options(std::span<const std::string> arguments, ExitCode& end) {
  const auto line = read_command_line(kHelp, declared_options(), arguments, end);
  if (!line) return std::nullopt;
  end = ExitCode::usage;
  InitOptions options;
  if (line->has("instances")) {
    const auto instances = whole_number(line->text("instances"), 1, kMostInstances);
    if (!instances) {
      say_out_of_range("init", "instances", line->text("instances"), 1, kMostInstances);
      return std::nullopt;
    }
    options.instances = static_cast<std::int64_t>(*instances);
  }
  if (line->has("fleet-type")) {
    const auto found = std::find(kFleetTypes.begin(), kFleetTypes.end(), line->text("fleet-type"));
    if (found == kFleetTypes.end()) {
      say_error("init", "there is no --fleet-type " + line->text("fleet-type") + "; " +
                            iam::suggestion(line->text("fleet-type"), kFleetTypes));
      return std::nullopt;
    }
    options.fleet_type = *found;
  }
  if (line->has("region")) options.region = line->text("region");
  if (!is_region_name(options.region)) {
    say_error("init", "--region " + options.region + " is not a Region's name; write one such as us-east-1");
    return std::nullopt;
  }
  if (line->has("role-policy")) {
    options.role_policy = read_role_policy(line->text("role-policy"));
    if (!options.role_policy) return std::nullopt;
  }
  if (line->has("output") && !is_standard_output(line->text("output"))) options.output = line->text("output");
  return options;
}

/// Blocks with room for `instances`, at least `least` of them, each as small as possible.
std::string subnets_for(std::int64_t instances, std::int64_t least) {
  const std::int64_t count = std::max(least, (instances + kAddressesOfLargestSubnet - 1) / kAddressesOfLargestSubnet);
  const std::int64_t each = (instances + count - 1) / count;
  int bits = 28;
  while ((std::int64_t{1} << (32 - bits)) - 5 < each) --bits;
  std::string text;
  for (std::int64_t i = 0; i < count; ++i)
    text += (i == 0 ? "10." : ", 10.") + std::to_string(i) + ".0.0/" + std::to_string(bits);
  return "[" + text + "]";
}

std::string indented(const std::string& text, std::size_t spaces) {
  std::string result;
  for (const char character : text) {
    result += character;
    if (character == '\n') result += std::string(spaces, ' ');
  }
  return result;
}

/// Arrivals of each hour: none while the fleet gets ready, then for three instances of four with sessions of 2.2 hours.
std::string arrivals_for(std::int64_t instances) {
  const std::int64_t tenths = std::max<std::int64_t>(1, instances * 75 / 22);
  const std::string each = std::to_string(tenths / 10) + (tenths < 100 ? "." + std::to_string(tenths % 10) : "");
  std::string text = "0";
  for (int hour = 1; hour < 12; ++hour) text += ", " + each;
  return text;
}

constexpr std::string_view kInstanceType = "stream.standard.medium";

/// AppStream's quota for the fleet's instances, as a new account has it if that is enough.
std::string instance_quota_for(const InitOptions& options) {
  const InstanceQuotaKind kind =
      options.elastic() ? InstanceQuotaKind::elastic_sessions : InstanceQuotaKind::fleet_instances;
  const std::string key = options.elastic() ? "elastic_sessions" : "instances";
  const std::int64_t documented = documented_instance_quota(kind, kInstanceType).value_or(0);
  const std::int64_t quota = std::max(documented, options.instances);
  return key + ": {" + std::string(kInstanceType) + ": " + std::to_string(quota) + "}  # " +
         (quota == documented ? "documented: the default quota, adjustable"
                              : "assumed: raised from the documented default of " + std::to_string(documented));
}

/// The template's placeholders and what stands for them. A line that is only an empty placeholder goes.
using Values = std::vector<std::pair<std::string_view, std::string>>;

Values values_of(const InitOptions& options) {
  const std::int64_t instances = options.instances;
  // As CreateNetworkInterface allows, five a second, but at most four hours.
  const std::int64_t start_minutes = std::clamp<std::int64_t>((instances / 300 + 1) * 5 / 4, 5, 240);
  const std::string interfaces =
      instances <= 5000 ? "5000  # documented: the default quota, adjustable"
                        : std::to_string(instances) + "  # assumed: raised from the documented default of 5000";
  const std::string size = options.elastic()
                               ? "max_concurrent: " + std::to_string(instances) + "  # yours: sessions at once"
                               : "instances: " + std::to_string(instances) + "  # yours";
  const std::string policy =
      options.role_policy
          ? "- " + indented(options.role_policy->dump(2, ' ', false, Json::error_handler_t::replace), 8)
          : "- Version: \"2012-10-17\"\n"
            "        Statement:\n"
            "          - Effect: Allow\n"
            "            Action: \"ec2:DescribeInstances\"\n"
            "            Resource: \"*\"  # this action knows no narrower one\n"
            "            # The guide: limit where the credentials can be used. Here to the VPC endpoint of the fleet.\n"
            "            Condition: {StringEquals: {\"aws:SourceVpce\": vpce-0123456789abcdef0}}";
  return {
      {"@TYPE@", std::string(options.fleet_type)},
      {"@REGION@", options.region},
      {"@NAME@", std::string(options.fleet_type) + "-" + std::to_string(instances)},
      {"@INTERFACES@", interfaces},
      {"@INSTANCE_QUOTA@", instance_quota_for(options)},
      {"@INSTANCE_TYPE@", std::string(kInstanceType)},
      {"@POLICY@", policy},
      {"@SUBNETS@", subnets_for(instances, options.elastic() ? 2 : 1)},
      {"@WAY_OUT@", options.role_policy
                        ? "egress: {addresses: [203.0.113.0/28]}  # yours: what AWS sees as aws:SourceIp"
                        : "vpc_endpoint: vpce-0123456789abcdef0  # yours, or none"},
      {"@SIZE@", size},
      {"@ON_DEMAND@", options.fleet_type == "on_demand"
                          ? "on_demand: {start: {uniform: [60s, 120s]}}  # documented: 1 to 2 minutes; assumed: uniform"
                          : ""},
      {"@START@", options.elastic() ? ""
                                    : "start: {uniform: [0s, " + std::to_string(start_minutes) +
                                          "m]}  # yours: when the first instances begin"},
      {"@BOOT@", options.elastic()
                     ? "boot: {uniform: [30s, 2m]}  # assumed: from AWS's pool, with the download of the app block"
                     : "boot: {uniform: [10m, 20m]}  # documented range, assumed shape"},
      {"@ARRIVALS@", arrivals_for(instances)},
      {"@GAPS@", options.fleet_type == "always_on" ? "- credential_gap_seconds.count == 0" : ""}};
}

constexpr std::string_view kTemplate = R"(# A scenario for credsim, written by `credsim init`.
#   credsim check FILE   audits it      credsim run FILE   simulates it
# "documented" is what AWS publishes, "guide" its page on IAM roles for AppStream instances, "assumed" is for you to
# measure or to try values of, "yours" stands for what only you know.

version: 1
name: @NAME@
start: 2026-01-05T08:00:00Z  # UTC; a Monday
duration: 12h
seed: 42  # the same seed gives the same run

accounts:
  - id: "123456789012"  # yours
    regions:
      - name: @REGION@
        sts:
          service: unlimited  # assumed: the limit of AppStream's own calls is not published
          account: {rate: 600/s, burst: 600}  # documented rate, assumed burst: what scripts' STS calls spend
          latency: {lognormal: {median: 60ms, p99: 400ms}}  # assumed
        ec2:
          describe_instances: {rate: 10/s, burst: 50}  # documented: without filters and pages
          describe_instances_filtered: {rate: 20/s, burst: 100}  # documented
          create_network_interface: {rate: 5/s, burst: 100}  # documented: every new instance spends one
          delete_network_interface: {rate: 5/s, burst: 100}  # documented: every instance that ends spends one
          network_interfaces: @INTERFACES@
        appstream:
          @INSTANCE_QUOTA@

roles:
  - name: AppStreamMachineRole
    account: "123456789012"  # guide: that of the fleet
    # The guide's trust policy, with the condition that AWS advises against confused deputies.
    trust_policy:
      Version: "2012-10-17"
      Statement:
        - Effect: Allow
          Principal: {Service: [appstream.amazonaws.com]}
          Action: "sts:AssumeRole"
          Condition: {StringEquals: {"aws:SourceAccount": "123456789012"}}
    policies:
      @POLICY@

images:
  - name: base
    agent_released: 2024-05-01  # yours; guide: on or after 2019-09-03

fleets:
  - name: main
    account: "123456789012"
    region: @REGION@
    type: @TYPE@
    instance_type: @INSTANCE_TYPE@  # yours
    image: base
    role: AppStreamMachineRole
    subnets: @SUBNETS@  # documented: at most /16 each, of which AWS keeps five addresses
    @WAY_OUT@
    @SIZE@
    provisioning:
      @START@
      @BOOT@
      agent: {after: boot, delay: {lognormal: {median: 5s, p99: 30s}}}  # assumed: until its first AssumeRole
      eni: {after: boot, delay: {lognormal: {median: 20s, p99: 150s}}}  # assumed: until the network is there
      retry_interval: 60s  # assumed: when a quota is full or no address is left
    @ON_DEMAND@
    credentials:
      lifetime: 1h  # guide
      lead: 5m  # assumed: guide says "every hour", which read to the letter is 0
      jitter: 60s  # assumed
      retry: {max_attempts: 5, base: 1s, cap: 60s, jitter: full, interval: 60s}  # assumed
    sessions:
      arrivals: {per_hour: [@ARRIVALS@]}  # yours: none while the fleet gets ready
      duration: {lognormal: {median: 2h, p99: 5h}}  # yours
      wait: 5m  # assumed: how long somebody waits for an instance
    workloads:
      - name: login-script
        client: {tool: aws_cli}  # each command is a new process that reads the profile
        profile: appstream_machine_role  # guide: without it every call fails
        credentials: per_call
        starts: session_start
        wait: {poll: {interval: 1s, timeout: 60s}}  # guide: wait for the network interface
        calls: {action: "ec2:DescribeInstances", resource: "*", every: {exponential: {mean: 10m}}}  # yours
        retry: {mode: standard_2026, max_attempts: 3}  # documented: the default since AWS CLI 2.40
        connect: {fast_failures: 80%, timeout: 60s}  # assumed share, documented time-out

# What must hold at the end; a miss is exit status 3.
thresholds:
  - instances_never_served == 0
  - api_call_failure_ratio{workload=login-script} < 0.01
  @GAPS@
)";

std::string scenario_text(const InitOptions& options) {
  std::string text(kTemplate);
  for (const auto& [placeholder, value] : values_of(options))
    for (std::size_t at = text.find(placeholder); at != std::string::npos; at = text.find(placeholder, at)) {
      std::size_t from = at;
      std::size_t length = placeholder.size();
      if (value.empty()) {
        from = text.rfind('\n', at) + 1;
        length = text.find('\n', at) + 1 - from;
      }
      text.replace(from, length, value);
      at = from + value.size();
    }
  return text;
}

}  // namespace

int init_command(std::span<const std::string> arguments) {
  ExitCode end = ExitCode::done;
  const auto options = read_options(arguments, end);
  if (!options) return exit_status(end);
  const std::string text = scenario_text(*options);
  if (!options->output) {
    std::cout << text;
    return exit_status(ExitCode::done);
  }
  if (const auto fault = write_whole_file(*options->output, text, Existing::is_kept)) {
    say_error("init", *fault);
    return exit_status(ExitCode::could_not);
  }
  return exit_status(ExitCode::done);
}

}  // namespace credsim
