#include "record/row_source.hpp"

#include <new>

#include <sqlite3.h>

namespace credsim::record {
namespace {

void result(sqlite3_context* context, std::int64_t value) {
  sqlite3_result_int64(context, value);
}

void result(sqlite3_context* context, InstanceId instance) {  // without a result the column is null
  if (instance != kNoInstance) sqlite3_result_int64(context, static_cast<std::int64_t>(instance));
}

void result(sqlite3_context* context, SimTime time) {
  result(context, time.time_since_epoch().count());
}

// `time` since `base`; null for "never".
void result(sqlite3_context* context, SimTime time, SimTime base) {
  if (time != kNever) result(context, (time - base).count());
}

// What a kind of row is called in SQL, where it stands in a batch, and its columns.
struct InstanceColumns {
  static constexpr const char* kModule = "new_instance";
  static constexpr const char* kDeclaration = "CREATE TABLE x(a, b, c, d, e, f, g, h)";
  static const auto& rows(const AuditBatch& batch) { return batch.instances; }
  static void column(const RowSource&, const InstanceRow& row, int column, sqlite3_context* context) {
    switch (column) {
      case 0:
        return result(context, row.instance);
      case 1:
        return result(context, row.resource);
      case 2:
        return result(context, row.number);
      case 3:
        return result(context, row.provisioned);
      case 4:
        return result(context, row.boot, row.provisioned);
      case 5:
        return result(context, row.eni, row.provisioned);
      case 6:
        return result(context, row.first_credential, row.provisioned);
      default:
        return result(context, row.terminated, row.provisioned);
    }
  }
};

struct CredentialColumns {
  static constexpr const char* kModule = "new_credential";
  static constexpr const char* kDeclaration = "CREATE TABLE x(a, b, c, d, e, f, g)";
  static const auto& rows(const AuditBatch& batch) { return batch.credentials; }
  static void column(const RowSource&, const CredentialRow& row, int column, sqlite3_context* context) {
    switch (column) {
      case 0:
        return result(context, row.instance);
      case 1:
        return result(context, row.sequence);
      case 2:
        return result(context, row.attempts);
      case 3:
        return result(context, row.requested);
      case 4:
        return result(context, row.issued, row.requested);
      case 5:
        return result(context, row.expires, row.issued);
      default:
        return result(context, row.previous_expires, row.issued);
    }
  }
};

struct GapColumns {
  static constexpr const char* kModule = "new_gap";
  static constexpr const char* kDeclaration = "CREATE TABLE x(a, b, c, d, e)";
  static const auto& rows(const AuditBatch& batch) { return batch.gaps; }
  static void column(const RowSource&, const GapRow& row, int column, sqlite3_context* context) {
    switch (column) {
      case 0:
        return result(context, row.instance);
      case 1:
        return result(context, row.sequence);
      case 2:
        return result(context, row.opened);
      case 3:
        return result(context, row.closed, row.opened);
      default:
        return result(context, std::int64_t{row.open});
    }
  }
};

struct FailureColumns {
  static constexpr const char* kModule = "new_failure";
  static constexpr const char* kDeclaration = "CREATE TABLE x(a, b, c, d, e, f, g)";
  static const auto& rows(const AuditBatch& batch) { return batch.failures; }
  static void column(const RowSource&, const FailureRow& row, int column, sqlite3_context* context) {
    switch (column) {
      case 0:
        return result(context, row.at);
      case 1:
        return result(context, row.instance);
      case 2:
        return result(context, row.resource);
      case 3:
        if (row.workload != FailureRow::kNoWorkload) result(context, std::int64_t{row.workload});
        return;
      case 4:
        return result(context, static_cast<std::int64_t>(row.operation));
      case 5:
        return result(context, static_cast<std::int64_t>(row.reason));
      default:
        return result(context, row.attempts);
    }
  }
};

struct SessionColumns {
  static constexpr const char* kModule = "new_session";
  static constexpr const char* kDeclaration = "CREATE TABLE x(a, b, c, d, e, f, g)";
  static const auto& rows(const AuditBatch& batch) { return batch.sessions; }
  static void column(const RowSource&, const SessionRow& row, int column, sqlite3_context* context) {
    switch (column) {
      case 0:
        return result(context, row.resource);
      case 1:
        return result(context, row.number);
      case 2:
        return result(context, row.instance);
      case 3:
        return result(context, row.arrived);
      case 4:
        return result(context, row.started, row.arrived);
      case 5:
        return result(context, row.ended, row.arrived);
      default:
        return result(context, static_cast<std::int64_t>(row.outcome));
    }
  }
};

struct SampleColumns {
  static constexpr const char* kModule = "new_sample";
  static constexpr const char* kDeclaration = "CREATE TABLE x(a, b, c)";
  static const auto& rows(const AuditBatch& batch) { return batch.series; }
  static void column(const RowSource& source, const SeriesRow& row, int column, sqlite3_context* context) {
    switch (column) {
      case 0:
        return result(context, source.series(row.series));
      case 1:
        return result(context, row.at);
      default:
        return sqlite3_result_double(context, row.value);
    }
  }
};

struct Table : sqlite3_vtab {
  const RowSource* source;
};

// SQLite's virtual-table interface over one vector of a batch: every scan reads all of it, in order.
template <class Columns>
class Module {
 public:
  static bool attach(sqlite3* database, RowSource* source) {
    return sqlite3_create_module(database, Columns::kModule, &kModule, source) == SQLITE_OK;
  }

