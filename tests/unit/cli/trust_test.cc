#include "cli/trust.h"

#include <gtest/gtest.h>

#include <string>

#include "base/encoding.h"
#include "base/status.h"
#include "fmt/format.h"
#include "tests/support/story.h"

namespace touchstone::cli {
namespace {

ledger::Trust SomeTrust() {
  return {*crypto::NoteVerifier::Create("gold.example/ledger", crypto::NoteKeyType::kEd25519,
                                        touchstone::testing::KeyOf("log").public_key()),
          crypto::Sha256("genesis")};
}

TEST(TrustFile, IsReadBackAsItWasWritten) {
  const ledger::Trust trust = SomeTrust();
  const absl::StatusOr<ledger::Trust> read = ParseTrust(FormatTrust(trust));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->log, trust.log);
  EXPECT_EQ(read->genesis_id, trust.genesis_id);
}

TEST(TrustFile, IsRefusedUnlessItSaysExactlyWhomToTrust) {
  const std::string vkey = SomeTrust().log.ToVkey();
  const std::string origin = "origin = \"gold.example/ledger\"\n";
  const std::string genesis = fmt::format("genesis = \"{}\"\n", HexEncode(SomeTrust().genesis_id.view()));
  const std::string log_key = fmt::format("log_key = \"{}\"\n", vkey);
  ASSERT_TRUE(ParseTrust(origin + genesis + log_key).ok());
  struct Case {
    std::string text;
    const char* field;
  };
  for (const Case& c : {
           Case{genesis + log_key, "origin"},
           Case{origin + log_key, "genesis"},
           Case{origin + genesis, "log_key"},
           Case{origin + genesis + log_key + "witness = \"x\"\n", "witness"},
           Case{"origin = 7\n" + genesis + log_key, "origin"},
           Case{origin + "genesis = \"00ff\"\n" + log_key, "genesis"},
           Case{origin + genesis + "log_key = \"" + vkey.substr(0, vkey.size() - 4) + "\"\n", "log_key"},
           Case{"origin = \"other.example\"\n" + genesis + log_key, "log_key"},
           Case{"origin = \n", ""},
       }) {
    const absl::Status status = ParseTrust(c.text).status();
    EXPECT_EQ(ReasonOf(status), "BAD_TRUST_FILE") << c.text;
    EXPECT_EQ(FieldOf(status), c.field) << c.text << ": " << status;
  }
}

}  // namespace
}  // namespace touchstone::cli
