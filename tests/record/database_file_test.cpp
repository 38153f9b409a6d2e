#include "record/database_file.hpp"

#include <sys/wait.h>

#include "record/schema.hpp"
#include "recorded.hpp"
#include "test_support/catch.hpp"

using namespace credsim;
using namespace credsim::test;

namespace {

// Empty if a database was made, or why not.
std::string create(const std::string& path, bool force) {
  std::string error;
  const auto database = record::create_database_file(path, force, two_fleets(), 20ms, error);
  return database ? "" : error;
}

// Another process that has run `sql` on `path` and holds on until this goes.
class OtherProcess {
 public:
  OtherProcess(const std::string& path, const std::string& sql) {
    int ready[2];
    int leave[2];
    if (::pipe(ready) != 0 || ::pipe(leave) != 0) std::abort();
    child_ = ::fork();
    if (child_ == 0) {
      Reader other{path};
      ::close(leave[1]);
      char byte = 0;
      if (!other.rows(sql).empty() || ::write(ready[1], &byte, 1) != 1) ::_exit(1);
      ::_exit(static_cast<int>(::read(leave[0], &byte, 1)));  // until the parent closes its end
    }
    ::close(ready[1]);
    char byte = 0;
    if (::read(ready[0], &byte, 1) != 1) std::abort();
    leave_ = leave[1];
    ::close(ready[0]);
    ::close(leave[0]);
  }
  OtherProcess(const OtherProcess&) = delete;
  OtherProcess& operator=(const OtherProcess&) = delete;
  ~OtherProcess() {
    ::close(leave_);
    ::waitpid(child_, nullptr, 0);
  }

 private:
  pid_t child_ = 0;
  int leave_ = 0;
};

}  // namespace

TEST_CASE("a new database is made where nothing was") {
  const TemporaryFolder folder;
  CHECK(create(folder.file("a.db"), false).empty());
  CHECK(folder.files() == std::vector<std::string>{"a.db"});
  CHECK(value(folder.file("a.db"), "PRAGMA application_id") == std::to_string(record::kApplicationId));
}

TEST_CASE("a file of something else is never overwritten") {
  const TemporaryFolder folder;
  const std::string path = folder.file("thesis.txt");
  for (const std::string& text : {std::string{"ten years of work"}, std::string{}, std::string(5000, '\0')}) {
    write_file(path, text);
    for (const bool force : {false, true})
      CHECK(create(path, force) ==
            path + " exists and is not a credsim database, so it is never overwritten; choose another name");
    CHECK(read_file(path) == text);
    CHECK(folder.files().size() == 1);
  }
}

TEST_CASE("an SQLite database of another program is never overwritten") {
  const TemporaryFolder folder;
  const std::string path = folder.file("music.db");
  rows(path, "CREATE TABLE song (name TEXT); INSERT INTO song VALUES ('one')");
  for (const bool force : {false, true})
    CHECK(create(path, force) ==
          path + " exists and is not a credsim database, so it is never overwritten; choose another name");
  CHECK(value(path, "SELECT name FROM song") == "one");
}

TEST_CASE("a credsim database is replaced by force only") {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.db");
  REQUIRE(create(path, false).empty());
  rows(path, "UPDATE scenario_row SET name = 'kept'");
  CHECK(create(path, false) == path + " exists; choose another name, or --force replaces it");
  CHECK(value(path, "SELECT name FROM scenario_row") == "kept");
  CHECK(create(path, true).empty());
  CHECK(value(path, "SELECT name FROM scenario_row") == "two-fleets");
  CHECK(folder.files().size() == 1);
}

TEST_CASE("a link to a database stays a link when its target is replaced") {
  const TemporaryFolder folder;
  REQUIRE(create(folder.file("a.db"), false).empty());
  std::filesystem::create_symlink("a.db", folder.file("latest.db"));
  CHECK(create(folder.file("latest.db"), true).empty());
  CHECK(std::filesystem::is_symlink(folder.file("latest.db")));
  CHECK(folder.files().size() == 2);
}

TEST_CASE("what a killed run left beside its database does not reach the new one") {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.db");
  REQUIRE(create(path, false).empty());
  for (const char* suffix : {"-journal", "-wal", "-shm"}) write_file(path + suffix, "left over");
  CHECK(create(path, true).empty());
  CHECK(folder.files().size() == 1);
  CHECK(value(path, "PRAGMA integrity_check") == "ok");
}

