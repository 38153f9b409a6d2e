#include "model/fault_schedule.hpp"

#include <algorithm>
#include <cmath>

#include "model/purpose.hpp"

namespace credsim::model {

FaultSchedule::FaultSchedule(const Scenario& scenario) : scenario_(scenario), in_force_(scenario.faults.size(), false) {
  for (std::size_t i = 0; i < scenario.faults.size(); ++i) {
    keys_.push_back(RandomStream::root(0, 0).child(scenario.faults[i].name).bits(0));
    all_[static_cast<std::size_t>(scenario.faults[i].kind)].push_back(i);
  }
  look_for_calls();
}

void FaultSchedule::begin(std::size_t fault) {
  in_force_[fault] = true;
  active_[static_cast<std::size_t>(scenario_.faults[fault].kind)].push_back(fault);
  look_for_calls();
}

void FaultSchedule::end(std::size_t fault) {
  in_force_[fault] = false;
  std::erase(active_[static_cast<std::size_t>(scenario_.faults[fault].kind)], fault);
  look_for_calls();
}

void FaultSchedule::look_for_calls() {
  constexpr std::array kInForce{FaultKind::network_outage, FaultKind::clock_skew, FaultKind::helper_failure,
                                FaultKind::role_deleted,   FaultKind::sts_outage, FaultKind::sts_error_rate,
                                FaultKind::service_outage};
  // These are asked about by time, since each instance has them a while later, or for good.
  constexpr std::array kAtTheirTime{FaultKind::permissions_changed, FaultKind::sessions_revoked};
  concern_calls_ = std::ranges::any_of(kInForce, [this](FaultKind kind) { return any(kind); }) ||
                   std::ranges::any_of(kAtTheirTime, [this](FaultKind kind) { return !all(kind).empty(); });
}

bool FaultSchedule::hits(std::size_t fault, const InstanceKey& instance) const {
  return hits(fault, instance, scenario_.resources[instance.resource].region);
}

bool FaultSchedule::hits(std::size_t fault, const InstanceKey& instance, std::size_t called_region) const {
  const FaultScope& scope = scenario_.faults[fault].scope;
  if (scope.resource && *scope.resource != instance.resource) return false;
  if (!hits_region(fault, scenario_.resources[instance.resource].account, called_region)) return false;
  if (scope.role && *scope.role != instance.role) return false;
  return !scope.instances ||
         instance.stream.child(key(Purpose::fault_scope)).child(keys_[fault]).uniform(0) < *scope.instances;
}

bool FaultSchedule::hits_region(std::size_t fault, std::size_t account, std::size_t region) const {
  const FaultScope& scope = scenario_.faults[fault].scope;
  return (!scope.account || *scope.account == account) &&
         (!scope.region || *scope.region == scenario_.accounts[account].regions[region].name);
}

bool FaultSchedule::hit(FaultKind kind, const InstanceKey& instance) const {
  return std::ranges::any_of(active(kind), [&](std::size_t fault) { return hits(fault, instance); });
}

Duration FaultSchedule::times_factors(FaultKind kind, const InstanceKey& instance, Duration drawn) const {
  double factor = 1;
  for (const std::size_t fault : active(kind))
    if (hits(fault, instance)) factor *= scenario_.faults[fault].factor;
  return Duration{std::llround(static_cast<double>(drawn.count()) * factor)};
}

Duration FaultSchedule::clock_skew(const InstanceKey& instance) const {
  Duration skew{};
  for (const std::size_t fault : active(FaultKind::clock_skew))
    if (hits(fault, instance)) skew += scenario_.faults[fault].offset;
  return skew;
}

double FaultSchedule::share_draw(std::size_t fault, const InstanceKey& instance, std::uint64_t workload_key,
                                 std::uint64_t index) const {
  return instance.stream.child(key(Purpose::fault_share)).child(keys_[fault]).child(workload_key).uniform(index);
}

std::size_t FaultSchedule::policy_change(FaultKind kind, const InstanceKey& instance, SimTime now) const {
  std::size_t latest = npos;
  for (const std::size_t index : all(kind)) {
    const Fault& fault = scenario_.faults[index];
    if (now < fault.at || (latest != npos && fault.at < scenario_.faults[latest].at) || !hits(index, instance))
      continue;
    const RandomStream stream = instance.stream.child(key(Purpose::fault_propagation)).child(keys_[index]);
    if (now >= fault.at + fault.propagation.sample(stream, 0) &&
        (fault.until == kNever || now < fault.until + fault.propagation.sample(stream, 1)))
      latest = index;
  }
  return latest;
}

}  // namespace credsim::model
