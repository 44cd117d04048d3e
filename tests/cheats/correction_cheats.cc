// Corrections and voidings that would make the past better than it was.
#include <string>
#include <utility>
#include <vector>

#include "tests/cheats/events.h"
#include "tests/cheats/stories.h"

namespace touchstone::cheats {

using namespace testing;  // NOLINT: the vocabulary of stories

/// Ids are hashes of what makes a lot, so that no step can name its own descendant. A correction could try to.
std::string CycleByCorrection(Stage& s, bool cheats) {
  const std::string dore = s.Dore("north", 100'000);
  const auto melt = [&](const std::string& of) {
    return s.Say(s.story.Transform("north", v1::Transform::KIND_MELT, {Take(of)},
                                   {Into(Metal(v1::FORM_DORE, 100'000, 900'000))}));
  };
  const Statement first = melt(dore);
  const Statement second = melt(first.lot());
  const v1::Event replacement = With(first, [&](v1::Event& event) {
    event.mutable_transform()->set_reference("furnace 2");
    if (cheats) event.mutable_transform()->mutable_inputs(0)->set_lot_id(second.lot());
  });
  s.Say(Correct(s.IndexOf(first), first, replacement), {"north"});
  return "";
}

namespace {

Statement Produced(Stage& s, v1::MercuryUse use) {
  return s.Say(
      s.story.Produce("north", s.north.site, {Metal(v1::FORM_DORE, 100'000, 900'000)}, v1::PROCESS_ROUTE_GRAVITY, use));
}

v1::Event CorrectMercury(Stage& s, const Statement& produced, v1::MercuryUse use, std::string_view shift) {
  return Correct(s.IndexOf(produced), produced, With(produced, [&](v1::Event& event) {
                   event.mutable_produce()->set_mercury_use(use);
                   event.mutable_produce()->set_shift(std::string(shift));
                 }));
}

}  // namespace

/// Mercury was declared, the buyer has the lot, and the mine declares that there was none. With the buyer's signature
/// it may: he knows then what he has.
std::string MercuryErased(Stage& s, bool cheats) {
  const Statement produced = Produced(s, v1::MERCURY_USE_USED);
  s.Say(s.story.HandOver("north", "refiner", {produced.lot()}));
  v1::Event correct = CorrectMercury(s, produced, v1::MERCURY_USE_NOT_USED, "");
  s.Say(std::move(correct), cheats ? std::vector<std::string>{"north"} : std::vector<std::string>{"north", "refiner"});
  return "";
}

/// The mine declared that there was no mercury, confessed by a correction, and takes the confession back by another,
/// which says no better than the very first word did.
std::string ConfessionTakenBack(Stage& s, bool cheats) {
  const Statement produced = Produced(s, v1::MERCURY_USE_NOT_USED);
  s.Say(s.story.HandOver("north", "refiner", {produced.lot()}));
  s.Say(CorrectMercury(s, produced, v1::MERCURY_USE_USED, ""), {"north"});
  s.Say(CorrectMercury(s, produced, cheats ? v1::MERCURY_USE_NOT_USED : v1::MERCURY_USE_USED, "night"), {"north"});
  return "";
}

/// What cannot be corrected is declared never to have been; another lot has the same gold by now.
std::string ProductionVoided(Stage& s, bool cheats) {
  const Statement produced = Produced(s, v1::MERCURY_USE_USED);
  s.Say(s.story.HandOver("north", "refiner", {produced.lot()}));
  v1::Event event;
  event.mutable_void_()->set_event_index(s.IndexOf(produced));
  event.mutable_void_()->set_original(produced.event.SerializeAsString());
  event.mutable_void_()->set_reason("never happened");
  s.Say(std::move(event), cheats ? std::vector<std::string>{"north"} : std::vector<std::string>{"north", "refiner"});
  return "";
}

/// A registrar looks into a lot, whose miner voids it, and could enter the same gold as another.
std::string HeldProductionVoided(Stage& s, bool cheats) {
  const Statement produced = Produced(s, v1::MERCURY_USE_NOT_USED);
  if (cheats) s.Say(s.story.Hold("registry", produced.lot()));
  v1::Event event;
  event.mutable_void_()->set_event_index(s.IndexOf(produced));
  event.mutable_void_()->set_original(produced.event.SerializeAsString());
  event.mutable_void_()->set_reason("never happened");
  s.Say(std::move(event), {"north"});
  return "";
}

}  // namespace touchstone::cheats
