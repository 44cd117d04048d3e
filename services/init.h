// Founding a ledger: the one time that a directory, a log key and a genesis come into being together.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "absl/status/statusor.h"
#include "base/clock.h"
#include "base/random.h"
#include "crypto/keys.h"
#include "services/ledger_dir.h"
#include "services/predecessor.h"
#include "storage/store.h"

namespace touchstone::services {

struct InitOptions {
  std::string data_dir;
  /// The ledger's name for ever, as Genesis.origin.
  std::string origin;
  /// For people; may be empty.
  std::string description;
  /// The root, all of whom sign genesis.
  std::span<const crypto::SecretKey* const> root_keys;
  /// How many of them must sign what root signs later.
  uint32_t threshold = 1;
  /// The ledger that this one continues, if it continues one.
  std::optional<Predecessor> predecessor = {};
  storage::StoreOptions store;
};

/// Makes data_dir (which must not exist, or be empty) with a fresh log key, commits genesis the way of every event, and
/// writes the trust file. What fails or crashes in between leaves a directory that no node serves; remove it and begin
/// again. Errors: those of the store's creation, of key names for an origin that cannot name a key, and of genesis as
/// an event.
absl::StatusOr<TrustAnchor> InitLedger(const InitOptions& options, Clock& clock, Random& random);

}  // namespace touchstone::services
