#pragma once

#include "model/world.hpp"

/// MODEL.md, "Instance life": from the request over boot and network to the end.
namespace credsim::model {

/// A new instance of `state`, whose provisioning starts at `at`; `session` is who it is for, or kNone.
Slot request_instance(World& world, ResourceState& state, SimTime at, std::uint32_t session);

/// The first instances of every resource, each at its draw of `provisioning.start`.
void request_first_instances(World& world);

/// Event: takes an interface and an address and starts boot, network and agent; or tries again later.
void provision(World& world, Slot slot);

/// Event: the interface is available.
void network_becomes_ready(World& world, Slot slot);

/// Event: scripts can run.
void boot_is_done(World& world, Slot slot);

/// Forgets the start once nothing of it is outstanding: boot, network, and the first credential of an instance with a
/// role.
void finish_start(World& world, Slot slot);

/// Is it still that instance which waits?
[[nodiscard]] bool waits_for_interface(const World& world, const RegionState::Waiting& waiting);

/// Event: hands tokens to the instances that wait for an interface, in their order, and schedules the next grant. Call
/// it too when the bucket changed.
void grant_interfaces(World& world, std::size_t region);

/// Event: deletes the interfaces of ended instances, in their order, as there are tokens, and schedules the next
/// deletion. Call it too when the bucket changed.
void delete_interfaces(World& world, std::size_t region);

/// An on-demand instance that nobody uses, or an image builder: keeps its interface and credentials, does nothing.
void stop_instance(World& world, Slot slot);

/// A stopped instance boots, in `on_demand.start`: a new network race, the agent asks anew.
void start_stopped_instance(World& world, Slot slot);

/// The instance reboots: boot and network anew, the agent asks anew, its processes die.
void restart_instance(World& world, Slot slot);

/// The end of an instance: its interface and address are free at once, or as soon as there is a token to delete the
/// interface. A session on it must have been ended before.
void terminate_instance(World& world, Slot slot);

/// The end of the run: what is still alive is recorded.
void record_survivors(World& world);

}  // namespace credsim::model
