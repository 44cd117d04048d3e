// What the rules of a pack make of one piece of history: each told with the fact that supports, and with the one that
// does not.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/status.h"
#include "ledger/policy.h"
#include "ledger/state.h"
#include "tests/support/memory_ledger.h"
#include "tests/support/story.h"

namespace touchstone::ledger {
namespace {

using namespace testing;  // NOLINT: the vocabulary of stories

constexpr char kApart[] = "permitted_models: [CUSTODY_MODEL_IDENTITY_PRESERVED, CUSTODY_MODEL_SEGREGATED]";

/// A mine in Peru, a plant, a refiner, a jeweler, and inspectors who may attest anything.
class PoliciesTest : public ::testing::Test {
 protected:
  PoliciesTest() {
    Say(story.Genesis(KeyOf("log").public_key()));
    ledger.RecordAll(story.Offices());
    Say(story.RegisterParty("north", "PE", {v1::ROLE_MINER}));
    Say(story.RegisterParty("plant", "PE", {v1::ROLE_AGGREGATOR}));
    Say(story.RegisterParty("refiner", "CH", {v1::ROLE_REFINER}));
    Say(story.RegisterParty("inspector", "PE", {v1::ROLE_INSPECTOR}));
    Say(story.Accredit("inspector", {v1::SCOPE_MERCURY_FREE_PROCESS, v1::SCOPE_FORMALIZATION,
                                     v1::SCOPE_CHAIN_OF_CUSTODY, v1::SCOPE_DUE_DILIGENCE}));
    mine = Say(story.RegisterSite("mine", v1::RegisterSite::KIND_MINE, "north", "PE")).site();
    mill = Say(story.RegisterSite("mill", v1::RegisterSite::KIND_PROCESSING_PLANT, "plant", "PE")).site();
  }

