// GetCheckpoint that waits for the witnesses, asked of a node whose witnesses come and go.
#include <chrono>
#include <future>
#include <map>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/files.h"
#include "crypto/witness_policy.h"
#include "gtest/gtest.h"
#include "tests/integration/services/node_fixture.h"
#include "tests/transparency/running_witness.h"

namespace touchstone::services {
namespace {

using std::chrono::milliseconds;

/// Longer than any answer takes; a test that waits so long fails.
constexpr milliseconds kLong(30'000);

struct Waited {
  grpc::Status status;
  std::string note;
};

class CosignedWaitsTest : public NodeTest {
 protected:
  void StartWitness(char name) { running_[name].Start(folder_.path(), name, log_key(), clock_); }

  /// Serves under a quorum of both witnesses, which have run once, so that their addresses are known.
  void ServeWithWitnesses() {
    for (const char name : {'a', 'b'}) {
      StartWitness(name);
      policy_ += running_[name].PolicyLine();
    }
    policy_ += "group g all a b\nquorum g\n";
    ASSERT_TRUE(WriteFileAtomically(folder_.File("policy"), policy_, 0644).ok());
    Config config = UsualConfig();
    config.witness_policy = folder_.File("policy");
    config.shutdown_grace_ms = 100;
    const absl::Status started = TryStart(config);
    ASSERT_TRUE(started.ok()) << started;
    ASSERT_TRUE(node_->AwaitCosigned(1, kLong.count()));
  }

  std::future<Waited> Wait(uint64_t size, milliseconds timeout = kLong) {
    return std::async(std::launch::async, [this, size, timeout] {
      grpc::ClientContext context;
      const auto until = std::chrono::microseconds(SystemClock().NowUs()) + timeout;
      context.set_deadline(std::chrono::system_clock::time_point(until));
      v1::GetCheckpointRequest request;
      request.set_cosigned(true);
      request.set_at_least_size(size);
      v1::GetCheckpointResponse response;
      Waited waited{.status = log_->GetCheckpoint(&context, request, &response), .note = {}};
      waited.note = response.checkpoint();
      return waited;
    });
  }

  /// The entries under the note, which must have the log's signature and the quorum's.
  uint64_t SizeUnderQuorum(const std::string& note) {
    const auto policy = crypto::WitnessPolicy::Parse(policy_);
    std::vector<crypto::NoteVerifier> verifiers = policy->Verifiers();
    verifiers.push_back(log_key());
    const auto opened = crypto::OpenNote(note, verifiers);
    EXPECT_TRUE(opened.ok()) << opened.status();
    if (!opened.ok()) return 0;
    EXPECT_TRUE(policy->IsMetBy(*opened));
    return crypto::ParseCheckpoint(opened->text)->size;
  }

  testing::TempDir folder_;
  std::string policy_;
  std::map<char, RunningWitness> running_;
};

TEST_F(CosignedWaitsTest, EndWhenTheQuorumHasCosignedAsMuchAndNotBefore) {
  ServeWithWitnesses();
  running_['b'].Stop();
  MustAdmit(story_.Offices());
  std::future<Waited> five = Wait(5);
  std::future<Waited> four = Wait(4);
  const Waited one = Wait(1).get();
  ASSERT_TRUE(one.status.ok()) << one.status.error_message();
  EXPECT_EQ(SizeUnderQuorum(one.note), 1u);
  EXPECT_EQ(five.wait_for(milliseconds(300)), std::future_status::timeout);
  StartWitness('b');
  for (std::future<Waited>* waiting : {&five, &four}) {
    const Waited waited = waiting->get();
    ASSERT_TRUE(waited.status.ok()) << waited.status.error_message();
    EXPECT_EQ(SizeUnderQuorum(waited.note), 5u);
  }
}

TEST_F(CosignedWaitsTest, EndWithTheirDeadlineWhenAWitnessIsDead) {
  ServeWithWitnesses();
  running_['b'].Stop();
  MustAdmit(story_.Offices());
  EXPECT_EQ(Wait(5, milliseconds(200)).get().status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  StartWitness('b');
  EXPECT_TRUE(Wait(5).get().status.ok()) << "a call that went away takes no other with it";
}

TEST_F(CosignedWaitsTest, DoNotKeepANodeFromStopping) {
  ServeWithWitnesses();
  running_['b'].Stop();
  MustAdmit(story_.Offices());
  std::future<Waited> waiting = Wait(5);
  EXPECT_EQ(waiting.wait_for(milliseconds(100)), std::future_status::timeout);
  node_->Drain();
  EXPECT_FALSE(waiting.get().status.ok());
}

TEST_F(CosignedWaitsTest, AreAnsweredAtOnceWhereNoWitnessIsAsked) {
  StartNode();
  const Waited waited = Wait(5).get();
  ASSERT_TRUE(waited.status.ok()) << waited.status.error_message();
  EXPECT_EQ(crypto::OpenCheckpoint(waited.note, log_key())->size, 1u) << "the newest, which is nobody's to cosign";
}

}  // namespace
}  // namespace touchstone::services
