#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "credsim/scenario_reader.hpp"

namespace credsim {

/// Where a value stands: in which text (the scenario, a policy file, a `--set`) and where in it.
struct Origin {
  std::uint32_t source = 0;  ///< of Diagnostics::add_source; 0 is the scenario
  SourcePlace place;         ///< 0:0: the source as a whole
};

/// Collects everything that is wrong with a scenario and the files it names.
class Diagnostics {
 public:
  /// Beyond these, one more says that there are others: a broken file of megabytes must not drown its reader.
  static constexpr std::size_t kMost = 1000;

  explicit Diagnostics(std::string scenario_path) : sources_{std::move(scenario_path)} {}

  /// A further text that values come from; the name is what stands before the place in messages.
  [[nodiscard]] std::uint32_t add_source(std::string name);

  void add(Origin origin, std::string message);

  [[nodiscard]] bool empty() const { return found_.empty(); }

  /// True if what is added now will only be counted: no need to look for a good suggestion.
  [[nodiscard]] bool full() const { return found_.size() >= kMost; }

  /// All of them: the scenario's in the order of their places, then each other source's.
  [[nodiscard]] std::vector<Diagnostic> in_order() const;

 private:
  struct Found {
    Origin origin;
    std::string message;
  };

  std::vector<std::string> sources_;
  std::vector<Found> found_;
  std::size_t unlisted_ = 0;
};

}  // namespace credsim
