#include "services/announced_keys.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/check.h"
#include "base/status.h"
#include "crypto/note.h"
#include "fmt/format.h"
#include "ledger/log_keys.h"
#include "ledger/state.h"
#include "services/store_view.h"

namespace touchstone::services {
namespace {

bool Contains(std::span<const crypto::NoteVerifier> keys, const crypto::NoteVerifier& key) {
  return std::ranges::find(keys, key) != keys.end();
}

/// Whether the key may sign for a tree of so many entries.
bool IsDue(const crypto::NoteVerifier& key, uint64_t size, const std::optional<crypto::LogKeys>& announced,
           uint64_t known_size, std::span<const crypto::NoteVerifier> named) {
  if (!announced.has_value()) return Contains(named, key);
  if (size <= known_size || key == announced->current) return key == announced->For(size);
  return Contains(named, key) && !Contains(announced->All(), key);
}

}  // namespace

absl::StatusOr<std::optional<crypto::LogKeys>> AnnouncedKeys(const storage::StateReader& state) {
  const StoreView view(state);
  const auto ledger = ledger::Load<v1::LedgerRecord>(view, "");
  TS_RETURN_IF_ERROR(view.status());
  if (!ledger.has_value()) return std::nullopt;
  TS_ASSIGN_OR_RETURN(crypto::LogKeys keys, ledger::LogKeysOf(*ledger));
  return keys;
}

absl::StatusOr<crypto::Checkpoint> OpenAsFarAsKnown(std::string_view note,
                                                    const std::optional<crypto::LogKeys>& announced,
                                                    uint64_t known_size, std::span<const crypto::NoteVerifier> named) {
  std::vector<crypto::NoteVerifier> known(named.begin(), named.end());
  if (announced.has_value()) {
    const std::vector<crypto::NoteVerifier> all = announced->All();
    known.insert(known.end(), all.begin(), all.end());
  }
  TS_CHECK(!known.empty());
  TS_ASSIGN_OR_RETURN(const crypto::OpenedNote opened, crypto::OpenNote(note, known));
  TS_ASSIGN_OR_RETURN(crypto::Checkpoint checkpoint, crypto::ParseCheckpoint(opened.text));
  if (checkpoint.origin != known.front().name()) {
    return InvalidInput(
        "ORIGIN_MISMATCH", "origin",
        fmt::format("expected a checkpoint of {}, got one of {}", known.front().name(), checkpoint.origin));
  }
  const bool due = std::ranges::any_of(opened.attestations, [&](const crypto::NoteAttestation& attestation) {
    return IsDue(attestation.verifier, checkpoint.size, announced, known_size, named);
  });
  if (due) return checkpoint;
  return MakeError(absl::StatusCode::kUnauthenticated, "LOG_KEY_NOT_OF_SIZE", "",
                   fmt::format("a tree of {} entries is not signed by {} any more, or not yet", checkpoint.size,
                               opened.attestations.front().verifier.ToVkey()));
}

}  // namespace touchstone::services
