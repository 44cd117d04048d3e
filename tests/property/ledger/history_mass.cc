// Moves of assay and settlement, and of work accounts.
#include <algorithm>
#include <optional>

#include "ledger/mass.h"
#include "ledger/state.h"
#include "tests/property/ledger/history.h"
#include "tests/support/mass_story.h"

namespace touchstone::ledger {

using namespace testing;  // NOLINT: the vocabulary of stories

namespace {

std::optional<v1::AssayRecord> LastAssay(const v1::LotRecord& lot, v1::Assay::Standing standing) {
  for (int i = lot.assays_size() - 1; i >= 0; --i) {
    if (lot.assays(i).standing() == standing) return lot.assays(i);
  }
  return std::nullopt;
}

uint32_t Scaled(uint32_t ppm, int64_t by) {
  return static_cast<uint32_t>(std::clamp<int64_t>(int64_t{ppm} + by, 1, 1'000'000));
}

}  // namespace

void Market::OpenFacilities() {
  ledger_.Record(story_.Accredit("laboratory", {v1::SCOPE_ASSAY_LABORATORY}));
  for (const auto& [name, keeper] : {std::pair("works", "refiner"), {"shop", "jeweler"}}) {
    const Statement site = story_.RegisterSite(name, v1::RegisterSite::KIND_WORKSHOP, keeper, "PE");
    ledger_.Record(site);
    facilities_[keeper] = site.site();
    const Statement opening = story_.Sign(Opening(v1::OpenAccount::KIND_BENCH, site.site()), {keeper});
    ledger_.Record(opening);
    accounts_.push_back(AccountOf(opening));
  }
}

Statement Market::MassMove() {
  switch (dice_.Below(10)) {
    case 0:
      return OpenOrClose();
    case 1:
    case 2:
      return Charge();
    case 3:
    case 4:
      return Discharge();
    case 5:
    case 6:
      return Settle();
    default:
      return Exchange();
  }
}

/// A determined lot that the keeper holds; empty when it holds none.
std::string Market::LotOf(const std::string& keeper) {
  std::vector<std::string> held;
  for (const std::string& lot_id : lots_) {
    const auto lot = Load<v1::LotRecord>(ledger_, lot_id);
    if (!lot.has_value() || lot->status() != v1::LotRecord::STATUS_LIVE || lot->fine_ng() == 0) continue;
    if (actors_.at(lot->custodian_party_id()) == keeper) held.push_back(lot_id);
  }
  return held.empty() ? "" : dice_.Pick(held);
}

/// The lot whose assays have been exchanged furthest without a settlement.
std::string Market::LotInExchange() {
  std::string chosen = SomeLot();
  int most = 0;
  for (const std::string& lot_id : lots_) {
    const auto lot = Load<v1::LotRecord>(ledger_, lot_id);
    if (!lot.has_value() || lot->settled()) continue;
    if (lot->status() != v1::LotRecord::STATUS_LIVE && lot->status() != v1::LotRecord::STATUS_OFFERED) continue;
    int sides = 0;
    for (const auto standing : {v1::Assay::STANDING_SELLER, v1::Assay::STANDING_BUYER}) {
      sides += LastAssay(*lot, standing).has_value() ? 1 : 0;
    }
    if (sides <= most) continue;
    most = sides;
    chosen = lot_id;
  }
  return chosen;
}

v1::AccountRecord Market::SomeAccount(std::string& keeper) {
  v1::AccountRecord account = *Load<v1::AccountRecord>(ledger_, dice_.Pick(accounts_));
  for (int i = 0; i < 5 && account.closed_index() != 0; ++i) {
    account = *Load<v1::AccountRecord>(ledger_, dice_.Pick(accounts_));
  }
  keeper = dice_.Chance(5) ? SomeActor() : actors_.at(account.keeper_party_id());
  return account;
}

/// What is left of it, or nearly, as one or two outputs.
std::vector<v1::Output> Market::Yield(const v1::AccountRecord& account) {
  static const std::vector<v1::Form> forms = {v1::FORM_GRAIN, v1::FORM_BAR, v1::FORM_SCRAP, v1::FORM_SWEEPS};
  const FineSumNg fine_ng = account.balances().empty() ? 0 : FromRecord(account.balances(0).fine_ng());
  const v1::Fineness fineness = SomeFineness(500'000 + static_cast<uint32_t>(dice_.Below(499'000)));
  const auto whole_mg = static_cast<uint64_t>(fine_ng / fineness.ppm());
  std::vector<v1::Output> outputs;
  for (uint64_t i = 1 + dice_.Below(2); i > 0; --i) {
    v1::Material material = Unassayed(dice_.Pick(forms), std::max<uint64_t>(1, Near(whole_mg / (1 + dice_.Below(3)))));
    *material.mutable_fineness() = fineness;
    outputs.push_back(Into(material));
  }
  return outputs;
}

Statement Market::OpenOrClose() {
  static const std::vector<v1::OpenAccount::Kind> kinds = {
      v1::OpenAccount::KIND_REFINING_CIRCUIT, v1::OpenAccount::KIND_BENCH, v1::OpenAccount::KIND_METAL_POOL};
  if (dice_.Chance(50)) {
    const std::string keeper = dice_.Chance(50) ? "refiner" : "jeweler";
    return story_.Sign(Opening(dice_.Pick(kinds), facilities_.at(keeper)), {dice_.Chance(10) ? SomeActor() : keeper});
  }
  std::string keeper;
  const v1::AccountRecord account = SomeAccount(keeper);
  return story_.Sign(ClosingOf(account.account_id(), dice_.Chance(70) ? Yield(account) : std::vector<v1::Output>()),
                     {keeper});
}

