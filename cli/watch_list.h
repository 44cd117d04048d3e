// What a monitor looks for: events that name, make or are signed by what somebody watches. It executes no rule; it
// reads entries, one after the other from the first on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/hash.h"
#include "ledger/replay.h"

namespace touchstone::cli {

/// How an event concerns what is watched.
enum class Bearing {
  kNames,   // its body, or the event that it corrects or voids, holds the id
  kMakes,   // it makes it
  kSigned,  // a key of the watched party signed it
  kUses,    // it names what an event made that concerned the watched in one of the other ways
};

/// `names`, `makes`, `signed`, `uses`.
std::string_view NameOf(Bearing bearing);

struct Concern {
  std::string watched;  // an id
  Bearing bearing = Bearing::kNames;
  std::string used;         // of kUses: what it names
  uint64_t used_index = 0;  // and the entry that made that
};

/// An event to be told of.
struct WatchedEvent {
  uint64_t index = 0;
  int64_t recorded_at_us = 0;
  crypto::Hash event_id;
  std::string verb;
  std::vector<Concern> concerns;  // by watched id, each once for each bearing
};

/// Something that an event made which concerns what is watched.
struct FollowedThing {
  std::string id;
  std::string watched;
  uint64_t index = 0;  // of the entry that made it
  bool operator==(const FollowedThing&) const = default;
};

/// What has to be remembered from one look to the next.
struct WatchMemory {
  /// Whose each key is: public key to party id, as the entries that gave the keys say. Those of all parties, so that a
  /// party may be watched later.
  std::map<std::string, std::string> party_of;
  /// What is watched, and from which entry on it has been.
  std::map<std::string, uint64_t> since;
  /// Oldest first; at most limits::kMaxFollowedThings.
  std::deque<FollowedThing> followed;

  bool operator==(const WatchMemory&) const = default;
};

/// Not thread-safe.
class WatchList {
 public:
  /// Watches `ids` from entry `next_index` on, or from where they have been watched. What is watched no more is
  /// forgotten.
  WatchList(WatchMemory memory, const std::set<std::string>& ids, uint64_t next_index);

  /// Looks at an entry whose form and signatures are good; entries come in order. nullopt when it concerns nobody
  /// watched.
  std::optional<WatchedEvent> See(uint64_t index, const ledger::VerifiedEntry& entry);

  const WatchMemory& memory() const { return memory_; }
  /// Things that were followed once, and are no more for want of room.
  uint64_t forgotten() const { return forgotten_; }

 private:
  void LearnKeys(const ledger::SignedEvent& event);
  void AddSigners(const v1::Event& event, std::set<std::string>& parties) const;
  std::set<std::string> NamesOf(const v1::Event& event) const;
  void Follow(const std::string& id, const std::string& watched, uint64_t index);

  WatchMemory memory_;
  std::multimap<std::string, FollowedThing> followed_by_id_;
  uint64_t forgotten_ = 0;
};

/// An id as `party_...`, `site_...` or of any other kind: BAD_ID otherwise.
absl::StatusOr<std::string> ParseWatchedId(std::string_view text);

}  // namespace touchstone::cli
