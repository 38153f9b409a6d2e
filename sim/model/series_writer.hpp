#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "credsim/record.hpp"

#include "model/recorder.hpp"

namespace credsim::model {

/// Writes samples of a fixed sequence of series, step by step. A series begins with its first sample that is not zero;
/// from then on every step has one.
class SeriesWriter {
 public:
  /// Series get the ids from `first_id` on, in their order, whether they ever begin or not.
  explicit SeriesWriter(std::uint32_t first_id) : first_id_(first_id) {}

  /// The samples that follow are those of `at`, beginning with that of the first series.
  void begin(SimTime at) {
    at_ = at;
    cursor_ = 0;
  }
  /// The next series' sample; `label` is added to `labels` if it has a name.
  void write(Recorder& recorder, std::string_view metric, double value, const Labels& labels,
             std::pair<std::string_view, std::string_view> label = {});

  /// Every gauge's last and largest value.
  [[nodiscard]] std::vector<GaugeSummary> gauges() const;

 private:
  struct Series {
    bool begun = false;
    GaugeSummary summary;
  };

  std::uint32_t first_id_;
  SimTime at_{};
  std::size_t cursor_ = 0;
  std::vector<Series> series_;
};

}  // namespace credsim::model