Statement Market::Charge() {
  std::string keeper;
  const v1::AccountRecord account = SomeAccount(keeper);
  const std::string lot_id = LotOf(keeper);
  if (lot_id.empty() && !dice_.Chance(5)) {
    const std::string first = SomeLot();
    return story_.HandOver(CustodianOf(first), keeper, {first});
  }
  std::string actor;
  const std::vector<v1::LotPart> parts = SomeParts(lot_id.empty() ? SomeLot() : lot_id, actor);
  return story_.Sign(ChargeOf(account.account_id(), parts), {keeper});
}

Statement Market::Discharge() {
  std::string keeper;
  v1::AccountRecord account = SomeAccount(keeper);
  for (int i = 0; i < 5 && account.last_charge() == 0; ++i) account = SomeAccount(keeper);
  if (account.last_charge() == 0 && !dice_.Chance(5)) return Charge();
  v1::Event event = DischargeOf(account.account_id(), Yield(account));
  if (dice_.Chance(50) && account.balances_size() > 0) {
    event.mutable_discharge()->set_owner_party_id(dice_.Chance(90) ? account.balances(0).owner_party_id()
                                                                   : story_.PartyOf(SomeActor()));
  }
  return story_.Sign(std::move(event), {keeper});
}

/// An assay for somebody, near what is known of the lot.
Statement Market::Exchange() {
  static const std::vector<v1::Assay::Standing> standings = {v1::Assay::STANDING_SELLER, v1::Assay::STANDING_BUYER,
                                                             v1::Assay::STANDING_UMPIRE,
                                                             v1::Assay::STANDING_UNSPECIFIED};
  const std::string lot_id = dice_.Chance(80) ? LotInExchange() : SomeLot();
  const auto lot = Load<v1::LotRecord>(ledger_, lot_id);
  const uint32_t about = lot.has_value() && lot->fine_ng() > 0 ? lot->material().fineness().ppm() : 700'000;
  const int64_t off = static_cast<int64_t>(dice_.Below(dice_.Chance(50) ? 300 : 9'000));
  v1::Fineness fineness = SomeFineness(about);
  fineness.set_ppm(Scaled(about, dice_.Chance(50) ? off : -off));
  fineness.set_uncertainty_ppm(std::min(fineness.uncertainty_ppm(), fineness.ppm()));
  v1::Assay::Standing standing = dice_.Pick(standings);
  if (lot.has_value() && dice_.Chance(80)) {  // the side that has not spoken yet
    if (!LastAssay(*lot, v1::Assay::STANDING_BUYER)) standing = v1::Assay::STANDING_BUYER;
    if (!LastAssay(*lot, v1::Assay::STANDING_SELLER)) standing = v1::Assay::STANDING_SELLER;
  }
  return story_.Sign(AssayFor(standing, lot_id, fineness), {dice_.Chance(80) ? "laboratory" : CustodianOf(lot_id)});
}

/// The settlement that the assays of some lot decide, or nearly.
Statement Market::Settle() {
  const v1::LotRecord lot = Load<v1::LotRecord>(ledger_, LotInExchange()).value_or(v1::LotRecord());
  const bool exchanged = LastAssay(lot, v1::Assay::STANDING_SELLER) && LastAssay(lot, v1::Assay::STANDING_BUYER);
  if (lot.lot_id().empty() || (!exchanged && !dice_.Chance(5))) return Exchange();
  const std::string seller = actors_.at(lot.owner_party_id());
  const std::string buyer = dice_.Chance(50) ? "laboratory" : actors_.at(lot.custodian_party_id());
  const auto for_seller = LastAssay(lot, v1::Assay::STANDING_SELLER);
  const auto for_buyer = LastAssay(lot, v1::Assay::STANDING_BUYER);
  std::vector<v1::AssayRecord> cited;
  for (const auto& assay : {for_seller, for_buyer}) {
    if (assay.has_value()) cited.push_back(*assay);
  }
  uint32_t ppm = 700'000;
  if (cited.size() == 2) {
    const uint32_t low = std::min(cited[0].fineness().ppm(), cited[1].fineness().ppm());
    const uint32_t high = std::max(cited[0].fineness().ppm(), cited[1].fineness().ppm());
    ppm = low + (high - low) / 2;
    const auto umpire = LastAssay(lot, v1::Assay::STANDING_UMPIRE);
    if (umpire.has_value() && high - low > (low >= 995'000 ? 150u : 2'000u)) {
      ppm = std::clamp(umpire->fineness().ppm(), low, high);
      cited.push_back(*umpire);
    }
  }
  std::sort(cited.begin(), cited.end(), [](const auto& a, const auto& b) { return a.index() < b.index(); });
  std::vector<uint64_t> indexes;
  for (const v1::AssayRecord& assay : cited) indexes.push_back(assay.index());
  v1::Fineness fineness = cited.empty() ? SomeFineness(ppm) : cited[0].fineness();
  fineness.set_ppm(dice_.Chance(90) ? ppm : Scaled(ppm, 1));
  fineness.set_uncertainty_ppm(std::min(fineness.uncertainty_ppm(), fineness.ppm()));
  const std::string other = buyer == seller ? "refiner" : buyer;
  return story_.Sign(Settlement(story_, lot.lot_id(), fineness, indexes, seller, other), {seller, other});
}

}  // namespace touchstone::ledger
