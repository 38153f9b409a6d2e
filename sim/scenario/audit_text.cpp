#include "scenario/audit_text.hpp"

#include <array>
#include <cmath>
#include <cstdio>

namespace credsim::audit {

std::string number_text(double number) {
  const int decimals = number >= 100 ? 0 : number >= 10 ? 1 : 2;
  std::array<char, 400> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.*f", decimals, number);
  std::string text = buffer.data();
  if (decimals > 0) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
  }
  return text;
}

Duration rounded(Duration duration) {
  using namespace std::chrono;
  if (duration >= minutes{1}) return round<seconds>(duration);
  if (duration >= seconds{10}) return round<std::chrono::duration<std::int64_t, std::deci>>(duration);
  return duration >= milliseconds{10} ? round<milliseconds>(duration) : duration;
}

std::string share_text(double share) {
  return number_text(std::round(share * 1000) / 10) + " %";
}

std::string resource_text(const Resource& resource) {
  return (resource.type == ResourceType::image_builder ? "image builder " : "fleet ") + resource.name;
}

std::string role_text(const Role& role) {
  return "role " + role.name;
}

std::string workload_text(const Resource& resource, const Workload& workload) {
  return "workload " + workload.name + " of " + resource_text(resource);
}

std::string region_text(const Account& account, const Region& region) {
  return "account " + account.id + " in " + region.name;
}

SourcePlace policy_place(const Role& role, std::size_t index) {
  return place_or(index < role.policy_places.size() ? role.policy_places[index] : SourcePlace{}, role.place);
}

}  // namespace credsim::audit
