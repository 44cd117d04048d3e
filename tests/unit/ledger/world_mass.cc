// What the world weighs, assays and accounts for, and honest events about it.
#include <string>
#include <utility>
#include <vector>

#include "ledger/state.h"
#include "tests/support/mass_story.h"
#include "tests/unit/ledger/rules.h"

namespace touchstone::ledger {

using namespace testing;  // NOLINT: the vocabulary of stories

namespace {

v1::Material ByXrf(uint64_t gross_mg) {
  v1::Material metal = Metal(v1::FORM_DORE, gross_mg, 900'000);
  *metal.mutable_fineness() = FineAs(900'000, v1::ASSAY_METHOD_XRF, 10'000);
  return metal;
}

}  // namespace

void World::Weighing() {
  Record(story.RegisterParty("caster", "CH", {v1::ROLE_REFINER}));
  weighed.refinery = Record(story.RegisterSite("Refinery", v1::RegisterSite::KIND_REFINERY, "caster", "CH")).site();
  const Statement metal = Record(story.Intake(
      "caster", v1::Intake::DOOR_RECYCLED,
      {Metal(v1::FORM_GRAIN, 50'000, 999'000), Metal(v1::FORM_GRAIN, 60'000, 999'000),
       Metal(v1::FORM_GRAIN, 10'000, 999'000), Metal(v1::FORM_GRAIN, 12'500'000, 999'000), ByXrf(1'000'000)}));
  weighed.grain = metal.lot(1);
  weighed.much_grain = metal.lot(3);
  weighed.kilo = metal.lot(4);
  const auto say = [this](v1::Event event) { return Record(story.Sign(std::move(event), {"caster"})); };
  weighed.campaign = AccountOf(say(Opening(v1::OpenAccount::KIND_MELT_CAMPAIGN, weighed.refinery)));
  say(ChargeOf(weighed.campaign, {Take(metal.lot(0))}));
  weighed.closed_bench = AccountOf(say(Opening(v1::OpenAccount::KIND_BENCH, weighed.refinery)));
  say(ChargeOf(weighed.closed_bench, {Take(metal.lot(2))}));
  say(ClosingOf(weighed.closed_bench, {Into(Metal(v1::FORM_GRAIN, 9'000, 999'000))}));
}

void World::Exchanging() {
  const auto exchange = [this](std::vector<uint64_t>& assays) {
    const std::string lot = Record(story.Produce("north", mine, {Metal(v1::FORM_DORE, 33'000, 900'000)})).lot();
    const auto assay = [&](v1::Assay::Standing standing, const char* by, uint32_t ppm) {
      assays.push_back(ledger.size());
      Record(story.Sign(AssayFor(standing, lot, FineAs(ppm)), {by}));
    };
    assay(v1::Assay::STANDING_SELLER, "north", 900'000);
    v1::Event lending = story.HandOver("north", "caster", {lot}).event;
    lending.mutable_hand_over()->set_rights(v1::TRANSFER_RIGHT_POSSESSION);
    Record(story.Sign(std::move(lending), {"caster", "north"}));
    assay(v1::Assay::STANDING_BUYER, "caster", 899'000);
    return lot;
  };
  std::vector<uint64_t> settled;
  weighed.assayed = exchange(weighed.assays);
  weighed.settled = exchange(settled);
  Record(
      story.Sign(Settlement(story, weighed.settled, FineAs(899'500), settled, "north", "caster"), {"caster", "north"}));
  weighed.settled_assays = settled;
}

void World::Yielding() {
  Record(story.RegisterParty("deep", "PE", {v1::ROLE_MINER}));
  v1::Event pit = story.RegisterSite("Deep pit", v1::RegisterSite::KIND_MINE, "deep", "PE").event;
  *pit.mutable_register_site()->add_registrants() = RegistrantCalled("Rosa");
  weighed.pit = Record(story.Sign(std::move(pit), {"registry"})).site();
  Record(AttestCapacity(story, "auditor", weighed.pit, GoldLimit(1'000'000, 30)));
  for (uint64_t i = 0; i < 5; ++i) {
    const std::string lot =
        Record(story.Produce("deep", weighed.pit, {Metal(v1::FORM_DORE, 1'000 + i, 900'000)})).lot();
    v1::Event assay = AssayFor(v1::Assay::STANDING_UNSPECIFIED, lot, FineAs(900'000));
    AddElement(assay, "Ag", 50'000);
    Record(story.Sign(std::move(assay), {"deep"}));
    weighed.dore = lot;
  }
}

}  // namespace touchstone::ledger
