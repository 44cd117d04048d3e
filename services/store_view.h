// What the rules see of a store: the committed state.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "ledger/draft.h"
#include "ledger/view.h"
#include "storage/reader.h"

namespace touchstone::services {

/// A ledger::View of the state in `reader`. Not thread-safe.
class StoreView final : public ledger::View {
 public:
  /// `reader` must outlive this.
  explicit StoreView(const storage::StateReader& reader) : reader_(reader) {}

  /// nullopt also when reading fails; status() tells.
  std::optional<std::string> Get(std::string_view key) const override;

  /// Decisions taken on this view are good only while it is OK: the first failure of Get, if there was one.
  const absl::Status& status() const { return status_; }

 private:
  const storage::StateReader& reader_;
  mutable absl::Status status_;
};

/// The state that decisions are taken on, from batch to batch: a store, and over it what was read and changed, kept
/// parsed. The store must change by nothing but what is taken from the draft, and may do so late: what is not in it yet
/// is found here. Not thread-safe.
class WorkingState {
 public:
  /// `reader` must outlive this.
  explicit WorkingState(const storage::StateReader& reader) : reader_(reader) { Forget(); }

  /// To be asked for at the start of each batch: it is begun anew when it is_full(), and all that was taken from it
  /// must be in the store by then.
  ledger::Draft& ForNextBatch();
  /// Whether it has grown beyond limits::kMaxDraftBytes.
  bool is_full() const;
  /// Forgets all: what was decided last is not committed and will not be.
  void Forget();

  /// Decisions are good only while it is OK: a read of the store failed, since all was forgotten last.
  const absl::Status& status() const { return store_->status(); }

 private:
  const storage::StateReader& reader_;
  std::optional<StoreView> store_;
  std::optional<ledger::Draft> draft_;  // over store_
};

}  // namespace touchstone::services
