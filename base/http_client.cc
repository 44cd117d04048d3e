#include "base/http_client.h"

#include <httplib.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "base/clock.h"
#include "base/status.h"
#include "fmt/format.h"

namespace touchstone {
namespace {

/// How often a connection is shut that does not let go of its call: it may not have stood yet at the first time.
constexpr std::chrono::milliseconds kShutAgain(100);

absl::Status Unreachable(std::string message) {
  return MakeError(absl::StatusCode::kUnavailable, "SOURCE_UNREACHABLE", "", std::move(message));
}

/// The library's own names are single words.
std::string WhatFailed(httplib::Error error) {
  if (error == httplib::Error::Connection) return "nobody answers there";
  if (error == httplib::Error::Read) return "the connection ended, or nothing came for too long";
  return httplib::to_string(error);
}

/// Shuts the connection of a call that takes longer than it may: the library's own patience is for one read at a time,
/// and who sends a byte of a header now and then is never late by it.
class Guard {
 public:
  explicit Guard(httplib::Client& client) : client_(client), thread_([this] { Watch(); }) {}
  ~Guard() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

  /// False when calls are cancelled.
  bool Begin(int64_t granted_ms) {
    const std::lock_guard lock(mutex_);
    if (cancelled_) return false;
    ++call_;
    granted_ = std::chrono::milliseconds(granted_ms);
    under_way_ = true;
    overdue_ = false;
    changed_.notify_all();
    return true;
  }
  /// Whether the call was in time.
  bool End() {
    const std::lock_guard lock(mutex_);
    under_way_ = false;
    changed_.notify_all();
    return !overdue_;
  }
  void Cancel() {
    const std::lock_guard lock(mutex_);
    cancelled_ = true;
    changed_.notify_all();
  }

 private:
  void Watch() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
      changed_.wait(lock, [this] { return stopping_ || under_way_; });
      const uint64_t call = call_;
      const auto is_over = [this, call] { return stopping_ || !under_way_ || call_ != call; };
      changed_.wait_for(lock, granted_, [&] { return cancelled_ || is_over(); });
      while (!is_over()) {
        overdue_ = true;
        lock.unlock();
        client_.stop();
        lock.lock();
        changed_.wait_for(lock, kShutAgain, is_over);
      }
    }
  }

  httplib::Client& client_;
  std::mutex mutex_;
  std::condition_variable changed_;
  uint64_t call_ = 0;                       // guarded by mutex_, as is all below
  std::chrono::milliseconds granted_ = {};  // to that call
  bool under_way_ = false;
  bool overdue_ = false;
  bool cancelled_ = false;
  bool stopping_ = false;
  std::thread thread_;  // started last
};

}  // namespace

class HttpClient::Impl {
 public:
  Impl(const std::string& server, std::string prefix, int64_t patience_ms)
      : client_(server), prefix_(std::move(prefix)), patience_ms_(patience_ms), guard_(client_) {
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
    const int64_t most_ms = patience_ms_ + static_cast<int64_t>(max_bytes) / limits::kMinHttpBytesPerMs;
    if (!guard_.Begin(most_ms)) return Unreachable(fmt::format("{} is not fetched any more", path));
    const httplib::Result result = client_.send(request);
    const bool let_go = guard_.End();
    if (!fits) {
      return MakeError(absl::StatusCode::kUnavailable, "SOURCE_ANSWER", "",
                       fmt::format("{} has more than {} bytes", path, max_bytes));
    }
    if (!in_time || !let_go) {
      return Unreachable(fmt::format("{} comes too slowly: {} bytes of its body so far", path, reply.body.size()));
    }
    if (!result) {
      return Unreachable(fmt::format("cannot fetch {}: {}", path, WhatFailed(result.error())));
    }
    reply.status = result->status;
    return reply;
  }

  void Cancel() { guard_.Cancel(); }

 private:
  httplib::Client client_;
  const std::string prefix_;
  const int64_t patience_ms_;
  SystemClock clock_;
  Guard guard_;  // lets go of the client first
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

void HttpClient::Cancel() { impl_->Cancel(); }

}  // namespace touchstone
