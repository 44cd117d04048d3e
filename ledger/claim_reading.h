// How a claim read when it was made, and what turned it since.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ledger/archive.h"
#include "ledger/envelope.h"
#include "ledger/policy.h"
#include "touchstone/v1/verdict.pb.h"

namespace touchstone::ledger {

/// Watches a replay of the entries that a claim rests on, in order, and judges the claim where it was made and after
/// each entry since that may turn it. What a reader of a bundle and a node say of a claim is so found by the same
/// steps. Not thread-safe.
class ClaimReader {
 public:
  /// `policies` must outlive this.
  ClaimReader(std::string_view claim_id, std::vector<const Policy*> policies, Shown shown)
      : claim_id_(claim_id), policies_(std::move(policies)), shown_(shown) {}

  /// The entry was applied, and `state` is the one with it. Errors as Evaluate.
  absl::Status Note(const View& state, uint64_t index, const SignedEvent& event);
  /// One reading for each policy, in their order; none when no entry made the claim. Beyond limits::kMaxTurnsJudged
  /// what the later entries changed is put down to the last of them. Errors as Evaluate.
  absl::StatusOr<std::vector<v1::ClaimReading>> Finish(const View& state);

 private:
  struct Entry {
    v1::ClaimTurn::Cause cause;
    uint64_t index = 0;
  };

  absl::Status Begin(const View& state, uint64_t index);
  absl::Status Judge(const View& state, const Entry& entry);

  const std::string claim_id_;
  const std::vector<const Policy*> policies_;
  const Shown shown_;
  std::vector<v1::ClaimReading> readings_;
  std::vector<v1::Evaluation> last_;  // of each policy
  size_t judged_ = 0;
  std::optional<Entry> not_judged_;
};

/// The readings of a claim of the ledger as of its first `size` entries. NOT_FOUND UNKNOWN_SUBJECT when the claim was
/// not made by then; otherwise errors as Past::Open and Evaluate.
absl::StatusOr<std::vector<v1::ClaimReading>> ReadClaim(const Archive& archive, uint64_t size,
                                                        const std::string& claim_id,
                                                        const std::vector<const Policy*>& policies);

}  // namespace touchstone::ledger
