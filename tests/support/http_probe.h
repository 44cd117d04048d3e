// An HTTP client for tests that sends exactly the bytes it is given, right or wrong, over loopback.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cctype>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace touchstone::testing {

struct ProbeResponse {
  int status = 0;                             ///< 0: the connection closed without an answer.
  std::map<std::string, std::string> fields;  ///< Names in lower case.
  std::string body;

  std::string Field(const std::string& name) const {
    const auto found = fields.find(name);
    return found == fields.end() ? "" : found->second;
  }
};

/// One connection.
class HttpProbe {
 public:
  explicit HttpProbe(int port) : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) ADD_FAILURE() << "cannot connect";
  }
  ~HttpProbe() { close(fd_); }
  HttpProbe(const HttpProbe&) = delete;
  HttpProbe& operator=(const HttpProbe&) = delete;

  /// False when the other side takes no more.
  bool Send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
    return true;
  }

  /// The next answer; with `no_body`, one to HEAD.
  ProbeResponse Read(bool no_body = false) {
    ProbeResponse response;
    size_t end;
    while ((end = in_.find("\r\n\r\n")) == std::string::npos) {
      if (!Fill()) return response;
    }
    ReadHead(std::string_view(in_).substr(0, end + 2), response);
    in_.erase(0, end + 4);
    if (response.status == 100) return Read(no_body);
    if (no_body || response.status == 304) return response;
    const size_t length = std::strtoull(response.Field("content-length").c_str(), nullptr, 10);
    while (in_.size() < length) {
      if (!Fill()) break;
    }
    response.body = in_.substr(0, length);
    in_.erase(0, length);
    return response;
  }

  /// Whether the other side closes without another byte, within ten seconds.
  bool Closed() { return in_.empty() && !Fill() && !timed_out_; }

 private:
  static void ReadHead(std::string_view head, ProbeResponse& response) {
    response.status = std::atoi(std::string(head.substr(head.find(' ') + 1, 3)).c_str());
    head.remove_prefix(head.find("\r\n") + 2);
    while (!head.empty()) {
      const std::string_view line = head.substr(0, head.find("\r\n"));
      head.remove_prefix(line.size() + 2);
      std::string name(line.substr(0, line.find(':')));
      for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      EXPECT_TRUE(response.fields.emplace(name, line.substr(line.find(':') + 2)).second) << name << " comes twice";
    }
  }

  bool Fill() {
    pollfd waited = {.fd = fd_, .events = POLLIN, .revents = 0};
    if (poll(&waited, 1, 10'000) != 1) {
      timed_out_ = true;
      return false;
    }
    char buffer[16'384];
    const ssize_t got = recv(fd_, buffer, sizeof buffer, 0);
    if (got <= 0) return false;
    in_.append(buffer, static_cast<size_t>(got));
    return true;
  }

  int fd_;
  std::string in_;
  bool timed_out_ = false;
};

/// Header fields for a request, each with its end.
inline std::string RequestHead(std::string_view method, std::string_view path, std::string_view fields = "") {
  return std::string(method)
      .append(" ")
      .append(path)
      .append(" HTTP/1.1\r\nHost: log\r\n")
      .append(fields)
      .append("\r\n");
}

/// One GET (or HEAD) on a connection of its own.
inline ProbeResponse Get(int port, std::string_view path, std::string_view fields = "",
                         std::string_view method = "GET") {
  HttpProbe probe(port);
  probe.Send(RequestHead(method, path, fields));
  return probe.Read(method == "HEAD");
}

inline ProbeResponse Post(int port, std::string_view path, std::string_view body, std::string_view fields = "") {
  HttpProbe probe(port);
  probe.Send(RequestHead("POST", path, std::string(fields) + "Content-Length: " + std::to_string(body.size()) + "\r\n")
                 .append(body));
  return probe.Read();
}

}  // namespace touchstone::testing
