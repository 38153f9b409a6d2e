#include "scenario/session_reader.hpp"

#include <algorithm>
#include <array>

#include "scenario/distribution_reader.hpp"

namespace credsim {

namespace {

// More would come faster than the clock ticks.
constexpr double kMostArrivalsAnHour = 1e9;

void read_per_hour(const FieldReader& fields, Arrivals& arrivals, Diagnostics& diagnostics) {
  constexpr std::size_t kMostHours = 87'672;  // ten years
  arrivals.kind = Arrivals::Kind::per_hour;
  fields.flag("daily", arrivals.daily);
  for (const YamlNode& item : fields.list("per_hour")) {
    const auto number = read_scalar<double>(item, "per_hour", parse_number, diagnostics);
    if (number && (*number < 0 || *number > kMostArrivalsAnHour))
      add_value_fault(item, "per_hour", "is out of range; it must be from 0 to 1e9", diagnostics);
    arrivals.per_hour.push_back(number.value_or(0));
  }
  const std::size_t most = arrivals.daily ? 24 : kMostHours;
  if (arrivals.per_hour.empty() && fields.find("per_hour")->kind == YamlNode::Kind::list)
    diagnostics.add(fields.origin_of("per_hour"), "per_hour has no items; write the arrivals of each hour");
  if (arrivals.per_hour.size() > most)
    diagnostics.add(fields.origin_of("per_hour"), "per_hour has " + std::to_string(arrivals.per_hour.size()) +
                                                      " items; " + std::to_string(most) + " are possible" +
                                                      (arrivals.daily ? " for a day" : ""));
}

Arrivals read_arrivals(const YamlNode& node, ReadContext& context) {
  constexpr std::array<std::string_view, 3> kKinds = {"poisson", "per_hour", "file"};
  const FieldReader fields(node, "arrivals", keys::kArrivals, context.diagnostics);
  Arrivals arrivals;
  const auto kind = fields.only_one_of(kKinds);
  if (!kind) return arrivals;
  if (*kind != "per_hour" && fields.find("daily") != nullptr)
    context.diagnostics.add(fields.origin_of("daily"), "\"daily\" is for per_hour only; leave it out");
  if (*kind == "poisson") {
    fields.rate("poisson", arrivals.rate);
    if (arrivals.rate.per_second() * 3600 > kMostArrivalsAnHour)
      add_value_fault(*fields.find("poisson"), "poisson", "is out of range; it must be at most 1e9 an hour",
                      context.diagnostics);
  } else if (*kind == "per_hour") {
    read_per_hour(fields, arrivals, context.diagnostics);
  } else {
    arrivals.kind = Arrivals::Kind::times;
    auto since_start = read_duration_file(*fields.find("file"), context).value_or(std::vector<Duration>{});
    std::sort(since_start.begin(), since_start.end());
    for (const Duration time : since_start) arrivals.times.push_back(kSimulationStart + time);
  }
  return arrivals;
}

/// A number of instances, or a share of the capacity such as "25%" or "-25%".
void read_change(const FieldReader& fields, ScalingStep& step, Diagnostics& diagnostics) {
  const YamlNode* node = fields.find("change");
  if (node == nullptr || !is_scalar(*node, "change", false, diagnostics)) return;
  std::string_view text = node->text;
  step.relative = text.ends_with('%');
  if (step.relative) text.remove_suffix(1);
  if (text.starts_with('+')) text.remove_prefix(1);
  std::string fault;
  const std::int64_t change = parse_integer(text, fault).value_or(0);
  if (change == 0 || change > kMostInstances || change < -kMostInstances)
    add_value_fault(*node, "change", "is no change of the capacity; write it as 2, -1, 25% or -25%", diagnostics);
  else
    step.change = change;
}

ScalingStep read_step(const YamlNode& node, Diagnostics& diagnostics) {
  constexpr std::array<std::string_view, 2> kSides = {"above", "below"};
  const FieldReader fields(node, "a step", keys::kScalingStep, diagnostics);
  ScalingStep step;
  if (const auto side = fields.only_one_of(kSides)) {
    step.above = *side == "above";
    fields.share(*side, step.bound);
  }
  read_change(fields, step, diagnostics);
  fields.duration("cooldown", step.cooldown);
  return step;
}

void read_bounds(const FieldReader& fields, std::int64_t& min, std::int64_t& max, Diagnostics& diagnostics) {
  fields.integer("min", min, 0, kMostInstances);
  max = min;
  fields.integer("max", max, 0, kMostInstances);
  if (max < min)
    add_value_fault(*fields.find("max"), "max", "is below the min of " + std::to_string(min) + "; write a larger one",
                    diagnostics);
}

void read_schedule(const FieldReader& fields, Scaling& scaling, ReadContext& context) {
  for (const YamlNode& node : fields.list("schedule")) {
    const FieldReader entry(node, "a schedule's item", keys::kScheduledScaling, context.diagnostics);
    ScheduledScaling scheduled;
    entry.moment("at", context.start, scheduled.at);
    read_bounds(entry, scheduled.min, scheduled.max, context.diagnostics);
    if (!scaling.schedule.empty() && entry.has("at") && scheduled.at <= scaling.schedule.back().at)
      context.diagnostics.add(entry.origin_of("at"), "at is not after that of the item before; sort the list by time");
    scaling.schedule.push_back(scheduled);
  }
}

void refuse_empty_list(const FieldReader& fields, std::string_view key, Diagnostics& diagnostics) {
  const YamlNode* node = fields.find(key);
  if (node != nullptr && node->kind == YamlNode::Kind::list && node->items.empty())
    diagnostics.add(node->origin, std::string(key) + " has no items; add one");
}

}  // namespace

Sessions read_sessions(const YamlNode& node, ReadContext& context) {
  const FieldReader fields(node, "sessions", keys::kSessions, context.diagnostics);
  Sessions sessions;
  if (const YamlNode* arrivals = fields.find("arrivals")) sessions.arrivals = read_arrivals(*arrivals, context);
  read_distribution(fields, "duration", sessions.duration, context);
  const YamlNode* wait = fields.find("wait");
  if (wait != nullptr && wait->kind == YamlNode::Kind::scalar && wait->text == "unlimited")
    sessions.wait.reset();
  else
    fields.duration("wait", *sessions.wait);
  return sessions;
}

Scaling read_scaling(const YamlNode& node, ReadContext& context) {
  constexpr std::array<std::string_view, 3> kPolicies = {"target_utilisation", "steps", "schedule"};
  const FieldReader fields(node, "scaling", keys::kScaling, context.diagnostics);
  Scaling scaling;
  read_bounds(fields, scaling.min, scaling.max, context.diagnostics);
  const auto policy = fields.only_one_of(kPolicies);
  if (policy == "target_utilisation") {
    double target = 1;
    fields.share("target_utilisation", target);
    if (target <= 0)
      add_value_fault(*fields.find("target_utilisation"), "target_utilisation", "is nothing; write more, up to 1",
                      context.diagnostics);
    scaling.target_utilisation = target;
  } else if (policy == "steps") {
    refuse_empty_list(fields, "steps", context.diagnostics);
    for (const YamlNode& step : fields.list("steps")) scaling.steps.push_back(read_step(step, context.diagnostics));
  } else if (policy == "schedule") {
    refuse_empty_list(fields, "schedule", context.diagnostics);
    read_schedule(fields, scaling, context);
  }
  return scaling;
}

}  // namespace credsim
