#include "record/views.hpp"

#include <array>
#include <string_view>

namespace credsim::record {
namespace {

// Of a failure_row f of a run_row r and its scenario_row c: what both views of failures show beside time and instance.
constexpr std::string_view kFailureColumns = R"sql(n.name AS resource, w.name AS workload,
       coalesce(o.name, w.action) AS operation, m.name AS reason, f.attempts, n.account, n.region,
       f.at_us < c.warm_up_us AS warm_up)sql";
constexpr std::string_view kFailureNames =
    R"sql(LEFT JOIN resource_row n ON n.scenario_id = r.scenario_id AND n.resource = f.resource
LEFT JOIN workload_row w
  ON w.scenario_id = r.scenario_id AND w.resource = f.resource AND w.workload = f.workload
LEFT JOIN operation_row o ON o.operation = f.operation
LEFT JOIN reason_row m ON m.reason = f.reason)sql";

// CROSS JOIN is SQLite's way to fix the order of a join: first a run's extents, then the rows inside each. The names
// are left-joined, so that a query which does not ask for them does not pay for them.
//
// What warm_up says of a row is the rule of sim/model/MODEL.md, "Warm-up".
constexpr std::string_view kViews = R"sql(
CREATE VIEW run AS
SELECT r.run_id, s.name AS scenario_name, s.yaml AS scenario_yaml, s.sha256 AS scenario_sha256,
       CASE WHEN r.seed < 0 THEN printf('%u', r.seed) ELSE r.seed END AS seed, r.replication, s.parameters_json,
       strftime('%Y-%m-%dT%H:%M:%S', s.start_seconds, 'unixepoch') ||
         CASE WHEN s.start_fraction_us = 0 THEN 'Z' ELSE printf('.%06dZ', s.start_fraction_us) END AS sim_start_utc,
       s.duration_us AS sim_duration_us, s.warm_up_us, r.status, r.audit_level, r.not_recorded, r.events,
       r.wall_seconds, r.version
FROM run_row r JOIN scenario_row s ON s.scenario_id = r.scenario_id;

CREATE VIEW instance AS
SELECT e.run_id, i.instance_id, n.name AS resource, i.provisioned_us, i.provisioned_us + i.eni_delay_us AS eni_us,
       i.provisioned_us + i.boot_delay_us AS boot_us,
       i.provisioned_us + i.first_credential_delay_us AS first_credential_us,
       i.provisioned_us + i.life_us AS terminated_us, i.number, n.account, n.region,
       coalesce(i.provisioned_us + i.life_us < c.warm_up_us, 0) AS warm_up
FROM extent e CROSS JOIN run_row r ON r.run_id = e.run_id
CROSS JOIN scenario_row c ON c.scenario_id = r.scenario_id
CROSS JOIN instance_row i ON i.rowid BETWEEN e.first_row AND e.last_row
LEFT JOIN resource_row n ON n.scenario_id = r.scenario_id AND n.resource = i.resource
WHERE e.kind = 'instance';

CREATE VIEW credential AS
SELECT e.run_id, c.instance_id, c.sequence, c.requested_us, c.requested_us + c.issue_delay_us AS issued_us,
       c.requested_us + c.issue_delay_us + c.lifetime_us AS expires_us, c.attempts,
       c.requested_us + c.issue_delay_us + c.overlap_us AS previous_expires_us,
       n.name AS resource, n.account, n.region, c.requested_us + c.issue_delay_us < s.warm_up_us AS warm_up
FROM extent e CROSS JOIN run_row r ON r.run_id = e.run_id
CROSS JOIN scenario_row s ON s.scenario_id = r.scenario_id
CROSS JOIN credential_row c ON c.rowid BETWEEN e.first_row AND e.last_row
LEFT JOIN resource_row n ON n.scenario_id = r.scenario_id AND n.resource = c.resource
WHERE e.kind = 'credential';

