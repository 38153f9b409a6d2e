#pragma once

#include "model/world.hpp"

/// MODEL.md, "AssumeRole" and "Overlap and gap": the agent that keeps an instance's profile filled.
namespace credsim::model {

/// A (re)started instance's agent asks for a credential at `at`, whatever it has.
void start_agent(World& world, Slot slot, SimTime at);

/// The agent makes no more attempts, and no answer reaches it, until it is started again.
void end_agent(World& world, Slot slot);

/// Event: one attempt.
void attempt_assume_role(World& world, Slot slot);

/// Event: STS has answered; the credential is in the profile.
void issue_credential(World& world, Slot slot);

/// The attempts that an agent_paused fault held back, made in their order.
void make_paused_attempts(World& world, std::size_t fault);

/// What ends now of the time since the newest credential's expiry, if there is any: all of it, or what came after the
/// instance's last stop or start. `open` if the instance or the run ends. Precondition: it has had a credential.
void record_gap(World& world, Slot slot, bool open);

}  // namespace credsim::model
