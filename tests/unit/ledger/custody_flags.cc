// What is found on gold that enters, is treated, kept, counted and lost.
#include "tests/unit/ledger/rules.h"

namespace touchstone::ledger {
namespace {

using testing::Story;
using testing::Take;

constexpr int64_t kDayUs = int64_t{24} * 3600 * 1'000'000;

v1::Intake& Intake(Said& s) { return *s.event.mutable_intake(); }
v1::Process& Process(Said& s) { return *s.event.mutable_process(); }
v1::Stocktake& Stocktake(Said& s) { return *s.event.mutable_stocktake(); }
v1::Transform& Transform(Said& s) { return *s.event.mutable_transform(); }

void Weigh(v1::ReceivedMass& received, const std::string& lot_id, uint64_t gross_mg) {
  received.set_lot_id(lot_id);
  received.set_gross_mg(gross_mg);
}

void Leach(const std::string& tailings, v1::ProcessRoute route, Said& s) {
  *Process(s).mutable_inputs(0) = Take(tailings);
  Process(s).set_route(route);
}

Said LeachOfCleanTailings(const World& w) {
  Said said = honest::Process(w);
  Leach(w.kept.tailings, v1::PROCESS_ROUTE_CYANIDATION_OF_TAILINGS, said);
  return said;
}

/// The refiner weighs a lot that came under a seal.
Said ReceiveSealed(const World& w) {
  Said said = honest::Receive(w);
  said.event.mutable_receive()->set_release_from_quarantine(false);
  Weigh(*said.event.mutable_receive()->mutable_received(0), w.kept.sealed, 10'000);
  said.event.mutable_receive()->mutable_received(0)->set_seal("S-1");
  return said;
}

/// A pack goes to the refiner as a whole.
Said HandOverOfPack(const World& w) {
  Said said = honest::HandOver(w);
  v1::HandOver& hand_over = *said.event.mutable_hand_over();
  hand_over.set_lot_ids(0, w.kept.packed);
  hand_over.set_lot_ids(1, w.kept.packed_too);
  Weigh(*hand_over.add_received(), w.kept.packed, 12'000);
  hand_over.mutable_received(0)->set_seal("P-1");
  return said;
}

Said HandOverOfNews(const World& w) {
  Story story = w.story;
  return {story.HandOver("south", "refiner", {w.souths}).event, {"south", "refiner"}};
}

std::vector<Flag> EnteringFlags() {
  using W = const World&;
  return {
      {"doré through the recycled door", honest::Intake,
       [](W, Said& s) {
         Intake(s).set_door(v1::Intake::DOOR_RECYCLED);
         Intake(s).set_recycled_kind(v1::Intake::RECYCLED_KIND_POST_CONSUMER);
       },
       v1::FINDING_CODE_DORE_AS_RECYCLED},
      {"gold mined where none is", honest::Intake, [](W, Said& s) { Intake(s).set_country("TG"); },
       v1::FINDING_CODE_TRANSIT_ORIGIN},
      {"stock held until after the party joined", honest::IntakeOfStock,
       [](W, Said& s) { Intake(s).set_cut_off_at_us(s.event.occurred_at_us()); },
       v1::FINDING_CODE_STOCK_AFTER_ENROLMENT},
      {"stock declared three months after the party joined", honest::IntakeOfStock,
       [](W, Said& s) {
         Intake(s).set_cut_off_at_us(s.event.occurred_at_us() - 200 * kDayUs);
         s.by = {"hermit"};
       },
       v1::FINDING_CODE_STOCK_AFTER_ENROLMENT},
      {"stock that nobody counted", honest::IntakeOfStock, [](W, Said& s) { Intake(s).clear_attestation_id(); },
       v1::FINDING_CODE_STOCK_UNATTESTED},
      {"stock with an attestation of something else", honest::IntakeOfStock,
       [](const World& w, Said& s) { Intake(s).set_attestation_id(w.attestation); }, v1::FINDING_CODE_STOCK_UNATTESTED},
      {"stock with an attestation that is not there", honest::IntakeOfStock,
       [](W, Said& s) { Intake(s).set_attestation_id("attestation_aaaaaaaaaaaaaaaaaaaaaaaaaa"); },
       v1::FINDING_CODE_STOCK_UNATTESTED},
      {"stock with an attestation of another's", honest::IntakeOfStock, [](W, Said& s) { s.by = {"trader"}; },
       v1::FINDING_CODE_STOCK_UNATTESTED},
      {"an intake of two months ago", honest::Intake,
       [](W, Said& s) { s.event.set_occurred_at_us(s.event.occurred_at_us() - 61 * kDayUs); },
       v1::FINDING_CODE_LATE_RECORD},
      {"mercury in a treatment", honest::Process, [](W, Said& s) { Process(s).set_mercury_use(v1::MERCURY_USE_USED); },
       v1::FINDING_CODE_MERCURY_USED},
      {"a treatment that says nothing of mercury", honest::Process, [](W, Said& s) { Process(s).clear_mercury_use(); },
       v1::FINDING_CODE_MERCURY_UNDECLARED},
      {"cyanide on tailings of amalgamation", LeachOfCleanTailings,
       [](const World& w, Said& s) { Leach(w.kept.toxic_tailings, v1::PROCESS_ROUTE_CYANIDATION_OF_TAILINGS, s); },
       v1::FINDING_CODE_TAILINGS_WITH_MERCURY},
      {"cyanide on tailings of amalgamation that are said to be ore", LeachOfCleanTailings,
       [](const World& w, Said& s) { Leach(w.kept.toxic_tailings, v1::PROCESS_ROUTE_CYANIDATION, s); },
       v1::FINDING_CODE_TAILINGS_WITH_MERCURY},
      {"a treatment that lost a fifth", honest::ProcessOfSweeps,
       [](W, Said& s) { Process(s).mutable_outputs(0)->set_gross_mg(880); }, v1::FINDING_CODE_HIGH_LOSS},
  };
}

/// Whatever makes lots closes the seals that it states.
std::vector<Flag> SealFlags() {
  using W = const World&;
  constexpr v1::FindingCode kReused = v1::FINDING_CODE_SEAL_REUSED;
  constexpr auto seal_made = [](W, Said& s) { Transform(s).mutable_outputs(0)->mutable_material()->set_seal("P-0"); };
  return {
      {"gold that came under a used seal", honest::Intake,
       [](W, Said& s) { Intake(s).mutable_outputs(1)->set_seal("S-1"); }, kReused},
      {"gold produced under a used seal", honest::Produce,
       [](W, Said& s) { s.event.mutable_produce()->mutable_outputs(0)->set_seal("P-0"); }, kReused},
      {"gold treated into lots under a used seal", honest::Process,
       [](W, Said& s) { Process(s).mutable_outputs(0)->set_seal("P-0"); }, kReused},
      {"gold melted into lots under a used seal", honest::Melt, seal_made, kReused},
      {"gold merged into a lot under a used seal", honest::Merge, seal_made, kReused},
      {"gold split into lots under a used seal", honest::Split,
       [](W, Said& s) { Transform(s).mutable_outputs(1)->mutable_material()->set_seal("P-0"); }, kReused},
      {"gold refined into bars under a used seal", honest::Refine, seal_made, kReused},
      {"what is left of pieces under a used seal", honest::MakePiece,
       [](W, Said& s) { s.event.mutable_make_piece()->mutable_leftovers(0)->set_seal("P-0"); }, kReused},
      {"gold out of an account under a used seal", honest::Discharge,
       [](W, Said& s) { s.event.mutable_discharge()->mutable_outputs(0)->mutable_material()->set_seal("P-0"); },
       kReused},
      {"gold counted at a close under a used seal", honest::CloseAccount,
       [](W, Said& s) { s.event.mutable_close_account()->mutable_counted(0)->mutable_material()->set_seal("P-0"); },
       kReused},
      {"a seal that was used before", honest::Pack, [](W, Said& s) { s.event.mutable_pack()->set_seal("P-0"); },
       kReused},
      {"a seal that lies on other gold", honest::Pack, [](W, Said& s) { s.event.mutable_pack()->set_seal("S-1"); },
       kReused},
  };
}

std::vector<Flag> KeepingFlags() {
  using W = const World&;
  return {
      {"a pack found open", honest::Unpack, [](W, Said& s) { s.event.mutable_unpack()->clear_intact(); },
       v1::FINDING_CODE_SEAL_BROKEN},
      {"another seal than the lot was made under", ReceiveSealed,
       [](W, Said& s) { s.event.mutable_receive()->mutable_received(0)->set_seal("S-2"); },
       v1::FINDING_CODE_SEAL_BROKEN},
      {"another seal than the pack's", HandOverOfPack,
       [](W, Said& s) { s.event.mutable_hand_over()->mutable_received(0)->set_seal("P-2"); },
       v1::FINDING_CODE_SEAL_BROKEN},
      {"troy ounces read as ounces", ReceiveSealed,
       [](W, Said& s) { s.event.mutable_receive()->mutable_received(0)->set_gross_mg(9'115); },
       v1::FINDING_CODE_UNIT_SLIP},
      {"a mass ten times too large", honest::HandOver,
       [](const World& w, Said& s) { Weigh(*s.event.mutable_hand_over()->add_received(), w.dore, 1'000'100); },
       v1::FINDING_CODE_UNIT_SLIP},
      {"a mass ten times too small", honest::Accept,
       [](const World& w, Said& s) { Weigh(*s.event.mutable_accept()->add_received(), w.offered, 1'100); },
       v1::FINDING_CODE_UNIT_SLIP},
      {"a lot that nobody has seen for three months", HandOverOfNews,
       [](const World& w, Said& s) {
         s.event.mutable_hand_over()->set_lot_ids(0, w.kept.old_dore);
         s.event.mutable_hand_over()->set_from_party_id(w.story.PartyOf("hermit"));
         s.by = {"hermit", "refiner"};
       },
       v1::FINDING_CODE_LOT_UNSEEN},
      {"a lot of the book that is not there", honest::Stocktake,
       [](W, Said& s) { Stocktake(s).mutable_counted()->RemoveLast(); }, v1::FINDING_CODE_COUNT_DIFFERS},
      {"a lot that weighs less than it did", honest::Stocktake,
       [](W, Said& s) { Stocktake(s).mutable_counted(0)->set_gross_mg(9'900); }, v1::FINDING_CODE_COUNT_DIFFERS},
      {"an empty vault", honest::Stocktake, [](W, Said& s) { Stocktake(s).clear_counted(); },
       v1::FINDING_CODE_COUNT_DIFFERS},
  };
}

std::vector<Flag> LeavingFlags() {
  return {
      {"gold that is stolen rather than sold", honest::Retire,
       [](const World& w, Said& s) {
         v1::Lose lose;
         lose.set_lot_id(w.kept.bar);
         lose.set_kind(v1::Lose::KIND_STOLEN);
         *s.event.mutable_lose() = lose;
       },
       v1::FINDING_CODE_GOLD_LOST},
      {"a lot that nobody ever saw, and that has left", honest::Retire,
       [](const World& w, Said& s) {
         s.event.mutable_retire()->set_subject_id(w.kept.old_dore);
         s.by = {"hermit"};
       },
       v1::FINDING_CODE_LOT_UNSEEN},
  };
}

}  // namespace

std::vector<Flag> CustodyFlags() {
  std::vector<Flag> all;
  for (const auto& table : {EnteringFlags(), SealFlags(), KeepingFlags(), LeavingFlags()}) {
    all.insert(all.end(), table.begin(), table.end());
  }
  return all;
}

}  // namespace touchstone::ledger
