#include "credsim/resource.hpp"

#include <vector>

#include "test_support/catch.hpp"

namespace {

using namespace credsim;

constexpr std::uint32_t kInterface = 10U << 24 | 4U;

TEST_CASE("instances have the egress addresses in turn, block by block, each always the same one") {
  Resource fleet;
  fleet.egress = {{.base = 203U << 24 | 16U, .prefix_bits = 30},
                  {.base = 198U << 24 | 7U},
                  {.base = 192U << 24, .prefix_bits = 31}};
  std::vector<std::uint32_t> all;
  for (const AddressBlock& block : fleet.egress)
    for (std::int64_t i = 0; i < block.addresses(); ++i) all.push_back(block.base + static_cast<std::uint32_t>(i));
  REQUIRE(all.size() == 7);
  for (std::size_t number = 0; number < 50; ++number)
    CHECK(fleet.source_address(static_cast<std::int64_t>(number), kInterface) == all[number % all.size()]);
}

TEST_CASE("AWS sees the interface's address behind a VPC endpoint, and without endpoint and egress none is known") {
  Resource fleet;
  CHECK_FALSE(fleet.source_address(3, kInterface));
  fleet.vpc_endpoint = "vpce-1";
  CHECK(fleet.source_address(3, kInterface) == kInterface);
  fleet.egress = {{.base = 203U << 24}};
  CHECK(fleet.source_address(3, kInterface) == kInterface);
}

}  // namespace
