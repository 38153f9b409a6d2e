#pragma once

#include <vector>

#include "credsim/record.hpp"
#include "credsim/scenario.hpp"

namespace credsim::model {

/// Counts everything in plain integers, keeps the rows that the audit level asks for, and hands them over in batches.
class Recorder {
 public:
  Recorder(const Scenario& scenario, AuditLevel level, CellSink& sink);

  void credential(const CredentialRow& row);
  /// One that an instance has when the run begins: only its row, since nothing issues it in the run.
  void credential_at_start(const CredentialRow& row);
  void gap(const GapRow& row);
  /// Counts nothing: the caller knows which counter it is.
  void failure(const FailureRow& row);
  void instance(const InstanceRow& row);
  void session(const SessionRow& row);
  void series_definition(SeriesDefinition definition) { batch_.series_definitions.push_back(std::move(definition)); }
  void series(const SeriesRow& row);

  [[nodiscard]] ResourceCounters& resource(std::uint32_t resource) { return result_.resources[resource]; }
  /// As of the last step of the series that is written down.
  [[nodiscard]] WorkloadCounters& workload(std::uint32_t resource, std::size_t workload) {
    return result_.workloads[resource][workload];
  }
  [[nodiscard]] CellResult& result() { return result_; }
  void count_event() { ++events_; }
  /// An attempt of a call is an event too. It may be counted long after the simulation clock has passed it.
  void count_attempts(std::uint64_t attempts) { attempts_ += attempts; }
  [[nodiscard]] std::uint64_t events_without_attempts() const { return events_; }
  [[nodiscard]] std::uint64_t events() const { return events_ + attempts_; }
  [[nodiscard]] bool keeps_failures() const { return level_ != AuditLevel::aggregate; }

  /// Hands over what is left.
  void flush();

 private:
  void row_added();

  AuditLevel level_;
  CellSink& sink_;
  AuditBatch batch_;
  std::size_t rows_ = 0;
  std::uint64_t events_ = 0;  // without attempts of calls
  std::uint64_t attempts_ = 0;
  CellResult result_;
};

}  // namespace credsim::model
