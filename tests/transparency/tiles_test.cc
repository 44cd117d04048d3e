#include <zlib.h>

#include <string>
#include <vector>

#include "crypto/checkpoint.h"
#include "crypto/merkle.h"
#include "crypto/tile_path.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/merkle_reference.h"
#include "tests/transparency/served_log.h"

namespace touchstone::services {
namespace {

using ::testing::HasSubstr;
using testing::ProbeResponse;

/// floor(size / 256^level): the hashes that a level has, as tlog-tiles counts them.
uint64_t HashesOn(int level, uint64_t size) {
  for (int i = 0; i < level; ++i) size /= 256;
  return size;
}

/// The path that the specification gives to a tile, written anew from its words.
std::string PathOf(const std::string& level, uint64_t index, uint64_t width) {
  std::string digits = std::to_string(index);
  while (digits.size() % 3 != 0) digits.insert(0, "0");
  std::string path = "/tile/" + level;
  for (size_t at = 0; at < digits.size(); at += 3) {
    path += (at + 3 < digits.size() ? "/x" : "/") + digits.substr(at, 3);
  }
  return width == 256 ? path : path + ".p/" + std::to_string(width);
}

/// Reads a log of `size` over HTTP as a stranger would: every tile and bundle that the specification says there is,
/// with each level hashed anew from the one below.
class Reader {
 public:
  Reader(ServedLog& log, uint64_t size) : log_(log), size_(size), probe_(log.port()) {}

  /// The leaf hashes of all entries, after comparing entries and level 0.
  std::vector<crypto::Hash> ReadLeaves() {
    std::vector<crypto::Hash> leaves;
    for (uint64_t index = 0; index * 256 < size_; ++index) {
      const uint64_t width = std::min<uint64_t>(256, size_ - index * 256);
      const std::string bundle = Must(PathOf("entries", index, width));
      const auto entries = crypto::ParseBundle(bundle);
      EXPECT_TRUE(entries.ok() && entries->size() == width) << index;
      std::string hashes;
      for (const std::string_view entry : *entries) {
        EXPECT_EQ(entry, log_.ledger().entries()[leaves.size()]);
        leaves.push_back(crypto::LeafHash(entry));
        hashes += leaves.back().view();
      }
      EXPECT_EQ(Must(PathOf("0", index, width)), hashes) << index;
    }
    return leaves;
  }

  /// The hashes of the next level, after comparing them with what the log serves there.
  std::vector<crypto::Hash> ReadAbove(int level, const std::vector<crypto::Hash>& below) {
    std::vector<crypto::Hash> hashes;
    for (size_t at = 0; at + 256 <= below.size(); at += 256) {
      hashes.push_back(testing::ReferenceRoot(std::span(below).subspan(at, 256)));
    }
    EXPECT_EQ(hashes.size(), HashesOn(level, size_));
    for (uint64_t index = 0; index * 256 < hashes.size(); ++index) {
      const uint64_t width = std::min<uint64_t>(256, hashes.size() - index * 256);
      std::string expected;
      for (uint64_t i = 0; i < width; ++i) expected += hashes[index * 256 + i].view();
      EXPECT_EQ(Must(PathOf(std::to_string(level), index, width)), expected) << level << ' ' << index;
    }
    return hashes;
  }

 private:
  std::string Must(const std::string& path) {
    probe_.Send(testing::RequestHead("GET", path));
    ProbeResponse response = probe_.Read();
    EXPECT_EQ(response.status, 200) << path;
    EXPECT_EQ(response.Field("content-type"), "application/octet-stream");
    return response.body;
  }

