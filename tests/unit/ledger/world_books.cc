// What the world exchanges, works and measures besides, and honest events about it.
#include <string>
#include <utility>
#include <vector>

#include "tests/support/mass_story.h"
#include "tests/unit/ledger/rules.h"

namespace touchstone::ledger {

using namespace testing;  // NOLINT: the vocabulary of stories

namespace {

constexpr int64_t kDayUs = int64_t{24} * 3600 * 1'000'000;

v1::Event Possession(v1::Event event) {
  event.mutable_hand_over()->set_rights(v1::TRANSFER_RIGHT_POSSESSION);
  return event;
}

}  // namespace

void World::Books() {
  Record(story.RegisterParty("arbiter", "CH", {v1::ROLE_ASSAY_LABORATORY}));
  Record(story.Accredit("arbiter", {v1::SCOPE_ASSAY_LABORATORY}));
  Record(story.RegisterParty("wester", "PE", {v1::ROLE_MINER}));
  BookAccounts();
  BookAssays();
  BookOutput();
}

void World::BookAccounts() {
  books.works = Record(story.RegisterSite("Works", v1::RegisterSite::KIND_REFINERY, "refiner", "CH")).site();
  const auto say = [this](v1::Event event) { return Record(story.Sign(std::move(event), {"refiner"})); };
  const auto open = [&](v1::OpenAccount::Kind kind) { return AccountOf(say(Opening(kind, books.works))); };
  const auto take_in = [this](uint64_t gross_mg) {
    return Record(story.Intake("refiner", v1::Intake::DOOR_RECYCLED, {Metal(v1::FORM_SCRAP, gross_mg, 900'000)})).lot();
  };
  books.circuit = open(v1::OpenAccount::KIND_REFINING_CIRCUIT);
  books.pool = open(v1::OpenAccount::KIND_METAL_POOL);
  books.fresh = open(v1::OpenAccount::KIND_REFINING_CIRCUIT);
  books.scrap = take_in(100'000);
  books.heap = take_in(14'000'000);
  books.sweeps = Record(story.Intake("refiner", v1::Intake::DOOR_RECYCLED, {Unassayed(v1::FORM_SWEEPS, 10'000)})).lot();
  const std::string norths = Record(story.Produce("north", mine, {Metal(v1::FORM_DORE, 41'000, 900'000)})).lot();
  Record(story.Sign(Possession(story.HandOver("north", "refiner", {norths}).event), {"north", "refiner"}));
  say(ChargeOf(books.circuit, {Take(take_in(100'000))}));
  books.lent = say(ChargeOf(books.pool, {Take(take_in(100'000)), Take(norths, 20'000)})).lot();
}

void World::BookAssays() {
  const auto lend = [this] {
    const std::string lot = Record(story.Produce("north", mine, {Metal(v1::FORM_DORE, 60'000, 900'000)})).lot();
    const std::string made = Record(story.Transform("north", v1::Transform::KIND_MELT, {Take(lot)},
                                                    {Into(Metal(v1::FORM_DORE, 60'000, 900'000))}))
                                 .lot();
    Record(story.Sign(Possession(story.HandOver("north", "refiner", {made}).event), {"north", "refiner"}));
    return made;
  };
  const auto assay = [this](v1::Assay::Standing standing, const std::string& lot, uint32_t ppm, const char* by) {
    Record(story.Sign(AssayFor(standing, lot, FineAs(ppm)), {by}));
    return ledger.size() - 1;
  };
  books.exchanged = lend();
  books.agreed = {assay(v1::Assay::STANDING_SELLER, books.exchanged, 899'000, "laboratory"),
                  assay(v1::Assay::STANDING_BUYER, books.exchanged, 898'000, "refiner")};
  books.contested = lend();
  books.disputed = {assay(v1::Assay::STANDING_SELLER, books.contested, 899'000, "laboratory"),
                    assay(v1::Assay::STANDING_BUYER, books.contested, 890'000, "refiner"),
                    assay(v1::Assay::STANDING_UMPIRE, books.contested, 895'000, "arbiter")};
}

void World::BookOutput() {
  v1::Event site = story.RegisterSite("Watched adit", v1::RegisterSite::KIND_MINE, "wester", "PE").event;
  *site.mutable_register_site()->add_registrants() = RegistrantCalled("ana");
  books.watched = Record(story.Sign(std::move(site), {"registry"})).site();
  v1::Event long_ago = story.Produce("wester", books.watched, {Metal(v1::FORM_DORE, 1'000, 900'000)}).event;
  v1::Produce& produce = *long_ago.mutable_produce();
  produce.set_period_from_us(produce.period_from_us() - 200 * kDayUs);
  produce.set_period_until_us(produce.period_until_us() - 200 * kDayUs);
  *produce.mutable_registrant() = RegistrantCalled("ana");
  Record(story.Sign(std::move(long_ago), {"wester"}));
  books.watched_dore = Record(story.Produce("wester", books.watched, {Metal(v1::FORM_DORE, 2'000, 900'000)})).lot();
}

// --- Honest events ------------------------------------------------------------------------------------------------------

namespace honest {
namespace {

/// The story goes on from the world's end, without telling the world.
Said Next(const World& w, v1::Event event, const std::vector<std::string>& by) {
  Story told = w.story;
  return {told.Sign(std::move(event), by).event, by};
}

v1::Output Grain(uint64_t gross_mg) { return Into(Metal(v1::FORM_GRAIN, gross_mg, 999'000)); }

}  // namespace

Said UmpiresAssay(const World& w) {
  return Next(w, AssayFor(v1::Assay::STANDING_UMPIRE, w.books.exchanged, FineAs(899'500)), {"arbiter"});
}
Said Settle(const World& w) {
  return Next(w, Settlement(w.story, w.books.exchanged, FineAs(898'500), w.books.agreed, "north", "refiner"),
              {"north", "refiner"});
}
Said SettleByUmpire(const World& w) {
  return Next(w, Settlement(w.story, w.books.contested, FineAs(895'000), w.books.disputed, "north", "refiner"),
              {"north", "refiner"});
}
Said OpenAccount(const World& w) {
  return Next(w, Opening(v1::OpenAccount::KIND_REFINING_CIRCUIT, w.books.works), {"refiner"});
}
Said Charge(const World& w) { return Next(w, ChargeOf(w.books.circuit, {Take(w.books.scrap, 60'000)}), {"refiner"}); }
Said Discharge(const World& w) { return Next(w, DischargeOf(w.books.circuit, {Grain(50'000)}), {"refiner"}); }
Said CloseAccount(const World& w) { return Next(w, ClosingOf(w.books.circuit, {Grain(90'000)}), {"refiner"}); }
Said ProduceWatched(const World& w) {
  Story told = w.story;
  const std::vector<v1::Material> dore = {Metal(v1::FORM_DORE, 10'000, 900'000)};
  return {told.Produce("wester", w.books.watched, dore).event, {"wester"}};
}

}  // namespace honest
}  // namespace touchstone::ledger
