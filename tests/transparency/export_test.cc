#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "base/files.h"
#include "base/limits.h"
#include "base/status.h"
#include "crypto/checkpoint.h"
#include "gtest/gtest.h"
#include "services/gateway/export.h"
#include "tests/transparency/served_log.h"

namespace touchstone::services {
namespace {

using testing::TempDir;

/// Every file below `dir`, by its path.
std::map<std::string, std::string> FilesIn(const std::string& dir) {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(dir)) {
    if (!entry.is_regular_file()) continue;
    const auto bytes = ReadFile(entry.path().string(), limits::kMaxTileFileBytes);
    EXPECT_TRUE(bytes.ok()) << bytes.status();
    files[entry.path().string().substr(dir.size())] = *bytes;
  }
  return files;
}

class ExportTest : public ::testing::Test {
 protected:
  absl::StatusOr<ExportResult> Export() {
    return ExportLog(*SourceOf(log_.newest()), out_.File("tree"), log_.log_key());
  }
  ExportResult MustExport() {
    const auto result = Export();
    EXPECT_TRUE(result.ok()) << result.status();
    return result.value_or(ExportResult{});
  }
  std::map<std::string, std::string> Exported() { return FilesIn(out_.File("tree")); }

  ServedLog log_;
  TempDir out_;
};

TEST_F(ExportTest, WritesByteForByteWhatIsServedAndNothingElse) {
  log_.GrowTo(70'000);
  const ExportResult result = MustExport();
  const auto files = Exported();
  // As tlog-tiles counts for this very size: 273 full tiles and a partial one on level 0, with as many bundles, a full
  // and a partial one on level 1, a partial one on level 2; and the checkpoint.
  EXPECT_EQ(files.size(), 2 * 274u + 2 + 1 + 1);
  EXPECT_EQ(result.files_written, files.size());
  testing::HttpProbe probe(log_.port());
  for (const auto& [path, bytes] : files) {
    probe.Send(testing::RequestHead("GET", path));
    EXPECT_EQ(probe.Read().body, bytes) << path;
  }
}

TEST_F(ExportTest, OfAServerIsTheExportOfItsDirectory) {
  log_.GrowTo(600);
  MustExport();
  auto source = *SourceAt("http://127.0.0.1:" + std::to_string(log_.port()));
  const auto result = ExportLog(*source, out_.File("copy"), log_.log_key());
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(FilesIn(out_.File("copy")), Exported());
}

TEST_F(ExportTest, WritesOnlyWhatIsNew) {
  log_.GrowTo(600);
  MustExport();
  log_.GrowTo(700);
  const ExportResult result = MustExport();
  EXPECT_EQ(result.old_size, 600u);
  // One partial tile of level 0 with its bundle, 2.p/188, and the checkpoint; level 1 has two hashes as before.
  EXPECT_EQ(result.files_written, 3u);
  EXPECT_EQ(Export()->files_written, 1u) << "of the same size only the checkpoint";
}

TEST_F(ExportTest, GrownStepByStepHoldsAllThatOneStepWrites) {
  for (const uint64_t size : {1, 255, 256, 257, 511, 512, 1'000, 66'000}) {
    log_.GrowTo(size);
    MustExport();
  }
  const auto grown = Exported();
  const auto result = ExportLog(*SourceOf(log_.newest()), out_.File("once"), log_.log_key());
  ASSERT_TRUE(result.ok());
  for (const auto& [path, bytes] : FilesIn(out_.File("once"))) {
    ASSERT_TRUE(grown.contains(path)) << path;
    EXPECT_EQ(grown.at(path), bytes) << path;
  }
}

TEST_F(ExportTest, PartialTilesGoOnceTheFullOneIsThere) {
  log_.GrowTo(200);
  MustExport();
  EXPECT_TRUE(Exported().contains("/tile/0/000.p/200"));
  log_.GrowTo(250);
  MustExport();
  EXPECT_TRUE(Exported().contains("/tile/0/000.p/200")) << "a reader may hold the checkpoint of that size";
  log_.GrowTo(300);
  EXPECT_EQ(MustExport().files_removed, 4u);
  const auto files = Exported();
  EXPECT_FALSE(files.contains("/tile/0/000.p/200"));
  EXPECT_FALSE(files.contains("/tile/entries/000.p/250"));
  EXPECT_TRUE(files.contains("/tile/0/000"));
  EXPECT_TRUE(files.contains("/tile/0/001.p/44"));
}

/// Changes what another source shows.
class LyingSource final : public crypto::LogSource {
 public:
  explicit LyingSource(std::unique_ptr<crypto::LogSource> honest) : honest_(std::move(honest)) {}
  absl::StatusOr<std::string> ReadCheckpoint() override { return Shown("checkpoint", honest_->ReadCheckpoint()); }
  absl::StatusOr<std::string> ReadTile(const crypto::TileCoord& coord) override {
    return Shown(crypto::TilePath(coord), honest_->ReadTile(coord));
  }
  absl::StatusOr<std::string> ReadBundle(const crypto::BundleCoord& coord) override {
    return Shown(crypto::BundlePath(coord), honest_->ReadBundle(coord));
  }

  std::string lie_about;
  std::set<std::string> shown;

 private:
  absl::StatusOr<std::string> Shown(const std::string& path, absl::StatusOr<std::string> bytes) {
    shown.insert(path);
    if (path == lie_about && bytes.ok()) bytes->at(40) = static_cast<char>(bytes->at(40) ^ 1);
    return bytes;
  }

  std::unique_ptr<crypto::LogSource> honest_;
};

TEST_F(ExportTest, OneWrongByteAnywhereIsNoticedAndNoCheckpointIsWritten) {
  log_.GrowTo(600);
  LyingSource honest(SourceOf(log_.newest()));
  ASSERT_TRUE(ExportLog(honest, out_.File("honest"), log_.log_key()).ok());
  ASSERT_EQ(honest.shown.size(), 8u) << "the checkpoint, three tiles and bundles of level 0, one tile of level 1";
  for (const std::string& path : honest.shown) {
    LyingSource source(SourceOf(log_.newest()));
    source.lie_about = path;
    const std::string dir = out_.File("lied");
    EXPECT_FALSE(ExportLog(source, dir, log_.log_key()).ok()) << path;
    EXPECT_FALSE(std::filesystem::exists(dir + "/checkpoint")) << path;
  }
}

TEST_F(ExportTest, ALogThatShrankIsRefusedAndTheTreeStays) {
  log_.GrowTo(600);
  const auto before = log_.newest();
  log_.GrowTo(700);
  MustExport();
  const auto files = Exported();
  EXPECT_EQ(ReasonOf(ExportLog(*SourceOf(before), out_.File("tree"), log_.log_key()).status()), "EXPORT_SHRINKS");
  EXPECT_EQ(Exported(), files);
}

TEST_F(ExportTest, ALogThatForkedOrIsAnotherIsRefusedAndTheTreeStays) {
  log_.GrowTo(600);
  MustExport();
  const std::string file = out_.File("tree/checkpoint");
  const std::string note = *ReadFile(file, limits::kMaxNoteBytes);
  std::string forked = note;
  const size_t root = forked.find("\n600\n") + 5;
  forked[root] = forked[root] == 'A' ? 'B' : 'A';
  ASSERT_TRUE(WriteFileAtomically(file, forked, 0644).ok());
  EXPECT_EQ(ReasonOf(Export().status()), "EXPORT_FORKS");
  ASSERT_TRUE(WriteFileAtomically(file, "other" + note, 0644).ok());
  EXPECT_EQ(ReasonOf(Export().status()), "EXPORT_OTHER_LOG");
  EXPECT_EQ(*ReadFile(file, limits::kMaxNoteBytes), "other" + note);
}

TEST_F(ExportTest, ACheckpointOfAnotherKeyIsRefused) {
  log_.GrowTo(3);
  const auto other = *crypto::NoteSigner::Create("ledger.example/toy", crypto::NoteKeyType::kEd25519,
                                                 *crypto::SecretKey::FromSeed(std::string(32, 'x')));
  EXPECT_FALSE(ExportLog(*SourceOf(log_.newest()), out_.File("tree"), other.verifier()).ok());
  EXPECT_FALSE(std::filesystem::exists(out_.File("tree")));
}

TEST_F(ExportTest, AServerThatIsNotThereIsSaid) {
  int port;
  {
    const ServedLog gone;
    port = gone.port();
  }
  auto source = *SourceAt("http://127.0.0.1:" + std::to_string(port));
  EXPECT_EQ(ReasonOf(ExportLog(*source, out_.File("tree"), std::nullopt).status()), "SOURCE_UNREACHABLE");
  for (const char* url : {"", "127.0.0.1:7471", "https://log", "http://", "http:///tile", "http://user@log"}) {
    EXPECT_EQ(ReasonOf(SourceAt(url).status()), "BAD_URL") << url;
  }
}

TEST_F(ExportTest, ReadersOfAnOldCheckpointFallBackToFullTiles) {
  log_.GrowTo(200);
  const auto old = log_.newest();
  // A server whose checkpoint is old while its partial tiles are gone, as a cache may be.
  const auto server =
      *HttpServer::Start({.host = "127.0.0.1", .port = 0}, {.handler = [&](const HttpRequest& request) -> HttpResponse {
                           if (request.path == "/checkpoint") return {.body = old->checkpoint};
                           if (request.path.find(".p/") != std::string::npos) return {.status = 404};
                           return {.body = log_.Get(request.path).body};
                         }});
  log_.GrowTo(256);
  auto source = *SourceAt("http://127.0.0.1:" + std::to_string(server->port()) + "/");
  const auto result = ExportLog(*source, out_.File("tree"), log_.log_key());
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(Exported().at("/tile/0/000.p/200").size(), 200u * 32);
}

}  // namespace
}  // namespace touchstone::services
