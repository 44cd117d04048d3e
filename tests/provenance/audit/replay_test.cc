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
    arguments.insert(arguments.end(), {"--server", node_->grpc_address(), "--trust", trust});
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
  EXPECT_EQ(Run({"audit", "events", "--party", "north"}), cli::ExitCode::kRefused);
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

}  // namespace
}  // namespace touchstone::services
