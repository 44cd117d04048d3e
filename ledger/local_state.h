// The state of a local replay: records stay parsed, and entries change them where they lie. What a bundle shows is
// derived so without writing a record out and reading it again for every entry that touches it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "google/protobuf/arena.h"
#include "google/protobuf/message_lite.h"
#include "ledger/decide.h"
#include "ledger/state.h"
#include "ledger/state_key.h"
#include "ledger/view.h"

namespace touchstone::ledger {

/// Not thread-safe.
class LocalState final : public View {
 public:
  LocalState();
  LocalState(const LocalState&) = delete;
  LocalState& operator=(const LocalState&) = delete;

  /// Serialises the record: for the few that are asked for so.
  std::optional<std::string> Get(std::string_view key) const override;

  /// The record, or nullptr. It shows what later entries make of it, unless many events read records of its type (see
  /// kReadByMany).
  template <typename Record>
  const Record* Find(std::string_view id) const {
    return static_cast<const Record*>(FindRecord({TableOf<Record>::kLetter, id}));
  }

  /// What a draft works with. A key decides the type of what lies under it.
  google::protobuf::MessageLite* FindRecord(const StateKeyParts& key) const;
  /// The record lies under the key from now on; it was made on arena().
  void Put(std::string_view key, google::protobuf::MessageLite* record);
  /// Where records lie, for this state's life.
  google::protobuf::Arena& arena() { return arena_; }

 private:
  google::protobuf::Arena arena_;
  absl::flat_hash_map<std::string_view, google::protobuf::MessageLite*, StateKeyHash, StateKeyEqual> records_;
};

/// DecideLocal on the state, and what follows from it done to the state. A rejection changes nothing.
std::optional<Rejection> ApplyLocal(LocalState& state, const SignedEvent& event, const Admission& admission);

}  // namespace touchstone::ledger
