// The library's own accept loop, request line and response writer; the connections are ours, because it bounds neither
// the head of a message nor the time that a client takes.
#include "services/gateway/http_server.h"

#include <fcntl.h>
#include <httplib.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "fmt/format.h"
#include "services/gateway/http_head.h"

namespace touchstone::services {
namespace {

/// Of an answer's body, what goes into one packet train with its head.
constexpr size_t kCoalescedBytes = size_t{64} << 10;
/// A socket, without patience beyond its deadlines.
class Connection {
 public:
  explicit Connection(int fd) : fd_(fd) {
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
  }
  ~Connection() { close(fd_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  int64_t NowUs() { return clock_.MonotonicUs(); }
  /// What was read and not yet taken.
  std::string& in() { return in_; }

  /// Reads what there is, waiting for it until `deadline_us`; false when nothing more comes, or not in time.
  bool Read(int64_t deadline_us) {
    char buffer[size_t{16} << 10];
    for (;;) {
      const ssize_t got = recv(fd_, buffer, sizeof buffer, 0);
      if (got > 0) {
        in_.append(buffer, static_cast<size_t>(got));
        return true;
      }
      if (got == 0 || !(errno == EAGAIN || errno == EINTR) || !Wait(POLLIN, deadline_us)) return false;
    }
  }

  bool Send(std::string_view bytes, int64_t deadline_us) {
    while (!bytes.empty()) {
      const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent >= 0) {
        bytes.remove_prefix(static_cast<size_t>(sent));
      } else if (!(errno == EAGAIN || errno == EINTR) || !Wait(POLLOUT, deadline_us)) {
        return false;
      }
    }
    return true;
  }

  /// Says that nothing more comes, and reads on for a moment: closing with unread bytes would reset the connection, and
  /// its client might never see the answer.
  void Linger() {
    ::shutdown(fd_, SHUT_WR);
    const int64_t deadline_us = NowUs() + limits::kHttpLingerMs * 1'000;
    for (size_t read = 0; read < limits::kMaxHttpLingerBytes; read += in_.size()) {
      in_.clear();
      if (!Read(deadline_us)) return;
    }
  }

 private:
  bool Wait(short events, int64_t deadline_us) {
    const int64_t left_ms = (deadline_us - NowUs() + 999) / 1'000;
    if (left_ms <= 0) return false;
    pollfd waited = {.fd = fd_, .events = events, .revents = 0};
    const int ready = poll(&waited, 1, static_cast<int>(left_ms));
    return ready > 0 || (ready < 0 && errno == EINTR);
  }

  const int fd_;
  std::string in_;
  SystemClock clock_;
};

/// One message for the library to read, and the answer that it writes.
class MessageStream final : public httplib::Stream {
 public:
  MessageStream(Connection& connection, std::string head, int64_t answer_ms)
      : connection_(connection), head_(std::move(head)), answer_ms_(answer_ms) {}

  bool is_readable() const override { return read_ < head_.size(); }
  bool is_writable() const override { return true; }
  ssize_t read(char* ptr, size_t size) override {
    const size_t part = std::min(size, head_.size() - read_);
    std::copy_n(head_.data() + read_, part, ptr);
    read_ += part;
    return static_cast<ssize_t>(part);
  }
  ssize_t write(const char* ptr, size_t size) override {
    if (out_.size() + size <= kCoalescedBytes) {
      out_.append(ptr, size);
    } else if (!Flush() || !SendNow({ptr, size})) {
      return -1;
    }
    return static_cast<ssize_t>(size);
  }
  bool Flush() {
    const bool sent = SendNow(out_);
    out_.clear();
    return sent;
  }
  // The library asks for these only to tell its handlers, and ours do not look.
  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}
  // It refuses descriptors beyond what select() knows, which nobody uses here.
  socket_t socket() const override { return 0; }

 private:
  bool SendNow(std::string_view bytes) {
    const int64_t patience_ms = answer_ms_ + static_cast<int64_t>(bytes.size()) / limits::kMinHttpBytesPerMs;
    return connection_.Send(bytes, connection_.NowUs() + patience_ms * 1'000);
  }

  Connection& connection_;
  const std::string head_;
  const int64_t answer_ms_;
  size_t read_ = 0;
  std::string out_;
};

/// A whole answer for those with whom the library is not bothered.
std::string BareAnswer(int status, std::string_view message) {
  const std::string body = fmt::format("{}\n", message);
  return fmt::format(
      "HTTP/1.1 {} {}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {}\r\n{}Cache-Control: "
      "no-store\r\nConnection: close\r\n\r\n{}",
      status, status == 503 ? "Service Unavailable" : "Refused", body.size(),
      status == 503   ? "Retry-After: 1\r\n"
      : status == 405 ? "Allow: GET, HEAD, POST\r\n"
                      : "",
      body);
}

/// The threads of connections: made when needed, kept until the end. Beyond `max` a job runs at once, on the thread
/// that brings it, and finds `refusing` set.
class ConnectionThreads final : public httplib::TaskQueue {
 public:
  explicit ConnectionThreads(size_t max) : max_(max) {}

