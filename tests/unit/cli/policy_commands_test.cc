// touchstone policy: the packs looked at, from a server and without one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/encoding.h"
#include "ledger/policy.h"
#include "tests/unit/cli/fake_server.h"

namespace touchstone::cli {
namespace {

using testing::Desk;
using ::testing::HasSubstr;
using testing::Outcome;

/// A pack that no software comes with: the strict one under another name.
ledger::Policy OwnPack() {
  std::string text = ledger::FindBuiltInPolicy("mercury-free")->bytes;
  const std::string id = "id: \"mercury-free\"";
  text.replace(text.find(id), id.size(), "id: \"house-rules\"");
  const auto policy = ledger::ParsePolicy(text);
  EXPECT_TRUE(policy.ok()) << policy.status();
  return *policy;
}

TEST(PolicyCommands, ListsThePacksOfTheServerWithTheHashThatClaimsCite) {
  Desk desk;
  const ledger::Policy pack = OwnPack();
  desk.server.policies.add_policies(pack.bytes);
  const Json json = desk.Run({"policy", "list", "--json"}).json();
  ASSERT_EQ(json.size(), 1u);
  EXPECT_EQ(json[0]["policy_id"], "house-rules");
  EXPECT_EQ(json[0]["version"], pack.pack.version());
  EXPECT_EQ(json[0]["sha256"], HexEncode(pack.sha256.view()));
  EXPECT_THAT(desk.Run({"policy", "list"}).out, HasSubstr(pack.pack.title()));
}

TEST(PolicyCommands, ListsTheBuiltInPacksWithoutAServer) {
  Desk desk;
  const Json json = desk.Run({"policy", "list", "--built-in", "--json"}).json();
  EXPECT_EQ(json.size(), ledger::BuiltInPolicies().size());
  EXPECT_EQ(desk.server.calls, 0);
}

TEST(PolicyCommands, ShowsAPackByteForByteSoThatItsCopyHasItsHash) {
  Desk desk;
  const ledger::Policy pack = OwnPack();
  desk.server.policies.add_policies(pack.bytes);
  EXPECT_EQ(desk.Run({"policy", "show", "house-rules"}).out, pack.bytes);

  const Outcome built_in = desk.Run({"policy", "show", "mercury-free", "--built-in"});
  EXPECT_EQ(built_in.out, ledger::FindBuiltInPolicy("mercury-free")->bytes);
  const Json linted = desk.Run({"policy", "lint", desk.WriteFile("copy.textproto", built_in.out), "--json"}).json();
  EXPECT_EQ(linted["sha256"], HexEncode(ledger::FindBuiltInPolicy("mercury-free")->sha256.view()));
}

TEST(PolicyCommands, ShowNamesThePacksThereAreForOneThatThereIsNot) {
  Desk desk;
  desk.server.policies.add_policies(OwnPack().bytes);
  const Outcome outcome = desk.Run({"policy", "show", "gold", "--json"});
  EXPECT_EQ(outcome.code, ExitCode::kUsage);
  EXPECT_EQ(outcome.json()["error"]["reason"], "UNKNOWN_POLICY");
  EXPECT_THAT(std::string(outcome.json()["error"]["message"]), HasSubstr("house-rules"));
}

}  // namespace
}  // namespace touchstone::cli
