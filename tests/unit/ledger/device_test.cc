// What a device says of its own past, event by event.
#include "ledger/device.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "ledger/state.h"
#include "tests/support/memory_ledger.h"
#include "tests/support/story.h"

namespace touchstone::ledger {
namespace {

using namespace testing;  // NOLINT: the vocabulary of stories
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// A miner's phone, whose events are told in order and come in any.
struct Phone {
  Story story;
  MemoryLedger ledger;
  std::map<uint64_t, std::string> ids;  // by counter

  Phone() {
    ledger.Record(story.Genesis(KeyOf("log").public_key()));
    ledger.RecordAll(story.Offices());
    ledger.Record(story.RegisterParty("miner", "PE", {v1::ROLE_MINER}));
  }

  /// The phone's event of this number, which follows the one before it.
  Statement Tell(uint64_t counter) {
    v1::Event event = story.AddKey("miner", "key " + std::to_string(counter) + std::to_string(story.now_us())).event;
    event.mutable_device()->set_counter(counter);
    if (ids.count(counter - 1) != 0) event.mutable_device()->set_previous_event_id(ids.at(counter - 1));
    Statement statement = story.Sign(std::move(event), {"miner"});
    ids[counter] = std::string(statement.event_id.view());
    return statement;
  }
  /// It comes, and these are the codes found.
  std::vector<v1::FindingCode> Come(const Statement& statement) {
    std::vector<v1::FindingCode> codes;
    for (const v1::FindingRecord& finding : ledger.Record(statement).findings) {
      EXPECT_EQ(finding.subject_id(), story.PartyOf("miner"));
      codes.push_back(finding.code());
    }
    return codes;
  }
  v1::DeviceRecord Record() const {
    return *Load<v1::DeviceRecord>(ledger, std::string(KeyOf("miner").public_key().view()));
  }
};

TEST(Device, IsPlainWhenItsEventsComeInOrder) {
  Phone phone;
  for (uint64_t counter = 1; counter <= 3; ++counter) EXPECT_THAT(phone.Come(phone.Tell(counter)), IsEmpty());
  EXPECT_EQ(phone.Record().counter(), 3u);
  EXPECT_EQ(phone.Record().event_id(), phone.ids.at(3));
  EXPECT_THAT(phone.Record().missing(), IsEmpty());
}

TEST(Device, FillsItsGapsInAnyOrder) {
  Phone phone;
  std::vector<Statement> told;
  for (uint64_t counter = 1; counter <= 5; ++counter) told.push_back(phone.Tell(counter));
  EXPECT_THAT(phone.Come(told[0]), IsEmpty());
  EXPECT_THAT(phone.Come(told[4]), ElementsAre(v1::FINDING_CODE_DEVICE_GAP));
  EXPECT_THAT(phone.Record().missing(), ElementsAre(2, 3, 4));
  EXPECT_THAT(phone.Come(told[2]), IsEmpty());
  EXPECT_THAT(phone.Come(told[1]), IsEmpty());
  EXPECT_THAT(phone.Come(told[3]), IsEmpty());
  EXPECT_THAT(phone.Record().missing(), IsEmpty());
  EXPECT_EQ(phone.Record().event_id(), phone.ids.at(5));
  EXPECT_THAT(phone.Come(phone.Tell(6)), IsEmpty());
}

TEST(Device, ThatWasClonedIsFound) {
  Phone phone;
  phone.Come(phone.Tell(1));
  const Statement second = phone.Tell(2);
  const Statement clones_second = phone.Tell(2);
  const Statement third = phone.Tell(3);  // of the clone
  EXPECT_THAT(phone.Come(second), IsEmpty());
  EXPECT_THAT(phone.Come(clones_second), ElementsAre(v1::FINDING_CODE_DEVICE_FORKED));
  EXPECT_THAT(phone.Come(third), ElementsAre(v1::FINDING_CODE_DEVICE_FORKED));
}

TEST(Device, FillsAGapOnce) {
  Phone phone;
  const Statement first = phone.Tell(1);
  const Statement clones_first = phone.Tell(1);
  EXPECT_THAT(phone.Come(phone.Tell(2)), ElementsAre(v1::FINDING_CODE_DEVICE_GAP));
  EXPECT_THAT(phone.Come(first), IsEmpty());
  EXPECT_THAT(phone.Come(clones_first), ElementsAre(v1::FINDING_CODE_DEVICE_FORKED));
}

TEST(Device, IsNotAccusedOfWhatWasGivenUp) {
  Phone phone;
  std::vector<Statement> told;
  for (uint64_t counter = 1; counter <= 100; ++counter) told.push_back(phone.Tell(counter));
  EXPECT_THAT(phone.Come(told[99]), ElementsAre(v1::FINDING_CODE_DEVICE_GAP));
  EXPECT_EQ(phone.Record().missing_size(), 64);
  EXPECT_EQ(phone.Record().missing(0), 36u);
  EXPECT_EQ(phone.Record().given_up(), 35u);
  for (size_t i = 0; i < 99; ++i) EXPECT_THAT(phone.Come(told[i]), IsEmpty()) << i + 1;
  EXPECT_THAT(phone.Record().missing(), IsEmpty());
}

TEST(Device, GivesUpTheLowestOfSeveralGaps) {
  Phone phone;
  phone.Come(phone.Tell(11));
  phone.Come(phone.Tell(71));
  EXPECT_EQ(phone.Record().missing_size(), 64);
  EXPECT_EQ(phone.Record().given_up(), 5u);
  EXPECT_EQ(phone.Record().missing(0), 6u);
  phone.Come(phone.Tell(UINT64_MAX));
  EXPECT_EQ(phone.Record().given_up(), UINT64_MAX - 65);
  EXPECT_EQ(phone.Record().missing_size(), 64);
  EXPECT_THAT(phone.Come(phone.Tell(UINT64_MAX)), ElementsAre(v1::FINDING_CODE_DEVICE_FORKED));
}

TEST(Device, WhoseClockRanBackIsFoundButNotForAGap) {
  Phone phone;
  const auto at = [&](uint64_t counter, int64_t us) {
    v1::Event event = phone.Tell(counter).event;
    event.set_occurred_at_us(us);
    Statement statement = phone.story.Sign(std::move(event), {"miner"});
    phone.ids[counter] = std::string(statement.event_id.view());
    return statement;
  };
  const int64_t start_us = phone.story.now_us();
  phone.Come(at(1, start_us));
  const Statement second = at(2, start_us - 10);  // filled in late, when its clock was wrong
  EXPECT_THAT(phone.Come(at(3, start_us + 5)), ElementsAre(v1::FINDING_CODE_DEVICE_GAP));
  EXPECT_THAT(phone.Come(second), IsEmpty());
  EXPECT_THAT(phone.Come(at(4, start_us + 4)), ElementsAre(v1::FINDING_CODE_CLOCK_WRONG));
  EXPECT_THAT(phone.Come(at(5, start_us + 4)), IsEmpty());
}

TEST(Device, KeepsTheLargestCheckpointThatCanBe) {
  Phone phone;
  const auto with_checkpoint = [&](uint64_t counter, uint64_t size) {
    v1::Event event = phone.Tell(counter).event;
    event.mutable_device()->set_checkpoint_size(size);
    Statement statement = phone.story.Sign(std::move(event), {"miner"});
    phone.ids[counter] = std::string(statement.event_id.view());
    return statement;
  };
  EXPECT_THAT(phone.Come(with_checkpoint(1, phone.ledger.size())), IsEmpty());
  const uint64_t seen = phone.Record().checkpoint_size();
  EXPECT_THAT(phone.Come(with_checkpoint(2, phone.ledger.size() + 1)), ElementsAre(v1::FINDING_CODE_CLOCK_WRONG));
  EXPECT_EQ(phone.Record().checkpoint_size(), seen);
  EXPECT_THAT(phone.Come(with_checkpoint(3, seen - 1)), IsEmpty());
  EXPECT_EQ(phone.Record().checkpoint_size(), seen);
}

TEST(Device, OfRootIsFollowedToo) {
  Phone phone;
  v1::Event event = phone.story.Appoint("miner", v1::OFFICE_REGISTRAR).event;
  event.mutable_device()->set_counter(9);
  const Effects effects = phone.ledger.Record(phone.story.Sign(std::move(event), {"root"}));
  ASSERT_EQ(effects.findings.size(), 1u);
  EXPECT_EQ(effects.findings[0].code(), v1::FINDING_CODE_DEVICE_GAP);
  EXPECT_TRUE(effects.findings[0].subject_id().empty());
}

}  // namespace
}  // namespace touchstone::ledger
