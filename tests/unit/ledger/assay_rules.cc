// Which assays an umpire makes, and what is settled.
#include "tests/unit/ledger/rules.h"

namespace touchstone::ledger {
namespace {

using testing::FineAs;

constexpr char kNoParty[] = "party_aaaaaaaaaaaaaaaaaaaaaaaaaa";
constexpr char kNoLot[] = "lot_aaaaaaaaaaaaaaaaaaaaaaaaaa";

v1::Assay& Assay(Said& s) { return *s.event.mutable_assay(); }
v1::Settle& Settle(Said& s) { return *s.event.mutable_settle(); }

std::vector<Rule> UmpireRules() {
  using W = const World&;
  const auto assay = honest::UmpiresAssay;
  return {
      {"an umpire who finds more than went in", assay,
       [](W, Said& s) { *Assay(s).mutable_fineness() = FineAs(905'000); }, v1::REASON_ASSAY_ABOVE_INPUT,
       "assay.fineness.ppm"},
  };
}

std::vector<Rule> SideRules() {
  using W = const World&;
  const auto settle = honest::Settle;
  return {
      {"a settlement with oneself", settle,
       [](W, Said& s) { Settle(s).set_buyer_party_id(Settle(s).seller_party_id()); }, v1::REASON_FIELD_INVALID,
       "settle.buyer_party_id"},
      {"a settlement with nobody", settle, [](W, Said& s) { Settle(s).set_buyer_party_id(kNoParty); },
       v1::REASON_UNKNOWN_PARTY, "settle.buyer_party_id"},
      {"a settlement by nobody", settle, [](W, Said& s) { Settle(s).clear_seller_party_id(); },
       v1::REASON_FIELD_REQUIRED, "settle.seller_party_id"},
      {"a settlement about no lot", settle, [](W, Said& s) { Settle(s).set_lot_id(kNoLot); }, v1::REASON_UNKNOWN_LOT,
       "settle.lot_id"},
  };
}

std::vector<Rule> AgreementRules() {
  using W = const World&;
  const auto settle = honest::Settle;
  const auto by_umpire = honest::SettleByUmpire;
  return {
      {"no fineness", settle, [](W, Said& s) { Settle(s).clear_fineness(); }, v1::REASON_FIELD_REQUIRED,
       "settle.fineness"},
      {"four assays", by_umpire, [](W, Said& s) { Settle(s).add_assay_indexes(1'000'000); }, v1::REASON_FIELD_TOO_LONG,
       "settle.assay_indexes"},
      {"assays not ascending", settle, [](W, Said& s) { Settle(s).mutable_assay_indexes()->SwapElements(0, 1); },
       v1::REASON_FIELD_INVALID, "settle.assay_indexes[1]"},
      {"an umpire's assay in place of the seller's", by_umpire,
       [](const World& w, Said& s) {
         Settle(s).set_assay_indexes(0, w.books.disputed[1]);
         Settle(s).set_assay_indexes(1, w.books.disputed[2]);
         Settle(s).mutable_assay_indexes()->RemoveLast();
       },
       v1::REASON_SETTLEMENT_INVALID, "settle.assay_indexes"},
      {"no umpire where they differ", by_umpire, [](W, Said& s) { Settle(s).mutable_assay_indexes()->RemoveLast(); },
       v1::REASON_SETTLEMENT_INVALID, "settle.assay_indexes"},
      {"the mean, determined otherwise", settle,
       [](W, Said& s) { Settle(s).mutable_fineness()->set_method(v1::ASSAY_METHOD_XRF); },
       v1::REASON_SETTLEMENT_INVALID, "settle.fineness"},
      {"the seller's, where the umpire's is the middle one", by_umpire,
       [](W, Said& s) { Settle(s).mutable_fineness()->set_ppm(899'000); }, v1::REASON_SETTLEMENT_INVALID,
       "settle.fineness"},
  };
}

}  // namespace

std::vector<Rule> ExchangeRules() {
  std::vector<Rule> all;
  for (const auto& table : {UmpireRules(), SideRules(), AgreementRules()}) {
    all.insert(all.end(), table.begin(), table.end());
  }
  return all;
}

}  // namespace touchstone::ledger
