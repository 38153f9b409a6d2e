// The words of sim/model/MODEL.md for what is recorded.
#include <string_view>

#include "credsim/audit_store.hpp"
#include "credsim/record.hpp"

namespace credsim {

std::string_view reason_name(Reason reason) {
  switch (reason) {
    case Reason::service_unavailable:
      return "service_unavailable";
    case Reason::throttled:
      return "throttled";
    case Reason::role_in_other_account:
      return "role_in_other_account";
    case Reason::service_role:
      return "service_role";
    case Reason::agent_too_old:
      return "agent_too_old";
    case Reason::trust_policy_denies:
      return "trust_policy_denies";
    case Reason::role_not_found:
      return "role_not_found";
    case Reason::client_too_old:
      return "client_too_old";
    case Reason::profile_not_specified:
      return "profile_not_specified";
    case Reason::no_credentials:
      return "no_credentials";
    case Reason::network_unavailable:
      return "network_unavailable";
    case Reason::expired_token:
      return "expired_token";
    case Reason::clock_skewed:
      return "clock_skewed";
    case Reason::refresh_failed:
      return "refresh_failed";
    case Reason::access_denied:
      return "access_denied";
    case Reason::subnet_exhausted:
      return "subnet_exhausted";
    case Reason::interface_quota:
      return "interface_quota";
    case Reason::instance_quota:
      return "instance_quota";
    case Reason::insufficient_capacity:
      return "insufficient_capacity";
  }
  return "";
}

std::string_view session_outcome_name(SessionRow::Outcome outcome) {
  switch (outcome) {
    case SessionRow::Outcome::completed:
      return "completed";
    case SessionRow::Outcome::rejected:
      return "rejected";
    case SessionRow::Outcome::interrupted:
      return "interrupted";
    case SessionRow::Outcome::active:
      return "active";
    case SessionRow::Outcome::waiting:
      return "waiting";
  }
  return "";
}

std::string_view run_status_name(RunStatus status) {
  switch (status) {
    case RunStatus::running:
      return "running";
    case RunStatus::complete:
      return "complete";
    case RunStatus::interrupted:
      return "interrupted";
    case RunStatus::failed:
      return "failed";
  }
  return "";
}

}  // namespace credsim
