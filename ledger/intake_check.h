// What a refiner should do with a parcel at its gate, and why. Advice drawn from the state, not a rule: the ledger
// records whatever the receiver does.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "ledger/archive.h"
#include "ledger/policy.h"
#include "touchstone/v1/intake_check.pb.h"

namespace touchstone::ledger {

/// What is asked about a parcel.
struct IntakeQuestion {
  /// 1 to limits::kMaxItemsPerEvent, as many as one seal closes, each once.
  std::vector<std::string> lot_ids;
  /// The seal by which they were found; empty when lots were named.
  std::string seal;
  /// Who checks; empty: custody is not judged.
  std::string party_id;
  /// At most one for each lot.
  std::vector<v1::LotMeasurement> measurements;
  /// The packs that must be met.
  std::vector<const Policy*> policies;
  /// The time of the log against which offers are held, Unix microseconds.
  int64_t as_of_us = 0;
};

/// The lots under a seal, in the event's order: those of the pack that was closed under it last, else those that the
/// event which closed it states under it. NOT_FOUND UNKNOWN_SEAL; DATA_LOSS when that entry does not decode.
absl::StatusOr<std::vector<std::string>> LotsUnderSeal(const Archive& archive, std::string_view seal);

/// Answers the question from the archive's state. At most limits::kMaxCheckedAncestry lots upstream of the whole parcel
/// are looked at; a lot with more is judged without its sources and packs, which is a reason of its own. Errors, with
/// the field as CheckLotsRequest has it: NOT_FOUND UNKNOWN_LOT, UNKNOWN_PARTY; INVALID_ARGUMENT FIELD_REQUIRED,
/// FIELD_INVALID, FIELD_TOO_LONG, BAD_ID; those of TraceUpstream but TOO_MANY_LOTS, and those of the archive.
absl::StatusOr<v1::IntakeReport> CheckIntake(const Archive& archive, const IntakeQuestion& question);

}  // namespace touchstone::ledger
