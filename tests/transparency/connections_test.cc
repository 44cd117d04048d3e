#include <memory>
#include <string>
#include <vector>

#include "base/limits.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/transparency/served_log.h"

namespace touchstone::services {
namespace {

using ::testing::HasSubstr;
using testing::HttpProbe;
using testing::ProbeResponse;
using testing::RequestHead;

std::unique_ptr<ServedLog> Serve(HttpPatience patience = {}) {
  auto log = std::make_unique<ServedLog>(patience);
  log->GrowTo(3);
  return log;
}

struct BadMessage {
  const char* what;
  std::string message;
  int status;
};

TEST(Connections, MessagesThatCouldBeReadInTwoWaysAreRefusedAndTheConnectionEnds) {
  const auto log = Serve();
  const std::string get = "GET /checkpoint HTTP/1.1\r\n";
  const std::string post = "POST /add HTTP/1.1\r\nHost: log\r\n";
  const BadMessage cases[] = {
      {"no path", "GET\r\n\r\n", 400},
      {"not HTTP", "hello there general\r\n\r\n", 400},
      {"an absolute address", "GET http://log/checkpoint HTTP/1.1\r\nHost: log\r\n\r\n", 400},
      {"four words", "GET /check point HTTP/1.1\r\nHost: log\r\n\r\n", 400},
      {"another version", "GET /checkpoint HTTP/2.0\r\nHost: log\r\n\r\n", 505},
      {"another method", "DELETE /checkpoint HTTP/1.1\r\nHost: log\r\n\r\n", 405},
      {"no host", get + "\r\n", 400},
      {"two hosts", get + "Host: a\r\nHost: b\r\n\r\n", 400},
      {"a bare line feed", get + "Host: log\nX: y\r\n\r\n", 400},
      {"a folded line", get + "Host: log\r\n folded\r\n\r\n", 400},
      {"a space before the colon", get + "Host : log\r\n\r\n", 400},
      {"no colon", get + "Host: log\r\nnonsense\r\n\r\n", 400},
      {"a NUL", get + "Host: log\r\nX: " + std::string(1, '\0') + "\r\n\r\n", 400},
      {"a body of GET", get + "Host: log\r\nContent-Length: 5\r\n\r\nhello", 400},
      {"chunks", post + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411},
      {"chunks and a length", post + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc", 411},
      {"no length", post + "\r\n", 411},
      {"two lengths", post + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc", 400},
      {"a length in hex", post + "Content-Length: 0x3\r\n\r\nabc", 400},
      {"a negative length", post + "Content-Length: -3\r\n\r\nabc", 400},
      {"a body too large", post + "Content-Length: 1048577\r\n\r\n", 413},
      {"a body beyond 64 bits", post + "Content-Length: 99999999999999999999999\r\n\r\n", 413},
      {"another expectation", post + "Content-Length: 3\r\nExpect: wonders\r\n\r\nabc", 417},
      {"a long path", "GET /" + std::string(9'000, 'a') + " HTTP/1.1\r\nHost: log\r\n\r\n", 414},
      {"a long field", get + "Host: log\r\nX: " + std::string(9'000, 'a') + "\r\n\r\n", 431},
      {"a huge head", get + "Host: log\r\n" + std::string(20'000, 'a'), 431},
  };
  for (const BadMessage& c : cases) {
    HttpProbe probe(log->port());
    probe.Send(c.message);
    const ProbeResponse response = probe.Read();
    EXPECT_EQ(response.status, c.status) << c.what;
    EXPECT_EQ(response.Field("connection"), "close") << c.what;
    EXPECT_TRUE(probe.Closed()) << c.what;
  }
  EXPECT_EQ(log->Get("/checkpoint").status, 200) << "others notice nothing";
}

TEST(Connections, ManySmallFieldsAreOneHugeHead) {
  const auto log = Serve();
  std::string head = "GET /checkpoint HTTP/1.1\r\nHost: log\r\n";
  while (head.size() < limits::kMaxHttpHeadBytes) head += "X: y\r\n";
  HttpProbe probe(log->port());
  probe.Send(head + "\r\n");
  EXPECT_EQ(probe.Read().status, 431);
}

TEST(Connections, ServeRequestAfterRequestAlsoWhenTheyComeTogether) {
  const auto log = Serve();
  HttpProbe probe(log->port());
  probe.Send(RequestHead("GET", "/tile/0/000.p/1") + RequestHead("GET", "/nothing") +
             RequestHead("HEAD", "/tile/0/000.p/2") + "\r\n" + RequestHead("GET", "/tile/0/000.p/3"));
  EXPECT_EQ(probe.Read().body.size(), 32u);
  EXPECT_EQ(probe.Read().status, 404);
  EXPECT_EQ(probe.Read(true).Field("content-length"), "64");
  EXPECT_EQ(probe.Read().body.size(), 96u);
}

TEST(Connections, ARequestMayComeByteByByte) {
  const auto log = Serve();
  HttpProbe probe(log->port());
  for (const char byte : RequestHead("GET", "/tile/0/000.p/1")) probe.Send({&byte, 1});
  EXPECT_EQ(probe.Read().status, 200);
}

TEST(Connections, EndWhenTheClientSaysSo) {
  const auto log = Serve();
  HttpProbe asked(log->port());
  asked.Send(RequestHead("GET", "/checkpoint", "Connection: close\r\n"));
  EXPECT_EQ(asked.Read().Field("connection"), "close");
  EXPECT_TRUE(asked.Closed());
  HttpProbe old(log->port());
  old.Send("GET /checkpoint HTTP/1.0\r\n\r\n");
  EXPECT_EQ(old.Read().status, 200);
  EXPECT_TRUE(old.Closed());
}

TEST(Connections, EndAfterSoManyRequests) {
  const auto log = Serve({.max_requests_per_connection = 2});
  HttpProbe probe(log->port());
  probe.Send(RequestHead("GET", "/checkpoint") + RequestHead("GET", "/checkpoint"));
  EXPECT_EQ(probe.Read().Field("connection"), "");
  EXPECT_EQ(probe.Read().Field("connection"), "close");
  EXPECT_TRUE(probe.Closed());
}

TEST(Connections, WhoIsSlowWithARequestHearsSoAndIsCutOff) {
  const auto log = Serve({.idle_ms = 5'000, .head_ms = 50, .body_ms = 50});
  HttpProbe head(log->port());
  head.Send("GET /checkpoint HTTP/1.1\r\nHost: ");
  EXPECT_EQ(head.Read().status, 408);
  EXPECT_TRUE(head.Closed());
  HttpProbe body(log->port());
  body.Send("POST /add HTTP/1.1\r\nHost: log\r\nContent-Length: 10\r\n\r\nabc");
  EXPECT_EQ(body.Read().status, 408);
  EXPECT_TRUE(body.Closed());
}

TEST(Connections, ADripOfBytesBuysNoTime) {
  const auto log = Serve({.head_ms = 100});
  HttpProbe probe(log->port());
  // Each byte is another reason to wait, were the wait not for the whole head.
  bool taken = probe.Send("GET /checkpoint HTTP/1.1\r\nX: ");
  for (int i = 0; i < 100'000'000 && taken; ++i) taken = probe.Send("a");
  EXPECT_FALSE(taken);
}

TEST(Connections, WhoSaysNothingIsCutOffWithoutAWord) {
  const auto log = Serve({.idle_ms = 50});
  HttpProbe probe(log->port());
  EXPECT_TRUE(probe.Closed());
}

TEST(Connections, BeyondTheirNumberHear503AndTheOthersGoOn) {
  const auto log = Serve({.max_connections = 2});
  HttpProbe first(log->port());
  HttpProbe second(log->port());
  for (HttpProbe* probe : {&first, &second}) {
    probe->Send(RequestHead("GET", "/checkpoint"));
    EXPECT_EQ(probe->Read().status, 200);
  }
  HttpProbe third(log->port());
  const ProbeResponse turned_away = third.Read();
  EXPECT_EQ(turned_away.status, 503);
  EXPECT_EQ(turned_away.Field("retry-after"), "1");
  EXPECT_TRUE(third.Closed());
  first.Send(RequestHead("GET", "/checkpoint"));
  EXPECT_EQ(first.Read().status, 200);
}

TEST(Connections, APlaceThatBecomesFreeIsGivenAgain) {
  const auto log = Serve({.max_connections = 1});
  for (int i = 0; i < 20; ++i) {
    HttpProbe probe(log->port());
    probe.Send(RequestHead("GET", "/checkpoint", "Connection: close\r\n"));
    const int status = probe.Read().status;
    EXPECT_TRUE(status == 200 || status == 503) << status;
    if (i == 0) {
      EXPECT_EQ(status, 200);
    }
  }
  // The thread of the last one may not have come to its end yet.
  int status = 503;
  for (int i = 0; i < 10'000 && status == 503; ++i) status = log->Get("/checkpoint", "Connection: close\r\n").status;
  EXPECT_EQ(status, 200);
}

TEST(Connections, DrainingClosesTheIdleOnes) {
  const auto log = Serve();
  HttpProbe probe(log->port());
  probe.Send(RequestHead("GET", "/checkpoint"));
  EXPECT_EQ(probe.Read().status, 200);
  log->server().BeginDrain();
  EXPECT_TRUE(probe.Closed());
  log->server().Shutdown(10'000);
  EXPECT_EQ(log->server().connections(), 0u);
}

TEST(Connections, ShuttingDownCutsOffWhoDoesNotEnd) {
  const auto log = Serve({.head_ms = 60'000});
  HttpProbe probe(log->port());
  probe.Send(RequestHead("GET", "/checkpoint") + "GET /chec");
  EXPECT_EQ(probe.Read().status, 200);
  log->server().Shutdown(0);
  EXPECT_TRUE(probe.Closed());
}

TEST(Connections, AnAddressInUseIsSaid) {
  const auto log = Serve();
  const auto second = HttpServer::Start({.host = "127.0.0.1", .port = log->port()},
                                        {.handler = [](const HttpRequest&) { return HttpResponse{}; }});
  EXPECT_EQ(ReasonOf(second.status()), "LISTEN_FAILED");
  EXPECT_EQ(FieldOf(second.status()), "http_listen");
}

TEST(Connections, TellOfWhatTheHandlerNeverSaw) {
  std::vector<int> refused;
  std::mutex mutex;
  const auto server = *HttpServer::Start({.host = "127.0.0.1", .port = 0},
                                         {.handler = [](const HttpRequest&) { return HttpResponse{.status = 204}; },
                                          .on_refused =
                                              [&](int status) {
                                                const std::lock_guard lock(mutex);
                                                refused.push_back(status);
                                              }});
  EXPECT_EQ(testing::Get(server->port(), "/").status, 204);
  EXPECT_EQ(testing::Get(server->port(), "/", "nonsense\r\n").status, 400);
  EXPECT_EQ(testing::Get(server->port(), "/", "", "PUT").status, 405);
  const std::lock_guard lock(mutex);
  EXPECT_EQ(refused, (std::vector<int>{400, 405}));
}

TEST(Connections, AHandlerSeesPathQueryFieldsAndBody) {
  HttpRequest seen;
  const auto server = *HttpServer::Start({.host = "127.0.0.1", .port = 0}, {.handler = [&](const HttpRequest& request) {
                                           seen = request;
                                           return HttpResponse{.body = "done"};
                                         }});
  const ProbeResponse response = testing::Post(server->port(), "/a%20b?x=1&y=%C3%BC&x=2", "the body",
                                               "X-Colour: gold\r\nExpect: 100-continue\r\n");
  EXPECT_EQ(response.body, "done");
  EXPECT_EQ(seen.method, "POST");
  EXPECT_EQ(seen.path, "/a b");
  EXPECT_EQ(seen.query, (HttpFields{{"x", "1"}, {"x", "2"}, {"y", "\xC3\xBC"}}));
  EXPECT_EQ(seen.Field("x-colour"), "gold");
  EXPECT_EQ(seen.body, "the body");
}

}  // namespace
}  // namespace touchstone::services
