// A log and its witnesses over HTTP: quorums, witnesses that are dead, slow, rude or of another implementation.
#include "services/witness/cosigning.h"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <future>
#include <map>
#include <string>
#include <utility>

#include "base/files.h"
#include "base/limits.h"
#include "base/status.h"
#include "crypto/cosignature.h"
#include "services/witness/witness_client.h"
#include "tests/support/temp_dir.h"
#include "tests/transparency/running_witness.h"
#include "tests/transparency/served_log.h"

namespace touchstone::services {
namespace {

using crypto::NoteKeyType;
using crypto::NoteSigner;
using crypto::SecretKey;
using testing::TempDir;

constexpr int64_t kNowUs = 1'800'000'000'000'000;
/// Longer than any answer takes; a test that waits so long fails.
constexpr int64_t kLongMs = 30'000;

/// A checkpoint that the log's key signed, of a tree that the log never had.
std::string SignedAt(const ServedLog& log, uint64_t size) {
  const NoteSigner signer = *NoteSigner::Create(log.log_key().name(), NoteKeyType::kEd25519,
                                                *SecretKey::FromSeed(std::string(SecretKey::kSeedBytes, 'k')));
  return *crypto::SignCheckpoint({.origin = signer.name(),
                                  .size = size,
                                  .root = crypto::Sha256(std::string_view("another history")),
                                  .extensions = {}},
                                 signer);
}

class CosigningTest : public ::testing::Test {
 protected:
  void StartWitness(char name) { running_[name].Start(folder_.path(), name, log_.log_key(), clock_); }
  void StopWitness(char name) { running_[name].Stop(); }
  std::string PolicyLine(char name) { return running_[name].PolicyLine(); }

  void StartCosigning(const std::string& policy) {
    auto cosigning = Cosigning::Start({.policy = *crypto::WitnessPolicy::Parse(policy),
                                       .log_keys = log_.log_key(),
                                       .file = folder_.File("cosigned"),
                                       .newest = [this] { return log_.newest(); }});
    ASSERT_TRUE(cosigning.ok()) << cosigning.status();
    cosigning_ = *std::move(cosigning);
  }
  void GrowTo(uint64_t size) {
    log_.GrowTo(size);
    if (cosigning_ != nullptr) cosigning_->Notice();
  }
  uint64_t Awaited(uint64_t size, int64_t timeout_ms = kLongMs) {
    const auto last = cosigning_->Await(size, timeout_ms);
    return last == nullptr ? 0 : last->size;
  }

