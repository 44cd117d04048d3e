// What lots turn out to hold, work accounts, claims, and what is taken back.
#include <algorithm>

#include "tests/property/ledger/model/authority.h"
#include "tests/property/ledger/model/lots.h"
#include "tests/property/ledger/model/market.h"
#include "tests/property/ledger/model/originals.h"

namespace touchstone::ledger::model {
namespace {

bool IsWorkable(const Lot& lot) {
  const bool held = std::any_of(lot.holds.begin(), lot.holds.end(),
                                [](const Hold& h) { return h.kind != v1::HoldRecord::KIND_DISPUTE; });
  return lot.status == v1::LotRecord::STATUS_LIVE && !lot.pending() && !lot.quarantined && lot.pack.empty() && !held;
}

v1::ElementResult Element(const std::string& symbol, uint64_t ppm) {
  v1::ElementResult result;
  result.set_element(symbol);
  result.set_ppm(static_cast<uint32_t>(ppm));
  return result;
}

}  // namespace

/// Near what is stated, or what the step of a pending lot leaves for it.
MaybeDraft Market::Assay() {
  const bool again = dice_.Chance(55);
  const Id id = LiveLot([&](const Lot& lot) { return !lot.material.has_ore() && (lot.determined() == again); });
  const Lot* lot = Find(world_.lots, id);
  if (lot == nullptr) return std::nullopt;
  Draft draft;
  v1::Assay& assay = *draft.event.mutable_assay();
  assay.set_lot_id(id);
  const Step& step = world_.steps.at(lot->balance_of);
  uint64_t ppm = lot->determined() ? lot->material.fineness().ppm() : Between(500'000, 950'000);
  if (!lot->determined() && !step.first_determination && lot->mass_mg() > 0) {
    const Ng left_ng = step.in_ng - step.out_ng;
    ppm = left_ng <= 0
              ? 1
              : static_cast<uint64_t>(left_ng / lot->mass_mg()) / static_cast<uint64_t>(std::max(1, step.pending));
  }
  ppm = std::clamp<uint64_t>(ppm, 1, 1'000'000);
  switch (dice_.Below(8)) {
    case 0:
      ppm = std::max<uint64_t>(1, ppm - ppm / 50);
      break;
    case 1:
      ppm = std::min<uint64_t>(1'000'000, ppm + ppm / 40);
      break;
    case 2:
      if (dice_.Chance(30)) ppm = std::max<uint64_t>(1, ppm / 10);
      break;
    default:
      ppm += dice_.Below(std::min<uint64_t>(500, ppm));
      ppm -= std::min<uint64_t>(ppm - 1, dice_.Below(500));
  }
  *assay.mutable_fineness() = SomeFineness(ppm);
  if (dice_.Chance(50)) {
    const uint64_t silver = dice_.Chance(90) ? Between(80'000, 90'000) : Between(1, 300'000);
    *assay.add_other_elements() = Element("Ag", silver);
    if (dice_.Chance(40)) *assay.add_other_elements() = Element("Cu", Between(1, 9'000));
    if (dice_.Chance(30))
      *assay.add_other_elements() = Element("Hg", dice_.Chance(60) ? dice_.Below(100) : dice_.Below(400));
  }
  assay.set_standing(static_cast<v1::Assay::Standing>(dice_.Below(4)));
  const bool laboratory = assay.standing() == v1::Assay::STANDING_UMPIRE || dice_.Chance(50);
  draft.signers = {laboratory ? PartyWith(v1::ROLE_ASSAY_LABORATORY) : lot->custodian};
  if (assay.standing() == v1::Assay::STANDING_BUYER && !laboratory && dice_.Chance(30)) {
    assay.set_standing(v1::Assay::STANDING_SELLER);
  }
  return draft;
}

/// Where seller and buyer have exchanged assays; otherwise the assay that is missing.
MaybeDraft Market::Settle() {
  const auto has = [](const Lot& lot, v1::Assay::Standing standing) {
    return std::find_if(lot.assays.begin(), lot.assays.end(),
                        [&](const AssayMade& assay) { return assay.standing == standing; });
  };
  const Id id = LiveLot([&](const Lot& lot) {
    return !lot.settled && has(lot, v1::Assay::STANDING_SELLER) != lot.assays.end() &&
           has(lot, v1::Assay::STANDING_BUYER) != lot.assays.end();
  });
  const Lot* lot = Find(world_.lots, id);
  if (lot == nullptr) return std::nullopt;
  const auto seller = has(*lot, v1::Assay::STANDING_SELLER);
  const auto buyer = has(*lot, v1::Assay::STANDING_BUYER);
  const auto umpire = has(*lot, v1::Assay::STANDING_UMPIRE);
  if (seller == lot->assays.end() || buyer == lot->assays.end()) return std::nullopt;
  Draft draft;
  v1::Settle& settle = *draft.event.mutable_settle();
  settle.set_lot_id(id);
  settle.set_seller_party_id(lot->owner);
  const model::Offer* offer = Find(world_.offers, lot->offer);
  settle.set_buyer_party_id(buyer->party);
  if (lot->custodian != lot->owner && dice_.Chance(40)) settle.set_buyer_party_id(lot->custodian);
  if (offer != nullptr && dice_.Chance(60)) settle.set_buyer_party_id(offer->to);
  if (settle.buyer_party_id() == settle.seller_party_id()) settle.set_buyer_party_id(PartyWith(v1::ROLE_REFINER));
  const uint32_t a = seller->fineness.ppm();
  const uint32_t b = buyer->fineness.ppm();
  const uint32_t limit = std::min(a, b) >= 995'000 ? 150 : 2'000;
  const bool agree = std::max(a, b) - std::min(a, b) <= limit;
  if (!agree && umpire == lot->assays.end() && !spoilt_) {
    MaybeDraft assaying = Assay();
    if (!assaying.has_value()) return std::nullopt;
    v1::Assay& assay = *assaying->event.mutable_assay();
    assay.set_lot_id(id);
    assay.mutable_fineness()->set_ppm(std::min(a, b) + static_cast<uint32_t>(dice_.Below(1'000)));
    assay.mutable_fineness()->set_uncertainty_ppm(std::min<uint32_t>(200, std::min(a, b)));
    assay.set_standing(v1::Assay::STANDING_UMPIRE);
    assaying->signers = {PartyWith(v1::ROLE_ASSAY_LABORATORY)};
    return assaying;
  }
  std::vector<const AssayMade*> cited = {&*seller, &*buyer};
  if (!agree && umpire != lot->assays.end()) cited.push_back(&*umpire);
  std::sort(cited.begin(), cited.end(), [](const AssayMade* x, const AssayMade* y) { return x->index < y->index; });
  for (const AssayMade* assay : cited) settle.add_assay_indexes(assay->index);
  uint32_t ppm = (a + b) / 2;
  if (cited.size() == 3) ppm = std::clamp(umpire->fineness.ppm(), std::min(a, b), std::max(a, b));
  v1::Fineness& fineness = *settle.mutable_fineness();
  fineness = cited[0]->fineness;
  fineness.set_ppm(ppm);
  fineness.set_uncertainty_ppm(std::min(fineness.uncertainty_ppm(), ppm));
  if (Wrong()) fineness.set_ppm(ppm + 1);
  draft.signers = {settle.seller_party_id(), settle.buyer_party_id()};
  return draft;
}

// --- Accounts ---------------------------------------------------------------------------------------------------------

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
  const Ng most_ng = account->closed ? account->loss_ng : owner->second;
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
                  account->balances.begin()->second * static_cast<int64_t>(Between(90, 100)) / 100);
  }
  draft.signers = {account->keeper};
  return draft;
}

// --- Claims -----------------------------------------------------------------------------------------------------------

MaybeDraft Market::Claim() {
  Draft draft;
  v1::Claim& claim = *draft.event.mutable_claim();
  claim.set_piece_id(LivePiece());
  const model::Piece* piece = Find(world_.pieces, claim.piece_id());
  if (piece == nullptr || (piece->owner != piece->custodian && !spoilt_)) return std::nullopt;
  const std::vector<std::string> packs = {"annex-c", "formalized", "mercury-free"};
  for (const std::string& pack : packs) {
    if (!dice_.Chance(50)) continue;
    v1::PolicyRef& policy = *claim.add_policies();
    policy.set_policy_id(pack);
    policy.set_version(1);
    policy.set_sha256(std::string(32, 'p'));
  }
  claim.set_evidence_size(Between(1, world_.signed_by.size()));
  draft.signers = {piece->custodian};
  return draft;
}

MaybeDraft Market::RetireClaim() {
  Draft draft;
  draft.event.mutable_retire_claim()->set_claim_id(SomeId(ObjectKind::kClaim));
  const model::Claim* claim = Find(world_.claims, draft.event.retire_claim().claim_id());
  if (claim == nullptr || (!claim->live && !dice_.Chance(10))) return std::nullopt;
  draft.signers = {claim->issuer};
  return draft;
}

MaybeDraft Market::RevokeClaim() {
  Draft draft;
  draft.event.mutable_revoke_claim()->set_claim_id(SomeId(ObjectKind::kClaim));
  draft.event.mutable_revoke_claim()->set_reason("made in error");
  const model::Claim* claim = Find(world_.claims, draft.event.revoke_claim().claim_id());
  if (claim == nullptr || (!claim->live && !dice_.Chance(10))) return std::nullopt;
  draft.signers = {claim->issuer};
  return draft;
}

// --- Corrections ------------------------------------------------------------------------------------------------------

namespace {

/// Who made the entry, and who would have to sign besides.
std::vector<Id> Concerned(const World& world, const v1::Event& event, uint64_t index) {
  if (event.has_hand_over()) return {event.hand_over().from_party_id(), event.hand_over().to_party_id()};
  const Step* step = Find(world.steps, index);
  if (step == nullptr) return {};
  std::vector<Id> parties = {step->party};
  for (const Id& id : step->outputs) {
    const Lot* lot = Find(world.lots, id);
    if (lot == nullptr) continue;
    parties.push_back(lot->custodian);
    parties.push_back(lot->owner);
    if (lot->consumed_by.has_value()) parties.push_back(world.steps.at(*lot->consumed_by).party);
  }
  std::vector<Id> once;
  for (const Id& party : parties) {
    if (std::count(once.begin(), once.end(), party) == 0) once.push_back(party);
  }
  return once;
}

void Alter(Dice& dice, v1::Event& event) {
  std::vector<v1::Material*> outputs = OutputsOf(event);
  v1::Material& output = *outputs[dice.Below(outputs.size())];
  const uint64_t choice = dice.Below(10);
  if (choice < 3) {
    const uint64_t mass_mg = output.has_ore() ? output.ore().dry_mass_mg() : output.gross_mg();
    const uint64_t less_mg =
        std::max<uint64_t>(1, mass_mg - mass_mg * dice.Below(60) / 1'000 + (dice.Chance(20) ? mass_mg / 1'000 : 0));
    if (output.has_ore()) {
      output.mutable_ore()->set_dry_mass_mg(less_mg);
    } else {
      output.set_gross_mg(less_mg);
    }
  } else if (choice < 6 && output.has_fineness()) {
    const uint32_t ppm = output.fineness().ppm();
    output.mutable_fineness()->set_ppm(
        std::max<uint32_t>(1, ppm - std::min<uint32_t>(ppm, static_cast<uint32_t>(dice.Below(9'000)))));
    output.mutable_fineness()->set_uncertainty_ppm(
        std::min(output.fineness().ppm(), output.fineness().uncertainty_ppm()));
  } else if (event.has_produce()) {
    event.mutable_produce()->set_mercury_use(dice.Chance(60) ? v1::MERCURY_USE_USED : v1::MERCURY_USE_NOT_USED);
    if (dice.Chance(30)) event.mutable_produce()->set_route(v1::PROCESS_ROUTE_OPEN_BURNING);
  } else if (event.has_intake()) {
    event.mutable_intake()->set_country(dice.Chance(50) ? "GH" : "AE");
  } else if (event.has_process()) {
    event.mutable_process()->set_mercury_use(v1::MERCURY_USE_USED);
  } else {
    event.mutable_transform()->set_reference("furnace 2");
    if (dice.Chance(40)) event.mutable_transform()->set_mercury_use(v1::MERCURY_USE_USED);
  }
}

}  // namespace

MaybeDraft Market::Correct() {
  if (told_.empty()) return std::nullopt;
  const auto& [index, payload] = dice_.Pick(told_);
  v1::Event original;
  original.ParseFromString(payload);
  if (OutputsOf(original).empty() && !spoilt_) return std::nullopt;
  Draft draft;
  v1::Correct& correct = *draft.event.mutable_correct();
  correct.set_event_index(Wrong() ? index + 1 : index);
  correct.set_original(payload);
  correct.set_reason("misread");
  v1::Event replacement = original;
  if (!OutputsOf(replacement).empty()) Alter(dice_, replacement);
  if (Wrong()) Mutate(replacement, dice_, ids_);
  correct.set_replacement(replacement.SerializeAsString());
  draft.signers = Concerned(world_, original, index);
  if (draft.signers.empty()) draft.signers = {SomeParty()};
  if (dice_.Chance(spoilt_ ? 50 : 4)) draft.signers.resize(1);
  return draft;
}

MaybeDraft Market::Void() {
  if (told_.empty()) return std::nullopt;
  const auto& [index, payload] = dice_.Pick(told_);
  v1::Event original;
  original.ParseFromString(payload);
  const Step* step = Find(world_.steps, index);
  if (step != nullptr && step->voided && !spoilt_) return std::nullopt;
  if (OutputsOf(original).empty() && !original.has_hand_over() && !spoilt_) return std::nullopt;
  Draft draft;
  v1::Void& voiding = *draft.event.mutable_void_();
  voiding.set_event_index(Wrong() ? index + 1 : index);
  voiding.set_original(payload);
  voiding.set_reason("never happened");
  draft.signers = Concerned(world_, original, index);
  if (draft.signers.empty()) draft.signers = {SomeParty()};
  if (spoilt_ && dice_.Chance(30)) draft.signers.resize(1);
  return draft;
}

}  // namespace touchstone::ledger::model
