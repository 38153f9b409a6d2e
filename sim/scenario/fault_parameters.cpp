#include "scenario/fault_parameters.hpp"

namespace credsim {

std::vector<Key> fault_parameters(FaultKind kind) {
  using keys::optional;
  using keys::required;
  switch (kind) {
    case FaultKind::sts_outage:
    case FaultKind::network_outage:
    case FaultKind::mass_restart:
    case FaultKind::agent_paused:
    case FaultKind::helper_failure:
      return {};
    case FaultKind::sts_error_rate:
      return {required("share")};
    case FaultKind::sts_latency:
    case FaultKind::eni_delay:
      return {required("factor")};
    case FaultKind::quota:
      return {required("bucket"), required("rate"), optional("burst")};
    case FaultKind::background_load:
      return {required("bucket"), required("rate")};
    case FaultKind::service_outage:
      return {required("service"), optional("share")};
    case FaultKind::instance_loss:
      return {optional("share")};
    case FaultKind::clock_skew:
      return {required("offset")};
    case FaultKind::role_deleted:
    case FaultKind::sessions_revoked:
      return {optional("role")};
    case FaultKind::trust_policy_changed:
      return {optional("role"), required("trust_policy"), optional("propagation")};
    case FaultKind::permissions_changed:
      return {optional("role"), required("policies"), optional("propagation")};
  }
  return {};
}

}  // namespace credsim
