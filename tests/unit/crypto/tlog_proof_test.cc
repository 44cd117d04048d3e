#include "crypto/tlog_proof.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/encoding.h"
#include "base/status.h"
#include "crypto/merkle.h"
#include "tests/support/bits.h"

namespace touchstone::crypto {
namespace {

using touchstone::testing::WithBitFlipped;

/// A log of five entries, and the proof of each.
struct Log {
  std::vector<std::string> entries = {"a", "b", "c", "d", "e"};
  NoteSigner signer =
      *NoteSigner::Create("ledger.example/gold", NoteKeyType::kEd25519, *SecretKey::FromSeed(std::string(32, 'l')));

  Hash Leaf(uint64_t index) const { return LeafHash(entries[index]); }
  /// The root of the entries from `begin` on, before `end`; the definition of RFC 6962.
  Hash Root(size_t begin, size_t end) const {
    if (end - begin == 1) return Leaf(begin);
    const size_t middle = begin + Half(end - begin);
    return NodeHash(Root(begin, middle), Root(middle, end));
  }
  std::vector<Hash> Path(size_t index, size_t begin, size_t end) const {
    if (end - begin == 1) return {};
    const size_t middle = begin + Half(end - begin);
    std::vector<Hash> path = index < middle ? Path(index, begin, middle) : Path(index, middle, end);
    path.push_back(index < middle ? Root(middle, end) : Root(begin, middle));
    return path;
  }
  static size_t Half(size_t size) {
    size_t half = 1;
    while (half * 2 < size) half *= 2;
    return half;
  }
  TlogProof Proof(uint64_t index) const {
    return {.extra = entries[index],
            .index = index,
            .hashes = Path(index, 0, entries.size()),
            .checkpoint = *SignCheckpoint({.origin = "ledger.example/gold",
                                           .size = entries.size(),
                                           .root = Root(0, entries.size()),
                                           .extensions = {}},
                                          signer)};
  }
};

TEST(TlogProof, IsWrittenAsTheFormatHasIt) {
  const Log log;
  const TlogProof proof = log.Proof(4);
  EXPECT_EQ(FormatTlogProof(proof), "c2sp.org/tlog-proof@v1\nextra ZQ==\nindex 4\n" +
                                        Base64Encode(log.Root(0, 4).view()) + "\n\n" + proof.checkpoint);
  EXPECT_EQ(FormatTlogProof({.extra = {}, .index = 0, .hashes = {}, .checkpoint = "note\n"}),
            "c2sp.org/tlog-proof@v1\nindex 0\n\nnote\n");
}

TEST(TlogProof, ComesBackAsItWasAndVerifies) {
  const Log log;
  for (uint64_t index = 0; index < log.entries.size(); ++index) {
    for (const bool with_extra : {true, false}) {
      TlogProof proof = log.Proof(index);
      if (!with_extra) proof.extra.reset();
      const absl::StatusOr<TlogProof> parsed = ParseTlogProof(FormatTlogProof(proof));
      ASSERT_TRUE(parsed.ok()) << parsed.status();
      EXPECT_EQ(*parsed, proof);
      const absl::StatusOr<Checkpoint> checkpoint = VerifyTlogProof(*parsed, log.Leaf(index), log.signer.verifier());
      ASSERT_TRUE(checkpoint.ok()) << checkpoint.status();
      EXPECT_EQ(checkpoint->size, log.entries.size());
    }
  }
}

TEST(TlogProof, OfAnotherEntryPlaceOrLogDoesNotVerify) {
  const Log log;
  const TlogProof good = log.Proof(2);
  const NoteVerifier& key = log.signer.verifier();
  EXPECT_FALSE(VerifyTlogProof(good, log.Leaf(3), key).ok());
  TlogProof moved = good;
  moved.index = 3;
  EXPECT_FALSE(VerifyTlogProof(moved, log.Leaf(2), key).ok());
  TlogProof shorter = good;
  shorter.hashes.pop_back();
  EXPECT_FALSE(VerifyTlogProof(shorter, log.Leaf(2), key).ok());
  const NoteSigner other =
      *NoteSigner::Create("ledger.example/gold", NoteKeyType::kEd25519, *SecretKey::FromSeed(std::string(32, 'x')));
  EXPECT_FALSE(VerifyTlogProof(good, log.Leaf(2), other.verifier()).ok());
}

TEST(TlogProof, WithAnyBitFlippedIsRefusedOrIsTheSameProof) {
  const Log log;
  TlogProof proof = log.Proof(1);
  proof.extra.reset();
  const std::string text = FormatTlogProof(proof);
  for (size_t bit = 0; bit < text.size() * 8; ++bit) {
    const absl::StatusOr<TlogProof> parsed = ParseTlogProof(WithBitFlipped(text, bit));
    if (!parsed.ok()) continue;
    EXPECT_FALSE(VerifyTlogProof(*parsed, log.Leaf(1), log.signer.verifier()).ok()) << "bit " << bit;
  }
}

TEST(TlogProof, MalformedTextsAreRefusedAtTheirField) {
  const std::string hash = Base64Encode(std::string(32, 'h'));
  const std::string header = "c2sp.org/tlog-proof@v1\n";
  std::string long_path = header + "index 1\n";
  for (int i = 0; i < 64; ++i) long_path += hash + "\n";
  struct Case {
    std::string text;
    std::string_view field;
  };
  for (const Case& c : std::vector<Case>{
           {"", "header"},
           {"c2sp.org/tlog-proof@v2\nindex 1\n\nnote\n", "header"},
           {header, "index"},
           {header + "extra !\nindex 1\n\nnote\n", "extra"},
           {header + "extra ZQ==\nextra ZQ==\nindex 1\n\nnote\n", "index"},
           {header + "index\n\nnote\n", "index"},
           {header + "index \n\nnote\n", "index"},
           {header + "index 01\n\nnote\n", "index"},
           {header + "index -1\n\nnote\n", "index"},
           {header + "index 1 \n\nnote\n", "index"},
           {header + "index 9223372036854775808\n\nnote\n", "index"},
           {header + "index 1\n" + hash + "\nAAAA\n\nnote\n", "hashes[1]"},
           {header + "index 1\n" + hash + "\r\n\nnote\n", "hashes[0]"},
           {long_path + "\nnote\n", "hashes"},
           {header + "index 1\n" + hash + "\n", "checkpoint"},
           {header + "index 1\n\n", "checkpoint"},
       }) {
    const absl::Status status = ParseTlogProof(c.text).status();
    EXPECT_EQ(ReasonOf(status), "BAD_TLOG_PROOF") << c.text;
    EXPECT_EQ(FieldOf(status), c.field) << c.text;
  }
}

}  // namespace
}  // namespace touchstone::crypto
