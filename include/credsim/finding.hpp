#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "credsim/scenario.hpp"

namespace credsim {

enum class Severity : std::uint8_t { note, warning, error };
[[nodiscard]] std::string_view severity_name(Severity severity);

/// Something about the configuration that the guide forbids, advises against or that will hurt in the run.
struct Finding {
  std::string rule;     ///< "role-in-other-account": stable, kebab-case
  Severity severity;    ///< error: the API would refuse it
  std::string subject;  ///< "fleet eng", "role AppStreamMachineRole"
  std::string message;  ///< what is wrong; what would be right
  SourcePlace place;
  std::string file{};  ///< the policy file that `place` is in; empty: the scenario
};

/// A rule of the audit, for lists and SARIF.
struct FindingRule {
  std::string_view name;
  Severity severity;
  std::string_view description;
  std::string_view source;  ///< "guide", "AWS: …", "credsim: …", or "assumed"
};
[[nodiscard]] const std::vector<FindingRule>& finding_rules();

/// The rule by which lists for tools give what makes a scenario unreadable; no audit finds it.
inline constexpr std::string_view kInvalidScenario = "invalid-scenario";

/// Audits the configuration as it stands at the start of the run: the guide's prerequisites, its best practices, limits
/// that cannot hold what is asked of them, and clients that are bound to fail. In file order.
[[nodiscard]] std::vector<Finding> audit_configuration(const Scenario& scenario);

}  // namespace credsim
