#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "credsim/account.hpp"
#include "credsim/duration_histogram.hpp"
#include "credsim/labels.hpp"
#include "credsim/limit.hpp"
#include "credsim/metric.hpp"
#include "credsim/time.hpp"

namespace credsim {

/// Why something was refused or failed: MODEL.md's words.
enum class Reason : std::uint8_t {
  service_unavailable,
  throttled,
  role_in_other_account,
  service_role,
  agent_too_old,
  trust_policy_denies,
  role_not_found,
  client_too_old,
  profile_not_specified,
  no_credentials,
  network_unavailable,
  expired_token,
  clock_skewed,
  refresh_failed,
  access_denied,
  subnet_exhausted,
  interface_quota,
  instance_quota,
  insufficient_capacity,
};
inline constexpr std::size_t kReasons = static_cast<std::size_t>(Reason::insufficient_capacity) + 1;
[[nodiscard]] std::string_view reason_name(Reason reason);
using CountsByReason = std::array<std::uint64_t, kReasons>;

/// Unique in a run: an instance's place in the order in which its cell made them, with the cell in the upper 32 bits.
enum class InstanceId : std::uint64_t {};
inline constexpr InstanceId kNoInstance{UINT64_MAX};
[[nodiscard]] constexpr InstanceId instance_id(std::uint32_t cell, std::uint32_t place) {
  return InstanceId{std::uint64_t{cell} << 32U | place};
}
[[nodiscard]] constexpr std::uint32_t place_in_cell(InstanceId instance) {
  return static_cast<std::uint32_t>(instance);
}

/// How much of a run is kept row by row. Counts and histograms are kept at every level.
enum class AuditLevel : std::uint8_t {
  full,       ///< everything
  failures,   ///< failures, gaps, findings, series, aggregates
  aggregate,  ///< findings, series, aggregates
};

/// A credential, when it was issued. Its overlap with the one before is [issued, previous_expires) where that is not
/// empty.
struct CredentialRow {
  InstanceId instance;
  std::uint32_t sequence;  ///< from 1
  /// AssumeRole attempts for it, this one included, over all series. 0: it was there when the run began, which is then
  /// when it was requested and issued.
  std::uint32_t attempts;
  SimTime requested;  ///< the first of them
  SimTime issued;
  SimTime expires;
  SimTime previous_expires;    ///< kNever for the first
  std::uint32_t resource = 0;  ///< index in Scenario::resources
};

/// [opened, closed) without a live credential, after credential `sequence` expired. Where the instance stops or starts
/// meanwhile, one row ends and the next begins.
struct GapRow {
  InstanceId instance;
  std::uint32_t sequence;
  SimTime opened;
  SimTime closed;
  bool open;                   ///< truncated by the end of the instance or of the run
  bool stopped = false;        ///< the instance was, so that nobody missed a credential
  std::uint32_t resource = 0;  ///< index in Scenario::resources
};

struct FailureRow {
  /// What was asked for; `call` is the workload's own action. `start_fleet` is what AppStream's quota for a type of
  /// instance refuses, of fleets and image builders alike.
  enum class Operation : std::uint8_t {
    assume_role,
    create_network_interface,
    create_streaming_url,
    call,
    start_fleet
  };
  static constexpr std::uint16_t kNoWorkload = UINT16_MAX;

  SimTime at;
  InstanceId instance;     ///< kNoInstance for a rejected session
  std::uint32_t resource;  ///< index in Scenario::resources
  std::uint16_t workload;  ///< index in the resource's workloads, or kNoWorkload
  Operation operation;
  Reason reason;
  std::uint32_t attempts;  ///< made for it up to and including this one

