// The command replays the log of a real node, and lists what is in it.
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "base/encoding.h"
#include "base/files.h"
#include "base/random.h"
#include "cli/app.h"
#include "cli/client.h"
#include "cli/render.h"
#include "cli/trust.h"
#include "crypto/hash.h"
#include "gmock/gmock.h"
#include "tests/provenance/audit/audit_fixture.h"

namespace touchstone::services {
namespace {

using cli::Json;
using ::testing::HasSubstr;

class ReplayTest : public AuditTest {
 protected:
  /// Runs `touchstone ARGUMENTS...` against the node.
  cli::ExitCode Run(std::vector<std::string> arguments) {
    const std::string trust = data_dir() + "/trust.toml";
    const std::string server = server_.empty() ? node_->grpc_address() : server_;
    arguments.insert(arguments.end(), {"--server", server, "--trust", trust});
    std::istringstream in;
    out_.str("");
    err_.str("");
    SystemClock clock;
    SystemRandom random;
    cli::Environment environment{
        clock, random, in,
        out_,  err_,   [&clock](const cli::ServerAddress& address) { return cli::ConnectClient(address, clock); },
        true};
    return cli::Run(arguments, environment);
  }

  /// SHA-256 of the state that the node keeps on disk.
  std::string StateOfNode() {
    crypto::Sha256Stream stream;
    const auto add = [&stream](std::string_view bytes) {
      std::string length;
      AppendU32(length, static_cast<uint32_t>(bytes.size()));
      stream.Update(length);
      stream.Update(bytes);
    };
    const auto published = node_->core().newest();
    EXPECT_TRUE(published->snapshot
                    ->ScanState("", "",
                                [&](std::string_view key, std::string_view value) {
                                  add(key);
                                  add(value);
                                  return true;
                                })
                    .ok());
    return HexEncode(stream.Finish().view());
  }

  std::string server_;  // empty: the node's
  std::ostringstream out_;
  std::ostringstream err_;
};

TEST_F(ReplayTest, ReplayMakesOfTheEntriesTheStateThatTheNodeKeeps) {
  ASSERT_EQ(Run({"audit", "replay", "--json"}), cli::ExitCode::kDone) << out_.str() << err_.str();
  const Json json = Json::parse(out_.str());
  EXPECT_EQ(json["entries"], LogSize());
  EXPECT_EQ(json["checkpoint"]["root"], HexEncode(NewestCheckpoint().root.view()));
  EXPECT_EQ(json["state_sha256"], StateOfNode());
  EXPECT_EQ(json["findings"], (Json{{"UNLICENSED_PRODUCTION", 1}, {"MERCURY_USED", 1}}));
  EXPECT_THAT(err_.str(), HasSubstr("100 %")) << "a terminal is shown how far it has come";
}

TEST_F(ReplayTest, EventsAndFindingsArePrinted) {
  ASSERT_EQ(Run({"audit", "events", "--object", road_.first_lot}), cli::ExitCode::kDone) << err_.str();
  EXPECT_THAT(out_.str(), HasSubstr("hand_over by "));
  ASSERT_EQ(Run({"audit", "findings", "--severity", "critical"}), cli::ExitCode::kDone) << err_.str();
  EXPECT_THAT(out_.str(), HasSubstr("MERCURY_USED on produce"));
  EXPECT_EQ(Run({"audit", "events", "--party", "north"}), cli::ExitCode::kUsage);
}

TEST_F(ReplayTest, ReportsAreMadeOfTheReplayedLog) {
  ASSERT_EQ(Run({"audit", "report", "origin", "--json"}), cli::ExitCode::kDone) << out_.str();
  const Json origin = Json::parse(out_.str());
  EXPECT_EQ(origin["country"], "PE");
  EXPECT_EQ(origin["unknown_kg"], "0.1385") << "90 g, 44 g and 4.5 g";
  EXPECT_EQ(origin["entries"], 3);
  ASSERT_EQ(Run({"audit", "report", "balance", "--party", story_.PartyOf("refiner"), "--json"}), cli::ExitCode::kDone);
  EXPECT_EQ(Json::parse(out_.str())["closing_kg"], "0.000");
}

class FilesReplayTest : public ReplayTest {
 protected:
  FilesReplayTest() {
    EXPECT_EQ(Run({"log", "entries", "--limit", "0", "--out", entries_}), cli::ExitCode::kDone) << err_.str();
    EXPECT_EQ(Run({"log", "checkpoint", "-o", checkpoint_}), cli::ExitCode::kDone) << err_.str();
  }

  cli::ExitCode Replay(const std::string& bytes) {
    const std::string changed = data_dir() + "/changed.entries";
    EXPECT_TRUE(WriteFileAtomically(changed, bytes, 0644, IfExists::kReplace).ok());
    return Run({"audit", "replay", "--entries", changed, "--checkpoint", checkpoint_, "--json"});
  }

  std::string Entries() { return ReadFile(entries_, size_t{1} << 20).value_or(""); }

  const std::string entries_ = data_dir() + "/log.entries";
  const std::string checkpoint_ = data_dir() + "/log.checkpoint";
};

TEST_F(FilesReplayTest, ALogInFilesIsReplayedWithoutTheNode) {
  const std::string state = StateOfNode();
  node_.reset();
  server_ = "127.0.0.1:1";
  ASSERT_EQ(Run({"audit", "replay", "--entries", entries_, "--checkpoint", checkpoint_, "--json"}),
            cli::ExitCode::kDone)
      << out_.str() << err_.str();
  EXPECT_EQ(Json::parse(out_.str())["state_sha256"], state);
  ASSERT_EQ(Run({"audit", "report", "origin", "--entries", entries_, "--checkpoint", checkpoint_, "--json"}),
            cli::ExitCode::kDone)
      << out_.str() << err_.str();
  EXPECT_EQ(Json::parse(out_.str())["entries"], 3);
}

TEST_F(FilesReplayTest, EntriesThatAreNotThoseOfTheCheckpointAreRefused) {
  const std::string whole = Entries();
  const auto reason = [this] { return Json::parse(out_.str())["reason"].get<std::string>(); };
  EXPECT_EQ(Replay(whole), cli::ExitCode::kDone) << out_.str();
  EXPECT_EQ(Replay(whole.substr(0, whole.size() - 1)), cli::ExitCode::kNotVerifiable);
  EXPECT_EQ(reason(), "ENTRIES_MISMATCH");
  const size_t first = sizeof(uint16_t) + ReadU16(whole);
  EXPECT_EQ(Replay(whole.substr(0, first)), cli::ExitCode::kNotVerifiable);
  EXPECT_EQ(reason(), "ENTRIES_MISMATCH") << "the genesis alone";
  EXPECT_EQ(Replay(whole + whole.substr(0, first)), cli::ExitCode::kNotVerifiable);
  EXPECT_EQ(reason(), "ENTRIES_MISMATCH") << "one too many";
  std::string changed = whole;
  changed.back() ^= 1;
  EXPECT_EQ(Replay(changed), cli::ExitCode::kNotVerifiable);
}

TEST_F(FilesReplayTest, EntriesWithoutTheirCheckpointAreRefused) {
  EXPECT_EQ(Run({"audit", "replay", "--entries", entries_}), cli::ExitCode::kUsage) << err_.str();
  EXPECT_EQ(Run({"audit", "replay", "--checkpoint", checkpoint_}), cli::ExitCode::kUsage) << err_.str();
}

}  // namespace
}  // namespace touchstone::services
