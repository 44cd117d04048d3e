// Through whose hands a subject's gold went: every hand-over and accepted offer on the way of the lots that it was made
// of, with the signatures of both sides.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "ledger/archive.h"
#include "ledger/lineage.h"
#include "touchstone/v1/lineage.pb.h"

namespace touchstone::ledger {

/// The transfers that moved a lot of the ancestry, in the order of the log. Those that a voiding gave back are in it
/// too: they happened, as far as the log knows. DATA_LOSS as Archive::Entry.
absl::StatusOr<std::vector<v1::CustodyTransfer>> CustodyChain(const Archive& archive, const Ancestry& ancestry);

}  // namespace touchstone::ledger
