#pragma once

#include "model/world.hpp"

/// MODEL.md, "AssumeRole" and "Overlap and gap": the agent that keeps an instance's profile filled.
namespace credsim::model {

/// A (re)started instance's agent asks for a credential at `at`, whatever it has.
void start_agent(World& world, Slot slot, SimTime at);

/// The instance has been up for long when the run begins: it has a credential, whose age is anywhere in a rotation. If
/// its role is refused one, it has none, and the agent asks anywhere in its retry interval. One that is about to stop
/// until a session asks for it has none that has not expired.
void start_in_rotation(World& world, Slot slot);

/// The agent makes no more attempts, and no answer reaches it, until it is started again.
void end_agent(World& world, Slot slot);

/// Event: one attempt.
void attempt_assume_role(World& world, Slot slot);

/// Event: STS has answered; the credential is in the profile.
void issue_credential(World& world, Slot slot);

/// The attempts that an agent_paused fault held back, made in their order.
void make_paused_attempts(World& world, std::size_t fault);

/// From when on, in the run and since its last stop or start, the instance has been without an unexpired credential.
/// Later than now: it has one. Precondition: it has had one.
[[nodiscard]] SimTime uncovered_from(const World& world, Slot slot);

/// What ends now of the time since the newest credential's expiry, if there is any: all of it, or what came after the
/// instance's last stop or start. `open` if the instance or the run ends. Precondition: it has had a credential.
void record_gap(World& world, Slot slot, bool open);

}  // namespace credsim::model
