// The events of the hammer, held against the rules: whatever order the clients' tracks meet in, all are admitted.
#include <gtest/gtest.h>

#include <random>
#include <set>
#include <vector>

#include "ledger/envelope.h"
#include "tests/bench/load/source.h"
#include "tests/bench/load/world.h"
#include "tests/support/memory_ledger.h"

namespace touchstone::bench {
namespace {

constexpr size_t kEvents = 500;

/// A ledger with its founding, and the world that stands for it.
struct Founded {
  Founded() : root(testing::KeyOf("root")) {
    testing::Story story;
    ledger.Record(story.Genesis(testing::KeyOf("log").public_key()));
    world = {.genesis_id = story.genesis_id(), .run = "a", .start_us = story.now_us(), .root = &root};
    for (const std::string& envelope : Founding(world).envelopes) Admit(envelope);
  }

  void Admit(const std::string& envelope) {
    const ledger::Decision decision = ledger.Append(envelope);
    ASSERT_EQ(testing::ReasonOf(decision), v1::REASON_UNSPECIFIED)
        << testing::Describe(decision) << "\n"
        << ledger::DecodeEnvelope(envelope)->event.ShortDebugString();
    findings += std::get<ledger::Effects>(decision).findings.size();
  }

  crypto::SecretKey root;
  testing::MemoryLedger ledger;
  World world;
  size_t findings = 0;
};

TEST(LoadTest, EveryEventIsAdmittedHoweverTracksAreInterleaved) {
  std::mt19937_64 dice(11);
  for (int round = 0; round < 3; ++round) {
    Founded founded;
    std::vector<Track> tracks;
    for (uint64_t number = 0; number < 4; ++number) {
      tracks.push_back(District(founded.world, number, kEvents, Signing::kEach));
    }
    std::vector<size_t> told(tracks.size());
    size_t left = 0;
    for (const Track& track : tracks) left += track.envelopes.size();
    while (left > 0) {
      const size_t track = dice() % tracks.size();
      if (told[track] == tracks[track].envelopes.size()) continue;
      founded.Admit(tracks[track].envelopes[told[track]++]);
      if (HasFatalFailure()) return;
      --left;
    }
    // A load of nothing but red flags would be no ordinary load.
    EXPECT_LT(founded.findings, founded.ledger.size() / 10);
  }
}

TEST(LoadTest, SaysHalfOfTheVerbsAndTransformsWithOneInTen) {
  Founded founded;
  std::set<v1::Event::BodyCase> verbs;
  uint64_t transforms = 0;
  const Track track = District(founded.world, 3, 2'000, Signing::kEach);
  for (const auto& [verb, count] : track.verbs) {
    verbs.insert(verb);
    if (verb == v1::Event::kTransform) transforms += count;
  }
  const int all = v1::Event::descriptor()->FindOneofByName("body")->field_count();
  EXPECT_GE(verbs.size() * 2, static_cast<size_t>(all));
  const double share = static_cast<double>(transforms) / static_cast<double>(track.envelopes.size());
  EXPECT_GT(share, 0.08);
  EXPECT_LT(share, 0.12);
  EXPECT_EQ(track.event_ids.size(), track.envelopes.size());
}

TEST(LoadTest, EverySignatureHoldsAloneAndInBatches) {
  Founded founded;
  const Track alone = District(founded.world, 1, kEvents, Signing::kEach);
  const Track batched = District(founded.world, 1, kEvents, Signing::kBatch);
  ASSERT_EQ(alone.event_ids, batched.event_ids);
  EXPECT_GE(alone.signatures, alone.envelopes.size());
  EXPECT_LT(batched.signatures * 10, alone.signatures);
  for (const Track* track : {&alone, &batched}) {
    for (size_t i = 0; i < track->envelopes.size(); ++i) {
      const absl::StatusOr<ledger::SignedEvent> event = ledger::DecodeEnvelope(track->envelopes[i]);
      ASSERT_TRUE(event.ok()) << event.status();
      EXPECT_EQ(event->event_id, track->event_ids[i]);
      EXPECT_TRUE(ledger::VerifySignatures(*event).ok());
    }
  }
}

TEST(LoadTest, IsTheSameForTheSameArgumentsAndAnotherForAnother) {
  Founded founded;
  const Track track = District(founded.world, 5, 100, Signing::kEach);
  EXPECT_EQ(track.envelopes, District(founded.world, 5, 100, Signing::kEach).envelopes);
  World other = founded.world;
  other.run = "b";
  std::set<crypto::Hash> ids(track.event_ids.begin(), track.event_ids.end());
  EXPECT_EQ(ids.size(), track.event_ids.size());
  for (const Track& stranger :
       {District(founded.world, 6, 100, Signing::kEach), District(other, 5, 100, Signing::kEach)}) {
    for (const crypto::Hash& id : stranger.event_ids) EXPECT_FALSE(ids.contains(id));
  }
}

TEST(SourceTest, FreshTracksAreThoseThatWouldBeMadeBefore) {
  Founded founded;
  const TrackPlan plan = {.first = 2, .count = 5, .events_each = 60, .signing = Signing::kEach};
  std::set<std::vector<std::string>> ready;
  for (const Track& track : MakeTracks(founded.world, plan)) ready.insert(track.envelopes);
  std::set<std::vector<std::string>> fresh;
  FreshTracks source(founded.world, plan, /*threads=*/2, /*ahead=*/2);
  while (!source.Dry()) {
    if (const std::optional<Track> track = source.Next(); track.has_value()) fresh.insert(track->envelopes);
  }
  EXPECT_EQ(fresh.size(), plan.count);
  EXPECT_EQ(fresh, ready);
  EXPECT_FALSE(source.Next().has_value());
}

TEST(SourceTest, FreshTracksThatNobodyTakesEndAllTheSame) {
  Founded founded;
  FreshTracks source(founded.world, {0, 1'000, 60, Signing::kEach}, /*threads=*/2, /*ahead=*/1);
  EXPECT_FALSE(source.Dry());
}

}  // namespace
}  // namespace touchstone::bench
