#include "services/page_token.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "base/status.h"
#include "fmt/format.h"

namespace touchstone::services {
namespace {

/// Ends the list's name; no list's name holds it.
constexpr char kSeparator = '\0';

absl::Status BadToken() {
  return InvalidInput("BAD_PAGE_TOKEN", "page_token",
                      "a page token is the next_page_token of an earlier answer of the same list");
}

}  // namespace

absl::StatusOr<size_t> CheckedPageSize(int32_t page_size) {
  if (page_size < 0 || page_size > limits::kMaxPageSize) {
    return InvalidInput(
        "BAD_PAGE_SIZE", "page_size",
        fmt::format("a page has 1 to {} items, or 0 for {}", limits::kMaxPageSize, limits::kDefaultPageSize));
  }
  return static_cast<size_t>(page_size == 0 ? limits::kDefaultPageSize : page_size);
}

std::string EncodePageToken(std::string_view list, std::string_view last_key) {
  std::string token(list);
  token.push_back(kSeparator);
  return Base64Encode(token.append(last_key));
}

absl::StatusOr<std::string> DecodePageToken(std::string_view list, std::string_view token) {
  if (token.empty()) return std::string();
  if (token.size() > limits::kMaxPageTokenBytes) return BadToken();
  const absl::StatusOr<std::string> decoded = Base64Decode(token);
  if (!decoded.ok() || decoded->size() <= list.size() + 1 || !decoded->starts_with(list) ||
      (*decoded)[list.size()] != kSeparator) {
    return BadToken();
  }
  return decoded->substr(list.size() + 1);
}

}  // namespace touchstone::services
