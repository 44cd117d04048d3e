// The state as one decision sees and changes it: reads through to the view, keeps what it read, and remembers what
// changed.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "base/check.h"
#include "base/mutation.h"
#include "google/protobuf/arena.h"
#include "google/protobuf/message_lite.h"
#include "ledger/local_state.h"
#include "ledger/state.h"
#include "ledger/state_key.h"
#include "ledger/view.h"

namespace touchstone::ledger {

/// Lives for one decision. A record is read and parsed at most once; references stay valid for the draft's life, but
/// what Find gave of a record that many events read (see kReadByMany) does not show what Change makes of it.
/// Records live on an arena whose first block is the draft's own, so that an ordinary decision allocates little.
///
/// A draft of a LocalState changes the records of that state where they lie: checks change nothing, and what is applied
/// cannot fail. It keeps no indexes, which nobody asks a local replay for.
class Draft {
 public:
  explicit Draft(const View& view) : Draft(view, nullptr) { indexes_.reserve(kUsualIndexes); }
  explicit Draft(LocalState& state) : Draft(state, &state) {}
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
    return Own<Record>(slot);
  }

  /// A new record, which must not exist: ids are hashes and indexes are fresh.
  template <typename Record>
  Record& Create(std::string_view id) {
    Slot& slot = SlotOf<Record>(id);
    TS_CHECK(slot.record == nullptr);
    return Own<Record>(slot);
  }

  /// The record, made when it does not exist yet.
  template <typename Record>
  Record& ChangeOrCreate(std::string_view id) {
    return Own<Record>(SlotOf<Record>(id));
  }

  /// Whether a name that may be used once was used (see UseName), and by which entry.
  bool IsNameUsed(std::string_view name) { return NameUsedBy(name).has_value(); }
  std::optional<uint64_t> NameUsedBy(std::string_view name);
  /// Uses it up, for the event at `index`.
  void UseName(std::string_view name, uint64_t index);

  /// Whether indexes are of use: no key need be made of one that is not.
  bool keeps_indexes() const { return local_ == nullptr; }
  void PutIndex(std::string key, std::string value = {}) {
    if (keeps_indexes()) indexes_.push_back({std::move(key), std::move(value)});
  }
  void RemoveIndex(std::string key) {
    if (keeps_indexes()) indexes_.push_back({std::move(key), std::nullopt});
  }

  /// What changed, by key. Serialisation is deterministic: records hold no maps.
  Mutations StateMutations() &&;
  Mutations IndexMutations() &&;
  /// Of a draft of a LocalState: hands what changed to the state.
  void PutIntoState() &&;

 private:
  Draft(const View& view, LocalState* local)
      : view_(view),
        local_(local),
        arena_(first_block_, sizeof(first_block_)),
        slot_memory_(slot_block_, sizeof(slot_block_)),
        slots_(&slot_memory_) {
    slots_.reserve(kUsualRecords);
  }

  /// Records that an ordinary decision looks at: a table of so many fits slot_block_.
  static constexpr size_t kUsualRecords = 48;
  static constexpr size_t kUsualIndexes = 8;

  struct Slot {
    std::string_view key;
    const google::protobuf::MessageLite* record = nullptr;
    /// The draft's own to write: the same, or an empty one while there is none.
    google::protobuf::MessageLite* own = nullptr;
    bool changed = false;
  };

  using Slots = absl::flat_hash_map<std::string_view, Slot*, StateKeyHash, StateKeyEqual,
                                    std::pmr::polymorphic_allocator<std::pair<const std::string_view, Slot*>>>;

  template <typename Record>
  Slot& SlotOf(std::string_view id) {
    if constexpr (std::is_same_v<Record, v1::LedgerRecord>) {
      if (ledger_ == nullptr) ledger_ = Read<Record>(KeepKey({TableOf<Record>::kLetter, id}));
      return *ledger_;
    }
    // Rules ask for one record several times in a row.
    const StateKeyParts key = {TableOf<Record>::kLetter, id};
    if (last_ != nullptr && StateKeyEqual()(last_->key, key)) return *last_;
    const auto place = slots_.lazy_emplace(key, [&](const Slots::constructor& construct) {
      const std::string_view kept = KeepKey(key);
      construct(kept, Read<Record>(kept));
    });
    last_ = place->second;
    return *last_;
  }

  template <typename Record>
  Slot* Read(std::string_view key) {
    Slot& slot = *google::protobuf::Arena::Create<Slot>(&arena_);
    slot.key = key;
    if (local_ != nullptr) {
      google::protobuf::MessageLite* found = local_->FindRecord({key[0], key.substr(1)});
      slot.record = found;
      if (!kReadByMany<Record>) slot.own = found;
    } else if constexpr (kReadByMany<Record>) {
      slot.record = shared_.emplace_back(view_.GetParsed(key, Record::default_instance())).get();
    } else {
      auto* record = google::protobuf::Arena::CreateMessage<Record>(&arena_);
      if (view_.Read(key, *record)) {
        slot.record = record;
      } else {
        record->Clear();
      }
      slot.own = record;
    }
    return &slot;
  }

  /// The record to write, made of what was read.
  template <typename Record>
  Record& Own(Slot& slot) {
    if (slot.own == nullptr) {
      auto* own = google::protobuf::Arena::CreateMessage<Record>(local_ != nullptr ? &local_->arena() : &arena_);
      if (slot.record != nullptr) own->MergeFrom(static_cast<const Record&>(*slot.record));
      slot.own = own;
    }
    slot.record = slot.own;
    if (!slot.changed) written_.push_back(&slot);
    slot.changed = true;
    return static_cast<Record&>(*slot.own);
  }

  /// letter id, for the draft's life.
  std::string_view KeepKey(const StateKeyParts& key) {
    char* kept = google::protobuf::Arena::CreateArray<char>(&arena_, key.id.size() + 1);
    kept[0] = key.letter;
    if (!key.id.empty()) std::memcpy(kept + 1, key.id.data(), key.id.size());
    return {kept, key.id.size() + 1};
  }

  const View& view_;
  LocalState* const local_;  // the view, when it is one
  alignas(16) char first_block_[16384];
  google::protobuf::Arena arena_;
  alignas(16) char slot_block_[4096];
  std::pmr::monotonic_buffer_resource slot_memory_;
  Slots slots_;
  Slot* last_ = nullptr;    // what was asked for last
  Slot* ledger_ = nullptr;  // the one that every rule asks for
  absl::InlinedVector<Slot*, 16> written_;
  absl::InlinedVector<std::shared_ptr<const google::protobuf::MessageLite>, 16> shared_;
  Mutations names_;
  Mutations indexes_;  // as they came: of one key the last counts
};

}  // namespace touchstone::ledger