TEST_CASE("a damaged credsim database can be replaced") {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.db");
  REQUIRE(create(path, false).empty());
  write_file(path, read_file(path).substr(0, 120));
  CHECK(create(path, true).empty());
  CHECK(value(path, "PRAGMA integrity_check") == "ok");
}

TEST_CASE("a database that another process writes to is not replaced") {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.db");
  REQUIRE(create(path, false).empty());
  const OtherProcess writer{path, "BEGIN IMMEDIATE"};
  CHECK(create(path, true) ==
        "cannot replace " + path + ": database is locked by another process; end it, or choose another file");
  CHECK(folder.files().size() == 1);
}

TEST_CASE("a database that another credsim writes is refused at once, with force and without") {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.db");
  std::string error;
  auto writer = record::create_database_file(path, false, two_fleets(), 20ms, error);
  REQUIRE(writer);
  std::filesystem::create_symlink("a.db", folder.file("link.db"));
  for (const bool force : {false, true})
    for (const std::string& name : {path, folder.file("link.db")})
      CHECK(create(name, force) ==
            name + " is being written by another credsim; wait for its end, or choose another name");
  CHECK(writer->lock.is_at(path));
  writer.reset();
  CHECK(create(path, true).empty());
  CHECK(folder.files().size() == 2);
}

TEST_CASE("a lock ends with its process, and locks the file that has the name") {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.db");
  const pid_t child = ::fork();
  if (child == 0) {
    const auto lock = record::WriterLock::create(path);
    ::_exit(lock && record::is_being_written(path) ? 0 : 1);
  }
  int status = 1;
  ::waitpid(child, &status, 0);
  CHECK(status == 0);
  CHECK_FALSE(record::is_being_written(path));
  const auto lock = record::WriterLock::take(path);
  REQUIRE(lock);
  CHECK_FALSE(record::WriterLock::take(path));
  write_file(folder.file("other"), "");
  std::filesystem::rename(folder.file("other"), path);
  CHECK_FALSE(lock->is_at(path));
  CHECK_FALSE(record::is_being_written(path));
}

TEST_CASE("a link to nothing is refused in words") {
  const TemporaryFolder folder;
  std::filesystem::create_symlink("gone.db", folder.file("link.db"));
  CHECK(create(folder.file("link.db"), true) ==
        folder.file("link.db") + " is a link to a file that does not exist; name that file");
}

TEST_CASE("who reads a database goes on reading it after it was replaced") {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.db");
  REQUIRE(create(path, false).empty());
  rows(path, "UPDATE scenario_row SET name = 'old'");
  Reader reader{path};
  CHECK(reader.rows("BEGIN; SELECT name FROM scenario_row") == std::vector<std::string>{"old"});
  CHECK(create(path, true).empty());
  CHECK(reader.rows("SELECT name FROM scenario_row") == std::vector<std::string>{"old"});
  CHECK(value(path, "SELECT name FROM scenario_row") == "two-fleets");
}

TEST_CASE("a folder, a device and a missing folder are refused in words") {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder.file("runs"));
  CHECK(create(folder.file("runs"), true) == folder.file("runs") + " is a folder; name a file for the database");
  CHECK(create("/dev/null", true) == "/dev/null is not a file; name a file for the database");
  CHECK(create(folder.file("no/a.db"), false) ==
        "cannot create " + folder.file("no/a.db") + ": No such file or directory; make its folder first");
}

TEST_CASE("a read-only folder is refused and stays empty") {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder.file("runs"));
  std::filesystem::permissions(folder.file(""), std::filesystem::perms{0755});
  std::filesystem::permissions(folder.file("runs"), std::filesystem::perms{0555});
  const uid_t user = ::geteuid();
  if (user == 0) REQUIRE(::seteuid(65534) == 0);  // root may write anywhere, nobody may not
  const std::string said = create(folder.file("runs/a.db"), false);
  REQUIRE(::seteuid(user) == 0);
  CHECK(said == "cannot create " + folder.file("runs/a.db") + ": Permission denied");
  CHECK(std::filesystem::is_empty(folder.file("runs")));
}

TEST_CASE("a name that SQLite would read as something else is a file") {
  const TemporaryFolder folder;
  const std::filesystem::path here = std::filesystem::current_path();
  std::filesystem::current_path(folder.file(""));
  for (const char* name : {":memory:", "file:a.db?mode=memory"}) CHECK(create(name, false).empty());
  std::filesystem::current_path(here);
  CHECK(folder.files().size() == 2);
}
