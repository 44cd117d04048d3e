// Go's transparency log library against ours, in both directions, at 70,000 leaves.
#include <cstdio>
#include <string>

#include "base/files.h"
#include "base/limits.h"
#include "crypto/secret_bytes.h"
#include "fmt/format.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/gateway/export.h"
#include "tests/transparency/served_log.h"

namespace touchstone::services {
namespace {

using ::testing::HasSubstr;

constexpr uint64_t kSize = 70'000;

struct Finished {
  int exit = -1;
  std::string output;  // of both streams
};

Finished RunPeer(const std::string& arguments) {
  Finished finished;
  FILE* const pipe = popen((std::string(TOUCHSTONE_TLOG_PEER " ") + arguments + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return finished;
  char buffer[4'096];
  while (const size_t got = fread(buffer, 1, sizeof buffer, pipe)) finished.output.append(buffer, got);
  finished.exit = pclose(pipe);
  return finished;
}

std::string Joined(const absl::StatusOr<std::vector<crypto::Hash>>& path) {
  EXPECT_TRUE(path.ok()) << path.status();
  std::string bytes;
  for (const crypto::Hash& hash : *path) bytes += hash.view();
  return bytes;
}

/// The tiles of a log, and beside them the proofs that its store gives.
HttpResponse AnswerWithProofs(ServedLog& log, const HttpRequest& request) {
  const storage::Snapshot& snapshot = *log.newest()->snapshot;
  const uint64_t number = std::strtoull(request.path.c_str() + request.path.rfind('/') + 1, nullptr, 10);
  if (request.path.starts_with("/proof/inclusion/")) {
    return {.body = Joined(snapshot.InclusionPath(number, snapshot.size()))};
  }
  if (request.path.starts_with("/proof/consistency/")) {
    return {.body = Joined(snapshot.ConsistencyPath(number, snapshot.size()))};
  }
  return log.pages().Answer(request).value_or(HttpResponse{.status = 404});
}

class GoPeerTest : public ::testing::Test {
 protected:
  /// Serves `handler` on a free port; its address.
  std::string Serve(HttpHandler handler) {
    server_ = *HttpServer::Start({.host = "127.0.0.1", .port = 0}, {.handler = std::move(handler)});
    return fmt::format("http://127.0.0.1:{}", server_->port());
  }

  testing::TempDir directory_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(GoPeerTest, VerifiesOurCheckpointTilesEntriesAndProofs) {
  ServedLog log;
  log.GrowTo(kSize);
  const std::string url = Serve([&](const HttpRequest& request) { return AnswerWithProofs(log, request); });
  const Finished read = RunPeer(fmt::format("read {} '{}'", url, log.log_key().ToVkey()));
  EXPECT_EQ(read.exit, 0) << read.output;
  EXPECT_EQ(read.output, "70000 entries, 42 proofs\n");
}

TEST_F(GoPeerTest, RefusesOneWrongByteOfOurs) {
  ServedLog log;
  log.GrowTo(600);
  for (const char* path : {"/checkpoint", "/tile/0/001", "/tile/0/002.p/88", "/tile/1/000.p/2", "/tile/entries/000",
                           "/proof/inclusion/255", "/proof/consistency/256"}) {
    const std::string url = Serve([&](const HttpRequest& request) {
      HttpResponse response = AnswerWithProofs(log, request);
      if (request.path == path) response.body.at(33) = static_cast<char>(response.body.at(33) ^ 1);
      return response;
    });
    EXPECT_NE(RunPeer(fmt::format("read {} '{}'", url, log.log_key().ToVkey())).exit, 0) << path;
  }
}

TEST_F(GoPeerTest, MakesNotesAndTilesThatWeVerify) {
  const crypto::NoteSigner signer = *crypto::NoteSigner::Create("go.example/log", crypto::NoteKeyType::kEd25519,
                                                                *crypto::SecretKey::FromSeed(std::string(32, 'g')));
  const std::string theirs = directory_.File("theirs");
  const Finished written = RunPeer(fmt::format("write {} '{}' {}", theirs, std::string(signer.ToSkey().view()), kSize));
  ASSERT_EQ(written.exit, 0) << written.output;
  const std::string url = Serve([&](const HttpRequest& request) -> HttpResponse {
    const auto file = ReadFile(theirs + request.path, limits::kMaxTileFileBytes);
    return file.ok() ? HttpResponse{.body = *file} : HttpResponse{.status = 404};
  });
  const auto copied = ExportLog(**SourceAt(url), directory_.File("ours"), signer.verifier());
  ASSERT_TRUE(copied.ok()) << copied.status();
  EXPECT_EQ(copied->size, kSize);
  EXPECT_EQ(copied->origin, "go.example/log");
  const Finished same = RunPeer("nothing");
  EXPECT_THAT(same.output, HasSubstr("tlog_peer read URL VKEY")) << "the program that ran is the one meant";
}

}  // namespace
}  // namespace touchstone::services
