#include "cli/replay.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <deque>
#include <fstream>
#include <memory>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "base/encoding.h"
#include "base/files.h"
#include "base/limits.h"
#include "base/status.h"
#include "cli/progress.h"
#include "crypto/merkle.h"
#include "fmt/format.h"
#include "ledger/draft.h"
#include "tbb/global_control.h"
#include "tbb/parallel_pipeline.h"
#include "tbb/task_arena.h"

namespace touchstone::cli {
namespace {

absl::Status NotVerifiable(absl::Status status) { return EndingWith(ExitCode::kNotVerifiable, std::move(status)); }

absl::Status Mismatch(std::string_view reason, std::string_view message) {
  return NotVerifiable(MakeError(absl::StatusCode::kDataLoss, reason, "entries", message));
}

/// Some entries on their way through the replay.
struct Chunk {
  uint64_t first = 0;
  std::vector<std::string> entries;
  /// As many: what their bytes alone tell.
  std::vector<crypto::Hash> leaves;
  std::vector<absl::StatusOr<ledger::VerifiedEntry>> verified;

  explicit Chunk(uint64_t first_index) : first(first_index) { entries.reserve(limits::kReplayChunkEntries); }
};

/// Gives the entries of a log in order.
class EntrySource {
 public:
  explicit EntrySource(uint64_t size) : size_(size) {}
  virtual ~EntrySource() = default;

  /// The next entries, at most limits::kReplayChunkEntries of them; without any behind the last.
  absl::StatusOr<std::shared_ptr<Chunk>> Next() {
    auto chunk = std::make_shared<Chunk>(given_);
    while (chunk->entries.size() < limits::kReplayChunkEntries) {
      TS_ASSIGN_OR_RETURN(std::optional<std::string> entry, NextEntry());
      if (!entry.has_value()) break;
      if (given_ == size_) return Mismatch("ENTRIES_MISMATCH", "more entries came than the checkpoint has");
      chunk->entries.push_back(*std::move(entry));
      ++given_;
    }
    return chunk;
  }

 protected:
  /// Of the log.
  uint64_t size() const { return size_; }
  /// Entries that were given.
  uint64_t given() const { return given_; }

 private:
  virtual absl::StatusOr<std::optional<std::string>> NextEntry() = 0;

  const uint64_t size_;
  uint64_t given_ = 0;
};

/// Asks a server for entries in pages, so that --timeout bounds each and not the whole log.
class ServedEntries final : public EntrySource {
 public:
  ServedEntries(Client& client, uint64_t size) : EntrySource(size), client_(client) {}

 private:
  absl::StatusOr<std::optional<std::string>> NextEntry() override {
    if (page_.empty()) {
      if (given() == size()) return std::nullopt;
      TS_RETURN_IF_ERROR(FetchPage());
    }
    std::string entry = std::move(page_.front());
    page_.pop_front();
    return entry;
  }

  absl::Status FetchPage() {
    v1::StreamEntriesRequest request;
    request.set_first_index(given());
    request.set_limit(std::min(limits::kReplayPageEntries, size() - given()));
    TS_RETURN_IF_ERROR(client_.StreamEntries(request, [this](const v1::StreamEntriesResponse& message) {
      if (message.first_index() != given() + page_.size()) {
        return Mismatch("ENTRIES_MISMATCH", "entries are missing or come twice");
      }
      page_.insert(page_.end(), message.entries().begin(), message.entries().end());
      return absl::OkStatus();
    }));
    return page_.empty() ? Mismatch("ENTRIES_MISMATCH", "fewer entries came than the checkpoint has")
                         : absl::OkStatus();
  }

  Client& client_;
  std::deque<std::string> page_;
};

/// Reads entries from a file.
class FiledEntries final : public EntrySource {
 public:
  static absl::StatusOr<std::unique_ptr<EntrySource>> Open(const std::string& path, uint64_t size) {
    std::unique_ptr<FiledEntries> self(new FiledEntries(path, size));
    if (!self->file_) return FileError("cannot open", path, errno);
    return self;
  }

 private:
  FiledEntries(const std::string& path, uint64_t size)
      : EntrySource(size), path_(path), file_(path, std::ios::binary) {}

  absl::StatusOr<std::optional<std::string>> NextEntry() override {
    std::string length(sizeof(uint16_t), '\0');
    file_.read(length.data(), static_cast<std::streamsize>(length.size()));
    if (file_.bad()) return FileError("cannot read", path_, errno);
    if (file_.gcount() == 0) {
      if (given() == size()) return std::nullopt;
      return Mismatch("ENTRIES_MISMATCH", "the file has fewer entries than the checkpoint");
    }
    const bool whole = file_.gcount() == static_cast<std::streamsize>(length.size());
    std::string entry(whole ? ReadU16(length) : 0, '\0');
    if (whole) file_.read(entry.data(), static_cast<std::streamsize>(entry.size()));
    if (file_.bad()) return FileError("cannot read", path_, errno);
    if (whole && file_.gcount() == static_cast<std::streamsize>(entry.size())) return entry;
    return Mismatch("ENTRIES_MISMATCH", "the file of entries ends within one");
  }

