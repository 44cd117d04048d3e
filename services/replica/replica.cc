#include "services/replica/replica.h"

#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include <unistd.h>

#include "base/limits.h"
#include "base/status.h"
#include "crypto/checkpoint.h"
#include "crypto/log_source.h"
#include "crypto/tile_path.h"
#include "crypto/tiles.h"
#include "ledger/envelope.h"
#include "services/announced_keys.h"
#include "services/ledger_dir.h"
#include "services/logging.h"

namespace touchstone::services {
namespace {

absl::StatusOr<crypto::Hash> GenesisOf(crypto::LogSource& source, const std::vector<crypto::NoteVerifier>& log_keys) {
  TS_ASSIGN_OR_RETURN(const std::string note, source.ReadCheckpoint());
  TS_ASSIGN_OR_RETURN(const crypto::Checkpoint checkpoint, OpenAsFarAsKnown(note, std::nullopt, 0, log_keys));
  if (checkpoint.size == 0) return crypto::SourceDamaged("the log has no entries: there is no genesis to begin with");
  const int width = checkpoint.size < crypto::kTileWidth ? static_cast<int>(checkpoint.size) : crypto::kTileWidth;
  TS_ASSIGN_OR_RETURN(const std::string bundle, source.ReadBundle({.index = 0, .width = width}));
  TS_ASSIGN_OR_RETURN(const std::vector<std::string_view> entries, crypto::ParseBundle(bundle));
  if (entries.empty()) return crypto::SourceDamaged("the first bundle has no entries");
  TS_ASSIGN_OR_RETURN(const ledger::VerifiedEntry genesis, ledger::VerifyEntry(0, entries.front()));
  return genesis.event.event_id;
}

}  // namespace

absl::Status PrepareCopy(const std::string& dir, crypto::LogSource& source,
                         const std::vector<crypto::NoteVerifier>& log_keys, const storage::StoreOptions& store) {
  if (access(LogKeyPath(dir).c_str(), F_OK) == 0) {
    return MakeError(absl::StatusCode::kFailedPrecondition, "OTHER_LEDGER", "data_dir",
                     "this directory holds a ledger with a key of its own, which is nobody's copy");
  }
  storage::StoreOptions reading = store;
  reading.read_only = true;
  const absl::Status opened = storage::Store::Open(dir, reading).status();
  if (opened.ok() || ReasonOf(opened) != "NOT_A_LEDGER") return opened;
  TS_ASSIGN_OR_RETURN(const crypto::Hash genesis_id, GenesisOf(source, log_keys));
  return storage::Store::Create(dir, {.origin = log_keys.front().name(), .genesis_id = genesis_id}, store).status();
}

Replica::Replica(Core& core, std::unique_ptr<crypto::LogSource> source, Clock& clock)
    : core_(core),
      source_(std::move(source)),
      clock_(clock),
      standing_{.status = {}, .caught_up_at_us = clock.NowUs()},
      thread_([this] { Follow(); }) {}

Replica::~Replica() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

ReplicaStanding Replica::standing() const {
  const std::lock_guard lock(mutex_);
  return standing_;
}

bool Replica::Await(uint64_t size, int64_t timeout_ms) {
  std::unique_lock lock(mutex_);
  const auto reached = [&] { return core_.newest()->snapshot->size() >= size; };
  changed_.wait_for(lock, std::chrono::milliseconds(timeout_ms),
                    [&] { return stopping_ || reached() || absl::IsDataLoss(standing_.status); });
  return reached();
}

void Replica::Hurry() {
  {
    const std::lock_guard lock(mutex_);
    hurry_ = true;
  }
  changed_.notify_all();
}

void Replica::Follow() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    hurry_ = false;
    lock.unlock();
    const absl::Status status = core_.CatchUp(*source_);
    lock.lock();
    Tell(status);
    standing_.status = status;
    if (status.ok()) standing_.caught_up_at_us = clock_.NowUs();
    changed_.notify_all();
    const auto stopping = [this] { return stopping_; };
    // What was found for good is not looked for again.
    if (absl::IsDataLoss(status) && ReasonOf(status) != "SOURCE_DAMAGED") return changed_.wait(lock, stopping);
    const int64_t pause_ms = status.ok() ? limits::kFollowIntervalMs : limits::kFollowRetryMs;
    changed_.wait_for(lock, std::chrono::milliseconds(pause_ms), [this] { return stopping_ || hurry_; });
  }
}

void Replica::Tell(const absl::Status& status) {
  if (status == standing_.status) return;
  if (status.ok()) {
    LogInfo("following", {{"size", std::to_string(core_.newest()->snapshot->size())}});
  } else if (absl::IsDataLoss(status)) {
    LogError("the log that is followed is not what it should be",
             {{"reason", ReasonOf(status)}, {"message", std::string(MessageOf(status))}});
  } else {
    LogWarning("cannot follow now", {{"reason", ReasonOf(status)}, {"message", std::string(MessageOf(status))}});
  }
}

}  // namespace touchstone::services
