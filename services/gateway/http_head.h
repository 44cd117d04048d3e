// The head of an HTTP/1 message, judged before anything else reads it.
//
// What this is strict about is what lets two readers of one connection disagree on where a message ends, and what costs
// a server more than its client: bare line feeds, folded lines, spaces before colons, bodies of methods that have none,
// lengths twice or in chunks.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/gateway/http_message.h"

namespace touchstone::services {

struct HttpHead {
  std::string request_line;  ///< Without its end.
  std::string method;        ///< GET, HEAD or POST.
  HttpFields fields;         ///< Names in lower case, values without surrounding white space.
  size_t content_length = 0;
  bool expects_continue = false;
  bool keeps_alive = true;
};

/// Where the head at the start of `bytes` ends, past its empty line; npos while that has not come.
size_t EndOfHead(std::string_view bytes);

/// The head that `bytes` are, from request line to empty line. Errors carry the HTTP status as their reason:
/// HTTP_400, HTTP_405 (a method other than those three), HTTP_411 (POST without Content-Length), HTTP_413 (a body
/// beyond limits::kMaxHttpBodyBytes), HTTP_414, HTTP_417, HTTP_431 (one field beyond 8 KiB), HTTP_505.
absl::StatusOr<HttpHead> ParseHead(std::string_view bytes);

}  // namespace touchstone::services
