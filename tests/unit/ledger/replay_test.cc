#include "ledger/replay.h"

#include <gtest/gtest.h>

#include <string>

#include "base/status.h"
#include "ledger/envelope.h"
#include "tests/support/bits.h"
#include "tests/support/memory_ledger.h"
#include "tests/support/story.h"

namespace touchstone::ledger {
namespace {

using testing::KeyOf;
using testing::MemoryLedger;
using testing::Story;

struct Told {
  Story story;
  MemoryLedger ledger;
  Told() {
    ledger.Record(story.Genesis(KeyOf("log").public_key()));
    ledger.RecordAll(testing::TellMineToRing(story).statements);
  }
};

int64_t TimeOf(const std::string& entry) { return DecodeEntry(entry)->recorded_at_us(); }

TEST(Materialise, MakesFromEntriesAloneTheStateThatDecidingMade) {
  const Told told;
  MemoryState state;
  int64_t previous_us = 0;
  for (uint64_t i = 0; i < told.ledger.size(); ++i) {
    const std::string& entry = told.ledger.entries()[i];
    const auto effects = Materialise(state, i, entry, previous_us);
    ASSERT_TRUE(effects.ok()) << effects.status();
    state.Apply(effects->state);
    previous_us = TimeOf(entry);
  }
  EXPECT_EQ(state.records(), told.ledger.state().records());
}

TEST(Materialise, CallsWhatCouldNotHaveBeenAdmittedDamage) {
  Told told;
  const uint64_t next = told.ledger.size();
  const int64_t previous_us = TimeOf(told.ledger.entries().back());
  const std::string good = EncodeEntry(previous_us, told.story.AddKey("north", "north-2").envelope);
  ASSERT_TRUE(Materialise(told.ledger, next, good, previous_us).ok());

  v1::Envelope forged;
  ASSERT_TRUE(forged.ParseFromString(DecodeEntry(good)->envelope()));
  *forged.mutable_signatures(0)->mutable_signature() = testing::WithBitFlipped(forged.signatures(0).signature(), 7);
  struct Row {
    std::string entry;
    int64_t previous_us;
    const char* reason;
  };
  for (const Row& row : {Row{good.substr(1), previous_us, "ENTRY_MALFORMED"},
                         Row{EncodeEntry(previous_us, "nonsense"), previous_us, "ENVELOPE_MALFORMED"},
                         Row{EncodeEntry(previous_us, forged.SerializeAsString()), previous_us, "BAD_SIGNATURE"},
                         Row{good, previous_us + 1, "TIME_WENT_BACK"},
                         Row{told.ledger.entries().back(), previous_us, "EVENT_REPEATED"}}) {
    const auto effects = Materialise(told.ledger, next, row.entry, row.previous_us);
    EXPECT_EQ(effects.status().code(), absl::StatusCode::kDataLoss);
    EXPECT_EQ(ReasonOf(effects.status()), row.reason) << effects.status();
  }
}

}  // namespace
}  // namespace touchstone::ledger
