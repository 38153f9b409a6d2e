#include "model/timelines.hpp"

#include <algorithm>
#include <functional>
#include <tuple>

#include "model/caller.hpp"
#include "model/world.hpp"

namespace credsim::model {

namespace {

/// A client keeps what is due itself.
struct OwnAgenda {
  void script(SimTime) const {}
  void call(std::uint32_t, SimTime) const {}
};

// Fewer segments than this are not worth waking a thread for.
constexpr std::size_t kWorthSharing = 1024;
// How many segments ahead memory is asked for.
constexpr std::size_t kPrefetch = 12;

}  // namespace

Timelines::Share::Share(const World& world, std::size_t workloads, std::size_t window)
    : desk(world.scenario, workloads, window) {}

Timelines::Timelines(World& world, unsigned threads, std::size_t workloads, std::size_t window)
    : world_(world), crew_(threads) {
  log_.reserve(kLogMax);
  for (unsigned i = 0; i < threads; ++i) shares_.push_back(std::make_unique<Share>(world, workloads, window));
}

bool Timelines::owns(std::size_t share, Slot slot) const {
  return shares_.size() == 1 || (slot / kSlotsPerBlock) % shares_.size() == share;
}

template <class Work>
void Timelines::share_out(std::size_t size, Work work) {
  const auto part = [&](std::size_t share) {
    try {
      work(share);
    } catch (...) {
      shares_[share]->failure = std::current_exception();
    }
  };
  if (size < kWorthSharing || shares_.size() == 1) {
    for (std::size_t share = 0; share < shares_.size(); ++share) part(share);
  } else {
    crew_.run(part);
  }
  for (const auto& share : shares_)
    if (share->failure) std::rethrow_exception(share->failure);
}

void Timelines::settle() {
  if (log_.empty()) return;
  share_out(log_.size(), [this](std::size_t share) { settle_log(share); });
  log_.clear();
  hand_over();
}

void Timelines::catch_up(SimTime until) {
  share_out(log_.size() + world_.instances.size(), [this, until](std::size_t share) {
    settle_log(share);
    sweep(share, until);
  });
  log_.clear();
  hand_over();
}

void Timelines::settle_log(std::size_t share) {
  CallDesk& desk = shares_[share]->desk;
  for (std::size_t i = 0; i < log_.size(); ++i) {
    if (i + kPrefetch < log_.size()) {
      world_.prefetch_instance(log_[i + kPrefetch].slot);
      world_.prefetch_clients(log_[i + kPrefetch].slot);
    }
    if (owns(share, log_[i].slot)) settle_segment(desk, log_[i]);
  }
}

void Timelines::settle_segment(CallDesk& desk, const Segment& segment) {
  const ResourceState& state = world_.resource_of_slot(segment.slot);
  Host host = world_.host(segment.slot);
  host.issued = segment.issued;
  host.network_ready = segment.network_ready;
  for (std::size_t workload = 0; workload < state.workloads.size(); ++workload) {
    if (state.workloads[workload].contends()) continue;
    Client& client = world_.client(segment.slot, workload);
    run(desk, segment.slot, workload, host, segment.until);
    if (segment.then == Segment::Then::scripts_end) desk.end_process(client, false);
    if (segment.then == Segment::Then::script_starts && segment.workload == workload)
      Caller(world_, desk, segment.slot, workload, host, OwnAgenda{}).start_process(segment.until);
  }
}

void Timelines::sweep(std::size_t share, SimTime until) {
  CallDesk& desk = shares_[share]->desk;
  for (Slot first = 0; first < world_.instances.size(); first += kSlotsPerBlock) {
    const ResourceState& state = world_.resource_of_slot(first);
    if (!owns(share, first) || !state.has_timelines) continue;
    const auto last = static_cast<Slot>(std::min<std::size_t>(first + kSlotsPerBlock, world_.instances.size()));
    for (Slot slot = first; slot < last; ++slot) {
      for (std::size_t workload = 0; workload < state.workloads.size(); ++workload) {
        const Client& client = world_.client(slot, workload);
        if (state.workloads[workload].contends() || !client.in(Client::State::running)) continue;
        if (client.due_at() < until || client.extension != kNone) run(desk, slot, workload, world_.host(slot), until);
      }
    }
  }
}

void Timelines::run(CallDesk& desk, Slot slot, std::size_t workload, const Host& host, SimTime until) {
  Caller caller(world_, desk, slot, workload, host, OwnAgenda{});
  const Client& client = caller.client();
  if (!client.in(Client::State::running)) return;
  for (;;) {
    if (client.extension == kNone) {
      const SimTime certain = std::min(until, caller.succeeds_until());
      while (client.due_at() < certain) caller.make_certain_call(client.due_at());
    }
    SimTime next = client.due_at();
    std::uint32_t place = kNone;
    for (std::uint32_t i = desk.first_call(client); i != kNone; i = desk.calls[i].next)
      if (desk.calls[i].due < next) {
        next = desk.calls[i].due;
        place = i;
      }
    if (next >= until) return;
    if (place == kNone) {
      caller.make_call(next);
    } else {
      caller.go_on(place, next);
    }
  }
}

void Timelines::hand_over() {
  for (const auto& share : shares_) {
    CallDesk& desk = share->desk;
    world_.recorder.count_attempts(std::exchange(desk.attempts, 0));
    rows_.insert(rows_.end(), desk.failures.begin(), desk.failures.end());
    desk.failures.clear();
  }
  // An instance's own rows are in order, and all in one share.
  std::stable_sort(rows_.begin(), rows_.end(), [](const FailureRow& a, const FailureRow& b) {
    return std::tie(a.at, a.instance) < std::tie(b.at, b.instance);
  });
  for (const FailureRow& row : rows_) world_.recorder.failure(row);
  rows_.clear();
}

void Timelines::add_counts(std::size_t workload, std::size_t step, WorkloadCounters& counters) const {
  for (const auto& share : shares_) add_up(counters, share->desk.counts.of_step(workload, step));
}

void Timelines::take_counts(std::size_t workload, std::size_t step, WorkloadCounters& counters) {
  for (const auto& share : shares_) add_up(counters, share->desk.counts.take(workload, step));
}

void Timelines::move_window() {
  for (const auto& share : shares_) share->desk.counts.move_window();
}

void Timelines::add_failed_in_warm_up(std::size_t workload, CountsByReason& failures) const {
  for (const auto& share : shares_) {
    const CountsByReason& more = share->desk.failed_in_warm_up[workload];
    std::transform(failures.begin(), failures.end(), more.begin(), failures.begin(), std::plus<>{});
  }
}

}  // namespace credsim::model
