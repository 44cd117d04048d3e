// The state as decisions see and change it: reads through to a view, keeps what it read, lets the rules change records
// where they lie, and remembers what changed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/container/inlined_vector.h"
#include "base/check.h"
#include "base/mutation.h"
#include "google/protobuf/arena.h"
#include "google/protobuf/message_lite.h"
#include "ledger/state.h"
#include "ledger/state_key.h"
#include "ledger/view.h"

namespace touchstone::ledger {

/// Serves one decision or many. A record is read and parsed at most once, and stays parsed for the draft's life,
/// however many decisions change it; it is written out once, by TakeState. References stay valid for the draft's life,
/// but what Find gave of a record that many events read (see kReadByMany) does not show what a later Change makes of
/// it.
///
/// Decisions change records in place: checks change nothing, and what is applied cannot fail (see Verb). So a draft
/// always shows the state after the last event that was admitted.
///
/// Records live on an arena whose first block is the draft's own: one that serves a single decision allocates little,
/// and one that serves many grows until it is destroyed (see memory_bytes). Not thread-safe, reading included.
class Draft final : public View {
 public:
  /// Nothing lies beneath: the state of a local replay, from its first entry on. It keeps no indexes, for which nobody
  /// asks there, and hands out no changes.
  Draft() : Draft(nullptr, Indexes::kLeftOut) {}
  /// Whether indexes are kept, for who keeps more than the state.
  enum class Indexes { kKept, kLeftOut };
  /// `beneath` must outlive this, and must not change but by what was taken from here.
  explicit Draft(const View& beneath, Indexes indexes = Indexes::kKept) : Draft(&beneath, indexes) {}
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;

  // --- For the rules --------------------------------------------------------------------------------------------------

  /// The record as it stands, or nullptr.
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
  bool keeps_indexes() const { return keeps_indexes_; }
  void PutIndex(std::string key, std::string value = {}) {
    if (keeps_indexes()) indexes_.push_back({std::move(key), std::move(value)});
  }
  void RemoveIndex(std::string key) {
    if (keeps_indexes()) indexes_.push_back({std::move(key), std::nullopt});
  }

  // --- For whoever drives decisions -----------------------------------------------------------------------------------

  /// What was decided last is done; the next decision begins. True when the last one changed anything.
  bool EndDecision();

  /// What changed since it was last taken, by key. Serialisation is deterministic: records hold no maps.
  Mutations TakeState();
  Mutations TakeIndexes();

  /// What the records that this keeps take up, but for texts of more than a few characters.
  size_t memory_bytes() const { return arena_.SpaceAllocated(); }

  // --- As a view, which shows what was changed ------------------------------------------------------------------------

  /// Serialises a record that is kept: for the few that are asked for so.
  std::optional<std::string> Get(std::string_view key) const override;
  bool Read(std::string_view key, google::protobuf::MessageLite& record) const override;
  /// Good for the draft's life.
  std::shared_ptr<const google::protobuf::MessageLite> GetParsed(
      std::string_view key, const google::protobuf::MessageLite& type) const override;
  /// A record that is kept, good for the draft's life; it shows what becomes of it unless many events read such
  /// records. Of a local replay all are kept.
  template <typename Record>
  const Record* Kept(std::string_view id) const {
    const Slot* slot = FindSlot({TableOf<Record>::kLetter, id});
    return slot != nullptr ? static_cast<const Record*>(slot->record) : nullptr;
  }

 private:
  Draft(const View* beneath, Indexes indexes);

  /// Records that an ordinary decision looks at: a table of so many fits table_block_.
  static constexpr size_t kUsualRecords = 48;
  static constexpr size_t kUsualIndexes = 8;

  struct Slot {
    std::string_view key;
    const google::protobuf::MessageLite* record = nullptr;
    /// This decision's to write: the same, or an empty one while there is none.
    google::protobuf::MessageLite* own = nullptr;
    bool changed = false;  // since changes were last taken
    bool touched = false;  // by this decision
    bool shared = false;   // many events read it: each decision that changes it makes a record of its own
  };

  struct SlotHash : StateKeyHash {
    using StateKeyHash::operator();
    size_t operator()(const Slot* slot) const { return (*this)(slot->key); }
  };
  struct SlotEqual : StateKeyEqual {
    bool operator()(const Slot* a, const Slot* b) const { return a == b; }
    bool operator()(const Slot* a, const StateKeyParts& b) const { return StateKeyEqual::operator()(a->key, b); }
  };
  using Slots = absl::flat_hash_set<Slot*, SlotHash, SlotEqual, std::pmr::polymorphic_allocator<Slot*>>;

  const Slot* FindSlot(const StateKeyParts& key) const;

  template <typename Record>
  Slot& SlotOf(std::string_view id) {
    if constexpr (std::is_same_v<Record, v1::LedgerRecord>) {
      if (ledger_ == nullptr) ledger_ = &SlotUnder<Record>({TableOf<Record>::kLetter, id});
      return *ledger_;
    }
    return SlotUnder<Record>({TableOf<Record>::kLetter, id});
  }

  template <typename Record>
  Slot& SlotUnder(const StateKeyParts& key) {
    // Rules ask for one record several times in a row.
    if (last_ != nullptr && StateKeyEqual()(last_->key, key)) return *last_;
    const auto place = slots_.lazy_emplace(key, [&](const Slots::constructor& construct) {
      Slot* slot = MakeSlot(key);
      if (beneath_ != nullptr) ReadInto<Record>(*slot);
      slot->shared = kReadByMany<Record>;
      construct(slot);
    });
    last_ = *place;
    return *last_;
  }

  template <typename Record>
  void ReadInto(Slot& slot) {
    if constexpr (kReadByMany<Record>) {
      slot.record = shared_.emplace_back(beneath_->GetParsed(slot.key, Record::default_instance())).get();
    } else {
      auto* record = google::protobuf::Arena::CreateMessage<Record>(&arena_);
      if (beneath_->Read(slot.key, *record)) {
        slot.record = record;
      } else {
        record->Clear();
      }
      slot.own = record;
    }
  }

  /// The record to write, made of what was read.
  template <typename Record>
  Record& Own(Slot& slot) {
    if (slot.own == nullptr) {
      auto* own = google::protobuf::Arena::CreateMessage<Record>(&arena_);
      if (slot.record != nullptr) own->MergeFrom(static_cast<const Record&>(*slot.record));
      slot.own = own;
    }
    slot.record = slot.own;
    if (!slot.touched) Touch(slot);
    return static_cast<Record&>(*slot.own);
  }

  Slot* MakeSlot(const StateKeyParts& key);
  void Touch(Slot& slot);

  const View* const beneath_;  // nullptr: nothing
  const bool keeps_indexes_;
  alignas(16) char first_block_[16384];
  google::protobuf::Arena arena_;
  alignas(16) char table_block_[2048];
  std::pmr::monotonic_buffer_resource table_memory_;
  Slots slots_;
  Slot* last_ = nullptr;    // what was asked for last
  Slot* ledger_ = nullptr;  // the one that every rule asks for
  absl::InlinedVector<Slot*, 16> touched_;
  absl::InlinedVector<Slot*, 16> changed_;
  absl::InlinedVector<std::shared_ptr<const google::protobuf::MessageLite>, 16> shared_;
  Mutations indexes_;  // as they came: of one key the last counts
};

}  // namespace touchstone::ledger
