#include "crypto/keys.h"

#include <gtest/gtest.h>

#include <type_traits>

#include "base/encoding.h"
#include "tests/support/bits.h"

namespace touchstone::crypto {
namespace {

using touchstone::testing::WithBitFlipped;

std::string Bytes(std::string_view hex) { return *HexDecode(hex); }

class CountingRandom final : public Random {
 public:
  void Fill(std::span<uint8_t> out) override {
    for (uint8_t& byte : out) byte = next_++;
  }

 private:
  uint8_t next_ = 0;
};

struct SigningCase {
  std::string_view seed;
  std::string_view key;
  std::string_view message;
  std::string_view signature;
};

// RFC 8032 section 7.1, TEST 1 to 3.
constexpr SigningCase kRfc8032[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe246"
     "5"
     "5141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb"
     "0"
     "0d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc"
     "0"
     "27beceea1ec40a"},
};

TEST(SecretKeyTest, KnownAnswersOfRfc8032Hold) {
  for (const SigningCase& c : kRfc8032) {
    const SecretKey key = *SecretKey::FromSeed(Bytes(c.seed));
    const Signature signature = key.Sign(Bytes(c.message));
    EXPECT_EQ(HexEncode(key.public_key().view()), c.key);
    EXPECT_EQ(HexEncode(signature.view()), c.signature);
    EXPECT_TRUE(Verify(key.public_key(), Bytes(c.message), signature));
  }
}

TEST(SecretKeyTest, SeedOfAnotherLengthIsRefused) {
  for (const size_t size : {0, 31, 33, 64}) {
    EXPECT_EQ(ReasonOf(SecretKey::FromSeed(std::string(size, 'x')).status()), "BAD_LENGTH") << size;
  }
}

TEST(SecretKeyTest, GeneratedKeyUsesTheInjectedRandomness) {
  CountingRandom random;
  const SecretKey first = SecretKey::Generate(random);
  const SecretKey second = SecretKey::Generate(random);
  EXPECT_EQ(HexEncode(first.Seed().view()), "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
  EXPECT_EQ(SecretKey::FromSeed(first.Seed().view())->public_key(), first.public_key());
  EXPECT_NE(first.public_key(), second.public_key());
}

TEST(SecretKeyTest, MovedKeyStillSigns) {
  static_assert(!std::is_copy_constructible_v<SecretKey> && !std::is_copy_assignable_v<SecretKey>);
  static_assert(std::is_nothrow_move_constructible_v<SecretKey>);
  SecretKey original = *SecretKey::FromSeed(Bytes(kRfc8032[0].seed));
  SecretKey key = *SecretKey::FromSeed(Bytes(kRfc8032[1].seed));
  key = std::move(original);
  EXPECT_EQ(HexEncode(key.Sign("").view()), kRfc8032[0].signature);
}

TEST(PublicKeyTest, PemIsThatOfOpenssl) {
  const PublicKey key = *PublicKey::FromBytes(Bytes(kRfc8032[0].key));
  EXPECT_EQ(key.ToPem(),
            "-----BEGIN PUBLIC KEY-----\n"
            "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n"
            "-----END PUBLIC KEY-----\n");
}

TEST(VerifyTest, EveryFlippedBitIsNoticed) {
  const SecretKey key = *SecretKey::FromSeed(Bytes(kRfc8032[2].seed));
  const std::string message = "12.345 g of doré";
  const Signature signature = key.Sign(message);
  ASSERT_TRUE(Verify(key.public_key(), message, signature));
  for (size_t bit = 0; bit < 512; ++bit) {
    EXPECT_FALSE(Verify(key.public_key(), message, WithBitFlipped(signature, bit))) << bit;
  }
  for (size_t bit = 0; bit < 256; ++bit) {
    EXPECT_FALSE(Verify(WithBitFlipped(key.public_key(), bit), message, signature)) << bit;
  }
  for (size_t bit = 0; bit < 8 * message.size(); ++bit) {
    EXPECT_FALSE(Verify(key.public_key(), WithBitFlipped(message, bit), signature)) << bit;
  }
}

TEST(VerifyTest, SignatureWithTheGroupOrderAddedIsRefused) {
  const SecretKey key = *SecretKey::FromSeed(Bytes(kRfc8032[0].seed));
  Signature signature = key.Sign("twice");
  const std::string order = Bytes("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
  unsigned carry = 0;
  for (size_t i = 0; i < order.size(); ++i) {
    carry += signature.bytes[32 + i] + static_cast<uint8_t>(order[i]);
    signature.bytes[32 + i] = static_cast<uint8_t>(carry);
    carry >>= 8;
  }
  EXPECT_FALSE(Verify(key.public_key(), "twice", signature));
}

// With A of order one, [S]B = R + [h]A holds for S = 1, R = B and any message: only the check of A's order refuses it.
TEST(VerifyTest, KeyThatSignsEverythingIsRefused) {
  const PublicKey identity = *PublicKey::FromBytes(Bytes("01" + std::string(62, '0')));
  const std::string base_point = "58" + std::string(62, '6');
  const std::string one = "01" + std::string(62, '0');
  const Signature anything = *Signature::FromBytes(Bytes(base_point + one));
  EXPECT_FALSE(Verify(identity, "any message", anything));
}

struct EdgeCase {
  std::string_view what;
  std::string_view message;
  std::string_view key;
  std::string_view signature;
  bool accepted;
};

// The edge cases that Chalkias, Garillot and Nikolaenko published with "Taming the many EdDSAs" (2020). Where libraries
// differ, ours is libsodium's answer.
constexpr EdgeCase kEdgeCases[] = {
    {"key and R of small order", "8c93255d71dcab10e8f379c26200f3c7bd5f09d9bc3068d3ef4edeb4853022b6",
     "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
     "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a0000000000000000000000000000000000000000000000000"
     "000"
     "000000000000",
     false},
    {"key of small order", "9bd9f44f4dcc75bd531b56b2cd280b0bb38fc1cd6d1230e14861d861de092e79",
     "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
     "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43a5bb704786be79fc476f91d3f3f89b03984d8068dcf1bb7df"
     "c66"
     "37b45450ac04",
     false},
    {"R of small order", "aebf3f2601a0c8c5d39cc7d8911642f740b78168218da8471772b35f9d35b9ab",
     "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
     "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa8c4bd45aecaca5b24fb97bc10ac27ac8751a7dfe1baff8b95"
     "3ec"
     "9f5833ca260e",
     false},
    {"key and R of mixed order, both equations hold",
     "9bd9f44f4dcc75bd531b56b2cd280b0bb38fc1cd6d1230e14861d861de092e79",
     "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
     "9046a64750444938de19f227bb80485e92b83fdb4b6506c160484c016cc1852f87909e14428a7a1d62e9f22f3d3ad7802db02eb2e688b6c52"
     "fcd"
     "6648a98bd009",
     true},
    {"key and R of mixed order, only with cofactor", "e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c",
     "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
     "160a1cb0dc9c0258cd0a7d23e94d8fa878bcb1925f2c64246b2dee1796bed5125ec6bc982a269b723e0668e540911a9a6a58921d6925e434a"
     "b10"
     "aa7940551a09",
     false},
    {"key of mixed order, only with cofactor", "e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c",
     "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
     "21122a84e0b5fca4052f5b1235c80a537878b38f3142356b2c2384ebad4668b7e40bc836dac0f71076f9abe3a53f9c03c1ceeeddb658d0030"
     "494"
     "ace586687405",
     false},
    {"S above the group order", "85e241a07d148b41e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec40",
     "442aad9f089ad9e14647b1ef9099a1ff4798d78589e66f28eca69c11f582a623",
     "e96f66be976d82e60150baecff9906684aebb1ef181f67a7189ac78ea23b6c0e547f7690a0e2ddcd04d87dbc3490dc19b3b3052f7ff0538cb"
     "68a"
     "fb369ba3a514",
     false},
    {"S far above the group order", "85e241a07d148b41e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec40",
     "442aad9f089ad9e14647b1ef9099a1ff4798d78589e66f28eca69c11f582a623",
     "8ce5b96c8f26d0ab6c47958c9e68b937104cd36e13c33566acd2fe8d38aa19427e71f98a473474f2f13f06f97c20d58cc3f54b8bd0d272f42"
     "b69"
     "5dd7e89a8c22",
     false},
    {"R not canonical, reduced before hashing", "fdaebc429f4a735932a160da1301080c13280eea8bc280d1b392c6b9e6ba3a5a",
     "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
     "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f454d370c8d9fc323a41450f8d513eafeb5b0697390c1e505a"
     "0d4"
     "ddc71f566607",
     false},
    {"R not canonical, hashed as it is", "84b698d39be126ff55fe45079e6c8bf64a0d7db6994560b4e96b7021eb39c1a1",
     "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
     "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f084d5b99c2a9463d9c8bd5026916996984eeec87ddf1d3be3"
     "290"
     "06ace1b37b09",
     false},
};

TEST(VerifyTest, EdgeCasesAreDecidedAsLibsodiumDecidesThem) {
  for (const EdgeCase& c : kEdgeCases) {
    EXPECT_EQ(Verify(*PublicKey::FromBytes(Bytes(c.key)), Bytes(c.message), *Signature::FromBytes(Bytes(c.signature))),
              c.accepted)
        << c.what;
  }
}

TEST(SecretBytesTest, CopyOwnsItsBytesAndMovesThem) {
  std::string source = "secret";
  SecretBytes secret = SecretBytes::CopyOf(source);
  source[0] = 'X';
  SecretBytes moved = std::move(secret);
  EXPECT_EQ(moved.view(), "secret");
  EXPECT_TRUE(secret.empty());  // NOLINT(bugprone-use-after-move): what a move leaves behind is part of the contract
  moved = SecretBytes();
  EXPECT_TRUE(moved.view().empty());
}

TEST(SecretBytesTest, Base64AgreesWithTheOrdinaryCodec) {
  for (size_t size = 0; size < 40; ++size) {
    const std::string bytes(size, '\xfb');
    const SecretBytes text = SecretBase64Encode(bytes);
    EXPECT_EQ(text.view(), Base64Encode(bytes));
    EXPECT_EQ(SecretBase64Decode(text.view())->view(), bytes);
  }
}

TEST(SecretBytesTest, Base64ThatIsNotCanonicalIsRefused) {
  for (const std::string_view text :
       {"A", "AA", "AAA", "AB==", "AA=", "AA==\n", " AA==", "AA==AA==", "A-==", "====", "AAB="}) {
    EXPECT_EQ(ReasonOf(SecretBase64Decode(text).status()), "BAD_BASE64") << text;
  }
}

}  // namespace
}  // namespace touchstone::crypto
