// The state as one decision sees and changes it: reads through to the view, keeps what it read, and remembers what
// changed.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/mutation.h"
#include "google/protobuf/message_lite.h"
#include "ledger/state.h"
#include "ledger/view.h"

namespace touchstone::ledger {

/// Lives for one decision. A record is read and parsed at most once; references stay valid for the draft's life.
class Draft {
 public:
  explicit Draft(const View& view) : view_(view) {}
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;

  /// The record as it stands in this draft, or nullptr.
  template <typename Record>
  const Record* Find(std::string_view id) {
    return static_cast<const Record*>(Slot<Record>(id).record.get());
  }

  /// A record that exists and will be written. A rule has made sure of it.
  template <typename Record>
  Record& Change(std::string_view id) {
    Entry& slot = Slot<Record>(id);
    TS_CHECK(slot.record != nullptr);
    slot.changed = true;
    return static_cast<Record&>(*slot.record);
  }

  /// A new record, which must not exist: ids are hashes and indexes are fresh.
  template <typename Record>
  Record& Create(std::string_view id) {
    Entry& slot = Slot<Record>(id);
    TS_CHECK(slot.record == nullptr);
    slot.record = std::make_unique<Record>();
    slot.changed = true;
    return static_cast<Record&>(*slot.record);
  }

  /// The record, made when it does not exist yet.
  template <typename Record>
  Record& ChangeOrCreate(std::string_view id) {
    return Find<Record>(id) != nullptr ? Change<Record>(id) : Create<Record>(id);
  }

  /// Whether a name that may be used once was used (see UniqueName).
  bool IsNameUsed(std::string_view name) {
    return view_.Get(std::string(1, kUniqueNamesLetter).append(name)).has_value();
  }
  /// Uses it up, for the event at `index`.
  void UseName(std::string_view name, uint64_t index);

  void PutIndex(std::string key, std::string value = {}) { indexes_[std::move(key)] = std::move(value); }
  void RemoveIndex(std::string key) { indexes_[std::move(key)] = std::nullopt; }

  /// What changed, by key. Serialisation is deterministic: records hold no maps.
  Mutations StateMutations() const;
  Mutations IndexMutations() const;

 private:
  struct Entry {
    std::unique_ptr<google::protobuf::MessageLite> record;
    bool changed = false;
  };

  template <typename Record>
  Entry& Slot(std::string_view id) {
    std::string key = StateKey<Record>(id);
    const auto [it, fresh] = slots_.try_emplace(std::move(key));
    if (fresh) {
      if (std::optional<Record> record = Load<Record>(view_, id)) {
        it->second.record = std::make_unique<Record>(*std::move(record));
      }
    }
    return it->second;
  }

  const View& view_;
  std::map<std::string, Entry, std::less<>> slots_;
  std::map<std::string, std::string> names_;
  std::map<std::string, std::optional<std::string>> indexes_;
};

}  // namespace touchstone::ledger
