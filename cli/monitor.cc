#include "cli/monitor.h"

#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "base/status.h"
#include "cli/parallel.h"
#include "cli/progress.h"
#include "crypto/merkle.h"
#include "fmt/format.h"

namespace touchstone::cli {
namespace {

/// How a vantage point stands whose files led to this error.
Standing StandingAfter(const absl::Status& status) {
  return absl::IsUnavailable(status) ? Standing::kUnreachable : Standing::kUnverified;
}

/// Whether the tiles of a tree lead to the root that was signed.
bool LeadsToItsRoot(const crypto::Checkpoint& checkpoint, const crypto::HashReader& tree) {
  const absl::StatusOr<crypto::Hash> root = crypto::TreeRoot(checkpoint.size, tree);
  return root.ok() && *root == checkpoint.root;
}

bool HasFork(const MonitorReport& report) {
  return std::any_of(report.views.begin(), report.views.end(),
                     [](const View& view) { return view.standing == Standing::kForked; });
}

}  // namespace

/// What is compared: a view, or what is remembered.
struct Monitor::Ground {
  Ground(View* of, const std::string& signed_note, const crypto::Checkpoint& signed_checkpoint,
         crypto::LogSource& source)
      : view(of),
        note(signed_note),
        checkpoint(signed_checkpoint),
        tiles(source, signed_checkpoint.size),
        reader(tiles) {}

  View* const view;  // null for what is remembered
  const std::string& note;
  const crypto::Checkpoint& checkpoint;
  const crypto::SourceTiles tiles;
  const crypto::TileHashReader reader;

  bool holds() const { return view == nullptr || view->holds(); }
  void Fail(Standing how, const absl::Status& why) const {
    if (view != nullptr) view->Fail(how, why);
  }
};

/// What was read of the log, and what is to be remembered of it.
struct Monitor::Reading {
  Reading(WatchMemory memory, const std::set<std::string>& ids, uint64_t next, crypto::TileTree edge_before)
      : watch(std::move(memory), ids, next), edge(std::move(edge_before)) {}

