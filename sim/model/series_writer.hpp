#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "credsim/record.hpp"

#include "model/recorder.hpp"

namespace credsim::model {

/// One series of a SeriesWriter.
enum class SeriesHandle : std::uint32_t {};

/// Series, whose values are written again and again, to be recorded or only to be looked at: from begin() or
/// begin_look() to the next, each series has exactly one, in any order. In the record a series begins with its first
/// sample that is not zero; from then on every step has one.
class SeriesWriter {
 public:
  /// Series get the ids from `first_id` on, in the order in which they are added, whether they ever begin or not.
  explicit SeriesWriter(std::uint32_t first_id) : first_id_(first_id) {}

  /// Another series, before the first begin(); `label` is added to `labels` if it has a name.
  SeriesHandle add(std::string_view metric, const Labels& labels,
                   std::pair<std::string_view, std::string_view> label = {});

  /// What follows is recorded as the samples of `at`.
  void begin(Recorder& recorder, SimTime at);
  /// What follows is only looked at.
  void begin_look();
  void write(SeriesHandle handle, double value);

  /// How many ids it uses.
  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(series_.size()); }
  /// Every series, added to what is there.
  void append_definitions(std::vector<SeriesDefinition>& definitions) const;
  /// What was looked at last, as the definitions, added to what is there.
  void append_values(std::vector<double>& values) const;

  /// Forgets the largest values so far.
  void forget_maxima() {
    for (Series& series : series_) series.summary.maximum = 0;
  }
  /// The last and largest value of every gauge that has begun, of those recorded.
  [[nodiscard]] std::vector<GaugeSummary> gauges() const;

 private:
  struct Series {
    bool begun = false;
    double value = 0;         // last written
    std::uint64_t round = 0;  // in which it was
    GaugeSummary summary;
  };

  void begin_round();

  std::uint32_t first_id_;
  Recorder* recorder_ = nullptr;  // null: a look
  SimTime at_{};
  std::uint64_t round_ = 0;
  std::size_t written_ = 0;  // series in this round
  std::vector<Series> series_;
};

}  // namespace credsim::model
