#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "credsim/fault.hpp"
#include "credsim/random.hpp"
#include "credsim/scenario.hpp"

#include "model/instance.hpp"

namespace credsim::model {

/// Which faults are in force, and whom they bite.
class FaultSchedule {
 public:
  FaultSchedule(const Scenario& scenario);

  void begin(std::size_t fault);
  void end(std::size_t fault);
  [[nodiscard]] bool in_force(std::size_t fault) const { return in_force_[fault]; }

  /// True if any fault of that kind is in force anywhere: the hot path asks this first.
  [[nodiscard]] bool any(FaultKind kind) const { return !active_[static_cast<std::size_t>(kind)].empty(); }
  /// True if a fault that may change what calls come to is in force anywhere, or may be for some instances: if not,
  /// deciding a call needs to ask nothing else.
  [[nodiscard]] bool concern_calls() const { return concern_calls_; }
  /// The faults of a kind that are in force, in the order in which they began.
  [[nodiscard]] const std::vector<std::size_t>& active(FaultKind kind) const {
    return active_[static_cast<std::size_t>(kind)];
  }
  /// All faults of a kind, in force or not, as written.
  [[nodiscard]] const std::vector<std::size_t>& all(FaultKind kind) const {
    return all_[static_cast<std::size_t>(kind)];
  }

  /// Is `instance` in the fault's scope? The Region is the one that the instance is in, or `called_region` where a call
  /// goes elsewhere (an index in the account).
  [[nodiscard]] bool hits(std::size_t fault, const InstanceKey& instance) const;
  [[nodiscard]] bool hits(std::size_t fault, const InstanceKey& instance, std::size_t called_region) const;
  /// Is a Region as a whole (its buckets) in the fault's scope?
  [[nodiscard]] bool hits_region(std::size_t fault, std::size_t account, std::size_t region) const;

  /// True if a fault of `kind` is in force for `instance`.
  [[nodiscard]] bool hit(FaultKind kind, const InstanceKey& instance) const;

  /// `drawn` times the factors of all faults of `kind` in force for `instance`.
  [[nodiscard]] Duration stretched(FaultKind kind, const InstanceKey& instance, Duration drawn) const {
    return any(kind) ? times_factors(kind, instance, drawn) : drawn;
  }

  /// How much too early the clocks on `instance` see credentials expire now; negative: too late.
  [[nodiscard]] Duration clock_skew(const InstanceKey& instance) const;

  /// The `index`-th draw of `instance` that belongs to this fault, for the agent (key 0) or a workload (its key).
  [[nodiscard]] double share_draw(std::size_t fault, const InstanceKey& instance, std::uint64_t workload_key,
                                  std::uint64_t index) const;

  /// The last begun trust_policy_changed or permissions_changed fault in force for `instance` at `now`, each instance
  /// after a propagation of its own, at the start and at the end; none: npos.
  [[nodiscard]] std::size_t policy_change(FaultKind kind, const InstanceKey& instance, SimTime now) const;
  static constexpr std::size_t npos = SIZE_MAX;

  /// True if a role_deleted fault that names `role` is in force: then scripts cannot assume it either.
  [[nodiscard]] bool is_deleted(std::size_t role) const;
  /// As policy_change(), of the trust policy of a role that scripts on `instance` assume: of the faults that name it,
  /// whatever else their scope.
  [[nodiscard]] std::size_t trust_change(std::size_t role, const InstanceKey& instance, SimTime now) const;

 private:
  template <class Bites>
  [[nodiscard]] std::size_t last_change(FaultKind kind, const InstanceKey& instance, SimTime now, Bites bites) const;
  void look_for_calls();
  [[nodiscard]] Duration times_factors(FaultKind kind, const InstanceKey& instance, Duration drawn) const;

  const Scenario& scenario_;
  std::vector<std::uint64_t> keys_;  // of each fault's name
  std::vector<bool> in_force_;
  bool scripts_assume_roles_ = false;
  bool concern_calls_ = false;
  std::array<std::vector<std::size_t>, kFaultKinds> active_;
  std::array<std::vector<std::size_t>, kFaultKinds> all_;
};

}  // namespace credsim::model
