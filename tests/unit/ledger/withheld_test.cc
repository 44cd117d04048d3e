#include "ledger/withheld.h"

#include <gtest/gtest.h>

#include <string>

#include "base/encoding.h"
#include "base/status.h"

namespace touchstone::ledger {
namespace {

v1::Disclosure OpenValue() {
  v1::Disclosure disclosure;
  disclosure.set_field("register_site.withheld_point");
  disclosure.set_salt(std::string(32, '\x01'));
  disclosure.set_value("12.5 S, 70.1 W");
  return disclosure;
}

// SHA-256 computed independently, with sha256sum over the same bytes.
TEST(Withheld, CommitmentIsTheHashOfTagSaltAndValue) {
  EXPECT_EQ(HexEncode(CommitTo(OpenValue()).commitment()),
            "2df8ffb4991b862aed55df59cf535ff141e7846cfc407c4c2cff54b2ec50c11b");
}

TEST(Withheld, OnlyTheSameSaltAndValueOpenACommitment) {
  const v1::Withheld withheld = CommitTo(OpenValue());
  EXPECT_TRUE(CheckDisclosure(withheld, OpenValue()).ok());
  v1::Disclosure other_value = OpenValue();
  other_value.set_value("12.5 S, 70.2 W");
  EXPECT_EQ(ReasonOf(CheckDisclosure(withheld, other_value)), "DISCLOSURE_MISMATCH");
  v1::Disclosure other_salt = OpenValue();
  other_salt.set_salt(std::string(32, '\x02'));
  EXPECT_EQ(ReasonOf(CheckDisclosure(withheld, other_salt)), "DISCLOSURE_MISMATCH");
  v1::Disclosure moved = OpenValue();
  moved.set_salt(std::string(31, '\x01'));
  moved.set_value("\x01" + OpenValue().value());
  const absl::Status status = CheckDisclosure(withheld, moved);
  EXPECT_EQ(ReasonOf(status), "BAD_SALT") << "the same bytes, divided elsewhere";
  EXPECT_EQ(FieldOf(status), "salt");
}

}  // namespace
}  // namespace touchstone::ledger
