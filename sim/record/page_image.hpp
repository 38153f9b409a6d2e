#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "record/database.hpp"

namespace credsim::record {

/// A row of a table with rowids, in the bytes that SQLite stores: a cell of a leaf page. Source: "Database File
/// Format", sections 1.6 and 2.1. Up to kMostColumns columns of numbers and nulls, added in order.
class Cell {
 public:
  static constexpr std::size_t kMostColumns = 10;

  void start(std::int64_t row, std::size_t columns);
  void add(std::int64_t value);
  void add(double value);
  void add_null() { *type_++ = 0; }
  /// Completes the cell; call it once.
  [[nodiscard]] std::size_t finish();
  [[nodiscard]] const unsigned char* data() const { return bytes_.data(); }
  [[nodiscard]] std::int64_t row() const { return row_; }

 private:
  void put(std::uint64_t bits, std::size_t size);

  // Lengths, rowid, types and values, and room for the eight bytes that put() always writes.
  std::array<unsigned char, 1 + 9 + 1 + kMostColumns + 8 * kMostColumns + 8> bytes_;
  unsigned char* payload_ = nullptr;
  unsigned char* type_ = nullptr;
  unsigned char* value_ = nullptr;
  std::int64_t row_ = 0;
};

/// A small database in memory, attached as `batch`, whose pages are written here instead of by SQLite: from it SQLite
/// copies rows into a table of the same definition as they are, without taking them apart (the "transfer optimization"
/// of INSERT … SELECT). Four times as fast as a prepared statement a row (bench/audit_store_bench.cpp). Its tables are
/// filled one at a time.
///
/// SQLite reads the pages where they are if it has memory-mapped I/O; otherwise it keeps copies, which it is made to
/// forget each time.
class PageImage {
 public:
  /// Once, outside a transaction: `batch` gets an empty copy of each of `tables` of the main database. Without
  /// `memory_mapped`, or where SQLite was built without it, SQLite keeps copies.
  [[nodiscard]] bool attach(Database& database, const std::vector<std::string>& tables, bool memory_mapped);

  /// Table `table` is empty from now on, and add() adds to it.
  void start(std::size_t table);
  /// False if the image is full. Rows must come in ascending order.
  [[nodiscard]] bool add(const Cell& cell, std::size_t size);
  /// The table has the rows that were added.
  void finish();

 private:
  static constexpr std::size_t kPageBytes = 16'384;
  static constexpr std::size_t kLeaves = 32;  // half a megabyte: stays in the second-level cache

  struct Leaf {
    std::size_t page;
    std::int64_t last_row;
  };

  [[nodiscard]] unsigned char* page(std::size_t number) { return bytes_ + (number - 1) * kPageBytes; }
  void start_leaf();
  void finish_leaf();

  Database* database_ = nullptr;
  bool copied_ = false;             // by SQLite, into its cache
  unsigned char* bytes_ = nullptr;  // the connection's, and gone with it
  std::vector<std::size_t> roots_;  // page numbers
  std::size_t first_leaf_ = 0;
  std::size_t root_ = 0;
  std::vector<Leaf> leaves_;
  // The leaf that is being filled: cells grow down from the end of the page, their places up from its header.
  unsigned char* leaf_ = nullptr;
  std::size_t cells_ = 0;
  std::size_t content_ = 0;
  std::int64_t last_row_ = 0;
};

/// An integer of variable length as SQLite has them (section 1.6), of a value below 2⁵⁶. Returns its size.
inline std::size_t put_varint(unsigned char* at, std::uint64_t value) {
  if (value < 0x80) {
    at[0] = static_cast<unsigned char>(value);
    return 1;
  }
  std::size_t size = 1;
  while (size < 8 && value >> (7 * size) != 0) ++size;
  for (std::size_t i = size; i-- > 0; value >>= 7)
    at[i] = static_cast<unsigned char>((value & 0x7f) | (i + 1 < size ? 0x80U : 0U));
  return size;
}

inline void Cell::start(std::int64_t row, std::size_t columns) {
  row_ = row;
  payload_ = bytes_.data() + 1 + put_varint(bytes_.data() + 1, static_cast<std::uint64_t>(row));
  *payload_ = static_cast<unsigned char>(1 + columns);
  type_ = payload_ + 1;
  value_ = type_ + columns;
}

inline void Cell::put(std::uint64_t bits, std::size_t size) {
  bits <<= 64 - 8 * size;
  if constexpr (std::endian::native == std::endian::little) bits = __builtin_bswap64(bits);
  std::memcpy(value_, &bits, sizeof bits);
  value_ += size;
}

inline void Cell::add(std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  if (bits < 2) {
    *type_++ = static_cast<unsigned char>(8 + bits);  // zero and one have types of their own
    return;
  }
  // The type of a number by how many bits it has beside its sign: 8, 16, 24, 32, 48 or 64 in all.
  static constexpr std::array<std::size_t, 7> kBytes{0, 1, 2, 3, 4, 6, 8};
  static constexpr auto kTypes = [] {
    std::array<unsigned char, 64> types{};
    for (std::size_t width = 0, type = 1; width < types.size(); ++width) {
      if (width >= 8 * kBytes[type]) ++type;
      types[width] = static_cast<unsigned char>(type);
    }
    return types;
  }();
  const std::uint64_t magnitude = value < 0 ? ~bits : bits;
  const unsigned char type = kTypes[static_cast<std::size_t>(std::bit_width(magnitude))];
  *type_++ = type;
  put(bits, kBytes[type]);
}

inline void Cell::add(double value) {
  // As SQLite does in columns of type REAL: whole numbers take fewer bytes as such. Not the zero with a sign.
  constexpr double kBound = 1e14;
  if (value > -kBound && value < kBound) {
    const auto whole = static_cast<std::int64_t>(value);
    if (std::bit_cast<std::uint64_t>(static_cast<double>(whole)) == std::bit_cast<std::uint64_t>(value))
      return add(whole);
  }
  *type_++ = 7;
  put(std::bit_cast<std::uint64_t>(value), 8);
}

inline std::size_t Cell::finish() {
  bytes_[0] = static_cast<unsigned char>(value_ - payload_);
  return static_cast<std::size_t>(value_ - bytes_.data());
}

inline bool PageImage::add(const Cell& cell, std::size_t size) {
  if (content_ < 8 + 2 * (cells_ + 1) + size) {
    finish_leaf();
    if (leaves_.size() == kLeaves) return false;
    start_leaf();
  }
  content_ -= size;
  std::memcpy(leaf_ + content_, cell.data(), size);
  unsigned char* place = leaf_ + 8 + 2 * cells_++;
  place[0] = static_cast<unsigned char>(content_ >> 8);
  place[1] = static_cast<unsigned char>(content_);
  last_row_ = cell.row();
  return true;
}

}  // namespace credsim::record
