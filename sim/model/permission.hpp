#pragma once

#include <cstdint>
#include <vector>

#include "credsim/scenario.hpp"

#include "model/client.hpp"
#include "model/host.hpp"

namespace credsim::model {

/// Step 7 of a call: do the policies in force allow the workload's action? Decisions that cannot change are made once:
/// for all instances where no condition looks at the address or the time, else for each instance's address, else at
/// each attempt.
class Permissions {
 public:
  /// Which policies stand for a role's own: 0 its own, 1 + f those of the scenario's fault f.
  using PolicySet = std::uint32_t;

  explicit Permissions(const Scenario& scenario);

  /// What a role's own policies say of a workload, if that is the same for every instance at any time.
  [[nodiscard]] Verdict verdict(std::uint32_t resource, std::size_t workload, std::uint32_t role) const;

  /// Preconditions: the instance has a role; the client holds a credential.
  [[nodiscard]] bool allow(const Host& host, Client& client, std::size_t workload, PolicySet set, SimTime now);

 private:
  enum class Depends : std::uint8_t { nothing, address, time };
  struct Rule {
    std::uint32_t role;
    PolicySet set;
    Depends depends;
    bool allowed;          // depends on nothing
    iam::Request request;  // depends on the address: all but that
  };

  Rule& rule(const Host& host, const Client& client, std::size_t workload, PolicySet set, SimTime now);
  [[nodiscard]] Depends dependence(std::uint32_t role, PolicySet set, const Region& called) const;
  [[nodiscard]] bool evaluate(const Host& host, const Client& client, std::size_t workload, PolicySet set,
                              SimTime now) const;
  [[nodiscard]] bool allowed_at(Rule& rule, const Host& host, std::size_t workload) const;
  [[nodiscard]] const Region& called_region(std::uint32_t resource, std::size_t workload) const;
  [[nodiscard]] iam::SessionPolicies policies(const InstanceKey& instance, std::size_t workload, PolicySet set) const;
  [[nodiscard]] iam::Request request(const Host& host, const Client& client, std::size_t workload, SimTime now) const;
  [[nodiscard]] const std::vector<iam::PolicyDocument>& identity_policies(std::uint32_t role, PolicySet set) const;

  const Scenario& scenario_;
  std::vector<std::vector<std::vector<Rule>>> rules_;  // by resource and workload
};

}  // namespace credsim::model
