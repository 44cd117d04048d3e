// Bundles: a verdict that travels. Built from an archive, verified with nothing but a public key.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/checkpoint.h"
#include "crypto/note.h"
#include "ledger/archive.h"
#include "ledger/lineage.h"
#include "ledger/policy.h"
#include "touchstone/v1/proof.pb.h"
#include "touchstone/v1/verdict.pb.h"

namespace touchstone::ledger {

/// A witness that the verifier knows. It cosigns that it saw a checkpoint as the newest consistent one of its log; one
/// that executes has also re-run every rule on all entries below it before it did.
struct Witness {
  crypto::NoteVerifier key;  // a cosigner's
  bool executes = false;
};

/// A cosignature on a bundle's checkpoint by a known witness.
struct Cosigned {
  Witness by;
  uint64_t at_s = 0;  // as the witness says, Unix seconds
};

/// Whom the verifier trusts.
struct Trust {
  crypto::NoteVerifier log;  // the key that signs now; its name is the ledger's origin
  crypto::Hash genesis_id;
  /// Packs that the reader accepts beside the built-in ones, by the hash of their bytes: a bundle brings its packs
  /// along, and whoever made it could write one that anything passes.
  std::set<crypto::Hash> policies = {};
  /// Packs that the reader brings: accepted from a bundle too, and judged after those of the bundle unless they are
  /// among them.
  std::vector<Policy> own = {};
  std::vector<Witness> witnesses = {};
  /// How many of them must have cosigned.
  size_t quorum = 0;
  /// Keys that signed before `log` did, the oldest first, each for trees up to its size.
  std::vector<crypto::FormerLogKey> former_log_keys = {};

  crypto::LogKeys log_keys() const { return {log, former_log_keys}; }
};

/// What a verified bundle shows. Presence is proven. What is global is not, and is not claimed here: that nothing shown
/// was revoked, corrected or held by what is not shown, which no cosignature says; and that the rules of the whole log
/// were kept (uniqueness, single consumption, totals), which is the word of those who cosigned and execute them.
struct BundleReport {
  std::string subject_id;
  crypto::Checkpoint checkpoint;
  /// The last one of the ledger that this one continues, by the word of its genesis; see PredecessorOf.
  std::optional<crypto::Checkpoint> predecessor = {};
  std::vector<Cosigned> cosigned;  // by witnesses that the verifier knows, in the order of the checkpoint's lines
  uint64_t entries = 0;
  uint64_t signatures = 0;                  // verified
  std::vector<v1::Evaluation> evaluations;  // one per pack, in the bundle's order, then the reader's own
  std::vector<v1::ClaimReading> readings;   // of a claim: one for each of them; else none
  Ancestry ancestry;                        // of the subject
  std::vector<v1::PartyRecord> signers;     // parties whose signatures count, by id
  std::optional<v1::ClaimRecord> claim;     // the subject, where it is one; as far as the bundle shows
  std::optional<v1::PieceRecord> piece;     // the subject, or what the claim is about
  std::optional<v1::LotRecord> lot;         // the subject, where it is one
  uint64_t newest_index = 0;                // of the newest entry shown, and when it was recorded, Unix microseconds
  int64_t newest_recorded_at_us = 0;
};

/// Collects the subject's ancestry, the history of every lot in it, and the authority behind every signature,
/// transitively. `checkpoint_note` must be for archive.size(). NOT_FOUND UNKNOWN_SUBJECT. RESOURCE_EXHAUSTED
/// BUNDLE_TOO_LARGE beyond the limits.
absl::StatusOr<v1::Bundle> BuildBundle(const Archive& archive, std::string_view subject_id,
                                       const std::vector<const Policy*>& policies, std::string_view checkpoint_note);

/// Verifies a serialised Bundle: checkpoint signature, inclusion of every entry, every signature, every local rule,
/// then the packs. INVALID_ARGUMENT with a reason (BUNDLE_MALFORMED, CHECKPOINT_NOT_TRUSTED, also when the bundle
/// itself shows that the log had replaced the key by which the reader trusts the checkpoint, QUORUM_MISSING when fewer
/// of the witnesses cosigned it than the verifier asks for, NOT_IN_LOG, WRONG_LEDGER, BAD_SIGNATURE, BAD_POLICY,
/// POLICY_NOT_TRUSTED, POLICY_MISSING and POLICY_MISMATCH for a pack other than the claim's, or the reason of the rule
/// that an entry breaks) and the field, as `entries[12]`; NOT_FOUND UNKNOWN_SUBJECT.
absl::StatusOr<BundleReport> VerifyBundle(std::string_view bundle_bytes, const Trust& trust);

}  // namespace touchstone::ledger
