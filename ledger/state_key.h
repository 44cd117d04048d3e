// State keys as hash tables have them: looked up by their parts, so that a look needs no string of its own.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "absl/hash/hash.h"

namespace touchstone::ledger {

/// letter id
struct StateKeyParts {
  char letter;
  std::string_view id;
};

/// Ids are hashes, public keys or indexes, all of which differ at their ends: no more of them need be hashed. Who could
/// make some alike would slow down what looks for these.
struct StateKeyHash {
  using is_transparent = void;
  size_t operator()(const StateKeyParts& key) const {
    uint64_t end = 0;
    const size_t taken = std::min(key.id.size(), sizeof(end));
    if (taken > 0) std::memcpy(&end, key.id.data() + key.id.size() - taken, taken);
    return absl::HashOf(end, key.letter);
  }
  size_t operator()(std::string_view key) const { return (*this)(StateKeyParts{key[0], key.substr(1)}); }
};

struct StateKeyEqual {
  using is_transparent = void;
  bool operator()(std::string_view a, std::string_view b) const { return a == b; }
  bool operator()(std::string_view a, const StateKeyParts& b) const { return a[0] == b.letter && a.substr(1) == b.id; }
};

}  // namespace touchstone::ledger
