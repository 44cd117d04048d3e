// A parcel at the gate: the same clean lot with one thing changed, and what a refiner is then advised.
#include "ledger/intake_check.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "base/status.h"
#include "ledger/ids.h"
#include "ledger/mass.h"
#include "ledger/state.h"
#include "tests/support/memory_ledger.h"
#include "tests/support/story.h"

namespace touchstone::ledger {
namespace {

using namespace testing;  // NOLINT: the vocabulary of stories

constexpr int64_t kDayUs = int64_t{24} * 3600 * 1'000'000;

/// A licensed and attested mine, and a refiner that holds 10 g of its doré.
struct AtGate {
  Story story;
  MemoryLedger ledger;
  std::string site;
  std::string licence;
  std::string attestation;
  std::string lot;
  uint64_t made = 0;      // the entry that made the lot
  uint64_t accepted = 0;  // the entry by which the refiner got it
  IntakeQuestion question;

  AtGate() {
    Say(story.Genesis(KeyOf("log").public_key()));
    for (const Statement& statement : story.Offices()) Say(statement);
    Say(story.RegisterParty("north", "PE", {v1::ROLE_MINER}));
    Say(story.RegisterParty("refiner", "CH", {v1::ROLE_REFINER}));
    Say(story.RegisterParty("trader", "CH", {v1::ROLE_AGGREGATOR}));
    Say(story.RegisterParty("laboratory", "CH", {v1::ROLE_ASSAY_LABORATORY}));
    Say(story.RegisterParty("inspector", "PE", {v1::ROLE_INSPECTOR}));
    Say(story.Accredit("inspector", {v1::SCOPE_MERCURY_FREE_PROCESS}));
    site = Say(story.RegisterSite("North adit", v1::RegisterSite::KIND_MINE, "north", "PE")).site();
    licence = Say(story.RegisterLicence(v1::LICENCE_KIND_TITLE, "north", {site}, "T-1", "PE")).licence();
    attestation = Say(story.Attest("inspector", v1::SCOPE_MERCURY_FREE_PROCESS, site)).attestation();
    lot = Dore();
    made = last();
    const Statement offer = Say(story.Offer("north", {lot}, "refiner"));
    Say(story.Accept("refiner", offer.offer()));
    accepted = last();
    question.party_id = story.PartyOf("refiner");
    question.policies = {FindBuiltInPolicy("formalized"), FindBuiltInPolicy("mercury-free")};
  }