  WatchList watch;
  crypto::TileTree edge;
  crypto::Frontier frontier;
  Followed followed;
  std::vector<WatchedEvent> events;
  std::vector<BadEntry> bad_entries;
  uint64_t bad_count = 0;
};

bool MonitorReport::inconsistent() const {
  return !forks.empty() || bad_count > 0 || std::any_of(views.begin(), views.end(), [](const View& view) {
    return view.standing == Standing::kUnverified || view.standing == Standing::kForked;
  });
}

bool MonitorReport::unreachable() const {
  return std::any_of(views.begin(), views.end(),
                     [](const View& view) { return view.standing == Standing::kUnreachable; });
}

absl::StatusOr<MonitorReport> Monitor::Look(const std::vector<Vantage>& vantages,
                                            const std::set<std::string>& watched) {
  MonitorReport report;
  read_.reset();
  if (state_.followed().has_value()) report.remembered = state_.followed()->checkpoint;
  for (const Vantage& vantage : vantages) AddViews(vantage, report);
  TS_RETURN_IF_ERROR(Compare(report));
  if (!HasFork(report)) TS_RETURN_IF_ERROR(FollowGreatest(report, watched));
  TS_ASSIGN_OR_RETURN(report.forks, state_.Forks());
  return report;
}

/// One point may show two checkpoints, and who reads the log by one of them never sees the other. A log without a
/// quorum has but one to show.
void Monitor::AddViews(const Vantage& vantage, MonitorReport& report) const {
  View newest = LookFrom(vantage.url, vantage.source, trust_);
  const bool reached = newest.standing != Standing::kUnreachable;
  const std::string note = newest.note;
  report.views.push_back(std::move(newest));
  if (!reached) return;
  View cosigned = LookFrom(vantage.url + "/checkpoint", vantage.cosigned, trust_);
  if (cosigned.standing == Standing::kUnreachable || cosigned.note == note) return;
  report.views.push_back(std::move(cosigned));
}

absl::Status Monitor::Remember() {
  if (read_ == nullptr) return absl::OkStatus();
  return state_.Remember(read_->followed, read_->watch.memory(), read_->edge);
}

// --- Comparing -------------------------------------------------------------------------------------------------------

absl::Status Monitor::Compare(MonitorReport& report) {
  std::vector<std::unique_ptr<Ground>> grounds;
  for (View& view : report.views) {
    if (!view.holds()) continue;
    grounds.push_back(std::make_unique<Ground>(&view, view.note, *view.checkpoint, *view.source));
  }
  std::stable_sort(grounds.begin(), grounds.end(),
                   [](const auto& a, const auto& b) { return a->checkpoint.size < b->checkpoint.size; });
  // What is remembered comes first: who contradicts it is not asked about the others.
  if (state_.followed().has_value()) {
    const Followed& before = *state_.followed();
    const Ground remembered(nullptr, before.note, before.checkpoint, state_.tiles());
    for (const auto& ground : grounds) {
      const bool is_older = ground->checkpoint.size < before.checkpoint.size;
      TS_RETURN_IF_ERROR(is_older ? CompareTwo(*ground, remembered) : CompareTwo(remembered, *ground));
    }
  }
  for (size_t newer = 1; newer < grounds.size(); ++newer) {
    for (size_t older = 0; older < newer; ++older) {
      TS_RETURN_IF_ERROR(CompareTwo(*grounds[older], *grounds[newer]));
    }
  }
  uint64_t greatest = report.remembered.has_value() ? report.remembered->size : 0;
  for (const View& view : report.views) {
    if (view.holds()) greatest = std::max(greatest, view.checkpoint->size);
  }
  for (View& view : report.views) {
    if (!view.holds() || view.checkpoint->size == greatest) continue;
    // An older view of the same history takes nothing back: it is late, and no crime.
    view.Fail(Standing::kStale,
              MakeError(absl::StatusCode::kUnavailable, "VIEW_STALE", "",
                        fmt::format("shows {} entries, the first of {} that were seen; nothing in them is different",
                                    view.checkpoint->size, greatest)));
  }
  return absl::OkStatus();
}

/// Marks who contradicts whom. An error is one of the folder.
absl::Status Monitor::CompareTwo(const Ground& older, const Ground& newer) {
  if (!older.holds() || !newer.holds()) return absl::OkStatus();
  if (older.checkpoint.size == newer.checkpoint.size) {
    return older.checkpoint.root == newer.checkpoint.root ? absl::OkStatus() : Contradiction(older, newer);
  }
  const absl::StatusOr<std::vector<crypto::Hash>> path =
      crypto::ConsistencyPath(older.checkpoint.size, newer.checkpoint.size, newer.reader);
  if (!path.ok()) {
    newer.Fail(StandingAfter(path.status()), path.status());
    if (newer.view != nullptr) return absl::OkStatus();
    TS_RETURN_IF_ERROR(state_.CheckTiles());
    return path.status();
  }
  const absl::Status continues = crypto::VerifyConsistency(older.checkpoint.size, newer.checkpoint.size,
                                                           older.checkpoint.root, newer.checkpoint.root, *path);
  return continues.ok() ? absl::OkStatus() : Contradiction(older, newer);
}

/// Two checkpoints of the log do not go together: that is its crime, or the tiles of one are not the log's.
absl::Status Monitor::Contradiction(const Ground& older, const Ground& newer) {
  const absl::StatusOr<crypto::ForkEvidence> evidence =
      crypto::ProveFork({older.note, older.checkpoint, older.reader}, {newer.note, newer.checkpoint, newer.reader},
                        trust_.log_keys().All());
  if (evidence.ok()) {
    TS_ASSIGN_OR_RETURN(const KeptFork kept, state_.KeepFork(*evidence));
    const absl::Status forked =
        MakeError(absl::StatusCode::kDataLoss, "LOG_FORKS", "",
                  fmt::format("the log signed {} entries, and {} entries of another history; {} proves it",
                              older.checkpoint.size, newer.checkpoint.size, kept.file));
    older.Fail(Standing::kForked, forked);
    newer.Fail(Standing::kForked, forked);
    return absl::OkStatus();
  }
  if (older.view == nullptr || newer.view == nullptr) TS_RETURN_IF_ERROR(state_.CheckTiles());
  // The newer one owes the proof that it continues the older; it is to blame unless its own tiles are whole.
  const bool is_newers =
      newer.view != nullptr && (older.view == nullptr || !LeadsToItsRoot(newer.checkpoint, newer.reader));
  const Ground& blamed = is_newers ? newer : older;
  const Ground& other = is_newers ? older : newer;
  blamed.Fail(Standing::kUnverified, crypto::SourceDamaged(fmt::format(
                                         "{} entries do not go together with {} that the log signed, and what is "
                                         "shown of them does not prove a fork: {}",
                                         blamed.checkpoint.size, other.checkpoint.size, MessageOf(evidence.status()))));
  return absl::OkStatus();
}

// --- Reading on ------------------------------------------------------------------------------------------------------

/// Reads what is new, from the vantage point that shows most; from the next when that does not hold what it shows.
absl::Status Monitor::FollowGreatest(MonitorReport& report, const std::set<std::string>& watched) {
  const uint64_t old_size = report.remembered.has_value() ? report.remembered->size : 0;
  std::vector<View*> by_size;
  for (View& view : report.views) {
    if (view.holds() && view.checkpoint->size > old_size) by_size.push_back(&view);
  }
  std::stable_sort(by_size.begin(), by_size.end(),
                   [](const View* a, const View* b) { return a->checkpoint->size > b->checkpoint->size; });
  for (View* view : by_size) {
    TS_ASSIGN_OR_RETURN(const std::shared_ptr<Reading> reading, Begin(watched));
    TS_RETURN_IF_ERROR(Follow(*view, *reading));
    if (!view->holds()) continue;
    read_ = reading;
    break;
  }
  // Where nothing is new what is watched may be.
  if (read_ == nullptr && state_.followed().has_value()) {
    TS_ASSIGN_OR_RETURN(read_, Begin(watched));
  }
  if (read_ == nullptr) return absl::OkStatus();
  report.followed = read_->followed.checkpoint;
  report.events = read_->events;
  report.bad_entries = read_->bad_entries;
  report.bad_count = read_->bad_count;
  report.since = read_->watch.memory().since;
  report.forgotten = read_->watch.forgotten();
  return absl::OkStatus();
}

/// From where it is remembered.
absl::StatusOr<std::shared_ptr<Monitor::Reading>> Monitor::Begin(const std::set<std::string>& watched) {
  TS_ASSIGN_OR_RETURN(crypto::TileTree edge, state_.Edge());
  const uint64_t size = edge.size();
  auto reading = std::make_shared<Reading>(state_.watched(), watched, size, std::move(edge));
  if (state_.followed().has_value()) reading->followed = *state_.followed();
  const crypto::SourceTiles own(state_.tiles(), size);
  const crypto::TileHashReader reader(own);
  TS_ASSIGN_OR_RETURN(reading->frontier, crypto::FrontierOf(size, reader));
  return reading;
}

/// What is wrong with the view is marked there; an error is one of the folder.
absl::Status Monitor::Follow(View& view, Reading& reading) {
  reading.followed = {view.note, *view.checkpoint};
  const uint64_t old_size = reading.edge.size();
  ProgressBar progress(err_, shown_, "reading", view.checkpoint->size - old_size);
  while (view.holds() && reading.edge.size() < view.checkpoint->size) {
    TS_RETURN_IF_ERROR(ReadOn(view, reading));
    progress.Show(reading.edge.size() - old_size);
  }
  return absl::OkStatus();
}

/// The next chunk.
absl::Status Monitor::ReadOn(View& view, Reading& reading) {
  const uint64_t first = reading.edge.size();
  const absl::StatusOr<std::vector<std::string>> entries =
      crypto::ReadEntries(*view.source, first, view.checkpoint->size, limits::kFollowChunkEntries);
  if (!entries.ok()) {
    view.Fail(StandingAfter(entries.status()), entries.status());
    return absl::OkStatus();
  }
  std::vector<crypto::Hash> leaves(entries->size());
  std::transform(entries->begin(), entries->end(), leaves.begin(),
                 [](const std::string& entry) { return crypto::LeafHash(entry); });
  absl::StatusOr<crypto::Frontier> grown = crypto::GrowUnder(*view.source, *view.checkpoint, reading.frontier, leaves);
  if (!grown.ok()) {
    view.Fail(StandingAfter(grown.status()), grown.status());
    return absl::OkStatus();
  }
  reading.frontier = *std::move(grown);
  std::vector<crypto::CompletedTile> completed;
  for (const crypto::Hash& leaf : leaves) reading.edge.Append(leaf, completed);
  TS_RETURN_IF_ERROR(state_.KeepTiles(completed));
  if (const absl::Status seen = SeeChunk(*entries, first, reading); !seen.ok()) view.Fail(Standing::kUnverified, seen);
  return absl::OkStatus();
}

/// WRONG_LEDGER when the log does not begin with the genesis that is trusted.
absl::Status Monitor::SeeChunk(const std::vector<std::string>& entries, uint64_t first, Reading& reading) {
  std::vector<std::optional<absl::StatusOr<ledger::VerifiedEntry>>> verified(entries.size());
  ForEachOnAllCores(entries.size(), [&](size_t i) { verified[i].emplace(ledger::VerifyEntry(first + i, entries[i])); });
  for (size_t i = 0; i < entries.size(); ++i) {
    const absl::StatusOr<ledger::VerifiedEntry>& entry = *verified[i];
    if (first + i == 0 && (!entry.ok() || entry->event.event_id != trust_.genesis_id)) {
      return MakeError(absl::StatusCode::kDataLoss, "WRONG_LEDGER", "",
                       "the first entry is not the genesis that the trust file names");
    }
    if (!entry.ok()) {
      if (++reading.bad_count <= limits::kMaxFsckProblems) reading.bad_entries.push_back({first + i, entry.status()});
      continue;
    }
    std::optional<WatchedEvent> event = reading.watch.See(first + i, *entry);
    if (event.has_value()) reading.events.push_back(*std::move(event));
  }
  return absl::OkStatus();
}

}  // namespace touchstone::cli