 private:
  using Row = std::remove_cvref_t<decltype(Columns::rows(std::declval<const AuditBatch&>())[0])>;
  struct Cursor : sqlite3_vtab_cursor {
    const Row* at;
    const Row* end;
  };

  static int connect(sqlite3* database, void* source, int, const char* const*, sqlite3_vtab** made, char**) {
    auto* table = new (std::nothrow) Table{};
    if (table == nullptr) return SQLITE_NOMEM;
    table->source = static_cast<const RowSource*>(source);
    *made = table;
    return sqlite3_declare_vtab(database, Columns::kDeclaration);
  }
  static int disconnect(sqlite3_vtab* table) {
    delete static_cast<Table*>(table);
    return SQLITE_OK;
  }
  static int best_index(sqlite3_vtab*, sqlite3_index_info*) { return SQLITE_OK; }
  static int open(sqlite3_vtab*, sqlite3_vtab_cursor** made) {
    *made = new (std::nothrow) Cursor{};
    return *made == nullptr ? SQLITE_NOMEM : SQLITE_OK;
  }
  static int close(sqlite3_vtab_cursor* cursor) {
    delete static_cast<Cursor*>(cursor);
    return SQLITE_OK;
  }
  static int filter(sqlite3_vtab_cursor* base, int, const char*, int, sqlite3_value**) {
    const auto& rows = Columns::rows(static_cast<const Table*>(base->pVtab)->source->batch());
    auto* cursor = static_cast<Cursor*>(base);
    cursor->at = rows.data();
    cursor->end = rows.data() + rows.size();
    return SQLITE_OK;
  }
  static int next(sqlite3_vtab_cursor* cursor) {
    ++static_cast<Cursor*>(cursor)->at;
    return SQLITE_OK;
  }
  static int end_of_rows(sqlite3_vtab_cursor* base) {
    const auto* cursor = static_cast<const Cursor*>(base);
    return cursor->at == cursor->end ? 1 : 0;
  }
  static int column(sqlite3_vtab_cursor* cursor, sqlite3_context* context, int column) {
    Columns::column(*static_cast<const Table*>(cursor->pVtab)->source, *static_cast<const Cursor*>(cursor)->at, column,
                    context);
    return SQLITE_OK;
  }
  static int row_id(sqlite3_vtab_cursor*, sqlite3_int64* id) {
    *id = 0;  // nobody asks for it
    return SQLITE_OK;
  }

  // Without xCreate a table of this name is simply there.
  static constexpr sqlite3_module kModule = [] {
    sqlite3_module module{};
    module.xConnect = connect;
    module.xBestIndex = best_index;
    module.xDisconnect = disconnect;
    module.xOpen = open;
    module.xClose = close;
    module.xFilter = filter;
    module.xNext = next;
    module.xEof = end_of_rows;
    module.xColumn = column;
    module.xRowid = row_id;
    return module;
  }();
};

}  // namespace

bool RowSource::attach(Database& database) {
  sqlite3* handle = database.handle();
  return Module<InstanceColumns>::attach(handle, this) && Module<CredentialColumns>::attach(handle, this) &&
         Module<GapColumns>::attach(handle, this) && Module<FailureColumns>::attach(handle, this) &&
         Module<SessionColumns>::attach(handle, this) && Module<SampleColumns>::attach(handle, this);
}

}  // namespace credsim::record
