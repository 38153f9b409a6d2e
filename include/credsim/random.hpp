#pragma once

#include <cstdint>
#include <string_view>

namespace credsim {

/// A node in the tree of random streams: (seed, replication) → resource → instance → purpose. A stream is a key, not a
/// state: its n-th draw is a pure function of (key, n), so draws of one entity never depend on what another one does,
/// on the order of events or on the number of threads. Changing one fleet leaves the draws of every other as they were.
///
/// The generator is a keyed 64-bit mixing hash; `random.cpp` says which and why. Copying costs eight bytes, a draw
/// about two nanoseconds. Thread-safe.
class RandomStream {
 public:
  /// Bounds of `uniform`: its smallest and its largest value.
  static constexpr double kUniformMin = 0x1p-53;
  static constexpr double kUniformMax = 1 - 0x1p-53;

  /// The root of one replication.
  static RandomStream root(std::uint64_t seed, std::uint64_t replication);

  /// The stream below this one for a name (a resource, a fault, a workload) or a number (an instance, a purpose).
  [[nodiscard]] RandomStream child(std::string_view name) const;
  [[nodiscard]] RandomStream child(std::uint64_t number) const noexcept {
    return RandomStream(hash(key_, number, kNumberedChild));
  }

  /// The `index`-th draw: 64 uniform bits.
  [[nodiscard]] std::uint64_t bits(std::uint64_t index) const noexcept { return hash(key_, index, kDraw); }

  /// The `index`-th draw as a number in the open interval (0, 1), an odd multiple of 2⁻⁵³: never 0, never 1, and 1
  /// minus it is exact too.
  [[nodiscard]] double uniform(std::uint64_t index) const noexcept {
    return (static_cast<double>(bits(index) >> 12) + 0.5) * 0x1p-52;
  }

  friend bool operator==(RandomStream, RandomStream) = default;

 private:
  // What a hash is for. The same number under the same key gives unrelated bits for each of these.
  static constexpr std::uint64_t kDraw = 0;
  static constexpr std::uint64_t kNumberedChild = 0xD6E8FEB86659FD93;
  static constexpr std::uint64_t kNamedChild = 0xA0761D6478BD642F;

  explicit constexpr RandomStream(std::uint64_t key) noexcept : key_(key) {}

  static constexpr std::uint64_t mix(std::uint64_t z) noexcept {
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  }
  static constexpr std::uint64_t hash(std::uint64_t key, std::uint64_t number, std::uint64_t use) noexcept {
    return mix(mix(key + (number + 1) * 0x9E3779B97F4A7C15) + (key ^ use));
  }

  std::uint64_t key_;
};

}  // namespace credsim
