// One change to a sorted map of bytes: what a decision hands to whoever keeps the state.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace touchstone {

/// Sets `key` to `value`, or removes it when `value` is empty (nullopt).
struct Mutation {
  std::string key;
  std::optional<std::string> value;
  bool operator==(const Mutation&) const = default;
};

using Mutations = std::vector<Mutation>;

}  // namespace touchstone
