// Words of those who may not speak: attestors with an interest or without an accreditation, and thieves of keys.
#include <string>
#include <utility>
#include <vector>

#include "tests/cheats/events.h"
#include "tests/cheats/stories.h"

namespace touchstone::cheats {

using namespace testing;  // NOLINT: the vocabulary of stories

// --- Attestors --------------------------------------------------------------------------------------------------------

/// A miner that is an accredited inspector too attests its own mine.
std::string AttestsItself(Stage& s, bool cheats) {
  s.Say(s.story.Accredit("north", {v1::SCOPE_MERCURY_FREE_PROCESS}));
  s.Say(Attestation(s.story, v1::SCOPE_MERCURY_FREE_PROCESS, cheats ? s.north.site : s.south.site), {"north"});
  return "";
}

/// Mine and inspectors are daughters of two holdings, and these of one.
std::string AttestsItsSister(Stage& s, bool cheats) {
  const auto holding = [&](const char* name, const std::vector<std::string>& owners) {
    return s.Say(s.story.Register(name, PartyWith(name, {v1::ROLE_AGGREGATOR}, owners, {}))).party();
  };
  const std::string family = holding("family", {});
  const std::string others = holding("others", {});
  const std::string mining = holding("mining", {family});
  const std::string consulting = holding("consulting", {cheats ? family : others});
  s.Say(s.story.Register("daughter", PartyWith("daughter", {v1::ROLE_MINER}, {mining}, {})));
  s.Say(s.story.Register("sister", PartyWith("sister", {v1::ROLE_INSPECTOR}, {consulting}, {})));
  const Mine mine = s.OpenMine("daughter", "Daughter's adit", false);
  s.Say(s.story.Accredit("sister", {v1::SCOPE_MERCURY_FREE_PROCESS}));
  s.Say(Attestation(s.story, v1::SCOPE_MERCURY_FREE_PROCESS, mine.site), {"sister"});
  return "";
}

/// No company stands between them: one man owns the holding of the mine, and, by his own name, the inspectors.
std::string AttestsItsSisterByOnePerson(Stage& s, bool cheats) {
  s.Say(s.story.Register("mining", PartyWith("mining", {v1::ROLE_AGGREGATOR}, {}, {"Don Ignacio"})));
  s.Say(s.story.Register("daughter", PartyWith("daughter", {v1::ROLE_MINER}, {s.story.PartyOf("mining")}, {})));
  s.Say(s.story.Register("sister",
                         PartyWith("sister", {v1::ROLE_INSPECTOR}, {}, {cheats ? "Don Ignacio" : "Doña Rosaura"})));
  const Mine mine = s.OpenMine("daughter", "Daughter's adit", false);
  s.Say(s.story.Accredit("sister", {v1::SCOPE_MERCURY_FREE_PROCESS}));
  s.Say(Attestation(s.story, v1::SCOPE_MERCURY_FREE_PROCESS, mine.site), {"sister"});
  return "";
}

std::string AttestsOutOfScope(Stage& s, bool cheats) {
  s.Say(s.story.RegisterParty("novice", "PE", {v1::ROLE_INSPECTOR}));
  s.Say(s.story.Accredit("novice", {v1::SCOPE_FORMALIZATION}));
  s.Say(Attestation(s.story, cheats ? v1::SCOPE_MERCURY_FREE_PROCESS : v1::SCOPE_FORMALIZATION, s.north.site),
        {"novice"});
  return "";
}

/// The accreditation is withdrawn; the inspector signs what he saw the day before, with that day's date.
std::string AttestsAfterWithdrawal(Stage& s, bool cheats) {
  s.Say(s.story.RegisterParty("novice", "PE", {v1::ROLE_INSPECTOR}));
  s.Say(s.story.Accredit("novice", {v1::SCOPE_FORMALIZATION}));
  s.PassDays(2);
  const v1::Event attest = Attestation(s.story, v1::SCOPE_FORMALIZATION, s.north.site);
  if (!cheats) s.Say(attest, {"novice"});
  s.PassDays(1);
  s.Say(s.story.EndAccreditation("novice", v1::SCOPE_FORMALIZATION, v1::END_CAUSE_WITHDRAWN));
  if (cheats) s.Say(attest, {"novice"});
  return "";
}

// --- Stolen keys ------------------------------------------------------------------------------------------------------

/// The owner of the key has a new one by now.
std::string StolenKeyAfterDistrust(Stage& s, bool cheats) {
  s.Say(s.story.AddKey("north", "north-2"));
  s.Say(DistrustKey("north", s.size()), {"registry"});
  const v1::Event produce = s.story.Produce("north", s.north.site, {Metal(v1::FORM_DORE, 100'000, 900'000)}).event;
  s.Say(produce, {cheats ? "north" : "north-2"});
  return "";
}

/// The thief saw it coming, and gave the party a key of his own while the stolen one was still good.
std::string KeyAddedByAStolenOne(Stage& s, bool cheats) {
  if (!cheats) s.Say(s.story.AddKey("north", "north-2"));
  const uint64_t stolen_from = s.size();
  if (cheats) s.Say(s.story.AddKey("north", "north-2"));
  s.Say(DistrustKey("north", stolen_from), {"registry"});
  const v1::Event produce = s.story.Produce("north", s.north.site, {Metal(v1::FORM_DORE, 100'000, 900'000)}).event;
  s.Say(produce, {"north-2"});
  return "";
}

/// Outside gold was declared as the victim's, with his key, and sold on before he noticed.
std::string StolenKeyBeforeItWasNoticed(Stage& s, bool cheats) {
  const uint64_t before = s.size();
  const std::string lot = s.Dore("north", 100'000);
  s.Say(s.story.HandOver("north", "refiner", {lot}));
  const std::string bar = s.Say(s.story.Transform("refiner", v1::Transform::KIND_REFINE, {Take(lot)},
                                                  {Into(Metal(v1::FORM_BAR, 90'200, 995'000), "B-1")}))
                              .lot();
  s.PassDays(3);
  s.Say(DistrustKey("north", cheats ? before : s.size()), {"registry"});
  return bar;
}

/// The victim's own gold was handed to a receiver, who sells it on once the theft is known.
std::string StolenLotMovesOn(Stage& s, bool cheats) {
  const std::string lot = s.Dore("north", 100'000);
  const uint64_t before = s.size();
  s.Say(s.story.HandOver("north", "trader", {lot}));
  s.PassDays(3);
  s.Say(DistrustKey("north", cheats ? before : s.size()), {"registry"});
  s.Say(s.story.Offer("trader", {lot}, "refiner"));
  return "";
}

}  // namespace touchstone::cheats
