// A witness and a log in one process: what tlog-witness asks, case by case.
#include "services/witness/witness.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "base/encoding.h"
#include "base/status.h"
#include "crypto/add_checkpoint.h"
#include "crypto/cosignature.h"
#include "crypto/fork.h"
#include "crypto/merkle.h"
#include "tests/support/merkle_reference.h"
#include "tests/support/temp_dir.h"

namespace touchstone::services {
namespace {

using crypto::NoteKeyType;
using crypto::NoteSigner;
using crypto::SecretKey;
using touchstone::testing::ReferenceConsistency;
using touchstone::testing::ReferenceRoot;
using touchstone::testing::TempDir;

constexpr int64_t kNowUs = 1'800'000'000'000'000;
constexpr char kOrigin[] = "ledger.example/gold";

NoteSigner LogKey(char seed = 'l', const std::string& origin = kOrigin) {
  return *NoteSigner::Create(origin, NoteKeyType::kEd25519, *SecretKey::FromSeed(std::string(32, seed)));
}

NoteSigner WitnessKey(char seed) {
  return *NoteSigner::Create(std::string("witness.example/") + seed, NoteKeyType::kCosignature,
                             *SecretKey::FromSeed(std::string(32, seed)));
}

/// A log whose entries are letters.
struct Letters {
  std::vector<crypto::Hash> leaves;
  std::string origin = kOrigin;
  char key = 'l';

  explicit Letters(std::string_view entries) {
    for (const char entry : entries) leaves.push_back(crypto::LeafHash(std::string(1, entry)));
  }
  std::string Note() const {
    return *crypto::SignCheckpoint(
        {.origin = origin, .size = leaves.size(), .root = ReferenceRoot(leaves), .extensions = {}},
        LogKey(key, origin));
  }
  crypto::AddCheckpoint Request(uint64_t old_size) const {
    crypto::AddCheckpoint request = {.old_size = old_size, .proof = {}, .checkpoint = Note()};
    if (old_size > 0 && old_size < leaves.size()) request.proof = ReferenceConsistency(old_size, leaves);
    return request;
  }
};

class WitnessTest : public ::testing::Test {
 protected:
  void Open(std::string_view signers = "w") {
    witness_.reset();
    WitnessOptions options;
    options.data_dir = folder_.File("witness");
    for (const char signer : signers) options.signers.push_back(WitnessKey(signer));
    options.logs = {{.origin = kOrigin, .keys = {LogKey().verifier(), LogKey('m').verifier()}},
                    {.origin = "other.example/log", .keys = {LogKey('o', "other.example/log").verifier()}}};
    options.examine = [this](const crypto::Checkpoint&, std::string_view) { return examined_; };
    options.announced = [this](std::string_view origin) {
      return origin == kOrigin ? announced_ : std::vector<crypto::NoteVerifier>();
    };
    auto witness = Witness::Open(std::move(options), clock_);
    ASSERT_TRUE(witness.ok()) << witness.status();
    witness_ = *std::move(witness);
  }
  void SetUp() override { Open(); }

  WitnessAnswer Ask(const crypto::AddCheckpoint& request) {
    return witness_->AddCheckpoint(crypto::FormatAddCheckpoint(request));
  }
  Witnessed Outcome(const crypto::AddCheckpoint& request) { return Ask(request).outcome; }

