// A ledger with the simplest rules that need a state: enough for storage, which knows no rules.
//
// An entry is "put <key> <value>" or "del <key>". The state is the map of it, an index leads from values to keys, and
// an entry that is neither is refused.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "base/status.h"
#include "crypto/merkle.h"
#include "storage/fsck.h"
#include "storage/store.h"
#include "storage/testing.h"
#include "tests/support/merkle_reference.h"

namespace touchstone::testing {

using Map = std::map<std::string, std::string>;

inline std::string IndexKey(std::string_view value, std::string_view key) {
  return std::string(value).append("/").append(key);
}

struct ToyEntry {
  std::string key;
  std::optional<std::string> value;
};

inline absl::StatusOr<ToyEntry> ParseToyEntry(std::string_view entry) {
  const size_t space = entry.find(' ', 4);
  if (entry.starts_with("put ") && space != std::string_view::npos) {
    return ToyEntry{std::string(entry.substr(4, space - 4)), std::string(entry.substr(space + 1))};
  }
  if (entry.starts_with("del ")) return ToyEntry{std::string(entry.substr(4)), std::nullopt};
  return InvalidInput("TOY_NONSENSE", "", "entries are put or del");
}

/// What `entry` changes when its key has `old_value`.
inline absl::StatusOr<storage::Replayer::Effect> ToyEffect(std::string_view entry,
                                                           const std::optional<std::string>& old_value) {
  TS_ASSIGN_OR_RETURN(const ToyEntry parsed, ParseToyEntry(entry));
  storage::Replayer::Effect effect;
  effect.state.push_back({parsed.key, parsed.value});
  if (old_value.has_value()) effect.indexes.push_back({IndexKey(*old_value, parsed.key), std::nullopt});
  if (parsed.value.has_value()) effect.indexes.push_back({IndexKey(*parsed.value, parsed.key), "x"});
  return effect;
}

class ToyReplayer final : public storage::Replayer {
 public:
  absl::StatusOr<Effect> Replay(uint64_t index, std::string_view entry, const storage::StateReader& state) override {
    EXPECT_EQ(index, next_++);
    TS_ASSIGN_OR_RETURN(const ToyEntry parsed, ParseToyEntry(entry));
    TS_ASSIGN_OR_RETURN(const std::optional<std::string> old_value, state.GetState(parsed.key));
    return ToyEffect(entry, old_value);
  }

 private:
  uint64_t next_ = 0;
};

/// The same ledger in memory: makes batches, and tells what a store must hold after them.
class ToyLedger {
 public:
  /// The batch of `entries` next in order. Its views live as long as this object.
  storage::Batch Next(const std::vector<std::string>& entries) {
    storage::Batch batch{.first_index = entries_.size(), .entries = {}, .state = {}, .indexes = {}};
    for (const std::string& text : entries) {
      const std::string& entry = entries_.emplace_back(text);
      leaves_.push_back(crypto::LeafHash(entry));
      batch.entries.push_back({.bytes = entry, .leaf_hash = leaves_.back()});
      const auto old_value = state_.find(ParseToyEntry(entry)->key);
      const auto effect =
          *ToyEffect(entry, old_value == state_.end() ? std::nullopt : std::optional(old_value->second));
      Apply(effect.state, state_, batch.state);
      Apply(effect.indexes, indexes_, batch.indexes);
    }
    return batch;
  }

  /// `count` entries that put `key`0, `key`1 and so on.
  storage::Batch NextPuts(size_t count, const std::string& key = "k") {
    std::vector<std::string> entries;
    for (size_t i = 0; i < count; ++i) {
      const std::string number = std::to_string(entries_.size() + i);
      entries.push_back("put " + key + number + " value-" + number);
    }
    return Next(entries);
  }

  uint64_t size() const { return entries_.size(); }
  const std::deque<std::string>& entries() const { return entries_; }
  const std::vector<crypto::Hash>& leaves() const { return leaves_; }
  const Map& state() const { return state_; }
  const Map& indexes() const { return indexes_; }
  crypto::Hash Root() const { return RootAt(size()); }
  crypto::Hash RootAt(uint64_t size) const { return ReferenceRoot(Leaves(leaves_).first(size)); }

 private:
  static void Apply(const Mutations& mutations, Map& map, Mutations& out) {
    for (const Mutation& mutation : mutations) {
      if (mutation.value.has_value()) {
        map[mutation.key] = *mutation.value;
      } else {
        map.erase(mutation.key);
      }
      out.push_back(mutation);
    }
  }

  std::deque<std::string> entries_;
  std::vector<crypto::Hash> leaves_;
  Map state_;
  Map indexes_;
};

inline storage::LedgerIdentity ToyIdentity(std::string_view origin = "ledger.example/toy") {
  return {.origin = std::string(origin), .genesis_id = crypto::Sha256(origin)};
}

/// Options that need no room, keep little and wait for no disk.
inline storage::StoreOptions SmallOptions() {
  storage::StoreOptions options;
  options.test_hook = storage::InstantDisk();
  options.block_cache_bytes = size_t{8} << 20;
  options.min_free_bytes = 0;
  return options;
}

inline std::unique_ptr<storage::Store> MustCreate(const std::string& dir,
                                                  const storage::StoreOptions& options = SmallOptions()) {
  auto store = storage::Store::Create(dir, ToyIdentity(), options);
  EXPECT_TRUE(store.ok()) << store.status();
  return store.ok() ? *std::move(store) : nullptr;
}

inline std::unique_ptr<storage::Store> MustOpen(const std::string& dir,
                                                const storage::StoreOptions& options = SmallOptions()) {
  auto store = storage::Store::Open(dir, options);
  EXPECT_TRUE(store.ok()) << store.status();
  return store.ok() ? *std::move(store) : nullptr;
}

inline Map StateOf(const storage::Snapshot& snapshot) {
  Map map;
  const absl::Status status = snapshot.ScanState(
      "", "", [&](std::string_view key, std::string_view value) { return map.emplace(key, value).second; });
  EXPECT_TRUE(status.ok()) << status;
  return map;
}

inline Map IndexesOf(const storage::Snapshot& snapshot) {
  Map map;
  const absl::Status status = snapshot.ScanIndexes(
      "", "", [&](std::string_view key, std::string_view value) { return map.emplace(key, value).second; });
  EXPECT_TRUE(status.ok()) << status;
  return map;
}

/// Holds when `store` has exactly the entries, tree, state and indexes of `ledger`.
inline void ExpectHolds(const storage::Store& store, const ToyLedger& ledger) {
  const std::unique_ptr<storage::Snapshot> snapshot = store.TakeSnapshot();
  ASSERT_EQ(snapshot->size(), ledger.size());
  EXPECT_EQ(snapshot->Root(), ledger.Root());
  EXPECT_EQ(StateOf(*snapshot), ledger.state());
  EXPECT_EQ(IndexesOf(*snapshot), ledger.indexes());
  const absl::Status status = snapshot->ScanEntries(0, ledger.size(), [&](uint64_t index, std::string_view entry) {
    EXPECT_EQ(entry, ledger.entries()[index]) << index;
    return true;
  });
  EXPECT_TRUE(status.ok()) << status;
}

}  // namespace touchstone::testing
