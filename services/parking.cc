#include "services/parking.h"

#include <utility>

#include "base/check.h"
#include "base/encoding.h"
#include "base/limits.h"
#include "base/status.h"
#include "services/admission.h"
#include "services/logging.h"

namespace touchstone::services {
namespace {

std::string KeyOf(uint64_t sequence) {
  std::string key;
  AppendU64(key, sequence);
  return key;
}

absl::Status DamagedParked() {
  return MakeError(absl::StatusCode::kDataLoss, "LEDGER_DAMAGED", "", "the record of a parked event is not whole");
}

absl::StatusOr<v1::ParkedRecord> ParseRecord(std::string_view bytes) {
  v1::ParkedRecord record;
  if (!record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) ||
      record.event_id().size() != crypto::Hash::kSize) {
    return DamagedParked();
  }
  return record;
}

crypto::Hash EventIdOf(const v1::ParkedRecord& record) { return crypto::Hash::FromBytes(record.event_id()).value(); }

}  // namespace

absl::StatusOr<std::unique_ptr<Parking>> Parking::Open(storage::Store& store) {
  std::unique_ptr<Parking> parking(new Parking(store));
  absl::Status damage;
  TS_RETURN_IF_ERROR(store.ScanParked([&](std::string_view key, std::string_view value) {
    const absl::StatusOr<v1::ParkedRecord> record = ParseRecord(value);
    if (!record.ok() || key.size() != sizeof(uint64_t)) {
      damage = DamagedParked();
      return false;
    }
    parking->Enter(ReadU64(key), *record);
    return true;
  }));
  TS_RETURN_IF_ERROR(damage);
  for (const auto& [sequence, place] : parking->places_) parking->due_.insert(sequence);
  return parking;
}

std::optional<v1::Parked> Parking::Find(const crypto::Hash& event_id) const {
  const std::optional<uint64_t> sequence = SequenceOf(event_id);
  if (!sequence.has_value()) return std::nullopt;
  const Place& place = places_.at(*sequence);
  v1::Parked parked;
  parked.set_missing_id(place.missing_id);
  parked.set_until_us(place.parked_at_us + limits::kMaxParkedAgeUs);
  return parked;
}

int64_t Parking::ParkedAtUs(const crypto::Hash& event_id) const {
  const std::optional<uint64_t> sequence = SequenceOf(event_id);
  return sequence.has_value() ? places_.at(*sequence).parked_at_us : 0;
}

bool Parking::HasRoom(const std::vector<std::string>& party_ids, size_t bytes) const {
  if (all_.events + 1 > limits::kMaxParkedEvents || all_.bytes + bytes > limits::kMaxParkedBytes) return false;
  for (const std::string& party_id : party_ids) {
    const auto found = by_party_.find(party_id);
    const Load load = found == by_party_.end() ? Load() : found->second;
    if (load.events + 1 > limits::kMaxParkedEventsPerParty || load.bytes + bytes > limits::kMaxParkedBytesPerParty) {
      return false;
    }
  }
  return true;
}

void Parking::Add(v1::ParkedRecord record) {
  const uint64_t sequence = next_sequence_;
  Enter(sequence, record);
  changes_[sequence] = record.SerializeAsString();
  added_.push_back(EventIdOf(record));
}

absl::Status Parking::Move(const crypto::Hash& event_id, const std::string& missing_id,
                           const ledger::Rejection& rejection) {
  const std::optional<uint64_t> sequence = SequenceOf(event_id);
  TS_CHECK(sequence.has_value());
  due_.erase(*sequence);
  Place& place = places_.at(*sequence);
  if (place.missing_id == missing_id) return absl::OkStatus();
  TS_ASSIGN_OR_RETURN(v1::ParkedRecord record, Read(*sequence));
  StopWaiting(place.missing_id, *sequence);
  place.missing_id = missing_id;
  by_missing_id_[missing_id].insert(*sequence);
  record.set_missing_id(missing_id);
  record.set_reason(rejection.reason);
  record.set_field(rejection.field);
  record.set_message(rejection.message);
  changes_[*sequence] = record.SerializeAsString();
  return absl::OkStatus();
}

void Parking::Remove(const crypto::Hash& event_id) {
  const std::optional<uint64_t> sequence = SequenceOf(event_id);
  if (!sequence.has_value()) return;
  Leave(*sequence);
  changes_[*sequence] = std::nullopt;
}

void Parking::Release(std::string_view id) {
  const auto waiting = by_missing_id_.find(std::string(id));
  if (waiting != by_missing_id_.end()) due_.insert(waiting->second.begin(), waiting->second.end());
}

