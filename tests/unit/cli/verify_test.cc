// What `touchstone verify` says of what it cannot check, and on whose word.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "base/encoding.h"
#include "cli/trust.h"
#include "crypto/cosignature.h"
#include "fmt/format.h"
#include "ledger/bundle.h"
#include "ledger/claim_code.h"
#include "ledger/policy.h"
#include "tests/support/memory_ledger.h"
#include "tests/support/story.h"
#include "tests/unit/cli/fake_server.h"

namespace touchstone::cli {
namespace {

using testing::Desk;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::Outcome;
using touchstone::testing::KeyOf;
using touchstone::testing::MemoryLedger;
using touchstone::testing::MineToRing;
using touchstone::testing::Story;

constexpr uint64_t kCosignedAtS = 1'775'000'000;  // 2026-03-31T23:33:20Z

crypto::NoteSigner Witness(const std::string& name) {
  return *crypto::NoteSigner::Create(name, crypto::NoteKeyType::kCosignature, KeyOf(name));
}

const ledger::Policy& Pack() { return *ledger::FindBuiltInPolicy("formalized"); }

/// The road from two mines to a ring, claimed to be formalized.
struct Claimed {
  Story story;
  MemoryLedger ledger;
  std::string claim;

  Claimed() {
    ledger.Record(story.Genesis(KeyOf("log").public_key()));
    const MineToRing road = TellMineToRing(story);
    ledger.RecordAll(road.statements);
    v1::PolicyRef ref;
    ref.set_policy_id(Pack().pack.id());
    ref.set_version(Pack().pack.version());
    ref.set_sha256(std::string(Pack().sha256.view()));
    const auto said = story.Claim("jeweler", road.ring, {ref}, ledger.size());
    ledger.Record(said);
    claim = said.claim();
  }

