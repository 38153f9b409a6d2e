#pragma once

#include <cstdint>
#include <vector>

#include "credsim/call_request.hpp"
#include "credsim/scenario.hpp"

#include "model/client.hpp"
#include "model/host.hpp"

namespace credsim::model {

/// Step 7 of a call: do the policies in force allow the workload's action? A decision is made as often as the requests
/// vary in what the policies look at: once for all instances, else for each instance, else at each attempt.
class Permissions {
 public:
  /// Which policies stand for a role's own: 0 its own, 1 + f those of the scenario's fault f.
  using PolicySet = std::uint32_t;

  /// The policies that faults may have changed.
  struct InForce {
    PolicySet identity = 0;  ///< of the role that the instance has
    PolicySet trust = 0;     ///< of the role that the workload assumes, if it is one of the scenario's
    bool operator==(const InForce&) const = default;
  };

  explicit Permissions(const Scenario& scenario);

  /// What the roles' own policies say of a workload, if that is the same for every instance at any time.
  [[nodiscard]] Verdict verdict(std::uint32_t resource, std::size_t workload, std::uint32_t role) const;

  /// Preconditions: the instance has a role; the client holds a credential.
  [[nodiscard]] bool allow(const Host& host, Client& client, std::size_t workload, InForce in_force, SimTime now);

 private:
  struct Rule {
    std::uint32_t role;
    InForce in_force;
    Varies varies;
    bool allowed;          // varies never
    iam::Request request;  // varies by instance: all but what the instance decides
  };

  Rule& rule(const Host& host, const Client& client, std::size_t workload, InForce in_force, SimTime now);
  [[nodiscard]] bool evaluate(const Host& host, const Client& client, std::size_t workload, InForce in_force,
                              SimTime now) const;
  [[nodiscard]] bool allowed_at(Rule& rule, const Host& host, const Client& client, std::size_t workload,
                                SimTime now) const;
  [[nodiscard]] const Region& called_region(std::uint32_t resource, std::size_t workload) const;
  [[nodiscard]] iam::SessionPolicies policies(const InstanceKey& instance, std::size_t workload,
                                              InForce in_force) const;
  [[nodiscard]] ApiCall api_call(const Host& host, const Client& client, std::size_t workload, SimTime now) const;

  const Scenario& scenario_;
  std::vector<std::vector<std::vector<Rule>>> rules_;  // by resource and workload
};

}  // namespace credsim::model
