// One event before the reference model: what is wrong with it, what is found on it, what it makes.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "crypto/hash.h"
#include "ledger/ids.h"
#include "ledger/ruleset.h"
#include "tests/property/ledger/model/world.h"
#include "touchstone/v1/reason.pb.h"

namespace touchstone::ledger::model {

using Finding = std::pair<v1::FindingCode, Id>;

struct Case {
  World& world;
  const v1::Event& event;
  const crypto::Hash& event_id;
  uint64_t index;
  int64_t recorded_at_us;

  /// Every reason that applies. Nothing of it can be told once something that it rests on is missing.
  std::set<v1::Reason> faults = {};
  std::set<Finding> findings = {};
  std::vector<Id> created = {};
  /// Lots that the event changes.
  std::set<Id> touched = {};

  /// The parties whose keys signed, and how many root keys did.
  std::set<Id> signers = {};
  uint32_t root_signers = 0;
  /// Whose statement it is; empty when that cannot be told.
  Id actor = {};

  /// Notes the fault unless `fine`, which it returns.
  bool Need(bool fine, v1::Reason reason) {
    if (!fine) faults.insert(reason);
    return fine;
  }
  void Fault(v1::Reason reason) { faults.insert(reason); }
  void Found(v1::FindingCode code, const Id& subject) { findings.insert({code, subject}); }
  Id Make(ObjectKind kind, uint32_t number) { return created.emplace_back(ObjectId(kind, event_id, number)); }

  const Party* actor_party() const { return Find(world.parties, actor); }
  const Ruleset& rules() const { return *FindRuleset(2); }
};

constexpr int64_t kDayUs = int64_t{24} * 3600 * 1'000'000;

/// LATE_RECORD: recorded more than 30 days after it happened. On attest and the verbs of lots and pieces.
inline void FindLate(Case& c, int64_t happened_at_us) {
  if (c.recorded_at_us - happened_at_us > 30 * kDayUs) c.Found(v1::FINDING_CODE_LATE_RECORD, c.actor);
}
inline void FindLate(Case& c) { FindLate(c, c.event.occurred_at_us()); }

}  // namespace touchstone::ledger::model
