// touchstone policy: the packs looked at, from a server and without one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/encoding.h"
#include "cli/trust.h"
#include "ledger/bundle.h"
#include "ledger/policy.h"
#include "tests/support/memory_ledger.h"
#include "tests/support/story.h"
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

TEST(PolicyCommands, LintTellsEveryErrorAtOnce) {
  Desk desk;
  const std::string file = desk.WriteFile("bad.textproto", "id: \"Bad\" version: 1 title: \"t\" process { }");
  const Outcome outcome = desk.Run({"policy", "lint", file, "--json"});
  EXPECT_EQ(outcome.code, ExitCode::kUsage);
  ASSERT_EQ(outcome.json()["errors"].size(), 3u) << outcome.out;
  EXPECT_EQ(outcome.json()["error"]["field"], "id");
  EXPECT_EQ(outcome.json()["errors"][1]["field"], "permitted_models");
  EXPECT_THAT(desk.Run({"policy", "lint", file}).out, HasSubstr("error: sources: every pack says"));
}

/// The ring of two mines, in a bundle under the strict pack.
struct Tested {
  Desk desk;
  std::string pack;
  std::string bundle;
  std::string trust;

  Tested() {
    touchstone::testing::Story story;
    touchstone::testing::MemoryLedger ledger;
    ledger.Record(story.Genesis(touchstone::testing::KeyOf("log").public_key()));
    const auto road = TellMineToRing(story);
    ledger.RecordAll(road.statements);
    const ledger::Policy own = OwnPack();
    pack = desk.WriteFile("own.textproto", own.bytes);
    bundle = desk.WriteFile(
        "ring.touchstone",
        ledger::BuildBundle(ledger, road.ring, {&own, ledger::FindBuiltInPolicy("formalized")}, ledger.Checkpoint())
            ->SerializeAsString());
    trust = desk.WriteFile("trust.toml", FormatTrust(ledger.Trust()));
  }
};

TEST(PolicyCommands, TestSaysWhetherWhatWasExpectedIsMet) {
  Tested tested;
  const auto run = [&](const std::string& expected) {
    return tested.desk.Run(
        {"policy", "test", tested.pack, "--bundle", tested.bundle, "--trust", tested.trust, "--expect", expected});
  };
  const Outcome met = run("pass");
  EXPECT_EQ(met.code, ExitCode::kDone) << met.out << met.err;
  EXPECT_THAT(met.out, HasSubstr("house-rules version"));
  EXPECT_THAT(met.out, HasSubstr("expected PASS: met"));
  const Outcome missed = run("fail");
  EXPECT_EQ(missed.code, ExitCode::kRefused);
  EXPECT_THAT(missed.out, HasSubstr("expected FAIL: not met, it is PASS"));
}

}  // namespace
}  // namespace touchstone::cli
