// Pages of lists: how many a client asked for, and where it left off.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace touchstone::services {

/// The number of items on a page: limits::kDefaultPageSize for 0. BAD_PAGE_SIZE with the field `page_size` when
/// negative or beyond limits::kMaxPageSize.
absl::StatusOr<size_t> CheckedPageSize(int32_t page_size);

/// An opaque token that names the last key of a page of `list`. What else selects the items (a custodian, a subject)
/// belongs into the list's name, so that a token does not wander from one selection to another.
std::string EncodePageToken(std::string_view list, std::string_view last_key);

/// The last key of the page before; empty for an empty token, which asks for the first page. BAD_PAGE_TOKEN with the
/// field `page_token` for anything that EncodePageToken did not make for this list.
absl::StatusOr<std::string> DecodePageToken(std::string_view list, std::string_view token);

}  // namespace touchstone::services
