#include "services/predecessor.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "base/status.h"
#include "crypto/log_source.h"
#include "crypto/merkle.h"
#include "crypto/tile_path.h"
#include "crypto/tiles.h"
#include "fmt/format.h"
#include "ledger/authority.h"
#include "ledger/replay.h"
#include "services/announced_keys.h"

namespace touchstone::services {
namespace {

constexpr uint64_t kWidth = crypto::kTileWidth;

/// The entry of this index, in the tree of the checkpoint.
absl::StatusOr<ledger::VerifiedEntry> ReadEntry(crypto::LogSource& source, const crypto::Checkpoint& checkpoint,
                                                uint64_t index) {
  const uint64_t number = index / kWidth;
  const uint64_t width = std::min(kWidth, checkpoint.size - number * kWidth);
  TS_ASSIGN_OR_RETURN(const std::string bundle, source.ReadBundle({.index = number, .width = static_cast<int>(width)}));
  TS_ASSIGN_OR_RETURN(const std::vector<std::string_view> entries, crypto::ParseBundle(bundle));
  if (entries.size() != width)
    return crypto::SourceDamaged(fmt::format("bundle {} has {} entries", number, entries.size()));
  const std::string_view bytes = entries[index - number * kWidth];
  const crypto::SourceTiles tiles(source, checkpoint.size);
  const crypto::TileHashReader reader(tiles);
  TS_ASSIGN_OR_RETURN(const std::vector<crypto::Hash> path, crypto::InclusionPath(index, checkpoint.size, reader));
  const absl::Status included =
      crypto::VerifyInclusion(index, checkpoint.size, crypto::LeafHash(bytes), path, checkpoint.root);
  if (!included.ok())
    return crypto::SourceDamaged(fmt::format("entry {} is not under the root of the checkpoint", index));
  return ledger::VerifyEntry(index, bytes);
}

absl::Status CheckFreeze(const v1::Event& event, const v1::Genesis& genesis, std::string_view successor_origin) {
  if (!event.has_freeze_log()) {
    return MakeError(absl::StatusCode::kFailedPrecondition, "PREDECESSOR_NOT_FROZEN", "predecessor",
                     fmt::format("{} still takes events: its root freezes it first", genesis.origin()));
  }
  if (!ledger::IsRootQuorum(genesis.root_keys(), genesis.threshold(), event.signer_keys())) {
    return crypto::SourceDamaged("the event that froze it is not signed by its root");
  }
  const std::string& named = event.freeze_log().successor_origin();
  if ((named.empty() || named == successor_origin) && genesis.origin() != successor_origin) return absl::OkStatus();
  return MakeError(absl::StatusCode::kFailedPrecondition, "PREDECESSOR_GOES_ELSEWHERE", "predecessor",
                   named.empty()
                       ? "a successor has a name of its own"
                       : fmt::format("{} goes on in {}, not in {}", genesis.origin(), named, successor_origin));
}

}  // namespace

absl::StatusOr<Predecessor> ReadPredecessor(crypto::LogSource& source,
                                            const std::vector<crypto::NoteVerifier>& log_keys,
                                            std::string_view successor_origin) {
  Predecessor predecessor;
  TS_ASSIGN_OR_RETURN(predecessor.note, source.ReadCheckpoint());
  TS_ASSIGN_OR_RETURN(predecessor.checkpoint, OpenAsFarAsKnown(predecessor.note, std::nullopt, 0, log_keys));
  const crypto::Checkpoint& checkpoint = predecessor.checkpoint;
  if (checkpoint.size == 0) return crypto::SourceDamaged("the log has no entries");
  TS_ASSIGN_OR_RETURN(const ledger::VerifiedEntry first, ReadEntry(source, checkpoint, 0));
  TS_ASSIGN_OR_RETURN(const ledger::VerifiedEntry last, ReadEntry(source, checkpoint, checkpoint.size - 1));
  const v1::Genesis& genesis = first.event.event.genesis();
  if (genesis.origin() != checkpoint.origin) return crypto::SourceDamaged("its genesis has another name");
  TS_RETURN_IF_ERROR(CheckFreeze(last.event.event, genesis, successor_origin));
  predecessor.genesis_id = first.event.event_id;
  return predecessor;
}

}  // namespace touchstone::services
