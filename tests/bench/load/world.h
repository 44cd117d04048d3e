// Events for load: valid by construction, of most verbs, in tracks that do not touch each other.
//
// A track is one district of a market: a mine, a trader, a refinery and a workshop with their papers, and lots on
// their way from one to the other, a few at a time. Within a track every event follows those that it rests on; no two
// tracks share a party, a lot or a paper, so that they may be told to the ledger at once, interleaved in any way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/hash.h"
#include "crypto/keys.h"
#include "touchstone/v1/event.pb.h"

namespace touchstone::bench {

/// How the events of a track are signed.
enum class Signing {
  kEach,   // each by itself
  kBatch,  // what a party said, up to kEventsPerBatch events under one signature
};

/// Events under one signature, where they are signed in batches: what a device says in a day or two.
inline constexpr size_t kEventsPerBatch = 256;

/// The ledger that the events are for.
struct World {
  crypto::Hash genesis_id;
  /// Tells runs apart: two runs on one ledger must not register the same keys. Any text.
  std::string run;
  /// When the first event of each track happened, Unix microseconds. The events of a track follow a second apart.
  int64_t start_us = 0;
  /// Signs what only root can. Used by Founding alone.
  const crypto::SecretKey* root = nullptr;
};

/// Signed events in the order in which they must come.
struct Track {
  std::vector<std::string> envelopes;
  std::vector<crypto::Hash> event_ids;  // of as many
  uint64_t signatures = 0;              // to be verified
  uint64_t bytes = 0;                   // of the envelopes
  std::map<v1::Event::BodyCase, uint64_t> verbs;
};

/// A registrar and an accreditor: what every track rests on. Comes before all of them, by itself.
Track Founding(const World& world);

/// District `number`, with `events` events or a few more. A pure function: the same bytes for the same arguments. About
/// one in ten events is a transform.
Track District(const World& world, uint64_t number, size_t events, Signing signing);

}  // namespace touchstone::bench
