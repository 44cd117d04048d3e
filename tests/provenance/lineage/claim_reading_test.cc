// A claim as it read when it was made and as it reads now, with what came between: the same to a node and to the reader
// of a bundle.
#include "ledger/claim_reading.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "base/status.h"
#include "ledger/bundle.h"
#include "tests/support/answers.h"
#include "tests/support/memory_ledger.h"
#include "tests/support/revisions.h"
#include "tests/support/story.h"

namespace touchstone::ledger {
namespace {

using namespace testing;  // NOLINT: the vocabulary of stories

v1::PolicyRef RefTo(const Policy& policy) {
  v1::PolicyRef ref;
  ref.set_policy_id(policy.pack.id());
  ref.set_version(policy.pack.version());
  ref.set_sha256(std::string(policy.sha256.view()));
  return ref;
}

constexpr auto kUsed = [](v1::Event& e) { e.mutable_produce()->set_mercury_use(v1::MERCURY_USE_USED); };

/// The road from two mines to a ring, claimed to be formalized and mercury-free.
struct Claimed {
  Story story;
  MemoryLedger ledger;
  MineToRing road;
  std::string claim;

  explicit Claimed(const std::function<void(Claimed&)>& before = [](Claimed&) {}) {
    ledger.Record(story.Genesis(KeyOf("log").public_key()));
    road = TellMineToRing(story);
    ledger.RecordAll(road.statements);
    before(*this);
    std::vector<v1::PolicyRef> refs;
    for (const Policy* policy : AnsweredPacks()) refs.push_back(RefTo(*policy));
    claim = Say(story.Claim("jeweler", road.ring, refs, ledger.size())).claim();
  }

  Statement Say(Statement statement) {
    ledger.Record(statement);
    return statement;
  }
  /// The first statement whose event does so.
  const Statement& Told(bool (v1::Event::*does)() const) const {
    return *std::find_if(road.statements.begin(), road.statements.end(),
                         [&](const Statement& s) { return (s.event.*does)(); });
  }
  std::string MercuryFreeAttestation() const {
    for (const Statement& s : road.statements) {
      if (s.event.attest().scope() == v1::SCOPE_MERCURY_FREE_PROCESS) return s.attestation();
    }
    return "";
  }