  TempDir folder_;
  ManualClock clock_{kNowUs};
  ServedLog log_;
  std::map<char, RunningWitness> running_;
  std::unique_ptr<Cosigning> cosigning_;
};

TEST_F(CosigningTest, ShowsWhatAQuorumHasCosignedAndGoesOnFromThere) {
  for (const char name : {'a', 'b', 'c'}) StartWitness(name);
  log_.GrowTo(5);
  const std::string policy = PolicyLine('a') + PolicyLine('b') + PolicyLine('c') + "group g 2 a b c\nquorum g\n";
  StartCosigning(policy);
  ASSERT_EQ(Awaited(5), 5u);
  const auto known = crypto::WitnessPolicy::Parse(policy);
  std::vector<crypto::NoteVerifier> verifiers = known->Verifiers();
  verifiers.push_back(log_.log_key());
  const auto opened = crypto::OpenNote(cosigning_->last()->note, verifiers);
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_TRUE(known->IsMetBy(*opened));
  EXPECT_EQ(opened->attestations[0].verifier, log_.log_key());
  for (const uint64_t size : {6u, 300u, 301u}) {
    GrowTo(size);
    EXPECT_EQ(Awaited(size), size);
  }
}

TEST_F(CosigningTest, WaitsForNoDeadWitnessWhileTheOthersAreAQuorum) {
  for (const char name : {'a', 'b', 'c'}) StartWitness(name);
  const std::string policy = PolicyLine('a') + PolicyLine('b') + PolicyLine('c') + "group g 2 a b c\nquorum g\n";
  StopWitness('c');
  log_.GrowTo(5);
  StartCosigning(policy);
  EXPECT_EQ(Awaited(5), 5u);
}

TEST_F(CosigningTest, IsHeldUpByNoWitnessThatTakesACallAndNeverAnswers) {
  std::promise<void> ended;
  const auto deaf = HttpServer::Start({.host = "127.0.0.1", .port = 0},
                                      {.handler = [let_go = ended.get_future().share()](const HttpRequest&) {
                                        let_go.wait();
                                        return HttpResponse{.status = 503};
                                      }});
  ASSERT_TRUE(deaf.ok()) << deaf.status();
  for (const char name : {'a', 'b'}) StartWitness(name);
  log_.GrowTo(5);
  StartCosigning(PolicyLine('a') + PolicyLine('b') + "witness c " + WitnessKey('c').verifier().ToVkey() +
                 " http://127.0.0.1:" + std::to_string((*deaf)->port()) + "\ngroup g 2 a b c\nquorum g\n");
  EXPECT_EQ(Awaited(5), 5u);
  // Long before the patience with an answer is at its end.
  std::future<void> stopped = std::async(std::launch::async, [this] { cosigning_.reset(); });
  EXPECT_EQ(stopped.wait_for(std::chrono::milliseconds(limits::kWitnessRoundMs / 2)), std::future_status::ready);
  ended.set_value();
}

TEST_F(CosigningTest, StaysAtTheLastQuorumAndCatchesUpWhenAWitnessIsBack) {
  StartWitness('a');
  StartWitness('b');
  log_.GrowTo(5);
  StartCosigning(PolicyLine('a') + PolicyLine('b') + "group g all a b\nquorum g\n");
  ASSERT_EQ(Awaited(5), 5u);
  StopWitness('b');
  GrowTo(7);
  EXPECT_EQ(Awaited(7, 1'000), 5u);
  EXPECT_EQ(log_.newest()->snapshot->size(), 7u) << "the log itself waits for nobody";
  StartWitness('b');
  EXPECT_EQ(Awaited(7), 7u);
}

TEST_F(CosigningTest, NeverGoesBackOverARestart) {
  StartWitness('a');
  log_.GrowTo(5);
  const std::string policy = PolicyLine('a') + "quorum a\n";
  StartCosigning(policy);
  ASSERT_EQ(Awaited(5), 5u);
  cosigning_.reset();
  StopWitness('a');
  StartCosigning(policy);
  ASSERT_NE(cosigning_->last(), nullptr);
  EXPECT_EQ(cosigning_->last()->size, 5u);
  // Under another policy the old note has no quorum, and is not shown.
  cosigning_.reset();
  StartWitness('b');
  StopWitness('b');
  StartCosigning(PolicyLine('b') + "quorum b\n");
  EXPECT_EQ(cosigning_->last(), nullptr);
}

TEST_F(CosigningTest, RefusesAFileOfMoreThanTheLedgerHasAndOfAnotherHistory) {
  const auto start = [this] {
    return Cosigning::Start({.policy = {},
                             .log_keys = log_.log_key(),
                             .file = folder_.File("cosigned"),
                             .newest = [this] { return log_.newest(); }})
        .status();
  };
  log_.GrowTo(5);
  const std::string five = log_.newest()->checkpoint;
  log_.GrowTo(6);
  ASSERT_TRUE(WriteFileAtomically(folder_.File("cosigned"), five, 0644).ok());
  EXPECT_TRUE(start().ok()) << start();
  for (const std::string& note : {std::string("nonsense"), SignedAt(log_, 9), SignedAt(log_, 4)}) {
    ASSERT_TRUE(WriteFileAtomically(folder_.File("cosigned"), note, 0644).ok());
    EXPECT_EQ(ReasonOf(start()), "BAD_COSIGNED") << note;
  }
}

TEST_F(CosigningTest, LearnsFromAWitnessHowFarItIs) {
  StartWitness('a');
  log_.GrowTo(5);
  const auto client =
      WitnessClient::Create({.name = "a", .verifier = WitnessKey('a').verifier(), .url = running_['a'].url()});
  ASSERT_TRUE(client.ok()) << client.status();
  EXPECT_EQ(*(*client)->LastOf({log_.log_key()}), std::nullopt);
  ASSERT_TRUE((*client)->Cosign(*log_.newest()).ok());
  log_.GrowTo(9);
  // Another client has taken the witness on: this one is told so.
  const auto other = WitnessClient::Create((*client)->witness());
  ASSERT_TRUE((*other)->Cosign(*log_.newest()).ok());
  log_.GrowTo(11);
  EXPECT_TRUE((*client)->Cosign(*log_.newest()).ok());
  const auto last = (*client)->LastOf({log_.log_key()});
  ASSERT_TRUE(last.ok()) << last.status();
  EXPECT_EQ((*last)->size, 11u);
  EXPECT_EQ((*last)->root, log_.newest()->snapshot->Root());
}

TEST_F(CosigningTest, BearsWithWhatOtherWitnessesAnswer) {
  struct Case {
    int status;
    std::string body;
    const char* reason;
  };
  log_.GrowTo(5);
  Case current;
  const auto server = HttpServer::Start({.host = "127.0.0.1", .port = 0}, {.handler = [&](const HttpRequest&) {
                                          return HttpResponse{.status = current.status, .body = current.body};
                                        }});
  ASSERT_TRUE(server.ok()) << server.status();
  const auto client = WitnessClient::Create({.name = "a",
                                             .verifier = WitnessKey('a').verifier(),
                                             .url = "http://127.0.0.1:" + std::to_string((*server)->port())});
  const std::string text = crypto::ParseNote(log_.newest()->checkpoint)->text;
  const std::string of_another = crypto::FormatNoteSignature(*crypto::Cosign(text, 1, WitnessKey('z')));
  const std::string ours = crypto::FormatNoteSignature(*crypto::Cosign(text, 1, WitnessKey('a')));
  for (const Case& c : {
           Case{409, "", "WITNESS_REFUSED"},
           Case{409, "6\n", "WITNESS_AHEAD"},
           Case{409, "4\n", "WITNESS_BUSY"},
           Case{429, "slow down\n", "WITNESS_BUSY"},
           Case{503, "", "WITNESS_BUSY"},
           Case{500, "", "WITNESS_BUSY"},
           Case{400, "", "WITNESS_REFUSED"},
           Case{403, "", "WITNESS_REFUSED"},
           Case{404, "", "WITNESS_REFUSED"},
           Case{422, "", "WITNESS_REFUSED"},
           Case{302, "", "WITNESS_REFUSED"},
           Case{200, "", "WITNESS_ANSWER"},
           Case{200, "thanks\n", "WITNESS_ANSWER"},
           Case{200, of_another, "WITNESS_ANSWER"},
           Case{200, of_another + ours, ""},
       }) {
    current = c;
    EXPECT_EQ(ReasonOf((*client)->Cosign(*log_.newest()).status()), c.reason) << c.status << ' ' << c.body;
  }
  EXPECT_EQ(ReasonOf(WitnessClient::Create({.name = "a", .verifier = WitnessKey('a').verifier(), .url = ""}).status()),
            "BAD_URL");
}

}  // namespace
}  // namespace touchstone::services
