// What the world has in keeping, and honest events about it.
#include <string>
#include <utility>

#include "base/check.h"
#include "ledger/state.h"
#include "tests/unit/ledger/rules.h"

namespace touchstone::ledger {

using namespace testing;  // NOLINT: the vocabulary of stories

/// What lies so far back that the rules of time see it.
void World::Past() {
  constexpr int64_t kThreeMonthsUs = int64_t{91} * 24 * 3600 * 1'000'000;
  Record(story.RegisterParty("hermit", "PE", {v1::ROLE_MINER}));
  const std::string adit = Record(story.RegisterSite("Old adit", v1::RegisterSite::KIND_MINE, "hermit", "PE")).site();
  kept.old_dore = Record(story.Produce("hermit", adit, {Metal(v1::FORM_DORE, 25'000, 900'000)})).lot();
  story.AdvanceUs(kThreeMonthsUs);
}

void World::Keeping() {
  KeepStock();
  KeepTreated();
  KeepSealed();
  KeepStopped();
  KeepPieces();
}

void World::KeepStock() {
  Record(story.RegisterParty("auditor", "CH", {v1::ROLE_INSPECTOR}));
  Record(story.Accredit("auditor", {v1::SCOPE_CAPACITY, v1::SCOPE_CHAIN_OF_CUSTODY, v1::SCOPE_DUE_DILIGENCE}));
  Record(story.RegisterParty("keeper", "CH", {v1::ROLE_REFINER}));
  kept.vault = Record(story.RegisterSite("Vault", v1::RegisterSite::KIND_STORE, "keeper", "CH")).site();
  const Statement taken_in =
      Record(story.Intake("keeper", v1::Intake::DOOR_RECYCLED,
                          {Metal(v1::FORM_BAR, 10'000, 999'000), Metal(v1::FORM_GRAIN, 20'000, 999'000)}));
  kept.bar = taken_in.lot(0);
  kept.grain = taken_in.lot(1);
  kept.stock_count = Record(story.Attest("auditor", v1::SCOPE_CHAIN_OF_CUSTODY, story.PartyOf("keeper"))).attestation();
}

void World::KeepTreated() {
  Record(story.RegisterParty("washer", "PE", {v1::ROLE_MINER}));
  const std::string pit = Record(story.RegisterSite("Pit", v1::RegisterSite::KIND_MINE, "washer", "PE")).site();
  v1::Material sand;
  sand.set_form(v1::FORM_TAILINGS);
  sand.mutable_ore()->set_dry_mass_mg(1'000'000'000);
  const Statement clean = Record(story.Produce("washer", pit, {Unassayed(v1::FORM_CONCENTRATE, 1'000'000), sand}));
  kept.concentrate = clean.lot(0);
  kept.tailings = clean.lot(1);
  kept.toxic_tailings =
      Record(story.Produce("washer", pit, {sand}, v1::PROCESS_ROUTE_WHOLE_ORE_AMALGAMATION, v1::MERCURY_USE_USED))
          .lot();
  kept.sweeps =
      Record(story.Intake("washer", v1::Intake::DOOR_RECYCLED, {Metal(v1::FORM_SWEEPS, 10'000, 100'000)})).lot();
}

void World::KeepSealed() {
  v1::Material sealed = Metal(v1::FORM_DORE, 10'000, 900'000);
  sealed.set_seal("S-1");
  const Statement sent = Record(story.Produce("north", mine, {sealed, Metal(v1::FORM_DORE, 11'000, 900'000)}));
  kept.sealed = sent.lot(0);
  kept.bare = sent.lot(1);
  Record(story.HandOver("north", "refiner", {kept.sealed, kept.bare}));
  const Statement packed = Record(
      story.Produce("north", mine, {Metal(v1::FORM_DORE, 12'000, 900'000), Metal(v1::FORM_DORE, 13'000, 900'000)}));
  kept.packed = packed.lot(0);
  kept.packed_too = packed.lot(1);
  Record(story.Pack("north", {kept.packed}, "P-0"));
  Record(story.Unpack("north", "P-0"));
  Record(story.Pack("north", {kept.packed, kept.packed_too}, "P-1"));
}

void World::KeepStopped() {
  const auto make = [this](uint64_t gross_mg) {
    return Record(story.Produce("north", mine, {Metal(v1::FORM_DORE, gross_mg, 900'000)})).lot();
  };
  kept.held = make(14'000);
  Record(story.Hold("north", kept.held));
  kept.disputed = make(15'000);
  Record(story.Dispute("north", kept.disputed));
  const std::string stopped = make(16'000);
  kept.stopped_offer = Record(story.Offer("north", {stopped}, "refiner")).offer();
  Record(story.Hold("registry", stopped));
  kept.recalled = make(17'000);
  Record(story.Recall("north", kept.recalled));
  kept.sampled = Record(story.Sample("north", make(18'000), 500, "laboratory")).lot();
}

void World::KeepPieces() {
  const std::string metal =
      Record(story.Intake("goldsmith", v1::Intake::DOOR_RECYCLED, {Metal(v1::FORM_ALLOY, 15'000, 750'000)})).lot();
  std::vector<v1::Piece> rings;
  for (const char* serial : {"G-1", "G-2", "G-3"}) {
    v1::Piece& piece = rings.emplace_back();
    piece.set_article("ring");
    piece.set_serial(serial);
    piece.set_metal_mg(5'000);
    *piece.mutable_fineness() = FineAs(750'000);
  }
  const Statement made = Record(story.MakePieces("goldsmith", {Take(metal)}, rings));
  kept.ring = made.piece(0);
  kept.held_ring = made.piece(1);
  kept.sold_ring = made.piece(2);
  v1::PolicyRef policy;
  policy.set_policy_id("mercury-free");
  policy.set_version(1);
  policy.set_sha256(std::string(32, 's'));
  kept.ring_claim = Record(story.Claim("goldsmith", kept.ring, {policy}, ledger.size())).claim();
  Record(story.Hold("goldsmith", kept.held_ring));
  Record(story.Retire("goldsmith", kept.sold_ring, v1::Retire::KIND_SOLD_TO_CONSUMER));
}

// --- Honest events ------------------------------------------------------------------------------------------------------

namespace honest {
namespace {

/// The story goes on from the world's end, without telling the world.
template <typename Tell>
Said Next(const World& w, const char* by, Tell tell) {
  Story story = w.story;
  return {tell(story).event, {by}};
}

}  // namespace

Said Intake(const World& w) {
  return Next(w, "trader", [&](Story& s) {
    return s.Intake("trader", v1::Intake::DOOR_LARGE_SCALE_MINED,
                    {Metal(v1::FORM_DORE, 10'000, 900'000), Metal(v1::FORM_DORE, 20'000, 900'000)}, "PE");
  });
}
Said IntakeOfStock(const World& w) {
  Said said = Next(w, "keeper", [&](Story& s) {
    return s.Intake("keeper", v1::Intake::DOOR_EXISTING_STOCK, {Metal(v1::FORM_BAR, 30'000, 999'000)});
  });
  const auto keeper = Load<v1::PartyRecord>(w.ledger, w.story.PartyOf("keeper"));
  TS_CHECK(keeper.has_value());
  said.event.mutable_intake()->set_cut_off_at_us(keeper->recorded_at_us() - 1);
  said.event.mutable_intake()->set_attestation_id(w.kept.stock_count);
  return said;
}
Said Process(const World& w) {
  return Next(w, "washer", [&](Story& s) {
    return s.Process("washer", w.plant, {Take(w.kept.concentrate, 900'000)},
                     {Unassayed(v1::FORM_CONCENTRATE, 100'000)});
  });
}
Said ProcessOfSweeps(const World& w) {
  return Next(w, "washer", [&](Story& s) {
    return s.Process("washer", w.plant, {Take(w.kept.sweeps)}, {Metal(v1::FORM_DORE, 1'100, 900'000)});
  });
}
Said Sample(const World& w) {
  return Next(w, "north", [&](Story& s) { return s.Sample("north", w.dore, 1'000, "laboratory"); });
}
Said Pack(const World& w) {
  return Next(w, "north", [&](Story& s) { return s.Pack("north", {w.dore, w.second_dore}, "P-2"); });
}
Said Unpack(const World& w) {
  return Next(w, "north", [&](Story& s) { return s.Unpack("north", "P-1"); });
}
Said Hold(const World& w) {
  return Next(w, "north", [&](Story& s) { return s.Hold("north", w.dore); });
}
Said HoldOfPiece(const World& w) {
  return Next(w, "goldsmith", [&](Story& s) { return s.Hold("goldsmith", w.kept.ring); });
}
Said Dispute(const World& w) {
  return Next(w, "north", [&](Story& s) { return s.Dispute("north", w.kept.sealed); });
}
Said Release(const World& w) {
  return Next(w, "north", [&](Story& s) { return s.Release("north", w.kept.held); });
}
Said Stocktake(const World& w) {
  return Next(w, "keeper", [&](Story& s) {
    return s.Stocktake("keeper", w.kept.vault, {{w.kept.bar, 10'000}, {w.kept.grain, 20'001}});
  });
}
Said Import(const World& w) {
  return Next(w, "refiner", [&](Story& s) { return s.Import("refiner", {w.kept.sealed, w.kept.bare}, "CH"); });
}
Said Retire(const World& w) {
  return Next(w, "keeper", [&](Story& s) { return s.Retire("keeper", w.kept.bar, v1::Retire::KIND_LEFT_LEDGER); });
}
Said RetireOfPiece(const World& w) {
  return Next(w, "goldsmith",
              [&](Story& s) { return s.Retire("goldsmith", w.kept.ring, v1::Retire::KIND_MELTED_DOWN); });
}
Said Lose(const World& w) {
  return Next(w, "keeper", [&](Story& s) { return s.Lose("keeper", w.kept.grain, 5'000); });
}
Said Recall(const World& w) {
  return Next(w, "north", [&](Story& s) { return s.Recall("north", w.consumed); });
}

}  // namespace honest
}  // namespace touchstone::ledger