  /// The reading under `mercury-free`, which node and bundle agree on, as does the verdict now.
  v1::ClaimReading Read() const {
    const auto served = ReadClaim(ledger, ledger.size(), claim, AnsweredPacks());
    EXPECT_TRUE(served.ok()) << served.status();
    const auto bundle = BuildBundle(ledger, claim, AnsweredPacks(), ledger.Checkpoint());
    EXPECT_TRUE(bundle.ok()) << bundle.status();
    const auto report = VerifyBundle(bundle->SerializeAsString(), ledger.Trust());
    EXPECT_TRUE(report.ok()) << report.status();
    if (!served.ok() || !report.ok()) return {};
    EXPECT_EQ(served->size(), AnsweredPacks().size());
    EXPECT_EQ(report->readings.size(), served->size());
    for (size_t i = 0; i < served->size(); ++i) {
      EXPECT_EQ(report->readings[i].DebugString(), (*served)[i].DebugString());
      const auto now = Evaluate(ledger, ledger.size(), claim, *AnsweredPacks()[i]);
      const auto& turns = (*served)[i].turns();
      EXPECT_EQ(now->verdict(), turns.empty() ? (*served)[i].as_claimed().verdict() : turns.rbegin()->verdict());
    }
    return served->back();
  }
};

constexpr uint64_t kLongBefore = 1;

TEST(ClaimReading, NamesWhatTurnedTheClaim) {
  struct Row {
    const char* what;
    v1::ClaimTurn::Cause cause;
    v1::Verdict verdict;
    v1::VerdictCode code;
    std::function<Statement(Claimed&)> turn;
  };
  const std::vector<Row> rows = {
      {"an attestation annulled", v1::ClaimTurn::CAUSE_ANNULMENT, v1::VERDICT_INDETERMINATE,
       v1::VERDICT_CODE_ATTESTATION_ANNULLED,
       [](Claimed& c) {
         return c.story.EndAttestation("inspector", c.MercuryFreeAttestation(), v1::END_CAUSE_ANNULLED, kStoryStartUs);
       }},
      {"an accreditation annulled", v1::ClaimTurn::CAUSE_ANNULMENT, v1::VERDICT_INDETERMINATE,
       v1::VERDICT_CODE_ATTESTATION_MISSING,
       [](Claimed& c) {
         v1::Event end =
             c.story.EndAccreditation("inspector", v1::SCOPE_MERCURY_FREE_PROCESS, v1::END_CAUSE_ANNULLED).event;
         end.mutable_end_accreditation()->set_effective_at_us(kStoryStartUs);
         return c.story.Sign(std::move(end), {"accreditor"});
       }},
      {"a key distrusted", v1::ClaimTurn::CAUSE_DISTRUST, v1::VERDICT_INDETERMINATE, v1::VERDICT_CODE_KEY_DISTRUSTED,
       [](Claimed& c) { return c.story.DistrustKey("south", kLongBefore); }},
      {"a production corrected", v1::ClaimTurn::CAUSE_CORRECTION, v1::VERDICT_FAIL, v1::VERDICT_CODE_MERCURY_DECLARED,
       [](Claimed& c) { return Correct(c.ledger, c.story, c.Told(&v1::Event::has_produce), {"north"}, kUsed); }},
      {"a melt voided", v1::ClaimTurn::CAUSE_CORRECTION, v1::VERDICT_INDETERMINATE, v1::VERDICT_CODE_STEP_VOIDED,
       [](Claimed& c) {
         return Void(c.ledger, c.story, c.Told(&v1::Event::has_transform), {"refiner", "laboratory"});
       }},
      {"the claim revoked", v1::ClaimTurn::CAUSE_CLAIM_ENDED, v1::VERDICT_INDETERMINATE, v1::VERDICT_CODE_CLAIM_ENDED,
       [](Claimed& c) { return c.story.RevokeClaim("jeweler", c.claim, "made in error"); }},
  };
  for (const Row& row : rows) {
    Claimed c;
    c.Say(c.story.RegisterParty("stranger", "GH", {v1::ROLE_MINER}));
    const Statement turn = c.Say(row.turn(c));
    const v1::ClaimReading reading = c.Read();
    EXPECT_EQ(reading.as_claimed().verdict(), v1::VERDICT_PASS) << row.what;
    ASSERT_EQ(reading.turns_size(), 1) << row.what << reading.DebugString();
    EXPECT_EQ(reading.turns(0).cause(), row.cause) << row.what;
    EXPECT_EQ(reading.turns(0).entry_index(), IndexOf(c.ledger, turn)) << row.what;
    EXPECT_EQ(reading.turns(0).verdict(), row.verdict) << row.what;
    EXPECT_TRUE(std::any_of(reading.turns(0).reasons().begin(), reading.turns(0).reasons().end(),
                            [&](const v1::VerdictReason& r) { return r.code() == row.code; }))
        << row.what << reading.DebugString();
  }
}

TEST(ClaimReading, IsNotTurnedByWhatHappensToPapersAndGoldAfterwards) {
  struct Row {
    const char* what;
    std::function<Statement(Claimed&)> later;
  };
  const std::vector<Row> rows = {
      {"withdrawn",
       [](Claimed& c) {
         return c.story.EndAttestation("inspector", c.MercuryFreeAttestation(), v1::END_CAUSE_WITHDRAWN, kStoryStartUs);
       }},
      {"suspended",
       [](Claimed& c) {
         return c.story.EndAttestation("inspector", c.MercuryFreeAttestation(), v1::END_CAUSE_SUSPENDED, kStoryStartUs);
       }},
      {"lapsed",
       [](Claimed& c) {
         return c.story.EndAttestation("inspector", c.MercuryFreeAttestation(), v1::END_CAUSE_LAPSED, kStoryStartUs);
       }},
      {"the attestor withdrawn",
       [](Claimed& c) {
         return c.story.EndAccreditation("inspector", v1::SCOPE_MERCURY_FREE_PROCESS, v1::END_CAUSE_WITHDRAWN);
       }},
      {"an adverse attestation",
       [](Claimed& c) {
         v1::Event event = c.story
                               .Attest("inspector", v1::SCOPE_MERCURY_FREE_PROCESS, c.road.mine_site,
                                       v1::Attest::CONCLUSION_NON_CONFORMANT)
                               .event;
         // It speaks of the time when the gold was won.
         event.mutable_attest()->set_observed_from_us(kStoryStartUs);
         event.mutable_attest()->set_valid_from_us(kStoryStartUs);
         return c.story.Sign(std::move(event), {"inspector"});
       }},
      {"a hold", [](Claimed& c) { return c.story.Hold("jeweler", c.road.ring); }},
      {"a recall", [](Claimed& c) { return c.story.Recall("north", c.road.bar); }},
      {"the holder suspended", [](Claimed& c) { return c.story.SuspendParty("refiner"); }},
  };
  for (const Row& row : rows) {
    Claimed c;
    c.Say(row.later(c));
    const v1::ClaimReading reading = c.Read();
    EXPECT_EQ(reading.as_claimed().verdict(), v1::VERDICT_PASS) << row.what;
    EXPECT_EQ(reading.turns_size(), 0) << row.what << reading.DebugString();
  }
}

TEST(ClaimReading, KeepsWhatSpokeAgainstTheClaimWhenItWasMade) {
  Claimed c([](Claimed& before) { before.Say(before.story.Dispute("north", before.road.bar)); });
  EXPECT_EQ(c.Read().as_claimed().verdict(), v1::VERDICT_INDETERMINATE);
  EXPECT_EQ(c.Read().turns_size(), 0);
  const Statement release = c.Say(c.story.Release("north", c.road.bar));
  const v1::ClaimReading reading = c.Read();
  EXPECT_EQ(reading.as_claimed().verdict(), v1::VERDICT_INDETERMINATE);
  ASSERT_EQ(reading.turns_size(), 1);
  EXPECT_EQ(reading.turns(0).cause(), v1::ClaimTurn::CAUSE_RELEASE);
  EXPECT_EQ(reading.turns(0).entry_index(), IndexOf(c.ledger, release));
  EXPECT_EQ(reading.turns(0).verdict(), v1::VERDICT_PASS);
}

TEST(ClaimReading, TellsTurnsApartInTheOrderOfTheLog) {
  Claimed c;
  c.Say(Correct(c.ledger, c.story, c.Told(&v1::Event::has_produce), {"north"}, kUsed));
  c.Say(c.story.DistrustKey("south", kLongBefore));
  c.Say(c.story.RevokeClaim("jeweler", c.claim, "made in error"));
  const v1::ClaimReading reading = c.Read();
  ASSERT_EQ(reading.turns_size(), 3);
  EXPECT_EQ(reading.turns(0).cause(), v1::ClaimTurn::CAUSE_CORRECTION);
  EXPECT_EQ(reading.turns(1).cause(), v1::ClaimTurn::CAUSE_DISTRUST);
  EXPECT_EQ(reading.turns(2).cause(), v1::ClaimTurn::CAUSE_CLAIM_ENDED);
  EXPECT_LT(reading.turns(0).entry_index(), reading.turns(1).entry_index());
}

TEST(ClaimReading, ReadsTheClaimAsOfAPastSize) {
  Claimed c;
  const uint64_t before = c.ledger.size();
  c.Say(c.story.DistrustKey("south", kLongBefore));
  const auto then = ReadClaim(c.ledger, before, c.claim, AnsweredPacks());
  ASSERT_TRUE(then.ok()) << then.status();
  EXPECT_EQ(then->back().turns_size(), 0);
  EXPECT_EQ(c.Read().turns_size(), 1);
  EXPECT_EQ(ReasonOf(ReadClaim(c.ledger, before - 1, c.claim, AnsweredPacks()).status()), "UNKNOWN_SUBJECT");
}

}  // namespace
}  // namespace touchstone::ledger
