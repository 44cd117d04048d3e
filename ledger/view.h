// What the rules may see of the world: the state, by key.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/mutation.h"

namespace touchstone::ledger {

/// Read access to the state as of one log size. Keys and record bytes are those of ledger/state.h.
///
/// A view that reads from a disk may fail; it then answers nullopt and remembers the failure, and its owner must ask it
/// before it believes any decision taken on it. The rules themselves know no I/O errors.
class View {
 public:
  virtual ~View() = default;
  /// The record under `key`, or nullopt.
  virtual std::optional<std::string> Get(std::string_view key) const = 0;
};

/// A state held in memory: replays, bundles and tests.
class MemoryState final : public View {
 public:
  std::optional<std::string> Get(std::string_view key) const override {
    const auto it = records_.find(key);
    if (it == records_.end()) return std::nullopt;
    return it->second;
  }
  void Apply(const Mutations& mutations) {
    for (const Mutation& m : mutations) {
      if (m.value.has_value()) {
        records_.insert_or_assign(m.key, *m.value);
      } else {
        records_.erase(m.key);
      }
    }
  }
  const std::map<std::string, std::string, std::less<>>& records() const { return records_; }

 private:
  std::map<std::string, std::string, std::less<>> records_;
};

}  // namespace touchstone::ledger
