// Events that come before what they name: parked, and decided again once it is there.
#include <string>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "gmock/gmock.h"
#include "services/parking.h"
#include "storage/testing.h"
#include "tests/integration/services/node_fixture.h"
#include "touchstone/v1/record.pb.h"

namespace touchstone::services {
namespace {

using testing::Into;
using testing::Metal;
using testing::Statement;
using testing::Take;

class ParkingNodeTest : public NodeTest {
 protected:
  ParkingNodeTest() {
    StartNode();
    const testing::MineToRing road = TellMineToRing(story_);
    mine_ = road.mine_site;
    MustAdmit(road.statements);
  }

  Statement Produce(uint64_t gross_mg = 1'000) {
    return story_.Produce("north", mine_, {Metal(v1::FORM_DORE, gross_mg, 900'000)});
  }

  /// `events` in one batch.
  v1::SubmitBatchResponse SubmitAll(const std::vector<Statement>& events) {
    grpc::ClientContext context;
    v1::SubmitBatchRequest request;
    for (const Statement& event : events) request.add_envelopes(event.envelope);
    v1::SubmitBatchResponse response;
    const grpc::Status status = custody_->SubmitBatch(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }

  void ExpectParked(const Statement& event, const std::string& missing_id) {
    const Submitted submitted = Submit(event);
    ASSERT_TRUE(submitted.ok()) << submitted.status.error_message();
    ASSERT_TRUE(submitted.parked.has_value()) << "entry " << submitted.receipt.index();
    EXPECT_EQ(submitted.parked->missing_id(), missing_id);
    EXPECT_FALSE(submitted.has_receipt);
  }

  /// Expects the event in the log. What is due is decided before what is submitted, so that asking comes after it.
  void ExpectRecorded(const Statement& event) {
    const Submitted submitted = Submit(event);
    ASSERT_TRUE(submitted.ok()) << submitted.status.error_message();
    ASSERT_TRUE(submitted.has_receipt) << "it waits for " << submitted.parked->missing_id();
    EXPECT_TRUE(submitted.receipt.already_recorded());
    ExpectValid(submitted.receipt, event);
  }

  /// The refusals that the node has kept, read once it has stopped.
  std::vector<v1::RefusalRecord> StopAndReadRefusals() {
    StopNode();
    std::vector<v1::RefusalRecord> kept;
    const auto store = OpenStore();
    EXPECT_TRUE(store
                    ->ScanRefusals(0,
                                   [&kept](uint64_t, std::string_view, std::string_view value) {
                                     return kept.emplace_back().ParseFromArray(value.data(),
                                                                               static_cast<int>(value.size()));
                                   })
                    .ok());
    return kept;
  }

  /// The directory's store; no node may have it open.
  std::unique_ptr<storage::Store> OpenStore() {
    storage::StoreOptions options;
    options.test_hook = storage::InstantDisk();
    return storage::Store::Open(data_dir(), options).value();
  }

  std::string mine_;
};

TEST_F(ParkingNodeTest, EventBeforeItsPredecessorWaitsAndIsThenRecorded) {
  const Statement produced = Produce();
  const Statement offer = story_.Offer("north", {produced.lot()}, "refiner");
  const Submitted first = Submit(offer);
  ASSERT_TRUE(first.ok()) << first.status.error_message();
  ASSERT_TRUE(first.parked.has_value());
  EXPECT_EQ(first.parked->missing_id(), produced.lot());
  EXPECT_EQ(first.parked->until_us(), clock_.NowUs() + limits::kMaxParkedAgeUs);

  clock_.AdvanceUs(1'000'000);
  const Submitted again = Submit(offer);
  ASSERT_TRUE(again.parked.has_value());
  EXPECT_EQ(again.parked->until_us(), first.parked->until_us()) << "asking again buys no time";

  const Submitted parent = Submit(produced);
  ASSERT_TRUE(parent.ok() && parent.has_receipt) << parent.status.error_message();
  ExpectRecorded(offer);
}

TEST_F(ParkingNodeTest, NothingThatIsParkedIsInTheLog) {
  const uint64_t size = NewestCheckpoint().size;
  const Statement produced = Produce();
  ExpectParked(story_.Offer("north", {produced.lot()}, "refiner"), produced.lot());
  EXPECT_EQ(NewestCheckpoint().size, size);
}

TEST_F(ParkingNodeTest, ChainOf100InReverseOrderResolvesFromItsBeginning) {
  constexpr uint64_t kGrossMg = 5'000;
  const Statement produced = Produce(kGrossMg);
  std::vector<Statement> reversed;
  std::string lot = produced.lot();
  for (int i = 0; i < 100; ++i) {
    const Statement step = story_.Transform("north", v1::Transform::KIND_MELT, {Take(lot)},
                                            {Into(Metal(v1::FORM_DORE, kGrossMg, 900'000))});
    lot = step.lot();
    reversed.insert(reversed.begin(), step);
  }
  const v1::SubmitBatchResponse response = SubmitAll(reversed);
  for (const v1::SubmitResult& result : response.results()) ASSERT_TRUE(result.has_parked());
  const uint64_t size = NewestCheckpoint().size;
  ASSERT_TRUE(Submit(produced).has_receipt);
  // Each is decided in the batch after its predecessor's.
  for (size_t batch = 0; !Submit(reversed.front()).has_receipt; ++batch) ASSERT_LE(batch, reversed.size());
  for (const Statement& step : reversed) ExpectRecorded(step);
  EXPECT_EQ(NewestCheckpoint().size, size + 1 + reversed.size());
}

TEST_F(ParkingNodeTest, EventsThatWaitForOneThingAreDecidedInTheOrderOfParking) {
  const Statement produced = Produce();
  const Statement first = story_.Offer("north", {produced.lot()}, "refiner");
  const Statement second = story_.Offer("north", {produced.lot()}, "jeweler");
  ExpectParked(second, produced.lot());
  ExpectParked(first, produced.lot());
  ASSERT_TRUE(Submit(produced).has_receipt);
  ExpectRecorded(second);
  EXPECT_EQ(Submit(first).reason(), "LOT_OFFERED");
}

TEST_F(ParkingNodeTest, ChildAndParentInOneBatchAreBothRecorded) {
  const Statement produced = Produce();
  const Statement offer = story_.Offer("north", {produced.lot()}, "refiner");
  const v1::SubmitBatchResponse response = SubmitAll({offer, produced, offer});
  ASSERT_EQ(response.results_size(), 3);
  EXPECT_EQ(response.results(0).parked().missing_id(), produced.lot());
  EXPECT_TRUE(response.results(1).has_receipt());
  EXPECT_TRUE(response.results(2).has_receipt());
  ExpectRecorded(offer);
}

TEST_F(ParkingNodeTest, WhatIsParkedSurvivesARestart) {
  const Statement produced = Produce();
  const Statement offer = story_.Offer("north", {produced.lot()}, "refiner");
  ExpectParked(offer, produced.lot());
  StopNode();
  StartNode();
  ExpectParked(offer, produced.lot());
  ASSERT_TRUE(Submit(produced).has_receipt);
  ExpectRecorded(offer);
  StopNode();
  EXPECT_EQ(Parking::Open(*OpenStore()).value()->size(), 0u);
}

TEST_F(ParkingNodeTest, StartDecidesAgainWhatACrashLeftParked) {
  const Statement produced = Produce();
  const Statement offer = story_.Offer("north", {produced.lot()}, "refiner");
  const Statement waiting = story_.Accept("refiner", offer.offer());
  ExpectParked(waiting, offer.offer());
  ExpectParked(offer, produced.lot());
  StopNode();
  std::vector<std::pair<std::string, std::string>> parked;
  ASSERT_TRUE(OpenStore()
                  ->ScanParked([&parked](std::string_view key, std::string_view value) {
                    parked.emplace_back(key, value);
                    return true;
                  })
                  .ok());
  ASSERT_EQ(parked.size(), 2u);
  StartNode();
  MustAdmit({produced});
  ExpectRecorded(offer);
  ExpectRecorded(waiting);
  const uint64_t size = NewestCheckpoint().size;
  StopNode();
  // As if the machine had crashed before it was on disk that they no longer wait.
  for (const auto& [key, value] : parked) ASSERT_TRUE(OpenStore()->ChangeParked({{key, value}}, /*synced=*/true).ok());
  StartNode();
  ExpectRecorded(offer);
  EXPECT_EQ(NewestCheckpoint().size, size);
  StopNode();
  EXPECT_EQ(Parking::Open(*OpenStore()).value()->size(), 0u);
}

TEST_F(ParkingNodeTest, WaitsForOneThingAfterTheOther) {
  Statement first = Produce();
  Statement second = Produce();
  // Lots are looked for in the order in which they are named, and an offer names them by ascending id.
  if (second.lot() < first.lot()) std::swap(first, second);
  const Statement offer = story_.Offer("north", {first.lot(), second.lot()}, "refiner");
  ExpectParked(offer, first.lot());
  ASSERT_TRUE(Submit(first).has_receipt);
  ExpectParked(offer, second.lot());
  ASSERT_TRUE(Submit(second).has_receipt);
  ExpectRecorded(offer);
}

TEST_F(ParkingNodeTest, WhatIsThenRefusedForAnotherReasonIsKeptAsEvidence) {
  const Statement produced = Produce();
  const Statement stolen = story_.Offer("south", {produced.lot()}, "refiner");
  const int64_t parked_at_us = clock_.NowUs();
  ExpectParked(stolen, produced.lot());
  clock_.AdvanceUs(1'000'000);
  ASSERT_TRUE(Submit(produced).has_receipt);
  EXPECT_EQ(Submit(stolen).reason(), "NOT_CUSTODIAN");
  const std::vector<v1::RefusalRecord> kept = StopAndReadRefusals();
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_EQ(kept[0].envelope(), stolen.envelope);
  EXPECT_EQ(kept[0].reason(), v1::REASON_NOT_CUSTODIAN);
  EXPECT_EQ(kept[0].parked_at_us(), parked_at_us);
  EXPECT_EQ(Parking::Open(*OpenStore()).value()->size(), 0u);
}

TEST_F(ParkingNodeTest, WhatHasWaitedItsTimeIsRefusedForWhatItMissesAndNotParkedAgain) {
  const Statement produced = Produce();
  const Statement offer = story_.Offer("north", {produced.lot()}, "refiner");
  const int64_t parked_at_us = clock_.NowUs();
  ExpectParked(offer, produced.lot());
  clock_.AdvanceUs(limits::kMaxParkedAgeUs - 1);
  ExpectParked(offer, produced.lot());
  clock_.AdvanceUs(1);
  for (int i = 0; i < 2; ++i) {
    const Submitted late = Submit(offer);
    EXPECT_EQ(late.reason(), "UNKNOWN_LOT");
    EXPECT_EQ(late.field(), "offer.lot_ids[0]");
  }
  // What it missed may still come: then the same bytes are good.
  ASSERT_TRUE(Submit(produced).has_receipt);
  EXPECT_TRUE(Submit(offer).has_receipt);
  const std::vector<v1::RefusalRecord> kept = StopAndReadRefusals();
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_EQ(kept[0].reason(), v1::REASON_UNKNOWN_LOT);
  EXPECT_EQ(kept[0].envelope(), offer.envelope);
  EXPECT_EQ(kept[0].parked_at_us(), parked_at_us);
  EXPECT_EQ(kept[0].refused_at_us(), parked_at_us + limits::kMaxParkedAgeUs);
}

TEST_F(ParkingNodeTest, EventWhosePredecessorIsRefusedWaitsInVain) {
  // Another's site: the production is refused, and what it would have made never comes.
  const Statement refused = story_.Produce("south", mine_, {Metal(v1::FORM_DORE, 1'000, 900'000)});
  const Statement offer = story_.Offer("south", {refused.lot()}, "refiner");
  ExpectParked(offer, refused.lot());
  EXPECT_EQ(Submit(refused).reason(), "NOT_OPERATOR");
  ExpectParked(offer, refused.lot());
  clock_.AdvanceUs(limits::kMaxParkedAgeUs);
  ASSERT_TRUE(Submit(Produce()).has_receipt) << "any event that comes makes the node look at what has waited too long";
  const std::vector<v1::RefusalRecord> kept = StopAndReadRefusals();
  ASSERT_EQ(kept.size(), 2u);
  EXPECT_EQ(kept[0].reason(), v1::REASON_NOT_OPERATOR);
  EXPECT_EQ(kept[1].reason(), v1::REASON_UNKNOWN_LOT);
  EXPECT_EQ(kept[1].envelope(), offer.envelope);
}

TEST_F(ParkingNodeTest, PartyBeyondItsShareIsRefusedAndOthersAreNot) {
  std::vector<Statement> many;
  for (size_t i = 0; i <= limits::kMaxParkedEventsPerParty; ++i) {
    many.push_back(story_.Offer("north", {Produce().lot()}, "refiner"));
  }
  const v1::SubmitBatchResponse response = SubmitAll(many);
  for (int i = 0; i + 1 < response.results_size(); ++i) ASSERT_TRUE(response.results(i).has_parked()) << i;
  EXPECT_EQ(See(response.results(response.results_size() - 1).error()).reason, "UNKNOWN_LOT");
  const Statement produced = Produce();
  ExpectParked(story_.Offer("south", {produced.lot()}, "refiner"), produced.lot());
  EXPECT_EQ(Submit(story_.HandOver("north", "jeweler", {produced.lot()})).reason(), "UNKNOWN_LOT")
      << "an event of two parties needs room with both";
  EXPECT_EQ(Submit(many.back()).reason(), "UNKNOWN_LOT");
}

TEST_F(ParkingNodeTest, WithoutSpaceNothingIsPromised) {
  StopNode();
  StartNode([](CoreOptions& options) { options.store.min_free_bytes = UINT64_MAX / 2; });
  const Statement produced = Produce();
  const Statement offer = story_.Offer("north", {produced.lot()}, "refiner");
  const Submitted submitted = Submit(offer);
  EXPECT_EQ(submitted.status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(submitted.reason(), "NO_SPACE");
  StopNode();
  EXPECT_EQ(Parking::Open(*OpenStore()).value()->size(), 0u);
  StartNode();
  ExpectParked(offer, produced.lot());
}

TEST_F(ParkingNodeTest, StrangersAreNotParked) {
  const Statement offer = story_.Offer("north", {Produce().lot()}, "refiner");
  EXPECT_EQ(Submit(story_.Sign(offer.event, {"stranger"})).reason(), "UNKNOWN_KEY");
}

TEST_F(ParkingNodeTest, PartiesSitesAndAttestationsAreWaitedForToo) {
  const Statement party = story_.RegisterParty("newcomer", "PE", {v1::ROLE_MINER});
  const Statement site = story_.RegisterSite("Mina Nueva", v1::RegisterSite::KIND_MINE, "newcomer", "PE");
  const Statement seen = story_.Attest("inspector", v1::SCOPE_FORMALIZATION, site.site());
  const Statement ended = story_.EndAttestation("inspector", seen.attestation(), v1::END_CAUSE_WITHDRAWN);
  ExpectParked(ended, seen.attestation());
  ExpectParked(seen, site.site());
  ExpectParked(site, party.party());
  ASSERT_TRUE(Submit(party).has_receipt);
  ExpectRecorded(site);
  ExpectRecorded(seen);
  ExpectRecorded(ended);
}

}  // namespace
}  // namespace touchstone::services
