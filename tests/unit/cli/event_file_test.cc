#include "cli/event_file.h"

#include <gtest/gtest.h>

#include "base/status.h"

namespace touchstone::cli {
namespace {

TEST(ParseEventFile, ReadsTextFormatAndJson) {
  const absl::StatusOr<v1::Event> text = ParseEventFile("suspend_party { party_id: \"party_a\" reason: \"fraud\" }");
  ASSERT_TRUE(text.ok()) << text.status();
  const absl::StatusOr<v1::Event> json =
      ParseEventFile("\n{\"suspendParty\": {\"party_id\": \"party_a\", \"reason\": \"fraud\"}}");
  ASSERT_TRUE(json.ok()) << json.status();
  EXPECT_EQ(text->suspend_party().reason(), "fraud");
  EXPECT_EQ(text->SerializeAsString(), json->SerializeAsString());
}

TEST(ParseEventFile, RefusesWhatItDoesNotKnow) {
  for (const char* text :
       {"", "suspend_party { colour: 1 }", "appoint { office: OFFICE_KING }", "nonce: \"x\"",
        "{\"suspendParty\": {\"colour\": 1}}", "{\"appoint\": {\"office\": \"OFFICE_KING\"}}", "{}", "{"}) {
    EXPECT_EQ(ReasonOf(ParseEventFile(text).status()), "BAD_EVENT_FILE") << text;
  }
}

TEST(ParseEventFile, NamesTheLine) {
  EXPECT_NE(MessageOf(ParseEventFile("retire {\n  colour: 1\n}").status()).find("line 2"), std::string_view::npos);
}

}  // namespace
}  // namespace touchstone::cli