CREATE VIEW overlap_window AS
SELECT e.run_id, c.instance_id, c.sequence - 1 AS sequence, c.requested_us + c.issue_delay_us AS opened_us,
       c.requested_us + c.issue_delay_us + c.overlap_us AS closed_us, c.overlap_us AS duration_us,
       n.name AS resource, n.account, n.region, c.requested_us + c.issue_delay_us < s.warm_up_us AS warm_up
FROM extent e CROSS JOIN run_row r ON r.run_id = e.run_id
CROSS JOIN scenario_row s ON s.scenario_id = r.scenario_id
CROSS JOIN credential_row c ON c.rowid BETWEEN e.first_row AND e.last_row
LEFT JOIN resource_row n ON n.scenario_id = r.scenario_id AND n.resource = c.resource
WHERE e.kind = 'credential' AND c.overlap_us > 0;

CREATE VIEW credential_gap AS
SELECT e.run_id, g.instance_id, g.sequence, g.opened_us, g.opened_us + g.duration_us AS closed_us, g.duration_us, g.open,
       g.stopped, n.name AS resource, n.account, n.region, g.opened_us + g.duration_us < s.warm_up_us AS warm_up
FROM extent e CROSS JOIN run_row r ON r.run_id = e.run_id
CROSS JOIN scenario_row s ON s.scenario_id = r.scenario_id
CROSS JOIN gap_row g ON g.rowid BETWEEN e.first_row AND e.last_row
LEFT JOIN resource_row n ON n.scenario_id = r.scenario_id AND n.resource = g.resource
WHERE e.kind = 'gap';

CREATE VIEW failure AS
SELECT e.run_id, f.at_us, f.instance_id, FAILURE_COLUMNS
FROM extent e CROSS JOIN run_row r ON r.run_id = e.run_id
CROSS JOIN scenario_row c ON c.scenario_id = r.scenario_id
CROSS JOIN failure_row f ON f.rowid BETWEEN e.first_row AND e.last_row
FAILURE_NAMES
WHERE e.kind = 'failure';

-- The same rows, found along an instance's chain, from its last failure back. SQLite does not take a condition into a
-- recursive query, but into the one that a recursive query's array of rows is joined to. Runs without chains, since
-- they were killed or still go on, are read as a whole.
CREATE VIEW failure_by_instance AS
SELECT h.run_id, f.at_us, h.instance_id, FAILURE_COLUMNS
FROM last_failure_row h CROSS JOIN run_row r ON r.run_id = h.run_id
CROSS JOIN scenario_row c ON c.scenario_id = r.scenario_id
CROSS JOIN json_each((
  WITH RECURSIVE chain(failure) AS (
    SELECT h.failure
    UNION ALL SELECT p.rowid - p.rows_back FROM chain CROSS JOIN failure_row p ON p.rowid = chain.failure
      WHERE p.rows_back > 0)
  SELECT json_group_array(failure) FROM chain)) j
CROSS JOIN failure_row f ON f.rowid = j.value
FAILURE_NAMES
UNION ALL SELECT * FROM failure WHERE run_id IN (SELECT run_id FROM run_row WHERE events IS NULL);

CREATE VIEW failure_by_hour AS
SELECT k.run_id, k.hour, n.name AS resource, w.name AS workload, coalesce(o.name, w.action) AS operation,
       m.name AS reason, k.failures, n.account, n.region, k.warm_up
FROM failure_count_row k CROSS JOIN run_row r ON r.run_id = k.run_id
LEFT JOIN resource_row n ON n.scenario_id = r.scenario_id AND n.resource = k.resource
LEFT JOIN workload_row w
  ON w.scenario_id = r.scenario_id AND w.resource = k.resource AND w.workload = k.workload
LEFT JOIN operation_row o ON o.operation = k.operation
LEFT JOIN reason_row m ON m.reason = k.reason;

CREATE VIEW gap_by_resource AS
SELECT g.run_id, n.name AS resource, g.stopped, g.gaps, g.open, g.duration_us, g.longest_us, n.account, n.region,
       g.warm_up
FROM gap_count_row g CROSS JOIN run_row r ON r.run_id = g.run_id
LEFT JOIN resource_row n ON n.scenario_id = r.scenario_id AND n.resource = g.resource;

