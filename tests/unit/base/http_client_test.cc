#include "base/http_client.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <future>
#include <string>
#include <string_view>
#include <thread>

#include "base/status.h"

namespace touchstone {
namespace {

/// Answers one connection on a free port, a byte of the body each time, or of the head too, with a pause of up to
/// `pause_ms` between two unless the client goes.
class ByteByByte {
 public:
  enum class Drips { kBody, kAll };
  ByteByByte(std::string answer, int pause_ms, Drips drips = Drips::kBody)
      : listener_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    if (bind(listener_, any, length) != 0 || listen(listener_, 1) != 0 || getsockname(listener_, any, &length) != 0) {
      ADD_FAILURE() << "cannot listen";
    }
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this, answer = std::move(answer), pause_ms, drips] { Serve(answer, pause_ms, drips); });
  }
  ~ByteByByte() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    close(listener_);
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

 private:
  void Serve(std::string_view answer, int pause_ms, Drips drips) const {
    const int connection = accept(listener_, nullptr, nullptr);
    if (connection < 0) return;
    std::string asked;
    char byte;
    while (!asked.ends_with("\r\n\r\n") && recv(connection, &byte, 1, 0) == 1) asked.push_back(byte);
    const size_t head = drips == Drips::kAll ? 0 : answer.find("\r\n\r\n") + 4;
    bool there = send(connection, answer.data(), head, MSG_NOSIGNAL) == static_cast<ssize_t>(head);
    for (const char next : answer.substr(head)) {
      if (!there) break;
      pollfd waiting = {.fd = connection, .events = POLLIN, .revents = 0};
      there = poll(&waiting, 1, pause_ms) == 0 && send(connection, &next, 1, MSG_NOSIGNAL) == 1;
    }
    close(connection);
  }

  const int listener_;
  int port_ = 0;
  std::thread thread_;
};

std::string Answer(size_t bytes) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(bytes) + "\r\n\r\n" + std::string(bytes, 'x');
}

TEST(HttpClient, GetsWhatComesInPieces) {
  const ByteByByte server(Answer(5), 1);
  const auto client = HttpClient::Create(server.url());
  ASSERT_TRUE(client.ok()) << client.status();
  const auto body = (*client)->Get("/", 100);
  ASSERT_TRUE(body.ok()) << body.status();
  EXPECT_EQ(*body, "xxxxx");
}

TEST(HttpClient, IsNotHeldByAServerThatSendsAByteNowAndThen) {
  // To its end the answer would take a hundred times as long as the client's patience.
  const ByteByByte server(Answer(2'000), 20);
  const auto client = HttpClient::Create(server.url(), 400);
  ASSERT_TRUE(client.ok()) << client.status();
  const auto body = (*client)->Get("/", 10'000);
  EXPECT_EQ(ReasonOf(body.status()), "SOURCE_UNREACHABLE") << body.status();
}

TEST(HttpClient, IsNotHeldByAServerThatDripsItsHead) {
  const ByteByByte server(Answer(5), 100, ByteByByte::Drips::kAll);
  const auto client = HttpClient::Create(server.url(), 300);
  ASSERT_TRUE(client.ok()) << client.status();
  EXPECT_EQ(ReasonOf((*client)->Get("/", 100).status()), "SOURCE_UNREACHABLE");
}

TEST(HttpClient, LetsGoWhenItIsCancelled) {
  const ByteByByte server(Answer(5), 60'000);
  const auto client = HttpClient::Create(server.url(), 60'000);
  ASSERT_TRUE(client.ok()) << client.status();
  std::future<absl::Status> got =
      std::async(std::launch::async, [&client] { return (*client)->Get("/", 100).status(); });
  EXPECT_EQ(got.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
  (*client)->Cancel();
  EXPECT_EQ(ReasonOf(got.get()), "SOURCE_UNREACHABLE");
  EXPECT_EQ(ReasonOf((*client)->Get("/", 100).status()), "SOURCE_UNREACHABLE") << "and fetches nothing more";
}

TEST(HttpClient, RefusesMoreThanWasAskedFor) {
  const ByteByByte server(Answer(5), 1);
  const auto client = HttpClient::Create(server.url());
  ASSERT_TRUE(client.ok()) << client.status();
  EXPECT_EQ(ReasonOf((*client)->Get("/", 4).status()), "SOURCE_ANSWER");
}

TEST(HttpClient, TakesNoOtherAddress) {
  for (const char* url : {"", "http://", "https://a.example", "ftp://a.example", "http://user@a.example",
                          "http://a.example?x", "a.example:80"}) {
    EXPECT_EQ(ReasonOf(HttpClient::Create(url).status()), "BAD_URL") << url;
  }
}

}  // namespace
}  // namespace touchstone