  static thread_local bool refusing;

  void enqueue(std::function<void()> job) override {
    {
      const std::lock_guard lock(mutex_);
      if (busy_ < max_) {
        ++busy_;
        jobs_.push_back(std::move(job));
        if (threads_.size() < busy_) threads_.emplace_back([this] { Run(); });
        arrived_.notify_one();
        return;
      }
    }
    refusing = true;
    job();
    refusing = false;
  }

  void shutdown() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
      arrived_.notify_all();
    }
    for (std::thread& thread : threads_) thread.join();
  }

 private:
  void Run() {
    std::unique_lock lock(mutex_);
    for (;;) {
      arrived_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
      if (jobs_.empty()) return;
      const std::function<void()> job = std::move(jobs_.front());
      jobs_.pop_front();
      lock.unlock();
      job();
      lock.lock();
      --busy_;
    }
  }

  const size_t max_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<std::function<void()>> jobs_;  // guarded by mutex_
  size_t busy_ = 0;                         // guarded by mutex_: jobs waiting or running
  bool stopping_ = false;                   // guarded by mutex_
  std::vector<std::thread> threads_;        // grown by the accept loop alone
};

thread_local bool ConnectionThreads::refusing = false;

/// The message that this thread's connection is at, for the handler that the library calls.
thread_local HttpRequest* current_request = nullptr;

void CopyOut(HttpResponse response, httplib::Response& out) {
  out.status = response.status;
  for (auto& [name, value] : response.fields) out.headers.emplace(std::move(name), std::move(value));
  out.body = std::move(response.body);
}

}  // namespace

class HttpServer::Impl final : public httplib::Server {
 public:
  explicit Impl(Parts parts) : parts_(std::move(parts)) {
    new_task_queue = [this] { return new ConnectionThreads(parts_.patience.max_connections); };
    // Otherwise two nodes could share a port, and clients would meet either.
    set_socket_options([](socket_t fd) {
      const int on = 1;
      setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    });
    set_keep_alive_timeout(std::max<int64_t>(1, parts_.patience.idle_ms / 1'000));
    set_keep_alive_max_count(parts_.patience.max_requests_per_connection);
    // Everything is answered here, before the library looks for routes, files and bodies.
    set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
      HttpRequest& asked = *current_request;
      asked.path = request.path;
      asked.query.assign(request.params.begin(), request.params.end());
      CopyOut(parts_.handler(asked), response);
      return HandlerResponse::Handled;
    });
    set_exception_handler([](const httplib::Request&, httplib::Response& response, std::exception_ptr) {
      CopyOut({.status = 500, .fields = {{"Content-Type", "text/plain; charset=utf-8"}}, .body = "internal error\n"},
              response);
    });
  }

  absl::Status Listen(const ListenAddress& address) {
    port_ = address.port == 0                          ? bind_to_any_port(address.host)
            : bind_to_port(address.host, address.port) ? address.port
                                                       : -1;
    if (port_ <= 0) {
      return MakeError(absl::StatusCode::kUnavailable, "LISTEN_FAILED", "http_listen",
                       fmt::format("cannot listen on {}:{}: is it in use, or not an address of this machine?",
                                   address.host, address.port));
    }
    ::listen(svr_sock_.load(), limits::kHttpBacklog);  // the library asks for five
    listener_ = std::thread([this] { listen_after_bind(); });
    while (!is_running()) std::this_thread::yield();
    return absl::OkStatus();
  }

  int port() const { return port_; }
  size_t connections() const {
    const std::lock_guard lock(mutex_);
    return open_.size();
  }

  void BeginDrain() {
    {
      const std::lock_guard lock(mutex_);
      draining_ = true;
      for (const auto& [fd, idle] : open_) {
        if (idle) ::shutdown(fd, SHUT_RD);
      }
    }
    stop();
  }

  void Shutdown(int64_t grace_ms) {
    if (!listener_.joinable()) return;
    BeginDrain();
    {
      std::unique_lock lock(mutex_);
      closed_.wait_for(lock, std::chrono::milliseconds(grace_ms), [this] { return open_.empty(); });
      for (const auto& [fd, idle] : open_) ::shutdown(fd, SHUT_RDWR);
    }
    listener_.join();
  }

 private:
  bool process_and_close_socket(socket_t fd) override {
    if (ConnectionThreads::refusing) {
      TurnAway(fd);
      return true;
    }
    {
      const std::lock_guard lock(mutex_);
      open_[fd] = false;
    }
    {
      Connection connection(fd);
      size_t served = 0;
      while (served < parts_.patience.max_requests_per_connection && Serve(connection, fd, ++served)) {
      }
      Forget(fd);
    }
    return true;
  }

  /// While the descriptor is still open, so that none of its number is shut down in its place.
  void Forget(int fd) {
    const std::lock_guard lock(mutex_);
    open_.erase(fd);
    closed_.notify_all();
  }

