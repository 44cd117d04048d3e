// Signatures over batches that were found good: however many events one covers, it is checked once.
#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_set.h"
#include "crypto/keys.h"

namespace touchstone::ledger {

/// Remembers the last signatures that held, at most twice limits::kMaxKnownBatches. What does not hold is not
/// remembered, so that nobody pushes out what does without the work of signing. Thread-safe.
class KnownBatches {
 public:
  /// Whether `signature` over `message`, the bytes of a batch (see crypto::BatchMessage), is the key's. Checks it when
  /// it is not among those known.
  bool Verify(const crypto::PublicKey& key, std::string_view message, const crypto::Signature& signature);

 private:
  /// Key, signature and message: the whole of it, so that nothing passes for what it is not.
  using Names = absl::flat_hash_set<std::string>;

  bool IsKnown(const std::string& name);
  void Remember(std::string name);

  std::mutex mutex_;
  // The newer ones, and those before them: when the first set is full it takes the place of the second.
  Names newer_;  // guarded by mutex_
  Names older_;  // guarded by mutex_
};

}  // namespace touchstone::ledger
