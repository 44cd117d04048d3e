// The events of a log, by everything that an auditor may ask for.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "base/limits.h"
#include "gmock/gmock.h"
#include "ledger/envelope.h"
#include "tests/provenance/audit/audit_fixture.h"

namespace touchstone::services {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Indexes = std::vector<uint64_t>;

class EventListTest : public AuditTest {
 protected:
  v1::ListEventsResponse Page(const v1::ListEventsRequest& request) {
    grpc::ClientContext context;
    v1::ListEventsResponse response;
    const grpc::Status status = audit_->ListEvents(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }

  SeenError ErrorOf(const v1::ListEventsRequest& request) {
    grpc::ClientContext context;
    v1::ListEventsResponse response;
    return See(audit_->ListEvents(&context, request, &response));
  }

  std::vector<v1::ListEventsResponse> Stream(const v1::ListEventsRequest& request, grpc::Status* ended = nullptr) {
    grpc::ClientContext context;
    const auto reader = audit_->StreamEvents(&context, request);
    std::vector<v1::ListEventsResponse> messages;
    for (v1::ListEventsResponse message; reader->Read(&message);) messages.push_back(message);
    const grpc::Status status = reader->Finish();
    if (ended != nullptr) {
      *ended = status;
    } else {
      EXPECT_TRUE(status.ok()) << status.error_message();
    }
    return messages;
  }

  SeenError ErrorOfStream(const v1::ListEventsRequest& request) {
    grpc::Status ended;
    EXPECT_THAT(Stream(request, &ended), IsEmpty());
    return See(ended);
  }

  std::vector<v1::ListedEvent> List(v1::ListEventsRequest request = {}) {
    std::vector<v1::ListedEvent> events;
    do {
      const v1::ListEventsResponse page = Page(request);
      EXPECT_EQ(page.as_of_size(), LogSize());
      events.insert(events.end(), page.events().begin(), page.events().end());
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    return events;
  }

  Indexes IndexesOf(const v1::ListEventsRequest& request) {
    Indexes indexes;
    for (const v1::ListedEvent& event : List(request)) indexes.push_back(event.index());
    return indexes;
  }

  /// The verbs of what is listed about an object.
  std::vector<std::string> VerbsAbout(const std::string& object_id) {
    v1::ListEventsRequest request;
    request.set_object_id(object_id);
    std::vector<std::string> verbs;
    for (const v1::ListedEvent& event : List(request)) verbs.push_back(event.kind());
    return verbs;
  }
};

TEST_F(EventListTest, EveryEventIsListedWithWhatItDid) {
  const std::vector<v1::ListedEvent> events = List();
  ASSERT_EQ(events.size(), LogSize());
  EXPECT_EQ(events[0].kind(), "genesis");
  EXPECT_THAT(events[0].party_ids(), IsEmpty()) << "root keys belong to none";
  for (uint64_t i = 0; i < events.size(); ++i) EXPECT_EQ(events[i].index(), i);
  for (size_t i = 0; i < road_.statements.size(); ++i) {
    const v1::ListedEvent& listed = events[i + 1];
    EXPECT_EQ(listed.event_id(), road_.statements[i].event_id.view());
    EXPECT_EQ(listed.event().SerializeAsString(), road_.statements[i].event.SerializeAsString());
    EXPECT_EQ(ledger::DecodeEntry(listed.entry())->envelope(), road_.statements[i].envelope);
    EXPECT_EQ(listed.recorded_at_us(), later_us_ - kHourUs);
  }
  const v1::ListedEvent& dark = events.back();
  EXPECT_EQ(dark.kind(), "produce");
  EXPECT_EQ(dark.recorded_at_us(), later_us_);
  EXPECT_THAT(dark.created_ids(), ElementsAre(dark_.lot()));
  EXPECT_THAT(dark.party_ids(), ElementsAre(story_.PartyOf("north")));
  ASSERT_EQ(dark.findings_size(), 2);
  EXPECT_EQ(dark.findings(0).code(), v1::FINDING_CODE_UNLICENSED_PRODUCTION);
}

TEST_F(EventListTest, StreamBringsWhatThePagesBringUntilTheEndOfTheLog) {
  v1::ListEventsRequest request;
  request.set_page_size(2);
  const std::vector<v1::ListEventsResponse> messages = Stream(request);
  ASSERT_EQ(messages.size(), (LogSize() + 1) / 2);
  v1::ListEventsRequest asked = request;
  for (const v1::ListEventsResponse& message : messages) {
    EXPECT_EQ(message.SerializeAsString(), Page(asked).SerializeAsString());
    asked.set_page_token(message.next_page_token());
  }
  EXPECT_EQ(messages.back().next_page_token(), "");
}

TEST_F(EventListTest, StreamBeginsAtAPlaceAndEndsAtASize) {
  v1::ListEventsRequest request;
  request.set_page_size(2);
  request.set_page_token(Page(request).next_page_token());
  request.set_as_of_size(6);
  const std::vector<v1::ListEventsResponse> messages = Stream(request);
  ASSERT_EQ(messages.size(), 2u);
  EXPECT_EQ(messages.front().events(0).index(), 2u);
  EXPECT_EQ(messages.back().events(1).index(), 5u);
  EXPECT_EQ(messages.back().as_of_size(), 6u);
}

TEST_F(EventListTest, StreamOfABadRequestSaysWhy) {
  v1::ListEventsRequest request;
  request.add_kinds("melt");
  EXPECT_EQ(ErrorOfStream(request).reason, "BAD_KIND");
  request.clear_kinds();
  request.set_as_of_size(LogSize() + 1);
  EXPECT_EQ(ErrorOfStream(request).reason, "AS_OF_BEYOND_LOG");
  EXPECT_EQ(ErrorOf(request).reason, "AS_OF_BEYOND_LOG");
}

TEST_F(EventListTest, EventsAsOfASizeAreThoseBelowIt) {
  v1::ListEventsRequest request;
  request.set_object_id(road_.first_lot);
  const uint64_t made = Page(request).events(0).index();
  request.set_as_of_size(made + 1);
  const v1::ListEventsResponse page = Page(request);
  ASSERT_EQ(page.events_size(), 1);
  EXPECT_EQ(page.events(0).index(), made);
  EXPECT_EQ(page.as_of_size(), made + 1);
}

TEST_F(EventListTest, EventsOfAPartyAreThoseThatItSignedOrThatNameIt) {
  v1::ListEventsRequest request;
  request.set_party_id(story_.PartyOf("south"));
  std::vector<std::string> kinds;
  for (const v1::ListedEvent& event : List(request)) kinds.push_back(event.kind());
  EXPECT_THAT(kinds, ElementsAre("register_party", "register_site", "register_licence", "produce", "offer"));
}

TEST_F(EventListTest, EventsOfALotAreThoseThatMadeOrChangedIt) {
  EXPECT_THAT(VerbsAbout(road_.first_lot), ElementsAre("produce", "hand_over", "transform"));
  // It accepts the offer that names the lot.
  EXPECT_THAT(VerbsAbout(road_.second_lot), ElementsAre("produce", "offer", "accept", "transform"));
  EXPECT_THAT(VerbsAbout(road_.ring), ElementsAre("make_piece"));
}

TEST_F(EventListTest, EventsOfASiteAreThoseThatNameIt) {
  EXPECT_THAT(VerbsAbout(road_.mine_site),
              ElementsAre("register_site", "register_licence", "attest", "attest", "produce"));
  EXPECT_THAT(VerbsAbout(dark_site_), ElementsAre("register_site", "produce"));
}

TEST_F(EventListTest, EventsOfALicenceAndAnOfferAreFound) {
  const auto made = [&](const std::string& kind, int number) {
    v1::ListEventsRequest request;
    request.add_kinds(kind);
    return List(request).at(static_cast<size_t>(number)).created_ids(0);
  };
  EXPECT_THAT(VerbsAbout(made("register_licence", 0)), ElementsAre("register_licence"));
  EXPECT_THAT(VerbsAbout(made("offer", 1)), ElementsAre("offer", "accept"));
  EXPECT_THAT(VerbsAbout(made("attest", 0)), ElementsAre("attest"));
}

TEST_F(EventListTest, EventsAreSelectedByVerb) {
  v1::ListEventsRequest request;
  request.add_kinds("make_piece");
  request.add_kinds("hand_over");
  std::vector<std::string> kinds;
  for (const v1::ListedEvent& event : List(request)) kinds.push_back(event.kind());
  EXPECT_THAT(kinds, ElementsAre("hand_over", "make_piece"));
}

TEST_F(EventListTest, EventsAreSelectedByTime) {
  v1::ListEventsRequest request;
  request.set_recorded_from_us(later_us_);
  EXPECT_THAT(IndexesOf(request), ElementsAre(DarkIndex() - 1, DarkIndex()));
  request.set_recorded_from_us(later_us_ + 1);
  EXPECT_THAT(IndexesOf(request), IsEmpty());
  request.clear_recorded_from_us();
  request.set_recorded_until_us(later_us_);
  EXPECT_EQ(IndexesOf(request).size(), LogSize() - 2);
  request.set_object_id(road_.first_lot);
  EXPECT_EQ(IndexesOf(request).size(), 3u);
  request.set_recorded_until_us(1);
  EXPECT_THAT(IndexesOf(request), IsEmpty());
}

TEST_F(EventListTest, EventsAreSelectedByFindingAndSeverity) {
  v1::ListEventsRequest request;
  request.set_finding(v1::FINDING_CODE_MERCURY_USED);
  EXPECT_THAT(IndexesOf(request), ElementsAre(DarkIndex()));
  request.set_least_severity(v1::SEVERITY_CRITICAL);
  EXPECT_THAT(IndexesOf(request), ElementsAre(DarkIndex()));
  request.set_finding(v1::FINDING_CODE_SMALL_GAIN);
  EXPECT_THAT(IndexesOf(request), IsEmpty());
  request.clear_finding();
  EXPECT_THAT(IndexesOf(request), ElementsAre(DarkIndex()));
  request.set_object_id(dark_.lot());
  EXPECT_THAT(IndexesOf(request), ElementsAre(DarkIndex()));
  request.set_object_id(road_.first_lot);
  EXPECT_THAT(IndexesOf(request), IsEmpty());
}

/// A count changes no lot, but is about each that it found.
TEST_F(EventListTest, CountsAreListedUnderTheLotsThatTheyFound) {
  const testing::Statement lot = story_.Produce("north", dark_site_, {testing::Metal(v1::FORM_DORE, 1'000, 900'000)});
  const testing::Statement first = story_.Stocktake("north", dark_site_, {{dark_.lot(), 5'000}, {lot.lot(), 1'000}});
  const testing::Statement empty = story_.Stocktake("north", dark_site_, {});
  const testing::Statement assay = story_.Assay("north", lot.lot(), testing::FineAs(900'000));
  const testing::Statement second = story_.Stocktake("north", dark_site_, {{lot.lot(), 1'000}});
  const uint64_t begin = LogSize();
  MustAdmit({lot, first, empty, assay, second});
  const auto listed = [&](v1::ListEventsRequest request) {
    Indexes indexes;
    do {
      const v1::ListEventsResponse page = Page(request);
      for (const v1::ListedEvent& event : page.events()) indexes.push_back(event.index());
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    return indexes;
  };
  v1::ListEventsRequest request;
  request.set_object_id(dark_.lot());
  EXPECT_THAT(listed(request), ElementsAre(DarkIndex(), begin + 1));
  request.set_object_id(lot.lot());
  EXPECT_THAT(listed(request), ElementsAre(begin, begin + 1, begin + 3, begin + 4));
  request.set_page_size(1);
  EXPECT_THAT(listed(request), ElementsAre(begin, begin + 1, begin + 3, begin + 4));
  request.add_kinds("stocktake");
  EXPECT_THAT(listed(request), ElementsAre(begin + 1, begin + 4));
}

TEST_F(EventListTest, ConditionsAreAllToBeMet) {
  v1::ListEventsRequest request;
  request.set_party_id(story_.PartyOf("north"));
  request.set_object_id(road_.first_lot);
  request.add_kinds("hand_over");
  EXPECT_EQ(IndexesOf(request).size(), 1u);
  request.set_party_id(story_.PartyOf("south"));
  EXPECT_THAT(IndexesOf(request), IsEmpty());
}

TEST_F(EventListTest, PagesFollowEachOtherWithoutGap) {
  v1::ListEventsRequest request;
  request.set_page_size(3);
  EXPECT_EQ(Page(request).events_size(), 3);
  EXPECT_EQ(IndexesOf(request).size(), LogSize());
  request.set_object_id(road_.second_lot);
  EXPECT_EQ(IndexesOf(request).size(), 4u);
  request.clear_object_id();
  request.set_least_severity(v1::SEVERITY_NOTICE);
  request.set_page_size(1);
  EXPECT_THAT(IndexesOf(request), Contains(DarkIndex()).Times(1));
}

TEST_F(EventListTest, PageThatWouldBeTooLargeEndsEarly) {
  // Productions of 256 outputs are some 20 KiB each.
  constexpr size_t kLarge = 80;
  const std::vector<v1::Material> outputs(limits::kMaxItemsPerEvent, [] {
    v1::Material dore = testing::Metal(v1::FORM_DORE, 1'000, 900'000);
    dore.set_scale_ref(std::string(limits::kMaxReferenceBytes, 's'));
    return dore;
  }());
  std::vector<testing::Statement> large;
  for (size_t i = 0; i < kLarge; ++i) large.push_back(story_.Produce("north", dark_site_, outputs));
  MustAdmit(large);
  v1::ListEventsRequest request;
  request.set_page_size(limits::kMaxPageSize);
  const v1::ListEventsResponse page = Page(request);
  EXPECT_LT(page.events_size(), static_cast<int>(LogSize() + kLarge));
  EXPECT_LT(page.ByteSizeLong(), 4u << 20) << "more than clients accept";
  request.set_page_token(page.next_page_token());
  EXPECT_EQ(Page(request).events(0).index(), static_cast<uint64_t>(page.events_size()));
}

TEST_F(EventListTest, WrongQuestionsAreTypedErrors) {
  v1::ListEventsRequest request;
  request.set_party_id("north");
  EXPECT_EQ(ErrorOf(request).reason, "BAD_ID");
  EXPECT_EQ(ErrorOf(request).field, "party_id");
  request.clear_party_id();
  for (const std::string& id : {std::string("lot_1"), story_.PartyOf("north")}) {
    request.set_object_id(id);
    EXPECT_EQ(ErrorOf(request).field, "object_id") << id;
  }
  for (const char* kind : {"site", "licence", "attestation", "lot", "offer", "piece", "claim", "account"}) {
    request.set_object_id(std::string(kind) + "_aaaaaaaaaaaaaaaaaaaaaaaaaa");
    EXPECT_EQ(ErrorOf(request).reason, "UNKNOWN_" + absl::AsciiStrToUpper(kind));
    EXPECT_EQ(ErrorOf(request).field, "object_id");
  }
  request.clear_object_id();
  request.set_party_id("party_aaaaaaaaaaaaaaaaaaaaaaaaaa");
  EXPECT_EQ(ErrorOf(request).reason, "UNKNOWN_PARTY");
  EXPECT_EQ(ErrorOf(request).field, "party_id");
  request.clear_party_id();
  request.add_kinds("produce");
  request.add_kinds("nonce");
  EXPECT_EQ(ErrorOf(request).reason, "BAD_KIND");
  EXPECT_EQ(ErrorOf(request).field, "kinds[1]");
  request.clear_kinds();
  for (int i = 0; i <= limits::kMaxListedPerEvent; ++i) request.add_kinds("produce");
  EXPECT_EQ(ErrorOf(request).reason, "FIELD_TOO_LONG");
  request.clear_kinds();
  request.set_page_size(-1);
  EXPECT_EQ(ErrorOf(request).reason, "BAD_PAGE_SIZE");
  request.set_page_size(1);
  request.set_page_token(Page(request).next_page_token());
  request.add_kinds("produce");
  EXPECT_EQ(ErrorOf(request).reason, "BAD_PAGE_TOKEN") << "a token of another selection";
}

}  // namespace
}  // namespace touchstone::services
