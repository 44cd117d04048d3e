// Gold that lies in work accounts, and comes out of them.
#include <algorithm>

#include "tests/property/ledger/model/lots.h"
#include "tests/property/ledger/model/market.h"

namespace touchstone::ledger::model {

MaybeDraft Market::OpenAccount() {
  Draft draft;
  v1::OpenAccount& open = *draft.event.mutable_open_account();
  open.set_kind(static_cast<v1::OpenAccount::Kind>(Between(1, 4)));
  open.set_custody_model(static_cast<v1::CustodyModel>(Between(1, 5)));
  open.set_opened_empty(dice_.Chance(90));
  open.set_site_id(SiteOf(dice_.Chance(50) ? v1::RegisterSite::KIND_REFINERY : v1::RegisterSite::KIND_WORKSHOP));
  const Site* site = Find(world_.sites, open.site_id());
  if (site == nullptr) return std::nullopt;
  draft.signers = {site->operated_by};
  return draft;
}

namespace {

/// An account that is open, or closed, among the latest.
Id SomeAccount(Dice& dice, const World& world, const std::vector<Id>& accounts, bool closed) {
  for (int i = 0; i < 12 && !accounts.empty(); ++i) {
    const size_t latest = std::min<size_t>(accounts.size(), 16);
    const Id& id = accounts[accounts.size() - 1 - dice.Below(latest)];
    if (world.accounts.at(id).closed == closed) return id;
  }
  return {};
}

}  // namespace

MaybeDraft Market::Charge() {
  Draft draft;
  v1::Charge& charge = *draft.event.mutable_charge();
  charge.set_account_id(SomeAccount(dice_, world_, ids_[ObjectKind::kAccount], Wrong()));
  const Account* account = Find(world_.accounts, charge.account_id());
  if (account == nullptr) return std::nullopt;
  const uint32_t forms = FindRuleset(2)->AccountRule(account->kind).input_forms;
  const bool pool = account->kind == v1::OpenAccount::KIND_METAL_POOL;
  const Id owner = account->balances.empty() ? account->keeper : account->balances.begin()->first;
  const auto fits = [&](const Lot& lot) {
    return IsWorkable(lot) && lot.determined() && (forms & FormBit(lot.material.form())) != 0 &&
           (pool || lot.owner == owner);
  };
  const Id first = spoilt_ ? LiveLot(fits) : LotOf(account->keeper, fits);
  if (first.empty()) return std::nullopt;
  for (const Id& id : LotsLike(first, Between(1, 3), fits)) {
    v1::LotPart& part = *charge.add_inputs();
    part.set_lot_id(id);
    const Lot* lot = Find(world_.lots, id);
    if (lot != nullptr && lot->mass_mg() > 2 && dice_.Chance(20))
      part.set_part_gross_mg(1 + dice_.Below(lot->mass_mg() - 1));
  }
  draft.signers = {account->keeper};
  return draft;
}

/// About so much gold, in one lot or two.
void Market::FillDischarge(google::protobuf::RepeatedPtrField<v1::Output>& outputs, const Account& account,
                           Ng fine_ng) {
  static const std::vector<v1::Form> forms = {v1::FORM_BAR, v1::FORM_GRAIN, v1::FORM_ALLOY, v1::FORM_SCRAP,
                                              v1::FORM_SWEEPS};
  const uint64_t count = Between(1, 2);
  for (uint64_t i = 0; i < count; ++i) {
    const Ng part_ng = fine_ng / static_cast<int64_t>(count);
    if (part_ng < 1'000'000) break;
    v1::Form form = dice_.Pick(forms);
    if (account.closed && !Wrong()) form = dice_.Chance(50) ? v1::FORM_SCRAP : v1::FORM_SWEEPS;
    v1::Output& output = *outputs.Add();
    *output.mutable_material() = Yielding(form, static_cast<uint64_t>(part_ng / 900'000), part_ng);
    if (form != v1::FORM_BAR) continue;
    output.set_serial("B" + std::to_string(Wrong() ? dice_.Below(numbers_ + 1) : ++numbers_));
    output.set_mark("LION");
    output.set_good_delivery(dice_.Chance(30));
  }
}

MaybeDraft Market::Discharge() {
  Draft draft;
  v1::Discharge& discharge = *draft.event.mutable_discharge();
  discharge.set_account_id(SomeAccount(dice_, world_, ids_[ObjectKind::kAccount], dice_.Chance(35)));
  const Account* account = Find(world_.accounts, discharge.account_id());
  if (account == nullptr || account->balances.empty()) return std::nullopt;
  auto owner = account->balances.begin();
  std::advance(owner, static_cast<int64_t>(dice_.Below(account->balances.size())));
  if (account->balances.size() > 1 && !Wrong()) discharge.set_owner_party_id(owner->first);
  const Ng most_ng = owner->second.fine_ng;
  const uint64_t share = dice_.Chance(30) ? 100 : Between(5, 100);
  FillDischarge(*discharge.mutable_outputs(), *account,
                most_ng * static_cast<int64_t>(share) / 100 * (spoilt_ && dice_.Chance(20) ? 2 : 1));
  if (discharge.outputs().empty()) return std::nullopt;
  draft.signers = {account->keeper};
  return draft;
}

MaybeDraft Market::CloseAccount() {
  Draft draft;
  v1::CloseAccount& close = *draft.event.mutable_close_account();
  close.set_account_id(SomeAccount(dice_, world_, ids_[ObjectKind::kAccount], Wrong()));
  const Account* account = Find(world_.accounts, close.account_id());
  if (account == nullptr) return std::nullopt;
  if (account->balances.size() == 1 && dice_.Chance(60)) {
    FillDischarge(*close.mutable_counted(), *account,
                  account->balances.begin()->second.fine_ng * static_cast<int64_t>(Between(90, 100)) / 100);
  }
  draft.signers = {account->keeper};
  return draft;
}

}  // namespace touchstone::ledger::model
