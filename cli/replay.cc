#include "cli/replay.h"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <istream>
#include <optional>
#include <utility>
#include <vector>

#include "base/encoding.h"
#include "base/files.h"
#include "base/limits.h"
#include "base/status.h"
#include "cli/parallel.h"
#include "cli/progress.h"
#include "crypto/merkle.h"
#include "fmt/format.h"
#include "ledger/draft.h"

namespace touchstone::cli {
namespace {

absl::Status NotVerifiable(absl::Status status) { return EndingWith(ExitCode::kNotVerifiable, std::move(status)); }

absl::Status Mismatch(std::string_view reason, std::string_view message) {
  return NotVerifiable(MakeError(absl::StatusCode::kDataLoss, reason, "entries", message));
}

/// Takes entries as they come, and executes them a chunk at a time: signatures on all cores, rules in order.
class Replay {
 public:
  Replay(const ledger::Trust& trust, const EntryVisitor& visit, ProgressBar& progress, Replayed& replayed)
      : trust_(trust), visit_(visit), progress_(progress), replayed_(replayed) {}

  /// The index of the entry to come.
  uint64_t next() const { return done_ + waiting_.size(); }

  absl::Status Receive(const v1::StreamEntriesResponse& message) {
    if (message.first_index() != next()) return Mismatch("ENTRIES_MISMATCH", "entries are missing or come twice");
    for (const std::string& entry : message.entries()) TS_RETURN_IF_ERROR(Add(entry));
    return absl::OkStatus();
  }

  absl::Status Add(std::string entry) {
    if (next() == replayed_.seen.checkpoint.size) {
      return Mismatch("ENTRIES_MISMATCH", "more entries came than the checkpoint has");
    }
    waiting_.push_back(std::move(entry));
    return waiting_.size() < limits::kReplayChunkEntries ? absl::OkStatus() : ExecuteWaiting();
  }

  absl::Status Finish() {
    TS_RETURN_IF_ERROR(ExecuteWaiting());
    if (frontier_.Root() == replayed_.seen.checkpoint.root) return absl::OkStatus();
    return Mismatch("ROOT_MISMATCH", "the entries do not lead to the root of the checkpoint");
  }

 private:
  absl::Status ExecuteWaiting() {
    if (!draft_.has_value() || draft_->memory_bytes() > limits::kMaxDraftBytes) {
      draft_.emplace(replayed_.state, ledger::Draft::Indexes::kLeftOut);
    }
    std::vector<std::optional<absl::StatusOr<ledger::VerifiedEntry>>> verified(waiting_.size());
    ForEachOnAllCores(waiting_.size(),
                      [&](size_t i) { verified[i].emplace(ledger::VerifyEntry(done_ + i, waiting_[i], &batches_)); });
    for (size_t i = 0; i < waiting_.size(); ++i) {
      if (!verified[i]->ok()) return NotVerifiable(verified[i]->status());
      frontier_.Append(crypto::LeafHash(waiting_[i]));
      TS_RETURN_IF_ERROR(Execute(**verified[i]));
    }
    waiting_.clear();
    replayed_.state.Apply(draft_->TakeState());
    progress_.Show(done_);
    return absl::OkStatus();
  }

  absl::Status Execute(const ledger::VerifiedEntry& entry) {
    if (done_ == 0 && entry.event.event_id != trust_.genesis_id) {
      return Mismatch("WRONG_LEDGER", "the first entry is not the genesis that the trust file names");
    }
    const absl::StatusOr<ledger::Applied> applied = ledger::Execute(*draft_, done_, entry, previous_recorded_at_us_);
    if (!applied.ok()) return NotVerifiable(applied.status());
    if (visit_ != nullptr) {
      const Mutations changes = draft_->TakeState();
      visit_(replayed_.state, done_, entry, changes);
      replayed_.state.Apply(changes);
    }
    replayed_.signatures += static_cast<uint64_t>(entry.event.envelope.signatures_size());
    for (const v1::FindingRecord& finding : applied->findings) ++replayed_.findings[finding.code()];
    previous_recorded_at_us_ = entry.recorded_at_us;
    ++done_;
    return absl::OkStatus();
  }

