// Reading the state, wherever it is kept.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace touchstone::storage {

/// Receives one record of a scan; returns whether to go on. The views are valid during the call only.
using Visitor = std::function<bool(std::string_view key, std::string_view value)>;

/// A sorted map of bytes, as it stood at one moment. Implementations are thread-safe. Every error is the storage's
/// own: LEDGER_DAMAGED (DATA_LOSS) or STORE_IO (UNAVAILABLE); absence is a value.
class StateReader {
 public:
  virtual ~StateReader() = default;

  virtual absl::StatusOr<std::optional<std::string>> GetState(std::string_view key) const = 0;

  /// The values of `keys`, in their order; cheaper than as many calls of GetState.
  virtual absl::StatusOr<std::vector<std::optional<std::string>>> MultiGetState(
      std::span<const std::string> keys) const = 0;

  /// Visits the records whose keys begin with `prefix` and are greater than `start_after_key` (empty: from the first),
  /// in ascending order of their bytes, until the visitor returns false.
  virtual absl::Status ScanState(std::string_view prefix, std::string_view start_after_key,
                                 const Visitor& visit) const = 0;
};

}  // namespace touchstone::storage