  /// What provisioning asked for when `reason` refused it: AppStream's own quota refuses before EC2 is asked.
  [[nodiscard]] static constexpr Operation provisioning_operation(Reason reason) {
    return reason == Reason::instance_quota ? Operation::start_fleet : Operation::create_network_interface;
  }
};

/// An instance's life, when it ended (with the run at the latest). kNever: did not happen.
struct InstanceRow {
  InstanceId instance;
  std::uint32_t resource;
  std::uint32_t number;  ///< in its resource, from 0: with the resource's name, the key of its draws
  SimTime provisioned;
  SimTime boot;
  SimTime eni;
  SimTime first_credential;
  SimTime terminated;
};

struct SessionRow {
  enum class Outcome : std::uint8_t {
    completed,
    rejected,     ///< insufficient_capacity
    interrupted,  ///< its instance was lost or its fleet stopped
    active,       ///< when the run ended
    waiting,      ///< when the run ended
  };
  std::uint32_t resource;
  std::uint32_t number;  ///< in its resource, from 0
  InstanceId instance;   ///< kNoInstance: never had one
  SimTime arrived;
  SimTime started;  ///< kNever: did not
  SimTime ended;    ///< kNever: did not
  Outcome outcome;
};
[[nodiscard]] std::string_view session_outcome_name(SessionRow::Outcome outcome);

/// A series of the run, named once, when it begins; `id` is unique in its cell.
struct SeriesDefinition {
  std::uint32_t id;
  std::string metric;
  Labels labels;
};

struct SeriesRow {
  SimTime at;
  std::uint32_t series;
  double value;
};

/// Rows in the order in which the cell made them. The unit of hand-over from a cell to the audit.
struct AuditBatch {
  std::vector<InstanceRow> instances;
  std::vector<CredentialRow> credentials;
  std::vector<GapRow> gaps;
  std::vector<FailureRow> failures;
  std::vector<SessionRow> sessions;
  std::vector<SeriesDefinition> series_definitions;
  std::vector<SeriesRow> series;

  [[nodiscard]] std::size_t rows() const {
    return instances.size() + credentials.size() + gaps.size() + failures.size() + sessions.size() + series.size();
  }
  void clear() {
    instances.clear(), credentials.clear(), gaps.clear(), failures.clear(), sessions.clear();
    series_definitions.clear(), series.clear();
  }
};

/// Where a cell hands its rows. One per cell; called by the cell's thread only.
class CellSink {
 public:
  virtual ~CellSink() = default;
  /// Takes `batch` and leaves an empty one (with capacity, so that the cell does not allocate) in its place. Waits
  /// while the audit is behind: no row is ever dropped. After a failure of the audit it takes rows and keeps none; the
  /// run is being stopped then.
  virtual void take(AuditBatch& batch) = 0;
};

/// What happened on one resource since the end of the warm-up, in plain numbers. Counts of rows equal the rows of the
/// same name that are not marked as of the warm-up, at level `full`.
struct ResourceCounters {
  std::uint64_t assume_role_successes =
      0;  ///< attempts that STS granted; issued a latency later, unless the run or the instance ended
  CountsByReason assume_role_failures{};
  CountsByReason provisioning_failures{};
  std::uint64_t credentials_issued = 0;
  std::uint64_t instances = 0;                    ///< provisioned
  std::uint64_t instances_never_provisioned = 0;  ///< asked for, and without a place in a quota or address to the end
  std::uint64_t instances_never_served = 0;       ///< could call and never had a credential: MODEL.md, "Never served"
  std::uint64_t instances_with_credential = 0;
  std::uint64_t instances_in_gap_window = 0;  ///< had one, and lived between the first gap and the last: MODEL.md
  std::uint64_t instances_with_gap = 0;       ///< while they ran
  std::uint64_t gaps_stopped = 0;             ///< gap rows of stopped instances
  std::uint64_t sessions_arrived = 0;
  std::uint64_t sessions_started = 0;
  std::uint64_t sessions_completed = 0;
  std::uint64_t sessions_rejected = 0;
  std::uint64_t sessions_interrupted = 0;
  __extension__ unsigned __int128 time_after_first_credential_us = 0;  ///< that instances ran, summed
  __extension__ unsigned __int128 time_without_credential_us = 0;      ///< of that, in gaps
  __extension__ unsigned __int128 time_never_served_us = 0;  ///< that instances_never_served could call, summed
  DurationHistogram overlap{kOverlapBounds};                 ///< credsim_credential_overlap_seconds
  DurationHistogram gap{kGapBounds};                 ///< of instances that run; open ones with their truncated length
  DurationHistogram first_credential{kStartBounds};  ///< from `p`
  DurationHistogram network_ready{kStartBounds};     ///< from `p`; the first network race of an instance
  DurationHistogram interface_wait{kWaitBounds};     ///< for a create_network_interface token; 0 counts
  DurationHistogram session_wait{kWaitBounds};       ///< from arrival to start

