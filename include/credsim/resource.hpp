#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "credsim/account.hpp"
#include "credsim/distribution.hpp"
#include "credsim/policy.hpp"
#include "credsim/time.hpp"
#include "credsim/workload.hpp"

namespace credsim {

enum class ResourceType : std::uint8_t { always_on, on_demand, elastic, image_builder };
[[nodiscard]] std::string_view resource_type_name(ResourceType type);

/// A block of IPv4 addresses, of which AWS keeps the first four and the last (Amazon VPC user guide, "Subnet CIDR
/// blocks").
struct Subnet {
  std::uint32_t base = 0;         ///< the network address, host order
  std::uint8_t prefix_bits = 24;  ///< /1 to /28
  SourcePlace place;

  [[nodiscard]] std::int64_t usable_addresses() const { return (std::int64_t{1} << (32 - prefix_bits)) - 5; }
  [[nodiscard]] bool contains(std::uint32_t address) const { return (address ^ base) >> (32 - prefix_bits) == 0; }
  [[nodiscard]] std::string cidr() const;  ///< "10.0.0.0/24"
};

/// A block of public IPv4 addresses, all of which are used.
struct AddressBlock {
  std::uint32_t base = 0;         ///< the first address, host order
  std::uint8_t prefix_bits = 32;  ///< /8 to /32

