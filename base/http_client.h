// Fetching over HTTP, for the processes and the command alike. Beside the server the one place that sees cpp-httplib.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "base/limits.h"

namespace touchstone {

/// What a server answered, whatever its status.
struct HttpReply {
  int status = 0;
  std::string body;
};

/// One server, over a connection that is kept. Thread-compatible, but for Cancel.
class HttpClient {
 public:
  /// `url` is http://host:port and perhaps a path, under which all paths lie. BAD_URL (INVALID_ARGUMENT) for others.
  /// `patience_ms` is how long the server may say nothing, and how long a body may take beyond the time that its bytes
  /// need at limits::kMinHttpBytesPerMs. A call ends after both together, whatever the server does, or drips.
  static absl::StatusOr<std::unique_ptr<HttpClient>> Create(const std::string& url,
                                                            int64_t patience_ms = limits::kHttpBodyMs);
  ~HttpClient();

  /// The body of an answer with the status 200, at most `max_bytes`. SOURCE_UNREACHABLE or SOURCE_ANSWER (UNAVAILABLE)
  /// otherwise.
  absl::StatusOr<std::string> Get(const std::string& path, size_t max_bytes);
  /// The answer to a GET or POST, whatever its status, at most `max_bytes` of its body. SOURCE_UNREACHABLE
  /// (UNAVAILABLE) without an answer, or without the end of one in time; SOURCE_ANSWER (UNAVAILABLE) for a longer one.
  absl::StatusOr<HttpReply> Send(const std::string& method, const std::string& path, const std::string& body,
                                 size_t max_bytes);

  /// Ends the call that is under way, and every later one at once, with SOURCE_UNREACHABLE. From any thread.
  void Cancel();

 private:
  class Impl;
  explicit HttpClient(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace touchstone
