// Work accounts: lots lose their identity between charge and discharge.
#include <algorithm>

#include "tests/property/ledger/model/authority.h"
#include "tests/property/ledger/model/balance.h"
#include "tests/property/ledger/model/bars.h"
#include "tests/property/ledger/model/fields.h"
#include "tests/property/ledger/model/lots.h"
#include "tests/property/ledger/model/verbs.h"

namespace touchstone::ledger::model {
namespace {

constexpr size_t kMostOwners = 256;

Ng Weighing(Ng fine_ng) { return fine_ng * 200 / 1'000'000; }

/// An account that the actor keeps: UNKNOWN_ACCOUNT, NOT_CUSTODIAN.
const Account* NeedAccount(Case& c, const Id& id) {
  if (!NeedId(c, ObjectKind::kAccount, id)) return nullptr;
  const Account* account = Find(c.world.accounts, id);
  if (!c.Need(account != nullptr, v1::REASON_UNKNOWN_ACCOUNT)) return nullptr;
  c.Need(c.actor.empty() || account->keeper == c.actor, v1::REASON_NOT_CUSTODIAN);
  return account;
}

/// The only owner that it ever had, or has anything of.
Id OnlyOwner(const Account& account) {
  if (account.balances.size() == 1) return account.balances.begin()->first;
  Id only;
  for (const auto& [owner, balance] : account.balances) {
    if (balance.fine_ng == 0) continue;
    if (!only.empty()) return {};
    only = owner;
  }
  return only;
}

Outgoing SumOf(const Case& c, const Outputs& outputs) {
  Outgoing out;
  for (const v1::Output& output : outputs) AddMetal(c, out, output.material().gross_mg(), output.material().fineness());
  return out;
}

void NeedOutputs(Case& c, const Account& account, const Outputs& outputs, int least) {
  NeedCount(c, outputs.size(), least, 256);
  NeedBars(c, outputs);
  const uint32_t forms = c.rules().AccountRule(account.kind).output_forms;
  for (const v1::Output& output : outputs) {
    const v1::Form form = output.material().form();
    NeedMaterial(c, output.material());
    c.Need((forms & FormBit(form)) != 0, v1::REASON_FORM_INVALID);
    c.Need(output.material().has_fineness(), v1::REASON_FIELD_REQUIRED);
    const bool recovered = form == v1::FORM_SCRAP || form == v1::FORM_SWEEPS;
    c.Need(!account.closed || recovered, v1::REASON_ACCOUNT_CLOSED);
  }
}

/// No more than the owner has in it, or than a closed account has lost.
void NeedCovered(Case& c, const Account& account, const Id& owner, const Outputs& outputs) {
  const Outgoing out = SumOf(c, outputs);
  const Balance* balance = Find(account.balances, owner);
  if (!c.Need(balance != nullptr, v1::REASON_ACCOUNT_OVERDRAWN)) return;
  if (account.closed) {
    c.Need(out.fine_ng <= balance->fine_ng, v1::REASON_RECOVERY_ABOVE_LOSS);
  } else {
    c.Need(out.fine_ng <= balance->fine_ng + account.tolerance_ng + out.tolerance_ng, v1::REASON_ACCOUNT_OVERDRAWN);
  }
}

/// Takes lots out. What comes beyond what the owner had its keeper gained; what a closed account gives back was not
/// lost when it was closed.
void TakeOut(Case& c, const Id& id, const Id& owner, const Outputs& outputs) {
  Account& account = c.world.accounts.at(id);
  const Outgoing out = SumOf(c, outputs);
  Ng gain_ng = 0;
  Ng brought_ng = 0;
  if (!outputs.empty()) {
    Balance& balance = account.balances[owner];
    gain_ng = std::max<Ng>(0, out.fine_ng - balance.fine_ng);
    brought_ng = ShareOf(balance.surplus_ng, out.fine_ng - gain_ng, balance.fine_ng);
    balance.fine_ng -= out.fine_ng - gain_ng;
    balance.surplus_ng -= brought_ng;
    if (!account.closed) {
      account.tolerance_ng = std::max<Ng>(0, account.tolerance_ng + out.tolerance_ng - gain_ng);
    }
  }
  if (account.closed) c.world.worked[c.actor][account.closed_day].net_gain_ng += out.fine_ng;
  Step& step = MakeStep(c, v1::StepRecord::KIND_DISCHARGE);
  step.site = account.site;
  step.account = id;
  step.loss_band_ppm = c.rules().AccountRule(account.kind).loss_band_ppm;
  step.in_ng = out.fine_ng - gain_ng;
  step.out_ng = out.fine_ng;
  step.tolerance_ng = out.tolerance_ng + Weighing(out.fine_ng);
  Heritage heritage;
  heritage.mercury = account.mercury;
  heritage.seen = !account.unseen_since_us.has_value();
  heritage.unseen_since_us = account.unseen_since_us;
  heritage.depth = account.depth + 1;
  uint32_t number = 0;
  for (const v1::Output& output : outputs) {
    MakeLot(c, number++, output.material(), v1::LotRecord::DETERMINATION_DETERMINED, owner, heritage);
    step.outputs.push_back(c.created.back());
  }
  UseStatedSeals(c, step.outputs);
  MarkBars(c, outputs);
  if (account.closed && FindNetGain(c, c.actor)) {
    for (const Id& lot : step.outputs) HoldByRules(c, lot, v1::HoldRecord::KIND_GAIN);
  }
  HandDown(c, step.outputs, brought_ng, out.fine_ng - gain_ng, gain_ng, out.fine_ng);
  if (gain_ng == 0) return;
  BookWork(c, c.actor, gain_ng, 0);
  if (!FindGain(c, c.actor, c.created.front())) return;
  for (const Id& lot : step.outputs) HoldByRules(c, lot, v1::HoldRecord::KIND_GAIN);
}

Id DischargedOwner(const Account& account, const v1::Discharge& discharge) {
  return discharge.owner_party_id().empty() ? OnlyOwner(account) : discharge.owner_party_id();
}

}  // namespace

void JudgeOpenAccount(Case& c) {
  const v1::OpenAccount& open = c.event.open_account();
  NeedActor(c);
  NeedChosen(c, open.kind());
  NeedChosen(c, open.custody_model());
  c.Need(open.flush_fine_mg() <= 1'000'000'000'000, v1::REASON_FIELD_INVALID);
  const bool apart = open.custody_model() == v1::CUSTODY_MODEL_IDENTITY_PRESERVED ||
                     open.custody_model() == v1::CUSTODY_MODEL_SEGREGATED;
  c.Need(!apart || open.opened_empty() || open.flush_fine_mg() > 0, v1::REASON_FIELD_INVALID);
  if (!NeedId(c, ObjectKind::kSite, open.site_id())) return;
  const Site* site = Find(c.world.sites, open.site_id());
  if (!c.Need(site != nullptr, v1::REASON_UNKNOWN_SITE)) return;
  c.Need(c.actor.empty() || site->operated_by == c.actor, v1::REASON_NOT_OPERATOR);
  c.Need(site->kind != v1::RegisterSite::KIND_MINE, v1::REASON_FIELD_INVALID);
}

void DoOpenAccount(Case& c) {
  const v1::OpenAccount& open = c.event.open_account();
  Account& account = c.world.accounts[c.Make(ObjectKind::kAccount, 0)];
  account.kind = open.kind();
  account.keeper = c.actor;
  account.site = open.site_id();
  FindLate(c);
}

void JudgeCharge(Case& c) {
  const v1::Charge& charge = c.event.charge();
  NeedActor(c);
  const Account* account = NeedAccount(c, charge.account_id());
  if (account == nullptr) {
    NeedCount(c, charge.inputs_size(), 1, 256);
    return;
  }
  c.Need(!account->closed, v1::REASON_ACCOUNT_CLOSED);
  const bool pool = account->kind == v1::OpenAccount::KIND_METAL_POOL;
  NeedInputs(c, charge.inputs(), c.rules().AccountRule(account->kind).input_forms, pool);
  std::set<Id> owners;
  for (const auto& [owner, balance] : account->balances) owners.insert(owner);
  for (const v1::LotPart& part : charge.inputs()) {
    const Lot* lot = Find(c.world.lots, part.lot_id());
    if (lot == nullptr) continue;
    c.Need(lot->determined(), v1::REASON_FORM_INVALID);
    owners.insert(lot->owner);
  }
  c.Need(pool || owners.size() <= 1, v1::REASON_NOT_OWNER);
  c.Need(owners.size() <= kMostOwners, v1::REASON_LIMIT_REACHED);
}

void DoCharge(Case& c) {
  const v1::Charge& charge = c.event.charge();
  Account& account = c.world.accounts.at(charge.account_id());
  const Intakes in = IntakesOf(c, charge.inputs());
  for (const Input& input : in.inputs) {
    const Lot& lot = c.world.lots.at(input.lot);
    Balance& balance = account.balances[lot.owner];
    balance.fine_ng += input.fine_ng;
    balance.surplus_ng += ShareOf(lot.surplus_ng, input.mass_mg, lot.mass_mg());
  }
  Step& step = MakeStep(c, v1::StepRecord::KIND_CHARGE);
  step.account = charge.account_id();
  step.inputs = in.inputs;
  UseUp(c, charge.inputs(), 0, step);
  account.tolerance_ng += in.tolerance_ng + Weighing(in.fine_ng);
  account.charged_ng += in.fine_ng;
  account.mercury = account.mercury || in.heritage.mercury;
  if (const auto since_us = in.heritage.unseen_since_us) {
    account.unseen_since_us = std::min(account.unseen_since_us.value_or(*since_us), *since_us);
  }
  account.depth = std::max(account.depth, in.heritage.depth);
  BookWork(c, c.actor, 0, in.fine_ng);
  FindLate(c);
}

void JudgeDischarge(Case& c) {
  const v1::Discharge& discharge = c.event.discharge();
  NeedActor(c);
  if (!discharge.owner_party_id().empty()) NeedId(c, ObjectKind::kParty, discharge.owner_party_id());
  const Account* account = NeedAccount(c, discharge.account_id());
  if (account == nullptr) return;
  NeedOutputs(c, *account, discharge.outputs(), 1);
  const Id owner = DischargedOwner(*account, discharge);
  if (!c.Need(!owner.empty() || account->balances.size() <= 1, v1::REASON_FIELD_REQUIRED)) return;
  NeedCovered(c, *account, owner, discharge.outputs());
}

void DoDischarge(Case& c) {
  const v1::Discharge& discharge = c.event.discharge();
  const Id& id = discharge.account_id();
  TakeOut(c, id, DischargedOwner(c.world.accounts.at(id), discharge), discharge.outputs());
  FindLate(c);
}

void JudgeCloseAccount(Case& c) {
  const v1::CloseAccount& close = c.event.close_account();
  NeedActor(c);
  const Account* account = NeedAccount(c, close.account_id());
  if (account == nullptr) return;
  c.Need(!account->closed, v1::REASON_ACCOUNT_CLOSED);
  NeedOutputs(c, *account, close.counted(), 0);
  if (close.counted().empty()) return;
  const Id owner = OnlyOwner(*account);
  if (!c.Need(!owner.empty() || account->balances.size() <= 1, v1::REASON_FIELD_INVALID)) return;
  NeedCovered(c, *account, owner, close.counted());
}

void DoCloseAccount(Case& c) {
  const v1::CloseAccount& close = c.event.close_account();
  Account& account = c.world.accounts.at(close.account_id());
  TakeOut(c, close.account_id(), OnlyOwner(account), close.counted());
  Ng rest_ng = 0;
  for (const auto& [owner, balance] : account.balances) rest_ng += balance.fine_ng;
  account.closed = true;
  account.closed_day = c.recorded_at_us / kDayUs;
  account.tolerance_ng = 0;
  BookWork(c, c.actor, -rest_ng, 0);
  FindHighLoss(c, rest_ng, account.charged_ng, c.rules().AccountRule(account.kind).loss_band_ppm, close.account_id());
  FindLate(c);
}

}  // namespace touchstone::ledger::model
