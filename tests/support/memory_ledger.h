// A whole ledger in memory: entries, state, indexes and tree, grown by the rules as a node grows it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/hash.h"
#include "crypto/note_key.h"
#include "ledger/archive.h"
#include "ledger/bundle.h"
#include "ledger/decide.h"
#include "ledger/view.h"
#include "tests/support/story.h"

namespace touchstone::testing {

/// The key `log` signs checkpoints. Copyable, so that a test may try what it likes on a copy. Not thread-safe.
class MemoryLedger final : public ledger::Archive {
 public:
  /// How long after it happened an event is recorded, unless the log's time is past that already.
  static constexpr int64_t kDelayUs = 1'000'000;

  /// Decides an envelope as the next entry and changes nothing. Its form and signatures must be good.
  ledger::Decision Try(std::string_view envelope, int64_t delay_us = kDelayUs) const;
  /// The same under the local rules alone.
  ledger::Decision TryLocal(std::string_view envelope, int64_t delay_us = kDelayUs) const;
  /// Decides an envelope and, when it is admitted, appends it.
  ledger::Decision Append(std::string_view envelope, int64_t delay_us = kDelayUs);
  /// Appends what the rules admit; aborts with the reason when they do not.
  ledger::Effects Record(const Statement& statement, int64_t delay_us = kDelayUs);
  void RecordAll(const std::vector<Statement>& statements);
  /// Appends an entry whatever it says, as a log that lies would. What the local rules admit changes the state; what
  /// they refuse is in the log all the same.
  void Smuggle(std::string_view envelope, int64_t delay_us = kDelayUs);

  // Archive.
  std::optional<std::string> Get(std::string_view key) const override { return state_.Get(key); }
  uint64_t size() const override { return entries_.size(); }
  absl::StatusOr<std::string> Entry(uint64_t index) const override { return entries_.at(index); }
  absl::StatusOr<std::vector<uint64_t>> History(std::string_view object_id) const override;
  absl::StatusOr<std::vector<crypto::Hash>> MultiProof(const std::vector<uint64_t>& indexes,
                                                       uint64_t tree_size) const override;
  absl::StatusOr<std::vector<v1::FindingRecord>> Findings(uint64_t index) const override;
  absl::Status status() const override { return absl::OkStatus(); }

  const ledger::MemoryState& state() const { return state_; }
  const std::vector<std::string>& entries() const { return entries_; }
  const std::map<std::string, std::string, std::less<>>& indexes() const { return indexes_; }
  crypto::Hash Root() const;
  /// The checkpoint of the whole ledger, signed by these actors.
  std::string Checkpoint(const std::vector<std::string>& signers = {"log"}) const;
  /// Whoever knows this ledger's genesis and log key.
  ledger::Trust Trust() const;

 private:
  int64_t TimeOf(const v1::Event& event, int64_t delay_us) const;
  void Add(std::string_view envelope, int64_t recorded_at_us, const ledger::Decision& decision);

  std::vector<std::string> entries_;
  ledger::MemoryState state_;
  std::map<std::string, std::string, std::less<>> indexes_;
  int64_t last_recorded_at_us_ = 0;
};

/// Signs a checkpoint of any tree with the keys of these actors; that of MemoryLedger is `log`.
std::string SignedCheckpoint(uint64_t size, const crypto::Hash& root, std::string_view origin = Story::kOrigin,
                             const std::vector<std::string>& signers = {"log"});

/// The rejection's reason; REASON_UNSPECIFIED when the event was admitted.
v1::Reason ReasonOf(const ledger::Decision& decision);
/// `admitted`, or reason, field and message.
std::string Describe(const ledger::Decision& decision);
/// Whether the event was admitted with this finding on it.
bool HasFinding(const ledger::Decision& decision, v1::FindingCode code);

}  // namespace touchstone::testing
