// What is parked, on its own: order, bounds, time, and what of it a disk keeps.
#include "services/parking.h"

#include "base/limits.h"
#include "base/status.h"
#include "gmock/gmock.h"
#include "tests/support/story.h"
#include "tests/support/temp_dir.h"
#include "tests/support/toy_ledger.h"

namespace touchstone::services {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::Statement;

constexpr int64_t kNowUs = testing::kStoryStartUs;
constexpr char kLot[] = "lot_aaaaaaaaaaaaaaaaaaaaaaaaaa";
constexpr char kOtherLot[] = "lot_bbbbbbbbbbbbbbbbbbbbbbbbbb";

class ParkingTest : public ::testing::Test {
 protected:
  ParkingTest() { Reopen(); }

  void Reopen(uint64_t min_free_bytes = 0) {
    storage::StoreOptions options = testing::SmallOptions();
    options.min_free_bytes = min_free_bytes;
    parking_.reset();
    store_.reset();
    store_ = testing::MustOpen(ledger_, options);
    auto parking = Parking::Open(*store_);
    ASSERT_TRUE(parking.ok()) << parking.status();
    parking_ = *std::move(parking);
  }

  /// An event that waits for `missing_id`; it need not make sense.
  Statement Wait(const std::string& missing_id, int64_t at_us = kNowUs, const std::string& party = "party_a") {
    Statement statement = story_.Sign(Offering(missing_id), {"north"});
    v1::ParkedRecord record;
    record.set_event_id(std::string(statement.event_id.view()));
    record.set_envelope(statement.envelope);
    record.set_missing_id(missing_id);
    record.add_party_ids(party);
    record.set_parked_at_us(at_us);
    record.set_reason(v1::REASON_UNKNOWN_LOT);
    parking_->Add(std::move(record));
    return statement;
  }

  static v1::Event Offering(const std::string& lot_id) {
    v1::Event event;
    event.mutable_offer()->add_lot_ids(lot_id);
    return event;
  }

  void Keep() { ASSERT_EQ(parking_->Keep(), absl::OkStatus()); }

  std::vector<crypto::Hash> Due(size_t max_events = 100, size_t max_bytes = 1 << 20) {
    const auto due = parking_->Due(max_events, max_bytes);
    EXPECT_TRUE(due.ok()) << due.status();
    std::vector<crypto::Hash> ids;
    for (const Candidate& candidate : *due) ids.push_back(candidate.event.event_id);
    return ids;
  }

  testing::Story story_;
  testing::TempDir dir_;
  const std::string ledger_ = dir_.File("ledger");
  std::unique_ptr<storage::Store> store_ = testing::MustCreate(ledger_);
  std::unique_ptr<Parking> parking_;
};

TEST_F(ParkingTest, TellsWhatAnEventWaitsForAndUntilWhen) {
  const Statement parked = Wait(kLot);
  const std::optional<v1::Parked> found = parking_->Find(parked.event_id);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->missing_id(), kLot);
  EXPECT_EQ(found->until_us(), kNowUs + limits::kMaxParkedAgeUs);
  EXPECT_EQ(parking_->ParkedAtUs(parked.event_id), kNowUs);
  EXPECT_FALSE(parking_->Find(crypto::Sha256("another")).has_value());
  EXPECT_EQ(parking_->ParkedAtUs(crypto::Sha256("another")), 0);
}

TEST_F(ParkingTest, ReleasesWhatWaitsForAnIdInTheOrderOfParking) {
  const Statement first = Wait(kLot);
  const Statement other = Wait(kOtherLot);
  const Statement second = Wait(kLot);
  EXPECT_FALSE(parking_->has_due());
  parking_->Release(kLot);
  parking_->Release("lot_that_nobody_waits_for");
  EXPECT_THAT(Due(), ElementsAre(first.event_id, second.event_id));
  EXPECT_THAT(Due(1), ElementsAre(first.event_id)) << "the next batch takes the rest";
  EXPECT_THAT(Due(100, 1), ElementsAre(first.event_id)) << "one fits any batch";
  parking_->Remove(first.event_id);
  EXPECT_THAT(Due(), ElementsAre(second.event_id));
  EXPECT_TRUE(parking_->Find(other.event_id).has_value());
}

TEST_F(ParkingTest, WaitsForTheNextThingThatIsMissing) {
  const Statement parked = Wait(kLot);
  Keep();
  parking_->Release(kLot);
  ASSERT_TRUE(
      parking_->Move(parked.event_id, kOtherLot, {v1::REASON_UNKNOWN_LOT, "offer.lot_ids[1]", "not there"}).ok());
  EXPECT_FALSE(parking_->has_due());
  parking_->Release(kLot);
  EXPECT_FALSE(parking_->has_due());
  parking_->Release(kOtherLot);
  EXPECT_THAT(Due(), ElementsAre(parked.event_id));
  EXPECT_EQ(parking_->Find(parked.event_id)->missing_id(), kOtherLot);
  EXPECT_EQ(parking_->ParkedAtUs(parked.event_id), kNowUs) << "its time goes on";
  Keep();
  const auto expired = parking_->Expired(kNowUs + limits::kMaxParkedAgeUs);
  ASSERT_EQ(expired->size(), 1u);
  EXPECT_EQ((*expired)[0].field(), "offer.lot_ids[1]");
}

