#pragma once

#include <string>

#include "credsim/record.hpp"

namespace credsim::record {

/// `{"account":"123456789012","resource":"eng"}`, in the order of the names; bytes that are not UTF-8 are replaced.
[[nodiscard]] std::string labels_json(const Labels& labels);

/// What labels_json() wrote; empty if it is no such thing.
[[nodiscard]] Labels read_labels(const std::string& json);

}  // namespace credsim::record
