#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "credsim/account.hpp"
#include "credsim/distribution.hpp"
#include "credsim/policy.hpp"
#include "credsim/time.hpp"
#include "credsim/token_bucket.hpp"

namespace credsim {

/// MODEL.md, "Faults", in its order.
enum class FaultKind : std::uint8_t {
  sts_outage,
  sts_error_rate,
  sts_latency,
  eni_delay,
  quota,
  background_load,
  network_outage,
  service_outage,
  instance_loss,
  mass_restart,
  agent_paused,
  clock_skew,
  helper_failure,
  role_deleted,
  trust_policy_changed,
  permissions_changed,
  sessions_revoked,
};
inline constexpr std::size_t kFaultKinds = 17;
[[nodiscard]] std::string_view fault_kind_name(FaultKind kind);

/// Where a fault bites: everything that is given must match; nothing given is everywhere.
struct FaultScope {
  std::optional<std::size_t> account;   ///< index in Scenario::accounts
  std::optional<std::string> region;    ///< a Region's name
  std::optional<std::size_t> resource;  ///< index in Scenario::resources
  std::optional<std::size_t> role;      ///< index in Scenario::roles; role and policy faults only
  std::optional<double> instances;      ///< a share of instances, drawn by key, in (0, 1]
};

struct Fault {
  std::string name;  ///< unique
  FaultKind kind = FaultKind::sts_outage;
  SimTime at;
  SimTime until = kNever;  ///< at + `for`; the fault is in force in [at, until)
  FaultScope scope;

  double share = 1;          ///< sts_error_rate, service_outage, instance_loss; in (0, 1]
  double factor = 1;         ///< sts_latency, eni_delay; > 0
  BucketKind bucket{};       ///< quota, background_load
  std::optional<Rate> rate;  ///< quota, background_load: required there
  std::optional<std::int64_t>
      burst;            ///< quota; none: as it was (the rate's tokens a second, rounded up, if it was unlimited)
  std::string service;  ///< service_outage: "ec2", the prefix of an action
  Duration offset{};    ///< clock_skew
  std::optional<iam::PolicyDocument> trust_policy;  ///< trust_policy_changed
  std::vector<iam::PolicyDocument> policies;        ///< permissions_changed: instead of the role's own
  Distribution propagation;  ///< trust_policy_changed, permissions_changed: drawn by instance, for start and end
  SourcePlace place;
};

}  // namespace credsim
