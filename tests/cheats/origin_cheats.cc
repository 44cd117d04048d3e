// The doors by which gold enters without a mine, and what is carried through the wrong one.
#include <string>
#include <utility>

#include "tests/cheats/events.h"
#include "tests/cheats/stories.h"

namespace touchstone::cheats {

using namespace testing;  // NOLINT: the vocabulary of stories

/// Fresh doré is booked in as old jewelry.
std::string DoreAsScrap(Stage& s, bool cheats) {
  s.Say(Intake(v1::Intake::DOOR_RECYCLED, Metal(cheats ? v1::FORM_DORE : v1::FORM_SCRAP, 100'000, 900'000)),
        {"trader"});
  return "";
}

/// It was remelted to look like scrap; the mercury in it is still that of a retort.
std::string DoreMeltedToScrap(Stage& s, bool cheats) {
  const std::string scrap =
      s.Say(Intake(v1::Intake::DOOR_RECYCLED, Metal(v1::FORM_SCRAP, 100'000, 900'000)), {"trader"}).lot();
  s.Say(Assay(scrap, 900'000, v1::Assay::STANDING_BUYER, {{"Hg", cheats ? 600 : 10}}), {"laboratory"});
  return "";
}

namespace {

/// What a trader says that it held before it joined, counted by the inspector.
v1::Event Stock(Stage& s, int64_t cut_off_at_us) {
  const std::string count =
      s.Say(Attestation(s.story, v1::SCOPE_CHAIN_OF_CUSTODY, s.story.PartyOf("trader")), {"inspector"}).attestation();
  v1::Event event = Intake(v1::Intake::DOOR_EXISTING_STOCK, Metal(v1::FORM_BAR, 500'000, 995'000));
  event.mutable_intake()->set_cut_off_at_us(cut_off_at_us);
  event.mutable_intake()->set_attestation_id(count);
  return event;
}

}  // namespace

/// Four months after it joined a trader finds another half kilogram that it always had.
std::string StockDeclaredLate(Stage& s, bool cheats) {
  const int64_t before_us = kStoryStartUs - 30 * kDayUs;
  s.PassDays(cheats ? 120 : 60);
  s.Say(Stock(s, before_us), {"trader"});
  return "";
}

/// It is declared in time, and was bought after it joined.
std::string StockCutOffLate(Stage& s, bool cheats) {
  const int64_t before_us = kStoryStartUs - 30 * kDayUs;
  s.PassDays(40);
  s.Say(Stock(s, cheats ? s.story.now_us() - 10 * kDayUs : before_us), {"trader"});
  return "";
}

}  // namespace touchstone::cheats
