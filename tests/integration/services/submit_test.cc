// Submitting one by one and in batches: receipts, repetition, refusals.
#include <algorithm>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "storage/store.h"
#include "storage/testing.h"
#include "tests/integration/services/node_fixture.h"
#include "touchstone/v1/record.pb.h"

namespace touchstone::services {
namespace {

using ::testing::ElementsAre;
using testing::Statement;

using SubmitTest = NodeTest;

TEST_F(SubmitTest, AdmittedEventGetsAReceiptThatVerifies) {
  StartNode();
  const Statement party = story_.RegisterParty("registry", "PE", {v1::ROLE_LICENSING_AUTHORITY}, "root");
  const Submitted submitted = Submit(party);
  ASSERT_TRUE(submitted.ok()) << submitted.status.error_message();
  EXPECT_EQ(submitted.receipt.index(), 1u);
  EXPECT_EQ(submitted.receipt.recorded_at_us(), clock_.NowUs());
  EXPECT_FALSE(submitted.receipt.already_recorded());
  EXPECT_THAT(submitted.receipt.created_ids(), ElementsAre(party.party()));
  ExpectValid(submitted.receipt, party);
}

TEST_F(SubmitTest, TheRoadFromAMineToARingIsAdmitted) {
  StartNode();
  const testing::MineToRing road = TellMineToRing(story_);
  for (const Statement& statement : road.statements) {
    const Submitted submitted = Submit(statement);
    ASSERT_TRUE(submitted.ok()) << submitted.status.error_message() << "\n" << statement.event.DebugString();
    ExpectValid(submitted.receipt, statement);
  }
  EXPECT_EQ(NewestCheckpoint().size, road.statements.size() + 1);
}

TEST_F(SubmitTest, RepeatedSubmissionReturnsTheOriginalWithACurrentProof) {
  StartNode();
  const testing::MineToRing road = TellMineToRing(story_);
  const Submitted first = Submit(road.statements[0]);
  ASSERT_TRUE(first.ok());
  MustAdmit({road.statements.begin() + 1, road.statements.end()});
  clock_.AdvanceUs(1'000'000);

  const Submitted again = Submit(road.statements[0]);
  ASSERT_TRUE(again.ok()) << again.status.error_message();
  EXPECT_TRUE(again.receipt.already_recorded());
  EXPECT_EQ(again.receipt.index(), first.receipt.index());
  EXPECT_EQ(again.receipt.recorded_at_us(), first.receipt.recorded_at_us());
  EXPECT_EQ(again.receipt.entry(), first.receipt.entry());
  EXPECT_EQ(again.receipt.proof().tree_size(), road.statements.size() + 1);
  ExpectValid(again.receipt, road.statements[0]);
  EXPECT_EQ(NewestCheckpoint().size, road.statements.size() + 1);
}

TEST_F(SubmitTest, RepeatedSubmissionNamesTheSameCreationsAndFindings) {
  StartNode();
  for (const Statement& statement : TellMineToRing(story_).statements) {
    const Submitted first = Submit(statement);
    const Submitted again = Submit(statement);
    ASSERT_TRUE(first.ok() && again.ok());
    EXPECT_EQ(std::vector<std::string>(again.receipt.created_ids().begin(), again.receipt.created_ids().end()),
              std::vector<std::string>(first.receipt.created_ids().begin(), first.receipt.created_ids().end()))
        << statement.event.DebugString();
    ASSERT_EQ(again.receipt.findings_size(), first.receipt.findings_size());
    for (int i = 0; i < first.receipt.findings_size(); ++i) {
      EXPECT_EQ(again.receipt.findings(i).SerializeAsString(), first.receipt.findings(i).SerializeAsString());
    }
  }
}

TEST_F(SubmitTest, RepetitionWithAWrongSignatureIsAnErrorNotAReceipt) {
  StartNode();
  const Statement party = story_.RegisterParty("registry", "PE", {v1::ROLE_LICENSING_AUTHORITY}, "root");
  ASSERT_TRUE(Submit(party).ok());
  v1::Envelope forged;
  ASSERT_TRUE(forged.ParseFromString(party.envelope));
  (*forged.mutable_signatures(0)->mutable_signature())[5] ^= 1;
  EXPECT_EQ(Submit(forged.SerializeAsString()).reason(), "BAD_SIGNATURE");
}

TEST_F(SubmitTest, RepetitionWithinOneBatchIsRecordedOnce) {
  StartNode();
  const Statement party = story_.RegisterParty("registry", "PE", {v1::ROLE_LICENSING_AUTHORITY}, "root");
  grpc::ClientContext context;
  v1::SubmitBatchRequest request;
  for (int i = 0; i < 3; ++i) request.add_envelopes(party.envelope);
  v1::SubmitBatchResponse response;
  ASSERT_TRUE(custody_->SubmitBatch(&context, request, &response).ok());
  ASSERT_EQ(response.results_size(), 3);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(response.results(i).receipt().index(), 1u);
    EXPECT_EQ(response.results(i).receipt().already_recorded(), i > 0);
    ExpectValid(response.results(i).receipt(), party);
  }
  EXPECT_EQ(NewestCheckpoint().size, 2u);
}

TEST_F(SubmitTest, BatchAnswersEachEventOnItsOwn) {
  StartNode();
  const std::vector<Statement> offices = story_.Offices();
  grpc::ClientContext context;
  v1::SubmitBatchRequest request;
  request.add_envelopes(offices[0].envelope);
  request.add_envelopes("rubbish");
  request.add_envelopes(offices[3].envelope);  // appoints a party that is not registered yet
  request.add_envelopes(offices[1].envelope);
  request.add_envelopes(offices[2].envelope);
  v1::SubmitBatchResponse response;
  ASSERT_TRUE(custody_->SubmitBatch(&context, request, &response).ok());
  ASSERT_EQ(response.results_size(), 5);
  EXPECT_EQ(response.results(0).receipt().index(), 1u);
  EXPECT_EQ(See(response.results(1).error()).reason, "ENVELOPE_MALFORMED");
  EXPECT_EQ(response.results(2).parked().missing_id(), offices[2].party());
  EXPECT_EQ(response.results(3).receipt().index(), 2u);
  EXPECT_EQ(response.results(4).receipt().index(), 3u);
}

TEST_F(SubmitTest, BatchOfTheWrongSizeIsRefusedWhole) {
  StartNode();
  for (const int size : {0, limits::kMaxEventsPerCall + 1}) {
    grpc::ClientContext context;
    v1::SubmitBatchRequest request;
    for (int i = 0; i < size; ++i) request.add_envelopes("x");
    v1::SubmitBatchResponse response;
    const SeenError error = See(custody_->SubmitBatch(&context, request, &response));
    EXPECT_EQ(error.code, grpc::StatusCode::INVALID_ARGUMENT) << size;
    EXPECT_EQ(error.field, "envelopes") << size;
  }
}

TEST_F(SubmitTest, RefusedEventChangesNothingAndIsKeptForAuditors) {
  StartNode();
  const testing::MineToRing road = TellMineToRing(story_);
  MustAdmit(road.statements);
  const crypto::Checkpoint before = NewestCheckpoint();
  const Statement stolen = story_.Offer("north", {road.bar}, "jeweler");
  const Submitted submitted = Submit(stolen);
  EXPECT_EQ(submitted.status.error_code(), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(submitted.reason(), "NOT_CUSTODIAN");
  EXPECT_EQ(submitted.field(), "offer.lot_ids[0]");
  EXPECT_EQ(NewestCheckpoint(), before);
  // What a stranger sends says nothing about a party, and must not push out what does.
  EXPECT_EQ(Submit(story_.Sign(stolen.event, {"stranger"})).reason(), "UNKNOWN_KEY");
  StopNode();

  storage::StoreOptions options;
  options.read_only = true;
  options.test_hook = storage::InstantDisk();
  const auto store = storage::Store::Open(data_dir(), options);
  ASSERT_TRUE(store.ok()) << store.status();
  std::vector<v1::RefusalRecord> kept;
  ASSERT_TRUE((*store)
                  ->ScanRefusals(0,
                                 [&kept](uint64_t, std::string_view, std::string_view value) {
                                   return kept.emplace_back().ParseFromArray(value.data(),
                                                                             static_cast<int>(value.size()));
                                 })
                  .ok());
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_EQ(kept[0].envelope(), stolen.envelope);
  EXPECT_EQ(kept[0].field(), "offer.lot_ids[0]");
}

TEST_F(SubmitTest, EventAndLotCanBeReadBack) {
  StartNode();
  const testing::MineToRing road = TellMineToRing(story_);
  MustAdmit(road.statements);
  {
    grpc::ClientContext context;
    v1::GetEventRequest request;
    request.set_event_id(std::string(road.statements[2].event_id.view()));
    v1::GetEventResponse response;
    ASSERT_TRUE(custody_->GetEvent(&context, request, &response).ok());
    EXPECT_EQ(response.receipt().index(), 3u);
    ExpectValid(response.receipt(), road.statements[2]);
  }
  grpc::ClientContext context;
  v1::GetLotRequest request;
  request.set_lot_id(road.first_lot);
  v1::GetLotResponse response;
  ASSERT_TRUE(custody_->GetLot(&context, request, &response).ok());
  EXPECT_EQ(response.lot().lot_id(), road.first_lot);
  EXPECT_EQ(response.lot().status(), v1::LotRecord::STATUS_CONSUMED);
  EXPECT_EQ(response.step().kind(), v1::StepRecord::KIND_PRODUCE);
  EXPECT_EQ(response.as_of_size(), road.statements.size() + 1);
  EXPECT_EQ(response.history_size(), 3);  // made, handed over, melted
}

TEST_F(SubmitTest, LotsOfACustodianComeInPages) {
  StartNode();
  const testing::MineToRing road = TellMineToRing(story_);
  MustAdmit(road.statements);
  const std::string site = road.mine_site;
  std::vector<Statement> more;
  for (int i = 0; i < 7; ++i)
    more.push_back(story_.Produce("north", site, {testing::Metal(v1::FORM_DORE, 1'000, 900'000)}));
  MustAdmit(more);

  std::vector<std::string> ids;
  v1::ListLotsRequest request;
  request.set_custodian_party_id(story_.PartyOf("north"));
  request.set_page_size(3);
  int pages = 0;
  do {
    grpc::ClientContext context;
    v1::ListLotsResponse response;
    ASSERT_TRUE(custody_->ListLots(&context, request, &response).ok());
    for (const v1::LotRecord& lot : response.lots()) ids.push_back(lot.lot_id());
    request.set_page_token(response.next_page_token());
    ++pages;
  } while (!request.page_token().empty());
  EXPECT_EQ(pages, 3);
  std::vector<std::string> expected;
  for (const Statement& statement : more) expected.push_back(statement.lot());
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(ids, expected);

  request.set_custodian_party_id("party_aaaaaaaaaaaaaaaaaaaaaaaaaa");
  grpc::ClientContext context;
  v1::ListLotsResponse response;
  const SeenError nobody = See(custody_->ListLots(&context, request, &response));
  EXPECT_EQ(nobody.reason, "UNKNOWN_PARTY");
  EXPECT_EQ(nobody.field, "custodian_party_id");
}

TEST_F(SubmitTest, UnknownAndMalformedIdsAreTypedErrors) {
  StartNode();
  const std::string absent = story_.RegisterParty("nobody", "PE", {v1::ROLE_MINER}).lot();
  struct {
    std::string id;
    grpc::StatusCode code;
    std::string reason;
  } const cases[] = {{absent, grpc::StatusCode::NOT_FOUND, "UNKNOWN_LOT"},
                     {"", grpc::StatusCode::INVALID_ARGUMENT, "BAD_ID"},
                     {"lot_short", grpc::StatusCode::INVALID_ARGUMENT, "BAD_ID"},
                     {"party" + absent.substr(3), grpc::StatusCode::INVALID_ARGUMENT, "BAD_ID"}};
  for (const auto& c : cases) {
    grpc::ClientContext context;
    v1::GetLotRequest request;
    request.set_lot_id(c.id);
    v1::GetLotResponse response;
    const SeenError error = See(custody_->GetLot(&context, request, &response));
    EXPECT_EQ(error.code, c.code) << c.id;
    EXPECT_EQ(error.reason, c.reason) << c.id;
    EXPECT_EQ(error.field, "lot_id") << c.id;
  }
}

}  // namespace
}  // namespace touchstone::services
