#pragma once

#include "model/world.hpp"

/// MODEL.md, "Instance life": who gets which instance, and who waits or is turned away.
namespace credsim::model {

/// Schedules the first or next arrival of a resource's sessions.
void schedule_arrival(World& world, ResourceState& state);

/// Event: somebody asks for a session.
void session_arrives(World& world, ResourceState& state);

/// Event: a session that still waits for an instance gives up.
void session_gives_up(World& world, std::uint32_t session);

/// The session of an instance that is ready for it starts.
void begin_session(World& world, Slot slot);

/// Event: the session is over; its instance is terminated and replaced.
void session_is_over(World& world, Slot slot);

/// The instance is being lost: its session, if it has one, is interrupted.
void interrupt_session(World& world, Slot slot);

/// An instance has nothing to do: it gets the session that waits longest, or waits itself.
void instance_is_available(World& world, Slot slot);

/// After an elastic instance is gone: those who wait may get a new one.
void serve_waiting(World& world, ResourceState& state);

/// The end of the run: sessions in progress and waiting are recorded.
void record_open_sessions(World& world);

}  // namespace credsim::model
