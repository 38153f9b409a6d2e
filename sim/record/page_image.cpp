#include "record/page_image.hpp"

#include <algorithm>
#include <memory>

#include <sqlite3.h>

namespace credsim::record {
namespace {

// Of the file's header: what is zero here, SQLite takes from the size of the file.
constexpr std::size_t kPageCountAt = 28;
constexpr unsigned char kInterior = 5;
constexpr unsigned char kLeaf = 13;

void put_two_bytes(unsigned char* at, std::size_t value) {
  at[0] = static_cast<unsigned char>(value >> 8);
  at[1] = static_cast<unsigned char>(value);
}

void put_four_bytes(unsigned char* at, std::size_t value) {
  put_two_bytes(at, value >> 16);
  put_two_bytes(at + 2, value & 0xffff);
}

// A b-tree page's header: its kind, no free blocks, the number of cells, where they start, no fragments.
void put_header(unsigned char* page, unsigned char kind, std::size_t cells, std::size_t content) {
  page[0] = kind;
  put_two_bytes(page + 1, 0);
  put_two_bytes(page + 3, cells);
  put_two_bytes(page + 5, content);
  page[7] = 0;
}

}  // namespace

bool PageImage::attach(Database& database, const std::vector<std::string>& tables, bool memory_mapped) {
  database_ = &database;
  if (!database.execute("ATTACH ':memory:' AS batch; PRAGMA batch.page_size = " + std::to_string(kPageBytes)))
    return false;
  for (const std::string& table : tables) {
    constexpr std::string_view kStart = "CREATE TABLE ";
    Statement definition = database.prepare("SELECT sql FROM main.sqlite_schema WHERE name = ?");
    definition.bind(table);
    if (definition.step() != Statement::Step::row) return false;
    const std::string sql = definition.text(0);
    if (!database.execute(std::string{kStart} + "batch." + sql.substr(kStart.size()))) return false;
    Statement root = database.prepare("SELECT rootpage FROM batch.sqlite_schema WHERE name = ?");
    root.bind(table);
    if (root.step() != Statement::Step::row) return false;
    roots_.push_back(static_cast<std::size_t>(root.integer(0)));
  }

  sqlite3_int64 size = 0;
  const std::unique_ptr<unsigned char, void (*)(void*)> empty{sqlite3_serialize(database.handle(), "batch", &size, 0),
                                                              sqlite3_free};
  if (!empty) return false;
  const auto used = static_cast<std::size_t>(size);
  first_leaf_ = used / kPageBytes + 1;
  const std::size_t all = used + kLeaves * kPageBytes;
  bytes_ = static_cast<unsigned char*>(sqlite3_malloc64(all));
  if (bytes_ == nullptr) return false;
  std::copy_n(empty.get(), used, bytes_);
  put_four_bytes(bytes_ + kPageCountAt, 0);
  // On failure too, SQLite frees the bytes.
  if (sqlite3_deserialize(database.handle(), "batch", bytes_, static_cast<sqlite3_int64>(all),
                          static_cast<sqlite3_int64>(all), SQLITE_DESERIALIZE_FREEONCLOSE) != SQLITE_OK)
    return false;
  copied_ = !memory_mapped || sqlite3_compileoption_used("MAX_MMAP_SIZE=0") != 0;
  return copied_ || database.execute("PRAGMA batch.mmap_size = " + std::to_string(all));
}

void PageImage::start(std::size_t table) {
  root_ = roots_[table];
  leaves_.clear();
  start_leaf();
}

void PageImage::start_leaf() {
  leaf_ = page(first_leaf_ + leaves_.size());
  cells_ = 0;
  content_ = kPageBytes;
}

void PageImage::finish_leaf() {
  if (cells_ == 0) return;
  put_header(leaf_, kLeaf, cells_, content_);
  leaves_.push_back({first_leaf_ + leaves_.size(), last_row_});
  cells_ = 0;
}

void PageImage::finish() {
  finish_leaf();
  if (copied_) database_->forget_cached_pages();
  unsigned char* root = page(root_);
  if (leaves_.size() <= 1) {
    if (leaves_.empty())
      put_header(root, kLeaf, 0, kPageBytes);
    else
      std::copy_n(page(leaves_[0].page), kPageBytes, root);
    return;
  }
  // Each cell has a leaf and its largest row; the last leaf stands in the header.
  std::size_t content = kPageBytes;
  unsigned char* place = root + 12;
  for (std::size_t i = 0; i + 1 < leaves_.size(); ++i) {
    std::array<unsigned char, 13> cell{};
    put_four_bytes(cell.data(), leaves_[i].page);
    const std::size_t size = 4 + put_varint(cell.data() + 4, static_cast<std::uint64_t>(leaves_[i].last_row));
    content -= size;
    std::copy_n(cell.data(), size, root + content);
    put_two_bytes(place, content);
    place += 2;
  }
  put_header(root, kInterior, leaves_.size() - 1, content);
  put_four_bytes(root + 8, leaves_.back().page);
}

}  // namespace credsim::record
