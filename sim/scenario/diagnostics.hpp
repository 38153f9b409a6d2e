#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
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

  /// A further text that values come from; the name is what stands before the place in messages. The same text by the
  /// same name is one source.
  [[nodiscard]] std::uint32_t add_source(std::string name);

  [[nodiscard]] const std::string& source_name(std::uint32_t source) const { return sources_[source]; }

  /// What was said of a place is not said of it again: a value with aliases, or in a file that is named twice, is read
  /// more than once.
  void add(Origin origin, const std::string& message) { add(origin, "", message); }
  /// `name` and `message` together are the message. What was said of the place under another name counts as said too.
  void add(Origin origin, std::string_view name, const std::string& message);

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
  std::set<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t, std::string>> said_;  // source, line, column
  std::size_t unlisted_ = 0;
};

}  // namespace credsim
