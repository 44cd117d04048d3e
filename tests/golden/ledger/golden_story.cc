#include "tests/golden/ledger/golden_story.h"

#include <utility>

#include "ledger/policy.h"
#include "tests/support/memory_ledger.h"
#include "tests/support/story.h"
#include "tests/unit/ledger/rules.h"

namespace touchstone::testing {
namespace {

class Teller {
 public:
  const std::vector<std::string>& entries() const { return ledger_.entries(); }

  void Tell() {
    Say(story_.Genesis(KeyOf("log").public_key(), Story::kOrigin, 1));
    road_ = TellMineToRing(story_);
    ledger_.RecordAll(road_.statements);
    TellClaims();
    TellOffers();
    TellWork();
    TellEndings();
  }

 private:
  Statement Say(Statement statement) {
    ledger_.Record(statement);
    return statement;
  }

  std::string Dore(uint64_t gross_mg) {
    return Say(story_.Produce("north", road_.mine_site, {Metal(v1::FORM_DORE, gross_mg, 900'000)})).lot();
  }

  void TellClaims() {
    std::vector<v1::PolicyRef> packs;
    for (const char* id : {"formalized", "mercury-free"}) {
      v1::PolicyRef& ref = packs.emplace_back();
      ref.set_policy_id(id);
      ref.set_version(1);
      ref.set_sha256(std::string(crypto::Sha256(id).view()));  // a pack may change before its release; this must not
    }
    Say(story_.RetireClaim("jeweler", Say(story_.Claim("jeweler", road_.ring, packs, ledger_.size())).claim()));
    Say(story_.RevokeClaim("jeweler", Say(story_.Claim("jeweler", road_.ring, packs, ledger_.size())).claim(),
                           "error"));
    Say(story_.Claim("jeweler", road_.ring, packs, ledger_.size()));
  }

  void TellOffers() {
    const std::string lot = Dore(10'000);
    Say(story_.Reject("refiner", Say(story_.Offer("north", {lot}, "refiner")).offer()));
    Say(story_.CancelOffer("north", Say(story_.Offer("north", {lot}, "refiner")).offer()));
    Say(story_.Offer("north", {lot}, "refiner"));
    Say(story_.Receive("north", Dore(20'000), 19'000));
    Say(story_.Export("north", {Dore(30'000)}, "PE", "CH"));
  }

  void TellWork() {
    const std::string a = Dore(40'000);
    const std::string b = Dore(50'000);
    const Statement merge = Say(story_.Transform("north", v1::Transform::KIND_MERGE, {Take(a, 30'000), Take(b)},
                                                 {Into(Metal(v1::FORM_DORE, 80'000, 900'000))}));
    const Statement split = Say(
        story_.Transform("north", v1::Transform::KIND_SPLIT, {Take(merge.lot(0))},
                         {Into(Metal(v1::FORM_DORE, 50'000, 900'000)), Into(Metal(v1::FORM_DORE, 30'000, 900'000))}));
    const std::string melt = Say(story_.Transform("north", v1::Transform::KIND_MELT, {Take(split.lot(1))},
                                                  {Into(Unassayed(v1::FORM_DORE, 30'000))}))
                                 .lot();
    Say(story_.Assay("north", melt, FineAs(850'000)));
    Say(story_.Assay("laboratory", melt, FineAs(860'000)));
    Say(story_.Produce("south", Site("south"), {Unassayed(v1::FORM_CONCENTRATE, 500'000)}, v1::PROCESS_ROUTE_RETORT,
                       v1::MERCURY_USE_USED),
        90);
  }

  void TellEndings() {
    Say(story_.AddKey("north", "north-2"));
    Say(story_.RetireKey("north", "north-2"));
    for (const Statement& statement : road_.statements) {
      if (statement.event.has_register_licence()) Say(story_.EndLicence(statement.licence(), v1::END_CAUSE_SUSPENDED));
    }
    Say(story_.EndAttestation(
        "inspector",
        Say(story_.Attest("inspector", v1::SCOPE_FORMALIZATION, road_.mine_site, v1::Attest::CONCLUSION_NON_CONFORMANT))
            .attestation(),
        v1::END_CAUSE_ANNULLED));
    Say(story_.EndAccreditation("inspector", v1::SCOPE_FORMALIZATION, v1::END_CAUSE_WITHDRAWN));
    Say(story_.EndAppointment("accreditor", v1::OFFICE_ACCREDITOR, v1::END_CAUSE_LAPSED));
  }

  /// The site that an actor of the road operates.
  std::string Site(const std::string& actor) const {
    for (const Statement& statement : road_.statements) {
      if (statement.event.register_site().operator_party_id() == story_.PartyOf(actor)) return statement.site();
    }
    return {};
  }

  void Say(Statement statement, int64_t days_late) {
    constexpr int64_t kDayUs = int64_t{24} * 3600 * 1'000'000;
    ledger_.Record(statement, days_late * kDayUs);
    story_.AdvanceUs(days_late * kDayUs);
  }

  Story story_;
  MemoryLedger ledger_;
  MineToRing road_;
};

std::vector<std::string> EntriesOfRuleset1() {
  Teller teller;
  teller.Tell();
  return teller.entries();
}

/// The world of the rule tables; what each of several honest events would do to the same things, done to others; and
/// every honest event of the tables and every one that is found, as far as it is admitted after those before it.
std::vector<std::string> EntriesOfRuleset2() {
  const ledger::World& world = ledger::TheWorld();
  Story story = world.story;
  MemoryLedger told = world.ledger;
  const auto say = [&](Statement statement) {
    told.Record(statement);
    return statement;
  };
  const std::string dore = say(story.Produce("north", world.mine, {Metal(v1::FORM_DORE, 10'000, 900'000)})).lot();
  say(story.Reject("refiner", say(story.Offer("north", {dore}, "refiner")).offer()));
  say(story.CancelOffer("north", say(story.Offer("north", {dore}, "refiner")).offer()));
  say(story.Export("north", {dore}, "PE", "CH"));
  say(story.RevokeClaim("jeweler", world.claim, "error"));
  const auto tell = [&](const ledger::Said& said) {
    // The end comes last.
    if (!said.event.genesis_id().empty() && !said.event.has_freeze_log()) told.Append(ledger::Envelope(said));
  };
  for (const ledger::Rule& rule : ledger::AllRules()) tell(rule.honest(world));
  for (const ledger::Flag& flag : ledger::AllFlags()) {
    ledger::Said said = flag.honest(world);
    tell(said);
    flag.change(world, said);
    tell(said);
  }
  told.Append(ledger::Envelope(ledger::honest::FreezeLog(world)));
  return told.entries();
}

}  // namespace

std::vector<std::string> GoldenEntries(uint32_t ruleset_version) {
  return ruleset_version == 1 ? EntriesOfRuleset1() : EntriesOfRuleset2();
}

}  // namespace touchstone::testing
