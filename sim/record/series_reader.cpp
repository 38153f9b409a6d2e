#include "record/series_reader.hpp"

#include <cstddef>

#include "credsim/series_name.hpp"

#include "record/labels.hpp"

namespace credsim::record {
namespace {

using Step = Statement::Step;

std::string cannot_read(const Database& database) {
  // Nothing is written but what is sorted, in files that SQLite makes in a folder of its choice.
  if (database.refused_for_room())
    return "there is no room to sort its samples; make room for temporary files, or name a folder that has it in "
           "TMPDIR";
  return "cannot read its samples: " + database.message();
}

}  // namespace

std::optional<Steps> read_steps(Database& database, std::int64_t run_id, std::string& error) {
  // Some series has a sample at each step, so the shortest time between two, or from the start to one, is a step.
  Statement read = database.prepare(
      "SELECT max(v.at_us + v.repeats * v.interval_us), "
      "min(CASE WHEN v.repeats > 0 THEN v.interval_us WHEN v.at_us > 0 THEN v.at_us END)" +
      rows_of_run(RowKind::sample));
  read.bind(run_id);
  if (read.step() != Step::row) {
    error = cannot_read(database);
    return std::nullopt;
  }
  const std::int64_t last = read.integer(0);
  const std::int64_t length = read.integer(1);
  return length > 0 ? Steps{Duration{length}, last / length} : Steps{};
}

bool SeriesReader::open() {
  if (!done(database_.execute("PRAGMA temp_store = FILE")) || !name_metrics() || !group_series() || !know_all_metrics())
    return false;
  rows_ = database_.prepare("SELECT g.place, v.series, v.at_us, v.value, v.repeats, v.interval_us, v.step" +
                            rows_of_run(RowKind::sample, "CROSS JOIN temp.series_group g ON g.series = v.series") +
                            "ORDER BY g.place, v.at_us");
  series_ = database_.prepare("SELECT metric, labels_json FROM series_row WHERE series = ?");
  rows_.bind(run_id_);
  return done(rows_ && series_);
}

bool SeriesReader::name_metrics() {
  if (!done(
          database_.execute("CREATE TEMP TABLE metric (name TEXT PRIMARY KEY, place INTEGER NOT NULL) WITHOUT ROWID")))
    return false;
  Statement insert = database_.prepare("INSERT INTO temp.metric VALUES (?, ?)");
  for (std::size_t place = 0; place < kAllMetrics.size(); ++place)
    for (const SeriesPart part : series_parts(kAllMetrics[place].kind))
      if (!done(insert.run(series_name(kAllMetrics[place].name, part), static_cast<int>(place)))) return false;
  return true;
}

bool SeriesReader::group_series() {
  if (!done(database_.execute("CREATE TEMP TABLE series_group (series INTEGER PRIMARY KEY, place INTEGER NOT NULL)")))
    return false;
  Statement group = database_.prepare(
      "INSERT INTO temp.series_group "
      "SELECT s.series, dense_rank() OVER (ORDER BY m.place, json_remove(s.labels_json, '$.le')) "
      "FROM (SELECT DISTINCT v.series" +
      rows_of_run(RowKind::sample) +
      ") own CROSS JOIN series_row s ON s.series = own.series LEFT JOIN temp.metric m ON m.name = s.metric");
  return done(group && group.run(run_id_));
}

bool SeriesReader::know_all_metrics() {
  Statement find = database_.prepare(
      "SELECT s.metric FROM temp.series_group g CROSS JOIN series_row s ON s.series = g.series "
      "WHERE s.metric NOT IN (SELECT name FROM temp.metric) LIMIT 1");
  switch (find.step()) {
    case Step::done:
      return true;
    case Step::row:
      error_ = "it has a series " + find.text(0) + ", which this version does not know; use the credsim that made it";
      return false;
    case Step::failed:
      break;
  }
  return done(false);
}

std::optional<SeriesReader::Row> SeriesReader::next() {
  const Step step = rows_.step();
  if (step != Step::row) {
    done(step == Step::done);
    return std::nullopt;
  }
  return Row{rows_.integer(0),
             {.series = rows_.integer(1),
              .at = SimTime{Duration{rows_.integer(2)}},
              .value = rows_.real(3),
              .repeats = static_cast<std::uint32_t>(rows_.integer(4)),
              .interval = Duration{rows_.integer(5)},
              .step = rows_.real(6)}};
}

std::optional<SeriesReader::Series> SeriesReader::series(std::int64_t id) {
  series_.bind(id);
  if (!done(series_.step() == Step::row)) return std::nullopt;
  Series series{series_.text(0), read_labels(series_.text(1))};
  series_.reset();
  return series;
}

bool SeriesReader::done(bool succeeded) {
  if (!succeeded && error_.empty()) error_ = cannot_read(database_);
  return succeeded;
}

}  // namespace credsim::record
