// Which keys sign for a log, by the word of its own entries.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "absl/status/statusor.h"
#include "crypto/checkpoint.h"
#include "crypto/log_keys.h"
#include "storage/reader.h"

namespace touchstone::services {

/// The keys that the entries of `state` announce; nothing before there is a genesis. Errors of the storage.
absl::StatusOr<std::optional<crypto::LogKeys>> AnnouncedKeys(const storage::StateReader& state);

/// The checkpoint in `note`, when it bears the signature that is due as far as is known here: up to `known_size` that
/// of the key which `announced` has for it; beyond, where there may be rotations that are not here yet, that of the
/// newest one announced or of one in `named` that was not replaced. LOG_KEY_NOT_OF_SIZE (UNAUTHENTICATED) when only
/// other keys of the log signed it; otherwise errors as crypto::OpenNote and ParseCheckpoint, and ORIGIN_MISMATCH.
absl::StatusOr<crypto::Checkpoint> OpenAsFarAsKnown(std::string_view note,
                                                    const std::optional<crypto::LogKeys>& announced,
                                                    uint64_t known_size, std::span<const crypto::NoteVerifier> named);

}  // namespace touchstone::services
