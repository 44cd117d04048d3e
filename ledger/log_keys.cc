#include "ledger/log_keys.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "crypto/merkle.h"
#include "crypto/note.h"
#include "ledger/authority.h"
#include "ledger/replay.h"

namespace touchstone::ledger {
namespace {

absl::StatusOr<crypto::NoteVerifier> NamedKey(const std::string& origin, const std::string& bytes) {
  TS_ASSIGN_OR_RETURN(const crypto::PublicKey key, crypto::PublicKey::FromBytes(bytes));
  return crypto::NoteVerifier::Create(origin, crypto::NoteKeyType::kEd25519, key);
}

absl::Status BadRotation(std::string_view message) { return InvalidInput("BAD_ROTATION", "entry", message); }

absl::StatusOr<v1::Genesis> OpenGenesis(const v1::LogKey& first, const crypto::Hash& genesis_id) {
  TS_ASSIGN_OR_RETURN(const VerifiedEntry entry, VerifyEntry(0, first.entry()));
  if (entry.event.event_id != genesis_id || !entry.event.event.has_genesis()) {
    return InvalidInput("WRONG_LEDGER", "entry", "it is not the genesis that is trusted");
  }
  if (entry.event.event.genesis().log_key() != first.log_key()) return BadRotation("genesis names another key");
  return entry.event.event.genesis();
}

/// The event says that this key takes the place of that one, and root says so.
absl::Status CheckAnnouncement(const SignedEvent& event, const v1::Genesis& genesis, const crypto::Hash& genesis_id,
                               const crypto::PublicKey& before, const std::string& now) {
  if (event.event.genesis_id() != genesis_id.view()) {
    return InvalidInput("WRONG_LEDGER", "entry", "it is an event of another ledger");
  }
  const v1::RotateLogKey& rotate = event.event.rotate_log_key();
  if (!event.event.has_rotate_log_key() || rotate.log_key() != now || rotate.replaced_log_key() != before.view()) {
    return BadRotation("it does not say that this key takes the place of the one before");
  }
  if (IsRootQuorum(genesis.root_keys(), genesis.threshold(), event.event.signer_keys())) return absl::OkStatus();
  return MakeError(absl::StatusCode::kPermissionDenied, "ROOT_QUORUM_MISSING", "entry",
                   fmt::format("signed by {} keys; needs {} of the {} root keys of genesis and no others",
                               event.event.signer_keys_size(), genesis.threshold(), genesis.root_keys_size()));
}

/// The entry is in a tree that both keys signed for.
absl::Status CheckHandOver(const v1::LogKey& shown, const crypto::LogKeys& trusted, const crypto::NoteVerifier& next) {
  if (shown.checkpoint().empty()) {
    return MakeError(absl::StatusCode::kUnavailable, "HAND_OVER_MISSING", "checkpoint",
                     "this server has no checkpoint that both keys signed: ask the log's own, or get a trust file from "
                     "its operator");
  }
  TS_ASSIGN_OR_RETURN(const crypto::Checkpoint checkpoint, crypto::OpenCheckpoint(shown.checkpoint(), trusted));
  TS_RETURN_IF_ERROR(crypto::OpenCheckpoint(shown.checkpoint(), next).status());
  const v1::InclusionProof& proof = shown.proof();
  if (proof.tree_size() != checkpoint.size) return BadRotation("its proof is not against the tree of the checkpoint");
  std::vector<crypto::Hash> path;
  for (const std::string& bytes : proof.hashes()) {
    TS_ASSIGN_OR_RETURN(path.emplace_back(), crypto::Hash::FromBytes(bytes));
  }
  return crypto::VerifyInclusion(proof.index(), checkpoint.size, crypto::LeafHash(shown.entry()), path,
                                 checkpoint.root);
}

absl::Status FollowOne(const v1::LogKey& shown, const v1::Genesis& genesis, const crypto::Hash& genesis_id,
                       crypto::LogKeys& trusted) {
  TS_ASSIGN_OR_RETURN(const crypto::NoteVerifier next, NamedKey(trusted.current.name(), shown.log_key()));
  const uint64_t index = shown.proof().index();
  TS_ASSIGN_OR_RETURN(const VerifiedEntry entry, VerifyEntry(index, shown.entry()));
  TS_RETURN_IF_ERROR(
      CheckAnnouncement(entry.event, genesis, genesis_id, trusted.current.public_key(), shown.log_key()));
  TS_RETURN_IF_ERROR(CheckHandOver(shown, trusted, next));
  if (!trusted.former.empty() && index <= trusted.former.back().until_size) {
    return BadRotation("rotations come one after the other");
  }
  trusted.former.push_back({.key = trusted.current, .until_size = index});
  trusted.current = next;
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<crypto::LogKeys> LogKeysOf(const v1::LedgerRecord& ledger) {
  TS_ASSIGN_OR_RETURN(crypto::NoteVerifier current, NamedKey(ledger.origin(), ledger.log_key()));
  crypto::LogKeys keys(std::move(current));
  for (const v1::FormerLogKey& former : ledger.former_log_keys()) {
    TS_ASSIGN_OR_RETURN(crypto::NoteVerifier key, NamedKey(ledger.origin(), former.log_key()));
    keys.former.push_back({.key = std::move(key), .until_size = former.replaced_index()});
  }
  return keys;
}

absl::StatusOr<crypto::LogKeys> FollowRotations(const v1::GetLogKeysResponse& shown, crypto::LogKeys trusted,
                                                const crypto::Hash& genesis_id) {
  if (shown.log_keys().empty()) return InvalidInput("BAD_ROTATION", "log_keys", "a log has at least one key");
  const absl::StatusOr<v1::Genesis> genesis = OpenGenesis(shown.log_keys(0), genesis_id);
  if (!genesis.ok()) return InField("log_keys[0]", genesis.status());
  if (genesis->origin() != trusted.current.name()) {
    return InvalidInput("WRONG_LEDGER", "log_keys[0]", "genesis has another name than the trusted key");
  }
  const auto& keys = shown.log_keys();
  const auto start = std::find_if(keys.begin(), keys.end(), [&trusted](const v1::LogKey& key) {
    return key.log_key() == trusted.current.public_key().view();
  });
  if (start == keys.end()) {
    return MakeError(
        absl::StatusCode::kFailedPrecondition, "LOG_KEY_UNKNOWN", "log_keys",
        fmt::format("{} is none of the {} keys that the server shows", trusted.current.ToVkey(), keys.size()));
  }
  for (int i = static_cast<int>(start - keys.begin()) + 1; i < keys.size(); ++i) {
    const absl::Status followed = FollowOne(keys.Get(i), *genesis, genesis_id, trusted);
    if (!followed.ok()) return InField(fmt::format("log_keys[{}]", i), followed);
  }
  return trusted;
}

std::optional<crypto::Checkpoint> PredecessorOf(const v1::Genesis& genesis) {
  const absl::StatusOr<crypto::ParsedNote> note = crypto::ParseNote(genesis.predecessor_checkpoint());
  if (!note.ok()) return std::nullopt;
  const absl::StatusOr<crypto::Checkpoint> checkpoint = crypto::ParseCheckpoint(note->text);
  return checkpoint.ok() ? std::optional(*checkpoint) : std::nullopt;
}

}  // namespace touchstone::ledger
