#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "credsim/account.hpp"
#include "credsim/fault.hpp"
#include "credsim/resource.hpp"
#include "credsim/role.hpp"
#include "credsim/threshold.hpp"
#include "credsim/time.hpp"

namespace credsim {

/// The greatest seed, of scenarios and of `--seed`: the database keeps seeds as signed numbers of 64 bits.
inline constexpr std::uint64_t kLargestSeed = INT64_MAX;

/// What a run simulates: a scenario file, read, checked and with every default filled in. Plain data, immutable once
/// read; every index in it is valid. `scenario_reader.hpp` makes one.
struct Scenario {
  std::string name;
  std::string description;
  std::chrono::sys_time<std::chrono::microseconds> start;  ///< UTC
  Duration duration{};                                     ///< > 0; a run covers [0, duration)
  /// Less than `duration`. What happens before it is simulated and recorded, but not counted: not by metrics, limits
  /// and thresholds.
  Duration warm_up{};
  std::uint64_t seed = 1;  ///< at most kLargestSeed
  std::vector<Account> accounts;
  std::vector<Role> roles;
  std::vector<Image> images;
  std::vector<Resource> resources;  ///< fleets, then image builders, as written
  std::vector<Fault> faults;        ///< as written
  std::vector<Threshold> thresholds;
  Duration series_step = std::chrono::seconds{60};  ///< > 0

  std::string path;                ///< of the file, as given
  std::vector<std::string> files;  ///< that it names, and that were read: policies, lists of durations
  std::string yaml;                ///< its text
  std::string parameters;          ///< JSON object of what `--set`, `--until`, `--warm-up` changed
};

}  // namespace credsim
