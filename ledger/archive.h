// The ledger as readers of the past need it: state, history and entries as of one size.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/hash.h"
#include "ledger/view.h"
#include "touchstone/v1/record.pb.h"

namespace touchstone::ledger {

/// A consistent, immutable cut of a ledger. Implemented over a storage snapshot, and in memory by tests.
class Archive : public View {
 public:
  /// Entries in the cut.
  virtual uint64_t size() const = 0;
  /// The bytes of one entry; index < size().
  virtual absl::StatusOr<std::string> Entry(uint64_t index) const = 0;
  /// The entries that shaped an object, ascending (see HistoryKey).
  virtual absl::StatusOr<std::vector<uint64_t>> History(std::string_view object_id) const = 0;
  /// The hashes of the multi-proof of the ascending `indexes` in the tree of the first `tree_size` entries.
  virtual absl::StatusOr<std::vector<crypto::Hash>> MultiProof(const std::vector<uint64_t>& indexes,
                                                               uint64_t tree_size) const = 0;
  /// The findings on an entry, in order.
  virtual absl::StatusOr<std::vector<v1::FindingRecord>> Findings(uint64_t index) const = 0;
  /// The first read failure of Get, if any: an answer drawn from this archive is only good while it is OK.
  virtual absl::Status status() const = 0;
};

}  // namespace touchstone::ledger
