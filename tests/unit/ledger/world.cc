#include <string>
#include <utility>

#include "base/check.h"
#include "ledger/envelope.h"
#include "ledger/policy.h"
#include "tests/unit/ledger/rules.h"

namespace touchstone::ledger {

using namespace testing;  // NOLINT: the vocabulary of stories

World::World() {
  Cast();
  Papers();
  Gold();
  Jewelry();
  Keeping();
  Authority();
  Weighing();
  Exchanging();
  Yielding();
  Books();
}

Statement World::Record(Statement statement) {
  ledger.Record(statement);
  return statement;
}

void World::Cast() {
  Record(story.Genesis(KeyOf("log").public_key()));
  for (const Statement& statement : story.Offices()) Record(statement);
  Past();
  for (const char* miner : {"north", "south"}) Record(story.RegisterParty(miner, "PE", {v1::ROLE_MINER}));
  Record(story.RegisterParty("cooperative", "PE", {v1::ROLE_COOPERATIVE}));
  v1::RegisterParty member;
  member.set_name("member");
  member.set_country("PE");
  member.add_roles(v1::ROLE_MINER);
  member.set_member_of_party_id(story.PartyOf("cooperative"));
  Record(story.Register("member", member));
  Record(story.RegisterParty("trader", "PE", {v1::ROLE_EXPORTER}));
  Record(story.RegisterParty("refiner", "CH", {v1::ROLE_REFINER}));
  Record(story.RegisterParty("laboratory", "CH", {v1::ROLE_ASSAY_LABORATORY}));
  Record(story.RegisterParty("jeweler", "IT", {v1::ROLE_JEWELER}));
  Record(story.RegisterParty("goldsmith", "IT", {v1::ROLE_JEWELER}));
  for (const char* inspector : {"inspector", "novice"}) {
    Record(story.RegisterParty(inspector, "PE", {v1::ROLE_INSPECTOR}));
  }
  v1::RegisterParty sister;  // an inspector that north has a share in
  sister.set_name("sister");
  sister.set_country("PE");
  sister.add_roles(v1::ROLE_INSPECTOR);
  sister.add_keys(std::string(KeyOf("sister").public_key().view()));
  v1::Interest& interest = *sister.add_interests();
  interest.set_party_id(story.PartyOf("north"));
  interest.set_share_ppm(510'000);
  Record(story.Register("sister", sister));
  Record(story.AddKey("north", "north-2"));
  Record(story.RetireKey("north", "north-2"));
  Record(story.AddKey("north", "north-3"));
  Record(story.Accredit("inspector", {v1::SCOPE_MERCURY_FREE_PROCESS, v1::SCOPE_FORMALIZATION}));
  Record(story.Accredit("sister", {v1::SCOPE_MERCURY_FREE_PROCESS, v1::SCOPE_CHAIN_OF_CUSTODY}));
  Record(story.EndAccreditation("sister", v1::SCOPE_CHAIN_OF_CUSTODY, v1::END_CAUSE_WITHDRAWN));
}

void World::Papers() {
  mine = Record(story.RegisterSite("North adit", v1::RegisterSite::KIND_MINE, "north", "PE")).site();
  south_mine = Record(story.RegisterSite("South pit", v1::RegisterSite::KIND_MINE, "south", "PE")).site();
  member_mine = Record(story.RegisterSite("Small pit", v1::RegisterSite::KIND_MINE, "member", "PE")).site();
  plant = Record(story.RegisterSite("Plant", v1::RegisterSite::KIND_PROCESSING_PLANT, "north", "PE")).site();
  title = Record(story.RegisterLicence(v1::LICENCE_KIND_TITLE, "north", {mine}, "T-1", "PE")).licence();
  ended_licence = Record(story.RegisterLicence(v1::LICENCE_KIND_START_UP, "north", {mine}, "S-1", "PE")).licence();
  Record(story.EndLicence(ended_licence, v1::END_CAUSE_LAPSED));
  export_licence = Record(story.RegisterLicence(v1::LICENCE_KIND_EXPORT, "north", {}, "E-1", "PE")).licence();
  attestation = Record(story.Attest("inspector", v1::SCOPE_MERCURY_FREE_PROCESS, mine)).attestation();
  ended_attestation = Record(story.Attest("inspector", v1::SCOPE_FORMALIZATION, mine)).attestation();
  Record(story.EndAttestation("inspector", ended_attestation, v1::END_CAUSE_SUSPENDED));
}

void World::Gold() {
  const auto produce = [&](v1::Material material) {
    return Record(story.Produce("north", mine, {std::move(material)})).lot();
  };
  dore = produce(Metal(v1::FORM_DORE, 100'000, 900'000));
  second_dore = produce(Metal(v1::FORM_DORE, 50'000, 900'000));
  concentrate = produce(Unassayed(v1::FORM_CONCENTRATE, 1'000'000));
  unassayed = produce(Unassayed(v1::FORM_DORE, 10'000));
  v1::Material rock;
  rock.set_form(v1::FORM_ORE);
  rock.mutable_ore()->set_dry_mass_mg(5'000'000'000);
  ore = produce(rock);
  souths = Record(story.Produce("south", south_mine, {Metal(v1::FORM_DORE, 30'000, 900'000)})).lot();
  v1::Event for_member = story.Produce("north", member_mine, {Metal(v1::FORM_DORE, 20'000, 900'000)}).event;
  for_member.set_on_behalf_of_party_id(story.PartyOf("member"));
  members = Record(story.Sign(std::move(for_member), {"cooperative"})).lot();

  const std::string source = produce(Metal(v1::FORM_DORE, 40'000, 900'000));
  scrap = Record(story.Transform("north", v1::Transform::KIND_MELT, {Take(source)},
                                 {Into(Metal(v1::FORM_SCRAP, 40'000, 900'000))}))
              .lot();
  consumed = source;

  offered = produce(Metal(v1::FORM_DORE, 11'000, 900'000));
  open_offer = Record(story.Offer("north", {offered}, "refiner")).offer();
  quarantined = produce(Metal(v1::FORM_DORE, 12'000, 900'000));
  closed_offer = Record(story.Offer("north", {quarantined}, "refiner")).offer();
  v1::Event accept = story.Accept("refiner", closed_offer).event;
  accept.mutable_accept()->set_quarantine(true);
  Record(story.Sign(std::move(accept), {"refiner"}));
  v1::Event expiring = story.Offer("north", {produce(Metal(v1::FORM_DORE, 13'000, 900'000))}, "refiner").event;
  expiring.mutable_offer()->set_expires_at_us(story.now_us() + 3'600'000'000);
  expiring_offer = Record(story.Sign(std::move(expiring), {"north"})).offer();

  lent = produce(Metal(v1::FORM_DORE, 14'000, 900'000));
  v1::Event lending = story.HandOver("north", "refiner", {lent}).event;
  lending.mutable_hand_over()->set_rights(v1::TRANSFER_RIGHT_POSSESSION);
  Record(story.Sign(std::move(lending), {"north", "refiner"}));

  const std::string to_melt = produce(Metal(v1::FORM_DORE, 100'000, 900'000));
  silver_melt = produce(Metal(v1::FORM_DORE, 100'000, 900'000));
  Record(story.HandOver("north", "refiner", {to_melt, silver_melt}));
  melt = Record(story.Transform("refiner", v1::Transform::KIND_MELT, {Take(to_melt)},
                                {Into(Unassayed(v1::FORM_DORE, 100'000))}))
             .lot();
}

void World::Jewelry() {
  const std::string source = Record(story.Produce("north", mine, {Metal(v1::FORM_DORE, 100'000, 900'000)})).lot();
  Record(story.HandOver("north", "refiner", {source}));
  bar = Record(story.Transform("refiner", v1::Transform::KIND_REFINE, {Take(source)},
                               {Into(Metal(v1::FORM_BAR, 90'000, 999'000), "B-1")}))
            .lot();
  Record(story.HandOver("refiner", "jeweler", {bar}));
  v1::Piece piece;
  piece.set_article("ring");
  piece.set_serial("R-1");
  piece.set_metal_mg(5'000);
  *piece.mutable_fineness() = FineAs(999'000);
  const Statement made = Record(story.MakePieces("jeweler", {Take(bar, 5'000)}, {piece}));
  ring = made.piece();
  bar = made.lot(1);
  v1::PolicyRef policy;
  policy.set_policy_id("mercury-free");
  policy.set_version(1);
  policy.set_sha256(std::string(32, 's'));
  retired_claim = Record(story.Claim("jeweler", ring, {policy}, ledger.size())).claim();
  Record(story.RetireClaim("jeweler", retired_claim));
  claim = Record(story.Claim("jeweler", ring, {policy}, ledger.size())).claim();
}

const World& TheWorld() {
  static const World& world = *new World();
  return world;
}

std::string Envelope(const Said& said) {
  std::vector<crypto::SecretKey> keys;
  for (const std::string& name : said.by) keys.push_back(KeyOf(name));
  std::vector<const crypto::SecretKey*> pointers;
  for (const crypto::SecretKey& key : keys) pointers.push_back(&key);
  auto envelope = SignPayload(EncodePayload(said.event, pointers), pointers);
  TS_CHECK(envelope.ok());
  return *std::move(envelope);
}

// --- Honest events ------------------------------------------------------------------------------------------------------

namespace honest {
namespace {

/// The story goes on from the world's end, without telling the world.
template <typename Tell>
Said Next(const World& w, const char* by, Tell tell) {
  Story story = w.story;
  return {tell(story).event, {by}};
}

v1::Piece SomeRing() {
  v1::Piece piece;
  piece.set_article("ring");
  piece.set_serial("R-2");
  piece.set_metal_mg(5'000);
  *piece.mutable_fineness() = FineAs(999'000);
  return piece;
}

}  // namespace

Said Genesis(const World&) {
  Story story;
  return {story.Genesis(KeyOf("log").public_key()).event, {"root"}};
}
Said RegisterParty(const World& w) {
  return Next(w, "registry", [&](Story& s) { return s.RegisterParty("newcomer", "PE", {v1::ROLE_MINER}); });
}
Said Appoint(const World& w) {
  return Next(w, "root", [&](Story& s) { return s.Appoint("trader", v1::OFFICE_REGISTRAR); });
}
Said EndAppointment(const World& w) {
  return Next(w, "root",
              [&](Story& s) { return s.EndAppointment("accreditor", v1::OFFICE_ACCREDITOR, v1::END_CAUSE_WITHDRAWN); });
}
Said Accredit(const World& w) {
  return Next(w, "accreditor", [&](Story& s) {
    return s.Accredit("novice", {v1::SCOPE_FORMALIZATION, v1::SCOPE_CAPACITY});
  });
}
Said EndAccreditation(const World& w) {
  return Next(w, "accreditor", [&](Story& s) {
    return s.EndAccreditation("inspector", v1::SCOPE_FORMALIZATION, v1::END_CAUSE_WITHDRAWN);
  });
}
Said AddKey(const World& w) {
  return Next(w, "north", [&](Story& s) { return s.AddKey("north", "north-4"); });
}
Said RetireKey(const World& w) {
  return Next(w, "north", [&](Story& s) { return s.RetireKey("north", "north-3"); });
}
Said RegisterSite(const World& w) {
  return Next(w, "registry",
              [&](Story& s) { return s.RegisterSite("West adit", v1::RegisterSite::KIND_MINE, "north", "PE"); });
}
Said RegisterLicence(const World& w) {
  return Next(w, "registry", [&](Story& s) {
    return s.RegisterLicence(v1::LICENCE_KIND_TITLE, "north", {w.mine, w.south_mine}, "T-2", "PE");
  });
}
Said EndLicence(const World& w) {
  return Next(w, "registry", [&](Story& s) { return s.EndLicence(w.title, v1::END_CAUSE_WITHDRAWN); });
}
Said Attest(const World& w) {
  return Next(w, "inspector", [&](Story& s) { return s.Attest("inspector", v1::SCOPE_FORMALIZATION, w.mine); });
}
Said EndAttestation(const World& w) {
  return Next(w, "inspector",
              [&](Story& s) { return s.EndAttestation("inspector", w.attestation, v1::END_CAUSE_WITHDRAWN); });
}
Said Produce(const World& w) {
  return Next(w, "north",
              [&](Story& s) { return s.Produce("north", w.mine, {Metal(v1::FORM_DORE, 10'000, 900'000)}); });
}
Said Assay(const World& w) {
  return Next(w, "laboratory", [&](Story& s) { return s.Assay("laboratory", w.melt, FineAs(900'000)); });
}
Said Offer(const World& w) {
  return Next(w, "north", [&](Story& s) { return s.Offer("north", {w.dore, w.second_dore}, "refiner"); });
}
Said Accept(const World& w) {
  return Next(w, "refiner", [&](Story& s) { return s.Accept("refiner", w.open_offer); });
}
Said Reject(const World& w) {
  return Next(w, "refiner", [&](Story& s) { return s.Reject("refiner", w.open_offer); });
}
Said CancelOffer(const World& w) {
  return Next(w, "north", [&](Story& s) { return s.CancelOffer("north", w.open_offer); });
}
Said HandOver(const World& w) {
  Story story = w.story;
  return {story.HandOver("north", "refiner", {w.dore, w.second_dore}).event, {"north", "refiner"}};
}
Said Receive(const World& w) {
  return Next(w, "refiner", [&](Story& s) { return s.Receive("refiner", w.quarantined, 12'000); });
}
Said Export(const World& w) {
  return Next(w, "north", [&](Story& s) { return s.Export("north", {w.dore}, "PE", "CH", w.export_licence); });
}
Said Melt(const World& w) {
  return Next(w, "north", [&](Story& s) {
    return s.Transform("north", v1::Transform::KIND_MELT, {Take(w.dore), Take(w.second_dore, 20'000)},
                       {Into(Metal(v1::FORM_DORE, 120'000, 900'000))});
  });
}
Said Merge(const World& w) {
  return Next(w, "north", [&](Story& s) {
    return s.Transform("north", v1::Transform::KIND_MERGE, {Take(w.dore), Take(w.second_dore)},
                       {Into(Metal(v1::FORM_DORE, 150'000, 900'000))});
  });
}
Said Split(const World& w) {
  return Next(w, "north", [&](Story& s) {
    return s.Transform("north", v1::Transform::KIND_SPLIT, {Take(w.dore)},
                       {Into(Metal(v1::FORM_DORE, 60'000, 900'000)), Into(Metal(v1::FORM_DORE, 40'000, 900'000))});
  });
}
Said Refine(const World& w) {
  return Next(w, "refiner", [&](Story& s) {
    return s.Transform("refiner", v1::Transform::KIND_REFINE, {Take(w.silver_melt)},
                       {Into(Metal(v1::FORM_BAR, 90'000, 999'000), "B-2")});
  });
}
Said MakePiece(const World& w) {
  return Next(w, "jeweler", [&](Story& s) {
    return s.MakePieces("jeweler", {Take(w.bar, 10'000)}, {SomeRing()}, {Metal(v1::FORM_SCRAP, 5'000, 999'000)});
  });
}
Said Claim(const World& w) {
  v1::PolicyRef policy;
  policy.set_policy_id("formalized");
  policy.set_version(1);
  policy.set_sha256(std::string(32, 's'));
  return Next(w, "jeweler", [&](Story& s) { return s.Claim("jeweler", w.ring, {policy}, w.ledger.size()); });
}
Said RetireClaim(const World& w) {
  return Next(w, "jeweler", [&](Story& s) { return s.RetireClaim("jeweler", w.claim); });
}
Said RevokeClaim(const World& w) {
  return Next(w, "jeweler", [&](Story& s) { return s.RevokeClaim("jeweler", w.claim, "in error"); });
}

}  // namespace honest
}  // namespace touchstone::ledger
