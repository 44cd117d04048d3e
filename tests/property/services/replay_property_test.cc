// Whatever is submitted, in whatever batches: what the sequencer leaves on disk is what the entries alone give.
#include <algorithm>
#include <cstdint>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/clock.h"
#include "base/random.h"
#include "gtest/gtest.h"
#include "ledger/envelope.h"
#include "ledger/replay.h"
#include "rapidcheck/gtest.h"
#include "services/core.h"
#include "services/init.h"
#include "storage/testing.h"
#include "tests/support/story.h"
#include "tests/support/temp_dir.h"

namespace touchstone::services {
namespace {

using testing::Into;
using testing::Metal;
using testing::Statement;
using testing::Story;
using testing::Take;
using Records = std::map<std::string, std::string>;

constexpr int64_t kDayUs = 86'400LL * 1'000'000;

/// A fresh ledger in a directory of its own.
class ScratchLedger {
 public:
  explicit ScratchLedger(Clock& clock) {
    const crypto::SecretKey root = testing::KeyOf("root");
    const crypto::SecretKey* const roots[] = {&root};
    SystemRandom random;
    const auto anchor = InitLedger({.data_dir = dir_.path(),
                                    .origin = std::string(Story::kOrigin),
                                    .description = "",
                                    .root_keys = roots,
                                    .threshold = 1,
                                    .store = Options()},
                                   clock, random);
    TS_CHECK(anchor.ok());
    genesis_id = anchor->genesis_id;
  }

  std::unique_ptr<Core> Open(Clock& clock, size_t min_overlapped_events) const {
    absl::StatusOr<std::unique_ptr<Core>> core = Core::Open(
        {.data_dir = dir_.path(), .threads = 2, .store = Options(), .min_overlapped_events = min_overlapped_events},
        clock);
    TS_CHECK(core.ok());
    return *std::move(core);
  }

  crypto::Hash genesis_id;

 private:
  static storage::StoreOptions Options() {
    storage::StoreOptions options;
    options.test_hook = storage::InstantDisk();
    return options;
  }
  testing::TempDir dir_;
};

/// A lot that the teller believes in; the ledger may know better.
struct KnownLot {
  std::string id;
  std::string holder;
  uint64_t gross_mg;
};

/// Tells random things about two miners, a refiner and their gold: mostly possible, often refused.
class RandomTeller {
 public:
  explicit RandomTeller(Story& story) : story_(story) {}

  std::vector<Statement> Setting() {
    std::vector<Statement> told = story_.Offices();
    for (const char* miner : {"north", "south"}) {
      told.push_back(story_.RegisterParty(miner, "PE", {v1::ROLE_MINER}));
      told.push_back(story_.RegisterSite(miner, v1::RegisterSite::KIND_MINE, miner, "PE"));
      sites_[miner] = told.back().site();
    }
    told.push_back(story_.RegisterParty("refiner", "CH", {v1::ROLE_REFINER}));
    return told;
  }

  Statement Next() {
    const int choice = lots_.empty() ? 0 : *rc::gen::inRange(0, 6);
    switch (choice) {
      case 1:
        return Transfer();
      case 2:
        return Melt();
      case 3:
        return OfferOne();
      case 4:
        return offers_.empty() ? Transfer() : story_.Accept("refiner", *rc::gen::elementOf(offers_));
      case 5:
        return story_.Assay("refiner", AnyLot().id, testing::FineAs(*rc::gen::inRange<uint32_t>(1, 1'000'000)));
      default:
        return Produce();
    }
  }

 private:
  const KnownLot& AnyLot() { return lots_[*rc::gen::inRange<size_t>(0, lots_.size())]; }

