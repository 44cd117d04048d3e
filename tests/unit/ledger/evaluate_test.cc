// Verdicts: the same road told with one fact changed, and what the packs make of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "base/status.h"
#include "ledger/lineage.h"
#include "ledger/policy.h"
#include "ledger/state.h"
#include "tests/support/memory_ledger.h"
#include "tests/support/reader.h"
#include "tests/support/story.h"

namespace touchstone::ledger {
namespace {

using namespace testing;  // NOLINT: the vocabulary of stories

constexpr int64_t kDayUs = int64_t{24} * 3600 * 1'000'000;

const Policy& MercuryFree() { return *FindBuiltInPolicy("mercury-free"); }
const Policy& Formalized() { return *FindBuiltInPolicy("formalized"); }
const Policy& Craft() { return *FindBuiltInPolicy("craft-2"); }
const Policy& Ecological() { return *FindBuiltInPolicy("fairmined-ecological"); }
const Policy& Guidance() { return *FindBuiltInPolicy("lbma-rgg-9"); }

/// A pack that asks of the attestor what none of the software's packs does.
Policy AskingOfTheAttestor(const std::string& what) {
  return *ParsePolicy(
      "id: \"own\" version: 1 title: \"t\" sources { rule: \"attestations\" citation: \"c\" } permitted_models: "
      "CUSTODY_MODEL_SEGREGATED attestations { scope: SCOPE_MERCURY_FREE_PROCESS max_age_days: 365 " +
      what + ": true }");
}
const Policy& SeenOnSite() {
  static const Policy& policy = *new Policy(AskingOfTheAttestor("on_site"));
  return policy;
}
const Policy& SeenByAStranger() {
  static const Policy& policy = *new Policy(AskingOfTheAttestor("independent_of_chain"));
  return policy;
}

/// A pack that asks for what the text says, and for nothing else.
Policy AskingFor(const std::string& rules) {
  return *ParsePolicy(
      "id: \"own\" version: 1 title: \"t\" sources { rule: \"all\" citation: \"c\" } permitted_models: "
      "CUSTODY_MODEL_SEGREGATED " +
      rules);
}
const Policy& TitledInColombia() {
  static const Policy& policy = *new Policy(AskingFor("licences { kind: LICENCE_KIND_TITLE countries: \"CO\" }"));
  return policy;
}

/// One mine, a refiner and a jeweler; scenes add to it.
struct Stage {
  Story story;
  MemoryLedger ledger;
  std::string site;
  std::string licence;
  std::string attestation;

  explicit Stage(bool licensed = true, bool attested = true) {
    Say(story.Genesis(KeyOf("log").public_key()));
    for (const Statement& statement : story.Offices()) Say(statement);
    Say(story.RegisterParty("north", "PE", {v1::ROLE_MINER}));
    Say(story.RegisterParty("refiner", "CH", {v1::ROLE_REFINER}));
    Say(story.RegisterParty("jeweler", "IT", {v1::ROLE_JEWELER}));
    Say(story.RegisterParty("inspector", "PE", {v1::ROLE_INSPECTOR}));
    Say(story.Accredit("inspector", {v1::SCOPE_MERCURY_FREE_PROCESS}));
    site = Say(story.RegisterSite("North adit", v1::RegisterSite::KIND_MINE, "north", "PE")).site();
    if (licensed) licence = Say(Title()).licence();
    if (attested) attestation = Say(Visit()).attestation();
  }

