// A monitor: compares what several vantage points show of a log with each other and with what it remembers, and reads
// what is new. It believes the log's signatures and no server; it executes no rule.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cli/monitor_state.h"
#include "cli/vantage.h"
#include "cli/watch_list.h"
#include "ledger/bundle.h"

namespace touchstone::cli {

/// An entry that is in the log and that no event can be read from.
struct BadEntry {
  uint64_t index = 0;
  absl::Status why;
};

/// What one look found.
struct MonitorReport {
  std::optional<crypto::Checkpoint> remembered;  // from before
  std::optional<crypto::Checkpoint> followed;    // up to where entries are read by now
  std::vector<View> views;                       // in the order of the vantage points
  std::vector<KeptFork> forks;                   // all that are proven, also from before
  std::vector<WatchedEvent> events;              // of what is new
  std::vector<BadEntry> bad_entries;             // of what is new, at most limits::kMaxFsckProblems
  uint64_t bad_count = 0;                        // all of them
  std::map<std::string, uint64_t> since;         // what is watched, and from which entry on it has been
  uint64_t forgotten = 0;                        // things followed no more for want of room

  /// Whether something contradicts something, or does not hold.
  bool inconsistent() const;
  bool unreachable() const;
};

/// Not thread-safe.
class Monitor {
 public:
  /// `state`, `trust` and `err`, where progress is drawn when that is `shown`, outlive the object.
  Monitor(MonitorState& state, const ledger::Trust& trust, std::ostream& err, bool shown)
      : state_(state), trust_(trust), err_(err), shown_(shown) {}

  /// Looks from each of the vantage points, at both of its checkpoints. Compares all views of one history with
  /// what is remembered and with each other, keeps proof of forks, and unless there is one reads what is new under the
  /// greatest checkpoint that holds. Remembers nothing yet. Errors are those of the state's folder.
  absl::StatusOr<MonitorReport> Look(const std::vector<Vantage>& vantages, const std::set<std::string>& watched);

  /// Remembers what the last look read, once it was told. Errors are those of the state's folder.
  absl::Status Remember();

 private:
  struct Reading;
  struct Ground;

  void AddViews(const Vantage& vantage, MonitorReport& report) const;
  absl::Status Compare(MonitorReport& report);
  absl::Status CompareTwo(const Ground& older, const Ground& newer);
  absl::Status Contradiction(const Ground& older, const Ground& newer);
  absl::Status FollowGreatest(MonitorReport& report, const std::set<std::string>& watched);
  absl::StatusOr<std::shared_ptr<Reading>> Begin(const std::set<std::string>& watched);
  absl::Status Follow(View& view, Reading& reading);
  absl::Status ReadOn(View& view, Reading& reading);
  absl::Status SeeChunk(const std::vector<std::string>& entries, uint64_t first, Reading& reading);

  MonitorState& state_;
  const ledger::Trust& trust_;
  std::ostream& err_;
  const bool shown_;
  std::shared_ptr<Reading> read_;  // what the last look read
};

}  // namespace touchstone::cli
