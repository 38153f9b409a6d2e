#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace credsim {

/// A Region of AWS, and whether AppStream is offered there.
struct KnownRegion {
  std::string_view name;
  bool has_appstream = false;
};

/// When kKnownRegions was read. Regions that opened later are not in it, so that a name that is missing there is worth
/// a warning and no error.
inline constexpr std::string_view kRegionsReadOn = "2026-05-20";

/// The Regions of all partitions. Source: botocore 1.43.11 of that day, data/partitions.json (without the names that
/// end in "-global", which stand for no place), and data/endpoints.json, service appstream2.
inline constexpr std::array kKnownRegions = {
    KnownRegion{"af-south-1"},
    KnownRegion{"ap-east-1"},
    KnownRegion{"ap-east-2"},
    KnownRegion{"ap-northeast-1", true},
    KnownRegion{"ap-northeast-2", true},
    KnownRegion{"ap-northeast-3"},
    KnownRegion{"ap-south-1", true},
    KnownRegion{"ap-south-2"},
    KnownRegion{"ap-southeast-1", true},
    KnownRegion{"ap-southeast-2", true},
    KnownRegion{"ap-southeast-3"},
    KnownRegion{"ap-southeast-4"},
    KnownRegion{"ap-southeast-5", true},
    KnownRegion{"ap-southeast-6"},
    KnownRegion{"ap-southeast-7"},
    KnownRegion{"ca-central-1", true},
    KnownRegion{"ca-west-1"},
    KnownRegion{"eu-central-1", true},
    KnownRegion{"eu-central-2"},
    KnownRegion{"eu-north-1"},
    KnownRegion{"eu-south-1", true},
    KnownRegion{"eu-south-2", true},
    KnownRegion{"eu-west-1", true},
    KnownRegion{"eu-west-2", true},
    KnownRegion{"eu-west-3", true},
    KnownRegion{"il-central-1", true},
    KnownRegion{"me-central-1"},
    KnownRegion{"me-south-1"},
    KnownRegion{"mx-central-1"},
    KnownRegion{"sa-east-1", true},
    KnownRegion{"us-east-1", true},
    KnownRegion{"us-east-2", true},
    KnownRegion{"us-west-1"},
    KnownRegion{"us-west-2", true},
    KnownRegion{"cn-north-1"},
    KnownRegion{"cn-northwest-1"},
    KnownRegion{"eusc-de-east-1"},
    KnownRegion{"us-iso-east-1"},
    KnownRegion{"us-iso-west-1"},
    KnownRegion{"us-isob-east-1", true},
    KnownRegion{"us-isob-west-1"},
    KnownRegion{"eu-isoe-west-1"},
    KnownRegion{"us-isof-east-1"},
    KnownRegion{"us-isof-south-1"},
    KnownRegion{"us-gov-east-1", true},
    KnownRegion{"us-gov-west-1", true},
};

/// Null if no partition has a Region of that name.
[[nodiscard]] constexpr const KnownRegion* find_region(std::string_view name) {
  const auto* const found = std::find_if(kKnownRegions.begin(), kKnownRegions.end(),
                                         [name](const KnownRegion& region) { return region.name == name; });
  return found == kKnownRegions.end() ? nullptr : found;
}

}  // namespace credsim
