// The state as one decision sees and changes it: reads through to the view, keeps what it read, and remembers what
// changed.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/hash/hash.h"
#include "base/check.h"
#include "base/mutation.h"
#include "google/protobuf/arena.h"
#include "google/protobuf/message_lite.h"
#include "ledger/state.h"
#include "ledger/view.h"

namespace touchstone::ledger {

/// Lives for one decision. A record is read and parsed at most once; references stay valid for the draft's life.
/// Records live on an arena whose first block is the draft's own, so that an ordinary decision allocates little.
class Draft {
 public:
  explicit Draft(const View& view) : view_(view), arena_(first_block_, sizeof(first_block_)) { slots_.reserve(32); }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;

  /// The record as it stands in this draft, or nullptr.
  template <typename Record>
  const Record* Find(std::string_view id) {
    return static_cast<const Record*>(SlotOf<Record>(id).record);
  }

  /// A record that exists and will be written. A rule has made sure of it.
  template <typename Record>
  Record& Change(std::string_view id) {
    Slot& slot = SlotOf<Record>(id);
    TS_CHECK(slot.record != nullptr);
    slot.changed = true;
    return static_cast<Record&>(*slot.record);
  }

  /// A new record, which must not exist: ids are hashes and indexes are fresh.
  template <typename Record>
  Record& Create(std::string_view id) {
    Slot& slot = SlotOf<Record>(id);
    TS_CHECK(slot.record == nullptr);
    auto* record = google::protobuf::Arena::CreateMessage<Record>(&arena_);
    slot = {record, true};
    return *record;
  }

  /// The record, made when it does not exist yet.
  template <typename Record>
  Record& ChangeOrCreate(std::string_view id) {
    Slot& slot = SlotOf<Record>(id);
    if (slot.record == nullptr) slot.record = google::protobuf::Arena::CreateMessage<Record>(&arena_);
    slot.changed = true;
    return static_cast<Record&>(*slot.record);
  }

  /// Whether a name that may be used once was used (see UseName), and by which entry.
  bool IsNameUsed(std::string_view name) { return NameUsedBy(name).has_value(); }
  std::optional<uint64_t> NameUsedBy(std::string_view name);
  /// Uses it up, for the event at `index`.
  void UseName(std::string_view name, uint64_t index);

  void PutIndex(std::string key, std::string value = {}) { indexes_.push_back({std::move(key), std::move(value)}); }
  void RemoveIndex(std::string key) { indexes_.push_back({std::move(key), std::nullopt}); }

  /// What changed, by key. Serialisation is deterministic: records hold no maps.
  Mutations StateMutations() const;
  Mutations IndexMutations() &&;

 private:
  struct Slot {
    google::protobuf::MessageLite* record = nullptr;
    bool changed = false;
  };

  /// A state key by its parts, so that looking one up needs no string of its own.
  struct Key {
    char letter;
    std::string_view id;
  };
  struct KeyHash {
    using is_transparent = void;
    size_t operator()(const Key& key) const { return absl::HashOf(key.letter, std::hash<std::string_view>()(key.id)); }
    size_t operator()(std::string_view key) const { return (*this)(Key{key[0], key.substr(1)}); }
  };
  struct KeyEqual {
    using is_transparent = void;
    bool operator()(std::string_view a, std::string_view b) const { return a == b; }
    bool operator()(std::string_view a, const Key& b) const { return a[0] == b.letter && a.substr(1) == b.id; }
    bool operator()(const Key& a, std::string_view b) const { return (*this)(b, a); }
  };

  template <typename Record>
  Slot& SlotOf(std::string_view id) {
    const auto found = slots_.find(Key{TableOf<Record>::kLetter, id});
    if (found != slots_.end()) return found->second;
    const std::string_view key = KeepKey(TableOf<Record>::kLetter, id);
    Slot slot;
    if (const std::optional<std::string> bytes = view_.Get(key)) {
      auto* record = google::protobuf::Arena::CreateMessage<Record>(&arena_);
      if (record->ParseFromString(*bytes)) slot.record = record;
    }
    return slots_.emplace(key, slot).first->second;
  }

  /// letter id, for the draft's life.
  std::string_view KeepKey(char letter, std::string_view id) {
    char* key = google::protobuf::Arena::CreateArray<char>(&arena_, id.size() + 1);
    key[0] = letter;
    if (!id.empty()) std::memcpy(key + 1, id.data(), id.size());
    return {key, id.size() + 1};
  }

  const View& view_;
  alignas(16) char first_block_[16384];
  google::protobuf::Arena arena_;
  absl::flat_hash_map<std::string_view, Slot, KeyHash, KeyEqual> slots_;
  Mutations names_;
  Mutations indexes_;  // as they came: of one key the last counts
};

}  // namespace touchstone::ledger
