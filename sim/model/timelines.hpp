#pragma once

#include <cstdint>
#include <exception>
#include <memory>
#include <vector>

#include "engine/crew.hpp"
#include "model/call_desk.hpp"
#include "model/host.hpp"
#include "model/segment.hpp"

namespace credsim::model {

struct World;

/// The calls that contend for nothing: their action spends from no bucket, so they change nothing but their own client
/// and the counts, and need no place in the order of the simulation clock. The cell writes down, segment by segment,
/// what happens to an instance that its scripts would notice; later all calls of a segment are decided in one go, by as
/// many threads as the cell may use, each for its own instances. A segment is settled at the latest when the log is
/// full, when a fault or a role changes, before its slot starts again, and at the end of a window of the series' steps.
///
/// The cell does nothing while threads settle, so they share nothing that changes. What comes out does not depend on
/// how many they are: counts are added up, and the rows of each settlement are put in order.
class Timelines {
 public:
  /// `window`: in steps of the series.
  Timelines(World& world, unsigned threads, std::size_t workloads, std::size_t window);

  /// Writes a segment down. Precondition: the resource has a workload that contends for nothing.
  void log(const Segment& segment) {
    log_.push_back(segment);
    if (log_.size() == kLogMax) settle();
  }

  /// Decides the calls of all segments written down.
  void settle();

  /// Decides all calls before `until`, of all instances, which stay as they are from their last segment on.
  void catch_up(SimTime until);

  /// Adds a step's counts to `counters`.
  void add_counts(std::size_t workload, std::size_t step, WorkloadCounters& counters) const;
  /// The same, and forgets them.
  void take_counts(std::size_t workload, std::size_t step, WorkloadCounters& counters);
  void move_window();
  /// Adds CallDesk::failed_in_warm_up to `failures`.
  void add_failed_in_warm_up(std::size_t workload, CountsByReason& failures) const;

 private:
  static constexpr std::size_t kLogMax = 1 << 13;

  /// What one thread settles: every n-th block of slots.
  struct Share {
    explicit Share(const World& world, std::size_t workloads, std::size_t window);
    CallDesk desk;
    std::exception_ptr failure;
  };

  [[nodiscard]] bool owns(std::size_t share, Slot slot) const;
  void settle_log(std::size_t share);
  void settle_segment(CallDesk& desk, const Segment& segment);
  void sweep(std::size_t share, SimTime until);
  void run(CallDesk& desk, Slot slot, std::size_t workload, const Host& host, SimTime until);
  template <class Work>
  void share_out(std::size_t size, Work work);
  void hand_over();

  World& world_;
  std::vector<Segment> log_;
  std::vector<std::unique_ptr<Share>> shares_;
  std::vector<FailureRow> rows_;
  Crew crew_;
};

}  // namespace credsim::model
