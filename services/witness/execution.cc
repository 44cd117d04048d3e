#include "services/witness/execution.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "base/encoding.h"
#include "base/files.h"
#include "base/limits.h"
#include "base/status.h"
#include "crypto/hash.h"
#include "fmt/format.h"
#include "services/gateway/log_source.h"

namespace touchstone::services {
absl::StatusOr<std::unique_ptr<Execution>> Execution::Start(const std::string& dir, const std::string& url,
                                                            const std::vector<crypto::NoteVerifier>& keys,
                                                            Clock& clock) {
  TS_ASSIGN_OR_RETURN(std::unique_ptr<crypto::LogSource> source, SourceAt(url, Newest::kSigned));
  const std::string parent = dir + "/" + HexEncode(crypto::Sha256(std::string_view(keys.front().name())).view());
  std::error_code error;
  std::filesystem::create_directories(parent, error);
  if (error) return FileError("make directory", parent, error.value());
  CoreOptions options;
  options.data_dir = parent + "/ledger";
  options.follow = keys;
  TS_RETURN_IF_ERROR(PrepareCopy(options.data_dir, *source, keys, options.store));
  std::unique_ptr<Execution> self(new Execution);
  self->origin_ = keys.front().name();
  TS_ASSIGN_OR_RETURN(self->core_, Core::Open(std::move(options), clock));
  self->replica_ = std::make_unique<Replica>(*self->core_, std::move(source), clock);
  return self;
}

Execution::~Execution() = default;

absl::Status Execution::Examine(const crypto::Checkpoint& checkpoint, std::string_view note) {
  replica_->Hurry();
  const bool executed = replica_->Await(checkpoint.size, limits::kExecutionPatienceMs);
  const absl::Status standing = replica_->standing().status;
  if (!executed) {
    if (absl::IsDataLoss(standing)) {
      return MakeError(absl::StatusCode::kFailedPrecondition, ReasonOf(standing), "", MessageOf(standing));
    }
    return MakeError(
        absl::StatusCode::kUnavailable, "WITNESS_BEHIND", "",
        fmt::format("executed {} of {} entries so far", core_->newest()->snapshot->size(), checkpoint.size));
  }
  TS_ASSIGN_OR_RETURN(const crypto::Hash root, core_->newest()->snapshot->RootAt(checkpoint.size));
  if (root != checkpoint.root) {
    return MakeError(absl::StatusCode::kFailedPrecondition, "OTHER_HISTORY", "",
                     "the log shows another history to those who follow it");
  }
  // The entries say whose signature is due: a stolen key that was replaced signs nothing more.
  return crypto::OpenCheckpoint(note, core_->log_keys()).status();
}

}  // namespace touchstone::services
