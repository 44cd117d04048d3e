// What goes into work accounts and comes out of them.
#include "base/limits.h"
#include "tests/unit/ledger/rules.h"

namespace touchstone::ledger {
namespace {

using testing::FineAs;
using testing::Into;
using testing::Metal;
using testing::Take;
using testing::Unassayed;

constexpr char kNoSite[] = "site_aaaaaaaaaaaaaaaaaaaaaaaaaa";
constexpr char kNoAccount[] = "account_aaaaaaaaaaaaaaaaaaaaaaaaaa";

v1::OpenAccount& Open(Said& s) { return *s.event.mutable_open_account(); }
v1::Charge& Charge(Said& s) { return *s.event.mutable_charge(); }
v1::Discharge& Discharge(Said& s) { return *s.event.mutable_discharge(); }
v1::CloseAccount& Close(Said& s) { return *s.event.mutable_close_account(); }
v1::Material& Output(Said& s) { return *Discharge(s).mutable_outputs(0)->mutable_material(); }
void Put(Said& s, const std::string& lot_id) { *Charge(s).mutable_inputs(0) = Take(lot_id); }

std::vector<Rule> OpeningRules() {
  using W = const World&;
  const auto open = honest::OpenAccount;
  return {
      {"an account of no kind", open, [](W, Said& s) { Open(s).clear_kind(); }, v1::REASON_FIELD_REQUIRED,
       "open_account.kind"},
      {"an account under no model", open, [](W, Said& s) { Open(s).clear_custody_model(); }, v1::REASON_FIELD_REQUIRED,
       "open_account.custody_model"},
      {"an account nowhere", open, [](W, Said& s) { Open(s).set_site_id(kNoSite); }, v1::REASON_UNKNOWN_SITE,
       "open_account.site_id"},
      {"a flush of more than there is", open, [](W, Said& s) { Open(s).set_flush_fine_mg(limits::kMaxGrossMg + 1); },
       v1::REASON_FIELD_INVALID, "open_account.flush_fine_mg"},
  };
}

std::vector<Rule> ChargeRules() {
  using W = const World&;
  const auto charge = honest::Charge;
  return {
      {"nothing charged", charge, [](W, Said& s) { Charge(s).clear_inputs(); }, v1::REASON_FIELD_REQUIRED,
       "charge.inputs"},
      {"another's lot charged", charge, [](const World& w, Said& s) { Put(s, w.dore); }, v1::REASON_NOT_CUSTODIAN,
       "charge.inputs[0].lot_id"},
      {"metal of two owners at once in a circuit", charge,
       [](const World& w, Said& s) {
         Charge(s).set_account_id(w.books.fresh);
         *Charge(s).add_inputs() = Take(w.books.lent);
       },
       v1::REASON_NOT_OWNER, "charge.inputs[1].lot_id"},
      {"pending metal charged", charge, [](const World& w, Said& s) { Put(s, w.melt); }, v1::REASON_LOT_PENDING,
       "charge.inputs[0].lot_id"},
      {"sweeps of unknown fineness charged", charge, [](const World& w, Said& s) { Put(s, w.books.sweeps); },
       v1::REASON_FORM_INVALID, "charge.inputs[0].lot_id"},
      {"quarantined metal charged", charge, [](const World& w, Said& s) { Put(s, w.quarantined); },
       v1::REASON_LOT_QUARANTINED, "charge.inputs[0].lot_id"},
      {"a part as large as the lot", charge,
       [](W, Said& s) { Charge(s).mutable_inputs(0)->set_part_gross_mg(100'000); }, v1::REASON_PART_TOO_LARGE,
       "charge.inputs[0].part_gross_mg"},
      {"a lot charged twice", charge, [](W, Said& s) { *Charge(s).add_inputs() = Charge(s).inputs(0); },
       v1::REASON_LOT_REPEATED, "charge.inputs[1].lot_id"},
  };
}

std::vector<Rule> DischargeRules() {
  using W = const World&;
  const auto discharge = honest::Discharge;
  return {
      {"no account discharged", discharge, [](W, Said& s) { Discharge(s).set_account_id(kNoAccount); },
       v1::REASON_UNKNOWN_ACCOUNT, "discharge.account_id"},
      {"another's account discharged", discharge, [](W, Said& s) { s.by = {"keeper"}; }, v1::REASON_NOT_CUSTODIAN,
       "discharge.account_id"},
      {"nothing discharged", discharge, [](W, Said& s) { Discharge(s).clear_outputs(); }, v1::REASON_FIELD_REQUIRED,
       "discharge.outputs"},
      {"a serial on grain", discharge, [](W, Said& s) { Discharge(s).mutable_outputs(0)->set_serial("G-1"); },
       v1::REASON_FIELD_INVALID, "discharge.outputs[0].serial"},
      {"grain sold as Good Delivery", discharge,
       [](W, Said& s) { Discharge(s).mutable_outputs(0)->set_good_delivery(true); }, v1::REASON_FIELD_INVALID,
       "discharge.outputs[0].good_delivery"},
      {"a bar's serial used before", discharge,
       [](W, Said& s) {
         Output(s).set_form(v1::FORM_BAR);
         Discharge(s).mutable_outputs(0)->set_serial("B-1");
       },
       v1::REASON_SERIAL_IN_USE, "discharge.outputs[0].serial"},
      {"metal of an owner who charged none", discharge,
       [](const World& w, Said& s) { Discharge(s).set_owner_party_id(w.story.PartyOf("north")); },
       v1::REASON_ACCOUNT_OVERDRAWN, "discharge.owner_party_id"},
      {"metal of an account that was never charged", discharge,
       [](const World& w, Said& s) { Discharge(s).set_account_id(w.books.fresh); }, v1::REASON_ACCOUNT_OVERDRAWN,
       "discharge.owner_party_id"},
      {"metal of a pool, and nobody's", discharge,
       [](const World& w, Said& s) { Discharge(s).set_account_id(w.books.pool); }, v1::REASON_FIELD_REQUIRED,
       "discharge.owner_party_id"},
      {"one owner's share of a pool, out of another's", discharge,
       [](const World& w, Said& s) {
         Discharge(s).set_account_id(w.books.pool);
         Discharge(s).set_owner_party_id(w.story.PartyOf("north"));
       },
       v1::REASON_ACCOUNT_OVERDRAWN, "discharge.outputs"},
  };
}

std::vector<Rule> ClosingRules() {
  using W = const World&;
  const auto close = honest::CloseAccount;
  return {
      {"no account closed", close, [](W, Said& s) { Close(s).set_account_id(kNoAccount); }, v1::REASON_UNKNOWN_ACCOUNT,
       "close_account.account_id"},
      {"another's account closed", close, [](W, Said& s) { s.by = {"keeper"}; }, v1::REASON_NOT_CUSTODIAN,
       "close_account.account_id"},
      {"gold counted in an account that was never charged", close,
       [](const World& w, Said& s) { Close(s).set_account_id(w.books.fresh); }, v1::REASON_ACCOUNT_OVERDRAWN,
       "close_account.counted"},
      {"a pool of several owners counted as one", close,
       [](const World& w, Said& s) { Close(s).set_account_id(w.books.pool); }, v1::REASON_FIELD_INVALID,
       "close_account.counted"},
      {"two bars of one serial", close,
       [](W, Said& s) {
         Close(s).clear_counted();
         for (int i = 0; i < 2; ++i) *Close(s).add_counted() = Into(Metal(v1::FORM_BAR, 10'000, 999'000), "N-1");
       },
       v1::REASON_SERIAL_IN_USE, "close_account.counted[1].serial"},
  };
}

std::vector<Rule> ExcludedRules() {
  using W = const World&;
  return {
      {"a melted ingot sold as Good Delivery", honest::Melt,
       [](W, Said& s) { s.event.mutable_transform()->mutable_outputs(0)->set_good_delivery(true); },
       v1::REASON_FIELD_INVALID, "transform.outputs[0].good_delivery"},
  };
}

}  // namespace

std::vector<Rule> WorkAccountRules() {
  std::vector<Rule> all;
  for (const auto& table : {OpeningRules(), ChargeRules(), DischargeRules(), ClosingRules(), ExcludedRules()}) {
    all.insert(all.end(), table.begin(), table.end());
  }
  return all;
}

}  // namespace touchstone::ledger
