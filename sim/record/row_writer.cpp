#include "record/row_writer.hpp"

#include <cmath>
#include <string>

#include "record/labels.hpp"

namespace credsim::record {
namespace {

constexpr std::int64_t kNoSeries = 0;

// Whether `sample` goes on where the run ends; then it is part of it. The database must give back its very value.
bool extend(SampleRun& run, const SeriesRow& sample) {
  if (run.repeats == SampleRun::kMostRepeats) return false;
  SampleRun longer = run;
  if (run.repeats == 0) {
    longer.interval = sample.at - run.at;
    longer.step = sample.value - run.value;
    if (!std::isfinite(longer.step)) return false;
  }
  ++longer.repeats;
  if (run.at + longer.repeats * longer.interval != sample.at || longer.value_after(longer.repeats) != sample.value)
    return false;
  run = longer;
  return true;
}

}  // namespace

bool RowWriter::attach(Database& database, bool memory_mapped) {
  database_ = &database;
  std::vector<std::string> tables;
  for (std::size_t kind = 0; kind < kAuditTables.size(); ++kind) {
    extents_[kind].rows.kind = static_cast<RowKind>(kind);
    tables.push_back(row_table(static_cast<RowKind>(kind)));
  }
  if (!image_.attach(database, tables, memory_mapped)) return false;
  for (std::size_t kind = 0; kind < kAuditTables.size(); ++kind) {
    inserts_[kind] = database.prepare("INSERT INTO main." + tables[kind] + " SELECT * FROM batch." + tables[kind]);
    if (!inserts_[kind]) return false;
  }
  insert_extent_ = database.prepare(
      "INSERT INTO extent (kind, run_id, first_row, last_row) VALUES (?, ?, ?, ?) "
      "ON CONFLICT DO UPDATE SET last_row = excluded.last_row");
  insert_series_ = database.prepare("INSERT INTO series_row (metric, labels_json) VALUES (?, ?)");
  return insert_extent_ && insert_series_ && chains_.attach(database) && counts_.attach(database);
}

bool RowWriter::write(std::int64_t run_id, std::uint32_t cell, const AuditBatch& batch) {
  Series& series = series_[{run_id, cell}];
  if (!define_series(batch, series)) return false;
  runs_.clear();
  compress(batch.series, series);
  counts_.add(run_id, batch);
  const std::int64_t next_failure = extents_[static_cast<std::size_t>(RowKind::failure)].rows.last + 1;
  return store<InstanceRow>(RowKind::instance, run_id, batch.instances) &&
         store<CredentialRow>(RowKind::credential, run_id, batch.credentials) &&
         store<GapRow>(RowKind::gap, run_id, batch.gaps) &&
         store(RowKind::failure, run_id, chains_.link(run_id, cell, next_failure, batch.failures)) &&
         store<SessionRow>(RowKind::session, run_id, batch.sessions) &&
         store<SampleRun>(RowKind::sample, run_id, runs_);
}

void RowWriter::compress(std::span<const SeriesRow> samples, Series& series) {
  for (const SeriesRow& sample : samples) {
    SampleRun& run = series.open[sample.series];
    if (run.series != kNoSeries) {
      if (extend(run, sample)) continue;
      runs_.push_back(run);
    }
    run = {.series = series.ids[sample.series], .at = sample.at, .value = sample.value};
  }
}

template <class Row>
bool RowWriter::store(RowKind kind, std::int64_t run_id, std::span<const Row> rows) {
  const auto index = static_cast<std::size_t>(kind);
  Cell cell;
  while (!rows.empty()) {
    const std::int64_t before = extents_[index].rows.last;
    image_.start(index);
    std::size_t taken = 0;
    while (taken < rows.size() &&
           image_.add(cell, encode(cell, before + 1 + static_cast<std::int64_t>(taken), rows[taken])))
      ++taken;
    image_.finish();
    if (!inserts_[index].run()) return false;
    if (!note({kind, run_id, before + 1, before + static_cast<std::int64_t>(taken)})) return false;
    rows = rows.subspan(taken);
  }
  return true;
}

bool RowWriter::note(const RowRange& rows) {
  stored_.push_back(rows);
  Extent& extent = extents_[static_cast<std::size_t>(rows.kind)];
  if (extent.rows.run_id != rows.run_id) {
    if (!write_extent(extent)) return false;
    extent.rows = rows;
  }
  extent.rows.last = rows.last;
  extent.written = false;
  return true;
}

bool RowWriter::write_extent(Extent& extent) {
  if (extent.written) return true;
  extent.written = true;
  const RowRange& rows = extent.rows;
  return insert_extent_.run(kAuditTables[static_cast<std::size_t>(rows.kind)], rows.run_id, rows.first, rows.last);
}

bool RowWriter::settle() {
  for (auto& [whose, series] : series_) {
    runs_.clear();
    for (SampleRun& run : series.open) {
      if (run.series != kNoSeries) runs_.push_back(run);
      run.series = kNoSeries;
    }
    if (!store<SampleRun>(RowKind::sample, whose.first, runs_)) return false;
  }
  for (Extent& extent : extents_)
    if (!write_extent(extent)) return false;
  return counts_.settle();
}

bool RowWriter::define_series(const AuditBatch& batch, Series& series) {
  for (const SeriesDefinition& definition : batch.series_definitions) {
    if (!insert_series_.run(definition.metric, labels_json(definition.labels))) return false;
    if (series.ids.size() <= definition.id) {
      series.ids.resize(definition.id + std::size_t{1});
      series.open.resize(definition.id + std::size_t{1});
    }
    series.ids[definition.id] = database_->last_row();
  }
  return true;
}

bool RowWriter::finish(std::int64_t run_id) {
  std::erase_if(series_, [run_id](const auto& entry) { return entry.first.first == run_id; });
  return chains_.finish(run_id);
}

}  // namespace credsim::record
