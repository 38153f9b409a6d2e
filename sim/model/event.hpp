#pragma once

#include <cstdint>

#include "credsim/pending_event_set.hpp"
#include "credsim/time.hpp"

/// The meaning of Event::what inside a cell: three bits of class, then what the class says. At one instant things
/// happen in this order: the series' sample, terminations (which free what others wait for), fault changes, what faults
/// do, capacity decisions, interfaces that are deleted and then granted, the instances from low numbers to high, their
/// scripts likewise, calls in progress, and last the sessions that arrive or give up.
///
/// An event carries no proof that it still counts: a stop, a restart or an end cannot take it out of the pending event
/// set. Whoever it is for remembers when its next event is due, and ignores one that comes at another time.
namespace credsim::model {

/// An instance's place in the cell's memory; reused after its end.
using Slot = std::uint32_t;

enum class EventClass : std::uint32_t { early, control, instance, script, call, session };

inline constexpr std::uint32_t kIndexBits = 29;
inline constexpr std::uint32_t kIndexMask = (1U << kIndexBits) - 1;

constexpr std::uint32_t what(EventClass event_class, std::uint32_t index) {
  return (static_cast<std::uint32_t>(event_class) << kIndexBits) | index;
}
constexpr EventClass event_class(std::uint32_t what) {
  return static_cast<EventClass>(what >> kIndexBits);
}
constexpr std::uint32_t event_index(std::uint32_t what) {
  return what & kIndexMask;
}

/// Class early: 0 is the series' sample; 1 + slot ends the session, and with it the instance, of that slot.
inline constexpr std::uint32_t kSeriesSample = what(EventClass::early, 0);
constexpr std::uint32_t session_end(Slot slot) {
  return what(EventClass::early, slot + 1);
}

/// Class control: the upper part of the index says what changes, in the order of an instant; the lower part which one.
enum class ControlKind : std::uint32_t {
  fault_change,  ///< twice the fault, plus 1 if it ends
  role_change,   ///< World::role_changes
  builder_stop,  ///< resource
  fault_action,  ///< fault: instances lost or restarted, paused attempts made
  builder_start,
  capacity,            ///< World::capacity_looks
  interface_deletion,  ///< region
  interface_grant,     ///< region
};
inline constexpr std::uint32_t kControlBits = 25;
inline constexpr std::uint32_t kControlMask = (1U << kControlBits) - 1;
constexpr std::uint32_t control(ControlKind kind, std::uint32_t index) {
  return what(EventClass::control, (static_cast<std::uint32_t>(kind) << kControlBits) | index);
}

/// Class instance: the slot, then what happens, in the order in which it happens to one instance at one instant.
enum class InstanceEvent : std::uint32_t { provision, network_ready, boot_done, credential_issued, assume_role };
inline constexpr std::uint32_t kInstanceEventBits = 3;
inline constexpr std::uint32_t kSlotsMax = 1U << (kIndexBits - kInstanceEventBits);
constexpr std::uint32_t instance_event(Slot slot, InstanceEvent event) {
  return what(EventClass::instance, (slot << kInstanceEventBits) | static_cast<std::uint32_t>(event));
}

// Class script: the slot, then the workload in as many bits as the cell needs (World::script_event): what its client
// waits for is due.

/// Class call: the place of the call in progress, which knows what is due.
constexpr std::uint32_t call_event(std::uint32_t place) {
  return what(EventClass::call, place);
}

/// What a call in progress waits for.
enum class CallEvent : std::uint8_t {
  attempt,  ///< the next one
  connect,  ///< the packet that asks for a connection is sent again, or the wait for one is over
  result,   ///< the answer to the attempt
};

/// Class session: the arrivals of a resource, or (above this) a waiting session's patience.
inline constexpr std::uint32_t kSessionPatience = 1U << 20;

/// The part of a time that is kept to tell whether an event is the one that somebody waits for.
constexpr std::uint32_t due_mark(SimTime at) {
  return static_cast<std::uint32_t>(at.time_since_epoch().count());
}

}  // namespace credsim::model
