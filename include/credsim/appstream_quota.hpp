#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace credsim {

/// What AppStream bounds by type of instance, each for itself, in an account and Region (AppStream 2.0 administration
/// guide, "Service quotas").
enum class InstanceQuotaKind : std::uint8_t {
  fleet_instances,          ///< of always-on and on-demand fleets, stopped ones included
  image_builder_instances,  ///< of image builders
  elastic_sessions,         ///< at once on elastic fleets, each of which has an instance of its own
};
inline constexpr std::size_t kInstanceQuotaKinds = static_cast<std::size_t>(InstanceQuotaKind::elastic_sessions) + 1;

/// "appstream.instances", …: the name in scenarios and summaries.
[[nodiscard]] std::string_view instance_quota_name(InstanceQuotaKind kind);

/// The default quota of a new account for instances of `type` ("stream.compute.large"), ≥ 0. Nothing where AWS
/// documents none by that name. An older account may have another: AWS says so itself, and its texts of several ages
/// differ (stream.compute.large 5 or 10, stream.standard.medium 5, 10 or 50). These are the newest.
[[nodiscard]] std::optional<std::int64_t> documented_instance_quota(InstanceQuotaKind kind, std::string_view type);

/// AppStream's own quotas of an account in a Region.
struct AppStreamQuotas {
  /// Of one kind, by type of instance.
  struct Instances {
    bool unlimited = false;                                   ///< no type is bounded
    std::vector<std::pair<std::string, std::int64_t>> given;  ///< by the scenario, each type once
  };

  std::int64_t fleets = 10;                                   ///< ≥ 0 (the same page)
  std::int64_t image_builders = 10;                           ///< ≥ 0 (the same page)
  std::array<Instances, kInstanceQuotaKinds> instances = {};  ///< indexed by InstanceQuotaKind

  /// The quota for `type`: what the scenario gives, else the documented default. Nothing if there is neither, or if
  /// the kind is unlimited: then nothing bounds the type.
  [[nodiscard]] std::optional<std::int64_t> instance_quota(InstanceQuotaKind kind, std::string_view type) const;
  /// True if the scenario gives the quota for `type`, or lifts it.
  [[nodiscard]] bool gives(InstanceQuotaKind kind, std::string_view type) const;
};

}  // namespace credsim