  Statement Say(Statement statement) {
    ledger.Record(statement);
    return statement;
  }
  uint64_t last() const { return ledger.size() - 1; }
  std::string Dore(v1::MercuryUse mercury = v1::MERCURY_USE_NOT_USED, std::string_view at = "") {
    return Say(story.Produce("north", at.empty() ? site : at, {Metal(v1::FORM_DORE, 10'000, 900'000)},
                             v1::PROCESS_ROUTE_GRAVITY, mercury))
        .lot();
  }
  /// Another lot of north's, handed to the refiner.
  void Deliver(const std::string& other) {
    lot = other;
    made = last();
    Say(story.HandOver("north", "refiner", {lot}));
    accepted = last();
  }
  v1::LotMeasurement& Measure() {
    question.measurements.resize(1);
    question.measurements[0].set_lot_id(lot);
    return question.measurements[0];
  }
  absl::StatusOr<v1::IntakeReport> Check() {
    if (question.lot_ids.empty()) question.lot_ids = {lot};
    return CheckIntake(ledger, question);
  }
};

// --- Advice -----------------------------------------------------------------------------------------------------------

struct Row {
  const char* name;
  std::function<void(AtGate&)> change;
  v1::IntakeAdvice advice;
  v1::IntakeCode code;  // among the reasons; unspecified: there are none
  /// The entry that this reason names.
  std::function<uint64_t(const AtGate&)> entry = [](const AtGate& g) { return g.last(); };
};

uint64_t Made(const AtGate& g) { return g.made; }
uint64_t Accepted(const AtGate& g) { return g.accepted; }

std::vector<Row> CustodyRows() {
  return {
      {"a clean lot", [](AtGate&) {}, v1::INTAKE_ADVICE_MAY_MELT, v1::INTAKE_CODE_UNSPECIFIED},
      {"nobody asks", [](AtGate& g) { g.question.party_id = ""; }, v1::INTAKE_ADVICE_MAY_MELT,
       v1::INTAKE_CODE_UNSPECIFIED},
      {"another asks", [](AtGate& g) { g.question.party_id = g.story.PartyOf("trader"); }, v1::INTAKE_ADVICE_HOLD,
       v1::INTAKE_CODE_NOT_OFFERED, Accepted},
      {"it is on offer to who asks",
       [](AtGate& g) {
         g.Say(g.story.Offer("refiner", {g.lot}, "trader"));
         g.question.party_id = g.story.PartyOf("trader");
       },
       v1::INTAKE_ADVICE_RECEIVE_TO_QUARANTINE, v1::INTAKE_CODE_OFFERED},
      {"it is on offer to another",
       [](AtGate& g) {
         g.Say(g.story.Offer("refiner", {g.lot}, "trader"));
         g.question.party_id = g.story.PartyOf("north");
       },
       v1::INTAKE_ADVICE_HOLD, v1::INTAKE_CODE_NOT_OFFERED, Accepted},
      {"the offer has expired",
       [](AtGate& g) {
         v1::Event offer = g.story.Offer("refiner", {g.lot}, "trader").event;
         offer.mutable_offer()->set_expires_at_us(g.story.now_us() + kDayUs);
         g.Say(g.story.Sign(std::move(offer), {"refiner"}));
         g.question.party_id = g.story.PartyOf("trader");
         g.question.as_of_us = g.story.now_us() + 2 * kDayUs;
       },
       v1::INTAKE_ADVICE_HOLD, v1::INTAKE_CODE_NOT_OFFERED},
      {"its custodian is suspended", [](AtGate& g) { g.Say(g.story.SuspendParty("refiner")); }, v1::INTAKE_ADVICE_HOLD,
       v1::INTAKE_CODE_CUSTODIAN_SUSPENDED},
      {"it was melted",
       [](AtGate& g) {
         g.Say(g.story.Transform("refiner", v1::Transform::KIND_MELT, {Take(g.lot)},
                                 {Into(Metal(v1::FORM_DORE, 10'000, 900'000))}));
       },
       v1::INTAKE_ADVICE_REJECT, v1::INTAKE_CODE_LOT_GONE},
      {"it is held", [](AtGate& g) { g.Say(g.story.Hold("refiner", g.lot)); }, v1::INTAKE_ADVICE_HOLD,
       v1::INTAKE_CODE_HELD},
      {"it is disputed", [](AtGate& g) { g.Say(g.story.Dispute("north", g.lot)); }, v1::INTAKE_ADVICE_HOLD,
       v1::INTAKE_CODE_DISPUTED},
      {"it was called back", [](AtGate& g) { g.Say(g.story.Recall("north", g.lot)); }, v1::INTAKE_ADVICE_HOLD,
       v1::INTAKE_CODE_RECALLED},
      {"the maker's key is distrusted", [](AtGate& g) { g.Say(g.story.DistrustKey("north", g.made)); },
       v1::INTAKE_ADVICE_HOLD, v1::INTAKE_CODE_KEY_DISTRUSTED, [](const AtGate& g) { return g.accepted - 1; }},
  };
}

std::vector<Row> ScaleRows() {
  return {
      {"the scale agrees", [](AtGate& g) { g.Measure().set_gross_mg(10'010); }, v1::INTAKE_ADVICE_MAY_MELT,
       v1::INTAKE_CODE_UNSPECIFIED},
      {"the scale differs", [](AtGate& g) { g.Measure().set_gross_mg(9'989); }, v1::INTAKE_ADVICE_RECEIVE_TO_QUARANTINE,
       v1::INTAKE_CODE_MASS_DIFFERS, Made},
      {"the assay agrees", [](AtGate& g) { g.Measure().set_fineness_ppm(898'000); }, v1::INTAKE_ADVICE_MAY_MELT,
       v1::INTAKE_CODE_UNSPECIFIED},
      {"the assay differs", [](AtGate& g) { g.Measure().set_fineness_ppm(897'999); },
       v1::INTAKE_ADVICE_RECEIVE_TO_QUARANTINE, v1::INTAKE_CODE_ASSAY_DIVERGES, Made},
      {"an assay on record differs",
       [](AtGate& g) {
         g.Say(g.story.Assay("laboratory", g.lot, FineAs(900'000)));
         g.Say(g.story.Assay("laboratory", g.lot, FineAs(890'000)));
       },
       v1::INTAKE_ADVICE_RECEIVE_TO_QUARANTINE, v1::INTAKE_CODE_ASSAY_DIVERGES,
       [](const AtGate& g) { return g.last() - 1; }},
      {"it was never assayed",
       [](AtGate& g) {
         g.lot = g.Say(g.story.Produce("north", g.site, {Unassayed(v1::FORM_DORE, 10'000)})).lot();
         g.made = g.last();
         g.question.party_id = g.story.PartyOf("north");
       },
       v1::INTAKE_ADVICE_RECEIVE_TO_QUARANTINE, v1::INTAKE_CODE_NOT_DETERMINED, Made},
      {"its seal is as it was",
       [](AtGate& g) {
         g.Say(g.story.Pack("refiner", {g.lot}, "S-1"));
         g.Measure().set_seal("S-1");
       },
       v1::INTAKE_ADVICE_MAY_MELT, v1::INTAKE_CODE_UNSPECIFIED},
      {"it is under another seal",
       [](AtGate& g) {
         g.Say(g.story.Pack("refiner", {g.lot}, "S-1"));
         g.Measure().set_seal("S-2");
       },
       v1::INTAKE_ADVICE_RECEIVE_TO_QUARANTINE, v1::INTAKE_CODE_SEAL_DIFFERS},
      {"it is under a seal that is not on record", [](AtGate& g) { g.Measure().set_seal("S-2"); },
       v1::INTAKE_ADVICE_HOLD, v1::INTAKE_CODE_SEAL_NOT_ON_RECORD, Made},
      {"its seal was opened",
       [](AtGate& g) {
         g.Say(g.story.Pack("refiner", {g.lot}, "S-1"));
         g.Say(g.story.Unpack("refiner", "S-1"));
         g.question.seal = "S-1";
       },
       v1::INTAKE_ADVICE_RECEIVE_TO_QUARANTINE, v1::INTAKE_CODE_SEAL_OPENED},
      {"its seal was found broken",
       [](AtGate& g) {
         g.Say(g.story.Pack("refiner", {g.lot}, "S-1"));
         g.Say(g.story.Unpack("refiner", "S-1", false));
       },
       v1::INTAKE_ADVICE_RECEIVE_TO_QUARANTINE, v1::INTAKE_CODE_QUARANTINED, Accepted},
  };
}

std::vector<Row> OriginRows() {
  return {
      {"mercury was used", [](AtGate& g) { g.Deliver(g.Dore(v1::MERCURY_USE_USED)); }, v1::INTAKE_ADVICE_REJECT,
       v1::INTAKE_CODE_POLICY_FAILS, Made},
      {"mercury is no matter",
       [](AtGate& g) {
         const std::string other =
             g.Say(g.story.RegisterSite("Unseen", v1::RegisterSite::KIND_MINE, "north", "PE")).site();
         g.Say(g.story.RegisterLicence(v1::LICENCE_KIND_TITLE, "north", {other}, "T-2", "PE"));
         g.Deliver(g.Dore(v1::MERCURY_USE_NOT_USED, other));
         g.question.policies = {FindBuiltInPolicy("formalized")};
       },
       v1::INTAKE_ADVICE_MAY_MELT, v1::INTAKE_CODE_UNSPECIFIED},
      {"nobody has seen the mine",
       [](AtGate& g) {
         const std::string other =
             g.Say(g.story.RegisterSite("Unseen", v1::RegisterSite::KIND_MINE, "north", "PE")).site();
         g.Say(g.story.RegisterLicence(v1::LICENCE_KIND_TITLE, "north", {other}, "T-2", "PE"));
         g.Deliver(g.Dore(v1::MERCURY_USE_NOT_USED, other));
       },
       v1::INTAKE_ADVICE_RECEIVE_TO_QUARANTINE, v1::INTAKE_CODE_POLICY_INDETERMINATE, Made},
      {"the licence had ended",
       [](AtGate& g) {
         g.Say(g.story.EndLicence(g.licence, v1::END_CAUSE_WITHDRAWN));
         const uint64_t ended = g.last();
         g.Deliver(g.Dore());
         g.made = ended;
       },
       v1::INTAKE_ADVICE_REJECT, v1::INTAKE_CODE_POLICY_FAILS, Made},
      {"mercury was declared nowhere", [](AtGate& g) { g.Deliver(g.Dore(v1::MERCURY_USE_UNSPECIFIED)); },
       v1::INTAKE_ADVICE_RECEIVE_TO_QUARANTINE, v1::INTAKE_CODE_FINDING, Made},
      {"an assay found mercury",
       [](AtGate& g) {
         v1::Event assay = g.story.Assay("laboratory", g.lot, FineAs(900'000)).event;
         v1::ElementResult& mercury = *assay.mutable_assay()->add_other_elements();
         mercury.set_element("Hg");
         mercury.set_ppm(500);
         g.Say(g.story.Sign(std::move(assay), {"laboratory"}));
       },
       v1::INTAKE_ADVICE_REJECT, v1::INTAKE_CODE_MERCURY_FOUND},
      {"it came from outside",
       [](AtGate& g) {
         g.lot = g.Say(g.story.Intake("refiner", v1::Intake::DOOR_RECYCLED, {Metal(v1::FORM_SCRAP, 10'000, 900'000)}))
                     .lot();
       },
       v1::INTAKE_ADVICE_RECEIVE_TO_QUARANTINE, v1::INTAKE_CODE_POLICY_INDETERMINATE},
  };
}

void ExpectRows(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    AtGate gate;
    row.change(gate);
    const auto report = gate.Check();
    ASSERT_TRUE(report.ok()) << row.name << ": " << report.status();
    EXPECT_EQ(report->advice(), row.advice) << row.name << "\n" << report->DebugString();
    if (row.code == v1::INTAKE_CODE_UNSPECIFIED) {
      EXPECT_EQ(report->reasons_size(), 0) << row.name << "\n" << report->DebugString();
      continue;
    }
    std::optional<uint64_t> entry;
    for (const v1::IntakeReason& reason : report->reasons()) {
      if (reason.code() == row.code) entry = reason.entry_index();
    }
    ASSERT_TRUE(entry.has_value()) << row.name << "\n" << report->DebugString();
    EXPECT_EQ(*entry, row.entry(gate)) << row.name;
    EXPECT_EQ(report->reasons(0).advice(), row.advice) << row.name;
  }
}

TEST(IntakeCheck, AdvisesByCustody) { ExpectRows(CustodyRows()); }
TEST(IntakeCheck, AdvisesByScaleAssayAndSeal) { ExpectRows(ScaleRows()); }
TEST(IntakeCheck, AdvisesByOrigin) { ExpectRows(OriginRows()); }

TEST(IntakeCheck, ALotWithEveryFaultIsTurnedBackForTheGravestFirst) {
  AtGate gate;
  const std::string clean = gate.lot;
  gate.Say(gate.story.Hold("refiner", clean));
  gate.Deliver(gate.Dore(v1::MERCURY_USE_USED));
  gate.Measure().set_gross_mg(5'000);
  gate.question.lot_ids = {clean, gate.lot};
  const v1::IntakeReport report = gate.Check().value();
  EXPECT_EQ(report.advice(), v1::INTAKE_ADVICE_REJECT);
  EXPECT_EQ(report.lots(0).advice(), v1::INTAKE_ADVICE_HOLD);
  EXPECT_EQ(report.lots(1).advice(), v1::INTAKE_ADVICE_REJECT);
  for (int i = 1; i < report.reasons_size(); ++i) EXPECT_GE(report.reasons(i - 1).advice(), report.reasons(i).advice());
  EXPECT_EQ(report.reasons(0).code(), v1::INTAKE_CODE_POLICY_FAILS);
  EXPECT_EQ(report.reasons(report.reasons_size() - 1).advice(), v1::INTAKE_ADVICE_RECEIVE_TO_QUARANTINE);
  EXPECT_EQ(report.gross_mg(), 20'000u);
  EXPECT_EQ(FromRecord(report.fine_ng()), FineSumNg{2} * 10'000 * 900'000);
}

// --- What it shows ----------------------------------------------------------------------------------------------------

TEST(IntakeCheck, ShowsThePapersOfTheMineAsTheyStoodWhenItProduced) {
  AtGate gate;
  gate.Say(gate.story.EndLicence(gate.licence, v1::END_CAUSE_WITHDRAWN));
  const uint64_t ended = gate.last();
  const std::string late = gate.Dore();
  gate.lot = gate.Say(gate.story.Transform("north", v1::Transform::KIND_MELT, {Take(late), Take(gate.Dore())},
                                           {Into(Metal(v1::FORM_DORE, 20'000, 900'000))}))
                 .lot();
  gate.question.party_id.clear();
  const v1::IntakeReport report = gate.Check().value();
  ASSERT_EQ(report.lots(0).sources_size(), 1);
  const v1::IntakeSource& source = report.lots(0).sources(0);
  EXPECT_EQ(source.site_id(), gate.site);
  EXPECT_EQ(source.name(), "North adit");
  EXPECT_EQ(source.productions(), 2u);
  ASSERT_EQ(source.papers_size(), 2);
  EXPECT_EQ(source.papers(0).paper_id(), gate.licence);
  EXPECT_EQ(source.papers(0).description(), "title T-1");
  EXPECT_EQ(source.papers(0).productions_covered(), 0u);
  EXPECT_EQ(source.papers(0).ended_index(), ended);
  EXPECT_EQ(source.papers(1).paper_id(), gate.attestation);
  EXPECT_EQ(source.papers(1).description(), "mercury free process");
  EXPECT_EQ(source.papers(1).productions_covered(), 2u);
  EXPECT_EQ(source.papers(1).ended_index(), 0u);
}

TEST(IntakeCheck, ShowsMassAndAssaysAgainstTheirLimits) {
  AtGate gate;
  gate.Say(gate.story.Assay("laboratory", gate.lot, FineAs(899'000)));
  gate.Measure().set_gross_mg(9'995);
  gate.Measure().set_fineness_ppm(898'500);
  gate.question.measurements[0].set_gross_mg(9'995);
  const v1::IntakeReport report = gate.Check().value();
  const v1::IntakeLot& lot = report.lots(0);
  EXPECT_EQ(lot.mass().stated_mg(), 10'000u);
  EXPECT_EQ(lot.mass().difference_mg(), -5);
  EXPECT_EQ(lot.mass().tolerance_mg(), 10u);
  ASSERT_EQ(lot.assays_size(), 2);
  EXPECT_TRUE(lot.assays(0).governs());
  EXPECT_EQ(lot.assays(0).party_name(), "laboratory");
  EXPECT_TRUE(lot.assays(1).is_measurement());
  EXPECT_EQ(lot.assays(1).difference_ppm(), -500);
  EXPECT_EQ(lot.assays(1).splitting_limit_ppm(), 2'000u);
  EXPECT_EQ(lot.evaluations_size(), 2);
  EXPECT_EQ(lot.upstream_lots(), 1u);
}

TEST(IntakeCheck, ShowsTheDoorOfGoldFromOutside) {
  AtGate gate;
  gate.lot =
      gate.Say(gate.story.Intake("refiner", v1::Intake::DOOR_RECYCLED, {Metal(v1::FORM_SCRAP, 10'000, 900'000)})).lot();
  const v1::IntakeReport report = gate.Check().value();
  ASSERT_EQ(report.lots(0).sources_size(), 1);
  EXPECT_EQ(report.lots(0).sources(0).name(), "intake: recycled");
  EXPECT_EQ(report.lots(0).sources(0).party_name(), "refiner");
  EXPECT_EQ(report.lots(0).sources(0).papers_size(), 0);
}

// --- Seals ------------------------------------------------------------------------------------------------------------

TEST(LotsUnderSeal, AreThoseOfThePack) {
  AtGate gate;
  const std::string second = gate.Dore();
  gate.Say(gate.story.HandOver("north", "refiner", {second}));
  gate.Say(gate.story.Pack("refiner", {gate.lot, second}, "S-1"));
  std::vector<std::string> lots = LotsUnderSeal(gate.ledger, "S-1").value();
  std::sort(lots.begin(), lots.end());
  std::vector<std::string> packed = {gate.lot, second};
  std::sort(packed.begin(), packed.end());
  EXPECT_EQ(lots, packed);
}

TEST(LotsUnderSeal, AreThoseThatWereMadeUnderIt) {
  AtGate gate;
  std::vector<v1::Material> outputs(3, Metal(v1::FORM_DORE, 10'000, 900'000));
  outputs[0].set_seal("S-7");
  outputs[2].set_seal("S-7");
  const Statement made = gate.Say(gate.story.Produce("north", gate.site, outputs));
  EXPECT_EQ(LotsUnderSeal(gate.ledger, "S-7").value(), (std::vector{made.lot(0), made.lot(2)}));
}

TEST(LotsUnderSeal, AreThoseThatWereMeltedUnderIt) {
  AtGate gate;
  v1::Material bar = Metal(v1::FORM_BAR, 5'000, 900'000);
  bar.set_seal("S-8");
  const Statement cast =
      gate.Say(gate.story.Transform("refiner", v1::Transform::KIND_CAST, {Take(gate.lot)},
                                    {Into(Metal(v1::FORM_BAR, 5'000, 900'000), "B-1"), Into(bar, "B-2")}));
  EXPECT_EQ(LotsUnderSeal(gate.ledger, "S-8").value(), std::vector{cast.lot(1)});
}

TEST(LotsUnderSeal, AreNoneUnderASealThatNobodyClosed) {
  const absl::Status status = LotsUnderSeal(AtGate().ledger, "S-9").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ReasonOf(status), "UNKNOWN_SEAL");
}

// --- Limits and errors ------------------------------------------------------------------------------------------------

/// Merges of `groups` productions of 256 lots each, merged again: 257 lots a group, and one.
std::string ManyLots(AtGate& gate, int groups) {
  std::vector<v1::LotPart> merged;
  for (int group = 0; group < groups; ++group) {
    const std::vector<v1::Material> outputs(limits::kMaxItemsPerEvent, Metal(v1::FORM_DORE, 1'000, 900'000));
    const Statement made = gate.Say(gate.story.Produce("north", gate.site, outputs));
    std::vector<v1::LotPart> parts;
    for (uint32_t i = 0; i < outputs.size(); ++i) parts.push_back(Take(made.lot(i)));
    const auto into = Into(Metal(v1::FORM_DORE, 1'000 * outputs.size(), 900'000));
    merged.push_back(Take(gate.Say(gate.story.Transform("north", v1::Transform::KIND_MERGE, parts, {into})).lot()));
  }
  const auto all = Into(Metal(v1::FORM_DORE, uint64_t{1'000} * limits::kMaxItemsPerEvent * groups, 900'000));
  return gate.Say(gate.story.Transform("north", v1::Transform::KIND_MERGE, merged, {all})).lot();
}

TEST(IntakeCheck, LooksAtALongAncestryAndNoFurtherThanItsLimit) {
  constexpr int kGroup = limits::kMaxItemsPerEvent + 1;
  constexpr int kFits = static_cast<int>(limits::kMaxCheckedAncestry) / kGroup;
  AtGate gate;
  const std::string clean = gate.lot;
  gate.question.lot_ids = {ManyLots(gate, kFits), clean};
  gate.question.party_id.clear();
  const v1::IntakeReport fits = gate.Check().value();
  EXPECT_EQ(fits.lots(0).upstream_lots(), uint64_t{kFits} * kGroup + 1);
  EXPECT_EQ(fits.lots(0).sources(0).productions(), uint64_t{kFits});
  EXPECT_EQ(fits.lots(0).evaluations_size(), 2);

  // The second lot of the parcel has what the first has left.
  gate.question.lot_ids = {gate.question.lot_ids[0], ManyLots(gate, 1)};
  const v1::IntakeReport beyond = gate.Check().value();
  EXPECT_EQ(beyond.lots(1).upstream_lots(), 0u);
  EXPECT_EQ(beyond.lots(1).evaluations_size(), 0);
  EXPECT_EQ(beyond.lots(1).advice(), v1::INTAKE_ADVICE_RECEIVE_TO_QUARANTINE);
  EXPECT_EQ(beyond.reasons(beyond.reasons_size() - 1).code(), v1::INTAKE_CODE_ANCESTRY_TOO_LARGE);
}

TEST(IntakeCheck, RefusesQuestionsThatCannotBeMeant) {
  struct Bad {
    std::function<void(AtGate&)> change;
    const char* reason;
    const char* field;
  };
  const std::string unknown = ObjectId(ObjectKind::kLot, crypto::Sha256("unknown"), 0);
  for (const Bad& bad : std::vector<Bad>{
           {[](AtGate& g) { g.question.lot_ids = {"gold"}; }, "BAD_ID", "lot_ids[0]"},
           {[](AtGate& g) {
              g.question.lot_ids = {g.lot, g.lot};
            },
            "FIELD_INVALID", "lot_ids[1]"},
           {[&](AtGate& g) {
              g.question.lot_ids = {g.lot, unknown};
            },
            "UNKNOWN_LOT", "lot_ids[1]"},
           {[&](AtGate& g) { g.question.lot_ids.assign(limits::kMaxItemsPerEvent + 1, unknown); }, "FIELD_TOO_LONG",
            "lot_ids"},
           {[](AtGate& g) { g.question.party_id = "me"; }, "BAD_ID", "party_id"},
           {[](AtGate& g) { g.question.party_id = ObjectId(ObjectKind::kParty, crypto::Sha256("x"), 0); },
            "UNKNOWN_PARTY", "party_id"},
           {[&](AtGate& g) { g.Measure().set_lot_id(unknown); }, "FIELD_INVALID", "measurements[0].lot_id"},
           {[](AtGate& g) { g.Measure().set_gross_mg(limits::kMaxOreMg + 1); }, "FIELD_INVALID",
            "measurements[0].gross_mg"},
           {[](AtGate& g) { g.Measure().set_fineness_ppm(1'000'001); }, "FIELD_INVALID",
            "measurements[0].fineness_ppm"},
           {[](AtGate& g) { g.Measure().set_seal(std::string(65, 's')); }, "FIELD_INVALID", "measurements[0].seal"},
           {[](AtGate& g) {
              g.Measure();
              g.question.measurements.resize(2, g.question.measurements[0]);
            },
            "FIELD_INVALID", "measurements[1].lot_id"},
       }) {
    AtGate gate;
    bad.change(gate);
    const absl::Status status = gate.Check().status();
    EXPECT_EQ(ReasonOf(status), bad.reason) << bad.field;
    EXPECT_EQ(FieldOf(status), bad.field) << status;
  }
  EXPECT_EQ(ReasonOf(CheckIntake(AtGate().ledger, {}).status()), "FIELD_REQUIRED");
}

}  // namespace
}  // namespace touchstone::ledger
