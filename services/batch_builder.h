// One batch in the making: events are decided one after the other, each on what the ones before it have changed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "ledger/decide.h"
#include "ledger/envelope.h"
#include "services/receipts.h"
#include "services/store_view.h"
#include "storage/store.h"

namespace touchstone::services {

/// An event that passed admission, and the bytes that it came in: they go into the log as they are.
struct Candidate {
  ledger::SignedEvent event;
  std::string envelope;
};

/// The event is in the log, or in the batch, at this index already.
struct AlreadyRecorded {
  uint64_t index = 0;
};

/// The event is refused for want of something that an event still to come may make.
struct Wanting {
  ledger::Rejection rejection;
  std::string missing_id;
  /// The parties whose keys signed it, ascending; kRootSigner for root keys.
  std::vector<std::string> party_ids;
};

/// Stands for root keys where parties are counted.
inline constexpr std::string_view kRootSigner = "root";

/// What became of an event in a batch; a status is the node's own refusal, which the rules know nothing of. Nothing of
/// it may be told to anyone before the batch is confirmed: even a rejection may rest on an event of the same batch.
using BatchOutcome = std::variant<Recorded, AlreadyRecorded, Wanting, ledger::Rejection, absl::Status>;

/// Decides events on top of a state. Not thread-safe.
class BatchBuilder {
 public:
  /// Of the ledger `identity`, from `first_index` on; both arguments by reference must outlive this. `state` is what
  /// the entries before led to, be they committed yet or not. What becomes of the batch must be told to it: commit what
  /// TakeBatch gives, or let it forget.
  BatchBuilder(const storage::LedgerIdentity& identity, uint64_t first_index, WorkingState& state);

  /// Whether the event is in the log, or in the batch.
  bool Knows(const Candidate& candidate) const;

  /// Decides the next event. `recorded_at_us` is not smaller than any given before.
  BatchOutcome Add(const Candidate& candidate, int64_t recorded_at_us);

  /// Entries admitted, and their bytes.
  size_t entries() const { return next_index_ - first_index_; }
  size_t bytes() const { return bytes_; }

  /// Outcomes are good only while it is OK: a read of the state failed.
  const absl::Status& status() const { return state_.status(); }

  /// Everything but the entries, whose bytes the caller has in its outcomes. Ends the use of this builder.
  storage::Batch TakeBatch();

 private:
  BatchOutcome Refused(const v1::Event& event, ledger::Rejection rejection) const;

  const storage::LedgerIdentity& identity_;
  const uint64_t first_index_;
  uint64_t next_index_;
  size_t bytes_ = 0;
  WorkingState& state_;
  ledger::Draft& draft_;
};

}  // namespace touchstone::services
