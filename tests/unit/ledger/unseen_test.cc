// Gold that is only on paper grows old, whatever is done to it on paper.
#include <gtest/gtest.h>

#include <string>

#include "tests/support/memory_ledger.h"
#include "tests/support/story.h"

namespace touchstone::ledger {
namespace {

using namespace testing;  // NOLINT: the vocabulary of stories

constexpr int64_t kDayUs = int64_t{24} * 3600 * 1'000'000;

/// A mine and a refiner, and doré that is forty days old when it is handed over; on the twentieth it was split.
struct FortyDays {
  Story story;
  MemoryLedger ledger;

  Statement Say(Statement statement) {
    ledger.Record(statement);
    return statement;
  }

  bool FoundUnseen(bool assayed, bool split) {
    Say(story.Genesis(KeyOf("log").public_key()));
    for (const Statement& statement : story.Offices()) Say(statement);
    Say(story.RegisterParty("north", "PE", {v1::ROLE_MINER}));
    Say(story.RegisterParty("refiner", "CH", {v1::ROLE_REFINER}));
    Say(story.RegisterParty("laboratory", "CH", {v1::ROLE_ASSAY_LABORATORY}));
    const std::string site = Say(story.RegisterSite("Adit", v1::RegisterSite::KIND_MINE, "north", "PE")).site();
    std::string lot = Say(story.Produce("north", site, {Metal(v1::FORM_DORE, 10'000, 900'000)})).lot();
    if (assayed) Say(story.Assay("laboratory", lot, FineAs(900'000)));
    story.AdvanceUs(20 * kDayUs);
    const v1::Output half = Into(Metal(v1::FORM_DORE, 5'000, 900'000));
    if (split) lot = Say(story.Transform("north", v1::Transform::KIND_SPLIT, {Take(lot)}, {half, half})).lot();
    story.AdvanceUs(20 * kDayUs);
    return HasFinding(ledger.Append(story.HandOver("north", "refiner", {lot}).envelope), v1::FINDING_CODE_LOT_UNSEEN);
  }
};

TEST(Unseen, ALotThatNobodySawIsFoundWhenItMoves) { EXPECT_TRUE(FortyDays().FoundUnseen(false, false)); }

TEST(Unseen, SplittingMakesNothingYounger) { EXPECT_TRUE(FortyDays().FoundUnseen(false, true)); }

TEST(Unseen, WhatALaboratorySawIsNotFound) {
  EXPECT_FALSE(FortyDays().FoundUnseen(true, false));
  EXPECT_FALSE(FortyDays().FoundUnseen(true, true));
}

}  // namespace
}  // namespace touchstone::ledger
