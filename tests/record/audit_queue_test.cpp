#include "record/audit_queue.hpp"

#include <atomic>
#include <thread>

#include "test_support/catch.hpp"

using namespace credsim;
using namespace std::chrono_literals;
using record::AuditQueue;

namespace {

AuditBatch gaps(std::size_t count, std::uint32_t first = 0) {
  AuditBatch batch;
  for (std::size_t i = 0; i < count; ++i)
    batch.gaps.push_back({InstanceId{1}, first + static_cast<std::uint32_t>(i), SimTime{}, SimTime{}, false});
  return batch;
}

AuditQueue::Clock::time_point soon() {
  return AuditQueue::Clock::now() + 1min;
}

}  // namespace

TEST_CASE("batches come out in the order in which they went in, with their run and cell") {
  AuditQueue queue{100};
  for (std::uint32_t cell = 0; cell < 3; ++cell) {
    AuditBatch batch = gaps(10, cell * 10);
    queue.push(7, cell, batch);
    CHECK(batch.rows() == 0);
  }
  for (std::uint32_t cell = 0; cell < 3; ++cell) {
    const auto item = queue.pop(soon());
    REQUIRE(item);
    CHECK(item->run_id == 7);
    CHECK(item->cell == cell);
    CHECK(item->rows.gaps.front().sequence == cell * 10);
  }
}

TEST_CASE("a cell gets back a batch that has capacity and no rows") {
  AuditQueue queue{100};
  AuditBatch batch = gaps(50);
  queue.push(1, 0, batch);
  queue.done(queue.pop(soon()));
  batch = gaps(1);
  queue.push(1, 0, batch);
  CHECK(batch.rows() == 0);
  CHECK(batch.gaps.capacity() >= 50);
}

TEST_CASE("a queue without batches gives none at the deadline") {
  AuditQueue queue{100};
  CHECK(queue.pop(AuditQueue::Clock::now()) == nullptr);
  CHECK_FALSE(queue.finished());
}

TEST_CASE("a closed queue gives what it still has and is finished then") {
  AuditQueue queue{100};
  AuditBatch batch = gaps(1);
  queue.push(1, 0, batch);
  queue.close();
  CHECK_FALSE(queue.finished());
  CHECK(queue.pop(soon()) != nullptr);
  CHECK(queue.pop(soon()) == nullptr);
  CHECK(queue.finished());
}

TEST_CASE("a batch larger than the queue passes alone") {
  AuditQueue queue{10};
  AuditBatch batch = gaps(1000);
  queue.push(1, 0, batch);
  CHECK(queue.pop(soon())->rows.rows() == 1000);
}

TEST_CASE("cells wait for a slow writer and no row is lost", "[threaded]") {
  constexpr std::size_t kCells = 3;
  constexpr std::size_t kBatches = 300;
  AuditQueue queue{16};
  std::vector<std::thread> cells;
  for (std::uint32_t cell = 0; cell < kCells; ++cell)
    cells.emplace_back([&queue, cell] {
      AuditBatch batch;
      for (std::uint32_t i = 0; i < kBatches; ++i) {
        batch = gaps(7, i * 7);
        queue.push(1, cell, batch);
      }
    });

  std::array<std::uint32_t, kCells> next{};
  for (std::size_t i = 0; i < kCells * kBatches; ++i) {
    for (int slow = 0; slow < 50; ++slow) std::this_thread::yield();
    auto item = queue.pop(soon());
    REQUIRE(item);
    for (const GapRow& row : item->rows.gaps) REQUIRE(row.sequence == next.at(item->cell)++);
    queue.done(std::move(item));
  }
  for (std::thread& cell : cells) cell.join();
  for (const std::uint32_t rows : next) CHECK(rows == kBatches * 7);
}

TEST_CASE("waiting for a run ends when its last batch is written, whatever others have queued", "[threaded]") {
  AuditQueue queue{100};
  AuditBatch batch = gaps(1);
  queue.push(1, 0, batch);
  batch = gaps(1);
  queue.push(2, 0, batch);
  std::atomic<bool> written{false};
  std::thread writer{[&] {
    auto item = queue.pop(soon());
    written = true;
    queue.done(std::move(item));
  }};
  CHECK(queue.wait_until_done(1));
  CHECK(written);
  writer.join();
}

TEST_CASE("an abandoned queue lets everybody go and keeps no rows", "[threaded]") {
  AuditQueue queue{10};
  AuditBatch first = gaps(10);
  queue.push(1, 0, first);
  std::thread cell{[&queue] {
    AuditBatch batch = gaps(10);
    queue.push(1, 0, batch);
    if (batch.rows() != 0) std::abort();
  }};
  std::thread finisher{[&queue] {
    if (queue.wait_until_done(1)) std::abort();
  }};
  queue.abandon();
  cell.join();
  finisher.join();
  CHECK(queue.finished());
  CHECK(queue.pop(soon()) == nullptr);
}
