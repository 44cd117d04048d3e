// What opening says about directories that are not what they should be.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/encoding.h"
#include "base/files.h"
#include "base/status.h"
#include "crypto/tile_path.h"
#include "storage/fsck.h"
#include "storage/store.h"
#include "storage/testing.h"
#include "tests/support/temp_dir.h"
#include "tests/support/toy_ledger.h"

namespace touchstone::storage {
namespace {

using namespace touchstone::testing;
using ::testing::Test;

namespace fs = std::filesystem;

class OpeningTest : public Test {
 protected:
  const std::string& ledger() const { return ledger_; }

  void MakeLedger(size_t entries = 3) {
    ToyLedger toy;
    auto store = MustCreate(ledger_);
    ASSERT_TRUE(store->Commit(toy.NextPuts(entries)).ok());
  }

  absl::Status OpenError(const StoreOptions& options = SmallOptions()) {
    const auto store = Store::Open(ledger_, options);
    EXPECT_FALSE(store.ok());
    return store.status();
  }

  TempDir dir_;
  const std::string ledger_ = dir_.File("ledger");
};

bool Mentions(const absl::Status& status, std::string_view text) {
  return MessageOf(status).find(text) != std::string_view::npos;
}

TEST_F(OpeningTest, MissingDirectoryIsNotALedger) {
  EXPECT_EQ(ReasonOf(OpenError()), "NOT_A_LEDGER");
  EXPECT_FALSE(fs::exists(ledger()));
}

TEST_F(OpeningTest, StrangeDirectoryIsNotALedgerAndIsLeftAsItWas) {
  fs::create_directory(ledger());
  std::ofstream(ledger() + "/notes.txt") << "mine";
  EXPECT_EQ(ReasonOf(OpenError()), "NOT_A_LEDGER");
  EXPECT_EQ(std::distance(fs::directory_iterator(ledger()), fs::directory_iterator()), 1);
}

TEST_F(OpeningTest, UnfinishedLedgerIsNotALedger) {
  fs::create_directories(ledger() + "/db");
  EXPECT_EQ(ReasonOf(OpenError()), "NOT_A_LEDGER");
}

TEST_F(OpeningTest, DatabaseWithoutIdentityIsNotALedger) {
  MakeLedger();
  ASSERT_TRUE(PlantRecord(ledger(), Family::kMeta, kFormatKey, std::nullopt).ok());
  EXPECT_EQ(ReasonOf(OpenError()), "NOT_A_LEDGER");
}

TEST_F(OpeningTest, NonEmptyDirectoryIsNotOverwritten) {
  fs::create_directory(ledger());
  std::ofstream(ledger() + "/notes.txt") << "mine";
  const auto created = Store::Create(ledger(), ToyIdentity(), SmallOptions());
  EXPECT_EQ(ReasonOf(created.status()), "DIRECTORY_NOT_EMPTY");
  EXPECT_TRUE(Mentions(created.status(), ledger()));
}

TEST_F(OpeningTest, ExistingLedgerIsNotOverwritten) {
  MakeLedger();
  EXPECT_EQ(ReasonOf(Store::Create(ledger(), ToyIdentity(), SmallOptions()).status()), "DIRECTORY_NOT_EMPTY");
  EXPECT_EQ(MustOpen(ledger())->size(), 3u);
}

TEST_F(OpeningTest, FileIsNotADirectoryForALedger) {
  std::ofstream file(ledger());
  EXPECT_EQ(ReasonOf(Store::Create(ledger(), ToyIdentity(), SmallOptions()).status()), "DIRECTORY_NOT_EMPTY");
}

TEST_F(OpeningTest, EmptyDirectoryBecomesALedger) {
  fs::create_directory(ledger());
  EXPECT_EQ(MustCreate(ledger())->size(), 0u);
}

TEST_F(OpeningTest, OriginsThatNoCheckpointCarriesAreRefused) {
  for (const size_t length : {size_t{0}, limits::kMaxOriginBytes + 1}) {
    LedgerIdentity identity = ToyIdentity();
    identity.origin = std::string(length, 'o');
    EXPECT_EQ(ReasonOf(Store::Create(ledger(), identity, SmallOptions()).status()), "BAD_ORIGIN");
    EXPECT_FALSE(fs::exists(ledger()));
  }
}

TEST_F(OpeningTest, LedgerInUseIsRefusedByName) {
  StoreOptions reading = SmallOptions();
  reading.read_only = true;
  {
    const auto writer = MustCreate(ledger());
    for (const StoreOptions& options : {SmallOptions(), reading}) {
      const absl::Status status = OpenError(options);
      EXPECT_EQ(ReasonOf(status), "LEDGER_IN_USE");
      EXPECT_TRUE(Mentions(status, ledger())) << status;
    }
    ToyReplayer replayer;
    EXPECT_EQ(ReasonOf(Fsck(ledger(), replayer, {}).status()), "LEDGER_IN_USE");
  }
  const auto reader = MustOpen(ledger(), reading);
  EXPECT_NE(MustOpen(ledger(), reading), nullptr) << "readers share a directory";
  EXPECT_EQ(ReasonOf(OpenError()), "LEDGER_IN_USE") << "but not with a writer";
}

TEST_F(OpeningTest, SnapshotKeepsItsLedgerInUse) {
  auto store = MustCreate(ledger());
  auto snapshot = store->TakeSnapshot();
  store.reset();
  EXPECT_EQ(snapshot->size(), 0u);
  EXPECT_EQ(ReasonOf(OpenError()), "LEDGER_IN_USE");
  snapshot.reset();
  EXPECT_NE(MustOpen(ledger()), nullptr);
}

TEST_F(OpeningTest, OtherLedgerIsRefusedNamingBoth) {
  MakeLedger();
  StoreOptions options = SmallOptions();
  options.expected = ToyIdentity();
  EXPECT_NE(MustOpen(ledger(), options), nullptr);
  options.expected = ToyIdentity("ledger.example/other");
  const absl::Status other_origin = OpenError(options);
  EXPECT_EQ(ReasonOf(other_origin), "OTHER_LEDGER");
  EXPECT_TRUE(Mentions(other_origin, "ledger.example/toy")) << other_origin;
  EXPECT_TRUE(Mentions(other_origin, "ledger.example/other")) << other_origin;
  options.expected = ToyIdentity();
  options.expected->genesis_id = crypto::Sha256("another genesis");
  const absl::Status other_genesis = OpenError(options);
  EXPECT_EQ(ReasonOf(other_genesis), "OTHER_LEDGER");
  EXPECT_TRUE(Mentions(other_genesis, HexEncode(options.expected->genesis_id.view()))) << other_genesis;
}

TEST_F(OpeningTest, NewerFormatIsRefusedNamingBothNumbers) {
  MakeLedger();
  std::string format;
  AppendU32(format, kFormat + 41);
  ASSERT_TRUE(PlantRecord(ledger(), Family::kMeta, kFormatKey, format).ok());
  const absl::Status status = OpenError();
  EXPECT_EQ(ReasonOf(status), "FORMAT_TOO_NEW");
  EXPECT_TRUE(Mentions(status, std::to_string(kFormat + 41))) << status;
  EXPECT_TRUE(Mentions(status, "up to " + std::to_string(kFormat))) << status;
}

TEST_F(OpeningTest, NewerFormatWithFamiliesOfItsOwnIsRefusedAsNewer) {
  MakeLedger();
  ASSERT_TRUE(PlantFamily(ledger(), "invented_later").ok());
  EXPECT_EQ(ReasonOf(OpenError()), "LEDGER_DAMAGED") << "format 1 has no such family";
  TempDir other;
  const std::string newer = other.File("ledger");
  std::string format;
  AppendU32(format, kFormat + 1);
  MustCreate(newer);
  ASSERT_TRUE(PlantFamilyAndRecord(newer, "invented_later", Family::kMeta, kFormatKey, format).ok());
  EXPECT_EQ(ReasonOf(Store::Open(newer, SmallOptions()).status()), "FORMAT_TOO_NEW");
}

struct Damage {
  std::string name;
  Family family;
  std::string key;
  std::optional<std::string> value;
};

class DamagedRecordTest : public OpeningTest, public ::testing::WithParamInterface<Damage> {};

TEST_P(DamagedRecordTest, IsRefusedAtOpening) {
  MakeLedger(300);
  ASSERT_TRUE(PlantRecord(ledger(), GetParam().family, GetParam().key, GetParam().value).ok());
  EXPECT_EQ(ReasonOf(OpenError()), "LEDGER_DAMAGED");
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, DamagedRecordTest,
    ::testing::Values(
        Damage{"FormatCutShort", Family::kMeta, std::string(kFormatKey), "1"},
        Damage{"FormatZero", Family::kMeta, std::string(kFormatKey), std::string(4, '\0')},
        Damage{"OriginMissing", Family::kMeta, std::string(kOriginKey), std::nullopt},
        Damage{"GenesisCutShort", Family::kMeta, std::string(kGenesisKey), "short"},
        Damage{"HeadMissing", Family::kMeta, std::string(kHeadKey), std::nullopt},
        Damage{"HeadCutShort", Family::kMeta, std::string(kHeadKey), "short"},
        Damage{"HeadOfOtherRoot", Family::kMeta, std::string(kHeadKey), EncodeHead({.size = 300, .root = {}})},
        Damage{"LastEntryMissing", Family::kEntries, EntryKey(299), std::nullopt},
        Damage{"EntryOfTheEdgeMissing", Family::kEntries, EntryKey(260), std::nullopt},
        Damage{"EntryOfTheEdgeChanged", Family::kEntries, EntryKey(260), "put k260 forged"},
        Damage{"EntryTooMany", Family::kEntries, EntryKey(300), "put k300 forged"},
        Damage{"EntryKeyMalformed", Family::kEntries, "zzz", "put k300 forged"},
        Damage{"TileMissing", Family::kTiles, TileKey({.level = 0, .index = 0}), std::nullopt},
        Damage{"TileCutShort", Family::kTiles, TileKey({.level = 0, .index = 0}), std::string(31, 'x')},
        Damage{"TileChanged", Family::kTiles, TileKey({.level = 0, .index = 0}), std::string(crypto::kTileBytes, 'x')}),
    [](const auto& kind) { return kind.param.name; });

TEST_F(OpeningTest, DamagedFilesAreDamageNotAnEmptyLedger) {
  MakeLedger();
  ASSERT_TRUE(FlushAll(ledger()).ok());
  for (const fs::directory_entry& file : fs::directory_iterator(ledger() + "/db")) {
    if (file.path().extension() == ".sst") fs::remove(file.path());
  }
  EXPECT_EQ(ReasonOf(OpenError()), "LEDGER_DAMAGED");
}

}  // namespace
}  // namespace touchstone::storage
