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

std::string address_text(std::uint32_t address) {
  return std::to_string(address >> 24) + '.' + std::to_string(address >> 16 & 255) + '.' +
         std::to_string(address >> 8 & 255) + '.' + std::to_string(address & 255);
}

std::string subnet_text(const Subnet& subnet) {
  return address_text(subnet.base) + "/" + std::to_string(subnet.prefix_bits);
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

}  // namespace credsim::audit
