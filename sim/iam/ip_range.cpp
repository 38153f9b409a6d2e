#include "iam/ip_range.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>

#include <arpa/inet.h>

namespace credsim::iam {

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN> terminated{};
  if (text.size() >= terminated.size()) return std::nullopt;
  std::copy(text.begin(), text.end(), terminated.begin());

  IpAddress address;
  const bool is_v6 = text.find(':') != std::string_view::npos;
  address.bits = is_v6 ? 128 : 32;
  if (inet_pton(is_v6 ? AF_INET6 : AF_INET, terminated.data(), address.bytes.data()) != 1) return std::nullopt;
  return address;
}

std::string ipv4_text(std::uint32_t address) {
  return std::to_string(address >> 24) + '.' + std::to_string(address >> 16 & 255) + '.' +
         std::to_string(address >> 8 & 255) + '.' + std::to_string(address & 255);
}

std::optional<IpRange> IpRange::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::optional<IpAddress> address = IpAddress::parse(text.substr(0, slash));
  if (!address) return std::nullopt;

  IpRange range;
  range.network_ = *address;
  range.prefix_bits_ = address->bits;
  if (slash != std::string_view::npos) {
    const std::string_view length = text.substr(slash + 1);
    const auto [end, error] = std::from_chars(length.data(), length.data() + length.size(), range.prefix_bits_);
    if (error != std::errc{} || end != length.data() + length.size() || range.prefix_bits_ > address->bits) {
      return std::nullopt;
    }
  }
  return range;
}

bool IpRange::contains(const IpAddress& address) const {
  if (address.bits != network_.bits) return false;
  const std::size_t whole_bytes = prefix_bits_ / 8U;
  if (!std::equal(network_.bytes.begin(), network_.bytes.begin() + static_cast<std::ptrdiff_t>(whole_bytes),
                  address.bytes.begin())) {
    return false;
  }
  const unsigned rest = prefix_bits_ % 8U;
  return rest == 0 || (network_.bytes[whole_bytes] ^ address.bytes[whole_bytes]) >> (8U - rest) == 0;
}

bool IpRange::covers(const IpRange& other) const {
  return prefix_bits_ <= other.prefix_bits_ && contains(other.network_);
}

std::string IpRange::text() const {
  std::array<char, INET6_ADDRSTRLEN> address{};
  inet_ntop(network_.bits == 32 ? AF_INET : AF_INET6, network_.bytes.data(), address.data(), address.size());
  return std::string(address.data()) + '/' + std::to_string(prefix_bits_);
}

std::span<const IpRange> private_ranges() {
  static const std::array<IpRange, 9> ranges = {
      *IpRange::parse("10.0.0.0/8"),    *IpRange::parse("172.16.0.0/12"),  *IpRange::parse("192.168.0.0/16"),
      *IpRange::parse("100.64.0.0/10"), *IpRange::parse("169.254.0.0/16"), *IpRange::parse("127.0.0.0/8"),
      *IpRange::parse("fc00::/7"),      *IpRange::parse("fe80::/10"),      *IpRange::parse("::1"),
  };
  return ranges;
}

}  // namespace credsim::iam