  Statement Produce() {
    const std::string miner = *rc::gen::element<std::string>("north", "south");
    const auto gross_mg = *rc::gen::inRange<uint64_t>(1, 1'000'000);
    Statement told = story_.Produce(miner, sites_[miner], {Metal(v1::FORM_DORE, gross_mg, 900'000)});
    lots_.push_back({told.lot(), miner, gross_mg});
    return told;
  }

  Statement Transfer() {
    const KnownLot lot = AnyLot();
    lots_.push_back({lot.id, "refiner", lot.gross_mg});
    return story_.HandOver(lot.holder, "refiner", {lot.id});
  }

  Statement OfferOne() {
    const KnownLot lot = AnyLot();
    Statement told = story_.Offer(lot.holder, {lot.id}, "refiner");
    offers_.push_back(told.offer());
    return told;
  }

  Statement Melt() {
    const KnownLot first = AnyLot();
    const KnownLot second = AnyLot();
    const uint64_t part = first.gross_mg > 1 ? *rc::gen::inRange<uint64_t>(0, first.gross_mg) : 0;
    const uint64_t gross_mg = (part == 0 ? first.gross_mg : part) + second.gross_mg;
    Statement told = story_.Transform("refiner", v1::Transform::KIND_MELT, {Take(first.id, part), Take(second.id)},
                                      {Into(Metal(v1::FORM_DORE, gross_mg, 899'000))});
    lots_.push_back({told.lot(), "refiner", gross_mg});
    return told;
  }

  Story& story_;
  std::map<std::string, std::string> sites_;
  std::vector<KnownLot> lots_;
  std::vector<std::string> offers_;
};

/// Submits the envelopes in random portions, all at once, so that they meet in random batches.
void SubmitInRandomPortions(Core& core, const std::vector<std::string>& envelopes) {
  std::vector<std::future<void>> answered;
  for (size_t begin = 0; begin < envelopes.size();) {
    const size_t size = *rc::gen::inRange<size_t>(1, 20);
    const size_t end = std::min(envelopes.size(), begin + size);
    auto done = std::make_shared<std::promise<void>>();
    answered.push_back(done->get_future());
    core.Submit({envelopes.begin() + static_cast<ptrdiff_t>(begin), envelopes.begin() + static_cast<ptrdiff_t>(end)},
                [done](const Answers&) { done->set_value(); });
    if (*rc::gen::arbitrary<bool>()) answered.back().wait();
    begin = end;
  }
  for (const std::future<void>& answer : answered) answer.wait();
}

Records Scanned(const std::function<absl::Status(const storage::Visitor&)>& scan) {
  Records records;
  TS_CHECK(scan([&records](std::string_view key, std::string_view value) {
             records.emplace(key, value);
             return true;
           }).ok());
  return records;
}

struct Replayed {
  ledger::MemoryState state;
  ledger::MemoryState indexes;
};

/// The state that the entries alone give.
Replayed Replay(const storage::Snapshot& snapshot) {
  Replayed replayed;
  int64_t previous_us = 0;
  for (uint64_t index = 0; index < snapshot.size(); ++index) {
    const std::string entry = snapshot.GetEntry(index).value();
    const absl::StatusOr<ledger::Effects> effects = ledger::Materialise(replayed.state, index, entry, previous_us);
    RC_ASSERT(effects.ok());
    replayed.state.Apply(effects->state);
    replayed.indexes.Apply(effects->indexes);
    previous_us = ledger::DecodeEntry(entry)->recorded_at_us();
  }
  return replayed;
}

RC_GTEST_PROP(Sequencer, StateOnDiskIsThatOfTheEntriesAlone, ()) {
  ManualClock clock(testing::kStoryStartUs + kDayUs);
  const ScratchLedger ledger(clock);
  Story story;
  story.Continue(ledger.genesis_id);
  RandomTeller teller(story);
  std::vector<std::string> envelopes;
  for (const Statement& statement : teller.Setting()) envelopes.push_back(statement.envelope);
  for (int i = *rc::gen::inRange(0, 80); i > 0; --i) {
    envelopes.push_back(teller.Next().envelope);
    if (*rc::gen::inRange(0, 8) == 0) envelopes.push_back(*rc::gen::elementOf(envelopes));  // once more
    // Too late: what builds on it waits.
    if (*rc::gen::inRange(0, 6) == 0) std::swap(envelopes.back(), envelopes[envelopes.size() - 2]);
  }

  const std::unique_ptr<Core> core = ledger.Open(clock, *rc::gen::inRange<size_t>(1, 10));
  SubmitInRandomPortions(*core, envelopes);
  core->Stop();
  const storage::Snapshot& snapshot = *core->newest()->snapshot;
  RC_ASSERT(snapshot.size() > 1u);
  const Replayed replayed = Replay(snapshot);
  RC_ASSERT(Scanned([&](const storage::Visitor& visit) { return snapshot.ScanState("", "", visit); }) ==
            Records(replayed.state.records().begin(), replayed.state.records().end()));
  RC_ASSERT(Scanned([&](const storage::Visitor& visit) { return snapshot.ScanIndexes("", "", visit); }) ==
            Records(replayed.indexes.records().begin(), replayed.indexes.records().end()));
}

}  // namespace
}  // namespace touchstone::services
