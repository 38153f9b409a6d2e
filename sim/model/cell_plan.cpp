#include <algorithm>
#include <map>
#include <numeric>

#include "credsim/cell.hpp"

namespace credsim {

namespace {

/// Disjoint sets of places, small enough for a plain table.
struct Places {
  std::vector<CellPlan::Place> places;
  std::vector<std::size_t> parent;

  std::size_t find(std::size_t place) const {
    while (parent[place] != place) place = parent[place];
    return place;
  }
  std::size_t index(std::size_t account, std::size_t region) const {
    std::size_t i = 0;
    while (places[i].account != account || places[i].region != region) ++i;
    return i;
  }
  void join(std::size_t a, std::size_t b) {
    const auto [low, high] = std::minmax({find(a), find(b)});
    parent[high] = low;
  }
};

}  // namespace

std::vector<CellPlan> plan_cells(const Scenario& scenario) {
  Places all;
  for (std::size_t account = 0; account < scenario.accounts.size(); ++account)
    for (std::size_t region = 0; region < scenario.accounts[account].regions.size(); ++region)
      all.places.push_back({account, region});
  all.parent.resize(all.places.size());
  std::iota(all.parent.begin(), all.parent.end(), std::size_t{0});
  for (const Resource& resource : scenario.resources)
    for (const Workload& workload : resource.workloads)
      all.join(all.index(resource.account, resource.region), all.index(resource.account, workload.region));

  std::map<std::size_t, CellPlan> cells;  // by the first place
  for (std::size_t i = 0; i < scenario.resources.size(); ++i) {
    const Resource& resource = scenario.resources[i];
    cells[all.find(all.index(resource.account, resource.region))].resources.push_back(i);
  }
  for (std::size_t place = 0; place < all.places.size(); ++place)
    if (const auto cell = cells.find(all.find(place)); cell != cells.end())
      cell->second.places.push_back(all.places[place]);
  std::vector<CellPlan> plans;
  for (auto& [place, plan] : cells) plans.push_back(std::move(plan));
  return plans;
}

}  // namespace credsim
