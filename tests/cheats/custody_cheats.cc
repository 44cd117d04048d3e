// Gold sold twice, by who no longer has it, or in another bag; and statements repeated where they do not belong.
#include <cstdint>
#include <string>
#include <utility>

#include "tests/cheats/events.h"
#include "tests/cheats/stories.h"

namespace touchstone::cheats {

using namespace testing;  // NOLINT: the vocabulary of stories

// --- Sold twice -------------------------------------------------------------------------------------------------------

std::string TwoOffers(Stage& s, bool cheats) {
  const std::string lot = s.Dore("north", 100'000);
  const std::string other = s.Dore("north", 99'000);
  s.Say(s.story.Offer("north", {lot}, "refiner"));
  s.Say(s.story.Offer("north", {cheats ? lot : other}, "trader"));
  return "";
}

/// The refiner has the offer, and the trader stands at the gate.
std::string OfferAndHandOver(Stage& s, bool cheats) {
  const std::string lot = s.Dore("north", 100'000);
  const std::string other = s.Dore("north", 99'000);
  s.Say(s.story.Offer("north", {lot}, "refiner"));
  s.Say(s.story.HandOver("north", "trader", {cheats ? lot : other}));
  return "";
}

std::string AcceptOfAnother(Stage& s, bool cheats) {
  const std::string offer = s.Say(s.story.Offer("north", {s.Dore("north", 100'000)}, "refiner")).offer();
  s.Say(s.story.Accept(cheats ? "trader" : "refiner", offer));
  return "";
}

// --- One gram, two pieces ---------------------------------------------------------------------------------------------

namespace {

/// 100 g of refined gold that the jeweler holds and owns.
std::string JewelersBar(Stage& s) {
  const std::string dore = s.Dore("north", 112'000);
  s.Say(s.story.HandOver("north", "refiner", {dore}));
  const std::string bar = s.Say(s.story.Transform("refiner", v1::Transform::KIND_REFINE, {Take(dore)},
                                                  {Into(Metal(v1::FORM_BAR, 101'000, 995'000), "B-1")}))
                              .lot();
  s.Say(s.story.HandOver("refiner", "jeweler", {bar}));
  return bar;
}

}  // namespace

/// A second ring, a second certificate, the same metal.
std::string TwoPieces(Stage& s, bool cheats) {
  const std::string bar = JewelersBar(s);
  // Output 0 is the ring, 1 what is left of the bar.
  const std::string rest = s.Say(s.story.MakePieces("jeweler", {Take(bar, 5'000)}, {Ring("R-1", 5'000)})).lot(1);
  s.Say(s.story.MakePieces("jeweler", {Take(cheats ? bar : rest, 5'000)}, {Ring("R-2", 5'000)}));
  return "";
}

/// Metal for one ring and a bit becomes two rings at once; the bit is called silver.
std::string TwoPiecesInOneEvent(Stage& s, bool cheats) {
  const std::string bar = JewelersBar(s);
  v1::Event make = With(
      s.story.MakePieces("jeweler", {Take(bar, cheats ? 5'100 : 10'000)}, {Ring("R-1", 5'000), Ring("R-2", 5'000)}),
      [&](v1::Event& event) { event.mutable_make_piece()->set_added_non_gold_mg(cheats ? 4'900 : 0); });
  s.Say(std::move(make), {"jeweler"});
  return "";
}

/// Two jewelers who are friends sign that the bar went on to the second, after the first has made his ring of it.
std::string TwoJewelersByHandOver(Stage& s, bool cheats) {
  const std::string bar = JewelersBar(s);
  const std::string rest = s.Say(s.story.MakePieces("jeweler", {Take(bar, 5'000)}, {Ring("R-1", 5'000)})).lot(1);
  s.Say(s.story.HandOver("jeweler", "goldsmith", {cheats ? bar : rest}));
  return "";
}

/// The second jeweler just makes his ring of the first one's bar.
std::string TwoJewelersAtOneBar(Stage& s, bool cheats) {
  const std::string bar = JewelersBar(s);
  const std::string rest = s.Say(s.story.MakePieces("jeweler", {Take(bar, 5'000)}, {Ring("R-1", 5'000)})).lot(1);
  const std::string ours =
      s.Say(s.story.Transform("jeweler", v1::Transform::KIND_SPLIT, {Take(rest)},
                              {Into(Metal(v1::FORM_BAR, 48'000, 995'000)), Into(Metal(v1::FORM_BAR, 48'000, 995'000))}))
          .lot();
  if (!cheats) s.Say(s.story.HandOver("jeweler", "goldsmith", {ours}));
  s.Say(s.story.MakePieces("goldsmith", {Take(ours)}, {Ring("G-1", 48'000)}));
  return "";
}

// --- In transit -------------------------------------------------------------------------------------------------------

/// The carrier has opened the bag and closed it with a seal of his own.
std::string SealSwapped(Stage& s, bool cheats) {
  const std::string lot = s.Dore("north", 100'000);
  s.Say(Pack({lot}, "S-1001"), {"north"});
  const std::string offer = s.Say(s.story.Offer("north", {lot}, "refiner")).offer();
  s.Say(With(s.story.Accept("refiner", offer),
             [&](v1::Event& event) {
               *event.mutable_accept()->add_received() = Received(lot, 100'000, cheats ? "S-1002" : "S-1001");
             }),
        {"refiner"});
  return "";
}

namespace {

std::string ReceivedAs(Stage& s, uint64_t gross_mg) {
  const std::string lot = s.Dore("north", 311'035);
  s.Say(With(s.story.HandOver("north", "trader", {lot}),
             [&](v1::Event& event) { *event.mutable_hand_over()->add_received() = Received(lot, gross_mg); }),
        {"north", "trader"});
  return "";
}

}  // namespace

/// Ten troy ounces are booked in; the buyer's scale is set to the ounce of the kitchen, nine per cent lighter.
std::string OunceSlip(Stage& s, bool cheats) { return ReceivedAs(s, cheats ? 283'495 : 311'035); }

/// A decimal point in the buyer's favour.
std::string TenfoldSlip(Stage& s, bool cheats) { return ReceivedAs(s, cheats ? 31'103 : 311'035); }

// --- Lineage and custody ----------------------------------------------------------------------------------------------

/// A melt takes in a lot and what was made of that lot: the ancestor would be its own descendant's companion again.
std::string AncestorTakenInAgain(Stage& s, bool cheats) {
  const std::string dore = s.Dore("north", 100'000);
  const std::string other = s.Dore("north", 99'000);
  const std::string melt = s.Say(s.story.Transform("north", v1::Transform::KIND_MELT, {Take(dore)},
                                                   {Into(Metal(v1::FORM_DORE, 100'000, 900'000))}))
                               .lot();
  s.Say(s.story.Transform("north", v1::Transform::KIND_MELT, {Take(melt), Take(cheats ? dore : other)},
                          {Into(Metal(v1::FORM_DORE, 199'000, 900'000))}));
  return "";
}

std::string PastCustodianOffers(Stage& s, bool cheats) {
  const std::string lot = s.Dore("north", 100'000);
  const std::string kept = s.Dore("north", 99'000);
  s.Say(s.story.HandOver("north", "refiner", {lot}));
  s.Say(s.story.Offer("north", {cheats ? lot : kept}, "trader"));
  return "";
}

std::string PastCustodianWorks(Stage& s, bool cheats) {
  const std::string lot = s.Dore("north", 100'000);
  const std::string kept = s.Dore("north", 100'000);
  s.Say(s.story.HandOver("north", "refiner", {lot}));
  s.Say(s.story.Transform("north", v1::Transform::KIND_MELT, {Take(cheats ? lot : kept)},
                          {Into(Metal(v1::FORM_DORE, 100'000, 900'000))}));
  return "";
}

// --- Replays ----------------------------------------------------------------------------------------------------------

/// A registrar who serves two ledgers registered a party on one of them; the party brings that statement to the other,
/// where he never would have.
std::string ReplayOnAnotherLedger(Stage& s, bool cheats) {
  if (!cheats) {
    s.Say(s.story.RegisterParty("newcomer", "PE", {v1::ROLE_REFINER}));
    return "";
  }
  Stage elsewhere;
  s.Say(elsewhere.Say(elsewhere.story.RegisterParty("newcomer", "PE", {v1::ROLE_REFINER})));
  return "";
}

/// The buyer's telephone was copied: the copy goes on where the original was copied, and says other things.
std::string ReplayFromAClone(Stage& s, bool cheats) {
  const auto count = [&](uint64_t counter, const crypto::Hash* previous, uint64_t gross_mg) {
    return s.Say(With(s.story.Produce("north", s.north.site, {Metal(v1::FORM_DORE, gross_mg, 900'000)}),
                      [&](v1::Event& event) {
                        event.mutable_device()->set_counter(counter);
                        if (previous != nullptr) {
                          event.mutable_device()->set_previous_event_id(std::string(previous->view()));
                        }
                      }),
                 {"north"});
  };
  const Statement first = count(1, nullptr, 100'000);
  const Statement second = count(2, &first.event_id, 101'000);
  count(cheats ? 2 : 3, cheats ? &first.event_id : &second.event_id, 102'000);
  return "";
}

}  // namespace touchstone::cheats
