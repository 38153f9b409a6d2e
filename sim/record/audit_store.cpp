#include "credsim/audit_store.hpp"

#include <utility>

#include "record/audit_writer.hpp"
#include "record/database_file.hpp"

namespace credsim {

std::unique_ptr<AuditStore> AuditStore::create(const std::string& path, bool force, const Scenario& scenario,
                                               std::string& error, const AuditStoreOptions& options) {
  std::optional<record::OwnDatabase> database =
      record::create_database_file(path, force, scenario, options.patience, error);
  if (!database) return nullptr;
  auto writer = std::make_unique<Writer>(path, *std::move(database), scenario, options);
  if (writer->failed()) {
    error = writer->error();
    return nullptr;
  }
  return std::unique_ptr<AuditStore>{new AuditStore{std::move(writer)}};
}

AuditStore::AuditStore(std::unique_ptr<Writer> writer) : writer_(std::move(writer)) {}

AuditStore::~AuditStore() = default;

std::int64_t AuditStore::begin_run(const RunStart& start, std::span<const Finding> findings) {
  return writer_->begin_run(start, findings);
}

std::unique_ptr<CellSink> AuditStore::sink(std::int64_t run_id, std::uint32_t cell) {
  class Sink : public CellSink {
   public:
    Sink(Writer& writer, std::int64_t run_id, std::uint32_t cell) : writer_(writer), run_id_(run_id), cell_(cell) {}
    void take(AuditBatch& batch) override { writer_.take(run_id_, cell_, batch); }

   private:
    Writer& writer_;
    std::int64_t run_id_;
    std::uint32_t cell_;
  };
  return std::make_unique<Sink>(*writer_, run_id, cell);
}

void AuditStore::finish_run(std::int64_t run_id, RunStatus status, const Measurements& measurements,
                            std::span<const CellResult> cells, std::span<const ThresholdResult> thresholds,
                            double wall_seconds) {
  writer_->finish_run(run_id, status, measurements, cells, thresholds, wall_seconds);
}

void AuditStore::write_estimates(std::span<const SummaryEstimate> estimates) {
  writer_->write_estimates(estimates);
}

bool AuditStore::close() {
  return writer_->close();
}

bool AuditStore::failed() const {
  return writer_->failed();
}

std::string AuditStore::error() const {
  return writer_->error();
}

AuditProgress AuditStore::progress() const {
  return writer_->progress();
}

}  // namespace credsim
