#include "credsim/appstream_quota.hpp"

#include <algorithm>

namespace credsim {

namespace {

constexpr std::array<std::string_view, kInstanceQuotaKinds> kNames = {
    "appstream.instances",
    "appstream.image_builder_instances",
    "appstream.elastic_sessions",
};

constexpr std::int64_t kNone = -1;  // AWS documents no default

/// Indexed by InstanceQuotaKind.
struct Documented {
  std::string_view type;
  std::array<std::int64_t, kInstanceQuotaKinds> quotas;
};

// Amazon WorkSpaces Applications (AppStream 2.0) administration guide, "Service quotas", read in 2026.
constexpr std::array<Documented, 24> kDocumented = {{
    {"stream.standard.small", {50, 5, 10}},
    {"stream.standard.medium", {50, 5, 10}},
    {"stream.standard.large", {50, 5, 5}},
    {"stream.standard.xlarge", {10, 3, 2}},
    {"stream.standard.2xlarge", {10, 3, 2}},
    {"stream.compute.large", {5, 3, kNone}},
    {"stream.compute.xlarge", {2, 3, kNone}},
    {"stream.compute.2xlarge", {0, 0, kNone}},
    {"stream.compute.4xlarge", {0, 0, kNone}},
    {"stream.compute.8xlarge", {0, 0, kNone}},
    {"stream.memory.large", {5, 3, kNone}},
    {"stream.memory.xlarge", {2, 3, kNone}},
    {"stream.memory.2xlarge", {0, 0, kNone}},
    {"stream.memory.4xlarge", {0, 0, kNone}},
    {"stream.memory.8xlarge", {0, 0, kNone}},
    {"stream.memory.z1d.large", {5, 3, kNone}},
    {"stream.memory.z1d.xlarge", {2, 3, kNone}},
    {"stream.memory.z1d.2xlarge", {0, 0, kNone}},
    {"stream.memory.z1d.3xlarge", {0, 0, kNone}},
    {"stream.memory.z1d.6xlarge", {0, 0, kNone}},
    {"stream.memory.z1d.12xlarge", {0, 0, kNone}},
    {"stream.graphics-design.large", {3, 1, kNone}},
    {"stream.graphics-design.xlarge", {3, 1, kNone}},
    {"stream.graphics-design.2xlarge", {3, 1, kNone}},
}};
constexpr std::string_view kGraphics = "stream.graphics";  // every other type of this family: 0

}  // namespace

std::string_view instance_quota_name(InstanceQuotaKind kind) {
  return kNames.at(static_cast<std::size_t>(kind));
}

std::optional<std::int64_t> documented_instance_quota(InstanceQuotaKind kind, std::string_view type) {
  const auto* const found = std::ranges::find(kDocumented, type, &Documented::type);
  if (found == kDocumented.end())
    return type.starts_with(kGraphics) && kind != InstanceQuotaKind::elastic_sessions ? std::optional<std::int64_t>(0)
                                                                                      : std::nullopt;
  const std::int64_t quota = found->quotas.at(static_cast<std::size_t>(kind));
  return quota == kNone ? std::nullopt : std::optional(quota);
}

std::optional<std::int64_t> AppStreamQuotas::instance_quota(InstanceQuotaKind kind, std::string_view type) const {
  const Instances& of_kind = instances.at(static_cast<std::size_t>(kind));
  if (of_kind.unlimited) return std::nullopt;
  const auto found = std::ranges::find(of_kind.given, type, &std::pair<std::string, std::int64_t>::first);
  return found != of_kind.given.end() ? std::optional(found->second) : documented_instance_quota(kind, type);
}

bool AppStreamQuotas::gives(InstanceQuotaKind kind, std::string_view type) const {
  const Instances& of_kind = instances.at(static_cast<std::size_t>(kind));
  return of_kind.unlimited ||
         std::ranges::find(of_kind.given, type, &std::pair<std::string, std::int64_t>::first) != of_kind.given.end();
}

}  // namespace credsim
