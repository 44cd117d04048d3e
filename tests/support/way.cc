#include "tests/support/way.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

namespace touchstone::testing {
namespace {

constexpr int64_t kDayUs = int64_t{24} * 3600 * 1'000'000;

v1::AttestationRule::About AboutOf(const v1::AttestationRule& rule) {
  return rule.about() == v1::AttestationRule::ABOUT_UNSPECIFIED ? v1::AttestationRule::ABOUT_SOURCE : rule.about();
}

v1::Piece RingOf(uint64_t metal_mg, uint32_t ppm) {
  v1::Piece ring;
  ring.set_article("ring");
  ring.set_serial("W-1");
  ring.set_metal_mg(metal_mg);
  *ring.mutable_fineness() = FineAs(ppm);
  return ring;
}

}  // namespace

bool Answers(const Paper& paper, const v1::AttestationRule& rule) {
  return paper.scope == rule.scope() && paper.about == AboutOf(rule) &&
         (rule.standard().empty() || paper.standard == rule.standard());
}

std::vector<Paper> PapersFor(const std::vector<const v1::PolicyPack*>& packs) {
  std::vector<Paper> papers;
  std::set<std::tuple<int, int, std::string>> known;
  const auto add = [&](const v1::AttestationRule& rule) {
    if (!known.insert({rule.scope(), AboutOf(rule), rule.standard()}).second) return;
    papers.push_back({.scope = rule.scope(), .about = AboutOf(rule), .standard = rule.standard()});
  };
  for (const v1::PolicyPack* pack : packs) {
    for (const v1::AttestationRule& rule : pack->attestations()) add(rule);
    if (pack->has_certification()) add(pack->certification());
  }
  return papers;
}

Way::Way(const WayFacts& facts, Say say, const crypto::Hash* genesis_id) : say_(std::move(say)) {
  Cast(facts, genesis_id);
  Issue(facts, true);
  if (facts.old_days > 0) {
    story.AdvanceUs(facts.old_days * kDayUs);
    Accredit();
  }
  if (facts.licence.has_value()) {
    Tell(story.RegisterLicence(*facts.licence, facts.holder, {mine}, "T-1", facts.country));
  }
  Issue(facts, false);
  constexpr uint64_t kRingMg = 1'000;
  if (facts.door.has_value()) {
    gold = TakenIn(facts);
  } else {
    gold = facts.leached_tailings ? Leached(facts) : Smelted(facts);
  }
  ring = Tell(story.MakePieces("jeweler", {Take(gold, kRingMg)}, {RingOf(kRingMg, 990'000)})).piece();
}

Statement Way::Tell(const Statement& statement) {
  say_(statement);
  return statement;
}

void Way::Cast(const WayFacts& facts, const crypto::Hash* genesis_id) {
  if (genesis_id != nullptr) {
    story.Continue(*genesis_id);
  } else {
    Tell(story.Genesis(KeyOf("log").public_key()));
  }
  for (const Statement& statement : story.Offices()) Tell(statement);
  Tell(story.RegisterParty("north", facts.country, {v1::ROLE_MINER}));
  Tell(story.RegisterParty("south", "PE", {v1::ROLE_MINER}));
  Tell(story.RegisterParty("plant", "PE", {v1::ROLE_AGGREGATOR}));
  Tell(story.RegisterParty("refiner", "CH", {v1::ROLE_REFINER}));
  Tell(story.RegisterParty("jeweler", "IT", {v1::ROLE_JEWELER}));
  Tell(story.RegisterParty("inspector", "PE", {v1::ROLE_INSPECTOR}));
  Accredit();
  mine = Tell(story.RegisterSite("North adit", v1::RegisterSite::KIND_MINE, "north", facts.country)).site();
  mill = Tell(story.RegisterSite("Mill", v1::RegisterSite::KIND_PROCESSING_PLANT, "plant", "PE")).site();
}

void Way::Accredit() {
  for (const char* attestor : {"inspector", "plant"}) {
    Tell(story.Accredit(attestor, {v1::SCOPE_MERCURY_FREE_PROCESS, v1::SCOPE_FORMALIZATION, v1::SCOPE_CHAIN_OF_CUSTODY,
                                   v1::SCOPE_DUE_DILIGENCE, v1::SCOPE_IDENTITY}));
  }
}

void Way::Issue(const WayFacts& facts, bool old) {
  for (const Paper& paper : facts.papers) {
    if (paper.old != old) continue;
    switch (paper.about) {
      case v1::AttestationRule::ABOUT_PLANT:
        Attest(paper, mill);
        break;
      case v1::AttestationRule::ABOUT_PRODUCER:
        Attest(paper, story.PartyOf("north"));
        break;
      case v1::AttestationRule::ABOUT_HANDLER:
        for (const char* actor : {"plant", "jeweler"}) Attest(paper, story.PartyOf(actor));
        break;
      case v1::AttestationRule::ABOUT_SOURCE:
      case v1::AttestationRule::ABOUT_UNSPECIFIED:
      case v1::AttestationRule_About_AttestationRule_About_INT_MIN_SENTINEL_DO_NOT_USE_:
      case v1::AttestationRule_About_AttestationRule_About_INT_MAX_SENTINEL_DO_NOT_USE_:
        Attest(paper, mine);
        break;
    }
  }
}

void Way::Attest(const Paper& paper, const std::string& subject_id) {
  constexpr int64_t kLong = 10'000;
  v1::Event event = story.Attest(paper.attestor, paper.scope, subject_id).event;
  v1::Attest& body = *event.mutable_attest();
  body.set_standard(paper.standard);
  body.set_visit(paper.visit);
  body.set_valid_until_us(body.valid_from_us() + kLong * kDayUs);
  attestations.push_back(Tell(story.Sign(std::move(event), {paper.attestor})).attestation());
}

/// 10 g of concentrate with 2 g of gold in it.
std::string Way::Won(const std::string& actor, const std::string& site, const WayFacts& facts) {
  const Statement won =
      Tell(story.Produce(actor, site, {Metal(v1::FORM_CONCENTRATE, 10'000, 200'000)}, facts.won_by, facts.mercury));
  Tell(story.HandOver(actor, "plant", {won.lot()}));
  return won.lot();
}

std::string Way::Smelted(const WayFacts& facts) {
  const std::string first = Won("north", mine, facts);
  std::string second_actor = "north";
  std::string second_mine = mine;
  if (facts.second_mine_without_papers) {
    second_actor = "south";
    second_mine = Tell(story.RegisterSite("South pit", v1::RegisterSite::KIND_MINE, "south", facts.country)).site();
  }
  const std::string second = Won(second_actor, second_mine, facts);
  v1::Event event = story
                        .Transform("plant", v1::Transform::KIND_SMELT, {Take(first), Take(second)},
                                   {Into(Metal(v1::FORM_DORE, 4'030, 990'000))})
                        .event;
  v1::Transform& body = *event.mutable_transform();
  body.set_site_id(mill);
  body.set_route(facts.smelted_by);
  body.set_custody_model(facts.model);
  const std::string dore = Tell(story.Sign(std::move(event), {"plant"})).lot();
  Tell(story.HandOver("plant", "jeweler", {dore}));
  return dore;
}

std::string Way::Leached(const WayFacts& facts) {
  v1::Material tailings;
  tailings.set_form(v1::FORM_TAILINGS);
  tailings.mutable_ore()->set_dry_mass_mg(1'000'000'000);
  const std::string left = Tell(story.Produce("north", mine, {tailings}, facts.won_by, facts.mercury)).lot();
  Tell(story.HandOver("north", "plant", {left}));
  const std::string dore = Tell(story.Process("plant", mill, {Take(left)}, {Metal(v1::FORM_DORE, 4'030, 990'000)},
                                              v1::PROCESS_ROUTE_CYANIDATION_OF_TAILINGS))
                               .lot();
  Tell(story.HandOver("plant", "jeweler", {dore}));
  return dore;
}

std::string Way::TakenIn(const WayFacts& facts) {
  const bool mined =
      facts.door == v1::Intake::DOOR_LARGE_SCALE_MINED || facts.door == v1::Intake::DOOR_ARTISANAL_OFF_LEDGER;
  v1::Event event =
      story.Intake("refiner", *facts.door, {Metal(v1::FORM_BAR, 4'030, 990'000)}, mined ? "PE" : "").event;
  v1::Intake& body = *event.mutable_intake();
  if (facts.door == v1::Intake::DOOR_RECYCLED) body.set_recycled_kind(facts.recycled_kind);
  if (facts.door == v1::Intake::DOOR_EXISTING_STOCK) body.set_cut_off_at_us(kStoryStartUs);
  const std::string bar = Tell(story.Sign(std::move(event), {"refiner"})).lot();
  Tell(story.HandOver("refiner", "jeweler", {bar}));
  return bar;
}

}  // namespace touchstone::testing
