#include "scenario/distribution_reader.hpp"

#include <array>
#include <cmath>
#include <vector>

namespace credsim {

namespace {

std::optional<Duration> read_duration(const YamlNode& node, std::string_view what, Diagnostics& diagnostics) {
  const auto duration = read_scalar<Duration>(node, what, parse_duration, diagnostics);
  if (duration && *duration > kLongestDuration) {
    add_value_fault(node, what, "is too long; at most " + duration_text(kLongestDuration) + " are possible",
                    diagnostics);
    return std::nullopt;
  }
  return duration;
}

/// The duration at `key`; nothing if it is absent or wrong, which has then been said.
std::optional<Duration> parameter(const FieldReader& fields, std::string_view key, Diagnostics& diagnostics) {
  const YamlNode* node = fields.find(key);
  return node == nullptr ? std::nullopt : read_duration(*node, key, diagnostics);
}

/// The same, and more than nothing.
std::optional<Duration> positive_parameter(const FieldReader& fields, std::string_view key) {
  Duration value{};
  fields.positive_duration(key, value);
  return value > Duration::zero() ? std::optional(value) : std::nullopt;
}

std::optional<Distribution> read_uniform(const YamlNode& node, ReadContext& context) {
  if (!is_list(node, "uniform", context.diagnostics)) return std::nullopt;
  if (node.items.size() != 2) {
    context.diagnostics.add(node.origin, "uniform has " + std::to_string(node.items.size()) +
                                             " values; write the least and the greatest: [0s, 20m]");
    return std::nullopt;
  }
  const auto low = read_duration(node.items[0], "uniform", context.diagnostics);
  const auto high = read_duration(node.items[1], "uniform", context.diagnostics);
  if (!low || !high) return std::nullopt;
  if (*low > *high) {
    context.diagnostics.add(node.origin, "uniform goes from " + duration_text(*low) + " down to " +
                                             duration_text(*high) + "; write the lesser one first");
    return std::nullopt;
  }
  return Distribution::uniform(*low, *high);
}

std::optional<Distribution> read_exponential(const YamlNode& node, ReadContext& context) {
  const FieldReader fields(node, "exponential", keys::kExponential, context.diagnostics);
  const auto mean = positive_parameter(fields, "mean");
  if (!mean) return std::nullopt;
  return Distribution::exponential(*mean);
}

std::optional<Distribution> read_lognormal(const YamlNode& node, ReadContext& context) {
  const FieldReader fields(node, "lognormal", keys::kLognormal, context.diagnostics);
  const auto median = positive_parameter(fields, "median");
  const auto p99 = positive_parameter(fields, "p99");
  if (!median || !p99) return std::nullopt;
  if (*median > *p99) {
    context.diagnostics.add(fields.origin_of("p99"), "p99 " + duration_text(*p99) + " is below the median of " +
                                                         duration_text(*median) + "; write a longer one");
    return std::nullopt;
  }
  return Distribution::lognormal(*median, *p99);
}

std::optional<Distribution> read_normal(const YamlNode& node, ReadContext& context) {
  const FieldReader fields(node, "normal", keys::kNormal, context.diagnostics);
  const auto mean = parameter(fields, "mean", context.diagnostics);
  const auto deviation = parameter(fields, "sd", context.diagnostics);
  if (!mean || !deviation) return std::nullopt;
  return Distribution::normal(*mean, *deviation);
}

std::optional<Distribution> read_weibull(const YamlNode& node, ReadContext& context) {
  // Beyond these a sample is practically constant, or practically zero or endless.
  constexpr double kLeastShape = 0.01;
  constexpr double kGreatestShape = 1000;
  const FieldReader fields(node, "weibull", keys::kWeibull, context.diagnostics);
  const double shape = fields.scalar<double>("shape", parse_number).value_or(0);
  const bool in_range = shape >= kLeastShape && shape <= kGreatestShape;
  if (shape != 0 && !in_range)
    add_value_fault(*fields.find("shape"), "shape", "is out of range; it must be from 0.01 to 1000",
                    context.diagnostics);
  const auto scale = positive_parameter(fields, "scale");
  if (!in_range || !scale) return std::nullopt;
  return Distribution::weibull(shape, *scale);
}

}  // namespace

std::optional<Distribution> read_distribution(const YamlNode& node, std::string_view what, ReadContext& context) {
  if (node.kind != YamlNode::Kind::mapping) {
    const auto value = read_duration(node, what, context.diagnostics);
    if (!value) return std::nullopt;
    return Distribution::constant(*value);
  }

  const FieldReader fields(node, what, keys::kDistribution, context.diagnostics);
  std::vector<std::string_view> kinds;
  for (const Key& key : keys::kDistribution.keys) kinds.push_back(key.name);
  const auto kind = fields.only_one_of(kinds);
  if (!kind) return std::nullopt;
  const YamlNode& parameters = *fields.find(*kind);

  if (kind == "uniform") return read_uniform(parameters, context);
  if (kind == "exponential") return read_exponential(parameters, context);
  if (kind == "lognormal") return read_lognormal(parameters, context);
  if (kind == "normal") return read_normal(parameters, context);
  if (kind == "weibull") return read_weibull(parameters, context);
  if (kind == "empirical") {
    auto values = read_duration_file(parameters, context);
    if (!values) return std::nullopt;
    return Distribution::empirical(std::move(*values));
  }
  const auto value = read_duration(parameters, *kind, context.diagnostics);
  if (!value) return std::nullopt;
  return Distribution::constant(*value);
}

void read_distribution(const FieldReader& fields, std::string_view key, Distribution& target, ReadContext& context) {
  const YamlNode* node = fields.find(key);
  if (node == nullptr) return;
  if (auto distribution = read_distribution(*node, key, context)) target = std::move(*distribution);
}

}  // namespace credsim
