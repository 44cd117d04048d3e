// How gold enters, moves and changes.
#include "base/limits.h"
#include "tests/unit/ledger/rules.h"

namespace touchstone::ledger {
namespace {

using testing::FineAs;
using testing::Into;
using testing::Metal;
using testing::Take;
using testing::Unassayed;

constexpr char kNoParty[] = "party_aaaaaaaaaaaaaaaaaaaaaaaaaa";
constexpr char kNoSite[] = "site_aaaaaaaaaaaaaaaaaaaaaaaaaa";
constexpr char kNoLicence[] = "licence_aaaaaaaaaaaaaaaaaaaaaaaaaa";
constexpr char kNoLot[] = "lot_aaaaaaaaaaaaaaaaaaaaaaaaaa";
constexpr char kNoOffer[] = "offer_aaaaaaaaaaaaaaaaaaaaaaaaaa";

v1::Produce& Produce(Said& s) { return *s.event.mutable_produce(); }
v1::Assay& Assay(Said& s) { return *s.event.mutable_assay(); }
v1::Offer& Offer(Said& s) { return *s.event.mutable_offer(); }
v1::HandOver& HandOver(Said& s) { return *s.event.mutable_hand_over(); }
v1::Export& Export(Said& s) { return *s.event.mutable_export_(); }
v1::Transform& Step(Said& s) { return *s.event.mutable_transform(); }
v1::Material& Output(Said& s, int i = 0) { return *Step(s).mutable_outputs(i)->mutable_material(); }
void SetInput(Said& s, int i, const std::string& lot_id) { Step(s).mutable_inputs(i)->set_lot_id(lot_id); }

std::vector<Rule> ProduceRules() {
  using W = const World&;
  const auto produce = honest::Produce;
  return {
      {"gold produced by a refiner", produce, [](W, Said& s) { s.by = {"refiner"}; }, v1::REASON_ROLE_MISSING,
       "signer_keys"},
      {"gold produced at another's mine", produce, [](W, Said& s) { s.by = {"south"}; }, v1::REASON_NOT_OPERATOR,
       "produce.site_id"},
      {"gold produced nowhere", produce, [](W, Said& s) { Produce(s).set_site_id(kNoSite); }, v1::REASON_UNKNOWN_SITE,
       "produce.site_id"},
      {"gold produced at a plant", produce, [](const World& w, Said& s) { Produce(s).set_site_id(w.plant); },
       v1::REASON_FIELD_INVALID, "produce.site_id"},
      {"nothing produced", produce, [](W, Said& s) { Produce(s).clear_outputs(); }, v1::REASON_FIELD_REQUIRED,
       "produce.outputs"},
      {"too many lots at once", produce,
       [](W, Said& s) {
         while (Produce(s).outputs_size() <= limits::kMaxItemsPerEvent)
           *Produce(s).add_outputs() = Produce(s).outputs(0);
       },
       v1::REASON_FIELD_TOO_LONG, "produce.outputs"},
      {"a bar from a mine", produce, [](W, Said& s) { Produce(s).mutable_outputs(0)->set_form(v1::FORM_BAR); },
       v1::REASON_FORM_INVALID, "produce.outputs[0].form"},
      {"no route", produce, [](W, Said& s) { Produce(s).clear_route(); }, v1::REASON_FIELD_REQUIRED, "produce.route"},
      {"no period", produce, [](W, Said& s) { Produce(s).clear_period_from_us(); }, v1::REASON_FIELD_INVALID,
       "produce.period_from_us"},
      {"a period that is not over", produce,
       [](W, Said& s) { Produce(s).set_period_until_us(s.event.occurred_at_us() + 1); }, v1::REASON_FIELD_INVALID,
       "produce.period_until_us"},
  };
}

std::vector<Rule> AssayRules() {
  using W = const World&;
  const auto assay = honest::Assay;
  return {
      {"an assay of no lot", assay, [](W, Said& s) { Assay(s).set_lot_id(kNoLot); }, v1::REASON_UNKNOWN_LOT,
       "assay.lot_id"},
      {"an assay of what is no lot", assay, [](const World& w, Said& s) { Assay(s).set_lot_id(w.ring); },
       v1::REASON_FIELD_INVALID, "assay.lot_id"},
      {"an assay without a result", assay, [](W, Said& s) { Assay(s).clear_fineness(); }, v1::REASON_FIELD_REQUIRED,
       "assay.fineness"},
      {"an assay by neither custodian nor laboratory", assay, [](W, Said& s) { s.by = {"trader"}; },
       v1::REASON_ROLE_MISSING, "signer_keys"},
      {"an assay of ore", assay, [](const World& w, Said& s) { Assay(s).set_lot_id(w.ore); }, v1::REASON_FORM_INVALID,
       "assay.lot_id"},
      {"an assay of what is used up", assay, [](const World& w, Said& s) { Assay(s).set_lot_id(w.consumed); },
       v1::REASON_LOT_CONSUMED, "assay.lot_id"},
      {"more gold than went into the melt", assay, [](W, Said& s) { *Assay(s).mutable_fineness() = FineAs(905'000); },
       v1::REASON_ASSAY_ABOVE_INPUT, "assay.fineness.ppm"},
      {"an uncertainty that would explain any gain", assay,
       [](W, Said& s) { *Assay(s).mutable_fineness() = FineAs(905'000, v1::ASSAY_METHOD_FIRE_ASSAY, 500'000); },
       v1::REASON_ASSAY_ABOVE_INPUT, "assay.fineness.ppm"},
      {"a sample that is not there", assay, [](W, Said& s) { Assay(s).set_sample_lot_id(kNoLot); },
       v1::REASON_UNKNOWN_LOT, "assay.sample_lot_id"},
      {"gold among the other elements", assay, [](W, Said& s) { Assay(s).add_other_elements()->set_element("Au"); },
       v1::REASON_FIELD_INVALID, "assay.other_elements[0].element"},
      {"elements not ascending", assay,
       [](W, Said& s) {
         Assay(s).add_other_elements()->set_element("Hg");
         Assay(s).add_other_elements()->set_element("Ag");
       },
       v1::REASON_FIELD_INVALID, "assay.other_elements[1].element"},
      {"more than all of an element", assay,
       [](W, Said& s) {
         Assay(s).add_other_elements()->set_element("Ag");
         Assay(s).mutable_other_elements(0)->set_ppm(1'000'001);
       },
       v1::REASON_FIELD_INVALID, "assay.other_elements[0].ppm"},
  };
}

std::vector<Rule> TransferRules() {
  using W = const World&;
  const auto offer = honest::Offer;
  const auto accept = honest::Accept;
  const auto hand_over = honest::HandOver;
  return {
      {"an offer of another's lot", offer, [](const World& w, Said& s) { Offer(s).set_lot_ids(0, w.souths); },
       v1::REASON_NOT_CUSTODIAN, "offer.lot_ids[0]"},
      {"an offer of what one only holds", offer,
       [](const World& w, Said& s) {
         Offer(s).clear_lot_ids();
         Offer(s).add_lot_ids(w.lent);
         Offer(s).set_to_party_id(w.story.PartyOf("jeweler"));
         s.by = {"refiner"};
       },
       v1::REASON_NOT_OWNER, "offer.lot_ids[0]"},
      {"an offer of what is used up", offer, [](const World& w, Said& s) { Offer(s).set_lot_ids(0, w.consumed); },
       v1::REASON_LOT_CONSUMED, "offer.lot_ids[0]"},
      {"an offer of what is offered", offer, [](const World& w, Said& s) { Offer(s).set_lot_ids(0, w.offered); },
       v1::REASON_LOT_OFFERED, "offer.lot_ids[0]"},
      {"an offer of a lot twice", offer, [](W, Said& s) { Offer(s).set_lot_ids(1, Offer(s).lot_ids(0)); },
       v1::REASON_LOT_REPEATED, "offer.lot_ids[1]"},
      {"an offer of what is not assayed", offer, [](const World& w, Said& s) { Offer(s).set_lot_ids(0, w.unassayed); },
       v1::REASON_LOT_PENDING, "offer.lot_ids[0]"},
      {"an offer of nothing", offer, [](W, Said& s) { Offer(s).clear_lot_ids(); }, v1::REASON_FIELD_REQUIRED,
       "offer.lot_ids"},
      {"an offer of no right", offer, [](W, Said& s) { Offer(s).clear_rights(); }, v1::REASON_FIELD_REQUIRED,
       "offer.rights"},
      {"an offer to nobody", offer, [](W, Said& s) { Offer(s).set_to_party_id(kNoParty); }, v1::REASON_UNKNOWN_PARTY,
       "offer.to_party_id"},
      {"an offer to oneself", offer,
       [](const World& w, Said& s) { Offer(s).set_to_party_id(w.story.PartyOf("north")); }, v1::REASON_FIELD_INVALID,
       "offer.to_party_id"},
      {"an offer that has expired", offer, [](W, Said& s) { Offer(s).set_expires_at_us(s.event.occurred_at_us()); },
       v1::REASON_FIELD_INVALID, "offer.expires_at_us"},

      {"no offer accepted", accept, [](W, Said& s) { s.event.mutable_accept()->set_offer_id(kNoOffer); },
       v1::REASON_UNKNOWN_OFFER, "accept.offer_id"},
      {"an offer accepted twice", accept,
       [](const World& w, Said& s) { s.event.mutable_accept()->set_offer_id(w.closed_offer); }, v1::REASON_OFFER_CLOSED,
       "accept.offer_id"},
      {"an offer accepted too late", accept,
       [](const World& w, Said& s) {
         s.event.mutable_accept()->set_offer_id(w.expiring_offer);
         s.event.set_occurred_at_us(s.event.occurred_at_us() + 3'600'000'000);
       },
       v1::REASON_OFFER_CLOSED, "accept.offer_id"},
      {"an offer accepted by another", accept, [](W, Said& s) { s.by = {"jeweler"}; }, v1::REASON_NOT_OFFERED_TO,
       "accept.offer_id"},
      {"a lot weighed that was not offered", accept,
       [](const World& w, Said& s) { s.event.mutable_accept()->add_received()->set_lot_id(w.dore); },
       v1::REASON_FIELD_INVALID, "accept.received[0].lot_id"},
      {"a lot that weighs nothing", accept,
       [](const World& w, Said& s) { s.event.mutable_accept()->add_received()->set_lot_id(w.offered); },
       v1::REASON_FIELD_INVALID, "accept.received[0].gross_mg"},
      {"an offer rejected by another", honest::Reject, [](W, Said& s) { s.by = {"jeweler"}; },
       v1::REASON_NOT_OFFERED_TO, "reject.offer_id"},
      {"a rejection that does not fit", honest::Reject,
       [](W, Said& s) { s.event.mutable_reject()->set_reason(std::string(257, 'r')); }, v1::REASON_FIELD_TOO_LONG,
       "reject.reason"},
      {"an offer cancelled by whom it was made to", honest::CancelOffer, [](W, Said& s) { s.by = {"refiner"}; },
       v1::REASON_NOT_ISSUER, "cancel_offer.offer_id"},
      {"a closed offer cancelled", honest::CancelOffer,
       [](const World& w, Said& s) { s.event.mutable_cancel_offer()->set_offer_id(w.closed_offer); },
       v1::REASON_OFFER_CLOSED, "cancel_offer.offer_id"},

      {"a hand-over that the receiver did not sign", hand_over, [](W, Said& s) { s.by = {"north"}; },
       v1::REASON_SIGNERS_MISMATCH, "signer_keys"},
      {"a hand-over that the giver did not sign", hand_over, [](W, Said& s) { s.by = {"refiner"}; },
       v1::REASON_SIGNERS_MISMATCH, "signer_keys"},
      {"a hand-over with a third signature", hand_over,
       [](W, Said& s) {
         s.by = {"north", "refiner", "south"};
       },
       v1::REASON_SIGNERS_MISMATCH, "signer_keys"},
      {"a hand-over that root signed", hand_over,
       [](W, Said& s) {
         s.by = {"north", "root"};
       },
       v1::REASON_SIGNERS_MISMATCH, "signer_keys"},
      {"a hand-over for a member that has no part in it", hand_over,
       [](const World& w, Said& s) { s.event.set_on_behalf_of_party_id(w.story.PartyOf("member")); },
       v1::REASON_NOT_ON_BEHALF, "on_behalf_of_party_id"},
      {"a cooperative that hands its member's gold to itself by one signature", hand_over,
       [](const World& w, Said& s) {
         HandOver(s).set_from_party_id(w.story.PartyOf("member"));
         HandOver(s).set_to_party_id(w.story.PartyOf("cooperative"));
         HandOver(s).clear_lot_ids();
         HandOver(s).add_lot_ids(w.members);
         s.event.set_on_behalf_of_party_id(w.story.PartyOf("member"));
         s.by = {"cooperative"};
       },
       v1::REASON_SIGNERS_MISMATCH, "signer_keys"},
      {"a hand-over to oneself", hand_over,
       [](const World& w, Said& s) { HandOver(s).set_to_party_id(w.story.PartyOf("north")); }, v1::REASON_FIELD_INVALID,
       "hand_over.to_party_id"},
      {"a hand-over to nobody", hand_over, [](W, Said& s) { HandOver(s).set_to_party_id(kNoParty); },
       v1::REASON_UNKNOWN_PARTY, "hand_over.to_party_id"},
      {"a hand-over of another's lot", hand_over, [](const World& w, Said& s) { HandOver(s).set_lot_ids(0, w.souths); },
       v1::REASON_NOT_CUSTODIAN, "hand_over.lot_ids[0]"},
      {"a hand-over of what is used up", hand_over,
       [](const World& w, Said& s) { HandOver(s).set_lot_ids(0, w.consumed); }, v1::REASON_LOT_CONSUMED,
       "hand_over.lot_ids[0]"},
      {"a lot weighed twice", hand_over,
       [](const World& w, Said& s) {
         for (int i = 0; i < 2; ++i) {
           HandOver(s).add_received()->set_lot_id(w.dore);
           HandOver(s).mutable_received(i)->set_gross_mg(100'000);
         }
       },
       v1::REASON_FIELD_INVALID, "hand_over.received[1].lot_id"},

      {"another's lot received", honest::Receive, [](W, Said& s) { s.by = {"north"}; }, v1::REASON_NOT_CUSTODIAN,
       "receive.received[0].lot_id"},
      {"nothing received", honest::Receive, [](W, Said& s) { s.event.mutable_receive()->clear_received(); },
       v1::REASON_FIELD_REQUIRED, "receive.received"},
      {"what is used up received", honest::Receive,
       [](const World& w, Said& s) {
         s.event.mutable_receive()->mutable_received(0)->set_lot_id(w.consumed);
         s.by = {"north"};
       },
       v1::REASON_LOT_CONSUMED, "receive.received[0].lot_id"},

      {"another's lot exported", honest::Export, [](W, Said& s) { s.by = {"south"}; }, v1::REASON_NOT_CUSTODIAN,
       "export.lot_ids[0]"},
      {"an export within a country", honest::Export, [](W, Said& s) { Export(s).set_to_country("PE"); },
       v1::REASON_FIELD_INVALID, "export.to_country"},
      {"an export under no licence of the ledger", honest::Export,
       [](W, Said& s) { Export(s).set_licence_id(kNoLicence); }, v1::REASON_UNKNOWN_LICENCE, "export.licence_id"},
      {"an export of what is offered", honest::Export,
       [](const World& w, Said& s) { Export(s).set_lot_ids(0, w.offered); }, v1::REASON_LOT_OFFERED,
       "export.lot_ids[0]"},
  };
}

std::vector<Rule> InputRules() {
  using W = const World&;
  const auto melt = honest::Melt;
  return {
      {"a step of no kind", melt, [](W, Said& s) { Step(s).clear_kind(); }, v1::REASON_FIELD_REQUIRED,
       "transform.kind"},
      {"nothing taken in", melt, [](W, Said& s) { Step(s).clear_inputs(); }, v1::REASON_FIELD_REQUIRED,
       "transform.inputs"},
      {"an unknown lot", melt, [](W, Said& s) { SetInput(s, 0, kNoLot); }, v1::REASON_UNKNOWN_LOT,
       "transform.inputs[0].lot_id"},
      {"another's lot", melt, [](const World& w, Said& s) { SetInput(s, 0, w.souths); }, v1::REASON_NOT_CUSTODIAN,
       "transform.inputs[0].lot_id"},
      {"a lot that is used up", melt,
       [](const World& w, Said& s) {
         SetInput(s, 0, w.consumed);
         Output(s).set_gross_mg(60'000);
       },
       v1::REASON_LOT_CONSUMED, "transform.inputs[0].lot_id"},
      {"a lot that is offered", melt,
       [](const World& w, Said& s) {
         SetInput(s, 0, w.offered);
         Output(s).set_gross_mg(31'000);
       },
       v1::REASON_LOT_OFFERED, "transform.inputs[0].lot_id"},
      {"a lot twice", melt, [](W, Said& s) { SetInput(s, 1, Step(s).inputs(0).lot_id()); }, v1::REASON_LOT_REPEATED,
       "transform.inputs[1].lot_id"},
      {"a lot that is not assayed", melt,
       [](const World& w, Said& s) {
         SetInput(s, 1, w.unassayed);
         Step(s).mutable_inputs(1)->clear_part_gross_mg();
       },
       v1::REASON_LOT_PENDING, "transform.inputs[1].lot_id"},
      {"a lot in quarantine", melt,
       [](const World& w, Said& s) {
         Step(s).mutable_inputs()->RemoveLast();
         SetInput(s, 0, w.quarantined);
         s.by = {"refiner"};
       },
       v1::REASON_LOT_QUARANTINED, "transform.inputs[0].lot_id"},
      {"a part as large as its lot", melt, [](W, Said& s) { Step(s).mutable_inputs(1)->set_part_gross_mg(50'000); },
       v1::REASON_PART_TOO_LARGE, "transform.inputs[1].part_gross_mg"},
      {"a form that the step does not take", melt, [](const World& w, Said& s) { SetInput(s, 0, w.concentrate); },
       v1::REASON_FORM_INVALID, "transform.inputs[0].lot_id"},
      {"lots of two owners", melt,
       [](const World& w, Said& s) {
         SetInput(s, 0, w.lent);
         SetInput(s, 1, w.silver_melt);
         Output(s).set_gross_mg(34'000);
         s.by = {"refiner"};
       },
       v1::REASON_NOT_OWNER, "transform.inputs[1].lot_id"},
      {"undetermined material beside determined", honest::Merge,
       [](const World& w, Said& s) { SetInput(s, 1, w.concentrate); }, v1::REASON_FORM_INVALID,
       "transform.inputs[1].lot_id"},
  };
}

std::vector<Rule> BalanceRules() {
  using W = const World&;
  const auto melt = honest::Melt;
  return {
      {"more fine gold out than in", melt, [](W, Said& s) { *Output(s).mutable_fineness() = FineAs(902'000); },
       v1::REASON_FINE_MASS_GAIN, "transform.outputs"},
      {"a stated uncertainty that would explain any gain", melt,
       [](W, Said& s) { *Output(s).mutable_fineness() = FineAs(902'000, v1::ASSAY_METHOD_FIRE_ASSAY, 900'000); },
       v1::REASON_FINE_MASS_GAIN, "transform.outputs"},
      {"more metal out than in", melt,
       [](W, Said& s) {
         Output(s).set_gross_mg(120'100);
         *Output(s).mutable_fineness() = FineAs(890'000);
       },
       v1::REASON_GROSS_MASS_GAIN, "transform.outputs"},
      {"more metal out than in beside what is pending", melt,
       [](W, Said& s) { *Step(s).add_outputs() = Into(Unassayed(v1::FORM_DORE, 1'000)); }, v1::REASON_GROSS_MASS_GAIN,
       "transform.outputs"},
      {"a gain in two outputs that neither has alone", melt,
       [](W, Said& s) {
         Output(s).set_gross_mg(60'000);
         *Output(s).mutable_fineness() = FineAs(930'000);
         *Step(s).add_outputs() = Into(Metal(v1::FORM_DORE, 60'000, 930'000));
       },
       v1::REASON_FINE_MASS_GAIN, "transform.outputs"},
      {"copper that brings gold", melt,
       [](W, Said& s) {
         Step(s).set_added_non_gold_mg(10'000);
         Output(s).set_gross_mg(130'000);
       },
       v1::REASON_FINE_MASS_GAIN, "transform.outputs"},
      {"nothing made", melt, [](W, Said& s) { Step(s).clear_outputs(); }, v1::REASON_FIELD_REQUIRED,
       "transform.outputs"},
      {"a form that the step does not make", melt, [](W, Said& s) { Output(s).set_form(v1::FORM_CONCENTRATE); },
       v1::REASON_FORM_INVALID, "transform.outputs[0].material.form"},
      {"a serial on what is no bar", melt, [](W, Said& s) { Step(s).mutable_outputs(0)->set_serial("S"); },
       v1::REASON_FIELD_INVALID, "transform.outputs[0].serial"},
      {"a step at no site", melt, [](W, Said& s) { Step(s).set_site_id(kNoSite); }, v1::REASON_UNKNOWN_SITE,
       "transform.site_id"},
      {"metal added to a merge", honest::Merge, [](W, Said& s) { Step(s).set_added_non_gold_mg(1); },
       v1::REASON_FIELD_INVALID, "transform.added_non_gold_mg"},
      {"a merge into two", honest::Merge,
       [](W, Said& s) {
         Output(s).set_gross_mg(75'000);
         *Step(s).add_outputs() = Step(s).outputs(0);
       },
       v1::REASON_FIELD_TOO_LONG, "transform.outputs"},
      {"a merge of two forms", honest::Merge, [](const World& w, Said& s) { SetInput(s, 1, w.scrap); },
       v1::REASON_FORM_INVALID, "transform.inputs[1].lot_id"},
      {"a merge into another form", honest::Merge, [](W, Said& s) { Output(s).set_form(v1::FORM_SCRAP); },
       v1::REASON_FORM_INVALID, "transform.outputs[0].material.form"},
      {"a split of two lots", honest::Split,
       [](const World& w, Said& s) { *Step(s).add_inputs() = Take(w.second_dore); }, v1::REASON_FIELD_TOO_LONG,
       "transform.inputs"},
      {"a split that changes the fineness", honest::Split,
       [](W, Said& s) { *Output(s, 1).mutable_fineness() = FineAs(899'000); }, v1::REASON_FIELD_INVALID,
       "transform.outputs[1].material.fineness"},
      {"a refining by who is no refiner", honest::Refine,
       [](const World& w, Said& s) {
         SetInput(s, 0, w.dore);
         s.by = {"north"};
       },
       v1::REASON_ROLE_MISSING, "signer_keys"},
      {"a bar's serial twice in the ledger", honest::Refine,
       [](W, Said& s) { Step(s).mutable_outputs(0)->set_serial("B-1"); }, v1::REASON_SERIAL_IN_USE,
       "transform.outputs[0].serial"},
      {"a bar's serial twice in the event", honest::Refine,
       [](W, Said& s) {
         Output(s).set_gross_mg(45'000);
         *Step(s).add_outputs() = Step(s).outputs(0);
       },
       v1::REASON_SERIAL_IN_USE, "transform.outputs[1].serial"},
  };
}

}  // namespace

std::vector<Rule> CustodyRules() {
  std::vector<Rule> all;
  for (const auto& table : {ProduceRules(), AssayRules(), TransferRules(), InputRules(), BalanceRules()}) {
    all.insert(all.end(), table.begin(), table.end());
  }
  return all;
}

}  // namespace touchstone::ledger
