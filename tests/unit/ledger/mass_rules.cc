// Assays, settlements, work accounts, and how much may come out of a mine.
#include "base/limits.h"
#include "ledger/state.h"
#include "tests/support/mass_story.h"
#include "tests/unit/ledger/rules.h"

namespace touchstone::ledger {
namespace {

using testing::AddElement;
using testing::AssayFor;
using testing::ChargeOf;
using testing::ClosingOf;
using testing::DischargeOf;
using testing::FineAs;
using testing::Into;
using testing::Metal;
using testing::Opening;
using testing::RegistrantCalled;
using testing::Settlement;
using testing::Story;
using testing::Take;

constexpr char kNoAccount[] = "account_aaaaaaaaaaaaaaaaaaaaaaaaaa";

Said Now(const World& w, v1::Event event, std::vector<std::string> by) {
  Story story = w.story;
  return {story.Sign(std::move(event), by).event, by};
}

Said Settle(const World& w) {
  return Now(w, Settlement(w.story, w.weighed.assayed, FineAs(899'500), w.weighed.assays, "north", "caster"),
             {"caster", "north"});
}
Said Open(const World& w) {
  return Now(w, Opening(v1::OpenAccount::KIND_REFINING_CIRCUIT, w.weighed.refinery), {"caster"});
}
Said Charge(const World& w) {
  return Now(w, ChargeOf(w.weighed.campaign, {Take(w.weighed.grain, 20'000)}), {"caster"});
}
Said Discharge(const World& w) {
  return Now(w, DischargeOf(w.weighed.campaign, {Into(Metal(v1::FORM_BAR, 40'000, 999'000), "C-1")}), {"caster"});
}
/// Sweeps of a bench that lost a gram.
Said Recover(const World& w) {
  return Now(w, DischargeOf(w.weighed.closed_bench, {Into(Metal(v1::FORM_SWEEPS, 9'000, 100'000))}), {"caster"});
}
Said Close(const World& w) {
  return Now(w, ClosingOf(w.weighed.campaign, {Into(Metal(v1::FORM_GRAIN, 49'900, 999'000))}), {"caster"});
}
Said Produce(const World& w) {
  Story story = w.story;
  v1::Event event = story.Produce("deep", w.weighed.pit, {Metal(v1::FORM_DORE, 500'000, 900'000)}).event;
  *event.mutable_produce()->mutable_registrant() = RegistrantCalled("Rosa");
  return {event, {"deep"}};
}
Said ProduceOfOld(const World& w) {
  Story story = w.story;
  const auto dore = Load<v1::LotRecord>(w.ledger, w.kept.old_dore);
  const auto step = Load<v1::StepRecord>(w.ledger, StepId(dore->index()));
  return {story.Produce("hermit", step->site_id(), {Metal(v1::FORM_DORE, 20'000, 900'000)}).event, {"hermit"}};
}
Said MeltKilo(const World& w) {
  Story story = w.story;
  v1::Material out = Metal(v1::FORM_DORE, 1'000'000, 900'000);
  *out.mutable_fineness() = FineAs(900'000, v1::ASSAY_METHOD_XRF, 10'000);
  return {story.Transform("caster", v1::Transform::KIND_MELT, {Take(w.weighed.kilo)}, {Into(out)}).event, {"caster"}};
}
Said CastBar(const World& w) {
  Story story = w.story;
  v1::Output bar = Into(Metal(v1::FORM_BAR, 12'500'000, 999'000), "GD-1");
  bar.set_mark("CASTER");
  bar.set_good_delivery(true);
  return {story.Transform("caster", v1::Transform::KIND_CAST, {Take(w.weighed.much_grain)}, {bar}).event, {"caster"}};
}
Said Assay(const World& w) {
  v1::Event event = AssayFor(v1::Assay::STANDING_UNSPECIFIED, w.weighed.dore, FineAs(900'000));
  AddElement(event, "Ag", 55'000);
  return Now(w, std::move(event), {"deep"});
}
Said PassOn(const World& w) {
  Story story = w.story;
  return {story.HandOver("refiner", "trader", {w.kept.bare}).event, {"refiner", "trader"}};
}

v1::Material& Came(Said& s) { return *s.event.mutable_discharge()->mutable_outputs(0)->mutable_material(); }

std::vector<Rule> SettlementRules() {
  using W = const World&;
  return {
      {"a settlement without the buyer's signature", Settle, [](W, Said& s) { s.by = {"north"}; },
       v1::REASON_SIGNERS_MISMATCH, "signer_keys"},
      {"a settlement twice", Settle,
       [](const World& w, Said& s) {
         s.event.mutable_settle()->set_lot_id(w.weighed.settled);
         s.event.mutable_settle()->clear_assay_indexes();
         for (const uint64_t index : w.weighed.settled_assays) s.event.mutable_settle()->add_assay_indexes(index);
       },
       v1::REASON_LOT_SETTLED, "settle.lot_id"},
      {"a settlement on another figure", Settle,
       [](W, Said& s) { s.event.mutable_settle()->mutable_fineness()->set_ppm(899'600); },
       v1::REASON_SETTLEMENT_INVALID, "settle.fineness"},
      {"a settlement on assays of another lot", Settle,
       [](const World& w, Said& s) { s.event.mutable_settle()->set_assay_indexes(1, w.weighed.settled_assays[1]); },
       v1::REASON_SETTLEMENT_INVALID, "settle.assay_indexes[1]"},
      {"a settlement on one assay", Settle,
       [](W, Said& s) { s.event.mutable_settle()->mutable_assay_indexes()->RemoveLast(); }, v1::REASON_FIELD_REQUIRED,
       "settle.assay_indexes"},
      {"a settlement by who does not own the lot", Settle,
       [](const World& w, Said& s) {
         s.event.mutable_settle()->set_seller_party_id(w.story.PartyOf("refiner"));
         s.by = {"caster", "refiner"};
       },
       v1::REASON_NOT_OWNER, "settle.seller_party_id"},
      {"a settlement with who has nothing to do with it", Settle,
       [](const World& w, Said& s) {
         s.event.mutable_settle()->set_buyer_party_id(w.story.PartyOf("trader"));
         s.by = {"north", "trader"};
       },
       v1::REASON_NOT_INVOLVED, "settle.buyer_party_id"},
      {"an umpire without accreditation", Assay,
       [](const World& w, Said& s) {
         s.event.mutable_assay()->set_lot_id(w.weighed.assayed);
         s.event.mutable_assay()->set_standing(v1::Assay::STANDING_UMPIRE);
         s.by = {"laboratory"};
       },
       v1::REASON_NOT_ACCREDITED, "assay.standing"},
      {"an umpire that holds the lot", Assay,
       [](const World& w, Said& s) {
         s.event.mutable_assay()->set_lot_id(w.weighed.assayed);
         s.event.mutable_assay()->set_standing(v1::Assay::STANDING_UMPIRE);
         s.by = {"caster"};
       },
       v1::REASON_SELF_ATTESTATION, "assay.standing"},
  };
}

std::vector<Rule> AccountRules() {
  using W = const World&;
  return {
      {"an account at another's facility", Open, [](W, Said& s) { s.by = {"refiner"}; }, v1::REASON_NOT_OPERATOR,
       "open_account.site_id"},
      {"an account at a mine", Open,
       [](const World& w, Said& s) {
         s.event.mutable_open_account()->set_site_id(w.mine);
         s.by = {"north"};
       },
       v1::REASON_FIELD_INVALID, "open_account.site_id"},
      {"a segregated account that opens neither empty nor flushed", Open,
       [](W, Said& s) { s.event.mutable_open_account()->clear_opened_empty(); }, v1::REASON_FIELD_INVALID,
       "open_account.opened_empty"},
      {"a charge of no account", Charge, [](W, Said& s) { s.event.mutable_charge()->set_account_id(kNoAccount); },
       v1::REASON_UNKNOWN_ACCOUNT, "charge.account_id"},
      {"a charge of a closed account", Charge,
       [](const World& w, Said& s) { s.event.mutable_charge()->set_account_id(w.weighed.closed_bench); },
       v1::REASON_ACCOUNT_CLOSED, "charge.account_id"},
      {"a charge of another's account", Charge,
       [](const World& w, Said& s) {
         s.event.mutable_charge()->mutable_inputs(0)->set_lot_id(w.quarantined);
         s.by = {"refiner"};
       },
       v1::REASON_NOT_CUSTODIAN, "charge.account_id"},
      {"a charge with another's metal", Charge,
       [](const World& w, Said& s) { s.event.mutable_charge()->mutable_inputs(0)->set_lot_id(w.weighed.assayed); },
       v1::REASON_NOT_OWNER, "charge.inputs[0].lot_id"},
      {"a discharge without fineness", Discharge, [](W, Said& s) { Came(s).clear_fineness(); },
       v1::REASON_FIELD_REQUIRED, "discharge.outputs[0].material.fineness"},
      {"a discharge of ore", Discharge,
       [](W, Said& s) {
         Came(s).set_form(v1::FORM_CONCENTRATE);
         s.event.mutable_discharge()->mutable_outputs(0)->clear_serial();
       },
       v1::REASON_FORM_INVALID, "discharge.outputs[0].material.form"},
      {"more than was charged", Discharge, [](W, Said& s) { Came(s).set_gross_mg(60'000); },
       v1::REASON_ACCOUNT_OVERDRAWN, "discharge.outputs"},
      {"a serial that is used", Discharge,
       [](W, Said& s) {
         v1::Discharge& discharge = *s.event.mutable_discharge();
         Came(s).set_gross_mg(20'000);
         *discharge.add_outputs() = discharge.outputs(0);
       },
       v1::REASON_SERIAL_IN_USE, "discharge.outputs[1].serial"},
      {"sweeps with more than was lost", Recover, [](W, Said& s) { Came(s).set_gross_mg(30'000); },
       v1::REASON_RECOVERY_ABOVE_LOSS, "discharge.outputs"},
      {"grain out of a closed account", Recover, [](W, Said& s) { Came(s).set_form(v1::FORM_GRAIN); },
       v1::REASON_ACCOUNT_CLOSED, "discharge.outputs[0].material.form"},
      {"an account closed twice", Close,
       [](const World& w, Said& s) { s.event.mutable_close_account()->set_account_id(w.weighed.closed_bench); },
       v1::REASON_ACCOUNT_CLOSED, "close_account.account_id"},
      {"more counted than is in it", Close,
       [](W, Said& s) {
         s.event.mutable_close_account()->mutable_counted(0)->mutable_material()->set_gross_mg(60'000);
       },
       v1::REASON_ACCOUNT_OVERDRAWN, "close_account.counted"},
      {"much solder from elsewhere", honest::MakePiece,
       [](W, Said& s) { s.event.mutable_make_piece()->mutable_pieces(0)->set_excluded_mg(300); },
       v1::REASON_EXCLUDED_ABOVE_LIMIT, "make_piece.pieces[0].excluded_mg"},
  };
}

}  // namespace

std::vector<Rule> MassRules() {
  std::vector<Rule> all = SettlementRules();
  for (Rule& rule : AccountRules()) all.push_back(rule);
  return all;
}

std::vector<Flag> MassFlags() {
  using W = const World&;
  return {
      {"a gain that adds up", MeltKilo,
       [](W, Said& s) {
         s.event.mutable_transform()->mutable_outputs(0)->mutable_material()->mutable_fineness()->set_ppm(901'600);
       },
       v1::FINDING_CODE_ACCUMULATED_GAIN},
      {"a gain above the limit", MeltKilo,
       [](W, Said& s) {
         s.event.mutable_transform()->mutable_outputs(0)->mutable_material()->mutable_fineness()->set_ppm(905'000);
       },
       v1::FINDING_CODE_GAIN_ABOVE_LIMIT},
      {"almost all that a mine can yield", Produce,
       [](W, Said& s) { s.event.mutable_produce()->mutable_outputs(0)->set_gross_mg(1'090'000); },
       v1::FINDING_CODE_NEAR_CEILING},
      {"more than a mine can yield", Produce,
       [](W, Said& s) { s.event.mutable_produce()->mutable_outputs(0)->set_gross_mg(1'200'000); },
       v1::FINDING_CODE_ABOVE_CEILING},
      {"much more than in the months before", ProduceOfOld,
       [](W, Said& s) { s.event.mutable_produce()->mutable_outputs(0)->set_gross_mg(60'000); },
       v1::FINDING_CODE_STEP_CHANGE},
      {"a registrant nobody knows", Produce,
       [](W, Said& s) { *s.event.mutable_produce()->mutable_registrant() = RegistrantCalled("Nobody"); },
       v1::FINDING_CODE_REGISTRANT_UNKNOWN},
      {"five outputs of one mass", Produce,
       [](W, Said& s) {
         v1::Produce& produce = *s.event.mutable_produce();
         produce.mutable_outputs(0)->set_gross_mg(100'000);
         for (int i = 0; i < 4; ++i) *produce.add_outputs() = produce.outputs(0);
       },
       v1::FINDING_CODE_CLUSTERED_MASSES},
      {"silver as this mine never has it", Assay,
       [](W, Said& s) { s.event.mutable_assay()->mutable_other_elements(0)->set_ppm(90'000); },
       v1::FINDING_CODE_IMPURITY_PROFILE},
      {"mercury in the doré", Assay, [](W, Said& s) { AddElement(s.event, "Hg", 101); },
       v1::FINDING_CODE_MERCURY_FOUND},
      {"a Good Delivery bar without a mark", CastBar,
       [](W, Said& s) { s.event.mutable_transform()->mutable_outputs(0)->clear_mark(); },
       v1::FINDING_CODE_NOT_GOOD_DELIVERY},
      {"a lot that goes back to where it came from", PassOn,
       [](const World& w, Said& s) {
         s.event.mutable_hand_over()->set_to_party_id(w.story.PartyOf("north"));
         s.by = {"north", "refiner"};
       },
       v1::FINDING_CODE_ROUND_TRIP},
  };
}

}  // namespace touchstone::ledger
