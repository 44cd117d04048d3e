// Seals: each has a number that is used once. Ruleset 1 compares none: there these functions do nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ledger/verb.h"

namespace touchstone::ledger {

/// The seal that a lot is under: that of its pack, else the one stated when it was made; empty for none.
const std::string& SealOn(const v1::LotRecord& lot);

/// The entry that closed the seal last; nullopt when none did. Ruleset 1 notes none.
std::optional<uint64_t> SealClosedBy(const View& view, std::string_view seal);

/// The event closes this seal: that of a pack, or one under which a lot is made (see CreateLot). SEAL_REUSED, about
/// `lot_id`, when an earlier event closed it; several lots of one event may lie under one.
void CloseSeal(Context& ctx, const std::string& seal, std::string_view lot_id);

/// The event closes it once more over what lies under it already: nothing to find.
void KeepSeal(Context& ctx, const std::string& seal);

}  // namespace touchstone::ledger
