// The entries that corrections and voidings speak of: carried along as their payload, found by its hash, with who made
// them and who relied on them since.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/property/ledger/model/case.h"

namespace touchstone::ledger::model {

/// What a transfer moved.
struct Transfer {
  Id offer;  // none for a hand-over
  std::vector<Id> lots;
  v1::TransferRight rights = v1::TRANSFER_RIGHT_UNSPECIFIED;
  Id from;
  Id to;
};

/// The entry that is spoken of.
struct Original {
  v1::Event event;
  crypto::Hash event_id;
  uint64_t index = 0;
  Id maker;
  std::optional<Transfer> transfer;
};

/// Whether all of these are in the party's hands.
bool AreStillWith(const World& world, const std::vector<Id>& lots, const Id& party);

/// The materials that the event states as its outputs.
std::vector<v1::Material*> OutputsOf(v1::Event& event);

/// The payload's event, unless it is none in its one right encoding: FIELD_INVALID.
std::optional<v1::Event> NeedEvent(Case& c, const std::string& payload);

/// FIELD_INVALID where the payload is no event, UNKNOWN_EVENT, NOT_CORRECTABLE.
std::optional<Original> NeedOriginal(Case& c, uint64_t index, const std::string& payload, bool transfers);

/// Who holds or owns an output now, and whose steps took one in; of a transfer the other party. Nobody may rely on what
/// a key signed that is distrusted from there or from earlier on.
std::set<Id> WhoReliedOn(const World& world, const Original& original);
/// The maker signs, or its cooperative for it, and where needed all who relied; nobody else.
void NeedMaker(Case& c, const Original& original, bool all_who_relied);

/// The gold in a lot turns out to be otherwise. Where it entered, so much less or more entered; elsewhere the step that
/// made it lost or gained the difference. A step that took it in has then gained what it lacks, or lost what it has
/// more: CORRECTION_SHOWS_GAIN.
void Revise(Case& c, const Id& id, Ng before_ng, Ng after_ng);

}  // namespace touchstone::ledger::model
