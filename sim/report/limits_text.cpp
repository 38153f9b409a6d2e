#include "report/limits_text.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "credsim/estimate.hpp"
#include "credsim/metric.hpp"

#include "report/first_limit.hpp"
#include "report/readable.hpp"
#include "report/runs_text.hpp"

namespace credsim::report {
namespace {

constexpr std::size_t kMostLimits = 12;

std::string unit(Limit::Kind kind) {
  switch (kind) {
    case Limit::Kind::bucket:
      return "request";
    case Limit::Kind::interfaces:
      return "interface";
    case Limit::Kind::instances:
    case Limit::Kind::image_builder_instances:
      return "instance";
    case Limit::Kind::subnet:
      return "address";
    case Limit::Kind::elastic_sessions:
    case Limit::Kind::capacity:
      return "session";
  }
  return "";
}

std::string units(double count, Limit::Kind kind) {
  return kind == Limit::Kind::subnet ? number(count) + (count == 1 ? " address" : " addresses")
                                     : counted(count, unit(kind));
}

/// Adds the limit that leads in most of the other replications, if chance alone may have put it behind the first one.
/// Precondition: there is a limit.
void add_rival(const Report& report, std::uint32_t LimitOverview::*leads_in, const std::string& how,
               std::vector<std::string>& lines) {
  const std::vector<LimitOverview>& limits = report.result.limits;
  const auto next =
      std::max_element(limits.begin() + 1, limits.end(),
                       [&](const LimitOverview& a, const LimitOverview& b) { return a.*leads_in < b.*leads_in; });
  if (report.result.counted < 2 || next == limits.end() || (*next).*leads_in == 0) return;
  const std::uint32_t ahead = limits.front().*leads_in;
  if (share_of_runs(ahead, ahead + (*next).*leads_in).low > 0.5) return;
  lines.push_back("too close to rank: " + next->usage.name + how + in_runs((*next).*leads_in, report.result.counted));
}

/// What its worst moments asked for, against what it can serve.
std::string worst_moments(const LimitUsage& usage) {
  if (usage.kind != Limit::Kind::bucket)
    return units(usage.peak_1s, usage.kind) + " wanted at once, " + number(usage.capacity_1s) + " there (" +
           percent(usage.utilisation()) + ")" +
           (usage.refused_any() && usage.utilisation() <= 1 ? ", but not all of them ready" : "");
  const auto share = [](double peak, double capacity) {
    return capacity > 0 ? " (" + percent(peak / capacity) + ")" : std::string();
  };
  if (usage.unlimited)
    return "worst second " + units(usage.peak_1s, usage.kind) + ", worst minute " + number(usage.peak_60s) +
           " a second; only a fault bounds it";
  return "worst second " + number(usage.peak_1s) + " of " + units(usage.capacity_1s, usage.kind) +
         share(usage.peak_1s, usage.capacity_1s) + ", worst minute " + number(usage.peak_60s) + " of " +
         number(usage.capacity_60s) + " a second" + share(usage.peak_60s, usage.capacity_60s) + ", ten minutes " +
         number(usage.peak_600s) + " of " + number(usage.capacity_600s) + share(usage.peak_600s, usage.capacity_600s);
}

/// Whether a threshold asks about it as a limit.
bool is_asked_about(const Scenario& scenario, const LimitUsage& usage) {
  return std::any_of(scenario.thresholds.begin(), scenario.thresholds.end(), [&](const Threshold& threshold) {
    const bool is_of_capacity = threshold.metric.starts_with("capacity_");
    return find_metric(threshold.metric)->kind == MetricKind::limit && usage.matches(threshold.selector) &&
           (!is_of_capacity || usage.kind == Limit::Kind::capacity);
  });
}

std::vector<std::string> broken_limit(const Report& report, const LimitOverview& limit, const TextPage& page) {
  const LimitUsage& usage = limit.usage;
  const double replications = std::max(1U, report.result.counted);
  const std::string refusals = counted(std::round(static_cast<double>(usage.refused) / replications), "refusal") +
                               (report.result.counted > 1 ? " on average" : " in all");
  const bool several = report.result.counted > 1;
  std::vector<std::string> lines{page.painted(TextPage::Colour::bold, usage.name)};
  if (several) lines.front() += " " + in_runs(limit.first_in, report.result.counted);
  if (several && limit.refused_in > limit.first_in) lines.front() += ", refuses in " + number(limit.refused_in);
  add_rival(report, &LimitOverview::first_in, " breaks first ", lines);
  lines.push_back((several ? "first refused at the earliest " : "first refused ") +
                  moment(report.scenario, usage.first_refused) + "; " + refusals);
  lines.push_back(worst_moments(usage));
  if (!is_asked_about(report.scenario, usage))
    lines.emplace_back(
        "no threshold asks about this limit, so the exit status says nothing of it (limit_headroom > 0 asks)");
  return lines;
}

/// "of eng", "of eng and ops together", "of 12 fleets and image builders together".
std::string of_resources(const std::vector<const Resource*>& resources) {
  constexpr std::size_t kMostNamed = 4;
  if (resources.empty()) return "";
  if (resources.size() > kMostNamed) {
    const auto builders = std::count_if(resources.begin(), resources.end(), [](const Resource* resource) {
      return resource->type == ResourceType::image_builder;
    });
    const bool all = builders == static_cast<std::ptrdiff_t>(resources.size());
    return " of " + number(static_cast<double>(resources.size())) +
           (builders == 0 ? " fleets"
            : all         ? " image builders"
                          : " fleets and image builders") +
           " together";
  }
  std::string text;
  for (std::size_t i = 0; i < resources.size(); ++i)
    text += (i == 0 ? " of " : i + 1 == resources.size() ? " and " : ", ") + resources[i]->name;
  return text + (resources.size() > 1 ? " together" : "");
}

/// When it would break, in words that do not contradict what held.
std::string outlook(const FirstLimit& first) {
  const std::string factor = number(*first.demand_factor);
  const std::string demand = first.limit->usage.kind == Limit::Kind::capacity ? "these sessions" : "this demand";
  std::string text = "would break at ";
  if (first.state == FirstLimit::State::full)
    text += "more than " + demand;
  else
    text += factor == "1" ? "little more than " + demand : "about " + factor + " × " + demand;
  if (first.breaks_at) text += ", about " + counted(*first.breaks_at, "instance");
  return text + of_resources(first.resources) + " (an estimate: linear in demand)";
}

std::vector<std::string> nearest_limit(const Report& report, const FirstLimit& first, const TextPage& page) {
  const LimitUsage& usage = first.limit->usage;
  const std::uint32_t runs = report.result.counted;
  const bool full = first.state == FirstLimit::State::full;
  std::string text = page.painted(TextPage::Colour::bold, usage.name);
  if (runs > 1) text += " is nearest " + in_runs(first.limit->nearest_in, runs) + (full ? ", and was full" : "");
  if (runs < 2) text += full ? " is full" : " is nearest";
  text += full ? ": no room for one more " + unit(usage.kind) : ", with " + percent(usage.headroom()) + " headroom";
  std::vector<std::string> lines{text};
  add_rival(report, &LimitOverview::nearest_in, " is nearest ", lines);
  lines.push_back(worst_moments(usage));
  lines.push_back(outlook(first));
  if (runs > 1) lines.push_back("a limit breaks " + in_none_of(runs));
  return lines;
}

std::string label(const LimitUsage& usage, std::string_view name) {
  const auto found =
      std::find_if(usage.labels.begin(), usage.labels.end(), [&](const auto& pair) { return pair.first == name; });
  return found != usage.labels.end() ? found->second : "";
}

/// What all limits share of their account and Region is said once, above the table, and the rest beside each name.
class Places {
 public:
  explicit Places(const std::vector<const LimitOverview*>& limits) {
    const auto shared = [&](std::string_view name) {
      return std::all_of(limits.begin(), limits.end(), [&](const LimitOverview* limit) {
        return label(limit->usage, name) == label(limits.front()->usage, name);
      });
    };
    one_account_ = shared("account");
    one_region_ = one_account_ && shared("region");
    if (one_account_) heading_ = "in " + label(limits.front()->usage, "account");
    if (one_region_) heading_ += "/" + label(limits.front()->usage, "region");
  }

