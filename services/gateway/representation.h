// One resource in the form in which it is sent, and what a conditional or partial request makes of it (RFC 9110).
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "services/gateway/http_message.h"

namespace touchstone::services {

/// Bytes as they go over the wire. Immutable once made; shared by the requests that are answered with it.
struct Representation {
  std::string body;
  std::string etag;  ///< Strong: quoted, another one for other bytes.
  std::string content_type;
  std::string content_encoding;  ///< Empty: as it is.
  std::string cache_control;
  /// Whether another Accept-Encoding would get another representation of the same resource.
  bool varies = false;
};

/// A strong entity tag: half of SHA-256 of `body` in hex, quoted.
std::string EntityTagOf(std::string_view body);

/// The answer to a GET or HEAD for `it`: 304 when If-None-Match names its tag; for a GET of one byte range 206, or 416
/// when the range lies beyond it; else all of it. A Range that is not understood, asks for several ranges, or stands
/// under an If-Range of another tag is ignored, as RFC 9110 section 14.2 allows.
HttpResponse Represent(const HttpRequest& request, const Representation& it);

/// Whether an Accept names application/json: who asks for nothing in particular gets text.
bool AcceptsJson(std::string_view accept);

/// Whether an Accept-Encoding admits gzip: named, or by `*`, with a weight above 0.
bool AcceptsGzip(std::string_view accept_encoding);

/// The bytes of a range and where they lie.
struct ByteRange {
  size_t first = 0;
  size_t length = 0;  ///< 0: beyond the representation.
};
/// What `range`, the value of a Range field, asks of `size` bytes; nullopt when it is to be ignored.
std::optional<ByteRange> ParseByteRange(std::string_view range, size_t size);

}  // namespace touchstone::services
