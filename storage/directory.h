// A directory of ours: claimed by one writer or several readers, and measured.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/files.h"

namespace touchstone::storage {

/// Where the database lives in a ledger directory.
std::string DatabasePath(const std::string& dir);

/// Who else may hold the directory at the same time: nobody, or other readers.
enum class Claim { kExclusive, kShared };

/// Claims `dir` for as long as the descriptor lives; LEDGER_IN_USE when somebody else's claim forbids it. Claims are
/// locks of the open file `lock` in it, so the death of a process ends its claim, whatever way it died.
absl::StatusOr<UniqueFd> ClaimDirectory(const std::string& dir, Claim claim);

/// Makes `dir`, or accepts it when it exists and is empty; otherwise DIRECTORY_NOT_EMPTY.
absl::Status MakeEmptyDirectory(const std::string& dir);

/// NO_SPACE (RESOURCE_EXHAUSTED) unless `reserve_bytes` and `needed_bytes` are free on the volume of `dir`. Costs about
/// a microsecond.
absl::Status CheckFreeSpace(const std::string& dir, uint64_t reserve_bytes, uint64_t needed_bytes);

}  // namespace touchstone::storage
