#include <algorithm>
#include <set>
#include <string>

#include "credsim/finding.hpp"

#include "sound_scenario.hpp"

namespace credsim::test {
namespace {

TEST_CASE("the audit finds nothing in a sound scenario") {
  for (const Finding& finding : audit_configuration(sound_scenario()))
    FAIL_CHECK(finding.rule << ": " << finding.message);
}

TEST_CASE("audit rules have unique kebab-case names, a description and a source") {
  std::set<std::string_view> names;
  for (const FindingRule& rule : finding_rules()) {
    CHECK(names.insert(rule.name).second);
    CHECK(rule.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == std::string_view::npos);
    CHECK_FALSE(rule.description.empty());
    const bool sourced = rule.source == "guide" || rule.source == "assumed" || rule.source.starts_with("AWS: ") ||
                         rule.source.starts_with("credsim: ");
    CHECK(sourced);
  }
}

TEST_CASE("severities have names") {
  CHECK(severity_name(Severity::note) == "note");
  CHECK(severity_name(Severity::warning) == "warning");
  CHECK(severity_name(Severity::error) == "error");
}

// Spoils a scenario in several places at once.
Scenario spoilt() {
  Scenario scenario = sound_scenario();
  scenario.roles[0].kind = RoleKind::service_role;
  scenario.roles[0].policies = {allow("*")};
  scenario.resources[0].credentials.every = scenario.resources[0].credentials.lifetime;
  scenario.resources[0].workloads[0].profile = std::nullopt;
  scenario.accounts[0].regions[0].network_interfaces = 10;
  return scenario;
}

TEST_CASE("findings come in file order, with their rule's severity, subject and advice") {
  const std::vector<Finding> findings = audit_configuration(spoilt());
  REQUIRE(findings.size() >= 5);
  CHECK(std::is_sorted(findings.begin(), findings.end(), [](const Finding& left, const Finding& right) {
    return std::pair(left.place.line, left.place.column) < std::pair(right.place.line, right.place.column);
  }));
  for (const Finding& finding : findings) {
    const auto& rules = finding_rules();
    const auto rule =
        std::find_if(rules.begin(), rules.end(), [&](const FindingRule& known) { return known.name == finding.rule; });
    REQUIRE(rule != rules.end());
    CHECK(finding.severity == rule->severity);
    CHECK_FALSE(finding.subject.empty());
    CHECK(finding.place.line > 0);
    CHECK(contains(finding.message, "; "));
  }
}

TEST_CASE("two audits of one scenario find the same") {
  const std::vector<Finding> first = audit_configuration(spoilt());
  const std::vector<Finding> second = audit_configuration(spoilt());
  REQUIRE(first.size() == second.size());
  for (std::size_t i = 0; i < first.size(); ++i) {
    CHECK(first[i].rule == second[i].rule);
    CHECK(first[i].message == second[i].message);
  }
}

TEST_CASE("a finding about something that stands nowhere is placed at its resource") {
  Scenario scenario = sound_scenario();
  scenario.roles[0].kind = RoleKind::service_role;
  scenario.resources[0].role_place = {};
  CHECK(findings_of(scenario, "service-role").front().place.line == 20);
}

}  // namespace
}  // namespace credsim::test
