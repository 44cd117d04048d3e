#include "cli/outbox.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>

#include "base/encoding.h"
#include "base/status.h"
#include "tests/support/story.h"
#include "tests/support/temp_dir.h"

namespace touchstone::cli {
namespace {

using touchstone::testing::Statement;
using touchstone::testing::Story;

/// The story's events after genesis, as an outbox in the order of `positions`.
std::string OutboxOf(const std::vector<Statement>& statements, const std::vector<size_t>& positions) {
  std::string text = "# a comment\n\n";
  for (const size_t position : positions) text += Base64Encode(statements[position].envelope) + "\n";
  return text;
}

std::vector<Statement> Road() {
  Story story;
  story.Genesis(touchstone::testing::KeyOf("log").public_key());
  return TellMineToRing(story).statements;
}

TEST(Outbox, GrowsByLinesThatAreReadBack) {
  touchstone::testing::TempDir folder;
  const std::string path = folder.File("june.events");
  const std::vector<Statement> road = Road();
  for (size_t i = 0; i < 3; ++i) ASSERT_TRUE(AppendToOutbox(path, road[i].envelope).ok());
  const absl::StatusOr<std::vector<OutboxEvent>> events = LoadOutbox(path);
  ASSERT_TRUE(events.ok()) << events.status();
  ASSERT_EQ(events->size(), 3u);
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ((*events)[i].line, i + 1);
    EXPECT_EQ((*events)[i].event_id, road[i].event_id);
    EXPECT_EQ((*events)[i].envelope_bytes, road[i].envelope);
    EXPECT_TRUE(MissingSigners((*events)[i]).empty());
  }
}

TEST(Outbox, NamesTheLineThatCarriesNoEvent) {
  const std::string good = Base64Encode(Road().front().envelope);
  v1::Event bodiless;
  bodiless.set_nonce("a nonce alone");
  v1::Envelope empty;
  empty.set_payload(bodiless.SerializeAsString());
  for (const std::string& bad :
       {std::string("?"), Base64Encode("no envelope"), Base64Encode(empty.SerializeAsString()), good + " "}) {
    const absl::Status status = ParseOutbox("# comment\n" + good + "\n" + bad + "\n").status();
    EXPECT_EQ(ReasonOf(status), "BAD_OUTBOX") << bad;
    EXPECT_EQ(FieldOf(status), "line 3") << bad;
  }
}

RC_GTEST_PROP(DependencyOrder, PutsEveryEventAfterThoseThatMakeWhatItNames, ()) {
  static const std::vector<Statement> road = Road();
  std::vector<size_t> positions(road.size());
  for (size_t i = 0; i < positions.size(); ++i) positions[i] = i;
  for (size_t i = positions.size(); i > 1; --i) std::swap(positions[i - 1], positions[*rc::gen::inRange<size_t>(0, i)]);
  const std::vector<OutboxEvent> events = *ParseOutbox(OutboxOf(road, positions));
  const std::vector<std::vector<size_t>> prerequisites = Prerequisites(events);
  const std::vector<size_t> order = DependencyOrder(prerequisites);
  RC_ASSERT(order.size() == events.size());
  std::vector<size_t> rank(order.size());
  for (size_t i = 0; i < order.size(); ++i) rank[order[i]] = i;
  for (size_t i = 0; i < events.size(); ++i) {
    for (const size_t needed : prerequisites[i]) RC_ASSERT(rank[needed] < rank[i]);
  }
}

TEST(DependencyOrder, KeepsAFileThatIsInOrderAsItIs) {
  const std::vector<Statement> road = Road();
  std::vector<size_t> positions(road.size());
  for (size_t i = 0; i < positions.size(); ++i) positions[i] = i;
  const std::vector<OutboxEvent> events = *ParseOutbox(OutboxOf(road, positions));
  EXPECT_EQ(DependencyOrder(Prerequisites(events)), positions);
}

TEST(DependencyOrder, LeavesACircleInTheOrderOfTheFile) {
  EXPECT_EQ(DependencyOrder({{1}, {0}, {}}), (std::vector<size_t>{2, 0, 1}));
}

TEST(Prerequisites, AreMakersOfThingsAndBringersOfKeys) {
  Story story;
  story.Genesis(touchstone::testing::KeyOf("log").public_key());
  std::vector<Statement> statements = story.Offices();
  statements.push_back(story.RegisterParty("north", "PE", {v1::ROLE_MINER}));
  const Statement site = story.RegisterSite("Mina Clara", v1::RegisterSite::KIND_MINE, "north", "PE");
  const Statement produced =
      story.Produce("north", site.site(), {touchstone::testing::Metal(v1::FORM_DORE, 1'000, 900'000)});
  const size_t party = statements.size() - 1;
  const std::vector<OutboxEvent> events = *ParseOutbox(OutboxOf({produced, statements[party], site}, {0, 1, 2}));
  EXPECT_EQ(Prerequisites(events), (std::vector<std::vector<size_t>>{{1, 2}, {}, {1}}));
}

}  // namespace
}  // namespace touchstone::cli
