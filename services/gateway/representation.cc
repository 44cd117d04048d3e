#include "services/gateway/representation.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "base/encoding.h"
#include "crypto/hash.h"
#include "fmt/format.h"

namespace touchstone::services {
namespace {

/// If-None-Match compares weakly (RFC 9110 section 13.1.2): a cache may have weakened the tag.
bool NamesTag(std::string_view list, std::string_view etag) {
  for (const absl::string_view part : absl::StrSplit(ToAbsl(list), ',')) {
    absl::string_view tag = absl::StripAsciiWhitespace(part);
    if (tag == "*") return true;
    if (absl::StartsWith(tag, "W/")) tag.remove_prefix(2);
    if (tag == ToAbsl(etag)) return true;
  }
  return false;
}

/// A decimal number, the greatest there is when it is larger; nullopt for anything else.
std::optional<uint64_t> ParsePosition(std::string_view text) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || end != text.data() + text.size() || error == std::errc::invalid_argument) return std::nullopt;
  return error == std::errc() ? value : UINT64_MAX;
}

HttpFields FieldsOf(const Representation& it) {
  HttpFields fields = {{"ETag", it.etag}, {"Cache-Control", it.cache_control}};
  if (it.varies) fields.emplace_back("Vary", "Accept-Encoding");
  return fields;
}

}  // namespace

std::string EntityTagOf(std::string_view body) {
  return fmt::format("\"{}\"", HexEncode(crypto::Sha256(body).view().substr(0, 16)));
}

bool AcceptsJson(std::string_view accept) {
  const std::vector<absl::string_view> types = absl::StrSplit(ToAbsl(accept), ',');
  return std::any_of(types.begin(), types.end(), [](absl::string_view type) {
    return absl::EqualsIgnoreCase(absl::StripAsciiWhitespace(type.substr(0, type.find(';'))), "application/json");
  });
}

bool AcceptsGzip(std::string_view accept_encoding) {
  std::optional<bool> gzip;
  bool any = false;
  for (const absl::string_view part : absl::StrSplit(ToAbsl(accept_encoding), ',')) {
    const std::pair<absl::string_view, absl::string_view> coding = absl::StrSplit(part, absl::MaxSplits(';', 1));
    const absl::string_view name = absl::StripAsciiWhitespace(coding.first);
    const absl::string_view weight = absl::StripAsciiWhitespace(coding.second);
    // q=0, q=0.0 and so on: without any digit but zeros.
    const bool admitted =
        weight.empty() || !absl::StartsWithIgnoreCase(weight, "q=") || weight.find_first_of("123456789") != weight.npos;
    if (absl::EqualsIgnoreCase(name, "gzip")) gzip = admitted;
    if (name == "*") any = admitted;
  }
  return gzip.value_or(any);
}

std::optional<ByteRange> ParseByteRange(std::string_view range, size_t size) {
  if (!absl::StartsWithIgnoreCase(ToAbsl(range), "bytes=")) return std::nullopt;
  range.remove_prefix(6);
  const size_t dash = range.find('-');
  if (dash == std::string_view::npos || range.find(',') != std::string_view::npos) return std::nullopt;
  const std::string_view before = range.substr(0, dash);
  const std::optional<uint64_t> last = ParsePosition(range.substr(dash + 1));
  if (before.empty()) {
    if (!last.has_value()) return std::nullopt;
    const size_t length = static_cast<size_t>(std::min<uint64_t>(*last, size));
    return ByteRange{.first = size - length, .length = length};
  }
  const std::optional<uint64_t> first = ParsePosition(before);
  if (!first.has_value() || (!last.has_value() && dash + 1 != range.size())) return std::nullopt;
  if (last.has_value() && *last < *first) return std::nullopt;
  if (*first >= size) return ByteRange{};
  const uint64_t end = last.has_value() && *last < size ? *last + 1 : size;
  return ByteRange{.first = static_cast<size_t>(*first), .length = static_cast<size_t>(end - *first)};
}

HttpResponse Represent(const HttpRequest& request, const Representation& it) {
  HttpResponse response{.fields = FieldsOf(it)};
  if (NamesTag(request.Field("if-none-match"), it.etag)) {
    response.status = 304;
    // Of what is not sent (RFC 9110 section 8.6): otherwise the server would write that it is empty.
    response.fields.emplace_back("Content-Length", std::to_string(it.body.size()));
    return response;
  }
  response.fields.emplace_back("Content-Type", it.content_type);
  response.fields.emplace_back("Accept-Ranges", "bytes");
  const std::string if_range = request.Field("if-range");
  std::optional<ByteRange> range;
  if (request.method == "GET" && (if_range.empty() || if_range == it.etag)) {
    range = ParseByteRange(request.Field("range"), it.body.size());
  }
  if (range.has_value() && range->length == 0) {
    response.status = 416;
    response.fields.emplace_back("Content-Range", fmt::format("bytes */{}", it.body.size()));
    return response;
  }
  if (!it.content_encoding.empty()) response.fields.emplace_back("Content-Encoding", it.content_encoding);
  if (!range.has_value()) {
    response.body = it.body;
    return response;
  }
  response.status = 206;
  response.fields.emplace_back(
      "Content-Range", fmt::format("bytes {}-{}/{}", range->first, range->first + range->length - 1, it.body.size()));
  response.body = it.body.substr(range->first, range->length);
  return response;
}

}  // namespace touchstone::services