  [[nodiscard]] std::int64_t addresses() const { return std::int64_t{1} << (32 - prefix_bits); }
  [[nodiscard]] std::string cidr() const;  ///< "203.0.113.0/28"
};

/// A delay that counts from `p`, the start of provisioning, or from the end of boot.
struct ProvisioningDelay {
  bool after_boot = true;
  Distribution delay;
};

struct Provisioning {
  Distribution start;       ///< `p` of the first instances; later ones have their request's time
  bool steady = false;      ///< instead: the first ones have been up for long when the run begins; not elastic
  Distribution boot;        ///< from `p` (or a reboot) until scripts can run
  ProvisioningDelay agent;  ///< until the agent's first AssumeRole attempt
  ProvisioningDelay eni;    ///< until the network interface is available, the wait for its token not counted; no
                            ///< delay after boot: it is made within boot
  Duration retry_interval = std::chrono::seconds{60};  ///< > 0; when a quota is full or no address is left
};

enum class AgentJitter : std::uint8_t { full, equal, decorrelated, none };

/// The agent's refresh series; MODEL.md, "AssumeRole".
struct AgentRetry {
  std::uint32_t max_attempts = 5;           ///< ≥ 1, in one series
  Duration base = std::chrono::seconds{1};  ///< > 0 unless interval > 0
  Duration cap = std::chrono::seconds{60};  ///< ≥ base
  AgentJitter jitter = AgentJitter::full;
  Duration interval = std::chrono::seconds{60};  ///< from a failed series' last attempt to the next series
};

struct CredentialRotation {
  /// What the agents' own AssumeRole calls spend: sts_service or sts_account. AWS's texts differ: calls by service
  /// principals do not count against the account's quota (IAM and AWS STS quotas), and it is the fleet instance that
  /// calls AssumeRole (AppStream API, IamRoleArn).
  BucketKind assume_role_spends = BucketKind::sts_service;
  Duration lifetime = std::chrono::hours{1};  ///< of each credential; > 0
  Duration every =
      std::chrono::hours{1};  ///< from issued_at to the next rotation; lifetime − lead unless given; > jitter
  Duration jitter{};          ///< Uniform(0, jitter) earlier
  AgentRetry retry;
};

struct Arrivals {
  enum class Kind : std::uint8_t { poisson, per_hour, times };
  Kind kind = Kind::poisson;
  Rate rate;                     ///< kind poisson
  std::vector<double> per_hour;  ///< kind per_hour: expected arrivals in hour i, ≥ 0; hours beyond the list have none
  bool daily = false;            ///< kind per_hour: hour i of each UTC day instead of since `start`
  std::vector<SimTime> times;    ///< kind times: ascending
};

struct Sessions {
  Arrivals arrivals;
  Distribution duration;
  std::optional<Duration> wait = Duration{};  ///< none: as long as it takes
};

/// One rule of step scaling: while the utilisation's one-minute average is beyond `bound`, change the capacity.
struct ScalingStep {
  bool above = true;    ///< or below
  double bound = 0.75;  ///< a share
  std::int64_t change =
      0;  ///< instances or, if `relative`, per cent of the capacity (rounded away from 0); < 0 scales in
  bool relative = false;
  Duration cooldown = std::chrono::seconds{300};
};

struct ScheduledScaling {
  SimTime at;
  std::int64_t min = 0;
  std::int64_t max = 0;
};

struct Scaling {
  std::int64_t min = 0;
  std::int64_t max = 0;                      ///< ≥ min
  std::optional<double> target_utilisation;  ///< a share in (0, 1]; cool-downs of 300 s both ways
  std::vector<ScalingStep> steps;            ///< the first that holds is taken
  std::vector<ScheduledScaling> schedule;    ///< ascending
};

struct RoleChange {
  SimTime at;
  std::optional<std::size_t> role;  ///< index in Scenario::roles; none takes the role away
};

struct StopStart {
  SimTime stop;
  SimTime start;  ///< > stop
};

/// A fleet or an image builder: what a role is applied to.
struct Resource {
  std::string name;  ///< unique among fleets and image builders of its account and Region
  ResourceType type = ResourceType::always_on;
  std::size_t account = 0;                   ///< index in Scenario::accounts
  std::size_t region = 0;                    ///< index in the account's regions
  std::optional<std::string> instance_type;  ///< "stream.standard.medium"; none: no quota by type bounds it
  std::optional<std::size_t> image;          ///< index in Scenario::images; none: a recent agent
  std::optional<std::size_t> role;           ///< index in Scenario::roles; none: no agent asks for credentials
  std::vector<RoleChange>
      role_changes;             ///< ascending; the API demands a stopped fleet, so each one stops and starts it
  std::vector<Subnet> subnets;  ///< not empty
  bool default_internet_access = false;
  std::optional<std::string>
      vpc_endpoint;                  ///< an id: calls then carry aws:VpcSourceIp and aws:SourceVpce, not aws:SourceIp
  std::vector<AddressBlock> egress;  ///< where AWS sees the instances' calls come from: a NAT gateway's addresses, or
                                     ///< the instances' public ones; empty: not given
  std::int64_t instances = 1;        ///< at the start (elastic: none are kept)
  std::int64_t max_concurrent = 0;   ///< elastic only; ≥ 1
  std::optional<Scaling> scaling;
  Provisioning provisioning;
  Distribution on_demand_start;  ///< boot time when a stopped instance is started
  CredentialRotation credentials;
  std::optional<Sessions> sessions;
  std::vector<Workload> workloads;  ///< at most kMaxWorkloads
  /// Condition keys of the agent's AssumeRole calls that AWS does not send by itself: its own and the account's.
  std::vector<iam::RequestContext::Entry> request_context;
  std::vector<StopStart> stop_start;  ///< image builders only; ascending, not overlapping
  SourcePlace place;
  SourcePlace role_place;

  /// The address from which AWS sees instance `number` call, host order: behind the VPC endpoint that of its
  /// `interface`, else the egress address that its number, modulo how many there are, leads to. Nothing if neither is
  /// given. O(blocks).
  [[nodiscard]] std::optional<std::uint32_t> source_address(std::int64_t number, std::uint32_t interface) const;
  [[nodiscard]] std::int64_t first_instances() const;  ///< that a run starts with
  /// Of them, those that come up in the run.
  [[nodiscard]] std::int64_t instances_provisioned_first() const { return provisioning.steady ? 0 : first_instances(); }
  [[nodiscard]] std::int64_t most_instances() const;            ///< that there can be at once
  [[nodiscard]] InstanceQuotaKind instance_quota_kind() const;  ///< which quota its instances count against
};

inline constexpr std::size_t kMaxWorkloads = 64;

}  // namespace credsim
