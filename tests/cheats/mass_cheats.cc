// Gold that comes from nowhere, and gold that goes nowhere.
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tests/cheats/events.h"
#include "tests/cheats/stories.h"

namespace touchstone::cheats {

using namespace testing;  // NOLINT: the vocabulary of stories

/// 100 g at 900 come out at 905: the scale shows nothing, half a gram of dirty gold is in it.
std::string GainInAMelt(Stage& s, bool cheats) {
  const std::string dore = s.Dore("north", 100'000);
  s.Say(s.story.Transform("north", v1::Transform::KIND_MELT, {Take(dore)},
                          {Into(Metal(v1::FORM_DORE, 100'000, cheats ? 905'000 : 900'000))}));
  return "";
}

/// The melt itself says nothing of fineness, and a friendly laboratory does.
std::string GainFoundByTheAssay(Stage& s, bool cheats) {
  const std::string dore = s.Dore("north", 100'000);
  const std::string melt = s.Say(s.story.Transform("north", v1::Transform::KIND_MELT, {Take(dore)},
                                                   {Into(Unassayed(v1::FORM_DORE, 100'000))}))
                               .lot();
  s.Say(s.story.Assay("laboratory", melt, FineAs(cheats ? 905'000 : 900'000)));
  return "";
}

namespace {

v1::Fineness ByXrf(uint32_t ppm) { return FineAs(ppm, v1::ASSAY_METHOD_XRF, 10'000); }

/// A dozen lots at 900 of the refiner's, measured by X-rays.
std::vector<v1::Material> Bought() {
  std::vector<v1::Material> bought;
  for (uint64_t i = 0; i < 12; ++i) {
    v1::Material dore = Unassayed(v1::FORM_DORE, 100'000 + i * 500);
    *dore.mutable_fineness() = ByXrf(900'000);
    bought.push_back(dore);
  }
  return bought;
}

std::vector<std::string> Buy(Stage& s, const std::vector<v1::Material>& bought) {
  const Statement produced = s.Say(s.story.Produce("north", s.north.site, bought));
  std::vector<std::string> lots;
  for (uint32_t i = 0; i < bought.size(); ++i) lots.push_back(produced.lot(i));
  s.Say(s.story.HandOver("north", "refiner", lots));
  return lots;
}

/// One melt a week. Each is found two permille above what went in, or, if fair, below and above in turn.
std::string MeltAll(Stage& s, const std::vector<std::string>& lots, std::vector<v1::Material> out, bool fair) {
  std::string melt;
  for (size_t i = 0; i < lots.size(); ++i) {
    s.PassDays(7);
    *out[i].mutable_fineness() = ByXrf(!fair || i % 2 == 1 ? 902'000 : 898'000);
    melt = s.Say(s.story.Transform("refiner", v1::Transform::KIND_MELT, {Take(lots[i])}, {Into(out[i])})).lot();
  }
  return melt;
}

}  // namespace

/// A dozen melts in 80 days, each a little richer than what went in: far within what the instrument may err. The honest
/// refiner's instrument errs as much, up and down.
std::string SmallGains(Stage& s, bool cheats) {
  const std::vector<v1::Material> bought = Bought();
  return MeltAll(s, Buy(s, bought), bought, !cheats);
}

/// As much gold was declared stolen before, so that the sum seems to come out even.
std::string SmallGainsAfterATheft(Stage& s, bool cheats) {
  const std::vector<v1::Material> bought = Bought();
  const std::vector<std::string> lots = Buy(s, bought);
  const std::string stolen = s.Dore("south", 10'000);
  s.Say(s.story.HandOver("south", "refiner", {stolen}));
  s.Say(s.story.Lose("refiner", stolen));
  return MeltAll(s, lots, bought, !cheats);
}

/// A kilogram is melted by one after the other, seven tenths of a gram richer each time: less than a permille of what
/// each of them works, and within his assays. The honest ones find as much more as less.
std::string SmallGainsFromHandToHand(Stage& s, bool cheats) {
  std::string lot = s.Dore("north", 1'000'000);
  std::string holder = "north";
  uint32_t ppm = 900'000;
  for (const char* next : {"trader", "refiner", "jeweler"}) {
    ppm += cheats || ppm == 900'000 ? 700 : -700;
    s.Say(s.story.HandOver(holder, next, {lot}));
    holder = next;
    lot = s.Say(s.story.Transform(holder, v1::Transform::KIND_MELT, {Take(lot)},
                                  {Into(Metal(v1::FORM_DORE, 1'000'000, ppm))}))
              .lot();
  }
  return lot;
}

/// Scrap at 10 permille, measured by an instrument that may err by as much.
std::string GainOfPoorMetal(Stage& s, bool cheats) {
  const auto poor = [](v1::Form form, uint32_t ppm) {
    v1::Material material = Unassayed(form, 100'000);
    *material.mutable_fineness() = ByXrf(ppm);
    return material;
  };
  const std::string scrap = s.Say(Intake(v1::Intake::DOOR_RECYCLED, poor(v1::FORM_SCRAP, 10'000)), {"refiner"}).lot();
  s.Say(s.story.Transform("refiner", v1::Transform::KIND_MELT, {Take(scrap)},
                          {Into(poor(v1::FORM_ALLOY, cheats ? 15'000 : 10'000))}));
  return "";
}

/// The mine said 900, and says 800 once the gold of it is in a melt at 900.
std::string GainByLessGoingIn(Stage& s, bool cheats) {
  const Statement produced = s.Say(s.story.Produce("north", s.north.site, {Metal(v1::FORM_DORE, 100'000, 900'000)}));
  const Statement melt = s.Say(s.story.Transform("north", v1::Transform::KIND_MELT, {Take(produced.lot())},
                                                 {Into(Metal(v1::FORM_DORE, 100'000, 900'000))}));
  const v1::Event replacement = With(produced, [&](v1::Event& event) {
    v1::Produce& produce = *event.mutable_produce();
    produce.set_shift("night");
    if (cheats) produce.mutable_outputs(0)->mutable_fineness()->set_ppm(800'000);
  });
  s.Say(Correct(s.IndexOf(produced), produced, replacement), {"north"});
  return melt.lot();
}

/// One gram in a hundred stays with the smelter, to be topped up with other gold later.
std::string Siphoning(Stage& s, bool cheats) {
  const std::string dore = s.Dore("north", 100'000);
  s.Say(s.story.Transform("north", v1::Transform::KIND_MELT, {Take(dore)},
                          {Into(Metal(v1::FORM_DORE, cheats ? 99'000 : 99'800, 900'000))}));
  return "";
}

/// Seller and buyer agree on the mean of two assays, one of which was shopped for: so far apart, an umpire decides.
std::string ShoppedSettlement(Stage& s, bool cheats) {
  const std::string dore = s.Say(s.story.Produce("north", s.north.site, {Unassayed(v1::FORM_DORE, 100'000)})).lot();
  const uint32_t sellers = cheats ? 912'000 : 901'000;
  const Statement seller = s.Say(Assay(dore, sellers, v1::Assay::STANDING_SELLER), {"laboratory"});
  s.Say(s.story.Offer("north", {dore}, "refiner"));
  const Statement buyer = s.Say(Assay(dore, 900'000, v1::Assay::STANDING_BUYER), {"assayer"});
  s.Say(Settle(s.story, dore, (900'000 + sellers) / 2, {s.IndexOf(seller), s.IndexOf(buyer)}, "north", "refiner"),
        {"north", "refiner"});
  return "";
}

/// The first laboratory says 900, and so the miner asks a second one.
std::string ShoppedAssay(Stage& s, bool cheats) {
  const std::string dore = s.Say(s.story.Produce("north", s.north.site, {Unassayed(v1::FORM_DORE, 100'000)})).lot();
  s.Say(Assay(dore, 900'000, v1::Assay::STANDING_SELLER), {"laboratory"});
  s.Say(Assay(dore, cheats ? 912'000 : 901'000, v1::Assay::STANDING_SELLER), {"assayer"});
  return "";
}

// --- Work accounts ----------------------------------------------------------------------------------------------------

namespace {

/// An account of the refiner's into which 100 g at 900 went.
std::string Charged(Stage& s, v1::OpenAccount::Kind kind) {
  const std::string site =
      s.Say(s.story.RegisterSite("Works", v1::RegisterSite::KIND_REFINERY, "refiner", "CH")).site();
  const std::string dore = s.Dore("north", 100'000);
  s.Say(s.story.HandOver("north", "refiner", {dore}));
  const std::string account = s.Say(OpenAccount(kind, site), {"refiner"}).Id(ledger::ObjectKind::kAccount);
  s.Say(Charge(account, {Take(dore)}), {"refiner"});
  return account;
}

}  // namespace

std::string OverdrawnAtOnce(Stage& s, bool cheats) {
  const std::string account = Charged(s, v1::OpenAccount::KIND_REFINING_CIRCUIT);
  s.Say(Discharge(account, {Into(Metal(v1::FORM_GRAIN, cheats ? 91'000 : 89'800, 1'000'000))}), {"refiner"});
  return "";
}

/// A pool holds the gold of two mines, and one of them is paid out with the other's.
std::string OverdrawnByOneOwner(Stage& s, bool cheats) {
  const std::string site =
      s.Say(s.story.RegisterSite("Works", v1::RegisterSite::KIND_REFINERY, "refiner", "CH")).site();
  const std::string pool =
      s.Say(OpenAccount(v1::OpenAccount::KIND_METAL_POOL, site), {"refiner"}).Id(ledger::ObjectKind::kAccount);
  for (const char* miner : {"north", "south"}) {
    const std::string dore = s.Dore(miner, 100'000);
    s.Say(With(s.story.HandOver(miner, "refiner", {dore}),
               [](v1::Event& event) { event.mutable_hand_over()->set_rights(v1::TRANSFER_RIGHT_POSSESSION); }),
          {miner, "refiner"});
    s.Say(Charge(pool, {Take(dore)}), {"refiner"});
  }
  v1::Event discharge = Discharge(pool, {Into(Metal(v1::FORM_GRAIN, cheats ? 120'000 : 89'900, 1'000'000))});
  discharge.mutable_discharge()->set_owner_party_id(s.story.PartyOf("north"));
  s.Say(std::move(discharge), {"refiner"});
  return "";
}

/// What was counted at the close comes out of the account too.
std::string OverdrawnAtItsClose(Stage& s, bool cheats) {
  const std::string account = Charged(s, v1::OpenAccount::KIND_MELT_CAMPAIGN);
  s.Say(Discharge(account, {Into(Metal(v1::FORM_GRAIN, 80'000, 1'000'000))}), {"refiner"});
  v1::Event close = CloseAccount(account);
  *close.mutable_close_account()->add_counted() = Into(Metal(v1::FORM_GRAIN, cheats ? 11'000 : 9'800, 1'000'000));
  s.Say(std::move(close), {"refiner"});
  return "";
}

namespace {

/// A bench that closed 1.8 g of fine gold short.
std::string ClosedShort(Stage& s) {
  const std::string account = Charged(s, v1::OpenAccount::KIND_BENCH);
  s.Say(Discharge(account, {Into(Metal(v1::FORM_ALLOY, 98'000, 900'000))}), {"refiner"});
  s.Say(CloseAccount(account), {"refiner"});
  return account;
}

}  // namespace

/// The floor gives back more than the bench lost: outside gold comes in with the broom.
std::string RichSweeps(Stage& s, bool cheats) {
  const std::string account = ClosedShort(s);
  s.Say(Discharge(account, {Into(Metal(v1::FORM_SWEEPS, 10'000, cheats ? 400'000 : 170'000))}), {"refiner"});
  return "";
}

/// The same broom comes twice.
std::string RichSweepsBitByBit(Stage& s, bool cheats) {
  const std::string account = ClosedShort(s);
  s.Say(Discharge(account, {Into(Metal(v1::FORM_SWEEPS, 10'000, 90'000))}), {"refiner"});
  s.Say(Discharge(account, {Into(Metal(v1::FORM_SWEEPS, 10'000, cheats ? 170'000 : 80'000))}), {"refiner"});
  return "";
}

/// The sweeps come back from the smelter after four months, when the loss is forgotten.
std::string RichSweepsMuchLater(Stage& s, bool cheats) {
  const std::string account = ClosedShort(s);
  s.PassDays(120);
  s.Say(Discharge(account, {Into(Metal(v1::FORM_SWEEPS, 10'000, cheats ? 400'000 : 170'000))}), {"refiner"});
  return "";
}

}  // namespace touchstone::cheats