TEST_F(ParkingTest, IsDueAfterARestart) {
  const Statement first = Wait(kLot);
  const Statement second = Wait(kOtherLot);
  const Statement gone = Wait(kOtherLot);
  Keep();
  parking_->Remove(gone.event_id);
  Keep();
  Reopen();
  EXPECT_EQ(parking_->size(), 2u);
  EXPECT_EQ(parking_->Find(second.event_id)->missing_id(), kOtherLot);
  EXPECT_THAT(Due(), ElementsAre(first.event_id, second.event_id));
  const Statement third = Wait(kLot);
  parking_->Release(kLot);
  EXPECT_THAT(Due(), ElementsAre(first.event_id, second.event_id, third.event_id));
}

TEST_F(ParkingTest, KeepsNothingThatWasNotKept) {
  const Statement parked = Wait(kLot);
  Reopen();
  EXPECT_FALSE(parking_->Find(parked.event_id).has_value());
}

TEST_F(ParkingTest, ForgetsWhatCouldNotBeKept) {
  const Statement kept = Wait(kLot);
  Keep();
  Reopen(/*min_free_bytes=*/UINT64_MAX / 2);
  const Statement lost = Wait(kLot);
  EXPECT_EQ(ReasonOf(parking_->Keep()), "NO_SPACE");
  EXPECT_TRUE(parking_->Find(kept.event_id).has_value());
  EXPECT_FALSE(parking_->Find(lost.event_id).has_value());
  EXPECT_EQ(parking_->size(), 1u);
  EXPECT_EQ(parking_->Keep(), absl::OkStatus()) << "nothing is left to be kept";
}

TEST_F(ParkingTest, GivesEachPartyItsShareAndNoMore) {
  for (size_t i = 0; i < limits::kMaxParkedEventsPerParty; ++i) {
    ASSERT_TRUE(parking_->HasRoom({"party_a"}, 100));
    Wait(kLot);
  }
  EXPECT_FALSE(parking_->HasRoom({"party_a"}, 100));
  EXPECT_FALSE(parking_->HasRoom({"party_a", "party_b"}, 100)) << "an event of two needs room with both";
  EXPECT_TRUE(parking_->HasRoom({"party_b"}, 100));
  EXPECT_TRUE(parking_->HasRoom({"party_b"}, limits::kMaxParkedBytesPerParty));
  EXPECT_FALSE(parking_->HasRoom({"party_b"}, limits::kMaxParkedBytesPerParty + 1));
  const Statement last = Wait(kLot, kNowUs, "party_b");
  EXPECT_FALSE(parking_->HasRoom({"party_b"}, limits::kMaxParkedBytesPerParty - last.envelope.size() + 1));
  parking_->Remove(last.event_id);
  EXPECT_TRUE(parking_->HasRoom({"party_b"}, limits::kMaxParkedBytesPerParty));
}

TEST_F(ParkingTest, HoldsNoMoreThanItsBounds) {
  size_t parked = 0;
  while (parking_->HasRoom({"party_" + std::to_string(parked)}, 100)) {
    Wait(kLot, kNowUs, "party_" + std::to_string(parked++));
  }
  EXPECT_EQ(parked, limits::kMaxParkedEvents);
}

TEST_F(ParkingTest, EndsTheTimeOfTheOldestFirst) {
  const Statement old = Wait(kLot, kNowUs);
  const Statement younger = Wait(kLot, kNowUs + 1);
  Keep();
  EXPECT_THAT(*parking_->Expired(kNowUs + limits::kMaxParkedAgeUs - 1), IsEmpty());
  const auto expired = parking_->Expired(kNowUs + limits::kMaxParkedAgeUs);
  ASSERT_EQ(expired->size(), 1u);
  EXPECT_EQ((*expired)[0].event_id(), old.event_id.view());
  EXPECT_EQ((*expired)[0].envelope(), old.envelope);
  EXPECT_EQ(parking_->Expired(kNowUs + limits::kMaxParkedAgeUs + 1)->size(), 2u);
}

TEST_F(ParkingTest, DropsWhatIsNoLongerAsItWasAdmitted) {
  const Statement honest = Wait(kLot);
  v1::ParkedRecord forged;
  forged.set_event_id(std::string(crypto::Sha256("forged").view()));
  forged.set_envelope(honest.envelope);
  forged.set_missing_id(kLot);
  parking_->Add(forged);
  parking_->Release(kLot);
  EXPECT_THAT(Due(), ElementsAre(honest.event_id));
  EXPECT_EQ(parking_->size(), 1u);
}

TEST_F(ParkingTest, RefusesToOpenOnARecordThatIsNotWhole) {
  parking_.reset();
  ASSERT_TRUE(store_->ChangeParked({{std::string(8, '\0'), "nonsense"}}, /*synced=*/true).ok());
  EXPECT_EQ(ReasonOf(Parking::Open(*store_).status()), "LEDGER_DAMAGED");
}

}  // namespace
}  // namespace touchstone::services
