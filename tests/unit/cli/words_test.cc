#include "cli/words.h"

#include <gtest/gtest.h>

#include "base/status.h"
#include "touchstone/v1/custody.pb.h"
#include "touchstone/v1/quantity.pb.h"
#include "touchstone/v1/reason.pb.h"

namespace touchstone::cli {
namespace {

TEST(Words, DropThePrefixOfTheType) {
  EXPECT_EQ(WordFor(v1::PROCESS_ROUTE_GRAVITY_DIRECT_SMELTING), "gravity-direct-smelting");
  EXPECT_EQ(WordFor(v1::Transform::KIND_MELT), "melt");
  EXPECT_EQ(NameFor(v1::FINDING_CODE_HIGH_LOSS), "HIGH_LOSS");
  EXPECT_EQ(NameFor(static_cast<v1::FindingCode>(999)), "999");
}

TEST(Words, AreReadBack) {
  EXPECT_EQ(*ParseWord<v1::ProcessRoute>("gravity"), v1::PROCESS_ROUTE_GRAVITY);
  EXPECT_EQ(*ParseWord<v1::MercuryUse>("not-used"), v1::MERCURY_USE_NOT_USED);
}

TEST(Words, RefuseOthersAndNameWhatThereIs) {
  for (const char* word : {"unspecified", "GRAVITY", "", "MERCURY_USE_USED", "2"}) {
    const absl::Status status = ParseWord<v1::MercuryUse>(word).status();
    EXPECT_EQ(ReasonOf(status), "BAD_WORD") << word;
    EXPECT_NE(MessageOf(status).find("not-used|used"), std::string_view::npos) << status;
  }
}

}  // namespace
}  // namespace touchstone::cli
