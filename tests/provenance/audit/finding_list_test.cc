// The findings of a log, by everything that an auditor may ask for.
#include <string>
#include <vector>

#include "base/limits.h"
#include "gmock/gmock.h"
#include "tests/provenance/audit/audit_fixture.h"

namespace touchstone::services {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Codes = std::vector<v1::FindingCode>;

class FindingListTest : public AuditTest {
 protected:
  v1::ListFindingsResponse Page(const v1::ListFindingsRequest& request) {
    grpc::ClientContext context;
    v1::ListFindingsResponse response;
    const grpc::Status status = audit_->ListFindings(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }

  SeenError ErrorOf(const v1::ListFindingsRequest& request) {
    grpc::ClientContext context;
    v1::ListFindingsResponse response;
    return See(audit_->ListFindings(&context, request, &response));
  }

  std::vector<v1::ListedFinding> List(v1::ListFindingsRequest request = {}) {
    std::vector<v1::ListedFinding> findings;
    do {
      const v1::ListFindingsResponse page = Page(request);
      EXPECT_EQ(page.as_of_size(), LogSize());
      findings.insert(findings.end(), page.findings().begin(), page.findings().end());
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    return findings;
  }

  Codes CodesOf(const v1::ListFindingsRequest& request) {
    Codes codes;
    for (const v1::ListedFinding& listed : List(request)) codes.push_back(listed.finding().code());
    return codes;
  }
};

TEST_F(FindingListTest, StreamBringsWhatThePagesBring) {
  v1::ListFindingsRequest request;
  request.set_page_size(1);
  grpc::ClientContext context;
  const auto reader = audit_->StreamFindings(&context, request);
  std::vector<std::string> streamed;
  for (v1::ListFindingsResponse message; reader->Read(&message);) streamed.push_back(message.SerializeAsString());
  EXPECT_TRUE(reader->Finish().ok());
  ASSERT_EQ(streamed.size(), 2u);
  for (const std::string& message : streamed) {
    const v1::ListFindingsResponse page = Page(request);
    EXPECT_EQ(message, page.SerializeAsString());
    request.set_page_token(page.next_page_token());
  }
}

TEST_F(FindingListTest, FindingsAsOfASizeAreThoseOnEntriesBelowIt) {
  v1::ListFindingsRequest request;
  request.set_as_of_size(DarkIndex());
  const v1::ListFindingsResponse page = Page(request);
  EXPECT_EQ(page.findings_size(), 0);
  EXPECT_EQ(page.as_of_size(), DarkIndex());
  request.set_as_of_size(LogSize() + 1);
  EXPECT_EQ(ErrorOf(request).reason, "AS_OF_BEYOND_LOG");
}

TEST_F(FindingListTest, EveryFindingIsListedWithItsEntry) {
  const std::vector<v1::ListedFinding> findings = List();
  ASSERT_EQ(findings.size(), 2u);
  for (const v1::ListedFinding& listed : findings) {
    EXPECT_EQ(listed.finding().index(), DarkIndex());
    EXPECT_EQ(listed.finding().severity(), v1::SEVERITY_CRITICAL);
    EXPECT_EQ(listed.finding().subject_id(), dark_site_);
    EXPECT_EQ(listed.recorded_at_us(), later_us_);
    EXPECT_EQ(listed.kind(), "produce");
    EXPECT_EQ(listed.event_id(), dark_.event_id.view());
  }
}

TEST_F(FindingListTest, FindingsAreSelectedByCode) {
  v1::ListFindingsRequest request;
  request.set_code(v1::FINDING_CODE_MERCURY_USED);
  EXPECT_THAT(CodesOf(request), ElementsAre(v1::FINDING_CODE_MERCURY_USED));
  request.set_code(v1::FINDING_CODE_HIGH_LOSS);
  EXPECT_THAT(CodesOf(request), IsEmpty());
}

TEST_F(FindingListTest, FindingsAreSelectedBySeverity) {
  // A lot comes back to who held it: a notice.
  MustAdmit({story_.HandOver("north", "south", {dark_.lot()}), story_.HandOver("south", "north", {dark_.lot()})});
  v1::ListFindingsRequest request;
  const auto codes_of = [&] {
    Codes codes;
    const v1::ListFindingsResponse page = Page(request);
    for (const v1::ListedFinding& listed : page.findings()) codes.push_back(listed.finding().code());
    return codes;
  };
  EXPECT_EQ(codes_of().size(), 3u);
  EXPECT_EQ(codes_of().back(), v1::FINDING_CODE_ROUND_TRIP);
  request.set_least_severity(v1::SEVERITY_WARNING);
  EXPECT_EQ(codes_of().size(), 2u);
}

TEST_F(FindingListTest, FindingsAreSelectedBySubject) {
  v1::ListFindingsRequest request;
  request.set_subject_id(dark_site_);
  EXPECT_EQ(CodesOf(request).size(), 2u);
  request.set_subject_id(road_.mine_site);
  EXPECT_THAT(CodesOf(request), IsEmpty());
}

TEST_F(FindingListTest, FindingsAreSelectedByTime) {
  v1::ListFindingsRequest request;
  request.set_recorded_from_us(later_us_);
  EXPECT_EQ(CodesOf(request).size(), 2u);
  request.set_recorded_from_us(later_us_ + 1);
  EXPECT_THAT(CodesOf(request), IsEmpty());
  request.clear_recorded_from_us();
  request.set_recorded_until_us(later_us_);
  EXPECT_THAT(CodesOf(request), IsEmpty());
}

TEST_F(FindingListTest, PagesFollowEachOtherWithinAnEntry) {
  v1::ListFindingsRequest request;
  request.set_page_size(1);
  EXPECT_EQ(Page(request).findings_size(), 1);
  EXPECT_THAT(CodesOf(request), ElementsAre(v1::FINDING_CODE_UNLICENSED_PRODUCTION, v1::FINDING_CODE_MERCURY_USED));
}

TEST_F(FindingListTest, WrongQuestionsAreTypedErrors) {
  v1::ListFindingsRequest request;
  request.set_subject_id("north");
  EXPECT_EQ(ErrorOf(request).reason, "BAD_ID");
  EXPECT_EQ(ErrorOf(request).field, "subject_id");
  request.set_subject_id("lot_aaaaaaaaaaaaaaaaaaaaaaaaaa");
  EXPECT_EQ(ErrorOf(request).reason, "UNKNOWN_LOT");
  EXPECT_EQ(ErrorOf(request).field, "subject_id");
  request.clear_subject_id();
  request.set_page_size(limits::kMaxPageSize + 1);
  EXPECT_EQ(ErrorOf(request).reason, "BAD_PAGE_SIZE");
  request.set_page_size(1);
  request.set_page_token(Page(request).next_page_token());
  request.set_code(v1::FINDING_CODE_MERCURY_USED);
  EXPECT_EQ(ErrorOf(request).reason, "BAD_PAGE_TOKEN") << "a token of another selection";
}

}  // namespace
}  // namespace touchstone::services
