#include "record/stored_rows.hpp"

namespace credsim::record {
namespace {

void put(Cell& cell, std::int64_t value) {
  cell.add(value);
}

void put(Cell& cell, double value) {
  cell.add(value);
}

void put(Cell& cell, InstanceId instance) {
  if (instance == kNoInstance)
    cell.add_null();
  else
    cell.add(static_cast<std::int64_t>(instance));
}

void put(Cell& cell, SimTime time) {
  cell.add(time.time_since_epoch().count());
}

// The time from an earlier moment to `later`; null where that is "never".
struct Since {
  SimTime earlier;
  SimTime later;
};

void put(Cell& cell, const Since& since) {
  if (since.later == kNever)
    cell.add_null();
  else
    cell.add((since.later - since.earlier).count());
}

struct WorkloadOrNone {
  std::uint16_t workload;
};

void put(Cell& cell, WorkloadOrNone one) {
  if (one.workload == FailureRow::kNoWorkload)
    cell.add_null();
  else
    cell.add(std::int64_t{one.workload});
}

template <class... Columns>
std::size_t columns(Cell& cell, std::int64_t row, const Columns&... values) {
  static_assert(sizeof...(values) <= Cell::kMostColumns);
  cell.start(row, sizeof...(values));
  (put(cell, values), ...);
  return cell.finish();
}

template <class Enumeration>
std::int64_t number(Enumeration value) {
  return static_cast<std::int64_t>(value);
}

}  // namespace

std::size_t encode(Cell& cell, std::int64_t row, const InstanceRow& instance) {
  const SimTime start = instance.provisioned;
  return columns(cell, row, instance.instance, std::int64_t{instance.resource}, std::int64_t{instance.number}, start,
                 Since{start, instance.boot}, Since{start, instance.eni}, Since{start, instance.first_credential},
                 Since{start, instance.terminated});
}

std::size_t encode(Cell& cell, std::int64_t row, const CredentialRow& credential) {
  return columns(cell, row, Since{credential.issued, credential.previous_expires}, credential.instance,
                 std::int64_t{credential.sequence}, std::int64_t{credential.attempts}, credential.requested,
                 Since{credential.requested, credential.issued}, Since{credential.issued, credential.expires},
                 std::int64_t{credential.resource});
}

std::size_t encode(Cell& cell, std::int64_t row, const GapRow& gap) {
  return columns(cell, row, gap.instance, std::int64_t{gap.sequence}, gap.opened, Since{gap.opened, gap.closed},
                 std::int64_t{gap.open}, std::int64_t{gap.stopped}, std::int64_t{gap.resource});
}

std::size_t encode(Cell& cell, std::int64_t row, const ChainedFailure& chained) {
  const FailureRow& failure = chained.failure;
  return columns(cell, row, failure.at, failure.instance, std::int64_t{failure.resource},
                 WorkloadOrNone{failure.workload}, number(failure.operation), number(failure.reason),
                 std::int64_t{failure.attempts}, chained.rows_back);
}

std::size_t encode(Cell& cell, std::int64_t row, const SessionRow& session) {
  return columns(cell, row, std::int64_t{session.resource}, std::int64_t{session.number}, session.instance,
                 session.arrived, Since{session.arrived, session.started}, Since{session.arrived, session.ended},
                 number(session.outcome));
}

std::size_t encode(Cell& cell, std::int64_t row, const SampleRun& run) {
  return columns(cell, row, run.series, run.at, run.value, std::int64_t{run.repeats}, run.interval.count(), run.step);
}

}  // namespace credsim::record
