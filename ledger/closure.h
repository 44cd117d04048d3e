// The entries that an answer rests on: what a bundle carries, and what a reader of the past replays.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <queue>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "google/protobuf/repeated_field.h"
#include "ledger/archive.h"
#include "touchstone/v1/event.pb.h"

namespace touchstone::ledger {

/// Collects, of the first `size` entries of a ledger: the ancestry of what is added, the history of each lot in it,
/// what was said later of these lots and of the steps that made them, and the authority behind every signature,
/// transitively. What the state of the newest size is read for never changes: who made a thing, what it was made of,
/// whose a key is. Not thread-safe.
class Closure {
 public:
  /// What it is for. A bundle is checked against local rules alone, which a pending output of another lot's does not
  /// touch; whoever reads the past also wants to know what such outputs gained.
  enum class For { kBundle, kPast };

  /// `archive` must outlive this; `size` is at most its size.
  Closure(const Archive& archive, uint64_t size, For purpose) : archive_(archive), size_(size), purpose_(purpose) {}

  /// Adds a lot, piece, claim, party or site; what is not of this ledger adds nothing. RESOURCE_EXHAUSTED
  /// BUNDLE_TOO_LARGE, or HISTORY_TOO_LARGE for the past, beyond limits::kMaxBundleEntries or kMaxBundleBytes;
  /// otherwise read errors.
  absl::Status Add(std::string_view id);
  /// Adds lots and pieces, and all that was made of them. Errors as Add, and TOO_MANY_LOTS beyond
  /// limits::kMaxTraceLots.
  absl::Status AddDescendants(const std::vector<std::string>& ids);

  /// Index and bytes, ascending.
  const std::map<uint64_t, std::string>& entries() const { return entries_; }

 private:
  absl::Status NeedObject(const std::string& id, uint64_t bound);
  absl::Status NeedHistory(const std::string& id, uint64_t bound);
  absl::Status NeedMark(uint64_t index);
  absl::Status NeedStepMarks(const std::string& id);
  absl::Status NeedOffered(const std::string& offer_id, uint64_t bound);
  absl::Status NeedDeterminations(const std::vector<std::string>& ids);
  absl::Status NeedEntry(uint64_t index);
  absl::Status Drain();
  absl::Status Follow(uint64_t index);
  absl::Status FollowIds(const v1::Event& event, uint64_t bound);
  absl::Status FollowOriginal(uint64_t event_index, std::string_view payload, uint64_t bound);

  const Archive& archive_;
  const uint64_t size_;
  const For purpose_;
  std::map<std::string, uint64_t> bounds_;  // of each thing: the entries of its history below it are here
  std::map<uint64_t, std::string> entries_;
  std::priority_queue<uint64_t> pending_;  // newest first: bounds only fall, so a history is scanned once or twice
  size_t bytes_ = 0;
};

}  // namespace touchstone::ledger
