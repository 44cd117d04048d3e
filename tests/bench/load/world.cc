#include "tests/bench/load/world.h"

#include <algorithm>
#include <deque>
#include <iterator>
#include <utility>

#include "base/check.h"
#include "ledger/envelope.h"
#include "tests/bench/load/chains.h"
#include "tests/bench/load/load_story.h"

namespace touchstone::bench {
namespace {

/// Chains that are told at once: a market day, on which nobody waits until a lot has gone its whole way.
constexpr size_t kChainsAtOnce = 6;

/// Nonces that a track has to itself.
constexpr int kNonceBits = 32;

/// Several chains as one: in turn an event of each of the first few, until all are told.
void Interleave(std::vector<std::vector<Unsigned>> chains, std::vector<Unsigned>& events) {
  std::deque<std::pair<size_t, size_t>> open;  // chain, and how far it is told
  size_t next = 0;
  for (; next < std::min(kChainsAtOnce, chains.size()); ++next) open.emplace_back(next, 0);
  while (!open.empty()) {
    auto [chain, told] = open.front();
    open.pop_front();
    events.push_back(std::move(chains[chain][told]));
    if (++told < chains[chain].size()) {
      open.emplace_back(chain, told);
    } else if (next < chains.size()) {
      open.emplace_back(next++, 0);
    }
  }
}

void SignEach(const std::vector<Unsigned>& events, Track& track) {
  for (const Unsigned& event : events) {
    absl::StatusOr<std::string> envelope = ledger::SignPayload(event.payload, event.keys);
    TS_CHECK(envelope.ok());
    track.envelopes.push_back(*std::move(envelope));
    track.signatures += event.keys.size();
  }
}

/// What the same keys sign goes under one signature of each.
void SignInBatches(const std::vector<Unsigned>& events, Track& track) {
  std::map<std::vector<const crypto::SecretKey*>, std::vector<size_t>> by_keys;
  for (size_t i = 0; i < events.size(); ++i) by_keys[events[i].keys].push_back(i);
  track.envelopes.resize(events.size());
  for (const auto& [keys, numbers] : by_keys) {
    for (size_t first = 0; first < numbers.size(); first += kEventsPerBatch) {
      const size_t count = std::min(kEventsPerBatch, numbers.size() - first);
      std::vector<std::string> payloads;
      for (size_t i = 0; i < count; ++i) payloads.push_back(events[numbers[first + i]].payload);
      absl::StatusOr<std::vector<std::string>> envelopes = ledger::SignBatch(payloads, keys);
      TS_CHECK(envelopes.ok());
      for (size_t i = 0; i < count; ++i) track.envelopes[numbers[first + i]] = std::move((*envelopes)[i]);
      track.signatures += keys.size();
    }
  }
}

Track Signed(const std::vector<Unsigned>& events, Signing signing) {
  Track track;
  switch (signing) {
    case Signing::kEach:
      SignEach(events, track);
      break;
    case Signing::kBatch:
      SignInBatches(events, track);
      break;
  }
  for (const Unsigned& event : events) {
    track.event_ids.push_back(event.event_id);
    ++track.verbs[event.verb];
  }
  for (const std::string& envelope : track.envelopes) track.bytes += envelope.size();
  return track;
}

}  // namespace

Track Founding(const World& world) {
  LoadStory story(world, 0);
  story.Offices();
  return Signed(story.Take(), Signing::kEach);
}

Track District(const World& world, uint64_t number, size_t events, Signing signing) {
  LoadStory story(world, (number + 1) << kNonceBits);
  Chains chains(story, world.run, number);
  std::vector<Unsigned> told = story.Take();
  std::vector<std::vector<Unsigned>> lots;
  for (size_t planned = told.size(); planned < events; planned += lots.back().size()) {
    chains.TellNext();
    lots.push_back(story.Take());
  }
  Interleave(std::move(lots), told);
  return Signed(told, signing);
}

}  // namespace touchstone::bench
