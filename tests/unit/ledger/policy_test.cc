#include "ledger/policy.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/limits.h"
#include "base/status.h"

namespace touchstone::ledger {
namespace {

std::string Pack(const std::string& rules) {
  return "id: \"some-pack\" version: 1 title: \"Some\" permitted_models: CUSTODY_MODEL_SEGREGATED"
         " sources { rule: \"r\" citation: \"c\" } " +
         rules;
}

TEST(ParsePolicy, IdentifiesAPackByTheHashOfItsBytes) {
  const std::string text = Pack("process { no_mercury: true }");
  const auto policy = ParsePolicy(text);
  ASSERT_TRUE(policy.ok()) << policy.status();
  EXPECT_EQ(policy->bytes, text);
  EXPECT_EQ(policy->sha256, crypto::Sha256(text));
  const auto respaced = ParsePolicy(text + "\n");
  ASSERT_TRUE(respaced.ok());
  EXPECT_EQ(respaced->pack.SerializeAsString(), policy->pack.SerializeAsString());
  EXPECT_NE(respaced->sha256, policy->sha256);
}

TEST(ParsePolicy, RefusesPacksThatSayTooLittleOrTooMuch) {
  struct Row {
    std::string text;
    const char* field;
  };
  const std::string process = "process { no_mercury: true }";
  const std::string long_title(limits::kMaxTextBytes + 1, 't');
  std::string many;
  for (int i = 0; i <= limits::kMaxListedPerEvent; ++i) many += "licences { kind: LICENCE_KIND_TITLE } ";
  const std::vector<Row> rows = {
      {"", "id"},
      {"id: \"Upper\" version: 1", "id"},
      {"id: \"" + std::string(65, 'a') + "\" version: 1", "id"},
      {"id: \"a\"", "version"},
      {"id: \"a\" version: 1", "title"},
      {"id: \"a\" version: 1 title: \"" + long_title + "\"", "title"},
      {"id: \"a\" version: 1 title: \"red \\033[31m\"", "title"},
      {"id: \"a\" version: 1 title: \"t\"", ""},
      {"id: \"a\" version: 1 title: \"t\" " + process, "permitted_models"},
      {"id: \"a\" version: 1 title: \"t\" permitted_models: CUSTODY_MODEL_SEGREGATED " + process, "sources"},
      {Pack("attestations { max_age_days: 1 }"), "attestations[0].scope"},
      {Pack("attestations { scope: SCOPE_IDENTITY }"), "attestations[0].max_age_days"},
      {Pack("attestations { scope: SCOPE_IDENTITY max_age_days: 4000000000 }"), "attestations[0].max_age_days"},
      {Pack("attestations { scope: SCOPE_IDENTITY max_age_days: 9 } attestations { scope: SCOPE_IDENTITY max_age_days: "
            "8 }"),
       "attestations[1].scope"},
      {Pack("licences { holder_is_operator: true }"), "licences[0].kind"},
      {Pack(many), "licences"},
      {Pack(process + std::string(limits::kMaxPolicyBytes, ' ')), ""},
      {"nonsense", ""},
      {Pack("process { no_mercury: perhaps }"), ""},
      {Pack("process { no_silver: true }"), ""},
  };
  for (const Row& row : rows) {
    const auto policy = ParsePolicy(row.text);
    ASSERT_FALSE(policy.ok()) << row.text;
    EXPECT_EQ(ReasonOf(policy.status()), "BAD_POLICY") << row.text;
    EXPECT_EQ(FieldOf(policy.status()), row.field) << row.text;
  }
}

TEST(ParsePolicy, SaysInWhichLineTheTextIsWrong) {
  const auto policy = ParsePolicy("id: \"a\"\nversion: one\n");
  EXPECT_NE(MessageOf(policy.status()).find("line 2"), std::string_view::npos) << policy.status();
}

TEST(ParsePolicy, RefusesAPackThatPermitsOnlyWhatItForbids) {
  const std::string without = "process { no_mercury: true permitted_routes: PROCESS_ROUTE_GRAVITY_DIRECT_SMELTING ";
  const std::string with = " permitted_routes: PROCESS_ROUTE_WHOLE_ORE_AMALGAMATION }";
  EXPECT_TRUE(ParsePolicy(Pack(without + with)).ok());
  const auto policy = ParsePolicy(Pack("process { no_mercury: true" + with));
  EXPECT_EQ(FieldOf(policy.status()), "process.permitted_routes") << policy.status();
  EXPECT_TRUE(ParsePolicy(Pack("process { " + with)).ok());
}

TEST(PolicyErrors, AreAllThatIsWrong) {
  std::vector<std::string> fields;
  for (const absl::Status& error : PolicyErrors("id: \"Upper\" process { } licences { countries: \"pe\" }")) {
    EXPECT_EQ(ReasonOf(error), "BAD_POLICY");
    fields.push_back(FieldOf(error));
  }
  EXPECT_EQ(fields, (std::vector<std::string>{"id", "version", "title", "licences[0].kind", "licences[0].countries",
                                              "permitted_models", "sources"}));
  EXPECT_EQ(PolicyErrors("id: 7\nversion: one\n").size(), 1u) << "the parser ends with the first";
  EXPECT_TRUE(PolicyErrors(BuiltInPolicies().front().bytes).empty());
}

TEST(BuiltInPolicies, AreFoundByTheirIds) {
  ASSERT_GE(BuiltInPolicies().size(), 2u);
  for (const Policy& policy : BuiltInPolicies()) {
    EXPECT_EQ(FindBuiltInPolicy(policy.pack.id()), &policy);
    EXPECT_EQ(policy.sha256, crypto::Sha256(policy.bytes));
    EXPECT_TRUE(ParsePolicy(policy.bytes).ok());
  }
  EXPECT_NE(FindBuiltInPolicy("mercury-free"), nullptr);
  EXPECT_NE(FindBuiltInPolicy("formalized"), nullptr);
  EXPECT_EQ(FindBuiltInPolicy("no-such-pack"), nullptr);
}

TEST(BuiltInPolicies, ComeByAscendingId) {
  for (size_t i = 1; i < BuiltInPolicies().size(); ++i) {
    EXPECT_LT(BuiltInPolicies()[i - 1].pack.id(), BuiltInPolicies()[i].pack.id());
  }
}

}  // namespace
}  // namespace touchstone::ledger
