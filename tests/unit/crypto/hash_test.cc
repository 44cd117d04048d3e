#include "crypto/hash.h"

#include <gtest/gtest.h>

#include <unordered_set>

#include "base/encoding.h"
#include "crypto/keys.h"

namespace touchstone::crypto {
namespace {

std::string Hex(const Hash& hash) { return HexEncode(hash.view()); }

TEST(Sha256Test, KnownAnswersOfFips180Hold) {
  EXPECT_EQ(Hex(Sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Hex(Sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Hex(Sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(Sha256Test, StreamCutAnywhereGivesTheHashOfTheWhole) {
  const std::string data(200, 'g');
  for (size_t cut = 0; cut <= data.size(); ++cut) {
    Sha256Stream stream;
    stream.Update(std::string_view(data).substr(0, cut));
    stream.Update(std::string_view(data).substr(cut));
    ASSERT_EQ(stream.Finish(), Sha256(data)) << cut;
  }
}

TEST(Sha256Test, FinishedStreamStartsAgainEmpty) {
  Sha256Stream stream;
  stream.Update("first");
  stream.Finish();
  stream.Update("second");
  EXPECT_EQ(stream.Finish(), Sha256("second"));
  EXPECT_EQ(stream.Finish(), Sha256(""));
}

TEST(Sha256Test, CopiedStreamContinuesOnItsOwn) {
  Sha256Stream prefix;
  prefix.Update("common ");
  Sha256Stream copy = prefix;
  prefix.Update("left");
  copy.Update("right");
  EXPECT_EQ(prefix.Finish(), Sha256("common left"));
  EXPECT_EQ(copy.Finish(), Sha256("common right"));
}

TEST(FixedBytesTest, OnlyTheExactLengthIsTaken) {
  for (size_t size = 0; size <= 70; ++size) {
    const std::string bytes(size, '\x5a');
    EXPECT_EQ(Hash::FromBytes(bytes).ok(), size == 32) << size;
    EXPECT_EQ(PublicKey::FromBytes(bytes).ok(), size == 32) << size;
    EXPECT_EQ(Signature::FromBytes(bytes).ok(), size == 64) << size;
  }
  EXPECT_EQ(ReasonOf(Hash::FromBytes("short").status()), "BAD_LENGTH");
}

TEST(FixedBytesTest, BytesComeBackAsTheyWent) {
  const std::string bytes = *HexDecode("000102030405060708090a0b0c0d0e0ff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff");
  EXPECT_EQ(Hash::FromBytes(bytes)->view(), bytes);
}

TEST(FixedBytesTest, OrderIsThatOfUnsignedBytes) {
  Hash low;
  Hash high;
  low.bytes[0] = 0x7f;
  low.bytes[31] = 0xff;
  high.bytes[0] = 0x80;
  EXPECT_LT(low, high);
  EXPECT_NE(low, high);
  EXPECT_EQ(low, Hash(low));
}

TEST(FixedBytesTest, HashesAndKeysWorkInHashTables) {
  const std::unordered_set<Hash> hashes = {Sha256("a"), Sha256("b"), Sha256("a")};
  EXPECT_EQ(hashes.size(), 2U);
  EXPECT_TRUE(hashes.contains(Sha256("b")));
  const std::unordered_set<PublicKey> keys = {PublicKey(), PublicKey()};
  EXPECT_EQ(keys.size(), 1U);
}

}  // namespace
}  // namespace touchstone::crypto
