#include "record/row_source.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <new>
#include <string_view>
#include <type_traits>
#include <utility>

#include <sqlite3.h>

namespace credsim::record {
namespace {

void result(sqlite3_context* context, std::int64_t value) {
  sqlite3_result_int64(context, value);
}

void result(sqlite3_context* context, double value) {
  sqlite3_result_double(context, value);
}

void result(sqlite3_context* context, InstanceId instance) {  // without a result the column is null
  if (instance != kNoInstance) sqlite3_result_int64(context, static_cast<std::int64_t>(instance));
}

void result(sqlite3_context* context, SimTime time) {
  result(context, time.time_since_epoch().count());
}

// A column gives SQL one value of a row.
template <class Row>
using Column = void (*)(const RowSource&, const Row& row, sqlite3_context* context);

// The member itself; an enumeration by its number.
template <auto kMember, class Row>
void value(const RowSource&, const Row& row, sqlite3_context* context) {
  using Member = std::remove_cvref_t<decltype(row.*kMember)>;
  if constexpr (std::is_integral_v<Member> || (std::is_enum_v<Member> && !std::is_same_v<Member, InstanceId>))
    result(context, static_cast<std::int64_t>(row.*kMember));
  else
    result(context, row.*kMember);
}

// The time from one member to another; null where the later one is "never".
template <auto kMember, auto kBase, class Row>
void since(const RowSource&, const Row& row, sqlite3_context* context) {
  if (row.*kMember != kNever) result(context, (row.*kMember - row.*kBase).count());
}

void workload(const RowSource&, const FailureRow& row, sqlite3_context* context) {
  if (row.workload != FailureRow::kNoWorkload) result(context, std::int64_t{row.workload});
}

void series(const RowSource& source, const SeriesRow& row, sqlite3_context* context) {
  result(context, source.series(row.series));
}

// What a kind of row is called in SQL, where it stands in a batch, and its columns, which schema.cpp calls a, b, c, ….
struct Instances {
  static constexpr const char* kModule = "new_instance";
  static constexpr auto kRows = &AuditBatch::instances;
  static constexpr std::array<Column<InstanceRow>, 8> kColumns{
      value<&InstanceRow::instance>,
      value<&InstanceRow::resource>,
      value<&InstanceRow::number>,
      value<&InstanceRow::provisioned>,
      since<&InstanceRow::boot, &InstanceRow::provisioned>,
      since<&InstanceRow::eni, &InstanceRow::provisioned>,
      since<&InstanceRow::first_credential, &InstanceRow::provisioned>,
      since<&InstanceRow::terminated, &InstanceRow::provisioned>,
  };
};

struct Credentials {
  static constexpr const char* kModule = "new_credential";
  static constexpr auto kRows = &AuditBatch::credentials;
  static constexpr std::array<Column<CredentialRow>, 7> kColumns{
      value<&CredentialRow::instance>,
      value<&CredentialRow::sequence>,
      value<&CredentialRow::attempts>,
      value<&CredentialRow::requested>,
      since<&CredentialRow::issued, &CredentialRow::requested>,
      since<&CredentialRow::expires, &CredentialRow::issued>,
      since<&CredentialRow::previous_expires, &CredentialRow::issued>,
  };
};

struct Gaps {
  static constexpr const char* kModule = "new_gap";
  static constexpr auto kRows = &AuditBatch::gaps;
  static constexpr std::array<Column<GapRow>, 5> kColumns{
      value<&GapRow::instance>, value<&GapRow::sequence>,
      value<&GapRow::opened>,   since<&GapRow::closed, &GapRow::opened>,
      value<&GapRow::open>,
  };
};

struct Failures {
  static constexpr const char* kModule = "new_failure";
  static constexpr auto kRows = &AuditBatch::failures;
  static constexpr std::array<Column<FailureRow>, 7> kColumns{
      value<&FailureRow::at>,        value<&FailureRow::instance>, value<&FailureRow::resource>, workload,
      value<&FailureRow::operation>, value<&FailureRow::reason>,   value<&FailureRow::attempts>,
  };
};

struct Sessions {
  static constexpr const char* kModule = "new_session";
  static constexpr auto kRows = &AuditBatch::sessions;
  static constexpr std::array<Column<SessionRow>, 7> kColumns{
      value<&SessionRow::resource>,
      value<&SessionRow::number>,
      value<&SessionRow::instance>,
      value<&SessionRow::arrived>,
      since<&SessionRow::started, &SessionRow::arrived>,
      since<&SessionRow::ended, &SessionRow::arrived>,
      value<&SessionRow::outcome>,
  };
};

struct Samples {
  static constexpr const char* kModule = "new_sample";
  static constexpr auto kRows = &AuditBatch::series;
  static constexpr std::array<Column<SeriesRow>, 3> kColumns{series, value<&SeriesRow::at>, value<&SeriesRow::value>};
};

// The virtual table's declaration. Columns have letters for names.
template <std::size_t kCount>
constexpr auto declaration() {
  constexpr std::string_view kStart = "CREATE TABLE x(";
  std::array<char, kStart.size() + 2 * kCount + 1> text{};
  std::copy(kStart.begin(), kStart.end(), text.begin());
  for (std::size_t i = 0; i < kCount; ++i) {
    text[kStart.size() + 2 * i] = static_cast<char>('a' + i);
    text[kStart.size() + 2 * i + 1] = i + 1 < kCount ? ',' : ')';
  }
  return text;
}

struct Table : sqlite3_vtab {
  const RowSource* source;
};

// SQLite's virtual-table interface over one vector of a batch: every scan reads all of it, in order.
template <class Rows>
class Module {
 public:
  static bool attach(sqlite3* database, RowSource* source) {
    return sqlite3_create_module(database, Rows::kModule, &kModule, source) == SQLITE_OK;
  }

 private:
  using Row = std::remove_cvref_t<decltype((std::declval<const AuditBatch&>().*Rows::kRows)[0])>;
  static constexpr auto kDeclaration = declaration<Rows::kColumns.size()>();

  struct Cursor : sqlite3_vtab_cursor {
    const Row* at;
    const Row* end;
  };

  static int connect(sqlite3* database, void* source, int, const char* const*, sqlite3_vtab** made, char**) {
    auto* table = new (std::nothrow) Table{};
    if (table == nullptr) return SQLITE_NOMEM;
    table->source = static_cast<const RowSource*>(source);
    *made = table;
    return sqlite3_declare_vtab(database, kDeclaration.data());
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
    const auto& rows = static_cast<const Table*>(base->pVtab)->source->batch().*Rows::kRows;
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
    Rows::kColumns[static_cast<std::size_t>(column)](*static_cast<const Table*>(cursor->pVtab)->source,
                                                     *static_cast<const Cursor*>(cursor)->at, context);
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
  return Module<Instances>::attach(handle, this) && Module<Credentials>::attach(handle, this) &&
         Module<Gaps>::attach(handle, this) && Module<Failures>::attach(handle, this) &&
         Module<Sessions>::attach(handle, this) && Module<Samples>::attach(handle, this);
}

}  // namespace credsim::record