  Statement Say(Statement statement) {
    ledger.Record(statement);
    return statement;
  }
  template <typename Change>
  Statement Say(const Statement& statement, const std::string& by, const Change& change) {
    v1::Event event = statement.event;
    change(event);
    return Say(story.Sign(std::move(event), {by}));
  }
  /// Attests a site or party in passing, under a standard.
  void Attest(v1::Scope scope, const std::string& subject, const std::string& standard = "",
              v1::Attest::Visit visit = v1::Attest::VISIT_ANNOUNCED) {
    Say(story.Attest("inspector", scope, subject), "inspector", [&](v1::Event& event) {
      event.mutable_attest()->set_standard(standard);
      event.mutable_attest()->set_visit(visit);
    });
  }
  std::string Dore(v1::ProcessRoute route = v1::PROCESS_ROUTE_GRAVITY, uint64_t mg = 10'000) {
    return Say(story.Produce("north", mine, {Metal(v1::FORM_DORE, mg, 900'000)}, route)).lot();
  }
  std::string Melt(const std::vector<std::string>& lots, v1::CustodyModel model, uint64_t mg) {
    std::vector<v1::LotPart> parts;
    for (const std::string& lot : lots) parts.push_back(Take(lot));
    return Say(story.Transform("north", v1::Transform::KIND_MELT, parts, {Into(Metal(v1::FORM_DORE, mg, 900'000))}),
               "north", [&](v1::Event& event) { event.mutable_transform()->set_custody_model(model); })
        .lot();
  }
  v1::Evaluation Judge(const std::string& subject, const std::string& rules, const std::string& models = kApart) {
    const auto policy = ParsePolicy("id: \"p\" version: 1 title: \"t\" sources { rule: \"r\" citation: \"c\" } " +
                                    models + " " + rules);
    EXPECT_TRUE(policy.ok()) << policy.status();
    const auto evaluation = Evaluate(ledger, ledger.size(), subject, *policy);
    EXPECT_TRUE(evaluation.ok()) << evaluation.status();
    return *evaluation;
  }
  static bool Says(const v1::Evaluation& evaluation, v1::VerdictCode code) {
    return std::any_of(evaluation.reasons().begin(), evaluation.reasons().end(),
                       [&](const v1::VerdictReason& reason) { return reason.code() == code; });
  }

  Story story;
  MemoryLedger ledger;
  std::string mine, mill;
};

TEST_F(PoliciesTest, TreatEachDoorAsTheySay) {
  const std::string bars =
      Say(story.Intake("refiner", v1::Intake::DOOR_RECYCLED, {Metal(v1::FORM_BAR, 10'000, 999'000)})).lot();
  const std::string process = "process { route_declared: true } ";
  const auto door = [&](const std::string& rule) { return Judge(bars, process + rule); };
  EXPECT_TRUE(Says(door(""), v1::VERDICT_CODE_ORIGIN_OFF_LEDGER));
  EXPECT_EQ(door("").verdict(), v1::VERDICT_INDETERMINATE);
  const v1::Evaluation accepted = door("doors { door: DOOR_RECYCLED bearing: VERDICT_PASS }");
  EXPECT_TRUE(Says(accepted, v1::VERDICT_CODE_DOOR_ACCEPTED));
  EXPECT_EQ(accepted.verdict(), v1::VERDICT_PASS);
  EXPECT_EQ(accepted.qualifying_ppm(), 1'000'000u);
  const v1::Evaluation refused =
      door("doors { door: DOOR_RECYCLED bearing: VERDICT_PASS } doors { door: DOOR_RECYCLED recycled_kinds: [" +
           std::string(v1::Intake::RecycledKind_Name(
               Load<v1::StepRecord>(ledger, StepId(ledger.size() - 1))->recycled_kind())) +
           "] bearing: VERDICT_FAIL }");
  EXPECT_TRUE(Says(refused, v1::VERDICT_CODE_DOOR_REFUSED));
  EXPECT_EQ(refused.verdict(), v1::VERDICT_FAIL);
}

TEST_F(PoliciesTest, ForbidRoutesAndCyanideAndAskForTheRoute) {
  const std::string burnt = Dore(v1::PROCESS_ROUTE_OPEN_BURNING);
  const std::string leached = Dore(v1::PROCESS_ROUTE_CYANIDATION);
  EXPECT_TRUE(Says(Judge(burnt, "process { forbidden_routes: PROCESS_ROUTE_OPEN_BURNING }"),
                   v1::VERDICT_CODE_ROUTE_NOT_PERMITTED));
  EXPECT_TRUE(Says(Judge(leached, "process { forbidden_routes: PROCESS_ROUTE_OPEN_BURNING }"),
                   v1::VERDICT_CODE_ROUTE_PERMITTED));
  EXPECT_TRUE(Says(Judge(leached, "process { no_cyanide: true }"), v1::VERDICT_CODE_CYANIDE_USED));
  EXPECT_FALSE(Says(Judge(burnt, "process { no_cyanide: true }"), v1::VERDICT_CODE_CYANIDE_USED));
  const std::string concentrate =
      Say(story.Produce("north", mine, {Metal(v1::FORM_CONCENTRATE, 10'000, 200'000)})).lot();
  const std::string smelted = Say(story.Transform("north", v1::Transform::KIND_SMELT, {Take(concentrate)},
                                                  {Into(Metal(v1::FORM_DORE, 2'000, 990'000))}),
                                  "north", [](v1::Event& event) { event.mutable_transform()->clear_route(); })
                                  .lot();
  EXPECT_TRUE(Says(Judge(smelted, "process { route_declared: true }"), v1::VERDICT_CODE_ROUTE_NOT_DECLARED));
  EXPECT_FALSE(Says(Judge(smelted, "process { no_mercury: true }"), v1::VERDICT_CODE_ROUTE_NOT_DECLARED));
}

TEST_F(PoliciesTest, AskForPapersOfPlantsAndOfPartiesUnderAStandard) {
  const std::string concentrate =
      Say(story.Produce("north", mine, {Metal(v1::FORM_CONCENTRATE, 10'000, 200'000)})).lot();
  Say(story.HandOver("north", "plant", {concentrate}));
  const std::string plant_rule =
      "attestations { scope: SCOPE_MERCURY_FREE_PROCESS max_age_days: 365 about: ABOUT_PLANT }";
  const std::string handler_rule =
      "attestations { scope: SCOPE_CHAIN_OF_CUSTODY max_age_days: 365 about: ABOUT_HANDLER standard: \"S\" }";
  const auto treat = [&](const std::string& lot) {
    return Say(story.Process("plant", mill, {Take(lot)}, {Metal(v1::FORM_DORE, 1'900, 990'000)},
                             v1::PROCESS_ROUTE_FLOTATION))
        .lot();
  };
  const std::string dore = treat(concentrate);
  EXPECT_TRUE(Says(Judge(dore, plant_rule), v1::VERDICT_CODE_ATTESTATION_MISSING));
  EXPECT_TRUE(Says(Judge(dore, handler_rule), v1::VERDICT_CODE_ATTESTATION_MISSING));

  Attest(v1::SCOPE_MERCURY_FREE_PROCESS, mill);
  Attest(v1::SCOPE_CHAIN_OF_CUSTODY, story.PartyOf("plant"), "T");
  const std::string second = Say(story.Produce("north", mine, {Metal(v1::FORM_CONCENTRATE, 10'000, 200'000)})).lot();
  Say(story.HandOver("north", "plant", {second}));
  const std::string seen = treat(second);
  EXPECT_EQ(Judge(seen, plant_rule).verdict(), v1::VERDICT_PASS);
  EXPECT_TRUE(Says(Judge(seen, handler_rule), v1::VERDICT_CODE_ATTESTATION_MISSING)) << "another standard";
  Attest(v1::SCOPE_CHAIN_OF_CUSTODY, story.PartyOf("plant"), "S");
  const std::string third = Say(story.Produce("north", mine, {Metal(v1::FORM_CONCENTRATE, 10'000, 200'000)})).lot();
  Say(story.HandOver("north", "plant", {third}));
  EXPECT_EQ(Judge(treat(third), handler_rule).verdict(), v1::VERDICT_PASS);
}

TEST_F(PoliciesTest, AskWhetherTheAttestorWasThereAndHasNoPartInTheGold) {
  const std::string rule = "attestations { scope: SCOPE_FORMALIZATION max_age_days: 365 ";
  Attest(v1::SCOPE_FORMALIZATION, mine, "", v1::Attest::VISIT_DESK_REVIEW);
  const std::string dore = Dore();
  EXPECT_EQ(Judge(dore, rule + "}").verdict(), v1::VERDICT_PASS);
  EXPECT_TRUE(Says(Judge(dore, rule + "on_site: true }"), v1::VERDICT_CODE_ATTESTATION_REMOTE));
  EXPECT_EQ(Judge(dore, rule + "independent_of_chain: true }").verdict(), v1::VERDICT_PASS);
  // The inspector melts what it vouched for.
  Say(story.HandOver("north", "inspector", {dore}));
  const std::string melted = Say(story.Transform("inspector", v1::Transform::KIND_MELT, {Take(dore)},
                                                 {Into(Metal(v1::FORM_DORE, 10'000, 900'000))}))
                                 .lot();
  EXPECT_EQ(Judge(melted, rule + "}").verdict(), v1::VERDICT_PASS);
  EXPECT_TRUE(Says(Judge(melted, rule + "independent_of_chain: true }"), v1::VERDICT_CODE_ATTESTOR_IN_CHAIN));
}

TEST_F(PoliciesTest, CarryTheQualifyingFractionOfWhatWasBlended) {
  const std::string good = Dore(v1::PROCESS_ROUTE_GRAVITY, 30'000);
  const std::string bad = Dore(v1::PROCESS_ROUTE_OPEN_BURNING, 10'000);
  const std::string process = "process { forbidden_routes: PROCESS_ROUTE_OPEN_BURNING } ";
  const std::string blend = Melt({good, bad}, v1::CUSTODY_MODEL_CONTROLLED_BLENDING, 40'000);
  const auto judge = [&](const std::string& lot, const char* model, int least) {
    return Judge(lot, process + "least_qualifying_ppm: " + std::to_string(least),
                 std::string("permitted_models: [CUSTODY_MODEL_SEGREGATED, ") + model + "]");
  };
  const v1::Evaluation enough = judge(blend, "CUSTODY_MODEL_CONTROLLED_BLENDING", 750'000);
  EXPECT_EQ(enough.verdict(), v1::VERDICT_PASS);
  EXPECT_EQ(enough.qualifying_ppm(), 750'000u);
  EXPECT_EQ(enough.basis(), v1::Evaluation::BASIS_BLENDED);
  EXPECT_TRUE(Says(enough, v1::VERDICT_CODE_FRACTION_QUALIFIES));
  const v1::Evaluation too_little = judge(blend, "CUSTODY_MODEL_CONTROLLED_BLENDING", 750'001);
  EXPECT_TRUE(Says(too_little, v1::VERDICT_CODE_FRACTION_TOO_SMALL));
  EXPECT_EQ(too_little.verdict(), v1::VERDICT_INDETERMINATE);
  // Kept apart from nothing, the dirtiest input decides.
  EXPECT_EQ(Judge(blend, process).verdict(), v1::VERDICT_FAIL);
  const std::string balanced = Melt({blend}, v1::CUSTODY_MODEL_MASS_BALANCE, 40'000);
  EXPECT_EQ(judge(balanced, "CUSTODY_MODEL_MASS_BALANCE, CUSTODY_MODEL_CONTROLLED_BLENDING", 1).basis(),
            v1::Evaluation::BASIS_MASS_BALANCE);
}

TEST_F(PoliciesTest, CertifyByTheSchemesOwnAttestationAlone) {
  const std::string rules =
      "attestations { scope: SCOPE_FORMALIZATION max_age_days: 365 } certification { scope: SCOPE_FORMALIZATION "
      "max_age_days: 365 standard: \"Scheme\" } certified_title: \"Certified\"";
  Attest(v1::SCOPE_FORMALIZATION, mine);
  const v1::Evaluation matching = Judge(Dore(), rules);
  EXPECT_EQ(matching.verdict(), v1::VERDICT_PASS);
  EXPECT_EQ(matching.certified(), v1::VERDICT_INDETERMINATE);
  ASSERT_EQ(matching.certification_size(), 1);
  EXPECT_EQ(matching.certification(0).code(), v1::VERDICT_CODE_ATTESTATION_MISSING);
  Attest(v1::SCOPE_FORMALIZATION, mine, "Scheme");
  EXPECT_EQ(Judge(Dore(), rules).certified(), v1::VERDICT_PASS);
}

TEST_F(PoliciesTest, AskForLicencesByCountryAndDay) {
  const std::string rules =
      "licences { kind: LICENCE_KIND_TITLE } licences { kind: LICENCE_KIND_TITLE alternatives: LICENCE_KIND_START_UP "
      "countries: \"PE\" ";
  Say(story.RegisterLicence(v1::LICENCE_KIND_START_UP, "north", {mine}, "S-1", "PE"));
  const std::string dore = Dore();
  EXPECT_TRUE(Says(Judge(dore, "licences { kind: LICENCE_KIND_TITLE }"), v1::VERDICT_CODE_LICENCE_MISSING));
  EXPECT_TRUE(Says(Judge(dore, rules + "}"), v1::VERDICT_CODE_LICENSED));
  EXPECT_TRUE(Says(Judge(dore, rules + "until_date: \"2026-01-01\" }"), v1::VERDICT_CODE_LICENCE_MISSING));
  EXPECT_TRUE(Says(Judge(dore, rules + "from_date: \"2026-01-01\" }"), v1::VERDICT_CODE_LICENSED));
}

TEST(Packs, ThatComeWithTheSoftwareSayWhereEachRuleComesFromAndTreatEveryDoor) {
  EXPECT_EQ(BuiltInPolicies().size(), 9u);
  for (const Policy& policy : BuiltInPolicies()) {
    EXPECT_EQ(policy.pack.version(), 1u);
    for (const PolicyRemark& remark : LintPolicy(policy.pack)) {
      EXPECT_NE(remark.text.find("was not at hand"), std::string::npos)
          << policy.pack.id() << " " << remark.path << ": " << remark.text;
    }
  }
}

TEST(Packs, AreLintedForWhatTheirAuthorsShouldKnow) {
  const auto policy = ParsePolicy(std::string("id: \"p\" version: 1 title: \"t\" ") + kApart +
                                  " sources { rule: \"permitted_models\" } licences { kind: LICENCE_KIND_TITLE }");
  ASSERT_TRUE(policy.ok()) << policy.status();
  std::vector<std::string> paths;
  for (const PolicyRemark& remark : LintPolicy(policy->pack)) paths.push_back(remark.path);
  const std::vector<std::string> expected = {
      "licences[0]", "sources[0].citation", "sources[0]", "doors", "doors", "doors", "doors", "doors"};
  EXPECT_EQ(paths, expected);
}

TEST(Packs, AreRefusedThatPromiseWhatNobodyCanKnow) {
  const auto field = [](const std::string& rules, const std::string& models = kApart) {
    return FieldOf(ParsePolicy("id: \"p\" version: 1 title: \"t\" sources { rule: \"r\" citation: \"c\" } " + models +
                               " process { no_mercury: true } " + rules)
                       .status());
  };
  EXPECT_EQ(field("doors { door: DOOR_RECYCLED bearing: VERDICT_PASS }"), "doors[0].bearing");
  EXPECT_EQ(field("doors { door: DOOR_UNKNOWN recycled_kinds: RECYCLED_KIND_INVESTMENT bearing: VERDICT_FAIL }"),
            "doors[0].recycled_kinds");
  EXPECT_EQ(
      field("doors { door: DOOR_UNKNOWN bearing: VERDICT_FAIL } doors { door: DOOR_UNKNOWN bearing: VERDICT_FAIL }"),
      "doors[1].door");
  EXPECT_EQ(field("", "permitted_models: CUSTODY_MODEL_BOOK_AND_CLAIM"), "permitted_models[0]");
  EXPECT_EQ(field("", "permitted_models: CUSTODY_MODEL_CONTROLLED_BLENDING"), "least_qualifying_ppm");
  EXPECT_EQ(field("least_qualifying_ppm: 5"), "least_qualifying_ppm");
  EXPECT_EQ(field("licences { kind: LICENCE_KIND_TITLE from_date: \"2026-02-31\" }"), "licences[0].from_date");
  EXPECT_EQ(field("licences { kind: LICENCE_KIND_TITLE countries: \"pe\" }"), "licences[0].countries");
  EXPECT_EQ(field("certification { scope: SCOPE_IDENTITY max_age_days: 9 } certified_title: \"x\""),
            "certification.standard");
  EXPECT_EQ(field("certified_title: \"x\""), "certified_title");
}

}  // namespace
}  // namespace touchstone::ledger
