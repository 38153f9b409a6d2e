#pragma once

#include <array>
#include <span>
#include <string_view>

namespace credsim {

/// A key that a mapping of a scenario may have.
struct Key {
  std::string_view name;
  bool required = false;
};

/// The keys of one kind of mapping. Its name is that of its definition in scenarios/credsim.schema.json.
struct KeyTable {
  std::string_view name;
  std::span<const Key> keys;
};

namespace keys {

constexpr Key required(std::string_view name) {
  return {name, true};
}
constexpr Key optional(std::string_view name) {
  return {name, false};
}

inline constexpr std::array kScenarioKeys = {
    required("version"),    required("name"),        optional("description"),    required("start"),
    required("duration"),   optional("seed"),        required("accounts"),       optional("roles"),
    optional("images"),     optional("fleets"),      optional("image_builders"), optional("faults"),
    optional("thresholds"), optional("series_step"), optional("warm_up"),
};
inline constexpr KeyTable kScenario{"scenario", kScenarioKeys};

inline constexpr std::array kAccountKeys = {required("id"), required("regions"), optional("request_context")};
inline constexpr KeyTable kAccount{"account", kAccountKeys};

inline constexpr std::array kRegionKeys = {required("name"), optional("sts"), optional("ec2"), optional("appstream"),
                                           optional("service_control_policies")};
inline constexpr KeyTable kRegion{"region", kRegionKeys};

inline constexpr std::array kServiceControlLevelKeys = {required("level"), required("policies")};
inline constexpr KeyTable kServiceControlLevel{"service_control_level", kServiceControlLevelKeys};

inline constexpr std::array kStsKeys = {optional("service"), optional("account"), optional("latency")};
inline constexpr KeyTable kSts{"sts", kStsKeys};

inline constexpr std::array kEc2Keys = {optional("describe_instances"), optional("describe_instances_filtered"),
                                        optional("create_network_interface"), optional("delete_network_interface"),
                                        optional("network_interfaces")};
inline constexpr KeyTable kEc2{"ec2", kEc2Keys};

inline constexpr std::array kAppStreamKeys = {optional("fleets"), optional("image_builders"), optional("instances"),
                                              optional("image_builder_instances"), optional("elastic_sessions")};
inline constexpr KeyTable kAppStream{"appstream", kAppStreamKeys};

inline constexpr std::array kBucketKeys = {required("rate"), optional("burst"), optional("background")};
inline constexpr KeyTable kBucket{"bucket", kBucketKeys};

inline constexpr std::array kPolicyFileKeys = {required("file")};
inline constexpr KeyTable kPolicyFile{"policy_file", kPolicyFileKeys};

inline constexpr std::array kRoleKeys = {
    required("name"),
    optional("path"),
    required("account"),
    optional("kind"),
    optional("trust_policy"),
    optional("policies"),
    optional("permissions_boundary"),
    optional("tags"),
    optional("max_session_duration"),
};
inline constexpr KeyTable kRole{"role", kRoleKeys};

inline constexpr std::array kImageKeys = {required("name"), required("agent_released")};
inline constexpr KeyTable kImage{"image", kImageKeys};

inline constexpr std::array kFleetKeys = {
    required("name"),
    required("account"),
    required("region"),
    required("type"),
    optional("instance_type"),
    optional("image"),
    optional("role"),
    optional("role_changes"),
    required("subnets"),
    optional("default_internet_access"),
    optional("vpc_endpoint"),
    optional("egress"),
    optional("instances"),
    optional("max_concurrent"),
    optional("scaling"),
    optional("provisioning"),
    optional("on_demand"),
    optional("credentials"),
    optional("sessions"),
    optional("workloads"),
    optional("request_context"),
};
inline constexpr KeyTable kFleet{"fleet", kFleetKeys};

inline constexpr std::array kImageBuilderKeys = {
    required("name"),          required("account"),         required("region"),
    optional("instance_type"), optional("image"),           optional("role"),
    optional("role_changes"),  required("subnets"),         optional("default_internet_access"),
    optional("vpc_endpoint"),  optional("egress"),          optional("provisioning"),
    optional("on_demand"),     optional("credentials"),     optional("workloads"),
    optional("stop_start"),    optional("request_context"),
};
inline constexpr KeyTable kImageBuilder{"image_builder", kImageBuilderKeys};

inline constexpr std::array kEgressKeys = {required("addresses")};
inline constexpr KeyTable kEgress{"egress", kEgressKeys};

inline constexpr std::array kRoleChangeKeys = {required("at"), required("role")};
inline constexpr KeyTable kRoleChange{"role_change", kRoleChangeKeys};

inline constexpr std::array kStopStartKeys = {required("stop"), required("start")};
inline constexpr KeyTable kStopStart{"stop_start", kStopStartKeys};

inline constexpr std::array kProvisioningKeys = {optional("start"), optional("boot"), optional("agent"),
                                                 optional("eni"), optional("retry_interval")};
inline constexpr KeyTable kProvisioning{"provisioning", kProvisioningKeys};

inline constexpr std::array kAfterBootKeys = {required("after"), required("delay")};
inline constexpr KeyTable kAfterBoot{"after_boot", kAfterBootKeys};

inline constexpr std::array kWithinBootKeys = {required("within")};
inline constexpr KeyTable kWithinBoot{"within_boot", kWithinBootKeys};

inline constexpr std::array kOnDemandKeys = {optional("start")};
inline constexpr KeyTable kOnDemand{"on_demand", kOnDemandKeys};

inline constexpr std::array kCredentialsKeys = {optional("lifetime"), optional("lead"),
                                                optional("every"),    optional("jitter"),
                                                optional("retry"),    optional("assume_role_spends")};
inline constexpr KeyTable kCredentials{"credentials", kCredentialsKeys};

inline constexpr std::array kAgentRetryKeys = {optional("max_attempts"), optional("base"), optional("cap"),
                                               optional("jitter"), optional("interval")};
inline constexpr KeyTable kAgentRetry{"agent_retry", kAgentRetryKeys};

inline constexpr std::array kSessionsKeys = {required("arrivals"), required("duration"), optional("wait")};
inline constexpr KeyTable kSessions{"sessions", kSessionsKeys};

inline constexpr std::array kArrivalsKeys = {optional("poisson"), optional("per_hour"), optional("daily"),
                                             optional("file")};
inline constexpr KeyTable kArrivals{"arrivals", kArrivalsKeys};

inline constexpr std::array kScalingKeys = {required("min"), required("max"), optional("target_utilisation"),
                                            optional("steps"), optional("schedule")};
inline constexpr KeyTable kScaling{"scaling", kScalingKeys};

inline constexpr std::array kScalingStepKeys = {optional("above"), optional("below"), required("change"),
                                                optional("cooldown")};
inline constexpr KeyTable kScalingStep{"scaling_step", kScalingStepKeys};

inline constexpr std::array kScheduledScalingKeys = {required("at"), required("min"), required("max")};
inline constexpr KeyTable kScheduledScaling{"scheduled_scaling", kScheduledScalingKeys};

inline constexpr std::array kWorkloadKeys = {
    required("name"),
    required("client"),
    optional("profile"),
    optional("region"),
    optional("credentials"),
    optional("restarts_after"),
    optional("starts"),
    optional("wait"),
    required("calls"),
    optional("retry"),
    optional("connect"),
    optional("latency"),
    optional("request_context"),
};
inline constexpr KeyTable kWorkload{"workload", kWorkloadKeys};

inline constexpr std::array kClientKeys = {required("tool"), optional("version"), optional("sdk_version")};
inline constexpr KeyTable kClient{"client", kClientKeys};

inline constexpr std::array kWaitKeys = {optional("fixed"), optional("poll")};
inline constexpr KeyTable kWait{"wait", kWaitKeys};

inline constexpr std::array kPollKeys = {required("interval"), required("timeout")};
inline constexpr KeyTable kPoll{"poll", kPollKeys};

inline constexpr std::array kCallsKeys = {
    required("action"),   optional("resource"),         optional("resource_policy"),
    optional("filtered"), optional("session_duration"), optional("every"),
    optional("once")};
inline constexpr KeyTable kCalls{"calls", kCallsKeys};

inline constexpr std::array kClientRetryKeys = {optional("mode"), optional("max_attempts")};
inline constexpr KeyTable kClientRetry{"client_retry", kClientRetryKeys};

inline constexpr std::array kConnectKeys = {optional("fast_failures"), optional("timeout")};
inline constexpr KeyTable kConnect{"connect", kConnectKeys};

/// Of all kinds of faults together; fault_reader.cpp knows which kind has which parameters.
inline constexpr std::array kFaultKeys = {
    required("name"),   required("kind"),         required("at"),       optional("for"),         optional("account"),
    optional("region"), optional("resource"),     optional("role"),     optional("instances"),   optional("share"),
    optional("factor"), optional("bucket"),       optional("rate"),     optional("burst"),       optional("service"),
    optional("offset"), optional("trust_policy"), optional("policies"), optional("propagation"),
};
inline constexpr KeyTable kFault{"fault", kFaultKeys};

inline constexpr std::array kDistributionKeys = {optional("constant"),  optional("uniform"), optional("exponential"),
                                                 optional("lognormal"), optional("normal"),  optional("weibull"),
                                                 optional("empirical")};
inline constexpr KeyTable kDistribution{"distribution", kDistributionKeys};

inline constexpr std::array kExponentialKeys = {required("mean")};
inline constexpr KeyTable kExponential{"exponential", kExponentialKeys};

inline constexpr std::array kLognormalKeys = {required("median"), required("p99")};
inline constexpr KeyTable kLognormal{"lognormal", kLognormalKeys};

inline constexpr std::array kNormalKeys = {required("mean"), required("sd")};
inline constexpr KeyTable kNormal{"normal", kNormalKeys};

inline constexpr std::array kWeibullKeys = {required("shape"), required("scale")};
inline constexpr KeyTable kWeibull{"weibull", kWeibullKeys};

/// Every mapping of a scenario, but for policies, tags and their like whose keys are free.
inline constexpr std::array kAll = {
    kScenario,
    kAccount,
    kRegion,
    kServiceControlLevel,
    kSts,
    kEc2,
    kAppStream,
    kBucket,
    kPolicyFile,
    kRole,
    kImage,
    kFleet,
    kImageBuilder,
    kEgress,
    kRoleChange,
    kStopStart,
    kProvisioning,
    kAfterBoot,
    kWithinBoot,
    kOnDemand,
    kCredentials,
    kAgentRetry,
    kSessions,
    kArrivals,
    kScaling,
    kScalingStep,
    kScheduledScaling,
    kWorkload,
    kClient,
    kWait,
    kPoll,
    kCalls,
    kClientRetry,
    kConnect,
    kFault,
    kDistribution,
    kExponential,
    kLognormal,
    kNormal,
    kWeibull,
};

}  // namespace keys

}  // namespace credsim