  /// On the accept loop's thread: whatever does not go at once does not go.
  void TurnAway(int fd) {
    parts_.on_refused(503);
    const std::string answer = BareAnswer(503, "this node has as many connections as it serves; come back in a moment");
    send(fd, answer.data(), answer.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    ::shutdown(fd, SHUT_WR);
    char unread[size_t{4} << 10];
    recv(fd, unread, sizeof unread, MSG_DONTWAIT);
    close(fd);
  }

  bool Refuse(Connection& connection, int status, std::string_view message) {
    parts_.on_refused(status);
    if (connection.Send(BareAnswer(status, message), connection.NowUs() + parts_.patience.answer_ms * 1'000)) {
      connection.Linger();
    }
    return false;
  }

  /// False when the node is draining.
  bool MarkIdle(int fd, bool idle) {
    const std::lock_guard lock(mutex_);
    open_[fd] = idle;
    return !(idle && draining_);
  }

  /// Waits for the first byte of a message: false when none comes.
  bool Await(Connection& connection, int fd) {
    // Empty lines before a request are left over from old clients (RFC 9112 section 2.2).
    const auto skip = [&] { connection.in().erase(0, connection.in().find_first_not_of("\r\n")); };
    skip();
    if (!connection.in().empty()) return true;
    if (!MarkIdle(fd, true)) return false;
    const int64_t deadline_us = connection.NowUs() + parts_.patience.idle_ms * 1'000;
    bool came = false;
    do {
      came = connection.Read(deadline_us);
      skip();
    } while (came && connection.in().empty());
    MarkIdle(fd, false);
    return came;
  }

  /// One message and its answer; whether the connection goes on.
  bool Serve(Connection& connection, int fd, size_t number) {
    if (!Await(connection, fd)) return false;
    const int64_t head_deadline_us = connection.NowUs() + parts_.patience.head_ms * 1'000;
    size_t end = EndOfHead(connection.in());
    for (; end == std::string::npos; end = EndOfHead(connection.in())) {
      if (connection.in().size() > limits::kMaxHttpHeadBytes) break;
      if (connection.Read(head_deadline_us)) continue;
      return connection.NowUs() >= head_deadline_us && Refuse(connection, 408, "the request did not come in time");
    }
    if (end > limits::kMaxHttpHeadBytes) {
      return Refuse(connection, 431, fmt::format("a request head has at most {} bytes", limits::kMaxHttpHeadBytes));
    }
    absl::StatusOr<HttpHead> head = ParseHead(std::string_view(connection.in()).substr(0, end));
    if (!head.ok()) {
      return Refuse(connection, std::stoi(ReasonOf(head.status()).substr(5)), MessageOf(head.status()));
    }
    const size_t message_bytes = end + head->content_length;
    if (connection.in().size() < message_bytes && !ReadBody(connection, *head, message_bytes)) return false;
    HttpRequest request{.method = head->method,
                        .path = {},
                        .query = {},
                        .fields = std::move(head->fields),
                        .body = connection.in().substr(end, head->content_length)};
    connection.in().erase(0, message_bytes);
    const bool last = number == parts_.patience.max_requests_per_connection || !head->keeps_alive || draining();
    return Answer(connection, *head, request, last) && !last;
  }

  bool ReadBody(Connection& connection, const HttpHead& head, size_t message_bytes) {
    const int64_t deadline_us = connection.NowUs() + parts_.patience.body_ms * 1'000;
    if (head.expects_continue && !connection.Send("HTTP/1.1 100 Continue\r\n\r\n", deadline_us)) return false;
    while (connection.in().size() < message_bytes) {
      if (connection.Read(deadline_us)) continue;
      return connection.NowUs() >= deadline_us && Refuse(connection, 408, "the body did not come in time");
    }
    return true;
  }

  /// The library sees the request line and none of the fields: what it would do with them (ranges by regular
  /// expressions, compression that the entity tag does not know of, bodies of every shape) is done by those who answer,
  /// or not at all.
  bool Answer(Connection& connection, const HttpHead& head, HttpRequest& request, bool last) {
    MessageStream stream(connection, fmt::format("{}\r\n\r\n", head.request_line), parts_.patience.answer_ms);
    current_request = &request;
    bool closed = false;
    const bool answered = process_request(stream, last, closed, nullptr);
    current_request = nullptr;
    return stream.Flush() && answered;
  }

  bool draining() const {
    const std::lock_guard lock(mutex_);
    return draining_;
  }

  const Parts parts_;
  int port_ = 0;
  mutable std::mutex mutex_;
  std::condition_variable closed_;
  std::map<int, bool> open_;  // guarded by mutex_: descriptor, and whether nothing is under way on it
  bool draining_ = false;     // guarded by mutex_
  std::thread listener_;
};

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

HttpServer::~HttpServer() { Shutdown(0); }

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(const ListenAddress& address, Parts parts) {
  auto impl = std::make_unique<Impl>(std::move(parts));
  TS_RETURN_IF_ERROR(impl->Listen(address));
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

int HttpServer::port() const { return impl_->port(); }

size_t HttpServer::connections() const { return impl_->connections(); }

void HttpServer::BeginDrain() { impl_->BeginDrain(); }

void HttpServer::Shutdown(int64_t grace_ms) { impl_->Shutdown(grace_ms); }

}  // namespace touchstone::services