CREATE VIEW session AS
SELECT e.run_id, n.name AS resource, s.number, s.instance_id, s.arrived_us,
       s.arrived_us + s.start_delay_us AS started_us, s.arrived_us + s.end_delay_us AS ended_us, o.name AS outcome,
       n.account, n.region, s.arrived_us < c.warm_up_us AS warm_up
FROM extent e CROSS JOIN run_row r ON r.run_id = e.run_id
CROSS JOIN scenario_row c ON c.scenario_id = r.scenario_id
CROSS JOIN session_row s ON s.rowid BETWEEN e.first_row AND e.last_row
LEFT JOIN resource_row n ON n.scenario_id = r.scenario_id AND n.resource = s.resource
LEFT JOIN outcome_row o ON o.outcome = s.outcome
WHERE e.kind = 'session';

CREATE VIEW timeseries AS
SELECT e.run_id, v.at_us + n.repeat * v.interval_us AS at_us, s.metric, s.labels_json,
       v.value + n.repeat * v.step AS value, v.at_us + n.repeat * v.interval_us < c.warm_up_us AS warm_up
FROM extent e CROSS JOIN run_row r ON r.run_id = e.run_id
CROSS JOIN scenario_row c ON c.scenario_id = r.scenario_id
CROSS JOIN sample_row v ON v.rowid BETWEEN e.first_row AND e.last_row
CROSS JOIN repeat_row n ON n.repeat <= v.repeats
LEFT JOIN series_row s ON s.series = v.series
WHERE e.kind = 'sample';

CREATE VIEW finding AS SELECT run_id, rule, severity, subject, message, line FROM finding_row;

-- "limit" needs its quotes in SQL; limit_name is the same without. Rows stand
-- in the order of LimitUsage::comes_before(), and headroom is LimitUsage::headroom().
CREATE VIEW limit_headroom AS
SELECT run_id, name AS "limit", name AS limit_name, kind, labels_json, capacity_1s AS capacity, capacity_60s, peak_1s,
       peak_60s, capacity_600s, peak_600s, utilisation,
       CASE WHEN first_refused_us IS NOT NULL THEN 0.0 ELSE max(0.0, 1 - utilisation) END AS headroom, first_refused_us,
       refused, row_number() OVER (PARTITION BY run_id ORDER BY rowid) AS rank
FROM limit_row;

CREATE VIEW summary AS SELECT run_id, metric, labels_json, value, ci_low, ci_high FROM summary_row;

CREATE VIEW threshold AS SELECT run_id, expression, observed, passed FROM threshold_row;
)sql";

