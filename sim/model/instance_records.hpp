#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "credsim/record.hpp"

#include "model/event.hpp"

namespace credsim::model {

/// What the audit's rows say about instances and nothing else asks for. Keeps nothing at level `aggregate`, which
/// writes no such rows.
class InstanceRecords {
 public:
  explicit InstanceRecords(AuditLevel level) : kept_(level != AuditLevel::aggregate) {}

  struct Record {
    InstanceId id = kNoInstance;
    std::uint32_t sequence = 0;  ///< credentials so far
    SimTime provisioned = kNever;
    SimTime boot = kNever;
    SimTime eni = kNever;
    SimTime first_credential = kNever;
  };

  void reserve(std::size_t slots) {
    if (kept_) records_.reserve(slots);
  }
  void resize(std::size_t slots) {
    if (kept_) records_.resize(slots);
  }
  /// A new instance in `slot`.
  void begin(Slot slot, InstanceId id) {
    if (!kept_) return;
    records_[slot] = Record{};
    records_[slot].id = id;
  }
  /// Calls `write` with the slot's record, if there are records.
  template <class Write>
  void note(Slot slot, Write write) {
    if (kept_) write(records_[slot]);
  }
  /// Without records: one that says nothing.
  [[nodiscard]] Record of(Slot slot) const { return kept_ ? records_[slot] : Record{}; }
  [[nodiscard]] InstanceId id(Slot slot) const { return kept_ ? records_[slot].id : kNoInstance; }

 private:
  bool kept_;
  std::vector<Record> records_;
};

}  // namespace credsim::model
