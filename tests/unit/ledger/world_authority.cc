// Who is linked, who is barred, what was stolen: the part of the world that the rules of authority meet.
#include <string>
#include <utility>

#include "tests/unit/ledger/rules.h"

namespace touchstone::ledger {

using namespace testing;  // NOLINT: the vocabulary of stories

namespace {

std::string PublicKeyOf(std::string_view actor) { return std::string(KeyOf(actor).public_key().view()); }

v1::RegisterParty PartyAs(const std::string& actor, v1::Role role) {
  v1::RegisterParty party;
  party.set_name(actor);
  party.set_country("PE");
  party.add_roles(role);
  party.add_keys(PublicKeyOf(actor));
  return party;
}

v1::RegisterParty OwnedBy(v1::RegisterParty party, const std::string& owner_party_id) {
  v1::Interest& interest = *party.add_interests();
  interest.set_party_id(owner_party_id);
  interest.set_share_ppm(510'000);
  return party;
}

v1::RegisterParty OwnedByPerson(v1::RegisterParty party, char person) {
  party.add_owner_persons()->set_commitment(std::string(crypto::Hash::kSize, person));
  return party;
}

v1::RegisterParty MemberOf(v1::RegisterParty party, const std::string& cooperative_party_id) {
  party.set_member_of_party_id(cooperative_party_id);
  return party;
}

}  // namespace

v1::GeoPolygon SquareFrom(int32_t latitude_e7, int32_t longitude_e7, int32_t side_e7) {
  v1::GeoPolygon square;
  for (const auto& [north, east] : {std::pair(0, 0), std::pair(0, 1), std::pair(1, 1), std::pair(1, 0)}) {
    v1::GeoPoint& corner = *square.add_corners();
    corner.set_latitude_e7(latitude_e7 + north * side_e7);
    corner.set_longitude_e7(longitude_e7 + east * side_e7);
  }
  return square;
}

void World::Authority() {
  Links();
  Places();
  Bars();
  Thefts();
  Devices();
  Record(story.RegisterParty("standards body", "CH", {v1::ROLE_STANDARDS_BODY}));
  Record(story.PublishPolicy("accreditor", "house-rules", 1));
}

/// A holding owns quarry, and through another holding the inspector cousin; one person owns dredge and the inspector
/// partner; the inspector clubman is a member of member's cooperative.
void World::Links() {
  Record(story.Register("holding", PartyAs("holding", v1::ROLE_AGGREGATOR)));
  Record(story.Register("subholding", OwnedBy(PartyAs("subholding", v1::ROLE_AGGREGATOR), story.PartyOf("holding"))));
  Record(story.Register("quarry", OwnedBy(PartyAs("quarry", v1::ROLE_MINER), story.PartyOf("holding"))));
  Record(story.Register("cousin", OwnedBy(PartyAs("cousin", v1::ROLE_INSPECTOR), story.PartyOf("subholding"))));
  Record(story.Register("dredge", OwnedByPerson(PartyAs("dredge", v1::ROLE_MINER), 'p')));
  Record(story.Register("partner", OwnedByPerson(PartyAs("partner", v1::ROLE_INSPECTOR), 'p')));
  Record(story.Register("clubman", MemberOf(PartyAs("clubman", v1::ROLE_INSPECTOR), story.PartyOf("cooperative"))));
  for (const char* attestor : {"cousin", "partner", "clubman"}) {
    Record(story.Accredit(attestor, {v1::SCOPE_FORMALIZATION}));
  }
  quarry_mine = Record(story.RegisterSite("Quarry", v1::RegisterSite::KIND_MINE, "quarry", "PE")).site();
  dredge_mine = Record(story.RegisterSite("Dredge", v1::RegisterSite::KIND_MINE, "dredge", "PE")).site();
}

void World::Places() {
  const auto found = [&](const char* name, v1::RegisterSite::Kind kind, const auto& change) {
    v1::Event event = story.RegisterSite(name, kind, "south", "PE").event;
    change(*event.mutable_register_site());
    return Record(story.Sign(std::move(event), {"registry"})).site();
  };
  const auto as_it_is = [](v1::RegisterSite&) {};
  for (const char* pit : {"Pit 1", "Pit 2", "Pit 3", "Pit 4", "Pit 5"}) {
    pits.push_back(found(pit, v1::RegisterSite::KIND_MINE, as_it_is));
  }
  far_mine = found("Far adit", v1::RegisterSite::KIND_MINE, [](v1::RegisterSite& site) {
    site.mutable_point()->set_latitude_e7(470'000'000);
    site.mutable_point()->set_longitude_e7(85'000'000);
  });
  fenced = found("Fenced plant", v1::RegisterSite::KIND_PROCESSING_PLANT, [](v1::RegisterSite& site) {
    *site.mutable_area() = SquareFrom(kFenceLatitudeE7, kFenceLongitudeE7);
  });
  // With the visit to the mine itself, five in one day.
  for (size_t i = 0; i + 1 < pits.size(); ++i) {
    const v1::Event event = Record(story.Attest("inspector", v1::SCOPE_FORMALIZATION, pits[i])).event;
    visited_at_us = event.attest().observed_until_us();
  }
  Record(story.Attest("inspector", v1::SCOPE_MERCURY_FREE_PROCESS, mine));
}

void World::Bars() {
  Record(story.RegisterParty("barred", "PE", {v1::ROLE_MINER}));
  v1::RegisterParty member = MemberOf(PartyAs("barred member", v1::ROLE_MINER), story.PartyOf("cooperative"));
  member.clear_keys();
  Record(story.Register("barred member", member));
  for (const char* party : {"barred", "barred member"}) Record(story.SuspendParty(party));
}

/// The keys of a registrar, of an accreditor and of south are stolen, used, and distrusted.
void World::Thefts() {
  for (const char* office : {"clerk", "usher"}) Record(story.RegisterParty(office, "PE", {v1::ROLE_STANDARDS_BODY}));
  Record(story.Appoint("clerk", v1::OFFICE_REGISTRAR));
  Record(story.Appoint("usher", v1::OFFICE_ACCREDITOR));
  Record(story.RegisterParty("impostor", "PE", {v1::ROLE_INSPECTOR}));
  Record(story.AddKey("south", "south-7"));
  robbed = Record(story.Produce("south", south_mine, {Metal(v1::FORM_DORE, 15'000, 900'000)})).lot();

  theft_index = ledger.size();
  Record(story.RegisterParty("ghost", "PE", {v1::ROLE_MINER}, "clerk"));
  v1::RegisterParty member = MemberOf(PartyAs("ghost member", v1::ROLE_MINER), story.PartyOf("cooperative"));
  member.clear_keys();
  Record(story.Register("ghost member", member, "clerk"));
  v1::Event key = story.AddKey("north", "north-9").event;
  Record(story.Sign(std::move(key), {"clerk"}));
  v1::Event licence = story.RegisterLicence(v1::LICENCE_KIND_TITLE, "south", {pits[0]}, "T-9", "PE").event;
  lone_title = Record(story.Sign(std::move(licence), {"clerk"})).licence();
  v1::Event accreditation = story.Accredit("impostor", {v1::SCOPE_FORMALIZATION}).event;
  Record(story.Sign(std::move(accreditation), {"usher"}));
  v1::Event produced = story.Produce("south", south_mine, {Metal(v1::FORM_DORE, 16'000, 900'000)}).event;
  stolen = Record(story.Sign(std::move(produced), {"south-7"})).lot();
  v1::Event handed = story.HandOver("south", "trader", {robbed}).event;
  Record(story.Sign(std::move(handed), {"south-7", "trader"}));
  for (const char* thief : {"clerk", "usher", "south-7"}) Record(story.DistrustKey(thief, theft_index));
}

void World::Devices() {
  const auto from_device = [&](uint64_t counter, const char* new_key) {
    v1::Event event = story.AddKey("dredge", new_key).event;
    event.mutable_device()->set_counter(counter);
    event.mutable_device()->set_previous_event_id(device_event_id);
    event.mutable_device()->set_checkpoint_size(ledger.size());
    const Statement statement = Record(story.Sign(std::move(event), {"dredge"}));
    device_event_id = std::string(statement.event_id.view());
    device_at_us = statement.event.occurred_at_us();
  };
  from_device(1, "dredge-1");
  from_device(2, "dredge-2");
  from_device(5, "dredge-5");
}

namespace honest {
namespace {

/// The story goes on from the world's end, without telling the world.
template <typename Tell>
Said Next(const World& w, const char* by, Tell tell) {
  Story story = w.story;
  return {tell(story).event, {by}};
}

}  // namespace

Said UpdateParty(const World& w) {
  return Next(w, "registry", [&](Story& s) {
    v1::UpdateParty update;
    update.set_name("south & sons");
    return s.UpdateParty("south", update);
  });
}
Said SuspendParty(const World& w) {
  return Next(w, "registry", [&](Story& s) { return s.SuspendParty("south"); });
}
Said DistrustKey(const World& w) {
  return Next(w, "registry", [&](Story& s) { return s.DistrustKey("south", w.ledger.size()); });
}
Said UpdateSite(const World& w) {
  return Next(w, "registry", [&](Story& s) {
    v1::UpdateSite update;
    update.set_operator_party_id(w.story.PartyOf("south"));
    return s.UpdateSite(w.mine, update);
  });
}
Said PublishPolicy(const World& w) {
  return Next(w, "accreditor", [&](Story& s) { return s.PublishPolicy("accreditor", "house-rules", 2); });
}
Said FromDevice(const World& w) {
  Said said = Next(w, "dredge", [&](Story& s) { return s.AddKey("dredge", "dredge-6"); });
  said.event.mutable_device()->set_counter(6);
  said.event.mutable_device()->set_previous_event_id(w.device_event_id);
  said.event.mutable_device()->set_checkpoint_size(w.ledger.size());
  return said;
}

}  // namespace honest
}  // namespace touchstone::ledger
