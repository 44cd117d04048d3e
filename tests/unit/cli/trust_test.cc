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

TEST(TrustFile, NamesPacksThatABundleMayBring) {
  ledger::Trust trust = SomeTrust();
  trust.policies = {crypto::Sha256("one"), crypto::Sha256("two")};
  const absl::StatusOr<ledger::Trust> read = ParseTrust(FormatTrust(trust));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->policies, trust.policies);
  for (const auto& [text, field] :
       {std::pair("policies = \"a\"\n", "policies"), std::pair("policies = [7]\n", "policies[0]"),
        std::pair("policies = [\"ab\"]\n", "policies[0]")}) {
    const absl::Status status = ParseTrust(FormatTrust(SomeTrust()) + text).status();
    EXPECT_EQ(ReasonOf(status), "BAD_TRUST_FILE") << text;
    EXPECT_EQ(FieldOf(status), field) << text;
  }
}

std::string WitnessKey(std::string_view name, crypto::NoteKeyType type = crypto::NoteKeyType::kCosignature) {
  return crypto::NoteVerifier::Create(name, type, touchstone::testing::KeyOf(name).public_key())->ToVkey();
}

std::string WitnessTable(std::string_view key, std::string_view more = "") {
  return fmt::format("[[witnesses]]\nkey = \"{}\"\n{}", key, more);
}

TEST(TrustFile, NamesWitnessesAndThoseWhoExecuteEveryRule) {
  const std::string text = FormatTrust(SomeTrust()) + "quorum = 1\n" + WitnessTable(WitnessKey("w1.example")) +
                           WitnessTable(WitnessKey("w2.example"), "executes = true\n");
  const absl::StatusOr<ledger::Trust> read = ParseTrust(text);
  ASSERT_TRUE(read.ok()) << read.status();
  ASSERT_EQ(read->witnesses.size(), 2U);
  EXPECT_EQ(read->witnesses[0].key.name(), "w1.example");
  EXPECT_FALSE(read->witnesses[0].executes);
  EXPECT_TRUE(read->witnesses[1].executes);
  EXPECT_EQ(read->quorum, 1U);
  const absl::StatusOr<ledger::Trust> again = ParseTrust(FormatTrust(*read));
  ASSERT_TRUE(again.ok()) << again.status();
  ASSERT_EQ(again->witnesses.size(), 2U);
  EXPECT_EQ(again->witnesses[1].key, read->witnesses[1].key);
  EXPECT_TRUE(again->witnesses[1].executes);
  EXPECT_EQ(again->quorum, 1U);
}

TEST(TrustFile, RefusesWitnessesThatCannotBeToldApartOrCounted) {
  const std::string w1 = WitnessKey("w1.example");
  struct Case {
    std::string text;
    const char* field;
  };
  for (const Case& c : {
           Case{"witnesses = 3\n", "witnesses"},
           Case{"witnesses = [\"w\"]\n", "witnesses[0]"},
           Case{"[[witnesses]]\nexecutes = true\n", "witnesses[0].key"},
           Case{WitnessTable(WitnessKey("w1.example", crypto::NoteKeyType::kEd25519)), "witnesses[0].key"},
           Case{WitnessTable(w1, "executes = 1\n"), "witnesses[0].executes"},
           Case{WitnessTable(w1, "execute = true\n"), "witnesses[0].execute"},
           Case{WitnessTable(w1) + WitnessTable(w1), "witnesses[1]"},
           Case{"quorum = 2\n" + WitnessTable(w1), "quorum"},
           Case{"quorum = -1\n" + WitnessTable(w1), "quorum"},
           Case{"quorum = true\n" + WitnessTable(w1), "quorum"},
       }) {
    const absl::Status status = ParseTrust(FormatTrust(SomeTrust()) + c.text).status();
    EXPECT_EQ(ReasonOf(status), "BAD_TRUST_FILE") << c.text;
    EXPECT_EQ(FieldOf(status), c.field) << c.text << ": " << status;
  }
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

TEST(TrustFile, KeepsTheKeysThatWereReplacedAndRefusesWhatIsNoOrderOfThem) {
  const auto key = [](char seed, std::string_view name = "ledger.example/gold") {
    return crypto::NoteSigner::Create(name, crypto::NoteKeyType::kEd25519,
                                      *crypto::SecretKey::FromSeed(std::string(32, seed)))
        ->verifier();
  };
  const ledger::Trust trust{
      .log = key('c'), .genesis_id = crypto::Sha256("genesis"), .former_log_keys = {{key('a'), 10}, {key('b'), 20}}};
  const absl::StatusOr<ledger::Trust> read = ParseTrust(FormatTrust(trust));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->former_log_keys, trust.former_log_keys);
  const ledger::Trust only{.log = key('c'), .genesis_id = crypto::Sha256("genesis")};
  const auto with = [&](const crypto::NoteVerifier& former, std::string_view size) {
    return fmt::format("{}[[former_log_keys]]\nkey = \"{}\"\nuntil_size = {}\n", FormatTrust(only), former.ToVkey(),
                       size);
  };
  ASSERT_TRUE(ParseTrust(with(key('a'), "10")).ok());
  const std::string again = fmt::format("[[former_log_keys]]\nkey = \"{}\"\nuntil_size = 10\n", key('b').ToVkey());
  for (const std::string& text :
       {with(key('a'), "0"), with(key('a'), "\"10\""), with(key('c'), "10"), with(key('a', "other.example"), "10"),
        with(key('a'), "10") + again, with(key('a'), "10") + "from = 1\n"}) {
    const absl::Status refused = ParseTrust(text).status();
    EXPECT_EQ(ReasonOf(refused), "BAD_TRUST_FILE") << text;
    EXPECT_TRUE(FieldOf(refused).starts_with("former_log_keys[")) << FieldOf(refused);
  }
}

}  // namespace
}  // namespace touchstone::cli
