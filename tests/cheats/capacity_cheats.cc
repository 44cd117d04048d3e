// Outside gold that is run through a mine's papers.
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "fmt/format.h"
#include "tests/cheats/events.h"
#include "tests/cheats/stories.h"

namespace touchstone::cheats {

using namespace testing;  // NOLINT: the vocabulary of stories

namespace {

constexpr uint64_t kKilogramMg = 1'000'000;

/// A production whose period ended `days_ago`; no two have the same mass.
v1::Event ProducedBefore(Stage& s, const std::string& miner, std::string_view site, uint64_t gross_mg, int days_ago) {
  return With(s.story.Produce(miner, site, {Metal(v1::FORM_DORE, gross_mg, 900'000)}), [&](v1::Event& event) {
    v1::Produce& produce = *event.mutable_produce();
    produce.set_period_from_us(produce.period_from_us() - days_ago * kDayUs);
    produce.set_period_until_us(produce.period_until_us() - days_ago * kDayUs);
  });
}

/// Lot `number` of twelve: 1.08 kg of fine gold together for the cheat, 0.72 kg for who keeps within a kilogram.
uint64_t OneOfTwelve(int number, bool cheats) {
  return (cheats ? 95'000 : 61'500) + static_cast<uint64_t>(number) * 1'000;
}

}  // namespace

std::string ManySmallLots(Stage& s, bool cheats) {
  s.Say(Capacity(s.story, s.north.site, kKilogramMg), {"inspector"});
  std::string lot;
  for (int i = 0; i < 12; ++i) {
    s.PassDays(2);
    lot = s.Dore("north", OneOfTwelve(i, cheats));
  }
  return lot;
}

/// The latest day is recorded first, the earliest last: no window that ends on the day of a record is ever full.
std::string ManySmallLotsToldBackwards(Stage& s, bool cheats) {
  s.Say(Capacity(s.story, s.north.site, kKilogramMg), {"inspector"});
  s.PassDays(25);
  std::string lot;
  for (int i = 0; i < 12; ++i) {
    lot = s.Say(ProducedBefore(s, "north", s.north.site, OneOfTwelve(i, cheats), 2 * i), {"north"}).lot();
  }
  return lot;
}

/// Concentrate whose gold nobody has determined is sold to a plant, and only there becomes doré.
std::string ManySmallLotsOfConcentrate(Stage& s, bool cheats) {
  s.Say(Capacity(s.story, s.north.site, kKilogramMg), {"inspector"});
  std::string lot;
  for (int i = 0; i < 12; ++i) {
    s.PassDays(2);
    const std::string concentrate =
        s.Say(s.story.Produce("north", s.north.site, {Unassayed(v1::FORM_CONCENTRATE, 2'000'000 + i * 10'000u)})).lot();
    s.Say(s.story.HandOver("north", "trader", {concentrate}));
    lot = s.Say(s.story.Transform("trader", v1::Transform::KIND_SMELT, {Take(concentrate)},
                                  {Into(Metal(v1::FORM_DORE, OneOfTwelve(i, cheats), 900'000))}))
              .lot();
  }
  return lot;
}

// --- Registrants ------------------------------------------------------------------------------------------------------

namespace {

constexpr int kRegistrants = 4;

v1::Withheld Registrant(int number) { return Secret(fmt::format("registrant {}", number)); }

/// A mine in whose name four registrants produce, each up to half a kilogram in 30 days.
std::string RegistrantsMine(Stage& s) {
  v1::Event site =
      With(s.story.RegisterSite("Shared hill", v1::RegisterSite::KIND_MINE, "north", "PE"), [](v1::Event& event) {
        v1::RegisterSite& body = *event.mutable_register_site();
        for (int i = 0; i < kRegistrants; ++i) *body.add_registrants() = Registrant(i);
        *body.mutable_registrant_limit() = FineLimit(kKilogramMg / 2);
      });
  const std::string id = s.Say(std::move(site), {"registry"}).site();
  s.Say(s.story.RegisterLicence(v1::LICENCE_KIND_TITLE, "north", {id}, "T hill", "PE"));
  s.Say(Capacity(s.story, id, kKilogramMg), {"inspector"});
  return id;
}

std::string ProducedFor(Stage& s, std::string_view site, int registrant, uint64_t gross_mg) {
  return s
      .Say(With(s.story.Produce("north", site, {Metal(v1::FORM_DORE, gross_mg, 900'000)}),
                [&](v1::Event& event) { *event.mutable_produce()->mutable_registrant() = Registrant(registrant); }),
           {"north"})
      .lot();
}

}  // namespace

/// Los Topos: the papers of four registrants, none of whom exceeds his own cap.
std::string SeveralRegistrants(Stage& s, bool cheats) {
  const std::string site = RegistrantsMine(s);
  std::string lot;
  for (int i = 0; i < kRegistrants; ++i) {
    s.PassDays(3);
    lot = ProducedFor(s, site, i, (cheats ? 295'000 : 195'000) + static_cast<uint64_t>(i) * 1'000);
  }
  return lot;
}

/// One registrant lends his papers to all that the hill yields, which the hill could.
std::string OneRegistrant(Stage& s, bool cheats) {
  const std::string site = RegistrantsMine(s);
  std::string lot;
  for (int i = 0; i < kRegistrants; ++i) {
    s.PassDays(3);
    lot = ProducedFor(s, site, cheats ? 0 : i, 195'000 + static_cast<uint64_t>(i) * 1'000);
  }
  return lot;
}

/// Nobody on the hill has more than his cap, since each lot is another's who is not on the list.
std::string UnknownRegistrants(Stage& s, bool cheats) {
  const std::string site = RegistrantsMine(s);
  std::string lot;
  for (int i = 0; i < kRegistrants; ++i) {
    s.PassDays(3);
    lot = ProducedFor(s, site, cheats ? kRegistrants + i : i, 195'000 + static_cast<uint64_t>(i) * 1'000);
  }
  return lot;
}

// --- Sites ------------------------------------------------------------------------------------------------------------

/// Each of two pits stays within what it can yield; the licence over both allows a kilogram.
std::string TwoSitesOnOneLicence(Stage& s, bool cheats) {
  std::vector<std::string> pits;
  for (const char* name : {"First pit", "Second pit"}) {
    pits.push_back(s.Say(s.story.RegisterSite(name, v1::RegisterSite::KIND_MINE, "north", "PE")).site());
    s.Say(Capacity(s.story, pits.back(), kKilogramMg), {"inspector"});
  }
  s.Say(With(s.story.RegisterLicence(v1::LICENCE_KIND_TITLE, "north", pits, "T pits", "PE"),
             [](v1::Event& event) { *event.mutable_register_licence()->mutable_limit() = FineLimit(kKilogramMg); }),
        {"registry"});
  std::string lot;
  for (int i = 0; i < 4; ++i) {
    s.PassDays(3);
    lot = s.Dore("north", (cheats ? 295'000 : 195'000) + static_cast<uint64_t>(i) * 1'000,
                 pits[static_cast<size_t>(i % 2)]);
  }
  return lot;
}

/// Two licences, two operators, and one owner, who can plausibly win a kilogram from all his mines.
std::string TwoDaughtersOfOneOwner(Stage& s, bool cheats) {
  const std::string owner = s.Say(s.story.RegisterParty("owner", "PE", {v1::ROLE_AGGREGATOR})).party();
  s.Say(Capacity(s.story, owner, kKilogramMg), {"inspector"});
  std::vector<Mine> mines;
  for (const char* daughter : {"daughter", "sister"}) {
    s.Say(s.story.Register(daughter, PartyWith(daughter, {v1::ROLE_MINER}, {owner}, {})));
    mines.push_back(s.OpenMine(daughter, fmt::format("Mine of {}", daughter), false));
  }
  std::string lot;
  for (int i = 0; i < 4; ++i) {
    s.PassDays(3);
    lot = s.Dore(i % 2 == 0 ? "daughter" : "sister", (cheats ? 295'000 : 195'000) + static_cast<uint64_t>(i) * 1'000,
                 mines[static_cast<size_t>(i % 2)].site);
  }
  return lot;
}

// --- Phantoms and second mines ----------------------------------------------------------------------------------------

/// A lot that exists on paper waits until gold for it is found. Of an honest one a laboratory has seen the gold.
std::string PhantomFilledLater(Stage& s, bool cheats) {
  const std::string lot = s.Dore("north", 100'000);
  s.PassDays(1);
  if (!cheats) s.Say(Assay(lot, 900'000, v1::Assay::STANDING_SELLER), {"laboratory"});
  s.PassDays(39);
  s.Say(s.story.HandOver("north", "refiner", {lot}));
  return "";
}

/// The phantom is split before anybody would ask for it: its halves are lots of that day.
std::string PhantomSplitMeanwhile(Stage& s, bool cheats) {
  const std::string lot = s.Dore("north", 100'000);
  s.PassDays(1);
  if (!cheats) s.Say(Assay(lot, 900'000, v1::Assay::STANDING_SELLER), {"laboratory"});
  s.PassDays(24);
  const Statement split = s.Say(
      s.story.Transform("north", v1::Transform::KIND_SPLIT, {Take(lot)},
                        {Into(Metal(v1::FORM_DORE, 60'000, 900'000)), Into(Metal(v1::FORM_DORE, 40'000, 900'000))}));
  s.PassDays(24);
  s.Say(s.story.HandOver("north", "refiner", {split.lot(0)}));
  return "";
}

/// It waits in a work account, where lots lose their names.
std::string PhantomInAnAccount(Stage& s, bool cheats) {
  const std::string plant =
      s.Say(s.story.RegisterSite("Plant", v1::RegisterSite::KIND_PROCESSING_PLANT, "north", "PE")).site();
  const std::string pool =
      s.Say(OpenAccount(v1::OpenAccount::KIND_MELT_CAMPAIGN, plant), {"north"}).Id(ledger::ObjectKind::kAccount);
  const std::string lot = s.Dore("north", 100'000);
  s.PassDays(1);
  if (!cheats) s.Say(Assay(lot, 900'000, v1::Assay::STANDING_SELLER), {"laboratory"});
  s.Say(Charge(pool, {Take(lot)}), {"north"});
  s.PassDays(60);
  const std::string out = s.Say(Discharge(pool, {Into(Metal(v1::FORM_DORE, 100'000, 900'000))}), {"north"}).lot();
  s.Say(s.story.HandOver("north", "refiner", {out}));
  return "";
}

/// The laboratory knows the silver of this mine's doré; the sixth lot is of another vein, or of another mine.
std::string SecondMineByItsImpurities(Stage& s, bool cheats) {
  for (int i = 0; i < 5; ++i) {
    s.PassDays(5);
    const std::string lot = s.Dore("north", 100'000 + static_cast<uint64_t>(i) * 1'000);
    s.Say(Assay(lot, 900'000, v1::Assay::STANDING_SELLER, {{"Ag", 80'000 + i * 500u}, {"Cu", 15'000}}), {"laboratory"});
  }
  s.PassDays(5);
  const std::string other = s.Dore("north", 106'000);
  s.Say(Assay(other, 900'000, v1::Assay::STANDING_SELLER, {{"Ag", cheats ? 21'000 : 84'000}, {"Cu", 15'000}}),
        {"laboratory"});
  return "";
}

/// A mine that has brought 90 g of fine gold every ten days for half a year now brings as much every other day.
std::string SecondMineByItsOutput(Stage& s, bool cheats) {
  for (int i = 0; i < 16; ++i) {
    s.PassDays(10);
    s.Dore("north", 100'000 + static_cast<uint64_t>(i) * 1'000);
  }
  const int days = cheats ? 2 : 10;
  for (int i = 0; i < 30 / days; ++i) {
    s.PassDays(days);
    s.Dore("north", 117'000 - static_cast<uint64_t>(i) * 1'000);
  }
  return "";
}

/// The papers of a mine that has slept for seven months wake for one good day.
std::string SleepingMineWakes(Stage& s, bool cheats) {
  uint64_t mass_mg = 300'000;
  const auto produce = [&] { s.Dore("north", mass_mg += 1'000); };
  produce();
  for (int i = 0; i < 21; ++i) {
    s.PassDays(10);
    if (!cheats) produce();
  }
  s.PassDays(10);
  produce();
  return "";
}

}  // namespace touchstone::cheats
