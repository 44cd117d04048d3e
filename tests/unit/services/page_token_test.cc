#include "services/page_token.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "base/status.h"
#include "gtest/gtest.h"

namespace touchstone::services {
namespace {

void ExpectBadToken(const absl::StatusOr<std::string>& decoded) {
  EXPECT_EQ(ReasonOf(decoded.status()), "BAD_PAGE_TOKEN");
  EXPECT_EQ(FieldOf(decoded.status()), "page_token");
}

TEST(PageToken, IsReadBackForItsOwnList) {
  const std::string key("site_\0\xff", 7);
  EXPECT_EQ(*DecodePageToken("sites", EncodePageToken("sites", key)), key);
}

TEST(PageToken, EmptyAsksForTheFirstPage) { EXPECT_EQ(*DecodePageToken("sites", ""), ""); }

TEST(PageToken, OfAnotherListIsRefused) {
  const std::string token = EncodePageToken("sites", "site_a");
  ExpectBadToken(DecodePageToken("parties", token));
  ExpectBadToken(DecodePageToken("site", token));
  ExpectBadToken(DecodePageToken("sites_", token));
}

TEST(PageToken, CutOrAlteredIsRefused) {
  const std::string token = EncodePageToken("sites", "site_a");
  ExpectBadToken(DecodePageToken("sites", token.substr(1)));
  ExpectBadToken(DecodePageToken("sites", token + "A"));
  ExpectBadToken(DecodePageToken("sites", "?"));
  ExpectBadToken(DecodePageToken("sites", Base64Encode("sites")));
  ExpectBadToken(DecodePageToken("sites", EncodePageToken("sites", "")));
  ExpectBadToken(DecodePageToken("sites", EncodePageToken("sites", std::string(limits::kMaxPageTokenBytes, 'a'))));
}

TEST(PageSize, ZeroMeansTheDefault) { EXPECT_EQ(*CheckedPageSize(0), static_cast<size_t>(limits::kDefaultPageSize)); }

TEST(PageSize, IsRefusedBeyondItsLimits) {
  EXPECT_EQ(*CheckedPageSize(1), 1u);
  EXPECT_EQ(*CheckedPageSize(limits::kMaxPageSize), static_cast<size_t>(limits::kMaxPageSize));
  for (const int32_t size : {-1, limits::kMaxPageSize + 1}) {
    const absl::Status error = CheckedPageSize(size).status();
    EXPECT_EQ(ReasonOf(error), "BAD_PAGE_SIZE") << size;
    EXPECT_EQ(FieldOf(error), "page_size") << size;
  }
}

}  // namespace
}  // namespace touchstone::services