  const std::string path_;
  std::ifstream file_;
};

absl::StatusOr<std::unique_ptr<EntrySource>> EntriesOf(Context& context, const LogSource& source, uint64_t size) {
  if (source.entries_file.empty()) return std::make_unique<ServedEntries>(context.client(), size);
  return FiledEntries::Open(source.entries_file, size);
}

/// Executes entries in their order.
class Execution {
 public:
  Execution(const ledger::Trust& trust, const EntryVisitor& visit, ProgressBar& progress, Replayed& replayed)
      : trust_(trust), visit_(visit), progress_(progress), replayed_(replayed) {}

  absl::Status Execute(const Chunk& chunk) {
    if (!draft_.has_value() || draft_->memory_bytes() > limits::kMaxDraftBytes) {
      draft_.emplace(replayed_.state, ledger::Draft::Indexes::kLeftOut);
    }
    for (size_t i = 0; i < chunk.entries.size(); ++i) {
      if (!chunk.verified[i].ok()) return NotVerifiable(chunk.verified[i].status());
      frontier_.Append(chunk.leaves[i]);
      TS_RETURN_IF_ERROR(ExecuteOne(*chunk.verified[i]));
    }
    replayed_.state.Apply(draft_->TakeState());
    progress_.Show(done_);
    return absl::OkStatus();
  }

  absl::Status CheckRoot() const {
    if (frontier_.Root() == replayed_.seen.checkpoint.root) return absl::OkStatus();
    return Mismatch("ROOT_MISMATCH", "the entries do not lead to the root of the checkpoint");
  }

 private:
  absl::Status ExecuteOne(const ledger::VerifiedEntry& entry) {
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
  crypto::Frontier frontier_;
  uint64_t done_ = 0;
  int64_t previous_recorded_at_us_ = 0;
};

void Verify(Chunk& chunk, ledger::KnownBatches& batches) {
  chunk.leaves.reserve(chunk.entries.size());
  chunk.verified.reserve(chunk.entries.size());
  for (size_t i = 0; i < chunk.entries.size(); ++i) {
    chunk.leaves.push_back(crypto::LeafHash(chunk.entries[i]));
    chunk.verified.push_back(ledger::VerifyEntry(chunk.first + i, chunk.entries[i], &batches));
  }
}

/// Takes all of `source` through the execution: while some chunks are fetched and executed, one after the other, the
/// signatures of others are verified on all cores. What is wrong with the first entries is told before what is wrong
/// with later ones.
absl::Status ReplayAll(EntrySource& source, Execution& execution) {
  using ChunkPointer = std::shared_ptr<Chunk>;
  ledger::KnownBatches batches;
  std::atomic<bool> ended = false;
  absl::Status fetched;
  absl::Status executed;
  const auto fetch = [&](tbb::flow_control& flow) -> ChunkPointer {
    absl::StatusOr<ChunkPointer> chunk = ended ? ChunkPointer() : source.Next();
    if (!chunk.ok()) fetched = chunk.status();
    if (chunk.ok() && *chunk != nullptr && !(*chunk)->entries.empty()) return *std::move(chunk);
    flow.stop();
    return nullptr;
  };
  const auto verify = [&](ChunkPointer chunk) {
    Verify(*chunk, batches);
    return chunk;
  };
  const auto execute = [&](const ChunkPointer& chunk) {
    if (executed.ok()) executed = execution.Execute(*chunk);
    ended = !executed.ok();
  };
  // One thread more than cores: one of them waits for the network.
  const int threads = static_cast<int>(std::max(1u, std::thread::hardware_concurrency())) + 1;
  const tbb::global_control parallelism(tbb::global_control::max_allowed_parallelism, static_cast<size_t>(threads));
  tbb::task_arena(threads).execute([&] {
    tbb::parallel_pipeline(limits::kReplayChunksUnderWay,
                           tbb::make_filter<void, ChunkPointer>(tbb::filter_mode::serial_in_order, fetch) &
                               tbb::make_filter<ChunkPointer, ChunkPointer>(tbb::filter_mode::parallel, verify) &
                               tbb::make_filter<ChunkPointer, void>(tbb::filter_mode::serial_in_order, execute));
  });
  TS_RETURN_IF_ERROR(executed);
  TS_RETURN_IF_ERROR(fetched);
  return execution.CheckRoot();
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
  Execution execution(*trust, visit, progress, replayed);
  TS_ASSIGN_OR_RETURN(const std::unique_ptr<EntrySource> entries, EntriesOf(context, source, size));
  TS_RETURN_IF_ERROR(ReplayAll(*entries, execution));
  return replayed;
}

}  // namespace touchstone::cli
