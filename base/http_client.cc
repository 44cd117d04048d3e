#include "base/http_client.h"

#include <httplib.h>

#include <utility>

#include "base/clock.h"
#include "base/status.h"
#include "fmt/format.h"

namespace touchstone {

class HttpClient::Impl {
 public:
  Impl(const std::string& server, std::string prefix, int64_t patience_ms)
      : client_(server), prefix_(std::move(prefix)), patience_ms_(patience_ms) {
    client_.set_keep_alive(true);
    client_.set_tcp_nodelay(true);
    client_.set_connection_timeout(limits::kHttpHeadMs / 1'000);
    client_.set_read_timeout(patience_ms_ / 1'000, patience_ms_ % 1'000 * 1'000);
  }

  absl::StatusOr<HttpReply> Send(const std::string& method, const std::string& path, const std::string& body,
                                 size_t max_bytes) {
    HttpReply reply;
    bool fits = true;
    bool in_time = true;
    const int64_t began_us = clock_.MonotonicUs();
    httplib::Request request;
    request.method = method;
    request.path = prefix_ + path;
    request.body = body;
    request.content_receiver = [&](const char* data, size_t size, uint64_t, uint64_t) {
      fits = reply.body.size() + size <= max_bytes;
      if (fits) reply.body.append(data, size);
      // Who sends a byte now and then to hold its client gets no more time than who sends at the least rate.
      const int64_t granted_ms = patience_ms_ + static_cast<int64_t>(reply.body.size()) / limits::kMinHttpBytesPerMs;
      in_time = clock_.MonotonicUs() - began_us <= granted_ms * 1'000;
      return fits && in_time;
    };
    const httplib::Result result = client_.send(request);
    if (!fits) {
      return MakeError(absl::StatusCode::kUnavailable, "SOURCE_ANSWER", "",
                       fmt::format("{} has more than {} bytes", path, max_bytes));
    }
    if (!in_time) {
      return MakeError(absl::StatusCode::kUnavailable, "SOURCE_UNREACHABLE", "",
                       fmt::format("{} comes too slowly: {} bytes so far", path, reply.body.size()));
    }
    if (!result) {
      return MakeError(absl::StatusCode::kUnavailable, "SOURCE_UNREACHABLE", "",
                       fmt::format("cannot reach {}: {}", path, httplib::to_string(result.error())));
    }
    reply.status = result->status;
    return reply;
  }

 private:
  httplib::Client client_;
  const std::string prefix_;
  const int64_t patience_ms_;
  SystemClock clock_;
};

HttpClient::HttpClient(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

HttpClient::~HttpClient() = default;

absl::StatusOr<std::unique_ptr<HttpClient>> HttpClient::Create(const std::string& url, int64_t patience_ms) {
  constexpr std::string_view kScheme = "http://";
  const size_t slash = url.find('/', kScheme.size());
  const std::string server = url.substr(0, slash);
  if (!url.starts_with(kScheme) || server.size() == kScheme.size() || server.find_first_of("@ ?#") != url.npos) {
    return InvalidInput("BAD_URL", "", "must be http://host:port, and perhaps a path, as http://127.0.0.1:7471");
  }
  std::string prefix = slash == std::string::npos ? "" : url.substr(slash);
  while (prefix.ends_with('/')) prefix.pop_back();
  return std::unique_ptr<HttpClient>(new HttpClient(std::make_unique<Impl>(server, std::move(prefix), patience_ms)));
}

absl::StatusOr<std::string> HttpClient::Get(const std::string& path, size_t max_bytes) {
  TS_ASSIGN_OR_RETURN(HttpReply reply, impl_->Send("GET", path, "", max_bytes));
  if (reply.status == 200) return std::move(reply.body);
  return MakeError(absl::StatusCode::kUnavailable, "SOURCE_ANSWER", "",
                   fmt::format("fetching {} was answered with {}: {}", path, reply.status, reply.body.substr(0, 200)));
}

absl::StatusOr<HttpReply> HttpClient::Send(const std::string& method, const std::string& path, const std::string& body,
                                           size_t max_bytes) {
  return impl_->Send(method, path, body, max_bytes);
}

}  // namespace touchstone