  /// Every field, as a tuple of references: what adds counters up cannot forget one.
  template <class Counters>
  [[nodiscard]] static auto fields(Counters& counters) {
    auto& [successes, refusals, failed_provisionings, issued, provisioned, never_provisioned, never_served,
           with_credential, in_gap_window, with_gap, stopped_gaps, arrived, started, completed, rejected, interrupted,
           after_first_credential_us, without_credential_us, never_served_us, overlaps, gaps, first_credentials,
           networks_ready, interface_waits,
           session_waits] = counters;  // all, or no compilation
    return std::tie(successes, refusals, failed_provisionings, issued, provisioned, never_provisioned, never_served,
                    with_credential, in_gap_window, with_gap, stopped_gaps, arrived, started, completed, rejected,
                    interrupted, after_first_credential_us, without_credential_us, never_served_us, overlaps, gaps,
                    first_credentials, networks_ready, interface_waits, session_waits);
  }
};

struct WorkloadCounters {
  std::uint64_t calls_succeeded = 0;
  std::uint64_t attempts = 0;
  std::uint64_t helper_runs = 0;                  ///< reads of the profile, each of which runs the credential helper
  std::uint64_t first_calls = 0;                  ///< the first that its script makes on an instance
  std::uint64_t first_calls_without_network = 0;  ///< of those, made before the instance's interface was ready
  CountsByReason call_failures{};

  /// As ResourceCounters::fields().
  template <class Counters>
  [[nodiscard]] static auto fields(Counters& counters) {
    auto& [succeeded, tried, helped, first, first_without_network, failures] = counters;
    return std::tie(succeeded, tried, helped, first, first_without_network, failures);
  }
};

/// Calls `change` with each field of `left` and the same of `right`: ResourceCounters or WorkloadCounters.
template <class Left, class Right, class Change>
void for_each_field(Left& left, Right& right, Change change) {
  const auto lefts = Left::fields(left);
  const auto rights = std::remove_const_t<Right>::fields(right);
  const auto all = [&]<std::size_t... kIndex>(std::index_sequence<kIndex...>) {
    (change(std::get<kIndex>(lefts), std::get<kIndex>(rights)), ...);
  };
  all(std::make_index_sequence<std::tuple_size_v<decltype(lefts)>>{});
}

/// Adds each field of `more` to that of `sum`: ResourceCounters or WorkloadCounters, of several cells or several
/// resources. Order does not matter.
template <class Counters>
void add_up(Counters& sum, const Counters& more) {
  for_each_field(sum, more, [](auto& field, const auto& other) {
    using Field = std::remove_reference_t<decltype(field)>;
    if constexpr (std::is_same_v<Field, DurationHistogram>)
      field.merge(other);
    else if constexpr (std::is_same_v<Field, CountsByReason>)
      std::transform(field.begin(), field.end(), other.begin(), field.begin(), std::plus<>{});
    else
      field += other;
  });
}

/// What `counters` are now, to be taken off later: LogHistogram::mark() for each histogram, a copy of all else.
template <class Counters>
[[nodiscard]] Counters mark(Counters& counters) {
  Counters marked;
  for_each_field(marked, counters, [](auto& field, auto& from) {
    if constexpr (std::is_same_v<std::remove_reference_t<decltype(field)>, DurationHistogram>)
      field = from.mark();
    else
      field = from;
  });
  return marked;
}

/// Leaves in `counters` what was counted since `marked` was made by mark() of them.
template <class Counters>
void take_off(Counters& counters, const Counters& marked) {
  for_each_field(counters, marked, [](auto& field, const auto& other) {
    using Field = std::remove_reference_t<decltype(field)>;
    if constexpr (std::is_same_v<Field, DurationHistogram>)
      field.take_off(other);
    else if constexpr (std::is_same_v<Field, CountsByReason>)
      std::transform(field.begin(), field.end(), other.begin(), field.begin(), std::minus<>{});
    else
      field -= other;
  });
}

/// How near a limit came to breaking, after the warm-up.
struct LimitUsage : Limit {
  bool unlimited = false;  ///< then capacity is 0 and nothing is ever refused
  double capacity_1s =
      0;  ///< the most that it can serve in a second: burst + net rate for a bucket, else the number of units
  double capacity_60s =
      0;  ///< the same for 60 s, a second: (burst + 60·net rate) / 60 for a bucket, else the number of units
  double peak_1s = 0;              ///< the busiest second's demand: requests, or the most units at once
  double capacity_600s = 0;        ///< buckets only: what it can serve in ten minutes, a second
  double peak_600s = 0;            ///< buckets only: the busiest ten minutes' mean demand
  double peak_60s = 0;             ///< the busiest minute's mean demand: requests a second, or units
  SimTime first_refused = kNever;  ///< refused or made to wait
  std::uint64_t refused = 0;       ///< how often

