#include "record/schema.hpp"

#include <string>
#include <string_view>

#include "credsim/record.hpp"

#include "record/stored_rows.hpp"
#include "record/views.hpp"

namespace credsim::record {
namespace {

constexpr std::string_view kTables = R"sql(
CREATE TABLE scenario_row (
  scenario_id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  yaml TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  start_seconds INTEGER NOT NULL,      -- since 1970
  start_fraction_us INTEGER NOT NULL,  -- 0 to 999999
  duration_us INTEGER NOT NULL,
  warm_up_us INTEGER NOT NULL,
  parameters_json TEXT NOT NULL
) STRICT;
CREATE TABLE resource_row (
  scenario_id INTEGER NOT NULL,
  resource INTEGER NOT NULL,
  name TEXT NOT NULL,
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  PRIMARY KEY (scenario_id, resource)
) STRICT, WITHOUT ROWID;
CREATE TABLE workload_row (
  scenario_id INTEGER NOT NULL,
  resource INTEGER NOT NULL,
  workload INTEGER NOT NULL,
  name TEXT NOT NULL,
  action TEXT NOT NULL,
  PRIMARY KEY (scenario_id, resource, workload)
) STRICT, WITHOUT ROWID;
CREATE TABLE reason_row (reason INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
CREATE TABLE operation_row (operation INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
CREATE TABLE outcome_row (outcome INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;

CREATE TABLE run_row (
  run_id INTEGER PRIMARY KEY,
  scenario_id INTEGER NOT NULL,
  seed INTEGER NOT NULL,  -- 64 bits without a sign, read as signed
  replication INTEGER NOT NULL,
  status TEXT NOT NULL,
  audit_level TEXT NOT NULL,
  not_recorded TEXT,
  events INTEGER,
  wall_seconds REAL,
  version TEXT NOT NULL
) STRICT;
CREATE TABLE extent (
  kind TEXT NOT NULL,  -- of the table KIND_row
  run_id INTEGER NOT NULL,
  first_row INTEGER NOT NULL,
  last_row INTEGER NOT NULL,
  PRIMARY KEY (kind, run_id, first_row)
) STRICT, WITHOUT ROWID;

CREATE TABLE instance_row (
  instance_id INTEGER NOT NULL,
  resource INTEGER NOT NULL,
  number INTEGER NOT NULL,
  provisioned_us INTEGER NOT NULL,
  boot_delay_us INTEGER,  -- this and the next three since provisioned_us
  eni_delay_us INTEGER,
  first_credential_delay_us INTEGER,
  life_us INTEGER
) STRICT;
CREATE TABLE credential_row (
  overlap_us INTEGER,  -- from its issue to the expiry of the one before; negative: a gap; null: the first
  instance_id INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  requested_us INTEGER NOT NULL,
  issue_delay_us INTEGER NOT NULL,  -- since requested_us
  lifetime_us INTEGER NOT NULL,
  resource INTEGER NOT NULL  -- last here and in gap_row: who does not ask for it does not read it
) STRICT;
CREATE TABLE gap_row (
  instance_id INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  opened_us INTEGER NOT NULL,
  duration_us INTEGER NOT NULL,
  open INTEGER NOT NULL,
  stopped INTEGER NOT NULL,
  resource INTEGER NOT NULL
) STRICT;
CREATE TABLE failure_row (
  at_us INTEGER NOT NULL,
  instance_id INTEGER,
  resource INTEGER NOT NULL,
  workload INTEGER,
  operation INTEGER NOT NULL,
  reason INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  rows_back INTEGER NOT NULL  -- to the row of the instance's failure before; 0: the first
) STRICT;
CREATE TABLE last_failure_row (  -- of runs that have ended: where the chain by rows_back begins
  run_id INTEGER NOT NULL,
  instance_id INTEGER,  -- null: failures of no instance, of one cell
  failure INTEGER NOT NULL,  -- a rowid
  UNIQUE (run_id, instance_id)
) STRICT;
CREATE TABLE failure_count_row (
  run_id INTEGER NOT NULL,
  hour INTEGER NOT NULL,
  resource INTEGER NOT NULL,
  operation INTEGER NOT NULL,
  workload INTEGER NOT NULL,  -- -1: none
  reason INTEGER NOT NULL,
  warm_up INTEGER NOT NULL,
  failures INTEGER NOT NULL,
  PRIMARY KEY (run_id, hour, resource, operation, workload, reason, warm_up)
) STRICT, WITHOUT ROWID;
CREATE TABLE gap_count_row (
  run_id INTEGER NOT NULL,
  resource INTEGER NOT NULL,
  stopped INTEGER NOT NULL,
  warm_up INTEGER NOT NULL,
  gaps INTEGER NOT NULL,
  open INTEGER NOT NULL,
  duration_us INTEGER NOT NULL,
  longest_us INTEGER NOT NULL,
  PRIMARY KEY (run_id, resource, stopped, warm_up)
) STRICT, WITHOUT ROWID;
CREATE TABLE session_row (
  resource INTEGER NOT NULL,
  number INTEGER NOT NULL,
  instance_id INTEGER,
  arrived_us INTEGER NOT NULL,
  start_delay_us INTEGER,  -- this and the next since arrived_us
  end_delay_us INTEGER,
  outcome INTEGER NOT NULL
) STRICT;
CREATE TABLE series_row (series INTEGER PRIMARY KEY, metric TEXT NOT NULL, labels_json TEXT NOT NULL) STRICT;
CREATE TABLE sample_row (
  series INTEGER NOT NULL,
  at_us INTEGER NOT NULL,
  value REAL NOT NULL,
  repeats INTEGER NOT NULL,      -- how many samples follow
  interval_us INTEGER NOT NULL,  -- from each to the next
  step REAL NOT NULL             -- what the next one is larger by
) STRICT;
CREATE TABLE repeat_row (repeat INTEGER PRIMARY KEY) STRICT;  -- from 0: what a sample is repeated by

CREATE TABLE finding_row (
  run_id INTEGER NOT NULL,
  rule TEXT NOT NULL,
  severity TEXT NOT NULL,
  subject TEXT NOT NULL,
  message TEXT NOT NULL,
  line INTEGER
) STRICT;
CREATE TABLE limit_row (
  run_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  labels_json TEXT NOT NULL,
  capacity_1s REAL,  -- this, the next and utilisation are null where nothing limits
  capacity_60s REAL,
  peak_1s REAL NOT NULL,
  peak_60s REAL NOT NULL,
  capacity_600s REAL,  -- buckets only, as the next
  peak_600s REAL,
  utilisation REAL,
  first_refused_us INTEGER,
  refused INTEGER NOT NULL
) STRICT;
CREATE TABLE summary_row (
  run_id INTEGER,  -- null: over all replications
  metric TEXT NOT NULL,
  labels_json TEXT NOT NULL,
  value REAL NOT NULL,
  ci_low REAL,
  ci_high REAL
) STRICT;
CREATE TABLE threshold_row (
  run_id INTEGER NOT NULL,
  expression TEXT NOT NULL,
  observed REAL,
  passed INTEGER NOT NULL
) STRICT;
CREATE INDEX finding_run ON finding_row (run_id);
CREATE INDEX limit_run ON limit_row (run_id);
CREATE INDEX summary_run ON summary_row (run_id);
CREATE INDEX threshold_run ON threshold_row (run_id);
)sql";

bool number_repeats(Database& database) {
  Statement insert = database.prepare(
      "INSERT INTO repeat_row WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ?) SELECT i "
      "FROM n");
  return insert.run(SampleRun::kMostRepeats);
}

bool name_reasons_and_outcomes(Database& database) {
  Statement reason = database.prepare("INSERT INTO reason_row VALUES (?, ?)");
  for (std::size_t i = 0; i < kReasons; ++i)
    if (!reason.run(i, reason_name(static_cast<Reason>(i)))) return false;

  Statement operation = database.prepare("INSERT INTO operation_row VALUES (?, ?)");
  using Operation = FailureRow::Operation;  // a workload's call has its workload's action
  if (!operation.run(static_cast<int>(Operation::assume_role), "sts:AssumeRole") ||
      !operation.run(static_cast<int>(Operation::create_network_interface), "ec2:CreateNetworkInterface") ||
      !operation.run(static_cast<int>(Operation::create_streaming_url), "appstream:CreateStreamingURL") ||
      !operation.run(static_cast<int>(Operation::start_fleet), "appstream:StartFleet"))
    return false;

  Statement outcome = database.prepare("INSERT INTO outcome_row VALUES (?, ?)");
  using Outcome = SessionRow::Outcome;
  for (const Outcome each :
       {Outcome::completed, Outcome::rejected, Outcome::interrupted, Outcome::active, Outcome::waiting})
    if (!outcome.run(static_cast<int>(each), session_outcome_name(each))) return false;
  return true;
}

}  // namespace

bool create_schema(Database& database) {
  // 16 KiB pages take a tenth more rows a second than 4 KiB ones and waste no more (bench/audit_store_bench.cpp).
  if (!database.execute("PRAGMA synchronous = OFF; PRAGMA page_size = 16384")) return false;
  Transaction transaction{database};
  return transaction && database.execute("PRAGMA application_id = " + std::to_string(kApplicationId)) &&
         database.execute("PRAGMA user_version = " + std::to_string(kSchemaVersion)) &&
         database.execute(std::string{kTables}) && database.execute(view_definitions()) && number_repeats(database) &&
         name_reasons_and_outcomes(database) && transaction.commit();
}

}  // namespace credsim::record