  Statement Say(Statement statement) {
    ledger.Record(statement);
    return statement;
  }
  Statement Title() { return story.RegisterLicence(v1::LICENCE_KIND_TITLE, "north", {site}, "T-1", "PE"); }
  Statement Visit(v1::Attest::Conclusion conclusion = v1::Attest::CONCLUSION_CONFORMANT) {
    return story.Attest("inspector", v1::SCOPE_MERCURY_FREE_PROCESS, site, conclusion);
  }
  /// An attestation with something changed.
  Statement VisitWith(const std::function<void(v1::Attest&)>& change) {
    v1::Event event = Visit().event;
    change(*event.mutable_attest());
    return story.Sign(std::move(event), {"inspector"});
  }
  /// The inspector's accreditation ends, with effect from a date.
  void EndInspector(v1::EndCause cause, int64_t effective_at_us) {
    v1::Event event = story.EndAccreditation("inspector", v1::SCOPE_MERCURY_FREE_PROCESS, cause).event;
    event.mutable_end_accreditation()->set_effective_at_us(effective_at_us);
    Say(story.Sign(std::move(event), {"accreditor"}));
  }
  void Distrust(const std::string& actor, uint64_t from_index) {
    v1::Event event;
    event.mutable_distrust_key()->set_key(std::string(KeyOf(actor).public_key().view()));
    event.mutable_distrust_key()->set_from_index(from_index);
    event.mutable_distrust_key()->set_reason("stolen");
    Say(story.Sign(std::move(event), {"registry"}));
  }
  std::string Dore(v1::MercuryUse mercury = v1::MERCURY_USE_NOT_USED,
                   v1::ProcessRoute route = v1::PROCESS_ROUTE_GRAVITY, v1::Form form = v1::FORM_DORE) {
    return Say(story.Produce("north", site, {Metal(form, 10'000, 900'000)}, route, mercury)).lot();
  }
  /// A transformation by north with something changed.
  std::string Worked(
      v1::Transform::Kind kind, const std::vector<std::string>& lots, v1::Material output,
      const std::function<void(v1::Transform&)>& change = [](v1::Transform&) {}) {
    std::vector<v1::LotPart> parts;
    for (const std::string& lot : lots) parts.push_back(Take(lot));
    v1::Event event = story.Transform("north", kind, parts, {Into(std::move(output))}).event;
    change(*event.mutable_transform());
    return Say(story.Sign(std::move(event), {"north"})).lot();
  }
  /// The mine's two lots, the second of another mine where one is named, under mass balance; north's diligence is
  /// attested.
  std::string Balanced(const std::string& other_mine = "") {
    Say(story.Accredit("inspector", {v1::SCOPE_DUE_DILIGENCE}));
    Say(story.Attest("inspector", v1::SCOPE_DUE_DILIGENCE, story.PartyOf("north")));
    const std::string first = Dore();
    const std::string second =
        Say(story.Produce("north", other_mine.empty() ? site : other_mine, {Metal(v1::FORM_DORE, 10'000, 900'000)}))
            .lot();
    return Worked(v1::Transform::KIND_MELT, {first, second}, Metal(v1::FORM_DORE, 20'000, 900'000),
                  [](v1::Transform& t) { t.set_custody_model(v1::CUSTODY_MODEL_MASS_BALANCE); });
  }
  std::string Recycled() {
    return Say(story.Intake("refiner", v1::Intake::DOOR_RECYCLED, {Metal(v1::FORM_SCRAP, 10'000, 585'000)})).lot();
  }
  std::string Ring(const std::string& lot) {
    Say(story.HandOver("north", "jeweler", {lot}));
    v1::Piece ring;
    ring.set_article("ring");
    ring.set_serial("R-1");
    ring.set_metal_mg(5'000);
    *ring.mutable_fineness() = FineAs(900'000);
    return Say(story.MakePieces("jeweler", {Take(lot, 5'000)}, {ring})).piece();
  }
  std::string Claim(const std::string& ring, uint64_t evidence_size) {
    v1::PolicyRef ref;
    ref.set_policy_id("mercury-free");
    ref.set_version(1);
    ref.set_sha256(std::string(MercuryFree().sha256.view()));
    return Say(story.Claim("jeweler", ring, {ref}, evidence_size)).claim();
  }
  /// What the ledger says, which whoever reads a bundle of it must derive as well.
  v1::Evaluation Judge(const std::string& subject, const Policy& policy = MercuryFree()) const {
    auto evaluation = Evaluate(ledger, ledger.size(), subject, policy);
    EXPECT_TRUE(evaluation.ok()) << evaluation.status();
    std::vector<const Policy*> packs = {&MercuryFree()};  // which the claims here cite
    if (&policy != &MercuryFree()) packs.push_back(&policy);
    EXPECT_EQ(WhereReaderDiffers(ledger, subject, packs), "");
    return evaluation.ok() ? *std::move(evaluation) : v1::Evaluation();
  }
};

std::set<v1::VerdictCode> CodesOf(const v1::Evaluation& evaluation) {
  std::set<v1::VerdictCode> codes;
  for (const v1::VerdictReason& reason : evaluation.reasons()) codes.insert(reason.code());
  return codes;
}

// --- Every code of a verdict --------------------------------------------------------------------------------------------

/// Doré of a day after the licence, or the attestation, ended.
v1::Evaluation AfterTheEndOfTheLicence(v1::EndCause cause, const Policy& policy) {
  Stage stage;
  stage.Say(stage.story.EndLicence(stage.licence, cause));
  stage.story.AdvanceUs(kDayUs);
  return stage.Judge(stage.Dore(), policy);
}
v1::Evaluation AfterTheEndOfTheAttestation(v1::EndCause cause, const Policy& policy) {
  Stage stage;
  stage.Say(stage.story.EndAttestation("inspector", stage.attestation, cause));
  stage.story.AdvanceUs(kDayUs);
  return stage.Judge(stage.Dore(), policy);
}

struct Scene {
  const char* behaviour;
  const Policy& (*policy)();
  v1::Verdict verdict;
  v1::VerdictCode code;
  std::function<v1::Evaluation(const Policy&)> play;
};

const std::vector<Scene>& Scenes() {
  static const auto& scenes = *new std::vector<Scene>{
      {"a permitted route", MercuryFree, v1::VERDICT_PASS, v1::VERDICT_CODE_ROUTE_PERMITTED,
       [](const Policy& p) {
         Stage s;
         return s.Judge(s.Dore(), p);
       }},
      {"an attested site", MercuryFree, v1::VERDICT_PASS, v1::VERDICT_CODE_ATTESTED,
       [](const Policy& p) {
         Stage s;
         return s.Judge(s.Dore(), p);
       }},
      {"a licensed site", Formalized, v1::VERDICT_PASS, v1::VERDICT_CODE_LICENSED,
       [](const Policy& p) {
         Stage s;
         return s.Judge(s.Dore(), p);
       }},
      {"mercury declared at the mine", MercuryFree, v1::VERDICT_FAIL, v1::VERDICT_CODE_MERCURY_DECLARED,
       [](const Policy& p) {
         Stage s;
         return s.Judge(s.Dore(v1::MERCURY_USE_USED), p);
       }},
      {"amalgam declared as made without mercury", MercuryFree, v1::VERDICT_FAIL, v1::VERDICT_CODE_MERCURY_DECLARED,
       [](const Policy& p) {
         Stage s;
         return s.Judge(s.Dore(v1::MERCURY_USE_NOT_USED, v1::PROCESS_ROUTE_GRAVITY, v1::FORM_AMALGAM), p);
       }},
      {"doré smelted from sponge", MercuryFree, v1::VERDICT_FAIL, v1::VERDICT_CODE_MERCURY_DECLARED,
       [](const Policy& p) {
         Stage s;
         const std::string sponge = s.Dore(v1::MERCURY_USE_NOT_USED, v1::PROCESS_ROUTE_GRAVITY, v1::FORM_SPONGE);
         return s.Judge(s.Worked(v1::Transform::KIND_SMELT, {sponge}, Metal(v1::FORM_DORE, 9'000, 990'000)), p);
       }},
      {"a smelting by a route that needs mercury", MercuryFree, v1::VERDICT_FAIL, v1::VERDICT_CODE_MERCURY_DECLARED,
       [](const Policy& p) {
         Stage s;
         const std::string lot = s.Dore(v1::MERCURY_USE_NOT_USED, v1::PROCESS_ROUTE_GRAVITY, v1::FORM_CONCENTRATE);
         return s.Judge(s.Worked(v1::Transform::KIND_SMELT, {lot}, Metal(v1::FORM_DORE, 9'000, 990'000),
                                 [](v1::Transform& t) { t.set_route(v1::PROCESS_ROUTE_CONCENTRATE_AMALGAMATION); }),
                        p);
       }},
      {"mercury not spoken of at the mine", MercuryFree, v1::VERDICT_INDETERMINATE,
       v1::VERDICT_CODE_MERCURY_NOT_DECLARED,
       [](const Policy& p) {
         Stage s;
         return s.Judge(s.Dore(v1::MERCURY_USE_UNSPECIFIED), p);
       }},
      {"mercury not spoken of in smelting", MercuryFree, v1::VERDICT_INDETERMINATE,
       v1::VERDICT_CODE_MERCURY_NOT_DECLARED,
       [](const Policy& p) {
         Stage s;
         const std::string lot = s.Dore(v1::MERCURY_USE_NOT_USED, v1::PROCESS_ROUTE_GRAVITY, v1::FORM_CONCENTRATE);
         return s.Judge(s.Worked(v1::Transform::KIND_SMELT, {lot}, Metal(v1::FORM_DORE, 9'000, 990'000),
                                 [](v1::Transform& t) { t.clear_mercury_use(); }),
                        p);
       }},
      {"a route that the pack does not permit", MercuryFree, v1::VERDICT_FAIL, v1::VERDICT_CODE_ROUTE_NOT_PERMITTED,
       [](const Policy& p) {
         Stage s;
         return s.Judge(s.Dore(v1::MERCURY_USE_NOT_USED, v1::PROCESS_ROUTE_REFINING_AQUA_REGIA), p);
       }},
      {"no attestation", MercuryFree, v1::VERDICT_INDETERMINATE, v1::VERDICT_CODE_ATTESTATION_MISSING,
       [](const Policy& p) {
         Stage s(true, false);
         return s.Judge(s.Dore(), p);
       }},
      {"an attestation of some lines only", MercuryFree, v1::VERDICT_INDETERMINATE,
       v1::VERDICT_CODE_ATTESTATION_MISSING,
       [](const Policy& p) {
         Stage s(true, false);
         s.Say(s.VisitWith([](v1::Attest& a) { a.set_lines(v1::Attest::LINES_PARTIAL); }));
         return s.Judge(s.Dore(), p);
       }},
      {"an attestation that had lapsed", MercuryFree, v1::VERDICT_INDETERMINATE, v1::VERDICT_CODE_ATTESTATION_LAPSED,
       [](const Policy& p) {
         Stage s;
         s.story.AdvanceUs(366 * kDayUs);
         return s.Judge(s.Dore(), p);
       }},
      {"an adverse attestation beside a good one", MercuryFree, v1::VERDICT_FAIL, v1::VERDICT_CODE_ATTESTATION_ADVERSE,
       [](const Policy& p) {
         Stage s;
         s.Say(s.Visit(v1::Attest::CONCLUSION_NON_CONFORMANT));
         return s.Judge(s.Dore(), p);
       }},
      {"an old observation", MercuryFree, v1::VERDICT_INDETERMINATE, v1::VERDICT_CODE_ATTESTATION_TOO_OLD,
       [](const Policy& p) {
         Stage s(true, false);
         s.Say(s.VisitWith([](v1::Attest& a) { a.set_valid_until_us(a.valid_from_us() + 1000 * kDayUs); }));
         s.story.AdvanceUs(366 * kDayUs);
         return s.Judge(s.Dore(), p);
       }},
      {"an attestation recorded only after the claim's evidence", MercuryFree, v1::VERDICT_INDETERMINATE,
       v1::VERDICT_CODE_ATTESTATION_LATE,
       [](const Policy& p) {
         Stage s(true, false);
         const std::string ring = s.Ring(s.Dore());
         const uint64_t evidence = s.ledger.size();
         s.Say(s.VisitWith([](v1::Attest& visit) {
           visit.set_observed_from_us(visit.observed_from_us() - kDayUs);
           visit.set_valid_from_us(visit.observed_from_us());
         }));
         return s.Judge(s.Claim(ring, evidence), p);
       }},
      {"no licence", Formalized, v1::VERDICT_FAIL, v1::VERDICT_CODE_LICENCE_MISSING,
       [](const Policy& p) {
         Stage s(false);
         return s.Judge(s.Dore(), p);
       }},
      {"a licence recorded only after the claim's evidence", Formalized, v1::VERDICT_FAIL,
       v1::VERDICT_CODE_LICENCE_MISSING,
       [](const Policy& p) {
         Stage s(false);
         const std::string ring = s.Ring(s.Dore());
         const uint64_t evidence = s.ledger.size();
         s.Say(s.Title());
         return s.Judge(s.Claim(ring, evidence), p);
       }},
      {"another's licence on the site", Formalized, v1::VERDICT_FAIL, v1::VERDICT_CODE_LICENCE_MISSING,
       [](const Policy& p) {
         Stage s(false);
         s.Say(s.story.RegisterLicence(v1::LICENCE_KIND_TITLE, "refiner", {s.site}, "T-9", "PE"));
         return s.Judge(s.Dore(), p);
       }},
      {"another kind of licence", Formalized, v1::VERDICT_FAIL, v1::VERDICT_CODE_LICENCE_MISSING,
       [](const Policy& p) {
         Stage s(false);
         s.Say(s.story.RegisterLicence(v1::LICENCE_KIND_ENVIRONMENTAL, "north", {s.site}, "T-1", "PE"));
         return s.Judge(s.Dore(), p);
       }},
      {"two lots under no custody model", MercuryFree, v1::VERDICT_INDETERMINATE, v1::VERDICT_CODE_CUSTODY_MODEL,
       [](const Policy& p) {
         Stage s;
         return s.Judge(s.Worked(v1::Transform::KIND_MELT, {s.Dore(), s.Dore()}, Metal(v1::FORM_DORE, 20'000, 900'000),
                                 [](v1::Transform& t) { t.clear_custody_model(); }),
                        p);
       }},
      {"one lot under mass balance", MercuryFree, v1::VERDICT_INDETERMINATE, v1::VERDICT_CODE_CUSTODY_MODEL,
       [](const Policy& p) {
         Stage s;
         return s.Judge(s.Worked(v1::Transform::KIND_MELT, {s.Dore()}, Metal(v1::FORM_DORE, 10'000, 900'000),
                                 [](v1::Transform& t) { t.set_custody_model(v1::CUSTODY_MODEL_MASS_BALANCE); }),
                        p);
       }},
      {"a fineness still pending", MercuryFree, v1::VERDICT_INDETERMINATE, v1::VERDICT_CODE_NOT_DETERMINED,
       [](const Policy& p) {
         Stage s;
         return s.Judge(s.Worked(v1::Transform::KIND_MELT, {s.Dore()}, Unassayed(v1::FORM_DORE, 10'000)), p);
       }},
      {"a claim that was retired", MercuryFree, v1::VERDICT_INDETERMINATE, v1::VERDICT_CODE_CLAIM_ENDED,
       [](const Policy& p) {
         Stage s;
         const std::string ring = s.Ring(s.Dore());
         const std::string claim = s.Claim(ring, s.ledger.size());
         s.Say(s.story.RetireClaim("jeweler", claim));
         return s.Judge(claim, p);
       }},
      {"a claim that was revoked", MercuryFree, v1::VERDICT_INDETERMINATE, v1::VERDICT_CODE_CLAIM_ENDED,
       [](const Policy& p) {
         Stage s;
         const std::string ring = s.Ring(s.Dore());
         const std::string claim = s.Claim(ring, s.ledger.size());
         s.Say(s.story.RevokeClaim("jeweler", claim, "in error"));
         return s.Judge(claim, p);
       }},
      {"a licence that had run out", Formalized, v1::VERDICT_FAIL, v1::VERDICT_CODE_LICENCE_LAPSED,
       [](const Policy& p) {
         Stage s;
         s.story.AdvanceUs(2'000 * kDayUs);
         return s.Judge(s.Dore(), p);
       }},
      {"a licence ended as lapsed", Formalized, v1::VERDICT_FAIL, v1::VERDICT_CODE_LICENCE_LAPSED,
       [](const Policy& p) { return AfterTheEndOfTheLicence(v1::END_CAUSE_LAPSED, p); }},
      {"a suspended licence", Formalized, v1::VERDICT_FAIL, v1::VERDICT_CODE_LICENCE_SUSPENDED,
       [](const Policy& p) { return AfterTheEndOfTheLicence(v1::END_CAUSE_SUSPENDED, p); }},
      {"a withdrawn licence", Formalized, v1::VERDICT_FAIL, v1::VERDICT_CODE_LICENCE_WITHDRAWN,
       [](const Policy& p) { return AfterTheEndOfTheLicence(v1::END_CAUSE_WITHDRAWN, p); }},
      {"an annulled licence", Formalized, v1::VERDICT_FAIL, v1::VERDICT_CODE_LICENCE_ANNULLED,
       [](const Policy& p) { return AfterTheEndOfTheLicence(v1::END_CAUSE_ANNULLED, p); }},
      {"an attestation ended as lapsed", MercuryFree, v1::VERDICT_INDETERMINATE, v1::VERDICT_CODE_ATTESTATION_LAPSED,
       [](const Policy& p) { return AfterTheEndOfTheAttestation(v1::END_CAUSE_LAPSED, p); }},
      {"a suspended attestation", MercuryFree, v1::VERDICT_INDETERMINATE, v1::VERDICT_CODE_ATTESTATION_SUSPENDED,
       [](const Policy& p) { return AfterTheEndOfTheAttestation(v1::END_CAUSE_SUSPENDED, p); }},
      {"a withdrawn attestation", MercuryFree, v1::VERDICT_INDETERMINATE, v1::VERDICT_CODE_ATTESTATION_WITHDRAWN,
       [](const Policy& p) { return AfterTheEndOfTheAttestation(v1::END_CAUSE_WITHDRAWN, p); }},
      {"an annulled attestation", MercuryFree, v1::VERDICT_INDETERMINATE, v1::VERDICT_CODE_ATTESTATION_ANNULLED,
       [](const Policy& p) { return AfterTheEndOfTheAttestation(v1::END_CAUSE_ANNULLED, p); }},
      {"an attestation from before it was seen", MercuryFree, v1::VERDICT_INDETERMINATE,
       v1::VERDICT_CODE_ATTESTATION_MISSING,
       [](const Policy& p) {
         Stage s(true, false);
         const std::string lot = s.Dore();
         s.story.AdvanceUs(10 * kDayUs);
         s.Say(s.Visit());
         return s.Judge(lot, p);
       }},
      {"a step signed with a stolen key", MercuryFree, v1::VERDICT_INDETERMINATE, v1::VERDICT_CODE_KEY_DISTRUSTED,
       [](const Policy& p) {
         Stage s;
         const std::string lot = s.Dore();
         s.Distrust("north", s.ledger.size() - 1);
         return s.Judge(lot, p);
       }},
      {"an attestation signed with a stolen key", MercuryFree, v1::VERDICT_INDETERMINATE,
       v1::VERDICT_CODE_ATTESTATION_MISSING,
       [](const Policy& p) {
         Stage s;
         const std::string lot = s.Dore();
         s.Distrust("inspector", Load<v1::AttestationRecord>(s.ledger, s.attestation)->index());
         return s.Judge(lot, p);
       }},
      {"a lot that is held", MercuryFree, v1::VERDICT_INDETERMINATE, v1::VERDICT_CODE_HELD,
       [](const Policy& p) {
         Stage s;
         const std::string lot = s.Dore();
         s.Say(s.story.Hold("north", lot));
         return s.Judge(lot, p);
       }},
      {"a lot that is disputed", MercuryFree, v1::VERDICT_INDETERMINATE, v1::VERDICT_CODE_DISPUTED,
       [](const Policy& p) {
         Stage s;
         const std::string lot = s.Dore();
         s.Say(s.story.Dispute("north", lot));
         return s.Judge(lot, p);
       }},
      {"what was made of a lot that is called back", MercuryFree, v1::VERDICT_INDETERMINATE, v1::VERDICT_CODE_RECALLED,
       [](const Policy& p) {
         Stage s;
         const std::string lot = s.Dore();
         const std::string ring = s.Ring(lot);
         s.Say(s.story.Recall("north", lot));
         return s.Judge(ring, p);
       }},
      {"a production that did not happen", MercuryFree, v1::VERDICT_INDETERMINATE, v1::VERDICT_CODE_STEP_VOIDED,
       [](const Policy& p) {
         Stage s;
         const Statement produced = s.Say(s.story.Produce("north", s.site, {Metal(v1::FORM_DORE, 10'000, 900'000)}));
         v1::Event voiding;
         voiding.mutable_void_()->set_event_index(s.ledger.size() - 1);
         voiding.mutable_void_()->set_original(produced.event.SerializeAsString());
         voiding.mutable_void_()->set_reason("entered twice");
         s.Say(s.story.Sign(std::move(voiding), {"north"}));
         return s.Judge(produced.lot(), p);
       }},
      {"recycled gold", MercuryFree, v1::VERDICT_INDETERMINATE, v1::VERDICT_CODE_ORIGIN_OFF_LEDGER,
       [](const Policy& p) {
         Stage s;
         return s.Judge(s.Recycled(), p);
       }},
      {"recycled gold under a pack that takes it", Guidance, v1::VERDICT_PASS, v1::VERDICT_CODE_DOOR_ACCEPTED,
       [](const Policy& p) {
         Stage s;
         return s.Judge(s.Recycled(), p);
       }},
      {"recycled gold under a pack for mines alone", Craft, v1::VERDICT_FAIL, v1::VERDICT_CODE_DOOR_REFUSED,
       [](const Policy& p) {
         Stage s;
         return s.Judge(s.Recycled(), p);
       }},
      {"a smelting that does not say its route", MercuryFree, v1::VERDICT_INDETERMINATE,
       v1::VERDICT_CODE_ROUTE_NOT_DECLARED,
       [](const Policy& p) {
         Stage s;
         const std::string lot = s.Dore(v1::MERCURY_USE_NOT_USED, v1::PROCESS_ROUTE_GRAVITY, v1::FORM_CONCENTRATE);
         const auto silent = [&](v1::Transform& t) {
           t.set_site_id(s.site);
           t.clear_route();
         };
         return s.Judge(s.Worked(v1::Transform::KIND_SMELT, {lot}, Metal(v1::FORM_DORE, 9'000, 990'000), silent), p);
       }},
      {"leaching with cyanide", Ecological, v1::VERDICT_FAIL, v1::VERDICT_CODE_CYANIDE_USED,
       [](const Policy& p) {
         Stage s;
         return s.Judge(s.Dore(v1::MERCURY_USE_NOT_USED, v1::PROCESS_ROUTE_CYANIDATION), p);
       }},
      {"mass balance of gold that qualifies", Guidance, v1::VERDICT_PASS, v1::VERDICT_CODE_FRACTION_QUALIFIES,
       [](const Policy& p) {
         Stage s;
         return s.Judge(s.Balanced(), p);
       }},
      {"mass balance of gold that does not all qualify", Guidance, v1::VERDICT_INDETERMINATE,
       v1::VERDICT_CODE_FRACTION_TOO_SMALL,
       [](const Policy& p) {
         Stage s;
         return s.Judge(
             s.Balanced(s.Say(s.story.RegisterSite("Untitled pit", v1::RegisterSite::KIND_MINE, "north", "PE")).site()),
             p);
       }},
      {"an attestation from the desk", SeenOnSite, v1::VERDICT_INDETERMINATE, v1::VERDICT_CODE_ATTESTATION_REMOTE,
       [](const Policy& p) {
         Stage s(true, false);
         s.Say(s.VisitWith([](v1::Attest& a) { a.set_visit(v1::Attest::VISIT_DESK_REVIEW); }));
         return s.Judge(s.Dore(), p);
       }},
      {"an attestation by who works the gold later", SeenByAStranger, v1::VERDICT_INDETERMINATE,
       v1::VERDICT_CODE_ATTESTOR_IN_CHAIN,
       [](const Policy& p) {
         Stage s;
         const std::string lot = s.Dore();
         s.Say(s.story.HandOver("north", "inspector", {lot}));
         return s.Judge(s.Say(s.story.Transform("inspector", v1::Transform::KIND_MELT, {Take(lot)},
                                                {Into(Metal(v1::FORM_DORE, 10'000, 900'000))}))
                            .lot(),
                        p);
       }},
      {"mercury found by an assay", MercuryFree, v1::VERDICT_FAIL, v1::VERDICT_CODE_MERCURY_FOUND,
       [](const Policy& p) {
         Stage s;
         const std::string lot = s.Dore();
         v1::Event assay = s.story.Assay("north", lot, FineAs(900'000)).event;
         v1::ElementResult& mercury = *assay.mutable_assay()->add_other_elements();
         mercury.set_element("Hg");
         mercury.set_ppm(2'000);
         s.Say(s.story.Sign(std::move(assay), {"north"}));
         return s.Judge(lot, p);
       }},
      {"tailings of amalgamation leached with cyanide", MercuryFree, v1::VERDICT_FAIL,
       v1::VERDICT_CODE_TAILINGS_WITH_MERCURY,
       [](const Policy& p) {
         Stage s;
         v1::Material tailings;
         tailings.set_form(v1::FORM_TAILINGS);
         tailings.mutable_ore()->set_dry_mass_mg(1'000'000'000);
         const std::string lot = s.Say(s.story.Produce("north", s.site, {tailings},
                                                       v1::PROCESS_ROUTE_WHOLE_ORE_AMALGAMATION, v1::MERCURY_USE_USED))
                                     .lot();
         return s.Judge(s.Say(s.story.Process("north", s.site, {Take(lot)}, {Metal(v1::FORM_DORE, 1'000, 900'000)},
                                              v1::PROCESS_ROUTE_CYANIDATION_OF_TAILINGS))
                            .lot(),
                        p);
       }},
      {"gold of another country than the pack asks about", TitledInColombia, v1::VERDICT_INDETERMINATE,
       v1::VERDICT_CODE_NOTHING_ASKED,
       [](const Policy& p) {
         Stage s;
         return s.Judge(s.Dore(), p);
       }},
  };
  return scenes;
}

TEST(Evaluate, GivesEachSceneItsVerdictAndReason) {
  for (const Scene& scene : Scenes()) {
    const v1::Evaluation evaluation = scene.play(scene.policy());
    EXPECT_EQ(evaluation.verdict(), scene.verdict) << scene.behaviour << "\n" << evaluation.DebugString();
    EXPECT_EQ(CodesOf(evaluation).count(scene.code), 1u) << scene.behaviour << "\n" << evaluation.DebugString();
  }
}

TEST(Evaluate, EveryVerdictCodeIsReachedByAScene) {
  std::set<int> reached;
  for (const Scene& scene : Scenes()) reached.insert(scene.code);
  const auto& codes = *v1::VerdictCode_descriptor();
  for (int i = 0; i < codes.value_count(); ++i) {
    if (codes.value(i)->number() == v1::VERDICT_CODE_UNSPECIFIED) continue;
    EXPECT_EQ(reached.count(codes.value(i)->number()), 1u) << codes.value(i)->name();
  }
}

// --- What is asked ------------------------------------------------------------------------------------------------------

TEST(Evaluate, OneRuleOfProcessThatIsKeptIsAReasonToPass) {
  for (const char* rule : {"no_mercury", "route_declared", "no_cyanide", "no_mercury_tailings"}) {
    Stage stage;
    const v1::Evaluation evaluation =
        stage.Judge(stage.Dore(), AskingFor(std::string("process { ") + rule + ": true }"));
    EXPECT_EQ(evaluation.verdict(), v1::VERDICT_PASS) << rule;
    ASSERT_EQ(evaluation.reasons_size(), 1) << rule;
    EXPECT_EQ(evaluation.reasons(0).code(), v1::VERDICT_CODE_ROUTE_PERMITTED) << rule;
    EXPECT_EQ(evaluation.reasons(0).entry_index(), stage.ledger.size() - 1) << rule;
  }
}

TEST(Evaluate, APackThatAsksNothingOfTheSubjectSaysSo) {
  Stage stage;
  const std::string lot = stage.Dore();
  for (const char* rules : {"licences { kind: LICENCE_KIND_TITLE countries: \"CO\" }",
                            "licences { kind: LICENCE_KIND_TITLE until_date: \"2001-01-01\" }",
                            "attestations { scope: SCOPE_CYANIDE_MANAGEMENT max_age_days: 365 about: ABOUT_PLANT }"}) {
    const v1::Evaluation evaluation = stage.Judge(lot, AskingFor(rules));
    EXPECT_EQ(evaluation.verdict(), v1::VERDICT_INDETERMINATE) << rules;
    ASSERT_EQ(evaluation.reasons_size(), 1) << rules;
    EXPECT_EQ(evaluation.reasons(0).code(), v1::VERDICT_CODE_NOTHING_ASKED) << rules;
    EXPECT_EQ(evaluation.reasons(0).subject_id(), lot) << rules;
    EXPECT_EQ(evaluation.reasons(0).entry_index(), stage.ledger.size() - 1) << rules;
  }
}

TEST(Evaluate, ASchemeThatAttestsNothingOfTheSubjectSaysSo) {
  Stage stage;
  const v1::Evaluation evaluation = stage.Judge(
      stage.Dore(), AskingFor("process { no_mercury: true } certified_title: \"c\" certification { scope: "
                              "SCOPE_CYANIDE_MANAGEMENT max_age_days: 365 about: ABOUT_PLANT standard: \"S\" }"));
  EXPECT_EQ(evaluation.certified(), v1::VERDICT_INDETERMINATE);
  ASSERT_EQ(evaluation.certification_size(), 1);
  EXPECT_EQ(evaluation.certification(0).code(), v1::VERDICT_CODE_NOTHING_ASKED);
}

// --- Blending -----------------------------------------------------------------------------------------------------------

TEST(Evaluate, GoldOfTooFewQualifyingSourcesNamesWhatDisqualifiesTheOthers) {
  Stage stage;
  const std::string pit =
      stage.Say(stage.story.RegisterSite("Untitled pit", v1::RegisterSite::KIND_MINE, "north", "PE")).site();
  const std::string balanced = stage.Balanced(pit);
  const uint64_t produced = stage.ledger.size() - 2;
  const v1::Evaluation evaluation = stage.Judge(balanced, Guidance());
  EXPECT_EQ(evaluation.verdict(), v1::VERDICT_INDETERMINATE);
  int named = 0;
  for (const v1::VerdictReason& reason : evaluation.reasons()) {
    EXPECT_NE(reason.bearing(), v1::VERDICT_FAIL) << "a source by itself turns nothing";
    named += reason.entry_index() == produced && reason.bearing() == v1::VERDICT_INDETERMINATE ? 1 : 0;
  }
  EXPECT_EQ(named, 1) << evaluation.DebugString();
}

TEST(Evaluate, WhatDisqualifiesSourcesIsNamedOfSoManyAndNotMore) {
  Stage stage;
  stage.Say(stage.story.Accredit("inspector", {v1::SCOPE_DUE_DILIGENCE}));
  stage.Say(stage.story.Attest("inspector", v1::SCOPE_DUE_DILIGENCE, stage.story.PartyOf("north")));
  const std::string pit =
      stage.Say(stage.story.RegisterSite("Untitled pit", v1::RegisterSite::KIND_MINE, "north", "PE")).site();
  std::vector<std::string> lots;
  const size_t sources = limits::kMaxDisqualifiedSources + 3;
  for (size_t i = 0; i < sources; ++i) {
    lots.push_back(stage.Say(stage.story.Produce("north", pit, {Metal(v1::FORM_DORE, 1'000, 900'000)})).lot());
  }
  const std::string blend = stage.Worked(v1::Transform::KIND_MELT, lots, Metal(v1::FORM_DORE, 1'000 * sources, 900'000),
                                         [](v1::Transform& t) { t.set_custody_model(v1::CUSTODY_MODEL_MASS_BALANCE); });
  const v1::Evaluation evaluation = stage.Judge(blend, Guidance());
  EXPECT_EQ(evaluation.verdict(), v1::VERDICT_INDETERMINATE);
  EXPECT_EQ(evaluation.qualifying_ppm(), 0u);
  size_t named = 0;
  for (const v1::VerdictReason& reason : evaluation.reasons()) {
    named += reason.code() == v1::VERDICT_CODE_LICENCE_MISSING ? 1 : 0;
  }
  EXPECT_EQ(named, limits::kMaxDisqualifiedSources) << evaluation.DebugString();
}

// --- What reasons say ---------------------------------------------------------------------------------------------------

std::string TextOf(const v1::Evaluation& evaluation, v1::VerdictCode code) {
  for (const v1::VerdictReason& reason : evaluation.reasons()) {
    if (reason.code() == code) return reason.text();
  }
  return "";
}

constexpr int64_t kMarch3 = int64_t{1'772'496'000} * 1'000'000;  // 2026-03-03, 00:00 UTC

TEST(Evaluate, AnAttestationIsToldWithTheDaysOnWhichItWasSeen) {
  struct Case {
    int64_t days;
    v1::Attest::Visit visit;
    const char* text;
  } const cases[] = {
      {0, v1::Attest::VISIT_UNANNOUNCED,
       "inspector visited North adit (PE) on 2026-03-03 and attests mercury free process"},
      {2, v1::Attest::VISIT_ANNOUNCED,
       "inspector visited North adit (PE) from 2026-03-03 to 2026-03-05 and attests mercury free process"},
      {0, v1::Attest::VISIT_DESK_REVIEW,
       "inspector examined North adit (PE) on 2026-03-03 and attests mercury free process"},
  };
  for (const Case& c : cases) {
    Stage stage(true, false);
    stage.story.AdvanceUs(kMarch3 + 10 * kDayUs - stage.story.now_us());
    stage.Say(stage.VisitWith([&](v1::Attest& attest) {
      attest.set_visit(c.visit);
      attest.set_observed_from_us(kMarch3);
      attest.set_observed_until_us(kMarch3 + c.days * kDayUs + kDayUs / 2);
      attest.set_valid_from_us(kMarch3);
    }));
    EXPECT_EQ(TextOf(stage.Judge(stage.Dore()), v1::VERDICT_CODE_ATTESTED), c.text);
  }
}

TEST(Evaluate, AnEndedAttestationIsToldWithTheDayOfItsEnd) {
  struct Case {
    v1::EndCause cause;
    v1::VerdictCode code;
    const char* text;
  } const cases[] = {
      {v1::END_CAUSE_SUSPENDED, v1::VERDICT_CODE_ATTESTATION_SUSPENDED,
       "inspector has suspended its attestation of North adit (PE) for mercury free process as of 2026-03-03"},
      {v1::END_CAUSE_WITHDRAWN, v1::VERDICT_CODE_ATTESTATION_WITHDRAWN,
       "inspector has withdrawn its attestation of North adit (PE) for mercury free process as of 2026-03-03"},
      {v1::END_CAUSE_ANNULLED, v1::VERDICT_CODE_ATTESTATION_ANNULLED,
       "inspector has annulled its attestation of North adit (PE) for mercury free process as of 2026-03-03"},
  };
  for (const Case& c : cases) {
    Stage stage;
    stage.story.AdvanceUs(kMarch3 + 10 * kDayUs - stage.story.now_us());
    stage.Say(stage.story.EndAttestation("inspector", stage.attestation, c.cause, kMarch3));
    EXPECT_EQ(TextOf(stage.Judge(stage.Dore()), c.code), c.text);
  }
}

TEST(Evaluate, AClaimThatEndedNamesTheEntryThatEndedItAndHow) {
  const auto judge_after = [](const std::function<void(Stage&, const std::string&, const std::string&)>& end) {
    Stage stage;
    const std::string ring = stage.Ring(stage.Dore());
    const std::string claim = stage.Claim(ring, stage.ledger.size());
    end(stage, ring, claim);
    const uint64_t ended = stage.ledger.size() - 1;
    stage.Say(stage.story.RegisterParty("trader", "CH", {v1::ROLE_AGGREGATOR}));
    const v1::Evaluation evaluation = stage.Judge(claim);
    EXPECT_EQ(evaluation.reasons(0).code(), v1::VERDICT_CODE_CLAIM_ENDED);
    EXPECT_EQ(evaluation.reasons(0).entry_index(), ended);
    return evaluation.reasons(0).text();
  };
  EXPECT_EQ(judge_after([](Stage& s, const std::string&, const std::string& claim) {
              s.Say(s.story.RevokeClaim("jeweler", claim, "in error"));
            }),
            "jeweler has revoked the claim: it should not have been made");
  EXPECT_EQ(judge_after([](Stage& s, const std::string&, const std::string& claim) {
              s.Say(s.story.RetireClaim("jeweler", claim));
            }),
            "the claim was retired: it is no longer upheld");
  EXPECT_EQ(judge_after([](Stage& s, const std::string& ring, const std::string&) {
              s.Say(s.story.Retire("jeweler", ring, v1::Retire::KIND_MELTED_DOWN));
            }),
            "the claim was retired: it is no longer upheld");
}

// --- Endings ------------------------------------------------------------------------------------------------------------

constexpr v1::EndCause kCauses[] = {v1::END_CAUSE_LAPSED, v1::END_CAUSE_SUSPENDED, v1::END_CAUSE_WITHDRAWN,
                                    v1::END_CAUSE_ANNULLED};

TEST(Evaluate, AnEndingTakesEffectOnItsDate) {
  for (const v1::EndCause cause : kCauses) {
    for (const bool dated_back : {false, true}) {
      const std::string what = v1::EndCause_Name(cause) + (dated_back ? ", dated back" : ", dated today");
      const int64_t effective_at_us = dated_back ? kStoryStartUs : 0;
      Stage attestation;
      std::string lot = attestation.Dore();
      attestation.Say(attestation.story.EndAttestation("inspector", attestation.attestation, cause, effective_at_us));
      EXPECT_EQ(attestation.Judge(lot).verdict(), dated_back ? v1::VERDICT_INDETERMINATE : v1::VERDICT_PASS) << what;
      Stage licence;
      lot = licence.Dore();
      licence.Say(licence.story.EndLicence(licence.licence, cause, effective_at_us));
      EXPECT_EQ(licence.Judge(lot, Formalized()).verdict(), dated_back ? v1::VERDICT_FAIL : v1::VERDICT_PASS) << what;
    }
  }
}

TEST(Evaluate, OnlyAnnulmentReachesClaimsMadeBefore) {
  for (const v1::EndCause cause : kCauses) {
    const bool annulled = cause == v1::END_CAUSE_ANNULLED;
    Stage stage;
    const std::string ring = stage.Ring(stage.Dore());
    const std::string claim = stage.Claim(ring, stage.ledger.size());
    stage.Say(stage.story.EndAttestation("inspector", stage.attestation, cause, kStoryStartUs));
    stage.Say(stage.story.EndLicence(stage.licence, cause, kStoryStartUs));
    EXPECT_EQ(stage.Judge(claim).verdict(), annulled ? v1::VERDICT_INDETERMINATE : v1::VERDICT_PASS)
        << v1::EndCause_Name(cause);
    EXPECT_EQ(stage.Judge(claim, Formalized()).verdict(), annulled ? v1::VERDICT_FAIL : v1::VERDICT_PASS)
        << v1::EndCause_Name(cause);
    EXPECT_NE(stage.Judge(ring).verdict(), v1::VERDICT_PASS) << "today it is known";
  }
}

TEST(Evaluate, AClaimThatCitesAnOlderLogDoesNotHideWhatEndedBeforeIt) {
  for (const v1::EndCause cause : kCauses) {
    Stage stage;
    const std::string ring = stage.Ring(stage.Dore());
    const uint64_t evidence_size = stage.ledger.size();
    stage.Say(stage.story.EndAttestation("inspector", stage.attestation, cause, kStoryStartUs));
    stage.Say(stage.story.EndLicence(stage.licence, cause, kStoryStartUs));
    const std::string claim = stage.Claim(ring, evidence_size);
    EXPECT_EQ(stage.Judge(claim).verdict(), v1::VERDICT_INDETERMINATE) << v1::EndCause_Name(cause);
    EXPECT_EQ(stage.Judge(claim, Formalized()).verdict(), v1::VERDICT_FAIL) << v1::EndCause_Name(cause);
  }
}

TEST(Evaluate, EndingAnAttestorTurnsOnlyWhatItDidAfterAnAnnulmentsDate) {
  for (const v1::EndCause cause : kCauses) {
    for (const bool before_visit : {false, true}) {
      Stage stage;
      const std::string lot = stage.Dore();
      stage.EndInspector(cause, before_visit ? kStoryStartUs : stage.story.now_us());
      const bool turned = before_visit && cause == v1::END_CAUSE_ANNULLED;
      EXPECT_EQ(stage.Judge(lot).verdict(), turned ? v1::VERDICT_INDETERMINATE : v1::VERDICT_PASS)
          << v1::EndCause_Name(cause) << before_visit;
    }
  }
}

TEST(Evaluate, WhatEndedBeforeProductionSupportsNothing) {
  Stage attestation;
  attestation.Say(attestation.story.EndAttestation("inspector", attestation.attestation, v1::END_CAUSE_WITHDRAWN));
  attestation.story.AdvanceUs(kDayUs);
  EXPECT_EQ(attestation.Judge(attestation.Dore()).verdict(), v1::VERDICT_INDETERMINATE);
  Stage licence;
  licence.Say(licence.story.EndLicence(licence.licence, v1::END_CAUSE_SUSPENDED));
  licence.story.AdvanceUs(kDayUs);
  EXPECT_EQ(licence.Judge(licence.Dore(), Formalized()).verdict(), v1::VERDICT_FAIL);
}

/// An accreditation that was over when the attestor spoke does not save what it said under one that is annulled.
TEST(Evaluate, AnEarlierAccreditationDoesNotShelterAnAnnulledOne) {
  Stage stage(true, false);
  stage.Say(stage.story.EndAccreditation("inspector", v1::SCOPE_MERCURY_FREE_PROCESS, v1::END_CAUSE_LAPSED));
  stage.Say(stage.story.Accredit("inspector", {v1::SCOPE_MERCURY_FREE_PROCESS}));
  stage.Say(stage.Visit());
  const std::string lot = stage.Dore();
  EXPECT_EQ(stage.Judge(lot).verdict(), v1::VERDICT_PASS);
  stage.EndInspector(v1::END_CAUSE_ANNULLED, kStoryStartUs);
  EXPECT_EQ(stage.Judge(lot).verdict(), v1::VERDICT_INDETERMINATE);
}

TEST(Evaluate, AnAnnulledAdverseAttestationNoLongerCounts) {
  Stage stage;
  const std::string adverse = stage.Say(stage.Visit(v1::Attest::CONCLUSION_NON_CONFORMANT)).attestation();
  const std::string lot = stage.Dore();
  EXPECT_EQ(stage.Judge(lot).verdict(), v1::VERDICT_FAIL);
  stage.Say(stage.story.EndAttestation("inspector", adverse, v1::END_CAUSE_ANNULLED, kStoryStartUs));
  EXPECT_EQ(stage.Judge(lot).verdict(), v1::VERDICT_PASS);
}

TEST(Evaluate, AStatutoryExtensionCarriesALicenceOn) {
  for (const bool extended : {false, true}) {
    Stage stage(false);
    v1::Event event = stage.Title().event;
    event.mutable_register_licence()->set_valid_until_us(stage.story.now_us() + kDayUs);
    if (extended)
      event.mutable_register_licence()->set_statutory_extension_until_us(stage.story.now_us() + 30 * kDayUs);
    stage.Say(stage.story.Sign(std::move(event), {"registry"}));
    stage.story.AdvanceUs(10 * kDayUs);
    EXPECT_EQ(stage.Judge(stage.Dore(), Formalized()).verdict(), extended ? v1::VERDICT_PASS : v1::VERDICT_FAIL);
  }
}

// --- The whole ----------------------------------------------------------------------------------------------------------

TEST(Evaluate, TheRoadFromTwoMinesToARingPasses) {
  Story story;
  MemoryLedger ledger;
  ledger.Record(story.Genesis(KeyOf("log").public_key()));
  const MineToRing road = TellMineToRing(story);
  ledger.RecordAll(road.statements);
  for (const Policy* policy : {&Formalized(), &MercuryFree()}) {
    const auto evaluation = Evaluate(ledger, ledger.size(), road.ring, *policy);
    ASSERT_TRUE(evaluation.ok());
    EXPECT_EQ(evaluation->verdict(), v1::VERDICT_PASS) << evaluation->DebugString();
    EXPECT_EQ(evaluation->source_lots(), 2u);
    EXPECT_EQ(evaluation->as_of_size(), ledger.size());
    EXPECT_EQ(evaluation->policy().sha256(), policy->sha256.view());
  }
}

TEST(Evaluate, OneDirtyInputTaintsTheWhole) {
  Stage stage;
  const std::string clean = stage.Dore();
  const std::string dirty = stage.Dore(v1::MERCURY_USE_USED);
  const std::string melt =
      stage.Worked(v1::Transform::KIND_MELT, {clean, dirty}, Metal(v1::FORM_DORE, 20'000, 900'000));
  EXPECT_EQ(stage.Judge(clean).verdict(), v1::VERDICT_PASS);
  EXPECT_EQ(stage.Judge(melt).verdict(), v1::VERDICT_FAIL);
  EXPECT_EQ(stage.Judge(stage.Ring(melt)).verdict(), v1::VERDICT_FAIL);
}

/// What is left of a clean lot stays clean although the rest of it was melted with dirty gold.
TEST(Evaluate, ARemainderIsAsCleanAsItsOwnInput) {
  Stage stage;
  const std::string clean = stage.Dore();
  const std::string dirty = stage.Dore(v1::MERCURY_USE_USED);
  const Statement melt =
      stage.Say(stage.story.Transform("north", v1::Transform::KIND_MELT, {Take(clean, 4'000), Take(dirty, 4'000)},
                                      {Into(Metal(v1::FORM_DORE, 8'000, 900'000))}));
  EXPECT_EQ(stage.Judge(melt.lot(0)).verdict(), v1::VERDICT_FAIL);
  EXPECT_EQ(stage.Judge(melt.lot(1)).verdict(), v1::VERDICT_PASS);
  EXPECT_EQ(stage.Judge(melt.lot(2)).verdict(), v1::VERDICT_FAIL);
}

TEST(Evaluate, PutsBreachesFirstThenGapsThenSupport) {
  Stage stage(true, false);
  const v1::Evaluation evaluation = stage.Judge(stage.Dore(v1::MERCURY_USE_USED));
  ASSERT_GE(evaluation.reasons_size(), 2);
  EXPECT_EQ(evaluation.reasons(0).code(), v1::VERDICT_CODE_MERCURY_DECLARED);
  EXPECT_EQ(evaluation.reasons(1).code(), v1::VERDICT_CODE_ATTESTATION_MISSING);
}

TEST(Evaluate, RefusesWhatIsNotThere) {
  const Stage stage;
  for (const char* subject : {"", "ring", "lot_aaaaaaaaaaaaaaaaaaaaaaaaaa", "piece_aaaaaaaaaaaaaaaaaaaaaaaaaa"}) {
    EXPECT_EQ(ReasonOf(Evaluate(stage.ledger, stage.ledger.size(), subject, MercuryFree()).status()),
              "UNKNOWN_SUBJECT");
  }
}

// --- Lineage ------------------------------------------------------------------------------------------------------------

TEST(TraceUpstream, WalksEveryLotOnceAndStopsAtTheDepthAsked) {
  Stage stage;
  const std::string a = stage.Dore();
  const std::string b = stage.Dore();
  const std::string melt = stage.Worked(v1::Transform::KIND_MELT, {a, b}, Metal(v1::FORM_DORE, 20'000, 900'000));
  const std::string ring = stage.Ring(melt);
  const auto all = TraceUpstream(stage.ledger, ring, 0);
  ASSERT_TRUE(all.ok()) << all.status();
  std::vector<std::pair<std::string, uint32_t>> nodes;
  for (const AncestryNode& node : all->nodes) nodes.emplace_back(node.id, node.depth);
  EXPECT_THAT(nodes,
              ::testing::ElementsAre(std::pair(ring, 0u), std::pair(melt, 1u), std::pair(a, 2u), std::pair(b, 2u)));
  EXPECT_EQ(all->steps.size(), 4u);
  EXPECT_EQ(TraceUpstream(stage.ledger, ring, 1)->nodes.size(), 2u);
}

TEST(TraceUpstream, VisitsASharedAncestorOnce) {
  Stage stage;
  const std::string whole = stage.Dore();
  const Statement split = stage.Say(
      stage.story.Transform("north", v1::Transform::KIND_SPLIT, {Take(whole)},
                            {Into(Metal(v1::FORM_DORE, 5'000, 900'000)), Into(Metal(v1::FORM_DORE, 5'000, 900'000))}));
  const std::string melt =
      stage.Worked(v1::Transform::KIND_MELT, {split.lot(0), split.lot(1)}, Metal(v1::FORM_DORE, 10'000, 900'000));
  EXPECT_EQ(TraceUpstream(stage.ledger, melt, 0)->nodes.size(), 4u);
}

TEST(TraceUpstream, SaysWhenAnAncestorIsMissingFromTheView) {
  Stage stage;
  const std::string a = stage.Dore();
  const std::string melt = stage.Worked(v1::Transform::KIND_MELT, {a}, Metal(v1::FORM_DORE, 10'000, 900'000));
  MemoryState part;
  for (const auto& [key, value] : stage.ledger.state().records()) {
    if (key != StateKey<v1::LotRecord>(a)) part.Apply({{key, value}});
  }
  EXPECT_EQ(ReasonOf(TraceUpstream(part, melt, 0).status()), "ANCESTOR_ABSENT");
}

}  // namespace
}  // namespace touchstone::ledger