  [[nodiscard]] bool refused_any() const { return first_refused != kNever; }

  /// The share of the limit that its worst second, minute or ten minutes needed: above 1 it broke. 0 if unlimited.
  [[nodiscard]] double utilisation() const {
    if (unlimited) return 0;
    if (capacity_1s <= 0) return peak_1s > 0 ? 2 : 0;
    const double minute = peak_60s / capacity_60s;
    const double ten_minutes = capacity_600s > 0 ? peak_600s / capacity_600s : 0;
    return std::max({peak_1s / capacity_1s, minute, ten_minutes});
  }

  /// The share that its worst moment left: 0 if it is full or refused anything, 1 if unlimited.
  [[nodiscard]] double headroom() const { return refused_any() ? 0 : std::max(0.0, 1 - utilisation()); }

  /// It served all that was asked of it, and could not have served one more.
  [[nodiscard]] bool full() const { return !refused_any() && utilisation() >= 1; }

  /// The order of all reports: what refused first, then what was used most, and what is unlimited last.
  [[nodiscard]] bool comes_before(const LimitUsage& other) const {
    const auto rank = [](const LimitUsage& limit) {
      return std::tuple{limit.first_refused, limit.unlimited, -limit.utilisation(), std::string_view(limit.name)};
    };
    return rank(*this) < rank(other);
  }
};

/// A gauge of the run's series: its value at the end and its largest one at any step that is not of the warm-up.
struct GaugeSummary {
  std::string metric;
  Labels labels;
  double last = 0;
  double maximum = 0;
};

/// All that a cell knows when it ends, beside the rows. Indexed as Scenario::resources; resources of other cells are
/// zero.
struct CellResult {
  std::vector<ResourceCounters> resources;
  std::vector<std::vector<WorkloadCounters>> workloads;
  std::vector<LimitUsage> limits;
  std::vector<GaugeSummary> gauges;
  std::uint64_t events = 0;  ///< model occurrences: see MODEL.md, "What is recorded"
  /// How many rows were handed over, those of the warm-up included, to hold against the database.
  std::uint64_t instance_rows = 0, credential_rows = 0, gap_rows = 0, failure_rows = 0, session_rows = 0,
                series_rows = 0;
  bool interrupted = false;
  SimTime ended{};  ///< the scenario's duration, or where it was interrupted
};

}  // namespace credsim
