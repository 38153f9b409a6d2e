#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "credsim/account.hpp"

namespace credsim {

/// A promise over a summary metric: `metric[{label=value,…}][.statistic] OP value`, such as
/// `api_call_failure_ratio{workload=login-script} < 0.001` or `credential_gap_seconds.p99 <= 5m`.
///
/// or over what the view limit_headroom says of limits (kLimitMetrics):
/// `limit_headroom{limit="sts.account 123456789012/us-east-1"} > 20%`.
///
///     threshold  = metric [ "{" label "=" value { "," label "=" value } "}" ] [ "." statistic ] op number
///     value      = text without , and } | '"' text without '"' '"'
///     op         = "<" | "<=" | ">" | ">=" | "==" | "!="
///     number     = decimal | share ("1%") | duration ("5m", in seconds)
struct Threshold {
  enum class Comparison : std::uint8_t { less, less_equal, greater, greater_equal, equal, not_equal };

  std::string text;                                           ///< as written
  std::string metric;                                         ///< of kMetrics or kLimitMetrics
  std::vector<std::pair<std::string, std::string>> selector;  ///< all must match; empty: all labels together
  std::string statistic;                                      ///< "count", "p99", …; empty for plain metrics
  Comparison comparison = Comparison::less;
  double value = 0;
  SourcePlace place;

  [[nodiscard]] bool holds(double observed) const;
};

/// Reads one threshold; on a fault returns nothing and sets `fault` to "what is wrong; what would be right".
[[nodiscard]] std::optional<Threshold> parse_threshold(std::string_view text, std::string& fault);

}  // namespace credsim
