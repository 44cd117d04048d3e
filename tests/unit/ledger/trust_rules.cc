// Who is trusted no more: keys that were stolen and what thieves gave, parties that are barred, attestors who are
// linked to what they attest.
#include "base/limits.h"
#include "tests/unit/ledger/rules.h"

namespace touchstone::ledger {
namespace {

using testing::KeyOf;

constexpr char kNoParty[] = "party_aaaaaaaaaaaaaaaaaaaaaaaaaa";

std::string PublicKeyOf(std::string_view actor) { return std::string(KeyOf(actor).public_key().view()); }

v1::DistrustKey& Distrust(Said& s) { return *s.event.mutable_distrust_key(); }
v1::SuspendParty& Suspend(Said& s) { return *s.event.mutable_suspend_party(); }

/// The member's gold is handed over by its cooperative.
Said HandOverForMember(const World& w) {
  testing::Story story = w.story;
  v1::Event event = story.HandOver("member", "refiner", {w.members}).event;
  event.set_on_behalf_of_party_id(w.story.PartyOf("member"));
  return {std::move(event), {"cooperative", "refiner"}};
}

Said ProduceForMember(const World& w) {
  Said said = honest::Produce(w);
  said.event.mutable_produce()->set_site_id(w.member_mine);
  said.event.set_on_behalf_of_party_id(w.story.PartyOf("member"));
  said.by = {"cooperative"};
  return said;
}

std::vector<Rule> DistrustRules() {
  using W = const World&;
  using honest::Offer;
  using honest::Produce;
  const auto honest = honest::DistrustKey;
  return {
      {"a key distrusted by its party", honest, [](W, Said& s) { s.by = {"south"}; }, v1::REASON_OFFICE_MISSING,
       "signer_keys"},
      {"a key distrusted on behalf of another", honest,
       [](const World& w, Said& s) { s.event.set_on_behalf_of_party_id(w.story.PartyOf("member")); },
       v1::REASON_NOT_ON_BEHALF, "on_behalf_of_party_id"},
      {"a key of nobody distrusted", honest, [](W, Said& s) { Distrust(s).set_key(PublicKeyOf("nobody")); },
       v1::REASON_UNKNOWN_KEY, "distrust_key.key"},
      {"a root key distrusted", honest, [](W, Said& s) { Distrust(s).set_key(PublicKeyOf("root")); },
       v1::REASON_UNKNOWN_KEY, "distrust_key.key"},
      {"a key of the wrong length distrusted", honest, [](W, Said& s) { Distrust(s).set_key("short"); },
       v1::REASON_FIELD_INVALID, "distrust_key.key"},
      {"a key distrusted for no reason", honest, [](W, Said& s) { Distrust(s).clear_reason(); },
       v1::REASON_FIELD_REQUIRED, "distrust_key.reason"},
      {"a key distrusted from an entry to come", honest,
       [](const World& w, Said& s) { Distrust(s).set_from_index(w.ledger.size() + 1); }, v1::REASON_FIELD_INVALID,
       "distrust_key.from_index"},
      {"a key distrusted once more", honest,
       [](const World& w, Said& s) {
         Distrust(s).set_key(PublicKeyOf("south-7"));
         Distrust(s).set_from_index(w.theft_index);
       },
       v1::REASON_ALREADY_ENDED, "distrust_key.from_index"},

      {"a distrusted key that signs", Produce, [](W, Said& s) { s.by = {"south-7"}; }, v1::REASON_KEY_DISTRUSTED,
       "signer_keys[0]"},
      {"a key that a distrusted key gave", Produce, [](W, Said& s) { s.by = {"north-9"}; }, v1::REASON_KEY_DISTRUSTED,
       "signer_keys[0]"},
      {"a party that a distrusted key registered", Produce, [](W, Said& s) { s.by = {"ghost"}; },
       v1::REASON_KEY_DISTRUSTED, "signer_keys[0]"},
      {"a cooperative for a member that a distrusted key registered", ProduceForMember,
       [](const World& w, Said& s) { s.event.set_on_behalf_of_party_id(w.story.PartyOf("ghost member")); },
       v1::REASON_KEY_DISTRUSTED, "on_behalf_of_party_id"},
      {"an attestor whom a distrusted key accredited", honest::Attest, [](W, Said& s) { s.by = {"impostor"}; },
       v1::REASON_NOT_ACCREDITED, "attest.scope"},
      {"gold that a distrusted key made", Offer,
       [](const World& w, Said& s) {
         s.event.mutable_offer()->mutable_lot_ids()->Clear();
         s.event.mutable_offer()->add_lot_ids(w.stolen);
         s.by = {"south"};
       },
       v1::REASON_LOT_DISTRUSTED, "offer.lot_ids[0]"},
      {"gold that a distrusted key handed over", Offer,
       [](const World& w, Said& s) {
         s.event.mutable_offer()->mutable_lot_ids()->Clear();
         s.event.mutable_offer()->add_lot_ids(w.robbed);
         s.by = {"trader"};
       },
       v1::REASON_LOT_DISTRUSTED, "offer.lot_ids[0]"},
      {"gold that a distrusted key handed over, by who owns it", Offer,
       [](const World& w, Said& s) {
         s.event.mutable_offer()->mutable_lot_ids()->Clear();
         s.event.mutable_offer()->add_lot_ids(w.robbed);
         s.event.mutable_offer()->set_rights(v1::TRANSFER_RIGHT_OWNERSHIP);
         s.by = {"trader"};
       },
       v1::REASON_LOT_DISTRUSTED, "offer.lot_ids[0]"},
  };
}

std::vector<Rule> SuspensionRules() {
  using W = const World&;
  const auto honest = honest::SuspendParty;
  return {
      {"a party barred by another", honest, [](W, Said& s) { s.by = {"north"}; }, v1::REASON_OFFICE_MISSING,
       "signer_keys"},
      {"a party barred by root", honest, [](W, Said& s) { s.by = {"root"}; }, v1::REASON_SIGNERS_MISMATCH,
       "signer_keys[0]"},
      {"nobody barred", honest, [](W, Said& s) { Suspend(s).set_party_id(kNoParty); }, v1::REASON_UNKNOWN_PARTY,
       "suspend_party.party_id"},
      {"a bar without a party", honest, [](W, Said& s) { Suspend(s).clear_party_id(); }, v1::REASON_FIELD_REQUIRED,
       "suspend_party.party_id"},
      {"a reason that does not fit", honest, [](W, Said& s) { Suspend(s).set_reason(std::string(257, 'r')); },
       v1::REASON_FIELD_TOO_LONG, "suspend_party.reason"},
      {"a party barred twice", honest,
       [](const World& w, Said& s) { Suspend(s).set_party_id(w.story.PartyOf("barred")); }, v1::REASON_ALREADY_ENDED,
       "suspend_party.party_id"},
      {"a bar lifted that is not there", honest, [](W, Said& s) { Suspend(s).set_lift(true); },
       v1::REASON_ALREADY_ENDED, "suspend_party.party_id"},

      {"a barred party that signs", honest::Produce, [](W, Said& s) { s.by = {"barred"}; }, v1::REASON_PARTY_SUSPENDED,
       "signer_keys[0]"},
      {"a cooperative for a barred member", ProduceForMember,
       [](const World& w, Said& s) { s.event.set_on_behalf_of_party_id(w.story.PartyOf("barred member")); },
       v1::REASON_PARTY_SUSPENDED, "on_behalf_of_party_id"},
      {"a cooperative that hands over for a barred member", HandOverForMember,
       [](const World& w, Said& s) {
         s.event.mutable_hand_over()->set_from_party_id(w.story.PartyOf("barred member"));
         s.event.set_on_behalf_of_party_id(w.story.PartyOf("barred member"));
       },
       v1::REASON_PARTY_SUSPENDED, "on_behalf_of_party_id"},
  };
}

std::vector<Rule> LinkRules() {
  const auto honest = honest::Attest;
  return {
      {"an attestor whose owner's owner owns the mine's operator", honest,
       [](const World& w, Said& s) {
         s.event.mutable_attest()->set_subject_id(w.quarry_mine);
         s.by = {"cousin"};
       },
       v1::REASON_SELF_ATTESTATION, "attest.subject_id"},
      {"an attestor of the same person as the mine's operator", honest,
       [](const World& w, Said& s) {
         s.event.mutable_attest()->set_subject_id(w.dredge_mine);
         s.by = {"partner"};
       },
       v1::REASON_SELF_ATTESTATION, "attest.subject_id"},
      {"an attestor of the same cooperative as the mine's operator", honest,
       [](const World& w, Said& s) {
         s.event.mutable_attest()->set_subject_id(w.member_mine);
         s.by = {"clubman"};
       },
       v1::REASON_SELF_ATTESTATION, "attest.subject_id"},
      {"an attestor that attests its own holding", honest,
       [](const World& w, Said& s) {
         s.event.mutable_attest()->set_subject_id(w.story.PartyOf("holding"));
         s.by = {"cousin"};
       },
       v1::REASON_SELF_ATTESTATION, "attest.subject_id"},
  };
}

}  // namespace

std::vector<Rule> TrustRules() {
  std::vector<Rule> all;
  for (const auto& table : {DistrustRules(), SuspensionRules(), LinkRules()}) {
    all.insert(all.end(), table.begin(), table.end());
  }
  return all;
}

}  // namespace touchstone::ledger
