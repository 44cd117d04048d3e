#include "ledger/holds.h"

#include <string>

#include <fmt/format.h>

#include "base/limits.h"

namespace touchstone::ledger {
namespace {

std::string_view Why(v1::HoldRecord::Kind kind) {
  switch (kind) {
    case v1::HoldRecord::KIND_CEILING:
      return "output above a ceiling; an attestation of capacity releases it";
    case v1::HoldRecord::KIND_GAIN:
      return "gains above the limit; an attestation of chain of custody releases it";
    case v1::HoldRecord::KIND_DECLARED:
    case v1::HoldRecord::KIND_DISPUTE:
    case v1::HoldRecord::KIND_UNSPECIFIED:
    case v1::HoldRecord_Kind_HoldRecord_Kind_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::HoldRecord_Kind_HoldRecord_Kind_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return "whoever holds it releases it";
}

}  // namespace

const v1::HoldRecord* FirstStop(const Holds& holds) {
  for (const v1::HoldRecord& hold : holds) {
    if (hold.kind() != v1::HoldRecord::KIND_DISPUTE) return &hold;
  }
  return nullptr;
}

const v1::HoldRecord* FindHold(const Holds& holds, v1::HoldRecord::Kind kind, std::string_view party_id) {
  for (const v1::HoldRecord& hold : holds) {
    if (hold.kind() == kind && hold.party_id() == party_id) return &hold;
  }
  return nullptr;
}

void PutHold(const Context& ctx, Holds& holds, v1::HoldRecord::Kind kind, std::string_view party_id) {
  v1::HoldRecord& hold = *holds.Add();
  hold.set_kind(kind);
  hold.set_index(ctx.admission.index);
  hold.set_party_id(std::string(party_id));
}

MaybeRejection RequireNotHeld(const Holds& holds, const Path& field) {
  const v1::HoldRecord* stop = FirstStop(holds);
  if (stop == nullptr) return std::nullopt;
  return Reject(v1::REASON_LOT_HELD, field, fmt::format("held since entry {}: {}", stop->index(), Why(stop->kind())));
}

}  // namespace touchstone::ledger
