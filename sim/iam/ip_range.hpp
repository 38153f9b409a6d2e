#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace credsim::iam {

/// An IPv4 or IPv6 address; the two families never equal one another.
struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};  ///< in network order; IPv4 uses the first four
  std::uint8_t bits = 32;                ///< 32 or 128

  static std::optional<IpAddress> parse(std::string_view text);
};

/// "10.0.0.1", of an address in host order.
std::string ipv4_text(std::uint32_t address);

/// A CIDR block; a bare address is a block of one.
class IpRange {
 public:
  static std::optional<IpRange> parse(std::string_view text);
  [[nodiscard]] bool contains(const IpAddress& address) const;
  /// True if every address of `other` is in it.
  [[nodiscard]] bool covers(const IpRange& other) const;
  [[nodiscard]] std::string text() const;  ///< "10.0.0.0/8"

 private:
  IpAddress network_;
  std::uint8_t prefix_bits_ = 0;
};

/// The blocks whose addresses no public network has, so that AWS never sees a call come from one: RFC 1918, shared (RFC
/// 6598), link-local (RFC 3927), loopback (RFC 1122), and their like of IPv6 (RFC 4193, 4291).
[[nodiscard]] std::span<const IpRange> private_ranges();

}  // namespace credsim::iam
