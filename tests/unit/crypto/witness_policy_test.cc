#include "crypto/witness_policy.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/limits.h"
#include "base/status.h"
#include "crypto/checkpoint.h"
#include "crypto/cosignature.h"

namespace touchstone::crypto {
namespace {

constexpr std::string_view kText = "example.com/log\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

NoteSigner Log() {
  return *NoteSigner::Create("example.com/log", NoteKeyType::kEd25519, *SecretKey::FromSeed(std::string(32, 'l')));
}

NoteSigner Witness(char which) {
  return *NoteSigner::Create(std::string("witness.example/") + which, NoteKeyType::kCosignature,
                             *SecretKey::FromSeed(std::string(32, which)));
}

std::string Vkey(char which) { return Witness(which).verifier().ToVkey(); }

/// The lines that define the witnesses a, b, ...
std::string Defining(std::string_view names) {
  std::string text;
  for (const char name : names) text += std::string("witness ") + name + " " + Vkey(name) + "\n";
  return text;
}

/// The checkpoint under the log's signature and those of `cosigners`, as who trusts `policy` opens it.
OpenedNote Cosigned(std::string_view cosigners, const WitnessPolicy& policy) {
  const NoteSigner log = Log();
  std::string note = *SignNote(kText, {&log, 1});
  for (const char name : cosigners) note += FormatNoteSignature(*Cosign(kText, 1, Witness(name)));
  std::vector<NoteVerifier> known = policy.Verifiers();
  known.push_back(log.verifier());
  return *OpenNote(note, known);
}

bool Meets(const std::string& text, std::string_view cosigners) {
  const auto policy = WitnessPolicy::Parse(text);
  EXPECT_TRUE(policy.ok()) << policy.status();
  return policy.ok() && policy->IsMetBy(Cosigned(cosigners, *policy));
}

TEST(WitnessPolicy, ThatAsksForNobodyIsMetByTheLogAlone) {
  EXPECT_TRUE(Meets("quorum none\n", ""));
  EXPECT_TRUE(Meets(Defining("a") + "quorum none\n", ""));
  EXPECT_TRUE(WitnessPolicy().IsMetBy(OpenedNote()));
  EXPECT_FALSE(WitnessPolicy().asks());
}

TEST(WitnessPolicy, OfOneWitnessIsMetByItAndByNoOther) {
  const std::string text = Defining("ab") + "quorum a\n";
  EXPECT_TRUE(Meets(text, "a"));
  EXPECT_TRUE(Meets(text, "ba"));
  EXPECT_FALSE(Meets(text, "b"));
  EXPECT_FALSE(Meets(text, ""));
}

TEST(WitnessPolicy, CountsTheMembersOfGroupsOverTwoLevels) {
  const std::string text = Defining("abcxyz") + "group first 2 a b c\ngroup second any x y z\n" +
                           "group both all first second\nquorum both\n";
  EXPECT_TRUE(Meets(text, "acz"));
  EXPECT_TRUE(Meets(text, "abcxyz"));
  EXPECT_FALSE(Meets(text, "abc"));
  EXPECT_FALSE(Meets(text, "axyz"));
}

TEST(WitnessPolicy, CountsAWitnessOnceHoweverOftenItSigned) {
  EXPECT_FALSE(Meets(Defining("ab") + "group g 2 a b\nquorum g\n", "aaa"));
}

TEST(WitnessPolicy, KnowsLogsAndAddressesAndPassesOverCommentsAndBlanks) {
  const std::string vkey = Log().verifier().ToVkey();
  const auto policy =
      WitnessPolicy::Parse("# ours\n\n \t\nlog " + vkey + " https://log.example\n\twitness  w\xC3\xA9 " + Vkey('a') +
                           "\thttp://w.example:80/x \nquorum w\xC3\xA9\n");
  ASSERT_TRUE(policy.ok()) << policy.status();
  ASSERT_EQ(policy->logs().size(), 1u);
  EXPECT_EQ(policy->logs()[0].verifier, Log().verifier());
  EXPECT_EQ(policy->logs()[0].url, "https://log.example");
  ASSERT_EQ(policy->witnesses().size(), 1u);
  EXPECT_EQ(policy->witnesses()[0].name, "w\xC3\xA9");
  EXPECT_EQ(policy->witnesses()[0].url, "http://w.example:80/x");
  EXPECT_TRUE(policy->asks());
}

TEST(WitnessPolicy, OfAnotherFormIsRefusedWithItsLine) {
  struct Case {
    std::string text;
    const char* field;
    const char* line;
  };
  const std::string log = "log " + Log().verifier().ToVkey() + "\n";
  std::string crowd;
  for (size_t i = 0; i <= limits::kMaxPolicyWitnesses; ++i) {
    const std::string name = "w" + std::to_string(i);
    const SecretKey key = *SecretKey::FromSeed(std::string(31, 'w') + static_cast<char>(i));
    crowd += "witness " + name + " " +
             NoteVerifier::Create(name, NoteKeyType::kCosignature, key.public_key())->ToVkey() + "\n";
  }
  for (const Case& c : {
           Case{"", "quorum", "line 0"},
           Case{"quorum none", "", ""},
           Case{"quorum none\nquorum none\n", "quorum", "line 2"},
           Case{"quorum a\n", "quorum", "line 1"},
           Case{"quorum\n", "quorum", "line 1"},
           Case{"quorum none none\n", "quorum", "line 1"},
           Case{"Quorum none\n", "", "line 1"},
           Case{"quorum none\r\n", "", "line 1"},
           Case{"log nokey\nquorum none\n", "log", "line 1"},
           Case{"log " + Vkey('a') + "\nquorum none\n", "log", "line 1"},
           Case{log + log + "quorum none\n", "log", "line 2"},
           Case{"witness a " + Log().verifier().ToVkey() + "\nquorum a\n", "witness", "line 1"},
           Case{"witness none " + Vkey('a') + "\nquorum none\n", "witness", "line 1"},
           Case{Defining("aa") + "quorum a\n", "witness", "line 2"},
           Case{"witness a " + Vkey('a') + "\nwitness b " + Vkey('a') + "\nquorum a\n", "witness", "line 2"},
           Case{Defining("a") + "group g all\nquorum g\n", "group", "line 2"},
           Case{Defining("a") + "group g all b\nquorum g\n", "group", "line 2"},
           Case{Defining("a") + "group g 0 a\nquorum g\n", "group", "line 2"},
           Case{Defining("a") + "group g 2 a\nquorum g\n", "group", "line 2"},
           Case{Defining("a") + "group g 01 a\nquorum g\n", "group", "line 2"},
           Case{Defining("a") + "group g some a\nquorum g\n", "group", "line 2"},
           Case{Defining("ab") + "group g any a a\nquorum g\n", "group", "line 3"},
           Case{Defining("ab") + "group g any a\ngroup h any a b\nquorum h\n", "group", "line 4"},
           Case{Defining("a") + "group a any a\nquorum a\n", "group", "line 2"},
           Case{Defining("a") + "group g any g\nquorum g\n", "group", "line 2"},
           Case{crowd + "quorum none\n", "witness", "line 65"},
           Case{std::string(limits::kMaxWitnessPolicyBytes + 1, '\n'), "", ""},
       }) {
    const auto policy = WitnessPolicy::Parse(c.text);
    ASSERT_FALSE(policy.ok()) << c.text;
    EXPECT_EQ(ReasonOf(policy.status()), "BAD_WITNESS_POLICY");
    EXPECT_EQ(FieldOf(policy.status()), c.field) << c.text;
    EXPECT_NE(std::string(policy.status().message()).find(c.line), std::string::npos) << policy.status();
  }
}

}  // namespace
}  // namespace touchstone::crypto
