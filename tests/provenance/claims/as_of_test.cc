// Answers as of an earlier size and as of a time, over gRPC: each is noted from a node as its log grows, and asked for
// again afterwards.
#include <functional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "tests/provenance/claims/claims_fixture.h"

namespace touchstone::services {
namespace {

/// Which log an answer is of; both 0: the newest.
struct Asked {
  uint64_t size = 0;
  int64_t us = 0;
};

class AsOfTest : public ClaimsTest {
 protected:
  /// Time passes, and something is recorded.
  void Later(const testing::Statement& statement) {
    clock_.AdvanceUs(1'000'000);
    MustAdmit({statement});
  }

  template <typename Request, typename Response>
  using Method = grpc::Status (v1::ProvenanceService::Stub::*)(grpc::ClientContext*, const Request&, Response*);

  template <typename Request, typename Response>
  grpc::Status Call(Method<Request, Response> method, Request request, const Asked& asked, Response& response) {
    request.set_as_of_size(asked.size);
    request.set_as_of_us(asked.us);
    grpc::ClientContext context;
    return (provenance_.get()->*method)(&context, request, &response);
  }
  template <typename Response, typename Request>
  std::string Told(Method<Request, Response> method, const Request& request, const Asked& asked) {
    Response response;
    const grpc::Status status = Call(method, request, asked, response);
    return status.ok() ? response.DebugString() : See(status).reason;
  }

  template <typename Request>
  static Request About(const std::string& subject_id) {
    Request request;
    request.set_subject_id(subject_id);
    return request;
  }

  std::string StreamedTrace(const std::string& subject_id, const Asked& asked) {
    v1::TraceRequest request = About<v1::TraceRequest>(subject_id);
    request.set_page_size(2);
    request.set_as_of_size(asked.size);
    request.set_as_of_us(asked.us);
    grpc::ClientContext context;
    const auto stream = provenance_->StreamTrace(&context, request);
    std::string told;
    v1::TraceResponse response;
    while (stream->Read(&response)) told += response.DebugString();
    const grpc::Status status = stream->Finish();
    return status.ok() ? told : See(status).reason;
  }

