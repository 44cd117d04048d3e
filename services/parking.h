// Events that came before what they name. They wait here, outside the log, until it is there or their time is over.
//
// Durable and local to the node: a submitter who was told that an event is parked need not send it again. What is
// waited for may have come while the node stopped, so that at its start everything parked is due to be decided again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/hash.h"
#include "ledger/decide.h"
#include "services/batch_builder.h"
#include "storage/store.h"
#include "touchstone/v1/custody_service.pb.h"
#include "touchstone/v1/record.pb.h"

namespace touchstone::services {

/// Changes are in memory until Keep makes them durable. Not thread-safe: the sequencer's thread owns it.
class Parking {
 public:
  /// Reads what is parked in `store`, which must outlive this. Errors as Store::ScanParked; LEDGER_DAMAGED for a record
  /// that does not parse.
  static absl::StatusOr<std::unique_ptr<Parking>> Open(storage::Store& store);

  /// What the submitter of an event that waits is told; nullopt for one that does not.
  std::optional<v1::Parked> Find(const crypto::Hash& event_id) const;
  /// When it was parked, Unix microseconds; 0 for an event that does not wait.
  int64_t ParkedAtUs(const crypto::Hash& event_id) const;
  size_t size() const { return places_.size(); }

  /// Whether one more event of `bytes` bytes by these parties fits within limits::kMaxParked*, over all and for each.
  bool HasRoom(const std::vector<std::string>& party_ids, size_t bytes) const;

  /// Parks an event that does not wait yet. There must be room for it.
  void Add(v1::ParkedRecord record);
  /// The event misses this now. Whatever else it lacked, it has.
  absl::Status Move(const crypto::Hash& event_id, const std::string& missing_id, const ledger::Rejection& rejection);
  /// Forgets the event, if it waits.
  void Remove(const crypto::Hash& event_id);

  /// What waits for `id` is due.
  void Release(std::string_view id);
  bool has_due() const { return !due_.empty(); }
  /// The events that are due, in the order in which they were parked, as many as fit. They stay due until they are
  /// moved or removed. What no longer passes admission is dropped.
  absl::StatusOr<std::vector<Candidate>> Due(size_t max_events, size_t max_bytes);

  /// Whether the time of some event was over at `now_us`.
  bool HasExpired(int64_t now_us) const;
  /// The records of events whose time was over at `now_us`, in the order in which they were parked.
  absl::StatusOr<std::vector<v1::ParkedRecord>> Expired(int64_t now_us) const;

  /// Makes what changed durable; synced when something was added. After an error nothing that was added since the last
  /// call waits any more. Errors as Store::ChangeParked.
  absl::Status Keep();

 private:
  struct Place {
    crypto::Hash event_id;
    std::string missing_id;
    std::vector<std::string> party_ids;
    int64_t parked_at_us = 0;
    size_t bytes = 0;
  };
  struct Load {
    size_t events = 0;
    size_t bytes = 0;
  };

  explicit Parking(storage::Store& store) : store_(store) {}
  void Enter(uint64_t sequence, const v1::ParkedRecord& record);
  void Leave(uint64_t sequence);
  void StopWaiting(const std::string& missing_id, uint64_t sequence);
  /// The sequence number of an event that waits.
  std::optional<uint64_t> SequenceOf(const crypto::Hash& event_id) const;
  absl::StatusOr<v1::ParkedRecord> Read(uint64_t sequence) const;

  storage::Store& store_;
  uint64_t next_sequence_ = 0;
  std::map<uint64_t, Place> places_;                         // by sequence: the order of parking
  std::unordered_map<std::string, uint64_t> by_event_;       // event id, its bytes
  std::map<std::string, std::set<uint64_t>> by_missing_id_;  // what waits for it
  std::map<std::string, Load> by_party_;
  Load all_;
  std::set<uint64_t> due_;
  std::map<uint64_t, std::optional<std::string>> changes_;  // not durable yet: new bytes, or removed
  std::vector<crypto::Hash> added_;                         // among them
};

}  // namespace touchstone::services