  ServedLog& log_;
  const uint64_t size_;
  testing::HttpProbe probe_;
};

crypto::Checkpoint CheckpointOf(ServedLog& log, const char* path) {
  const ProbeResponse response = log.Get(path);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.Field("content-type"), "text/plain; charset=utf-8");
  const auto checkpoint = crypto::OpenCheckpoint(response.body, log.log_key());
  EXPECT_TRUE(checkpoint.ok()) << checkpoint.status();
  return *checkpoint;
}

/// What lies just beyond a log of `size`: the next hash of each level.
void ExpectNothingBeyond(ServedLog& log, uint64_t size) {
  for (int level = 0; level < 4; ++level) {
    const uint64_t hashes = HashesOn(level, size);
    const uint64_t width = hashes % 256 + 1;
    EXPECT_EQ(log.Get(PathOf(std::to_string(level), hashes / 256, width)).status, 404) << size << ' ' << level;
    EXPECT_EQ(log.Get(PathOf(std::to_string(level), hashes / 256 + 1, 256)).status, 404) << size << ' ' << level;
  }
  EXPECT_EQ(log.Get(PathOf("entries", size / 256, size % 256 + 1)).status, 404) << size;
}

TEST(Tiles, ALogWithoutEntriesHasNeitherCheckpointNorTiles) {
  ServedLog log;
  EXPECT_EQ(log.Get("/checkpoint").status, 503);
  EXPECT_EQ(log.Get("/tile/0/000.p/1").status, 503);
}

TEST(Tiles, EverySizeOfTheSpecificationIsServedWholeAndNothingBeyondIt) {
  ServedLog log;
  for (const uint64_t size : {1, 255, 256, 257, 65'535, 65'536, 65'537, 70'000}) {
    log.GrowTo(size);
    const crypto::Checkpoint checkpoint = CheckpointOf(log, "/checkpoint");
    EXPECT_EQ(checkpoint.size, size);
    EXPECT_EQ(checkpoint.root, log.ledger().Root());
    EXPECT_EQ(CheckpointOf(log, "/checkpoint/latest"), checkpoint);
    ExpectNothingBeyond(log, size);
    if (size != 257 && size != 70'000) continue;
    Reader reader(log, size);
    std::vector<crypto::Hash> hashes = reader.ReadLeaves();
    EXPECT_EQ(testing::ReferenceRoot(hashes), checkpoint.root);
    for (int level = 1; !hashes.empty(); ++level) hashes = reader.ReadAbove(level, hashes);
  }
}

TEST(Tiles, PartialTilesOfEarlierSizesStayBesideTheFullOne) {
  ServedLog log;
  log.GrowTo(600);
  const std::string full = log.Get("/tile/0/001").body;
  for (const int width : {1, 2, 127, 255}) {
    EXPECT_EQ(log.Get("/tile/0/001.p/" + std::to_string(width)).body, full.substr(0, 32 * static_cast<size_t>(width)));
  }
  EXPECT_EQ(log.Get("/tile/0/002").status, 404) << "a full tile that is not full";
  EXPECT_EQ(log.Get("/tile/entries/002").status, 404);
}

TEST(Tiles, AFileNeverChangesUnderItsNameWhileTheLogGrows) {
  ServedLog log;
  log.GrowTo(255);
  const ProbeResponse before = log.Get("/tile/0/000.p/255");
  log.GrowTo(300);
  EXPECT_EQ(log.Get("/tile/0/000.p/255").body, before.body);
  EXPECT_EQ(log.Get("/tile/0/000.p/255").Field("etag"), before.Field("etag"));
}

TEST(Tiles, CachesKeepTilesForEverAndCheckpointsForSeconds) {
  ServedLog log;
  log.GrowTo(300);
  for (const char* path : {"/tile/0/000", "/tile/0/001.p/44", "/tile/entries/000", "/tile/entries/001.p/3"}) {
    EXPECT_EQ(log.Get(path).Field("cache-control"), "public, max-age=31536000, immutable") << path;
  }
  EXPECT_EQ(log.Get("/checkpoint").Field("cache-control"), "public, max-age=5");
  EXPECT_EQ(log.Get("/tile/0/009").Field("cache-control"), "no-store") << "what is not there yet may come";
}

TEST(Tiles, AnEntityTagIsStrongAndSparesTheBody) {
  ServedLog log;
  log.GrowTo(300);
  for (const char* path : {"/tile/0/000", "/tile/entries/000", "/checkpoint"}) {
    const std::string etag = log.Get(path).Field("etag");
    EXPECT_THAT(etag, ::testing::MatchesRegex("\"[0-9a-f]{32}\"")) << path;
    const ProbeResponse again = log.Get(path, "If-None-Match: \"other\", " + etag + "\r\n");
    EXPECT_EQ(again.status, 304) << path;
    EXPECT_EQ(again.Field("etag"), etag);
    EXPECT_EQ(again.Field("content-length"), log.Get(path, "", "HEAD").Field("content-length"));
    EXPECT_EQ(log.Get(path, "If-None-Match: \"other\"\r\n").status, 200) << path;
  }
  EXPECT_NE(log.Get("/tile/0/000").Field("etag"), log.Get("/tile/0/000.p/255").Field("etag"));
}

TEST(Tiles, HeadTellsWhatGetWouldSend) {
  ServedLog log;
  log.GrowTo(300);
  for (const char* path : {"/tile/0/000", "/tile/entries/000", "/checkpoint", "/tile/0/009"}) {
    const ProbeResponse got = log.Get(path);
    const ProbeResponse told = log.Get(path, "", "HEAD");
    EXPECT_EQ(told.status, got.status) << path;
    EXPECT_EQ(told.Field("content-length"), std::to_string(got.body.size())) << path;
    EXPECT_EQ(told.Field("etag"), got.Field("etag")) << path;
  }
}

std::string Gunzip(const std::string& member) {
  z_stream stream = {};
  EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  std::string out(size_t{1} << 20, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(member.data()));
  stream.avail_in = static_cast<uInt>(member.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

TEST(Tiles, EntryBundlesAreCompressedForThoseWhoAskForIt) {
  ServedLog log;
  log.GrowTo(300);
  const ProbeResponse plain = log.Get("/tile/entries/000");
  EXPECT_EQ(plain.Field("content-encoding"), "");
  EXPECT_EQ(plain.Field("vary"), "Accept-Encoding");
  for (const char* wish : {"gzip", "br, gzip;q=0.5", "*", "identity, GZIP"}) {
    const ProbeResponse packed = log.Get("/tile/entries/000", std::string("Accept-Encoding: ") + wish + "\r\n");
    EXPECT_EQ(packed.Field("content-encoding"), "gzip") << wish;
    EXPECT_EQ(packed.Field("vary"), "Accept-Encoding");
    EXPECT_NE(packed.Field("etag"), plain.Field("etag"));
    EXPECT_LT(packed.body.size(), plain.body.size());
    EXPECT_EQ(Gunzip(packed.body), plain.body);
  }
  for (const char* wish : {"br", "gzip;q=0", "identity", "gzip;q=0.0, *"}) {
    EXPECT_EQ(log.Get("/tile/entries/000", std::string("Accept-Encoding: ") + wish + "\r\n").body, plain.body) << wish;
  }
  EXPECT_EQ(log.Get("/tile/0/000", "Accept-Encoding: gzip\r\n").Field("content-encoding"), "")
      << "hashes do not shrink";
}

struct RangeCase {
  const char* range;
  int status;
  const char* content_range;
  size_t first;
  size_t length;
};

TEST(Tiles, OneRangeIsServedAndABadOneIsIgnored) {
  ServedLog log;
  log.GrowTo(256);
  const std::string whole = log.Get("/tile/0/000").body;
  ASSERT_EQ(whole.size(), 8'192u);
  const RangeCase cases[] = {
      {"bytes=0-31", 206, "bytes 0-31/8192", 0, 32},
      {"bytes=8160-", 206, "bytes 8160-8191/8192", 8'160, 32},
      {"bytes=-32", 206, "bytes 8160-8191/8192", 8'160, 32},
      {"bytes=-99999", 206, "bytes 0-8191/8192", 0, 8'192},
      {"bytes=8000-99999999999999999999999", 206, "bytes 8000-8191/8192", 8'000, 192},
      {"bytes=8192-", 416, "bytes */8192", 0, 0},
      {"bytes=-0", 416, "bytes */8192", 0, 0},
      {"bytes=99999999999999999999999-", 416, "bytes */8192", 0, 0},
      {"bytes=5-4", 200, "", 0, 8'192},
      {"bytes=-", 200, "", 0, 8'192},
      {"bytes=a-b", 200, "", 0, 8'192},
      {"bytes=0-x", 200, "", 0, 8'192},
      {"bytes=0-1,4-5", 200, "", 0, 8'192},
      {"hashes=0-1", 200, "", 0, 8'192},
      {"bytes=+1-2", 200, "", 0, 8'192},
      {"", 200, "", 0, 8'192},
  };
  for (const RangeCase& c : cases) {
    const ProbeResponse response = log.Get("/tile/0/000", std::string("Range: ") + c.range + "\r\n");
    EXPECT_EQ(response.status, c.status) << c.range;
    EXPECT_EQ(response.Field("content-range"), c.content_range) << c.range;
    EXPECT_EQ(response.body, whole.substr(c.first, c.length)) << c.range;
  }
  const std::string etag = log.Get("/tile/0/000").Field("etag");
  EXPECT_EQ(log.Get("/tile/0/000", "Range: bytes=0-31\r\nIf-Range: " + etag + "\r\n").status, 206);
  EXPECT_EQ(log.Get("/tile/0/000", "Range: bytes=0-31\r\nIf-Range: \"other\"\r\n").status, 200);
  EXPECT_EQ(log.Get("/tile/0/000", "Range: bytes=0-31\r\n", "HEAD").Field("content-length"), "8192");
}

TEST(Tiles, PathsThatNameNoTileAreNotThere) {
  ServedLog log;
  log.GrowTo(300);
  for (const char* path : {"/tile/0/0",
                           "/tile/0/0000",
                           "/tile/0/x000/000",
                           "/tile/00/000",
                           "/tile/-1/000",
                           "/tile/64/000",
                           "/tile/0/000.p/0",
                           "/tile/0/000.p/256",
                           "/tile/0/000.p/01",
                           "/tile/0/000.p/",
                           "/tile/0/000.p",
                           "/tile/0/000/",
                           "/tile/0//000",
                           "/tile//000",
                           "/tile/",
                           "/tile",
                           "/tile/0/../0/000",
                           "/tile/0/%2e%2e/0/000",
                           "/tile/0/000%00",
                           "/tile/0/%0d%0a",
                           "/tile/entries/0",
                           "/tile/entries/x999/x999/x999/x999/x999/x999/x999",
                           "/tile/0/x999/x999/x999/x999/x999/x999/999",
                           "/tile/63/x018/x446/x744/x073/x709/x551/615",
                           "/checkpoint/",
                           "/checkpoint/../checkpoint",
                           "//checkpoint",
                           "/Checkpoint"}) {
    EXPECT_EQ(log.Get(path).status, 404) << path;
  }
  EXPECT_EQ(log.Get("/tile/0/%30%30%30").status, 200) << "another spelling of the same path (RFC 3986 section 2.3)";
  EXPECT_THAT(log.Get("/tile/0/000.p/0").body, HasSubstr("\"BAD_TILE_PATH\""));
  EXPECT_THAT(log.Get("/tile/0/009").body, HasSubstr("\"NO_SUCH_TILE\""));
}

}  // namespace
}  // namespace touchstone::services
