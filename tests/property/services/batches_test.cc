// Where a batch ends changes nothing: whatever portions the same events are decided and committed in, what lies on the
// disk is the same, byte for byte.
#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <numeric>
#include <string>
#include <variant>
#include <vector>

#include "base/check.h"
#include "crypto/merkle.h"
#include "gtest/gtest.h"
#include "services/batch_builder.h"
#include "services/store_view.h"
#include "storage/store.h"
#include "storage/testing.h"
#include "tests/property/ledger/model/market.h"
#include "tests/property/ledger/model/model.h"
#include "tests/support/temp_dir.h"

namespace touchstone::services {
namespace {

using Records = std::map<std::string, std::string>;

constexpr size_t kEvents = 3'000;

/// An event as admission hands it on. Nobody asks for its signatures any more.
struct Submitted {
  Candidate candidate;
  int64_t recorded_at_us = 0;
};

std::vector<Submitted> MarketEvents(uint64_t seed) {
  ledger::model::ReferenceModel model;
  ledger::model::Market market(seed, model.world());
  std::vector<Submitted> events;
  for (size_t i = 0; i < kEvents; ++i) {
    const ledger::model::Move move = market.Next();
    v1::Envelope envelope;
    envelope.set_payload(move.event.SerializeAsString());
    events.push_back({{{move.event_id, move.event, envelope}, envelope.SerializeAsString()}, move.recorded_at_us});
    market.Note(move, model.Take(move.event, move.event_id, move.recorded_at_us));
  }
  return events;
}

void Commit(storage::Store& store, BatchBuilder& builder, const std::vector<std::string>& entries) {
  storage::Batch batch = builder.TakeBatch();
  for (const std::string& entry : entries)
    batch.entries.push_back({.bytes = entry, .leaf_hash = crypto::LeafHash(entry)});
  TS_CHECK(store.Commit(batch).ok());
}

/// What became of an event, without what a batch may add to it.
std::string Told(const BatchOutcome& outcome) {
  if (const auto* recorded = std::get_if<Recorded>(&outcome)) {
    std::string told = "recorded " + std::to_string(recorded->index);
    for (const v1::FindingRecord& finding : recorded->findings) told += finding.SerializeAsString();
    return told;
  }
  if (const auto* known = std::get_if<AlreadyRecorded>(&outcome)) return "known " + std::to_string(known->index);
  const auto* wanting = std::get_if<Wanting>(&outcome);
  const ledger::Rejection& refused = wanting != nullptr ? wanting->rejection : std::get<ledger::Rejection>(outcome);
  std::string told = wanting != nullptr ? "wanting " + wanting->missing_id + " " : "refused ";
  if (wanting != nullptr) told = std::accumulate(wanting->party_ids.begin(), wanting->party_ids.end(), told);
  return told + std::to_string(refused.reason) + refused.field + refused.message;
}

struct Left {
  Records state;
  Records indexes;
  std::vector<std::string> told;
};

Records Scanned(const std::function<absl::Status(const storage::Visitor&)>& scan) {
  Records records;
  TS_CHECK(scan([&records](std::string_view key, std::string_view value) {
             return records.emplace(key, value).second;
           }).ok());
  return records;
}

/// Decides and commits the events in portions of `size()` each.
Left InPortions(const std::vector<Submitted>& events, const std::function<size_t()>& size) {
  const testing::TempDir dir;
  storage::StoreOptions options;
  options.test_hook = storage::InstantDisk();
  const auto store = storage::Store::Create(
      dir.path(), {.origin = "gold.example/market", .genesis_id = events[0].candidate.event.event_id}, options);
  TS_CHECK(store.ok());
  WorkingState state(**store);
  Left left;
  for (size_t begin = 0; begin < events.size();) {
    const size_t end = std::min(events.size(), begin + size());
    BatchBuilder builder((*store)->identity(), (*store)->size(), state);
    std::vector<std::string> entries;
    for (size_t i = begin; i < end; ++i) {
      const BatchOutcome outcome = builder.Add(events[i].candidate, events[i].recorded_at_us);
      left.told.push_back(Told(outcome));
      if (const auto* recorded = std::get_if<Recorded>(&outcome)) entries.push_back(recorded->entry);
    }
    TS_CHECK(builder.status().ok());
    if (!entries.empty()) Commit(**store, builder, entries);
    begin = end;
  }
  const auto snapshot = (*store)->TakeSnapshot();
  left.state = Scanned([&](const storage::Visitor& visit) { return snapshot->ScanState("", "", visit); });
  left.indexes = Scanned([&](const storage::Visitor& visit) { return snapshot->ScanIndexes("", "", visit); });
  return left;
}

TEST(Batches, EndAnywhereWithTheSameState) {
  for (const uint64_t seed : {1, 2}) {
    const std::vector<Submitted> events = MarketEvents(seed);
    const Left one_by_one = InPortions(events, [] { return size_t{1}; });
    EXPECT_GT(one_by_one.state.size(), kEvents / 2);
    for (const std::string kind : {"recorded", "known", "wanting", "refused"}) {
      const auto is_one = [&](const std::string& told) { return told.rfind(kind, 0) == 0; };
      EXPECT_GT(std::count_if(one_by_one.told.begin(), one_by_one.told.end(), is_one), 5) << kind;
    }
    ledger::Dice dice(seed);
    for (const size_t most : {size_t{3}, size_t{64}, kEvents}) {
      const Left left = InPortions(events, [&] { return size_t{1} + dice.Below(most); });
      EXPECT_EQ(left.told, one_by_one.told);
      EXPECT_EQ(left.state, one_by_one.state);
      EXPECT_EQ(left.indexes, one_by_one.indexes);
    }
  }
}

}  // namespace
}  // namespace touchstone::services
