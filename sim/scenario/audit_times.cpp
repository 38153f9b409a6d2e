#include <string>

#include "scenario/audit_findings.hpp"
#include "scenario/audit_text.hpp"

namespace credsim::audit {
namespace {

/// Says so if something that begins `at` never does, since the run has ended.
void audit_begin(const Scenario& scenario, const std::string& subject, SimTime at, SourcePlace place,
                 Findings& findings) {
  if (at.time_since_epoch() < scenario.duration) return;
  findings.add("begins-after-end", subject, place,
               "begins at " + duration_text(at.time_since_epoch()) + ", and the run ends after " +
                   duration_text(scenario.duration) +
                   ", so it changes nothing; let it begin earlier, or the run last longer");
}

}  // namespace

void audit_times(const Scenario& scenario, Findings& findings) {
  for (const Fault& fault : scenario.faults)
    audit_begin(scenario, "fault " + fault.name, fault.at, fault.place, findings);
  for (const Resource& resource : scenario.resources)
    for (const RoleChange& change : resource.role_changes)
      audit_begin(scenario, "role change of " + resource_text(resource), change.at,
                  place_or(resource.role_place, resource.place), findings);
}

}  // namespace credsim::audit
