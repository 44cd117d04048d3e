// The ledger as it was when its log was smaller: state, history and entries of a past size, about chosen things.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "ledger/archive.h"
#include "ledger/view.h"

namespace touchstone::ledger {

/// What the past is asked about.
struct PastSubjects {
  /// Lots, pieces, claims, parties and sites, each with all that lies upstream of it.
  std::vector<std::string> ids = {};
  /// Lots and pieces, with all that was made of them too.
  std::vector<std::string> origins = {};
  /// Origins besides: what this site won in productions whose period touches the time from (inclusive) until
  /// (exclusive), Unix microseconds, as the past read them; empty for none.
  std::string site_id = {};
  int64_t from_us = 0;
  int64_t until_us = INT64_MAX;
};

/// The archive that a node had at `size` entries, as far as its answers about the subjects go. Nothing is taken back
/// and nothing guessed: the entries below `size` that the answers rest on are replayed under the rules, as the reader
/// of a bundle does, and what the rules held for totals is taken from the findings of that time. So an answer drawn
/// from it is the one that was given then; about anything else it may be silent. Not thread-safe.
class Past final : public Archive {
 public:
  /// `now` must outlive this. `size` is 1 to now.size(). Errors as Closure::Add and AddDescendants; DATA_LOSS
  /// HISTORY_BROKEN where an entry could not have been admitted.
  static absl::StatusOr<std::unique_ptr<Past>> Open(const Archive& now, uint64_t size, const PastSubjects& subjects);

  std::optional<std::string> Get(std::string_view key) const override { return state_.Get(key); }
  uint64_t size() const override { return size_; }
  absl::StatusOr<std::string> Entry(uint64_t index) const override { return now_.Entry(index); }
  absl::StatusOr<std::vector<uint64_t>> History(std::string_view object_id) const override;
  absl::StatusOr<std::vector<crypto::Hash>> MultiProof(const std::vector<uint64_t>& indexes,
                                                       uint64_t tree_size) const override {
    return now_.MultiProof(indexes, tree_size);
  }
  absl::StatusOr<std::vector<v1::FindingRecord>> Findings(uint64_t index) const override {
    return now_.Findings(index);
  }
  absl::Status status() const override { return now_.status(); }

 private:
  Past(const Archive& now, uint64_t size) : now_(now), size_(size) {}

  const Archive& now_;
  const uint64_t size_;
  MemoryState state_;
};

}  // namespace touchstone::ledger
