// Where one key of the log handed over to the next: checkpoints that both signed. Who trusts the one can follow to the
// other by them, however late.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/log_keys.h"

namespace touchstone::services {

/// By the index of the rotation, a checkpoint over it that the key before it and the key after it signed.
using HandOvers = std::map<uint64_t, std::string>;

/// Reads those of `keys` that are kept in `dir`, a file for each, named by the index. Errors as ReadFile.
absl::StatusOr<HandOvers> ReadHandOvers(const std::string& dir, const crypto::LogKeys& keys);

/// Keeps `note`, a checkpoint of `size` entries, for every rotation that has none in `kept` yet and whose two keys
/// signed it; on disk before it returns. Errors as WriteFileAtomically.
absl::Status KeepHandOvers(const std::string& dir, const crypto::LogKeys& keys, const std::string& note, uint64_t size,
                           HandOvers& kept);

}  // namespace touchstone::services