  /// The claim's bundle, cosigned by these.
  v1::Bundle Bundle(const std::vector<std::string>& cosigners) const { return BundleOf(ledger, cosigners); }
  v1::Bundle BundleOf(const ledger::Archive& shown, const std::vector<std::string>& cosigners) const {
    v1::Bundle bundle = *ledger::BuildBundle(shown, claim, {&Pack()}, ledger.Checkpoint());
    const std::string text = crypto::ParseNote(bundle.checkpoint())->text;
    for (const std::string& name : cosigners) {
      bundle.mutable_checkpoint()->append(
          crypto::FormatNoteSignature(*crypto::Cosign(text, kCosignedAtS, Witness(name))));
    }
    return bundle;
  }
};

/// A witness in a trust file.
struct Named {
  std::string name;
  bool executes = false;
};

Outcome Verify(const Claimed& claimed, const v1::Bundle& bundle, const std::vector<Named>& witnesses, bool json,
               size_t quorum = 0) {
  Desk desk;
  ledger::Trust trust = claimed.ledger.Trust();
  for (const Named& named : witnesses) trust.witnesses.push_back({Witness(named.name).verifier(), named.executes});
  trust.quorum = quorum;
  const std::string file = desk.WriteFile("ring.touchstone", bundle.SerializeAsString());
  std::vector<std::string> arguments = {"verify", file, "--trust", desk.WriteFile("t.toml", FormatTrust(trust))};
  if (json) arguments.push_back("--json");
  return desk.Run(arguments);
}

/// Whether the names are attributed every rule of the whole log, and nobody what the bundle might leave out.
void ExpectReplayedBy(const Json& report, const std::vector<std::string>& names) {
  ASSERT_EQ(report["not_checked"].size(), 5U);
  for (const Json& item : report["not_checked"]) {
    const bool absence = item["fact"].get<std::string>().find("revoked") != std::string::npos;
    EXPECT_EQ(item["replayed_by"].get<std::vector<std::string>>(), absence ? std::vector<std::string>() : names)
        << item;
  }
  EXPECT_EQ(report["replayed_by"].size(), names.size());
}

TEST(Verify, AttributesGlobalRulesToTheExecutingWitnessWhoCosigned) {
  const Claimed claimed;
  const v1::Bundle bundle = claimed.Bundle({"exec.example", "plain.example"});
  const std::vector<Named> named = {{"exec.example", true}, {"plain.example"}};
  const Outcome outcome = Verify(claimed, bundle, named, true);
  ASSERT_EQ(outcome.code, ExitCode::kDone) << outcome.out;
  const Json report = outcome.json();
  ExpectReplayedBy(report, {"exec.example"});
  EXPECT_EQ(report["replayed_by"][0]["name"], "exec.example");
  EXPECT_EQ(report["replayed_by"][0]["up_to_size"], claimed.ledger.size());
  EXPECT_EQ(report["replayed_by"][0]["cosigned_at_s"], kCosignedAtS);
  ASSERT_EQ(report["witnessed_by"].size(), 1U);
  EXPECT_EQ(report["witnessed_by"][0]["name"], "plain.example");
  const std::string text = Verify(claimed, bundle, named, false).out;
  EXPECT_THAT(text, HasSubstr(fmt::format("by exec.example, who cosigned {} entries at 2026-03-31T23:33:20Z",
                                          claimed.ledger.size())));
  EXPECT_THAT(text, HasSubstr("witnessed by plain.example"));
  EXPECT_THAT(text, Not(HasSubstr("nobody")));
}

TEST(Verify, SaysThatNobodyNamedReplayedIt) {
  const Claimed claimed;
  struct Row {
    const char* what;
    std::vector<std::string> cosigners;
    std::vector<Named> named;
    size_t witnessed;
  };
  for (const Row& row : std::vector<Row>{
           {"no witness at all", {}, {}, 0},
           {"an unknown witness", {"stranger.example"}, {}, 0},
           {"an unknown one beside one that did not cosign", {"stranger.example"}, {{"exec.example", true}}, 0},
           {"a witness that executes nothing", {"plain.example"}, {{"plain.example"}}, 1},
       }) {
    const v1::Bundle bundle = claimed.Bundle(row.cosigners);
    const Json report = Verify(claimed, bundle, row.named, true).json();
    ExpectReplayedBy(report, {});
    EXPECT_EQ(report["witnessed_by"].size(), row.witnessed) << row.what;
    const Outcome outcome = Verify(claimed, bundle, row.named, false);
    EXPECT_EQ(outcome.code, ExitCode::kDone) << row.what;
    EXPECT_THAT(outcome.out, HasSubstr("nobody whom your trust file names")) << row.what;
    EXPECT_THAT(outcome.out, Not(HasSubstr("stranger.example"))) << row.what;
  }
}

TEST(Verify, RefusesAKnownWitnessesWrongCosignatureAndAMissingQuorum) {
  const Claimed claimed;
  v1::Bundle forged = claimed.Bundle({});
  // Signed over another text, by the key that the reader knows.
  forged.mutable_checkpoint()->append(
      crypto::FormatNoteSignature(*crypto::Cosign("another text\n", kCosignedAtS, Witness("exec.example"))));
  const Outcome wrong = Verify(claimed, forged, {{"exec.example", true}}, true);
  EXPECT_EQ(wrong.code, ExitCode::kNotVerifiable);
  EXPECT_EQ(wrong.json()["reason"], "CHECKPOINT_NOT_TRUSTED");
  const std::vector<Named> named = {{"a.example"}, {"b.example"}};
  EXPECT_EQ(Verify(claimed, claimed.Bundle({"a.example"}), named, true, 2).json()["reason"], "QUORUM_MISSING");
  EXPECT_EQ(Verify(claimed, claimed.Bundle({"a.example", "a.example"}), named, true, 2).json()["reason"],
            "QUORUM_MISSING");
  EXPECT_EQ(Verify(claimed, claimed.Bundle({"a.example", "b.example"}), named, true, 2).code, ExitCode::kDone);
}

/// What the ledger had before, under the tree that it has now: so a bundle is made that leaves out what came since.
class Withholding final : public ledger::Archive {
 public:
  Withholding(const MemoryLedger& before, const MemoryLedger& now) : before_(before), now_(now) {}
  std::optional<std::string> Get(std::string_view key) const override { return before_.Get(key); }
  uint64_t size() const override { return now_.size(); }
  absl::StatusOr<std::string> Entry(uint64_t index) const override { return before_.Entry(index); }
  absl::StatusOr<std::vector<uint64_t>> History(std::string_view id) const override { return before_.History(id); }
  absl::StatusOr<std::vector<crypto::Hash>> MultiProof(const std::vector<uint64_t>& indexes,
                                                       uint64_t tree_size) const override {
    return now_.MultiProof(indexes, tree_size);
  }
  absl::StatusOr<std::vector<v1::FindingRecord>> Findings(uint64_t index) const override {
    return before_.Findings(index);
  }
  absl::Status status() const override { return absl::OkStatus(); }

