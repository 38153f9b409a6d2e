#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "credsim/record.hpp"

#include "engine/large_vector.hpp"
#include "model/event.hpp"

namespace credsim::model {

/// What the audit's rows say about instances and nothing else asks for. Keeps nothing at level `aggregate`, which
/// writes no such rows, and no lives at level `failures`.
class InstanceRecords {
 public:
  /// The instants of an instance's life. kNever: has not happened.
  struct Life {
    SimTime provisioned = kNever;
    SimTime boot = kNever;
    SimTime eni = kNever;
    SimTime first_credential = kNever;
  };

  InstanceRecords(AuditLevel level, std::uint32_t cell)
      : names_kept_(level != AuditLevel::aggregate), lives_kept_(level == AuditLevel::full), cell_(cell) {}

  void reserve(std::size_t slots) {
    if (names_kept_) names_.reserve(slots);
    if (lives_kept_) lives_.reserve(slots);
  }
  void resize(std::size_t slots) {
    if (names_kept_) names_.resize(slots);
    if (lives_kept_) lives_.resize(slots);
  }

  /// A new instance in `slot`, the `made`-th of its cell.
  void begin(Slot slot, std::uint32_t made) {
    if (names_kept_) names_[slot] = {made, 0};
    if (lives_kept_) lives_[slot] = Life{};
  }
  /// It has another credential; returns its number, from 1.
  std::uint32_t count_credential(Slot slot) { return names_kept_ ? ++names_[slot].credentials : 0; }
  /// Calls `write` with its life, if lives are kept.
  template <class Write>
  void note(Slot slot, Write write) {
    if (lives_kept_) write(lives_[slot]);
  }

  [[nodiscard]] InstanceId id(Slot slot) const {
    return names_kept_ ? instance_id(cell_, names_[slot].made) : kNoInstance;
  }
  [[nodiscard]] std::uint32_t credentials(Slot slot) const { return names_kept_ ? names_[slot].credentials : 0; }
  [[nodiscard]] Life life(Slot slot) const { return lives_kept_ ? lives_[slot] : Life{}; }

  /// Asks for what is soon touched when it gets a credential.
  [[gnu::always_inline]] void prefetch(Slot slot) const {
    if (names_kept_) __builtin_prefetch(&names_[slot]);
  }

 private:
  struct Name {
    std::uint32_t made = 0;
    std::uint32_t credentials = 0;
  };

  bool names_kept_;
  bool lives_kept_;
  std::uint32_t cell_;
  LargeVector<Name> names_;
  LargeVector<Life> lives_;
};

}  // namespace credsim::model
