// The cheating table, played against a real node.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "fmt/format.h"
#include "services/logging.h"
#include "tests/cheats/cheat.h"
#include "tests/cheats/rule_switch.h"
#include "tests/cheats/stories.h"

namespace touchstone::cheats {
namespace {

/// What the ledger must answer to, in the order of table.cc.
constexpr std::string_view kCheats[] = {
    "mass gain in a melt",
    "small gains that add up over 90 days",
    "siphoning above the loss band",
    "double sale by two conflicting offers",
    "accept by a party not offered to",
    "output above capacity spread over many small lots",
    "output above capacity spread over several registrants",
    "output above capacity spread over two sites on one licence",
    "phantom production filled later with outside gold",
    "production before the licence",
    "production after its end",
    "a second mine's output run through a licensed mine",
    "backdated attestation",
    "attestation recorded after a claim cited it",
    "lapsed licence",
    "suspended licence",
    "withdrawn licence",
    "annulled licence",
    "lapsed attestation",
    "suspended attestation",
    "withdrawn attestation",
    "annulled attestation",
    "self-attestation",
    "self-attestation by a sister company",
    "attestor without scope",
    "accreditation withdrawn",
    "stolen key used after distrust",
    "stolen key used before it was noticed",
    "undeclared mercury lot merged into a clean one",
    "cyanided tailings with mercury history",
    "doré through the recycled door",
    "existing stock declared after enrolment",
    "one gram behind two pieces",
    "one gram under two jewelers",
    "seal swapped in transit",
    "assay shopping before settlement",
    "ounce slip",
    "lineage cycle",
    "event by a past custodian",
    "correction that erases a bad fact after the lot moved on",
    "replay on another ledger",
    "replay from a cloned device",
    "work account overdrawn",
    "sweeps recovering more than was lost",
};

bool IsFull() {
  const char* full = std::getenv("TOUCHSTONE_FULL");
  return full != nullptr && std::string_view(full) == "1";
}

void Print(const Cheat& cheat, std::string_view last) {
  std::cout << fmt::format("{:<60} {:<70} {:<13} {:<26} {}\n", cheat.name, cheat.how, OutcomeOf(cheat), CodeOf(cheat),
                           last)
            << std::flush;
}

class Cheats : public ::testing::Test {
 protected:
  /// A node says of itself when it begins and ends to serve; here it would hide the table.
  static void SetUpTestSuite() { services::ConfigureLogging(services::LogLevel::kWarning, services::LogFormat::kText); }
};

TEST_F(Cheats, TheTableHoldsEveryCheatInOrder) {
  std::vector<std::string_view> names;
  for (const Cheat& cheat : Table()) {
    if (names.empty() || names.back() != cheat.name) names.push_back(cheat.name);
  }
  EXPECT_THAT(names, ::testing::ElementsAreArray(kCheats));
}

TEST_F(Cheats, EveryCheatIsStoppedOrShownAndItsHonestTwinPasses) {
  for (const Cheat& cheat : Table()) {
    const std::string escaped = JudgeCheat(cheat);
    const std::string accused = JudgeTwin(cheat);
    Print(cheat, escaped.empty() && accused.empty() ? "ok" : "NOT OK");
    EXPECT_EQ(escaped, "") << cheat.name << ": " << cheat.how;
    EXPECT_EQ(accused, "") << "the honest twin of " << cheat.name << ": " << cheat.how;
  }
}

/// One row of each outcome in the ordinary run, every row in the long one. That a rule can be switched off at all
/// proves that the linker took this program's switch.
TEST_F(Cheats, ARowFailsWhenItsRuleIsOff) {
  const auto proves = [](const Cheat& cheat) {
    return cheat.tell == GainInAMelt || cheat.tell == Siphoning || cheat.tell == SuspendedLicence;
  };
  for (const Cheat& cheat : Table()) {
    if (!IsFull() && !proves(cheat)) continue;
    const std::string instead = JudgeWithRuleOff(cheat);
    Print(cheat, "off: " + (instead.empty() ? "NOTHING CHANGED" : instead));
    EXPECT_NE(instead, "") << cheat.name << ": " << cheat.how;
  }
}

TEST_F(Cheats, ARefusalThatIsSwitchedOffIsAdmitted) {
  const RuleOff off(v1::REASON_NOT_OFFERED_TO);
  Stage stage;
  AcceptOfAnother(stage, true);
  EXPECT_TRUE(stage.last().admitted) << stage.last().reason;
}

}  // namespace
}  // namespace touchstone::cheats
