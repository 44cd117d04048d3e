// The keys of one log over time: which of them signs for a tree of which size.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "crypto/note_key.h"

namespace touchstone::crypto {

/// A key that signed for a log until another took its place.
struct FormerLogKey {
  NoteVerifier key;
  /// It signed for trees of at most so many entries: the next one is the announcement of its successor.
  uint64_t until_size = 0;

  bool operator==(const FormerLogKey&) const = default;
};

/// All have one name, which is the log's. A log that never changed its key is that key.
struct LogKeys {
  // Not explicit: most logs have one key.
  LogKeys(NoteVerifier only, std::vector<FormerLogKey> before = {})  // NOLINT(google-explicit-constructor)
      : current(std::move(only)), former(std::move(before)) {}

  NoteVerifier current;
  std::vector<FormerLogKey> former;  ///< The oldest first, by ascending until_size.

  /// The key that signs for a tree of `size` entries.
  const NoteVerifier& For(uint64_t size) const;
  /// Every key, the oldest first.
  std::vector<NoteVerifier> All() const;

  bool operator==(const LogKeys&) const = default;
};

}  // namespace touchstone::crypto