  [[nodiscard]] const std::string& heading() const { return heading_; }

  [[nodiscard]] std::string short_name(const LimitUsage& usage) const {
    const std::string region = label(usage, "region");
    const std::string place = " " + label(usage, "account") + "/" + region;
    if (!one_account_ || !usage.name.ends_with(place)) return usage.name;
    return usage.name.substr(0, usage.name.size() - place.size()) + (one_region_ ? "" : " " + region);
  }

 private:
  bool one_account_ = false;
  bool one_region_ = false;
  std::string heading_;
};

std::vector<std::string> table_row(const LimitUsage& usage, const Places& places, const TextPage& page) {
  const bool bucket = usage.kind == Limit::Kind::bucket;
  const auto of = [&](double peak, double capacity) {
    return number(peak) + (usage.unlimited ? "" : " of " + number(capacity));
  };
  const std::string mark = usage.refused_any() ? page.painted(TextPage::Colour::red, "✗")
                           : usage.full()      ? page.painted(TextPage::Colour::yellow, "!")
                                               : page.painted(TextPage::Colour::green, "✓");
  return {mark + " " + places.short_name(usage), of(usage.peak_1s, usage.capacity_1s),
          of(usage.peak_60s, usage.capacity_60s) + (bucket ? " /s" : ""),
          usage.refused_any() ? "none"
          : usage.unlimited   ? "unlimited"
          : usage.full()      ? "full"
                              : percent(usage.headroom()),
          usage.refused_any() ? elapsed(usage.first_refused) : "never"};
}

}  // namespace

void write_first_limit(const Report& report, TextPage& page) {
  using Colour = TextPage::Colour;
  const FirstLimit first = find_first_limit(report.scenario, report.result.limits);
  switch (first.state) {
    case FirstLimit::State::none:
      return page.section("✓ limits", {"nothing was asked of any limit that has a bound"}, Colour::green);
    case FirstLimit::State::broke:
      return page.section("✗ breaks first", broken_limit(report, *first.limit, page), Colour::red);
    case FirstLimit::State::full:
      return page.section("! full", nearest_limit(report, first, page), Colour::yellow);
    case FirstLimit::State::room:
      return page.section("✓ none breaks", nearest_limit(report, first, page), Colour::green);
  }
}

void write_limits(const Report& report, TextPage& page) {
  std::vector<const LimitOverview*> used;
  for (const LimitOverview& limit : report.result.limits)
    if (limit.usage.refused_any() || limit.usage.peak_1s > 0) used.push_back(&limit);
  if (used.empty()) return;

  const Places places(used);
  TextTable table({places.heading(), "peak 1 s", "peak 60 s", "headroom", "first refusal"});
  const std::size_t shown = std::min(used.size(), kMostLimits);
  for (std::size_t i = 0; i < shown; ++i) table.add(table_row(used[i]->usage, places, page));
  std::vector<std::string> lines = table.lines(page);
  if (shown < used.size())
    lines.push_back("… and " + counted(static_cast<double>(used.size() - shown), "more limit") +
                    ", none of them nearer: select * from limit_headroom");
  if (report.result.counted > 1)
    lines.push_back("peaks are the highest, and refusals the earliest, of all replications");
  page.section("limits", lines);
}

}  // namespace credsim::report
