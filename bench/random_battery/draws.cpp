// random_draws GENERATOR ORDER WORDS SEED: writes draws to standard output as raw 32-bit words, in an order in which
// simulations take them, for a statistical battery to read. It goes on until nobody reads any more.

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>

#include "credsim/random.hpp"

namespace {

using credsim::RandomStream;

/// What the battery must reject: SplitMix64, whose step from draw to draw is the step from child to child too. Each
/// stream alone is a good one, but its neighbour is the same one a draw further on.
class ShiftedStream {
 public:
  static ShiftedStream root(std::uint64_t seed, std::uint64_t replication) {
    return ShiftedStream(0).child(seed).child(replication);
  }
  [[nodiscard]] ShiftedStream child(std::uint64_t number) const { return ShiftedStream(key_ + (number + 1) * kStep); }
  [[nodiscard]] std::uint64_t bits(std::uint64_t index) const {
    std::uint64_t z = key_ + (index + 1) * kStep;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  }
  [[nodiscard]] double uniform(std::uint64_t index) const {
    return (static_cast<double>(bits(index) >> 12) + 0.5) * 0x1p-52;
  }

 private:
  static constexpr std::uint64_t kStep = 0x9E3779B97F4A7C15;

  explicit ShiftedStream(std::uint64_t key) : key_(key) {}

  std::uint64_t key_;
};

// ---- orders: which stream the n-th draw is of, and which of its draws it is ----

constexpr std::uint64_t kFleet = 1000;
constexpr std::uint64_t kPurposes = 16;

template <class Stream>
struct Place {
  Stream stream;
  std::uint64_t index;
};

template <class Stream>
struct Order {
  std::string_view name;
  Place<Stream> (*place)(std::uint64_t seed, Stream root, std::uint64_t n);
};

template <class Stream>
constexpr std::array<Order<Stream>, 6> kOrders = {{
    // One entity, draw after draw.
    {"stream",
     [](std::uint64_t, Stream root, std::uint64_t n) {
       return Place<Stream>{root, n};
     }},
    // The first draw of every instance.
    {"instances",
     [](std::uint64_t, Stream root, std::uint64_t n) {
       return Place<Stream>{root.child(n), 0};
     }},
    // A fleet whose instances draw by turns.
    {"interleaved",
     [](std::uint64_t, Stream root, std::uint64_t n) {
       return Place<Stream>{root.child(n % kFleet), n / kFleet};
     }},
    // Instance by instance, one draw for each purpose.
    {"purposes",
     [](std::uint64_t, Stream root, std::uint64_t n) {
       return Place<Stream>{root.child(n / kPurposes).child(n % kPurposes), 0};
     }},
    // The same draw in replication after replication.
    {"replications",
     [](std::uint64_t seed, Stream, std::uint64_t n) {
       return Place<Stream>{Stream::root(seed, n).child(0).child(0), 0};
     }},
    // The same draw under seed after seed; far from those of another run.
    {"seeds",
     [](std::uint64_t seed, Stream, std::uint64_t n) {
       return Place<Stream>{Stream::root((seed << 32) + n, 0).child(0).child(0), 0};
     }},
}};

// ---- words: what is taken of a draw ----

std::uint64_t reversed(std::uint64_t bits) {
  bits = (bits >> 1 & 0x5555555555555555) | (bits & 0x5555555555555555) << 1;
  bits = (bits >> 2 & 0x3333333333333333) | (bits & 0x3333333333333333) << 2;
  bits = (bits >> 4 & 0x0F0F0F0F0F0F0F0F) | (bits & 0x0F0F0F0F0F0F0F0F) << 4;
  return __builtin_bswap64(bits);
}

template <class Stream>
struct Words {
  std::string_view name;
  bool both_halves;  ///< the low half of what is taken, then the high one; otherwise the low one only
  std::uint64_t (*take)(Place<Stream> place);
};

template <class Stream>
constexpr std::array<Words<Stream>, 5> kWords = {{
    {"whole", true, [](Place<Stream> place) { return place.stream.bits(place.index); }},
    {"low", false, [](Place<Stream> place) { return place.stream.bits(place.index); }},
    {"high", false, [](Place<Stream> place) { return place.stream.bits(place.index) >> 32; }},
    {"reversed", true, [](Place<Stream> place) { return reversed(place.stream.bits(place.index)); }},
    // The lower bits of uniform numbers.
    {"uniform", false,
     [](Place<Stream> place) { return static_cast<std::uint64_t>(place.stream.uniform(place.index) * 0x1p52); }},
}};

template <class Table>
auto find(const Table& table, std::string_view name) {
  for (const auto& entry : table) {
    if (entry.name == name) return entry;
  }
  throw std::invalid_argument("no such name: " + std::string(name));
}

template <class Stream>
void write(std::string_view order_name, std::string_view words_name, std::uint64_t seed) {
  const Order<Stream> order = find(kOrders<Stream>, order_name);
  const Words<Stream> words = find(kWords<Stream>, words_name);
  const Stream root = Stream::root(seed, 0);
  std::array<std::uint32_t, 1 << 14> buffer;
  std::uint64_t n = 0;
  do {
    for (std::size_t i = 0; i < buffer.size(); ++n) {
      const std::uint64_t taken = words.take(order.place(seed, root, n));
      buffer[i++] = static_cast<std::uint32_t>(taken);
      if (words.both_halves) buffer[i++] = static_cast<std::uint32_t>(taken >> 32);
    }
  } while (std::fwrite(buffer.data(), sizeof buffer, 1, stdout) == 1);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc != 5) throw std::invalid_argument("usage: random_draws credsim|shifted ORDER WORDS SEED");
    const std::string_view generator = argv[1];
    const std::uint64_t seed = std::stoull(argv[4]);
    if (generator == "credsim") {
      write<RandomStream>(argv[2], argv[3], seed);
    } else if (generator == "shifted") {
      write<ShiftedStream>(argv[2], argv[3], seed);
    } else {
      throw std::invalid_argument("no such generator: " + std::string(generator));
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "random_draws: %s\n", error.what());
    return 2;
  }
}
