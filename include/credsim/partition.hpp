#pragma once

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace credsim {

/// The partition of a Region, by the first part of its name: the second part of the ARN of all that is in it. A Region
/// that begins as none of the others do is of "aws". Source: botocore, data/partitions.json.
[[nodiscard]] constexpr std::string_view partition_of(std::string_view region) {
  using Row = std::pair<std::string_view, std::string_view>;
  constexpr std::array<Row, 7> kByFirstPart = {{
      {"us-gov-", "aws-us-gov"},
      {"cn-", "aws-cn"},
      {"us-iso-", "aws-iso"},
      {"us-isob-", "aws-iso-b"},
      {"eu-isoe-", "aws-iso-e"},
      {"us-isof-", "aws-iso-f"},
      {"eusc-", "aws-eusc"},
  }};
  const auto row = std::find_if(kByFirstPart.begin(), kByFirstPart.end(),
                                [region](const Row& known) { return region.starts_with(known.first); });
  return row == kByFirstPart.end() ? "aws" : row->second;
}

}  // namespace credsim