  /// Every answer that there is about the ring, its claim and the first mine's lot.
  std::vector<std::string> Answers(const Asked& asked) {
    using Stub = v1::ProvenanceService::Stub;
    std::vector<std::string> told;
    for (const std::string& id : {road_.ring, mercury_free_, road_.first_lot}) {
      told.push_back(Told<v1::EvaluateResponse>(&Stub::Evaluate, About<v1::EvaluateRequest>(id), asked));
      told.push_back(Told<v1::TraceResponse>(&Stub::Trace, About<v1::TraceRequest>(id), asked));
      told.push_back(Told<v1::AttributeResponse>(&Stub::Attribute, About<v1::AttributeRequest>(id), asked));
      told.push_back(
          Told<v1::GetCustodyChainResponse>(&Stub::GetCustodyChain, About<v1::GetCustodyChainRequest>(id), asked));
      told.push_back(StreamedTrace(id, asked));
    }
    v1::ListAffectedRequest by_lot;
    by_lot.add_lot_ids(road_.first_lot);
    told.push_back(Told<v1::ListAffectedResponse>(&Stub::ListAffected, by_lot, asked));
    v1::ListAffectedRequest by_site;
    by_site.set_site_id(road_.mine_site);
    told.push_back(Told<v1::ListAffectedResponse>(&Stub::ListAffected, by_site, asked));
    v1::CheckLotsRequest parcel;
    parcel.add_lot_ids(road_.first_lot);
    parcel.set_party_id(story_.PartyOf("refiner"));
    told.push_back(Told<v1::CheckLotsResponse>(&Stub::CheckLots, parcel, asked));
    return told;
  }
  uint64_t Size() { return NewestCheckpoint().size; }
};

TEST_F(AsOfTest, EveryMethodAnswersAsItDid) {
  struct Given {
    uint64_t size;
    int64_t at_us;
    std::vector<std::string> answers;
  };
  std::vector<Given> given;
  const auto note = [&] { given.push_back({Size(), clock_.NowUs(), Answers({})}); };
  note();
  for (const testing::Statement& statement :
       {story_.Hold("jeweler", road_.ring), story_.Release("jeweler", road_.ring),
        story_.Produce("north", road_.mine_site, {testing::Metal(v1::FORM_DORE, 1'000, 900'000)}),
        story_.DistrustKey("south", 1), story_.RevokeClaim("jeweler", mercury_free_, "made in error")}) {
    Later(statement);
    note();
  }
  for (size_t i = 0; i + 1 < given.size(); ++i) {
    EXPECT_NE(given[i].answers, given[i + 1].answers) << "entry " << given[i].size << " changes nothing";
  }
  for (const Given& one : given) {
    EXPECT_EQ(Answers({.size = one.size}), one.answers) << one.size;
    EXPECT_EQ(Answers({.us = one.at_us}), one.answers) << one.at_us;
    // Nothing was recorded in the second after it.
    EXPECT_EQ(Answers({.us = one.at_us + 999'999}), one.answers) << one.at_us;
  }
}

TEST_F(AsOfTest, EveryAnswerSaysOfWhichLogItIs) {
  const uint64_t size = Size();
  const int64_t at_us = clock_.NowUs();
  Later(story_.Hold("jeweler", road_.ring));
  v1::EvaluateResponse evaluated;
  ASSERT_TRUE(
      Call(&v1::ProvenanceService::Stub::Evaluate, About<v1::EvaluateRequest>(road_.ring), {.size = size}, evaluated)
          .ok());
  EXPECT_EQ(evaluated.as_of_size(), size);
  EXPECT_EQ(evaluated.as_of_us(), at_us);
  EXPECT_EQ(evaluated.evaluations(0).as_of_size(), size);
  ASSERT_TRUE(Call(&v1::ProvenanceService::Stub::Evaluate, About<v1::EvaluateRequest>(road_.ring), {}, evaluated).ok());
  EXPECT_EQ(evaluated.as_of_size(), size + 1);
  EXPECT_EQ(evaluated.as_of_us(), at_us + 1'000'000);
}

TEST_F(AsOfTest, RefusesWhatTheLogHasNeverBeen) {
  struct Row {
    const char* what;
    Asked asked;
    grpc::StatusCode code;
    const char* reason;
    const char* field;
  };
  for (const Row& row : {
           Row{"beyond", {.size = Size() + 1}, grpc::StatusCode::OUT_OF_RANGE, "AS_OF_BEYOND_LOG", "as_of_size"},
           Row{"too early", {.us = 1}, grpc::StatusCode::OUT_OF_RANGE, "AS_OF_BEFORE_LEDGER", "as_of_us"},
           Row{"before 1970", {.us = -1}, grpc::StatusCode::OUT_OF_RANGE, "AS_OF_BEFORE_LEDGER", "as_of_us"},
           Row{"both",
               {.size = 1, .us = clock_.NowUs()},
               grpc::StatusCode::INVALID_ARGUMENT,
               "FIELD_INVALID",
               "as_of_us"},
           Row{"not there yet", {.size = 1}, grpc::StatusCode::NOT_FOUND, "UNKNOWN_SUBJECT", "subject_id"},
       }) {
    v1::EvaluateResponse response;
    const SeenError error =
        See(Call(&v1::ProvenanceService::Stub::Evaluate, About<v1::EvaluateRequest>(road_.ring), row.asked, response));
    EXPECT_EQ(error.code, row.code) << row.what;
    EXPECT_EQ(error.reason, row.reason) << row.what;
    EXPECT_EQ(error.field, row.field) << row.what;
  }
  v1::EvaluateResponse response;
  EXPECT_TRUE(
      Call(&v1::ProvenanceService::Stub::Evaluate, About<v1::EvaluateRequest>(road_.ring), {.us = INT64_MAX}, response)
          .ok());
}

TEST_F(AsOfTest, PagesStayWithTheSizeThatTheyBeganWith) {
  const uint64_t size = Size();
  Later(story_.Produce("north", road_.mine_site, {testing::Metal(v1::FORM_DORE, 1'000, 900'000)}));
  v1::ListAffectedRequest request;
  request.set_site_id(road_.mine_site);
  request.set_page_size(2);
  v1::ListAffectedResponse page;
  ASSERT_TRUE(Call(&v1::ProvenanceService::Stub::ListAffected, request, {.size = size}, page).ok());
  EXPECT_EQ(page.nodes_size(), 2);
  request.set_page_token(page.next_page_token());
  EXPECT_EQ(See(Call(&v1::ProvenanceService::Stub::ListAffected, request, {}, page)).reason, "BAD_PAGE_TOKEN");
  EXPECT_TRUE(Call(&v1::ProvenanceService::Stub::ListAffected, request, {.size = size}, page).ok());
}

TEST_F(AsOfTest, ASealThatWasClosedSinceIsNotGuessedAt) {
  const testing::Statement dore =
      story_.Produce("north", road_.mine_site, {testing::Metal(v1::FORM_DORE, 1'000, 900'000)});
  Later(dore);
  const uint64_t before = Size();
  Later(story_.Pack("north", {dore.lot()}, "S-1"));
  const uint64_t packed = Size();
  Later(story_.Unpack("north", "S-1"));
  v1::CheckLotsRequest request;
  request.set_seal("S-1");
  v1::CheckLotsResponse response;
  const auto check = [&](uint64_t size) {
    return Call(&v1::ProvenanceService::Stub::CheckLots, request, {.size = size}, response);
  };
  EXPECT_EQ(See(check(before)).reason, "SEAL_CLOSED_SINCE");
  ASSERT_TRUE(check(packed).ok());
  EXPECT_TRUE(response.report().lots(0).seal().packed());
  ASSERT_TRUE(check(0).ok());
  EXPECT_FALSE(response.report().lots(0).seal().packed());
}

}  // namespace
}  // namespace touchstone::services