// All that happened in one list, of the failures in FAILURES. A credential is read once for its issue and its overlap.
constexpr std::string_view kTimeline = R"sql(
-- A database has one scenario.
CREATE VIEW TIMELINE AS
SELECT run_id, at_us, at_utc, event, instance_id, resource, detail, account, region,
       at_us < (SELECT warm_up_us FROM scenario_row) AS warm_up FROM (
  SELECT run_id, provisioned_us AS at_us, provisioned_utc AS at_utc, 'instance provisioned' AS event, instance_id,
         resource, NULL AS detail, account, region FROM instance_timeline_utc
  UNION ALL SELECT run_id, boot_us, boot_utc, 'instance booted', instance_id, resource, NULL, account, region
    FROM instance_timeline_utc WHERE boot_us IS NOT NULL
  UNION ALL SELECT run_id, eni_us, eni_utc, 'network ready', instance_id, resource, NULL, account, region
    FROM instance_timeline_utc WHERE eni_us IS NOT NULL
  UNION ALL SELECT run_id, terminated_us, terminated_utc, 'instance terminated', instance_id, resource, NULL, account,
         region
    FROM instance_timeline_utc WHERE terminated_us IS NOT NULL
  UNION ALL SELECT run_id, issued_us, issued_utc, iif(n.repeat, 'overlap opened', 'credential issued'), instance_id,
         resource, iif(n.repeat, 'after sequence ' || (sequence - 1) || ', closed ' || previous_expires_utc,
                       'sequence ' || sequence || ', expires ' || expires_utc), account, region
    FROM credential_timeline_utc CROSS JOIN repeat_row n
      ON n.repeat <= coalesce(previous_expires_us > issued_us, 0)
  UNION ALL SELECT run_id, opened_us, opened_utc, 'gap opened', instance_id, resource,
         'after sequence ' || sequence || CASE WHEN stopped THEN ', while stopped' ELSE '' END ||
           CASE WHEN open THEN ', still open ' ELSE ', closed ' END || closed_utc, account, region
    FROM credential_gap_timeline_utc
  UNION ALL SELECT run_id, at_us, at_utc, 'failure', instance_id, resource,
         coalesce(workload || ', ', '') || operation || ': ' || reason, account, region
    FROM FAILURES
  UNION ALL SELECT run_id, arrived_us, arrived_utc, 'session asked for', instance_id, resource, outcome, account,
         region
    FROM session_timeline_utc
  UNION ALL SELECT run_id, started_us, started_utc, 'session started', instance_id, resource, NULL, account, region
    FROM session_timeline_utc WHERE started_us IS NOT NULL
  UNION ALL SELECT run_id, ended_us, ended_utc, 'session ended', instance_id, resource, outcome, account, region
    FROM session_timeline_utc WHERE ended_us IS NOT NULL
);
)sql";

struct TimedView {
  std::string_view name;
  std::string_view times;  // columns in microseconds, without "_us", separated by blanks
};
constexpr std::array kTimedViews{
    TimedView{"instance", "provisioned eni boot first_credential terminated"},
    TimedView{"credential", "requested issued expires previous_expires"},
    TimedView{"overlap_window", "opened closed"},
    TimedView{"credential_gap", "opened closed"},
    TimedView{"failure", "at"},
    TimedView{"failure_by_instance", "at"},
    TimedView{"session", "arrived started ended"},
    TimedView{"timeseries", "at"},
    TimedView{"limit_headroom", "first_refused"},
};

// The view's columns, and a date beside each time. Null stays null: || with a null is null.
std::string timeline_view(const TimedView& view) {
  const std::string name{view.name};
  std::string sql = "CREATE VIEW " + name + "_timeline_utc AS SELECT v.*";
  std::string_view rest = view.times;
  while (!rest.empty()) {
    const std::string time{rest.substr(0, rest.find(' '))};
    rest.remove_prefix(time.size() < rest.size() ? time.size() + 1 : time.size());
    const std::string microseconds = "(s.start_fraction_us + v." + time + "_us)";
    sql += ",\n  strftime('%Y-%m-%dT%H:%M:%S', s.start_seconds + " + microseconds +
           " / 1000000, 'unixepoch') || printf('.%06dZ', " + microseconds + " % 1000000) AS " + time + "_utc";
  }
  return sql + "\nFROM run_row r JOIN scenario_row s ON s.scenario_id = r.scenario_id\nCROSS JOIN " + name +
         " v ON v.run_id = r.run_id;\n";
}

void put(std::string& sql, std::string_view mark, std::string_view text) {
  for (std::size_t at = sql.find(mark); at != std::string::npos; at = sql.find(mark, at + text.size()))
    sql.replace(at, mark.size(), text);
}

std::string timeline(std::string_view name, std::string_view failures) {
  std::string sql{kTimeline};
  put(sql, "TIMELINE", name);
  put(sql, "FAILURES", failures);
  return sql;
}

}  // namespace

std::string view_definitions() {
  std::string sql{kViews};
  put(sql, "FAILURE_COLUMNS", kFailureColumns);
  put(sql, "FAILURE_NAMES", kFailureNames);
  for (const TimedView& view : kTimedViews) sql += timeline_view(view);
  return sql + timeline("timeline_utc", "failure_timeline_utc") +
         timeline("timeline_by_instance", "failure_by_instance_timeline_utc");
}

}  // namespace credsim::record