  TempDir folder_;
  ManualClock clock_{kNowUs};
  absl::Status examined_;
  std::vector<crypto::NoteVerifier> announced_;
  std::unique_ptr<Witness> witness_;
};

TEST_F(WitnessTest, CosignsTheFirstCheckpointAndWhatGrowsFromIt) {
  const WitnessAnswer first = Ask(Letters("abc").Request(0));
  ASSERT_EQ(first.outcome, Witnessed::kCosigned) << first.body;
  const std::vector<crypto::NoteVerifier> known = {LogKey().verifier(), WitnessKey('w').verifier()};
  const auto opened = crypto::OpenNote(Letters("abc").Note() + first.body, known);
  ASSERT_TRUE(opened.ok()) << opened.status();
  ASSERT_EQ(opened->attestations.size(), 2u);
  EXPECT_EQ(opened->attestations[1].cosigned_at_s, kNowUs / 1'000'000);
  EXPECT_EQ(Outcome(Letters("abcdefg").Request(3)), Witnessed::kCosigned);
  EXPECT_EQ(Outcome(Letters("abcdefg").Request(7)), Witnessed::kCosigned);
  EXPECT_EQ(witness_->LastOf(kOrigin)->size, 7u);
}

TEST_F(WitnessTest, CosignsWithEachOfItsKeys) {
  Open("wx");
  const WitnessAnswer answer = Ask(Letters("abc").Request(0));
  const std::vector<crypto::NoteVerifier> known = {WitnessKey('x').verifier(), WitnessKey('w').verifier()};
  const auto opened = crypto::OpenNote(Letters("abc").Note() + answer.body, known);
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->attestations.size(), 2u);
}

TEST_F(WitnessTest, TellsTheSizeToWhoNamesAnother) {
  EXPECT_EQ(Ask(Letters("abc").Request(2)).body, "0\n");
  ASSERT_EQ(Outcome(Letters("abc").Request(0)), Witnessed::kCosigned);
  const WitnessAnswer answer = Ask(Letters("abcd").Request(0));
  EXPECT_EQ(answer.outcome, Witnessed::kOtherSize);
  EXPECT_EQ(answer.body, "3\n");
  // A size that it has left behind is one more of these.
  EXPECT_EQ(Outcome(Letters("ab").Request(2)), Witnessed::kOtherSize);
}

TEST_F(WitnessTest, RefusesAnotherHistoryAndKeepsTheProof) {
  ASSERT_EQ(Outcome(Letters("abc").Request(0)), Witnessed::kCosigned);
  EXPECT_EQ(Outcome(Letters("aXcd").Request(3)), Witnessed::kInconsistent);
  crypto::AddCheckpoint request = Letters("abcd").Request(3);
  request.proof.pop_back();
  EXPECT_EQ(Outcome(request), Witnessed::kInconsistent);
  EXPECT_EQ(Outcome(Letters("abX").Request(3)), Witnessed::kInconsistent);
  EXPECT_EQ(Outcome(Letters("abcd").Request(3)), Witnessed::kCosigned) << "the honest history goes on";

  const std::string file =
      folder_.File("witness/" + HexEncode(crypto::Sha256(std::string_view(kOrigin)).view()) + "/fork");
  const auto text = ReadFile(file, 1'000'000);
  ASSERT_TRUE(text.ok()) << text.status();
  const auto fork = crypto::VerifyFork(*crypto::ParseForkEvidence(*text), LogKey().verifier());
  ASSERT_TRUE(fork.ok()) << fork.status();
  EXPECT_NE(fork->first.root, fork->second.root);
}

TEST_F(WitnessTest, RefusesAProofWhereNoneBelongs) {
  crypto::AddCheckpoint request = Letters("abc").Request(0);
  request.proof = {crypto::LeafHash("a")};
  EXPECT_EQ(Outcome(request), Witnessed::kInconsistent);
  ASSERT_EQ(Outcome(Letters("abc").Request(0)), Witnessed::kCosigned);
  request.old_size = 3;
  EXPECT_EQ(Outcome(request), Witnessed::kInconsistent);
}

TEST_F(WitnessTest, KnowsTheRootOfTheEmptyTree) {
  EXPECT_EQ(Outcome(Letters("").Request(0)), Witnessed::kCosigned);
  const std::string wrong = *crypto::SignCheckpoint(
      {.origin = kOrigin, .size = 0, .root = crypto::LeafHash("a"), .extensions = {}}, LogKey());
  EXPECT_EQ(Outcome({.old_size = 0, .proof = {}, .checkpoint = wrong}), Witnessed::kInconsistent);
}

TEST_F(WitnessTest, AnswersOtherRequestsByTheirFault) {
  EXPECT_EQ(witness_->AddCheckpoint("").outcome, Witnessed::kMalformed);
  EXPECT_EQ(witness_->AddCheckpoint("old 0\n\nno note\n").outcome, Witnessed::kMalformed);
  EXPECT_EQ(Outcome(Letters("abc").Request(4)), Witnessed::kMalformed);
  Letters stranger("abc");
  stranger.origin = "stranger.example/log";
  EXPECT_EQ(Outcome(stranger.Request(0)), Witnessed::kUnknownLog);
  Letters forged("abc");
  forged.key = 'f';
  EXPECT_EQ(Outcome(forged.Request(0)), Witnessed::kUntrusted);
  crypto::AddCheckpoint request = Letters("abc").Request(0);
  request.checkpoint.replace(request.checkpoint.find("\n3\n"), 3, "\n4\n");
  EXPECT_EQ(Outcome(request), Witnessed::kUntrusted);
  EXPECT_EQ(witness_->LastOf(kOrigin), std::nullopt);
}

TEST_F(WitnessTest, KnowsALogByEachOfItsKeys) {
  Letters letters("abc");
  ASSERT_EQ(Outcome(letters.Request(0)), Witnessed::kCosigned);
  Letters more("abcd");
  more.key = 'm';
  EXPECT_EQ(Outcome(more.Request(3)), Witnessed::kCosigned);
}

TEST_F(WitnessTest, RemembersOverARestart) {
  ASSERT_EQ(Outcome(Letters("abc").Request(0)), Witnessed::kCosigned);
  Open();
  EXPECT_EQ(witness_->LastOf(kOrigin)->size, 3u);
  EXPECT_EQ(Outcome(Letters("abX").Request(3)), Witnessed::kInconsistent);
  EXPECT_EQ(Outcome(Letters("abcd").Request(3)), Witnessed::kCosigned);
}

TEST_F(WitnessTest, RemembersByTheMarkWhenACrashLeftAnOlderNote) {
  ASSERT_EQ(Outcome(Letters("abc").Request(0)), Witnessed::kCosigned);
  const std::string directory = folder_.File("witness/" + HexEncode(crypto::Sha256(std::string_view(kOrigin)).view()));
  const std::string older = *ReadFile(directory + "/checkpoint", 1'000'000);
  ASSERT_EQ(Outcome(Letters("abcd").Request(3)), Witnessed::kCosigned);
  ASSERT_TRUE(WriteFileAtomically(directory + "/checkpoint", older, 0644).ok());
  Open();
  EXPECT_EQ(Outcome(Letters("abcX").Request(4)), Witnessed::kInconsistent);
  EXPECT_FALSE(std::filesystem::exists(directory + "/fork")) << "what it still has proves no fork";
  EXPECT_EQ(Outcome(Letters("abcde").Request(4)), Witnessed::kCosigned);
}

TEST_F(WitnessTest, ServesWhatItCosignedWithTheLinesThatItBelieved) {
  const std::string hash = HexEncode(crypto::Sha256(std::string_view(kOrigin)).view());
  EXPECT_EQ(witness_->CheckpointOf(hash), std::nullopt);
  crypto::AddCheckpoint request = Letters("abc").Request(0);
  const std::string unknown =
      crypto::FormatNoteSignature(*crypto::Cosign(crypto::ParseNote(request.checkpoint)->text, 1, WitnessKey('z')));
  request.checkpoint += unknown;
  const WitnessAnswer answer = Ask(request);
  ASSERT_EQ(answer.outcome, Witnessed::kCosigned);
  EXPECT_EQ(witness_->CheckpointOf(hash), Letters("abc").Note() + answer.body);
  EXPECT_EQ(witness_->CheckpointOf(std::string(64, '0')), std::nullopt);
}

TEST_F(WitnessTest, AsksWhoExaminesAndSignsOnlyWhatThatFoundRight) {
  examined_ = absl::UnavailableError("executed 2 of 3 entries");
  EXPECT_EQ(Outcome(Letters("abc").Request(0)), Witnessed::kBehind);
  examined_ = absl::FailedPreconditionError("entry 1 breaks a rule");
  EXPECT_EQ(Outcome(Letters("abc").Request(0)), Witnessed::kInconsistent);
  EXPECT_EQ(witness_->LastOf(kOrigin), std::nullopt);
  examined_ = absl::OkStatus();
  EXPECT_EQ(Outcome(Letters("abc").Request(0)), Witnessed::kCosigned);
}

/// l was the log's key before m.
TEST_F(WitnessTest, BelievesAnOlderKeyAloneNoMoreOnceANewerOneHasSigned) {
  const auto signed_by = [](std::string_view entries, char key) {
    Letters letters(entries);
    letters.key = key;
    return letters;
  };
  ASSERT_EQ(Outcome(signed_by("abc", 'l').Request(0)), Witnessed::kCosigned);
  ASSERT_EQ(Outcome(signed_by("abcd", 'm').Request(3)), Witnessed::kCosigned);
  EXPECT_EQ(Outcome(signed_by("abcde", 'l').Request(4)), Witnessed::kUntrusted);
  Open();
  EXPECT_EQ(Outcome(signed_by("abcde", 'l').Request(4)), Witnessed::kUntrusted) << "forgotten over a restart";
  EXPECT_EQ(Outcome(signed_by("abcde", 'm').Request(4)), Witnessed::kCosigned);
}

TEST_F(WitnessTest, BelievesKeysThatWhoExecutesHasReadInTheLog) {
  Letters letters("abc");
  letters.key = 'n';
  EXPECT_EQ(Outcome(letters.Request(0)), Witnessed::kUntrusted);
  announced_ = {LogKey().verifier(), LogKey('n').verifier()};
  EXPECT_EQ(Outcome(letters.Request(0)), Witnessed::kCosigned);
  examined_ = absl::UnauthenticatedError("a key of other sizes");
  letters = Letters("abcd");
  EXPECT_EQ(Outcome(letters.Request(3)), Witnessed::kUntrusted);
}

TEST_F(WitnessTest, KeepsLogsApart) {
  ASSERT_EQ(Outcome(Letters("abc").Request(0)), Witnessed::kCosigned);
  Letters other("xy");
  other.origin = "other.example/log";
  other.key = 'o';
  EXPECT_EQ(Outcome(other.Request(0)), Witnessed::kCosigned);
  EXPECT_EQ(witness_->LastOf("other.example/log")->size, 2u);
  EXPECT_EQ(witness_->LastOf(kOrigin)->size, 3u);
}

TEST_F(WitnessTest, IsOneProcessOnItsDirectoryAndHasKeysThatCosign) {
  WitnessOptions options;
  options.data_dir = folder_.File("witness");
  EXPECT_EQ(ReasonOf(Witness::Open(std::move(options), clock_).status()), "WITNESS_KEYS");
  options = {};
  options.data_dir = folder_.File("other");
  options.signers.push_back(LogKey());
  EXPECT_EQ(ReasonOf(Witness::Open(std::move(options), clock_).status()), "WITNESS_KEYS");
  options = {};
  options.data_dir = folder_.File("witness");
  options.signers.push_back(WitnessKey('w'));
  EXPECT_EQ(ReasonOf(Witness::Open(std::move(options), clock_).status()), "LEDGER_IN_USE");
  options = {};
  options.data_dir = folder_.File("third");
  options.signers.push_back(WitnessKey('w'));
  options.logs = {{.origin = kOrigin, .keys = {}}};
  EXPECT_EQ(ReasonOf(Witness::Open(std::move(options), clock_).status()), "WITNESS_LOGS");
}

}  // namespace
}  // namespace touchstone::services
