// Errors that name what was wrong, where, and what would be right.
//
// Every fallible function returns absl::Status or absl::StatusOr. Beside code and message a status carries a
// stable machine-readable reason and, for bad input, the path of the offending field. Thread-compatible.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace touchstone {

/// An error of `code` with the stable `reason` (UPPER_SNAKE_CASE), the path of the `field` at fault (empty when the
/// whole input is), and a `message` that says what would be right.
absl::Status MakeError(absl::StatusCode code, std::string_view reason, std::string_view field,
                       std::string_view message);

/// Bad input: INVALID_ARGUMENT with a reason and a field.
inline absl::Status InvalidInput(std::string_view reason, std::string_view field, std::string_view message) {
  return MakeError(absl::StatusCode::kInvalidArgument, reason, field, message);
}

/// The stable reason of an error; empty when it has none.
std::string ReasonOf(const absl::Status& status);

/// The path of the field at fault; empty when the error has none.
std::string FieldOf(const absl::Status& status);

/// The same error, its field path prefixed: `InField("inputs[2]", e)` turns `lot_id` into `inputs[2].lot_id`.
absl::Status InField(std::string_view prefix, const absl::Status& status);

/// The message as a std::string_view, which absl::string_view of Debian 12 does not convert to.
inline std::string_view MessageOf(const absl::Status& status) {
  return {status.message().data(), status.message().size()};
}

}  // namespace touchstone

#define TS_STATUS_CONCAT_INNER(a, b) a##b
#define TS_STATUS_CONCAT(a, b) TS_STATUS_CONCAT_INNER(a, b)

/// Returns from the enclosing function when `expr` is not OK.
#define TS_RETURN_IF_ERROR(expr)                                                 \
  do {                                                                           \
    if (::absl::Status ts_status_ = (expr); !ts_status_.ok()) return ts_status_; \
  } while (false)

#define TS_ASSIGN_OR_RETURN_IMPL(temp, lhs, expr)  \
  auto temp = (expr);                              \
  if (!temp.ok()) return std::move(temp).status(); \
  lhs = *std::move(temp)

/// Assigns the value of a StatusOr, or returns its error from the enclosing function.
#define TS_ASSIGN_OR_RETURN(lhs, expr) TS_ASSIGN_OR_RETURN_IMPL(TS_STATUS_CONCAT(ts_statusor_, __LINE__), lhs, expr)
