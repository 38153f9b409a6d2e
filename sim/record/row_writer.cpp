#include "record/row_writer.hpp"

#include <string>

#include "record/labels.hpp"

namespace credsim::record {
namespace {

struct Kind {
  const char* name;
  const char* columns;
};
constexpr std::array<Kind, 6> kKind{{
    {"instance",
     "instance_id, resource, number, provisioned_us, boot_delay_us, eni_delay_us, first_credential_delay_us, life_us"},
    {"credential", "instance_id, sequence, attempts, requested_us, issue_delay_us, lifetime_us, overlap_us"},
    {"gap", "instance_id, sequence, opened_us, duration_us, open"},
    {"failure", "at_us, instance_id, resource, workload, operation, reason, attempts"},
    {"session", "resource, number, instance_id, arrived_us, start_delay_us, end_delay_us, outcome"},
    {"sample", "series, at_us, value"},
}};

}  // namespace

bool RowWriter::attach(Database& database) {
  database_ = &database;
  if (!source_.attach(database)) return false;
  for (std::size_t kind = 0; kind < kKinds; ++kind) {
    const std::string name = kKind[kind].name;
    inserts_[kind] =
        database.prepare("INSERT INTO " + name + "_row (" + kKind[kind].columns + ") SELECT * FROM new_" + name);
    if (!inserts_[kind]) return false;
  }
  insert_extent_ = database.prepare(
      "INSERT INTO extent (kind, run_id, first_row, last_row) VALUES (?, ?, ?, ?) "
      "ON CONFLICT DO UPDATE SET last_row = excluded.last_row");
  insert_series_ = database.prepare("INSERT INTO series_row (metric, labels_json) VALUES (?, ?)");
  return insert_extent_ && insert_series_;
}

bool RowWriter::write(std::int64_t run_id, std::uint32_t cell, const AuditBatch& batch) {
  std::vector<std::int64_t>& series = series_[{run_id, cell}];
  if (!define_series(batch, series)) return false;
  source_.lend(batch, series);
  const std::array<std::size_t, kKinds> rows{batch.instances.size(), batch.credentials.size(), batch.gaps.size(),
                                             batch.failures.size(),  batch.sessions.size(),    batch.series.size()};
  for (std::size_t kind = 0; kind < kKinds; ++kind)
    if (rows[kind] > 0 && !store(kind, run_id, rows[kind])) return false;
  return true;
}

bool RowWriter::store(std::size_t kind, std::int64_t run_id, std::size_t rows) {
  if (!inserts_[kind].run()) return false;
  const std::int64_t last = database_->last_row();
  Extent& extent = extents_[kind];
  if (extent.run_id != run_id) {
    if (!write_extent(kind)) return false;
    extent.run_id = run_id;
    extent.first = last - static_cast<std::int64_t>(rows) + 1;
  }
  extent.last = last;
  extent.written = false;
  return true;
}

bool RowWriter::write_extent(std::size_t kind) {
  Extent& extent = extents_[kind];
  if (extent.written) return true;
  extent.written = true;
  return insert_extent_.run(kKind[kind].name, extent.run_id, extent.first, extent.last);
}

bool RowWriter::write_extents() {
  for (std::size_t kind = 0; kind < kKinds; ++kind)
    if (!write_extent(kind)) return false;
  return true;
}

bool RowWriter::define_series(const AuditBatch& batch, std::vector<std::int64_t>& series) {
  for (const SeriesDefinition& definition : batch.series_definitions) {
    if (!insert_series_.run(definition.metric, labels_json(definition.labels))) return false;
    if (series.size() <= definition.id) series.resize(definition.id + std::size_t{1});
    series[definition.id] = database_->last_row();
  }
  return true;
}

void RowWriter::forget(std::int64_t run_id) {
  std::erase_if(series_, [run_id](const auto& entry) { return entry.first.first == run_id; });
}

}  // namespace credsim::record
