// Requests and answers of the gateway, as its pages see them: no library, no socket.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace touchstone::services {

/// Header fields in the order in which they came or go.
using HttpFields = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  std::string method;  ///< GET, HEAD or POST.
  std::string path;    ///< Percent-decoded, with its first slash.
  HttpFields query;    ///< Decoded names and values, as often as each came.
  HttpFields fields;   ///< Header fields, names in lower case.
  std::string body;

  /// The value of a header field, named in lower case; several of one name joined by ", ", none as "".
  std::string Field(std::string_view name) const {
    std::string value;
    for (const auto& [key, text] : fields) {
      if (key == name) value.append(value.empty() ? "" : ", ").append(text);
    }
    return value;
  }
};

struct HttpResponse {
  int status = 200;
  HttpFields fields = {};
  /// For HEAD what GET would have: the server leaves it out.
  std::string body = {};
};

/// Answers one request. Called from many threads at once.
using HttpHandler = std::function<HttpResponse(const HttpRequest&)>;

}  // namespace touchstone::services
