#include "crypto/cosignature.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "base/status.h"
#include "crypto/checkpoint.h"
#include "tests/support/bits.h"

namespace touchstone::crypto {
namespace {

using touchstone::testing::WithBitFlipped;

constexpr uint64_t kTimeS = 1'679'315'147;
constexpr std::string_view kText = "example.com/log\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

NoteSigner Witness(NoteKeyType type = NoteKeyType::kCosignature) {
  return *NoteSigner::Create("witness.example", type, *SecretKey::FromSeed(std::string(32, 'w')));
}

NoteSigner Log() {
  return *NoteSigner::Create("example.com/log", NoteKeyType::kEd25519, *SecretKey::FromSeed(std::string(32, 'l')));
}

TEST(CosignatureTest, MessageIsThatOfTheSpecification) {
  EXPECT_EQ(CosignatureMessage(kTimeS, "example.com/behind-the-sofa\n20852163\nCsUYapGG=\n"),
            "cosignature/v1\ntime 1679315147\nexample.com/behind-the-sofa\n20852163\nCsUYapGG=\n");
}

TEST(CosignatureTest, CosignedCheckpointOpensWithTheTime) {
  const NoteSigner log = Log();
  const NoteSigner witness = Witness();
  std::string note = *SignNote(kText, {&log, 1});
  note += FormatNoteSignature(*Cosign(kText, kTimeS, witness));
  const std::vector<NoteVerifier> verifiers = {log.verifier(), witness.verifier()};
  const OpenedNote opened = *OpenNote(note, verifiers);
  ASSERT_EQ(opened.attestations.size(), 2U);
  EXPECT_EQ(opened.attestations[0].cosigned_at_s, std::nullopt);
  EXPECT_EQ(opened.attestations[1].verifier, witness.verifier());
  EXPECT_EQ(opened.attestations[1].cosigned_at_s, kTimeS);
  EXPECT_TRUE(OpenCheckpoint(note, log.verifier()).ok());
}

TEST(CosignatureTest, EveryFlippedBitIsNoticed) {
  const NoteSigner witness = Witness();
  const PublicKey& key = witness.key().public_key();
  const NoteSignature cosignature = *Cosign(kText, kTimeS, witness);
  ASSERT_EQ(cosignature.blob.size(), 72U);
  ASSERT_EQ(VerifyCosignature(key, kText, cosignature.blob), kTimeS);
  for (size_t bit = 0; bit < 8 * cosignature.blob.size(); ++bit) {
    EXPECT_EQ(VerifyCosignature(key, kText, WithBitFlipped(cosignature.blob, bit)), std::nullopt) << bit;
  }
  for (size_t bit = 0; bit < 8 * kText.size(); ++bit) {
    EXPECT_EQ(VerifyCosignature(key, WithBitFlipped(kText, bit), cosignature.blob), std::nullopt) << bit;
  }
}

TEST(CosignatureTest, BlobOfAnotherLengthIsRefused) {
  const NoteSigner witness = Witness();
  const std::string blob = Cosign(kText, kTimeS, witness)->blob;
  for (size_t size = 0; size < blob.size(); ++size) {
    EXPECT_EQ(VerifyCosignature(witness.key().public_key(), kText, blob.substr(0, size)), std::nullopt);
  }
  EXPECT_EQ(VerifyCosignature(witness.key().public_key(), kText, blob + "x"), std::nullopt);
}

TEST(CosignatureTest, PlainSignatureIsNoCosignatureAndTheOtherWayRound) {
  const NoteSigner plain = Witness(NoteKeyType::kEd25519);
  const NoteSigner witness = Witness();
  EXPECT_NE(plain.verifier().key_id(), witness.verifier().key_id());
  EXPECT_EQ(ReasonOf(Cosign(kText, kTimeS, plain).status()), "UNSUPPORTED_KEY_TYPE");

  NoteSignature disguised = *Cosign(kText, kTimeS, witness);
  disguised.key_id = plain.verifier().key_id();
  const std::string note = std::string(kText) + "\n" + FormatNoteSignature(disguised);
  EXPECT_EQ(ReasonOf(OpenNote(note, {&plain.verifier(), 1}).status()), "WRONG_SIGNATURE");
}

TEST(CosignatureTest, TimesBeyondTheSpecificationAreRefused) {
  const NoteSigner witness = Witness();
  EXPECT_TRUE(Cosign(kText, (uint64_t{1} << 63) - 1, witness).ok());
  EXPECT_EQ(ReasonOf(Cosign(kText, uint64_t{1} << 63, witness).status()), "BAD_TIMESTAMP");

  std::string blob;
  AppendU64(blob, uint64_t{1} << 63);
  blob.append(witness.key().Sign(CosignatureMessage(uint64_t{1} << 63, kText)).view());
  EXPECT_EQ(VerifyCosignature(witness.key().public_key(), kText, blob), std::nullopt);
}

TEST(CosignatureTest, KeysOfWitnessesHaveTextForms) {
  const NoteSigner witness = Witness();
  EXPECT_EQ(*NoteVerifier::FromVkey(witness.verifier().ToVkey()), witness.verifier());
  EXPECT_EQ(NoteSigner::FromSkey(witness.ToSkey().view())->verifier(), witness.verifier());
}

}  // namespace
}  // namespace touchstone::crypto
