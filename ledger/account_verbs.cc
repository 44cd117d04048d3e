// Work accounts: circuits, campaigns, benches and pools, where lots lose their identity between charge and discharge.
#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/limits.h"
#include "ledger/authority.h"
#include "ledger/bars.h"
#include "ledger/books.h"
#include "ledger/custody_verbs.h"
#include "ledger/fields.h"
#include "ledger/findings.h"
#include "ledger/holds.h"
#include "ledger/lots.h"
#include "ledger/mass_balance.h"
#include "ledger/stock.h"
#include "ledger/surplus.h"

namespace touchstone::ledger {
namespace {

/// The account exists, and the actor keeps it.
MaybeRejection RequireAccount(Context& ctx, const std::string& account_id, const Path& field) {
  TS_REJECT_IF(CheckId(ObjectKind::kAccount, account_id, field));
  const v1::AccountRecord* account = ctx.draft.Find<v1::AccountRecord>(account_id);
  if (account == nullptr) {
    return Reject(v1::REASON_UNKNOWN_ACCOUNT, field, fmt::format("`{}` is not in the ledger", account_id));
  }
  if (account->keeper_party_id() == ctx.actor) return std::nullopt;
  return Reject(v1::REASON_NOT_CUSTODIAN, field, fmt::format("kept by {}", account->keeper_party_id()));
}

bool IsClosed(const v1::AccountRecord& account) { return account.closed_index() != 0; }

MaybeRejection RequireOpen(const v1::AccountRecord& account, const Path& field) {
  if (!IsClosed(account)) return std::nullopt;
  return Reject(v1::REASON_ACCOUNT_CLOSED, field, fmt::format("closed by entry {}", account.closed_index()));
}

/// What the owner has in the account, or nullptr.
v1::AccountBalance* BalanceOf(v1::AccountRecord& account, std::string_view owner_id) {
  for (v1::AccountBalance& balance : *account.mutable_balances()) {
    if (balance.owner_party_id() == owner_id) return &balance;
  }
  return nullptr;
}

void SetSurplus(v1::AccountBalance& balance, SignedFineNg surplus_ng) {
  int64_t bounded_ng = 0;
  AddTo(bounded_ng, surplus_ng);
  balance.set_surplus_ng(bounded_ng);
}

FineSumNg BalanceNg(const v1::AccountRecord& account, std::string_view owner_id) {
  for (const v1::AccountBalance& balance : account.balances()) {
    if (balance.owner_party_id() == owner_id) return FromRecord(balance.fine_ng());
  }
  return 0;
}

// --- Open -------------------------------------------------------------------------------------------------------------

/// What nothing of other origin may be in begins with nothing in it.
MaybeRejection CheckBeginning(const v1::OpenAccount& open) {
  if (open.flush_fine_mg() > limits::kMaxGrossMg) {
    return Reject(v1::REASON_FIELD_INVALID, "open_account.flush_fine_mg", "in milligrams, at most 1,000 t");
  }
  const bool apart = open.custody_model() == v1::CUSTODY_MODEL_IDENTITY_PRESERVED ||
                     open.custody_model() == v1::CUSTODY_MODEL_SEGREGATED;
  if (!apart || open.opened_empty() || open.flush_fine_mg() > 0) return std::nullopt;
  return Reject(v1::REASON_FIELD_INVALID, "open_account.opened_empty",
                "what is kept apart from other gold opens empty, or after a flush");
}

MaybeRejection CheckOpenAccount(Context& ctx) {
  const v1::OpenAccount& open = ctx.event.open_account();
  TS_REJECT_IF(RequireActor(ctx));
  TS_REJECT_IF(CheckChosen(open.kind(), "open_account.kind"));
  TS_REJECT_IF(CheckChosen(open.custody_model(), "open_account.custody_model"));
  TS_REJECT_IF(CheckId(ObjectKind::kSite, open.site_id(), "open_account.site_id"));
  const v1::SiteRecord* site = ctx.draft.Find<v1::SiteRecord>(open.site_id());
  if (site == nullptr) {
    return Reject(v1::REASON_UNKNOWN_SITE, "open_account.site_id",
                  fmt::format("`{}` is not registered", open.site_id()));
  }
  if (site->operator_party_id() != ctx.actor) {
    return Reject(v1::REASON_NOT_OPERATOR, "open_account.site_id",
                  fmt::format("operated by {}", site->operator_party_id()));
  }
  if (site->kind() == v1::RegisterSite::KIND_MINE) {
    return Reject(v1::REASON_FIELD_INVALID, "open_account.site_id", "an account runs in a facility that is no mine");
  }
  return CheckBeginning(open);
}

void ApplyOpenAccount(Context& ctx) {
  const v1::OpenAccount& open = ctx.event.open_account();
  const std::string id = MakeId(ctx, ObjectKind::kAccount, 0);
  v1::AccountRecord& account = ctx.draft.Create<v1::AccountRecord>(id);
  account.set_account_id(id);
  account.set_index(ctx.admission.index);
  account.set_kind(open.kind());
  account.set_custody_model(open.custody_model());
  account.set_site_id(open.site_id());
  account.set_keeper_party_id(ctx.actor);
  AddHistory(ctx, id);
  FindLateRecord(ctx);
}

// --- Charge -----------------------------------------------------------------------------------------------------------

/// Gold of unknown mass cannot be accounted for, and all accounts but pools have one owner.
MaybeRejection CheckCharged(Context& ctx, const v1::AccountRecord& account) {
  const v1::Charge& charge = ctx.event.charge();
  const bool pool = account.kind() == v1::OpenAccount::KIND_METAL_POOL;
  TS_REJECT_IF(CheckInputs(ctx, charge.inputs(), ctx.rules.AccountRule(account.kind()).input_forms, "charge.inputs",
                           pool ? Owners::kAny : Owners::kOne));
  std::vector<std::string_view> owners;
  for (const v1::AccountBalance& balance : account.balances()) owners.push_back(balance.owner_party_id());
  const Path inputs("charge.inputs");
  for (int i = 0; i < charge.inputs_size(); ++i) {
    const Path input(inputs, i);
    const Path path(input, ".lot_id");
    const v1::LotRecord& lot = *ctx.draft.Find<v1::LotRecord>(charge.inputs(i).lot_id());
    if (lot.determination() != v1::LotRecord::DETERMINATION_DETERMINED) {
      return Reject(v1::REASON_FORM_INVALID, path, "its fineness is not known; have it assayed first");
    }
    if (std::find(owners.begin(), owners.end(), lot.owner_party_id()) != owners.end()) continue;
    if (!pool && !owners.empty()) {
      return Reject(v1::REASON_NOT_OWNER, path, fmt::format("the account has metal of {} alone", owners.front()));
    }
    owners.push_back(lot.owner_party_id());
    if (owners.size() > limits::kMaxAccountOwners) {
      return Reject(v1::REASON_LIMIT_REACHED, path,
                    fmt::format("a pool holds metal of at most {} owners", limits::kMaxAccountOwners));
    }
  }
  return std::nullopt;
}

MaybeRejection CheckCharge(Context& ctx) {
  const v1::Charge& charge = ctx.event.charge();
  TS_REJECT_IF(RequireActor(ctx));
  TS_REJECT_IF(RequireAccount(ctx, charge.account_id(), "charge.account_id"));
  const v1::AccountRecord& account = *ctx.draft.Find<v1::AccountRecord>(charge.account_id());
  TS_REJECT_IF(RequireOpen(account, "charge.account_id"));
  return CheckCharged(ctx, account);
}

MaybeRejection CheckChargeGlobal(Context& ctx) {
  return CheckInputsUnspent(ctx, ctx.event.charge().inputs(), "charge.inputs");
}

void AddToBalance(v1::AccountRecord& account, const v1::LotRecord& lot, const v1::LotShare& share) {
  v1::AccountBalance* balance = BalanceOf(account, lot.owner_party_id());
  if (balance == nullptr) {
    balance = account.add_balances();
    balance->set_owner_party_id(lot.owner_party_id());
  }
  *balance->mutable_fine_ng() = ToRecord(FromRecord(balance->fine_ng()) + share.fine_ng());
  SetSurplus(*balance, SignedFineNg{balance->surplus_ng()} +
                           ShareOfSurplus(lot.surplus_ng(), share.gross_mg(), MassMg(lot.material())));
}

void ApplyCharge(Context& ctx) {
  const v1::Charge& charge = ctx.event.charge();
  v1::AccountRecord& account = ctx.draft.Change<v1::AccountRecord>(charge.account_id());
  const InputTotals in = TotalsOf(ctx, charge.inputs());
  const Heritage heritage = HeritageOf(ctx, charge.inputs());
  v1::StepRecord& step = CreateStep(ctx, v1::StepRecord::KIND_CHARGE);
  step.set_site_id(account.site_id());
  step.set_account_id(account.account_id());
  step.set_previous_charge(account.last_charge());
  ConsumeInputs(ctx, charge.inputs(), 0, step);
  for (const v1::LotShare& share : step.inputs()) {
    AddToBalance(account, *ctx.draft.Find<v1::LotRecord>(share.lot_id()), share);
  }
  const FineSumNg tolerance_ng = in.tolerance_ng + WeighingToleranceNg(ctx.rules, in.fine_ng);
  account.set_tolerance_ng(CappedNg(account.tolerance_ng() + tolerance_ng));
  *account.mutable_charged_ng() = ToRecord(FromRecord(account.charged_ng()) + in.fine_ng);
  account.set_last_charge(ctx.admission.index);
  account.set_mercury_history(account.mercury_history() || heritage.mercury_history);
  const int64_t unseen_us = heritage.unseen_since_us;
  if (unseen_us != 0 && (account.unseen_since_us() == 0 || unseen_us < account.unseen_since_us())) {
    account.set_unseen_since_us(unseen_us);
  }
  BookShipment(ctx, ctx.actor, in.fine_ng);
  BookWorked(ctx, ctx.actor, in.fine_ng);
  AddHistory(ctx, account.account_id());
  FindLateRecord(ctx);
}

// --- What comes out ---------------------------------------------------------------------------------------------------

OutputTotals OutputsOf(const Ruleset& rules, const Outputs& outputs) {
  OutputTotals totals;
  for (const v1::Output& output : outputs)
    totals.Add(rules, output.material().gross_mg(), output.material().fineness());
  return totals;
}

MaybeRejection CheckOutput(const Context& ctx, const v1::AccountRecord& account, const v1::Output& output,
                           const Path& path) {
  const v1::Material& material = output.material();
  TS_REJECT_IF(CheckMaterial(material, Path(path, ".material")));
  TS_REJECT_IF(CheckBarMarks(ctx, output, path));
  if ((ctx.rules.AccountRule(account.kind()).output_forms & FormBit(material.form())) == 0) {
    return Reject(v1::REASON_FORM_INVALID, path + ".material.form",
                  fmt::format("a work account yields no {}", v1::Form_Name(material.form())));
  }
  const bool recovered = material.form() == v1::FORM_SCRAP || material.form() == v1::FORM_SWEEPS;
  if (IsClosed(account) && !recovered) {
    return Reject(v1::REASON_ACCOUNT_CLOSED, path + ".material.form",
                  fmt::format("closed by entry {}; scrap and sweeps alone come out of it", account.closed_index()));
  }
  if (material.has_fineness()) return std::nullopt;
  return Reject(v1::REASON_FIELD_REQUIRED, path + ".material.fineness", "what leaves an account is of known fineness");
}

MaybeRejection CheckOutputs(const Context& ctx, const v1::AccountRecord& account, const Outputs& outputs, int least,
                            const Path& field) {
  TS_REJECT_IF(CheckCount(outputs.size(), least, limits::kMaxItemsPerEvent, field));
  for (int i = 0; i < outputs.size(); ++i) {
    TS_REJECT_IF(CheckOutput(ctx, account, outputs[i], Path(field, i)));
  }
  return std::nullopt;
}

/// No more comes out than the owner has in the account and capped uncertainty allows beyond that, or than a closed
/// account has lost.
MaybeRejection CheckAccount(const Context& ctx, const v1::AccountRecord& account, const std::string& owner_id,
                            const Outputs& outputs, const Path& field) {
  const OutputTotals out = OutputsOf(ctx.rules, outputs);
  const FineSumNg balance_ng = BalanceNg(account, owner_id);
  if (IsClosed(account)) {
    if (out.fine_ng <= balance_ng) return std::nullopt;
    return Reject(v1::REASON_RECOVERY_ABOVE_LOSS, std::string(field),
                  fmt::format("{} of fine gold; the account lost {} of {} and has not given it back",
                              FormatFineNg(out.fine_ng), FormatFineNg(balance_ng), owner_id));
  }
  const FineSumNg tolerance_ng = account.tolerance_ng() + out.tolerance_ng;
  if (out.fine_ng <= balance_ng + tolerance_ng) return std::nullopt;
  return Reject(v1::REASON_ACCOUNT_OVERDRAWN, std::string(field),
                fmt::format("{} of fine gold comes out, {} is in; uncertainty allows {} more",
                            FormatFineNg(out.fine_ng), FormatFineNg(balance_ng), FormatFineNg(tolerance_ng)));
}

/// What an owner's gold brings along out of an account, and what the account gave beyond it, as a gain of its keeper.
struct Taken {
  FineSumNg fine_ng = 0;
  SignedFineNg surplus_ng = 0;
  FineSumNg gain_ng = 0;
};

/// Takes the gold out of the account. What a closed one gives back it had lost, and is no gain.
Taken TakeOut(Context& ctx, v1::AccountRecord& account, const std::string& owner_id, const OutputTotals& out) {
  Taken taken;
  if (v1::AccountBalance* balance = BalanceOf(account, owner_id)) {
    const FineSumNg balance_ng = FromRecord(balance->fine_ng());
    taken.fine_ng = std::min(balance_ng, out.fine_ng);
    taken.surplus_ng = ShareOfSurplus(balance->surplus_ng(), taken.fine_ng, balance_ng);
    *balance->mutable_fine_ng() = ToRecord(balance_ng - taken.fine_ng);
    SetSurplus(*balance, SignedFineNg{balance->surplus_ng()} - taken.surplus_ng);
  }
  if (IsClosed(account)) {
    BookRecovered(ctx, ctx.actor, account.site_id(), out.fine_ng, account.closed_at_us());
    return taken;
  }
  taken.gain_ng = out.fine_ng - taken.fine_ng;
  const FineSumNg tolerance_ng = account.tolerance_ng() + out.tolerance_ng;
  account.set_tolerance_ng(CappedNg(tolerance_ng - std::min(tolerance_ng, taken.gain_ng)));
  return taken;
}

/// The lots that come out, and the step that made them.
v1::StepRecord& MakeOutputs(Context& ctx, const v1::AccountRecord& account, const std::string& owner_id,
                            const Outputs& outputs, const OutputTotals& out) {
  v1::StepRecord& step = CreateStep(ctx, v1::StepRecord::KIND_DISCHARGE);
  step.set_site_id(account.site_id());
  step.set_custody_model(account.custody_model());
  step.set_account_id(account.account_id());
  step.set_previous_charge(account.last_charge());
  step.set_first_remainder(static_cast<uint32_t>(outputs.size()));
  step.set_output_fine_ng(CappedNg(out.fine_ng));
  step.set_tolerance_ng(CappedNg(out.tolerance_ng + WeighingToleranceNg(ctx.rules, out.fine_ng)));
  Heritage heritage;
  heritage.mercury_history = account.mercury_history();
  heritage.seen = account.unseen_since_us() == 0;
  heritage.unseen_since_us = account.unseen_since_us();
  for (int i = 0; i < outputs.size(); ++i) {
    MarkBar(ctx, outputs[i],
            CreateLot(ctx, static_cast<uint32_t>(i), outputs[i].material(), v1::LotRecord::DETERMINATION_DETERMINED,
                      owner_id, heritage));
  }
  BookReceipt(ctx, ctx.actor, out.fine_ng);
  return step;
}

/// Takes lots out of the account, for an owner.
void Release(Context& ctx, v1::AccountRecord& account, const std::string& owner_id, const Outputs& outputs) {
  const OutputTotals out = OutputsOf(ctx.rules, outputs);
  const Taken taken = TakeOut(ctx, account, owner_id, out);
  v1::StepRecord& step = MakeOutputs(ctx, account, owner_id, outputs, out);
  AddHistory(ctx, account.account_id());
  // What is found again made up for gains until now.
  if (IsClosed(account) && FindNetGain(ctx, ctx.actor)) {
    HoldOutputs(ctx, step.first_remainder(), v1::HoldRecord::KIND_GAIN);
  }
  HandDownSurplus(ctx, step.first_remainder(), taken.surplus_ng, taken.fine_ng, taken.gain_ng, out.fine_ng);
  if (taken.gain_ng == 0) return;
  step.set_gain_ng(CappedNg(taken.gain_ng));
  BookChange(ctx, ctx.actor, account.site_id(), 0, static_cast<SignedFineNg>(taken.gain_ng));
  if (FindGain(ctx, ctx.actor, taken.gain_ng, ctx.created_ids.front())) {
    HoldOutputs(ctx, step.first_remainder(), v1::HoldRecord::KIND_GAIN);
  }
}

// --- Discharge --------------------------------------------------------------------------------------------------------

/// The owner whose metal comes out when none is named: the only one that the account ever had, or has anything of.
/// Empty when there are several, or none.
std::string OnlyOwner(const v1::AccountRecord& account) {
  if (account.balances_size() == 1) return account.balances(0).owner_party_id();
  std::string only;
  for (const v1::AccountBalance& balance : account.balances()) {
    if (FromRecord(balance.fine_ng()) == 0) continue;
    if (!only.empty()) return "";
    only = balance.owner_party_id();
  }
  return only;
}

std::string DischargedOwner(const v1::AccountRecord& account, const v1::Discharge& discharge) {
  return discharge.owner_party_id().empty() ? OnlyOwner(account) : discharge.owner_party_id();
}

/// Metal of that owner was charged.
MaybeRejection RequireCharged(const v1::AccountRecord& account, const std::string& owner_id, const Path& field) {
  const auto owns = [&](const v1::AccountBalance& balance) { return balance.owner_party_id() == owner_id; };
  if (std::any_of(account.balances().begin(), account.balances().end(), owns)) return std::nullopt;
  return Reject(v1::REASON_ACCOUNT_OVERDRAWN, std::string(field), "no metal of that owner was charged");
}

MaybeRejection CheckOwner(const v1::AccountRecord& account, const std::string& owner_id) {
  constexpr std::string_view kField = "discharge.owner_party_id";
  if (owner_id.empty() && account.balances_size() > 1) {
    return Reject(v1::REASON_FIELD_REQUIRED, std::string(kField), "the account has metal of several owners");
  }
  return RequireCharged(account, owner_id, kField);
}

MaybeRejection CheckDischarge(Context& ctx) {
  const v1::Discharge& discharge = ctx.event.discharge();
  TS_REJECT_IF(RequireActor(ctx));
  TS_REJECT_IF(RequireAccount(ctx, discharge.account_id(), "discharge.account_id"));
  const v1::AccountRecord& account = *ctx.draft.Find<v1::AccountRecord>(discharge.account_id());
  TS_REJECT_IF(CheckOutputs(ctx, account, discharge.outputs(), 1, "discharge.outputs"));
  if (!discharge.owner_party_id().empty()) {
    TS_REJECT_IF(CheckId(ObjectKind::kParty, discharge.owner_party_id(), "discharge.owner_party_id"));
  }
  const std::string owner_id = DischargedOwner(account, discharge);
  TS_REJECT_IF(CheckOwner(account, owner_id));
  return CheckAccount(ctx, account, owner_id, discharge.outputs(), "discharge.outputs");
}

MaybeRejection CheckDischargeGlobal(Context& ctx) {
  return CheckSerials(ctx, ctx.event.discharge().outputs(), "discharge.outputs");
}

void ApplyDischarge(Context& ctx) {
  const v1::Discharge& discharge = ctx.event.discharge();
  v1::AccountRecord& account = ctx.draft.Change<v1::AccountRecord>(discharge.account_id());
  Release(ctx, account, DischargedOwner(account, discharge), discharge.outputs());
  FindLateRecord(ctx);
}

// --- Close ------------------------------------------------------------------------------------------------------------

MaybeRejection CheckCloseAccount(Context& ctx) {
  const v1::CloseAccount& close = ctx.event.close_account();
  TS_REJECT_IF(RequireActor(ctx));
  TS_REJECT_IF(RequireAccount(ctx, close.account_id(), "close_account.account_id"));
  const v1::AccountRecord& account = *ctx.draft.Find<v1::AccountRecord>(close.account_id());
  TS_REJECT_IF(RequireOpen(account, "close_account.account_id"));
  TS_REJECT_IF(CheckOutputs(ctx, account, close.counted(), 0, "close_account.counted"));
  if (close.counted().empty()) return std::nullopt;
  const std::string owner_id = OnlyOwner(account);
  if (owner_id.empty() && account.balances_size() > 1) {
    return Reject(v1::REASON_FIELD_INVALID, "close_account.counted",
                  "the metal of several owners is discharged before the account is closed");
  }
  TS_REJECT_IF(RequireCharged(account, owner_id, "close_account.counted"));
  return CheckAccount(ctx, account, owner_id, close.counted(), "close_account.counted");
}

MaybeRejection CheckCloseAccountGlobal(Context& ctx) {
  return CheckSerials(ctx, ctx.event.close_account().counted(), "close_account.counted");
}

/// What nobody counted is lost, to whoever owned it.
void LoseRest(Context& ctx, const v1::AccountRecord& account) {
  FineSumNg rest_ng = 0;
  for (const v1::AccountBalance& balance : account.balances()) rest_ng += FromRecord(balance.fine_ng());
  BookChange(ctx, ctx.actor, account.site_id(), static_cast<SignedFineNg>(rest_ng), 0);
  FindHighLoss(ctx, rest_ng, FromRecord(account.charged_ng()), ctx.rules.AccountRule(account.kind()).loss_band_ppm,
               account.account_id());
}

void ApplyCloseAccount(Context& ctx) {
  const v1::CloseAccount& close = ctx.event.close_account();
  v1::AccountRecord& account = ctx.draft.Change<v1::AccountRecord>(close.account_id());
  Release(ctx, account, OnlyOwner(account), close.counted());
  LoseRest(ctx, account);
  account.set_tolerance_ng(0);
  account.set_closed_index(ctx.admission.index);
  account.set_closed_at_us(ctx.admission.recorded_at_us);
  FindLateRecord(ctx);
}

}  // namespace

const Verb kOpenAccountVerb = {"open_account", CheckOpenAccount, nullptr, ApplyOpenAccount, 2};
const Verb kChargeVerb = {"charge", CheckCharge, CheckChargeGlobal, ApplyCharge, 2};
const Verb kDischargeVerb = {"discharge", CheckDischarge, CheckDischargeGlobal, ApplyDischarge, 2};
const Verb kCloseAccountVerb = {"close_account", CheckCloseAccount, CheckCloseAccountGlobal, ApplyCloseAccount, 2};

}  // namespace touchstone::ledger