 private:
  const MemoryLedger& before_;
  const MemoryLedger& now_;
};

TEST(Verify, NeverShowsAsCheckedThatABundleLeavesOutNoRevocation) {
  Claimed claimed;
  const MemoryLedger before = claimed.ledger;
  claimed.ledger.Record(claimed.story.RevokeClaim("jeweler", claimed.claim, "made in error"));
  const std::vector<Named> named = {{"exec.example", true}};
  EXPECT_EQ(Verify(claimed, claimed.Bundle({"exec.example"}), named, true).code, ExitCode::kIndeterminate);
  const v1::Bundle withheld = claimed.BundleOf(Withholding(before, claimed.ledger), {"exec.example"});
  const Outcome outcome = Verify(claimed, withheld, named, true);
  ASSERT_EQ(outcome.code, ExitCode::kDone) << outcome.out;
  ExpectReplayedBy(outcome.json(), {"exec.example"});
  const std::string text = Verify(claimed, withheld, named, false).out;
  const size_t disclaimed = text.find("not checked here, and no cosignature says it");
  ASSERT_NE(disclaimed, std::string::npos) << text;
  EXPECT_EQ(text.find("revoked"), text.find("revoked", disclaimed)) << "said of nothing before that: " << text;
  EXPECT_THAT(text, HasSubstr("PASS on the evidence shown"));
}

TEST(Verify, ShowsAClaimAsClaimedAndAsReadNow) {
  Claimed claimed;
  const std::string as_claimed = Verify(claimed, claimed.Bundle({}), {}, false).out;
  EXPECT_THAT(as_claimed,
              HasSubstr(fmt::format("as claimed: PASS, on {} entries; as read since: PASS", claimed.ledger.size())));
  claimed.ledger.Record(claimed.story.DistrustKey("south", 1));
  const Outcome outcome = Verify(claimed, claimed.Bundle({}), {}, true);
  EXPECT_EQ(outcome.code, ExitCode::kIndeterminate);
  const Json evaluation = outcome.json()["evaluations"][0];
  EXPECT_EQ(evaluation["verdict"], "INDETERMINATE");
  EXPECT_EQ(evaluation["as_claimed"]["verdict"], "PASS");
  ASSERT_EQ(evaluation["turns"].size(), 1U);
  EXPECT_EQ(evaluation["turns"][0]["cause"], "DISTRUST");
  EXPECT_EQ(evaluation["turns"][0]["entry_index"], claimed.ledger.size() - 1);
  const std::string text = Verify(claimed, claimed.Bundle({}), {}, false).out;
  EXPECT_THAT(text, HasSubstr("as read now: INDETERMINATE"));
  EXPECT_THAT(text,
              HasSubstr(fmt::format("turned to INDETERMINATE by distrust  [entry {}]", claimed.ledger.size() - 1)));
}

// --- What the thing is -------------------------------------------------------------------------------------------------

/// A reader with a bundle, the trust file and files of packs.
struct Reader {
  explicit Reader(const Claimed& claimed, const v1::Bundle& bundle)
      : file(desk.WriteFile("ring.touchstone", bundle.SerializeAsString())),
        trust(desk.WriteFile("trust.toml", FormatTrust(claimed.ledger.Trust()))) {}

