// The entry that a correction or a voiding speaks of: carried along as its payload, found by its event id, with what it
// made and who has relied on it since.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "google/protobuf/repeated_field.h"
#include "ledger/verb.h"

namespace touchstone::ledger {

struct Original {
  v1::Event event;
  crypto::Hash event_id;
  uint64_t index = 0;
  std::string maker;  // the party whose statement it was
};

/// What a transfer moved, and by which offer; empty for a hand-over.
struct Transfer {
  std::string offer_id;
  google::protobuf::RepeatedPtrField<std::string> lot_ids;
  v1::TransferRight rights = v1::TRANSFER_RIGHT_UNSPECIFIED;
  std::string from_party_id;
  std::string to_party_id;
};

/// Of a hand-over, an accepted offer and its accept; nullopt of every other event.
std::optional<Transfer> TransferOf(Context& ctx, const Original& original);

/// Decodes the payload and finds its entry: a produce, intake, process, transform or, where `transfers` may be named, a
/// transfer, not voided. UNKNOWN_EVENT, NOT_CORRECTABLE. `verb` prefixes the fields.
MaybeRejection FindOriginal(Context& ctx, uint64_t event_index, std::string_view payload, bool transfers,
                            const std::string& verb, Original& original);

/// The original as FindOriginal found it, once the checks passed.
Original FoundOriginal(Context& ctx, std::string_view payload);

/// The lots that it made, remainders apart, in order.
std::vector<std::string> OutputsOf(const Original& original);

/// The parties, its maker apart, that hold or own an output now, assayed one, or whose steps took one in; of a transfer
/// its other party. None for what a key signed that is distrusted from this entry or an earlier one on.
std::set<std::string> WhoReliedOn(Context& ctx, const Original& original);

/// The materials that an event states as its outputs; null when it states none.
const v1::Material* OutputMaterial(const v1::Event& event, int number);
int OutputCount(const v1::Event& event);

}  // namespace touchstone::ledger
