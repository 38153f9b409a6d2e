#include "model/recorder.hpp"

namespace credsim::model {

namespace {
// Large enough that a hand-over costs nothing beside its rows, small enough to stay in the second-level cache.
constexpr std::size_t kBatchRows = 8192;
}  // namespace

Recorder::Recorder(const Scenario& scenario, AuditLevel level, CellSink& sink) : level_(level), sink_(sink) {
  result_.resources.resize(scenario.resources.size());
  result_.workloads.resize(scenario.resources.size());
  for (std::size_t i = 0; i < scenario.resources.size(); ++i)
    result_.workloads[i].resize(scenario.resources[i].workloads.size());
}

void Recorder::credential(const CredentialRow& row) {
  ResourceCounters& counters = result_.resources[row.resource];
  ++counters.credentials_issued;
  if (row.previous_expires != kNever && row.previous_expires > row.issued)
    counters.overlap.record(row.previous_expires - row.issued);
  credential_at_start(row);
}

void Recorder::credential_at_start(const CredentialRow& row) {
  if (level_ != AuditLevel::full) return;
  batch_.credentials.push_back(row);
  ++result_.credential_rows;
  row_added();
}

void Recorder::gap(const GapRow& row) {
  ResourceCounters& counters = result_.resources[row.resource];
  if (row.stopped) {
    ++counters.gaps_stopped;
  } else {
    counters.gap.record(row.closed - row.opened);
    counters.time_without_credential_us += static_cast<std::uint64_t>((row.closed - row.opened).count());
  }
  if (level_ == AuditLevel::aggregate) return;
  batch_.gaps.push_back(row);
  ++result_.gap_rows;
  row_added();
}

void Recorder::failure(const FailureRow& row) {
  if (level_ == AuditLevel::aggregate) return;
  batch_.failures.push_back(row);
  ++result_.failure_rows;
  row_added();
}

void Recorder::instance(const InstanceRow& row) {
  if (level_ != AuditLevel::full) return;
  batch_.instances.push_back(row);
  ++result_.instance_rows;
  row_added();
}

void Recorder::session(const SessionRow& row) {
  if (level_ != AuditLevel::full) return;
  batch_.sessions.push_back(row);
  ++result_.session_rows;
  row_added();
}

void Recorder::series(const SeriesRow& row) {
  batch_.series.push_back(row);
  ++result_.series_rows;
  row_added();
}

void Recorder::row_added() {
  if (++rows_ >= kBatchRows) flush();
}

void Recorder::flush() {
  sink_.take(batch_);
  rows_ = 0;
}

}  // namespace credsim::model