  const ledger::Trust& trust_;
  const EntryVisitor& visit_;
  ProgressBar& progress_;
  Replayed& replayed_;
  std::optional<ledger::Draft> draft_;  // over the state, which gets what it changed after each chunk
  ledger::KnownBatches batches_;
  crypto::Frontier frontier_;
  uint64_t done_ = 0;
  std::vector<std::string> waiting_;
  int64_t previous_recorded_at_us_ = 0;
};

/// Asks for entries in pages, so that --timeout bounds each and not the whole log.
absl::Status FetchInto(Context& context, uint64_t size, Replay& replay) {
  while (replay.next() < size) {
    const uint64_t first = replay.next();
    v1::StreamEntriesRequest request;
    request.set_first_index(first);
    request.set_limit(std::min(limits::kReplayPageEntries, size - first));
    TS_RETURN_IF_ERROR(context.client().StreamEntries(
        request, [&replay](const v1::StreamEntriesResponse& message) { return replay.Receive(message); }));
    if (replay.next() == first) return Mismatch("ENTRIES_MISMATCH", "fewer entries came than the checkpoint has");
  }
  return replay.Finish();
}

/// Reads one entry of a file; false at its end.
absl::StatusOr<bool> ReadEntry(std::istream& file, std::string& entry) {
  std::string length(sizeof(uint16_t), '\0');
  file.read(length.data(), static_cast<std::streamsize>(length.size()));
  if (file.gcount() == 0) return false;
  const bool whole = file.gcount() == static_cast<std::streamsize>(length.size());
  entry.resize(whole ? ReadU16(length) : 0);
  if (whole) file.read(entry.data(), static_cast<std::streamsize>(entry.size()));
  if (whole && file.gcount() == static_cast<std::streamsize>(entry.size())) return true;
  return Mismatch("ENTRIES_MISMATCH", "the file of entries ends within one");
}

absl::Status ReadInto(const std::string& entries_file, uint64_t size, Replay& replay) {
  std::ifstream file(entries_file, std::ios::binary);
  if (!file) return FileError("cannot open", entries_file, errno);
  std::string entry;
  while (true) {
    TS_ASSIGN_OR_RETURN(const bool more, ReadEntry(file, entry));
    if (!more) break;
    TS_RETURN_IF_ERROR(replay.Add(std::exchange(entry, {})));
  }
  if (file.bad()) return FileError("cannot read", entries_file, errno);
  if (replay.next() < size) return Mismatch("ENTRIES_MISMATCH", "the file has fewer entries than the checkpoint");
  return replay.Finish();
}

absl::StatusOr<std::string> NoteOf(Context& context, const LogSource& source) {
  if (source.entries_file.empty() != source.checkpoint_file.empty()) {
    return InvalidInput("USAGE", source.entries_file.empty() ? "--entries" : "--checkpoint",
                        "a log in files is one of entries and one with the checkpoint that they led to");
  }
  if (!source.checkpoint_file.empty()) return ReadFile(source.checkpoint_file, limits::kMaxNoteBytes);
  TS_ASSIGN_OR_RETURN(v1::GetCheckpointResponse answer, context.client().GetCheckpoint({}));
  return std::move(*answer.mutable_checkpoint());
}

}  // namespace

absl::StatusOr<Replayed> ReplayLog(Context& context, const LogSource& source, const EntryVisitor& visit) {
  TS_ASSIGN_OR_RETURN(const ledger::Trust* const trust, context.trust());
  if (trust == nullptr) {
    return InvalidInput("TRUST_MISSING", "--trust",
                        "a log proves nothing but to who knows whom to trust: name a trust file");
  }
  TS_ASSIGN_OR_RETURN(const std::string note, NoteOf(context, source));
  Replayed replayed;
  TS_ASSIGN_OR_RETURN(replayed.seen, SeeCheckpoint(note, trust));
  const uint64_t size = replayed.seen.checkpoint.size;
  ProgressBar progress(context.environment().err, context.environment().err_is_terminal, "replaying", size);
  Replay replay(*trust, visit, progress, replayed);
  TS_RETURN_IF_ERROR(source.entries_file.empty() ? FetchInto(context, size, replay)
                                                 : ReadInto(source.entries_file, size, replay));
  return replayed;
}

}  // namespace touchstone::cli
