#include "credsim/scenario_reader.hpp"

#include <nlohmann/json.hpp>

#include "scenario/account_reader.hpp"
#include "scenario/fault_reader.hpp"
#include "scenario/field_reader.hpp"
#include "scenario/overrides.hpp"
#include "scenario/read_context.hpp"
#include "scenario/resource_reader.hpp"
#include "scenario/role_reader.hpp"
#include "scenario/threshold_reader.hpp"
#include "scenario/undecided.hpp"
#include "scenario/yaml_source.hpp"

namespace credsim {

namespace {

void read_version(const FieldReader& fields, Diagnostics& diagnostics) {
  const auto version = fields.scalar<std::int64_t>("version", parse_integer);
  if (version && *version != 1)
    add_value_fault(*fields.find("version"), "version", "is not known to this program; write 1", diagnostics);
}

/// Shortens the run as `--until` says.
void apply_until(const std::string& until, Scenario& scenario, Diagnostics& diagnostics) {
  const Origin origin{diagnostics.add_source("--until " + until), {}};
  std::string fault;
  const auto duration = parse_duration(until, fault);
  if (!duration)
    diagnostics.add(origin, quoted_text(until) + " " + fault);
  else if (*duration == Duration::zero())
    diagnostics.add(origin, "this leaves nothing to simulate; write a longer time");
  else if (*duration > scenario.duration)
    diagnostics.add(origin, "this is beyond the scenario's duration of " + duration_text(scenario.duration) +
                                "; write a shorter time");
  else
    scenario.duration = *duration;
}

/// `--warm-up`, or else the scenario's own.
void read_warm_up(const FieldReader& fields, const ReadOptions& options, Scenario& scenario, Diagnostics& diagnostics) {
  Origin origin = fields.origin_of("warm_up");
  fields.duration("warm_up", scenario.warm_up);
  if (options.warm_up) {
    origin = {diagnostics.add_source("--warm-up " + *options.warm_up), {}};
    std::string fault;
    const auto warm_up = parse_duration(*options.warm_up, fault);
    if (!warm_up) return diagnostics.add(origin, quoted_text(*options.warm_up) + " " + fault);
    scenario.warm_up = *warm_up;
  }
  if (scenario.duration > Duration::zero() && scenario.warm_up >= scenario.duration)
    diagnostics.add(origin, "warm_up " + duration_text(scenario.warm_up) + " leaves nothing to count of a run of " +
                                duration_text(scenario.duration) + "; write a shorter one");
}

void read_times(const FieldReader& fields, const ReadOptions& options, ReadContext& context) {
  constexpr std::int64_t kMostSteps = 1'000'000;
  Scenario& scenario = context.scenario;
  context.start = fields.scalar<UtcTime>("start", parse_time);
  scenario.start = context.start.value_or(UtcTime{});
  fields.positive_duration("duration", scenario.duration);
  if (options.until && scenario.duration > Duration::zero()) apply_until(*options.until, scenario, context.diagnostics);
  read_warm_up(fields, options, scenario, context.diagnostics);
  fields.positive_duration("series_step", scenario.series_step);
  if (scenario.duration / scenario.series_step > kMostSteps)
    context.diagnostics.add(fields.origin_of("series_step"), "series_step " + duration_text(scenario.series_step) +
                                                                 " makes more than " + std::to_string(kMostSteps) +
                                                                 " steps of the run; write a longer one");
}

void read_seed(const FieldReader& fields, const ReadOptions& options, Scenario& scenario) {
  std::int64_t seed = 1;
  fields.integer("seed", seed, 0, static_cast<std::int64_t>(kLargestSeed));
  scenario.seed = options.seed.value_or(static_cast<std::uint64_t>(seed));
}

void read_parts(const YamlNode& root, const ReadOptions& options, ReadContext& context) {
  const FieldReader fields(root, "the scenario", keys::kScenario, context.diagnostics);
  if (root.kind != YamlNode::Kind::mapping) return;
  read_version(fields, context.diagnostics);
  fields.name("name", context.scenario.name);
  fields.text("description", context.scenario.description);
  read_times(fields, options, context);
  read_seed(fields, options, context.scenario);
  read_accounts(fields, context);
  read_roles(fields, context);
  read_images(fields, context);
  read_resources(fields, context);
  read_faults(fields, context);
  read_thresholds(fields, context);
  if (context.diagnostics.empty()) refuse_undecided(context.scenario, context.diagnostics);
}

/// The scenario, as far as it could be read.
Scenario read_text_of_scenario(const std::string& text, const std::string& path, const ReadOptions& options,
                               Diagnostics& diagnostics) {
  nlohmann::json parameters = nlohmann::json::object();
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  ReadContext context{diagnostics, folder.empty() ? "." : folder, {}, {}, {}, {}, {}, {}, {}, {}};
  context.scenario.path = path;
  context.scenario.yaml = text;

  auto root = parse_yaml(text, 0, diagnostics);
  if (!root) return {};
  apply_overrides(options.set, *root, parameters, diagnostics);
  read_parts(*root, options, context);
  if (options.until) parameters["until"] = *options.until;
  if (options.warm_up) parameters["warm_up"] = *options.warm_up;
  if (options.seed) parameters["seed"] = *options.seed;
  context.scenario.parameters = parameters.dump();
  return std::move(context.scenario);
}

}  // namespace

ReadResult read_scenario(const std::string& path, const ReadOptions& options) {
  Diagnostics diagnostics(path);
  std::string fault;
  const auto text = read_text_file(path, fault);
  if (!text) {
    diagnostics.add({}, fault);
    return {std::nullopt, diagnostics.in_order()};
  }
  Scenario scenario = read_text_of_scenario(*text, path, options, diagnostics);
  if (!diagnostics.empty()) return {std::nullopt, diagnostics.in_order()};
  return {std::move(scenario), {}};
}

}  // namespace credsim
