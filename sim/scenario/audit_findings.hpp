#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "credsim/finding.hpp"

/// The parts of the configuration audit. Each looks at one side of a scenario and adds what it finds.
namespace credsim::audit {

/// The findings of one audit.
class Findings {
 public:
  /// Precondition: `rule` is one of finding_rules(), which also gives the severity. `file` is the policy file that
  /// `place` is in; empty: the scenario.
  void add(std::string_view rule, std::string subject, SourcePlace place, std::string message, std::string file = {});

  /// In file order, the scenario before its policy files; what stands at one place in the order in which it was found.
  [[nodiscard]] std::vector<Finding> in_file_order() &&;

 private:
  std::vector<Finding> findings_;
};

void audit_prerequisites(const Scenario& scenario, Findings& findings);
void audit_roles(const Scenario& scenario, Findings& findings);
void audit_condition_keys(const Scenario& scenario, Findings& findings);
void audit_regions(const Scenario& scenario, Findings& findings);
void audit_times(const Scenario& scenario, Findings& findings);
void audit_elastic(const Scenario& scenario, Findings& findings);
void audit_networks(const Scenario& scenario, Findings& findings);
void audit_quotas(const Scenario& scenario, Findings& findings);
void audit_instance_types(const Scenario& scenario, Findings& findings);
void audit_rotation(const Scenario& scenario, Findings& findings);
void audit_payer(const Scenario& scenario, Findings& findings);
void audit_clients(const Scenario& scenario, Findings& findings);
void audit_first_calls(const Scenario& scenario, Findings& findings);

}  // namespace credsim::audit
