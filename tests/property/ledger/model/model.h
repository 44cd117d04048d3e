// The reference model: the rules of ruleset 2 once more, written from the schema's comments and in the plainest way,
// so that whoever wrote `ledger/` and whoever wrote this would have to misread the same sentence in the same way.
//
// An executable summary: begin with verbs.h; each file is about one subject. Everything is in plain maps (world.h),
// every rule is asked every time, and sums are made anew where that is affordable.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/hash.h"
#include "tests/property/ledger/model/case.h"
#include "tests/property/ledger/model/world.h"

namespace touchstone::ledger::model {

/// What the model says to an event.
struct Answer {
  std::set<v1::Reason> faults;  // every reason that applies; none: it is admitted
  std::set<Finding> findings;
  std::vector<Id> created;
  std::set<Id> touched;  // lots that it changed
};

class ReferenceModel {
 public:
  /// Judges the event as the next entry, and takes it in when nothing is wrong with it. It never reads the state of the
  /// rules. Aborts on events that admission does not let through.
  Answer Take(const v1::Event& event, const crypto::Hash& event_id, int64_t recorded_at_us);

  const World& world() const { return world_; }
  uint64_t size() const { return world_.signed_by.size(); }

 private:
  World world_;
};

/// Whether the reason is global: decided by the whole log alone.
bool IsGlobal(v1::Reason reason);

}  // namespace touchstone::ledger::model