  Outcome Verify(std::vector<std::string> more) {
    more.insert(more.begin(), {"verify", file, "--trust", trust});
    return desk.Run(more);
  }

  Desk desk;
  std::string file;
  std::string trust;
};

TEST(Verify, TellsWhatTheThingIsAndWhoClaimsIt) {
  const Claimed claimed;
  Reader reader(claimed, claimed.Bundle({}));
  const Json json = reader.Verify({"--json"}).json();
  EXPECT_EQ(json["claim"]["code"], ledger::ClaimCode(claimed.claim));
  EXPECT_EQ(json["claim"]["status"], "LIVE");
  EXPECT_EQ(json["claim"]["issuer"]["party_id"], claimed.story.PartyOf("jeweler"));
  EXPECT_NE(json["claim"]["issuer"]["name"], "");
  EXPECT_EQ(json["piece"]["article"], "ring");
  EXPECT_NE(json["piece"]["serial"], "");
  EXPECT_GT(json["piece"]["metal_mg"], 0);
  EXPECT_GT(json["piece"]["fineness_ppm"], 0);
  EXPECT_EQ(json["newest_entry"]["index"], claimed.ledger.size() - 1);
  EXPECT_FALSE(json.contains("lot"));
  const std::string text = reader.Verify({}).out;
  EXPECT_THAT(text, HasSubstr("claim: live as far as is shown, code " + ledger::ClaimCode(claimed.claim)));
  EXPECT_THAT(text, HasSubstr("piece: ring, serial "));
  EXPECT_THAT(text, HasSubstr(fmt::format("newest entry shown: {}, recorded at ", claimed.ledger.size() - 1)));
}

TEST(Verify, TellsFormAndMassOfALot) {
  const Claimed claimed;
  Story story;
  MemoryLedger ledger;
  ledger.Record(story.Genesis(KeyOf("log").public_key()));
  const MineToRing road = TellMineToRing(story);
  ledger.RecordAll(road.statements);
  Reader reader(claimed, *ledger::BuildBundle(ledger, road.bar, {&Pack()}, ledger.Checkpoint()));
  const Outcome outcome = reader.Verify({"--json"});
  ASSERT_TRUE(outcome.json().contains("lot")) << outcome.out;
  EXPECT_EQ(outcome.json()["lot"]["lot_id"], road.bar);
  EXPECT_GT(outcome.json()["lot"]["mass_mg"], 0);
  EXPECT_FALSE(outcome.json().contains("claim"));
}

TEST(Verify, HoldsABundleAgainstWhatTheReaderExpects) {
  const Claimed claimed;
  Reader reader(claimed, claimed.Bundle({}));
  const std::string code = ledger::ClaimCode(claimed.claim);
  const std::string piece = reader.Verify({"--json"}).json()["piece"]["piece_id"];
  for (const std::string& expected :
       {claimed.claim, code, piece, *ledger::ClaimAddress(claimed.claim, "https://id.example", "9521234")}) {
    EXPECT_EQ(reader.Verify({"--expect", expected}).code, ExitCode::kDone) << expected;
  }
  const std::string other = "claim_4muedarn657frrboz4ryr5uaz6";
  for (const std::string& expected : {other, ledger::ClaimCode(other), std::string("lot_aaaaaaaaaaaaaaaaaaaaaaaaaa")}) {
    const Outcome outcome = reader.Verify({"--expect", expected, "--json"});
    EXPECT_EQ(outcome.code, ExitCode::kNotVerifiable) << expected;
    EXPECT_EQ(outcome.json()["reason"], "SUBJECT_MISMATCH");
  }
  const Outcome typo = reader.Verify({"--expect", "AAAA-AAAA", "--json"});
  EXPECT_EQ(typo.code, ExitCode::kUsage);
  EXPECT_EQ(typo.json()["error"]["field"], "--expect");
}

// --- Packs of one's own ------------------------------------------------------------------------------------------------

constexpr char kOwnText[] =
    "id: \"house\" version: 2 title: \"t\" process { no_cyanide: true } "
    "permitted_models: [CUSTODY_MODEL_IDENTITY_PRESERVED, CUSTODY_MODEL_SEGREGATED] "
    "sources { rule: \"process\" citation: \"c\" verified: true }";

TEST(Verify, JudgesAPackThatTheReaderNamesByItsFileOnce) {
  const Claimed claimed;
  const ledger::Policy own = *ledger::ParsePolicy(kOwnText);
  Reader reader(claimed,
                *ledger::BuildBundle(claimed.ledger, claimed.claim, {&own, &Pack()}, claimed.ledger.Checkpoint()));
  EXPECT_EQ(reader.Verify({"--json"}).json()["reason"], "POLICY_NOT_TRUSTED");
  const std::string file = reader.desk.WriteFile("house.textproto", kOwnText);
  const Outcome outcome = reader.Verify({"--policy-file", file, "--json"});
  ASSERT_EQ(outcome.json()["evaluations"].size(), 2U) << outcome.out;
  EXPECT_EQ(outcome.json()["evaluations"][0]["policy_id"], "house");
  EXPECT_EQ(outcome.json()["evaluations"][0]["file"], file);
  EXPECT_FALSE(outcome.json()["evaluations"][0].contains("as_claimed")) << "the claim does not cite it";
  EXPECT_TRUE(outcome.json()["evaluations"][1].contains("as_claimed"));
  const std::string text = reader.Verify({"--policy-file", file}).out;
  const std::string sha256 = HexEncode(own.sha256.view()).substr(0, 16);
  EXPECT_THAT(text, HasSubstr(fmt::format("house version 2 ({}, your file {}): ", sha256, file)));
  EXPECT_THAT(text, HasSubstr(fmt::format("formalized version {} ({}): ", Pack().pack.version(),
                                          HexEncode(Pack().sha256.view()).substr(0, 16))));
  EXPECT_EQ(text.find("as claimed"), text.rfind("as claimed")) << text;
}

TEST(Verify, AcceptsAPackWhoseHashTheTrustFileNames) {
  const Claimed claimed;
  const ledger::Policy own = *ledger::ParsePolicy(kOwnText);
  Reader reader(claimed,
                *ledger::BuildBundle(claimed.ledger, claimed.claim, {&own, &Pack()}, claimed.ledger.Checkpoint()));
  ledger::Trust trust = claimed.ledger.Trust();
  trust.policies.insert(own.sha256);
  reader.trust = reader.desk.WriteFile("knows.toml", FormatTrust(trust));
  EXPECT_EQ(reader.Verify({"--json"}).json()["evaluations"].size(), 2U);
}

TEST(Verify, EndsAsWrongUsageForWhatIsNoFile) {
  const Claimed claimed;
  Reader reader(claimed, claimed.Bundle({}));
  const std::string bad = reader.desk.WriteFile("bad.textproto", "id: 7");
  const Outcome outcome = reader.Verify({"--policy-file", bad, "--json"});
  EXPECT_EQ(outcome.code, ExitCode::kUsage);
  EXPECT_EQ(outcome.json()["error"]["reason"], "BAD_POLICY");
  EXPECT_EQ(outcome.json()["error"]["field"], "--policy-file");
  EXPECT_THAT(outcome.json()["error"]["message"].get<std::string>(), HasSubstr(bad));
  reader.file = "/";
  EXPECT_EQ(reader.Verify({}).code, ExitCode::kUsage);
  EXPECT_EQ(reader.desk.Run({"policy", "lint", "/"}).code, ExitCode::kUsage);
}

}  // namespace
}  // namespace touchstone::cli