absl::StatusOr<std::vector<Candidate>> Parking::Due(size_t max_events, size_t max_bytes) {
  std::vector<Candidate> candidates;
  std::vector<crypto::Hash> unfit;
  size_t bytes = 0;
  for (const uint64_t sequence : due_) {
    const Place& place = places_.at(sequence);
    bytes += place.bytes;
    if (candidates.size() == max_events || (bytes > max_bytes && !candidates.empty())) break;
    TS_ASSIGN_OR_RETURN(v1::ParkedRecord record, Read(sequence));
    // Checked again like any other: whatever enters the log, this process has verified.
    absl::StatusOr<ledger::SignedEvent> event = CheckEnvelope(record.envelope());
    if (!event.ok() || event->event_id != place.event_id) {
      unfit.push_back(place.event_id);
      continue;
    }
    candidates.push_back({.event = *std::move(event), .envelope = std::move(*record.mutable_envelope())});
  }
  for (const crypto::Hash& event_id : unfit) {
    LogWarning("a parked event is not as it was admitted, and is dropped", {{"event_id", HexEncode(event_id.view())}});
    Remove(event_id);
  }
  return candidates;
}

bool Parking::HasExpired(int64_t now_us) const {
  return !places_.empty() && places_.begin()->second.parked_at_us + limits::kMaxParkedAgeUs <= now_us;
}

absl::StatusOr<std::vector<v1::ParkedRecord>> Parking::Expired(int64_t now_us) const {
  std::vector<v1::ParkedRecord> expired;
  for (const auto& [sequence, place] : places_) {
    if (place.parked_at_us + limits::kMaxParkedAgeUs > now_us) break;
    TS_ASSIGN_OR_RETURN(expired.emplace_back(), Read(sequence));
  }
  return expired;
}

absl::Status Parking::Keep() {
  if (changes_.empty()) return absl::OkStatus();
  Mutations mutations;
  for (auto& [sequence, value] : changes_) mutations.push_back({KeyOf(sequence), std::move(value)});
  changes_.clear();
  const absl::Status kept = store_.ChangeParked(mutations, /*synced=*/!added_.empty());
  if (!kept.ok()) {
    // What was removed or moved needs no undoing: its record on disk is due again at the next start.
    for (const crypto::Hash& event_id : added_) {
      if (const std::optional<uint64_t> sequence = SequenceOf(event_id)) Leave(*sequence);
    }
  }
  added_.clear();
  return kept;
}

void Parking::Enter(uint64_t sequence, const v1::ParkedRecord& record) {
  const Place& place = places_
                           .emplace(sequence, Place{.event_id = EventIdOf(record),
                                                    .missing_id = record.missing_id(),
                                                    .party_ids = {record.party_ids().begin(), record.party_ids().end()},
                                                    .parked_at_us = record.parked_at_us(),
                                                    .bytes = record.envelope().size()})
                           .first->second;
  next_sequence_ = sequence + 1;
  by_event_.emplace(record.event_id(), sequence);
  by_missing_id_[place.missing_id].insert(sequence);
  ++all_.events;
  all_.bytes += place.bytes;
  for (const std::string& party_id : place.party_ids) {
    Load& load = by_party_[party_id];
    ++load.events;
    load.bytes += place.bytes;
  }
}

void Parking::Leave(uint64_t sequence) {
  const Place place = std::move(places_.extract(sequence).mapped());
  due_.erase(sequence);
  by_event_.erase(std::string(place.event_id.view()));
  StopWaiting(place.missing_id, sequence);
  --all_.events;
  all_.bytes -= place.bytes;
  for (const std::string& party_id : place.party_ids) {
    const auto load = by_party_.find(party_id);
    load->second.bytes -= place.bytes;
    if (--load->second.events == 0) by_party_.erase(load);
  }
}

void Parking::StopWaiting(const std::string& missing_id, uint64_t sequence) {
  const auto waiting = by_missing_id_.find(missing_id);
  waiting->second.erase(sequence);
  if (waiting->second.empty()) by_missing_id_.erase(waiting);
}

std::optional<uint64_t> Parking::SequenceOf(const crypto::Hash& event_id) const {
  const auto found = by_event_.find(std::string(event_id.view()));
  if (found == by_event_.end()) return std::nullopt;
  return found->second;
}

absl::StatusOr<v1::ParkedRecord> Parking::Read(uint64_t sequence) const {
  if (const auto change = changes_.find(sequence); change != changes_.end() && change->second.has_value()) {
    return ParseRecord(*change->second);
  }
  TS_ASSIGN_OR_RETURN(const std::optional<std::string> bytes, store_.GetParked(KeyOf(sequence)));
  if (!bytes.has_value()) return DamagedParked();
  return ParseRecord(*bytes);
}

}  // namespace touchstone::services
