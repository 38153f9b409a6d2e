#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "credsim/record.hpp"

#include "model/recorder.hpp"

namespace credsim::model {

/// A fixed sequence of series, whose values are written again and again, to be recorded or only to be looked at. In the
/// record a series begins with its first sample that is not zero; from then on every step has one.
class SeriesWriter {
 public:
  /// Series get the ids from `first_id` on, in their order, whether they ever begin or not.
  explicit SeriesWriter(std::uint32_t first_id) : first_id_(first_id) {}

  /// What follows is recorded as the samples of `at`, beginning with that of the first series.
  void begin(Recorder& recorder, SimTime at) {
    recorder_ = &recorder;
    at_ = at;
    cursor_ = 0;
  }
  /// What follows is only looked at.
  void begin_look() {
    recorder_ = nullptr;
    cursor_ = 0;
  }
  /// The next series' value; `label` is added to `labels` if it has a name.
  void write(std::string_view metric, double value, const Labels& labels,
             std::pair<std::string_view, std::string_view> label = {});

  /// After a look: every series, and what was looked at, both added to what is there.
  void append_definitions(std::vector<SeriesDefinition>& definitions) const;
  void append_values(std::vector<double>& values) const;

  /// Forgets the largest values so far.
  void forget_maxima() {
    for (Series& series : series_) series.summary.maximum = 0;
  }
  /// Every gauge's last and largest value, of those recorded.
  [[nodiscard]] std::vector<GaugeSummary> gauges() const;

 private:
  struct Series {
    bool begun = false;
    double value = 0;  // last written
    GaugeSummary summary;
  };

  std::uint32_t first_id_;
  Recorder* recorder_ = nullptr;  // null: a look
  SimTime at_{};
  std::size_t cursor_ = 0;
  std::vector<Series> series_;
};

}  // namespace credsim::model
