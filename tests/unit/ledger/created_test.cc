#include "ledger/created.h"

#include <gtest/gtest.h>

#include <variant>

#include "ledger/decide.h"
#include "ledger/envelope.h"
#include "ledger/view.h"
#include "tests/support/story.h"

namespace touchstone::ledger {
namespace {

using touchstone::testing::KeyOf;
using touchstone::testing::Statement;
using touchstone::testing::Story;

TEST(CreatedIds, AreThoseThatTheLedgerGives) {
  Story story;
  MemoryState state;
  std::vector<Statement> statements = {story.Genesis(KeyOf("log").public_key())};
  const touchstone::testing::MineToRing road = TellMineToRing(story);
  statements.insert(statements.end(), road.statements.begin(), road.statements.end());
  size_t created = 0;
  for (size_t index = 0; index < statements.size(); ++index) {
    const absl::StatusOr<SignedEvent> event = DecodeEnvelope(statements[index].envelope);
    ASSERT_TRUE(event.ok()) << event.status();
    const Decision decision = Decide(state, *event, {index, touchstone::testing::kStoryStartUs + 3'600'000'000});
    const auto* effects = std::get_if<Effects>(&decision);
    ASSERT_NE(effects, nullptr) << index;
    EXPECT_EQ(CreatedIds(event->event, event->event_id), effects->created_ids) << event->event.ShortDebugString();
    created += effects->created_ids.size();
    state.Apply(effects->state);
  }
  EXPECT_GT(created, 10u);
}

TEST(CreatedIds, NumberRemaindersAfterWhatIsDeclared) {
  v1::Event event;
  v1::MakePiece& make = *event.mutable_make_piece();
  make.add_inputs()->set_part_gross_mg(5);
  make.add_inputs();
  make.add_inputs()->set_part_gross_mg(7);
  make.add_pieces();
  make.add_leftovers();
  const crypto::Hash id = crypto::Sha256("an event");
  EXPECT_EQ(CreatedIds(event, id),
            (std::vector<std::string>{ObjectId(ObjectKind::kPiece, id, 0), ObjectId(ObjectKind::kLot, id, 1),
                                      ObjectId(ObjectKind::kLot, id, 2), ObjectId(ObjectKind::kLot, id, 3)}));
}

}  // namespace
}  // namespace touchstone::ledger
