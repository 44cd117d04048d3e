// Mercury that is not spoken of.
#include <cstdint>
#include <string>

#include "tests/cheats/events.h"
#include "tests/cheats/stories.h"

namespace touchstone::cheats {

using namespace testing;  // NOLINT: the vocabulary of stories

namespace {

/// Doré of north and of south, merged by a trader. What south says of mercury is given.
std::string Merged(Stage& s, v1::MercuryUse souths) {
  const std::string clean = s.Dore("north", 900'000);
  const std::string other = s.Say(s.story.Produce("south", s.south.site, {Metal(v1::FORM_DORE, 100'000, 900'000)},
                                                  v1::PROCESS_ROUTE_GRAVITY, souths))
                                .lot();
  s.Say(s.story.HandOver("north", "trader", {clean}));
  s.Say(s.story.HandOver("south", "trader", {other}));
  return s
      .Say(s.story.Transform("trader", v1::Transform::KIND_MERGE, {Take(clean), Take(other)},
                             {Into(Metal(v1::FORM_DORE, 1'000'000, 900'000))}))
      .lot();
}

}  // namespace

/// A tenth of the lot comes from a mine that says nothing of mercury.
std::string UndeclaredMercuryMerged(Stage& s, bool cheats) {
  return Merged(s, cheats ? v1::MERCURY_USE_UNSPECIFIED : v1::MERCURY_USE_NOT_USED);
}

/// That mine lies, and the laboratory finds what retorting left.
std::string DeniedMercuryMerged(Stage& s, bool cheats) {
  const std::string merged = Merged(s, v1::MERCURY_USE_NOT_USED);
  s.Say(Assay(merged, 900'000, v1::Assay::STANDING_BUYER, {{"Ag", 80'000}, {"Hg", cheats ? 800 : 20}}), {"laboratory"});
  return merged;
}

namespace {

constexpr uint64_t kTonneMg = 1'000'000'000;

/// It works without mercury, as an inspector has seen.
std::string TradersPlant(Stage& s) {
  const std::string plant =
      s.Say(s.story.RegisterSite("Plant", v1::RegisterSite::KIND_PROCESSING_PLANT, "trader", "PE")).site();
  s.Say(s.story.Attest("inspector", v1::SCOPE_MERCURY_FREE_PROCESS, plant));
  return plant;
}

/// A trader buys the tailings of two mines and mixes them, ten tonnes. South amalgamated its ore before, or did not.
std::string MixedTailings(Stage& s, bool amalgamated) {
  const std::string clean =
      s.Say(s.story.Produce("north", s.north.site, {Ore(v1::FORM_TAILINGS, 9 * kTonneMg)}, v1::PROCESS_ROUTE_GRAVITY))
          .lot();
  const std::string other =
      s.Say(s.story.Produce("south", s.south.site, {Ore(v1::FORM_TAILINGS, kTonneMg)},
                            amalgamated ? v1::PROCESS_ROUTE_WHOLE_ORE_AMALGAMATION : v1::PROCESS_ROUTE_GRAVITY,
                            amalgamated ? v1::MERCURY_USE_USED : v1::MERCURY_USE_NOT_USED))
          .lot();
  s.Say(s.story.HandOver("north", "trader", {clean}));
  s.Say(s.story.HandOver("south", "trader", {other}));
  return s
      .Say(s.story.Transform("trader", v1::Transform::KIND_MERGE, {Take(clean), Take(other)},
                             {Into(Ore(v1::FORM_TAILINGS, 10 * kTonneMg))}))
      .lot();
}

/// He leaches gold out of them at his own plant.
std::string Leached(Stage& s, bool amalgamated, v1::ProcessRoute route) {
  const std::string plant = TradersPlant(s);
  const std::string mixed = MixedTailings(s, amalgamated);
  return s.Say(Process(s.story, plant, {Take(mixed)}, {Metal(v1::FORM_DORE, 30'000, 900'000)}, route), {"trader"})
      .lot();
}

}  // namespace

std::string TailingsLeached(Stage& s, bool cheats) {
  return Leached(s, cheats, v1::PROCESS_ROUTE_CYANIDATION_OF_TAILINGS);
}

/// The plant calls it the leaching of ore.
std::string TailingsLeachedAsOre(Stage& s, bool cheats) { return Leached(s, cheats, v1::PROCESS_ROUTE_CYANIDATION); }

/// It is concentrate that he leaches, and of tailings he says no more.
std::string TailingsConcentratedFirst(Stage& s, bool cheats) {
  const std::string plant = TradersPlant(s);
  const std::string mixed = MixedTailings(s, cheats);
  const std::string concentrate =
      s.Say(Process(s.story, plant, {Take(mixed)}, {Unassayed(v1::FORM_CONCENTRATE, 50'000'000)},
                    v1::PROCESS_ROUTE_GRAVITY),
            {"trader"})
          .lot();
  return s
      .Say(Process(s.story, plant, {Take(concentrate)}, {Metal(v1::FORM_DORE, 30'000, 900'000)},
                   v1::PROCESS_ROUTE_CYANIDATION),
           {"trader"})
      .lot();
}

}  // namespace touchstone::cheats
