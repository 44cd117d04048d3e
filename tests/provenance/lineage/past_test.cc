// A history that is read otherwise again and again: at every size its answers are noted, and asked for when it is over.
#include "ledger/past.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "ledger/descent.h"
#include "ledger/lineage.h"
#include "ledger/state.h"
#include "tests/support/answers.h"
#include "tests/support/memory_ledger.h"
#include "tests/support/revisions.h"
#include "tests/support/story.h"

namespace touchstone::ledger {
namespace {

using namespace testing;  // NOLINT: the vocabulary of stories

v1::PolicyRef RefTo(const Policy& policy) {
  v1::PolicyRef ref;
  ref.set_policy_id(policy.pack.id());
  ref.set_version(policy.pack.version());
  ref.set_sha256(std::string(policy.sha256.view()));
  return ref;
}

constexpr auto kUsed = [](v1::Event& e) { e.mutable_produce()->set_mercury_use(v1::MERCURY_USE_USED); };

/// The road from two mines to a ring with a claim; what is said from then on is answered about after every entry.
class PastTest : public ::testing::Test {
 protected:
  PastTest() {
    ledger.Record(story.Genesis(KeyOf("log").public_key()));
    road = TellMineToRing(story);
    ledger.RecordAll(road.statements);
    asked = {road.ring, road.bar, road.melt, road.first_lot, road.second_lot};
    std::vector<v1::PolicyRef> refs;
    for (const Policy* policy : AnsweredPacks()) refs.push_back(RefTo(*policy));
    asked.push_back(Say(story.Claim("jeweler", road.ring, refs, ledger.size())).claim());
  }

  Statement Say(Statement statement) {
    ledger.Record(statement);
    for (const std::string& id : asked) given.push_back({ledger.size(), id, AnswersOn(ledger, id, kStoryStartUs)});
    return statement;
  }
  const Statement& Told(const std::string& lot_id) {
    return *std::find_if(road.statements.begin(), road.statements.end(),
                         [&](const Statement& s) { return s.event.has_produce() && s.lot() == lot_id; });
  }
  std::string FirstAttestation() {
    for (const Statement& statement : road.statements) {
      if (statement.event.has_attest()) return statement.attestation();
    }
    return "";
  }
  void ExpectAnsweredAlikeNow() {
    for (const auto& [size, id, answer] : given) {
      ASSERT_EQ(AnswersAsOf(ledger, size, id, kStoryStartUs), answer) << id << " as of " << size;
    }
  }

  struct Given {
    uint64_t size;
    std::string id;
    std::string answer;
  };

  Story story;
  MemoryLedger ledger;
  MineToRing road;
  std::vector<std::string> asked;
  std::vector<Given> given;
};

TEST_F(PastTest, AnswersAsBeforeAnnulmentDistrustCorrectionVoidHoldAndRelease) {
  Say(story.Hold("jeweler", road.ring));
  Say(story.Dispute("north", road.bar));
  Say(story.Release("jeweler", road.ring));
  Say(story.Release("north", road.bar));
  Say(story.EndAttestation("inspector", FirstAttestation(), v1::END_CAUSE_WITHDRAWN));
  Say(story.EndAttestation("inspector", FirstAttestation(), v1::END_CAUSE_ANNULLED, kStoryStartUs));
  Say(Correct(ledger, story, Told(road.first_lot), {"north"}, kUsed));
  const Statement more = Say(story.Produce("north", road.mine_site, {Metal(v1::FORM_DORE, 10'000, 900'000)}));
  asked.push_back(more.lot());
  const Statement melt = Say(story.Transform("north", v1::Transform::KIND_MELT, {Take(more.lot(), 4'000)},
                                             {Into(Metal(v1::FORM_DORE, 4'000, 900'000))}));
  asked.push_back(melt.lot(0));
  asked.push_back(melt.lot(1));
  Say(Void(ledger, story, melt, {"north"}));
  Say(story.HandOver("north", "refiner", {more.lot()}));
  Say(story.DistrustKey("south", 1));
  Say(story.SuspendParty("refiner"));
  std::vector<std::string> answers;
  for (const Given& one : given) answers.push_back(one.answer);
  std::sort(answers.begin(), answers.end());
  // Each of these entries changed what is said of something.
  EXPECT_GT(std::unique(answers.begin(), answers.end()) - answers.begin(), 30);
  ExpectAnsweredAlikeNow();
}

TEST_F(PastTest, KnowsNothingOfWhatWasNotThereYet) {
  const uint64_t before = IndexOf(ledger, Told(road.first_lot));
  const auto past = Past::Open(ledger, before, {.ids = {road.first_lot, road.ring}});
  ASSERT_TRUE(past.ok()) << past.status();
  EXPECT_EQ((*past)->size(), before);
  EXPECT_EQ(ReasonOf(TraceUpstream(**past, road.first_lot, 0).status()), "UNKNOWN_SUBJECT");
  EXPECT_EQ(ReasonOf(TraceUpstream(**past, road.ring, 0).status()), "UNKNOWN_SUBJECT");
}

TEST_F(PastTest, FollowsASiteAsItsProductionsReadThen) {
  const Statement& told = Told(road.first_lot);
  const v1::Produce& produce = told.event.produce();
  const uint64_t before = ledger.size();
  const auto found_then = TraceDownstream(
      ledger, *LotsProducedAt(ledger, road.mine_site, produce.period_from_us(), produce.period_until_us()), 0);
  ASSERT_GT(found_then->size(), 3U);
  // The production is read as one of an earlier day now, outside the period that is asked about.
  constexpr int64_t kDayUs = int64_t{86'400} * 1'000'000;
  Say(Correct(ledger, story, told, {"north", "refiner"}, [](v1::Event& e) {
    e.mutable_produce()->set_period_from_us(e.produce().period_from_us() - 10 * kDayUs);
    e.mutable_produce()->set_period_until_us(e.produce().period_until_us() - 10 * kDayUs);
  }));
  EXPECT_TRUE(LotsProducedAt(ledger, road.mine_site, produce.period_from_us(), produce.period_until_us())->empty());
  const auto past = Past::Open(
      ledger, before,
      {.site_id = road.mine_site, .from_us = produce.period_from_us(), .until_us = produce.period_until_us()});
  ASSERT_TRUE(past.ok()) << past.status();
  const auto lots = LotsProducedAt(**past, road.mine_site, produce.period_from_us(), produce.period_until_us());
  ASSERT_TRUE(lots.ok()) << lots.status();
  const auto found_now = TraceDownstream(**past, *lots, 0);
  ASSERT_TRUE(found_now.ok()) << found_now.status();
  ASSERT_EQ(found_now->size(), found_then->size());
  for (size_t i = 0; i < found_now->size(); ++i) {
    EXPECT_EQ((*found_now)[i].node.id, (*found_then)[i].node.id);
    EXPECT_EQ((*found_now)[i].carried_ng, (*found_then)[i].carried_ng);
  }
}

}  // namespace
}  // namespace touchstone::ledger
