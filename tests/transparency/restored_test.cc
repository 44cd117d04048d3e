// A node that starts from an old copy of its ledger: with its mark, without it, and with what its witnesses remember.
#include <filesystem>
#include <map>
#include <string>
#include <utility>

#include "base/files.h"
#include "base/status.h"
#include "gmock/gmock.h"
#include "services/witness/witness.h"
#include "services/witness/witness_server.h"
#include "tests/integration/services/node_fixture.h"

namespace touchstone::services {
namespace {

namespace fs = std::filesystem;

using crypto::NoteKeyType;
using crypto::NoteSigner;
using crypto::SecretKey;

class RestoredTest : public NodeTest {
 protected:
  static NoteSigner Key(char name) {
    return *NoteSigner::Create(std::string("witness.example/") + name, NoteKeyType::kCosignature,
                               *SecretKey::FromSeed(std::string(32, name)));
  }
  void StartWitness(char name) {
    WitnessOptions options;
    options.data_dir = folder_.File(std::string("witness-") + name);
    options.signers.push_back(Key(name));
    options.logs = {{.origin = log_key().name(), .keys = {log_key()}}};
    auto witness = Witness::Open(std::move(options), clock_);
    ASSERT_TRUE(witness.ok()) << witness.status();
    Running& running = running_[name];
    running.witness = *std::move(witness);
    auto server = ServeWitness({.host = "127.0.0.1", .port = running.port}, *running.witness);
    ASSERT_TRUE(server.ok()) << server.status();
    running.server = *std::move(server);
    running.port = running.server->port();
  }
  void StopWitness(char name) {
    running_[name].server.reset();
    running_[name].witness.reset();
  }

  absl::Status TryServe() {
    std::string policy;
    for (const auto& [name, running] : running_) {
      policy += std::string("witness ") + name + " " + Key(name).verifier().ToVkey() + " http://127.0.0.1:" +
                std::to_string(running.port) + "\n";
    }
    policy += "group g all a b\nquorum g\n";
    EXPECT_TRUE(WriteFileAtomically(folder_.File("policy"), policy, 0644).ok());
    StopNode();
    Config config = UsualConfig();
    config.witness_policy = folder_.File("policy");
    config.override_behind = override_words_;
    return TryStart(config);
  }
  void Serve() {
    const absl::Status started = TryServe();
    ASSERT_TRUE(started.ok()) << started;
  }

  /// The story so far, copied; more of it, cosigned; and then the copy in its place.
  void RestoreAfterMore(bool with_mark) {
    StartWitness('a');
    StartWitness('b');
    Serve();
    StopNode();
    const fs::path copy = folder_.File("copy");
    fs::copy(data_dir(), copy, fs::copy_options::recursive);
    Serve();
    MustAdmit(story_.Offices());
    ASSERT_TRUE(node_->AwaitCosigned(5, 30'000));
    StopNode();
    const std::string mark = *ReadFile(data_dir() + "/mark", 1'000'000);
    for (const auto& file : fs::directory_iterator(data_dir())) fs::remove_all(file);
    fs::copy(copy, data_dir(), fs::copy_options::recursive);
    if (with_mark) {
      ASSERT_TRUE(WriteFileAtomically(data_dir() + "/mark", mark, 0644).ok());
    } else {
      fs::remove(data_dir() + "/mark");
    }
  }

  struct Running {
    int port = 0;
    std::unique_ptr<Witness> witness;
    std::unique_ptr<HttpServer> server;
  };

  testing::TempDir folder_;
  std::string override_words_;
  std::map<char, Running> running_;
};

TEST_F(RestoredTest, StaysReadOnlyByItsMarkWhoeverAnswers) {
  RestoreAfterMore(true);
  StopWitness('a');
  StopWitness('b');
  Serve();
  EXPECT_EQ(Submit(story_.Offices()[0]).reason(), "BEHIND_MARK");
}

TEST_F(RestoredTest, StaysReadOnlyByItsWitnessesWhenTheMarkIsGoneToo) {
  RestoreAfterMore(false);
  Serve();
  EXPECT_EQ(Submit(story_.Offices()[0]).reason(), "BEHIND_WITNESSES");
  StopWitness('b');
  Serve();
  EXPECT_EQ(Submit(story_.Offices()[0]).reason(), "BEHIND_WITNESSES") << "one that remembers is enough";
}

TEST_F(RestoredTest, StaysReadOnlyWhenNobodyCanTell) {
  RestoreAfterMore(false);
  StopWitness('a');
  StopWitness('b');
  Serve();
  EXPECT_EQ(Submit(story_.Offices()[0]).reason(), "WITNESSES_SILENT");
}

TEST_F(RestoredTest, SignsWhenTheOperatorSaysWhyAndKeepsTheOldMark) {
  RestoreAfterMore(true);
  override_words_ = "the disk burnt, and all that was lost is entered anew";
  Serve();
  MustAdmit(story_.Offices());
  EXPECT_TRUE(fs::exists(data_dir() + "/mark.overridden-5"));
}

TEST_F(RestoredTest, DoesNotStartOnAHistoryThatAWitnessContradicts) {
  RestoreAfterMore(false);
  running_['b'].witness.reset();
  running_['b'].server.reset();
  // The operator goes on from the copy as if nothing had been, without its witnesses.
  StartNode();
  MustAdmit(story_.Offices());
  EXPECT_EQ(ReasonOf(TryServe()), "OTHER_HISTORY");
}

}  // namespace
}  // namespace touchstone::services
