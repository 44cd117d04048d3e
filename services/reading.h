// What the read methods share: one record by its id, and pages of records by their keys.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/encoding.h"
#include "base/status.h"
#include "ledger/ids.h"
#include "ledger/state.h"
#include "services/page_token.h"
#include "storage/snapshot.h"

namespace touchstone::services {

/// OK for an id of this kind; BAD_ID (INVALID_ARGUMENT) with the field otherwise.
absl::Status CheckId(ledger::ObjectKind kind, std::string_view id, std::string_view field);

/// OK when the ledger has the thing of this well-formed id; UNKNOWN_PARTY, UNKNOWN_LOT and so on (NOT_FOUND) with the
/// field otherwise. What is asked of nobody and nothing would else read as an empty answer.
absl::Status RequireKnown(const storage::StateReader& reader, std::string_view id, std::string_view field);

/// OK for the id of a party that is registered; BAD_ID and UNKNOWN_PARTY otherwise.
absl::Status RequireParty(const storage::StateReader& reader, std::string_view id, std::string_view field);

/// NOT_FOUND with `reason`: there is no such thing.
absl::Status NotFound(std::string_view reason, std::string_view field, std::string_view what, std::string_view id);

/// LEDGER_DAMAGED: a stored record does not parse.
absl::Status DamagedRecord(std::string_view key);

/// The record of `id`, whose absence is NOT_FOUND with `reason`. `what` names its kind for people.
template <typename Record>
absl::StatusOr<Record> ReadRecord(const storage::StateReader& reader, std::string_view id, std::string_view reason,
                                  std::string_view field, std::string_view what) {
  const std::string key = ledger::StateKey<Record>(id);
  TS_ASSIGN_OR_RETURN(const std::optional<std::string> bytes, reader.GetState(key));
  if (!bytes.has_value()) return NotFound(reason, field, what, id);
  Record record;
  if (!record.ParseFromString(*bytes)) return DamagedRecord(key);
  return record;
}

template <typename Record>
struct Page {
  std::vector<Record> records;
  std::string next_page_token;  // empty on the last page
};

/// A page of all records of a type, by ascending id. `list` names the list in page tokens. Errors of page_token.h.
template <typename Record>
absl::StatusOr<Page<Record>> ReadPage(const storage::Snapshot& snapshot, std::string_view list, int32_t page_size,
                                      std::string_view page_token) {
  TS_ASSIGN_OR_RETURN(const size_t limit, CheckedPageSize(page_size));
  TS_ASSIGN_OR_RETURN(const std::string after_id, DecodePageToken(list, page_token));
  const std::string prefix = ledger::StateKey<Record>("");
  Page<Record> page;
  std::string last_id;
  absl::Status damage;
  const auto visit = [&](std::string_view key, std::string_view value) {
    if (page.records.size() == limit) {
      page.next_page_token = EncodePageToken(list, last_id);
      return false;
    }
    Record& record = page.records.emplace_back();
    if (!record.ParseFromArray(value.data(), static_cast<int>(value.size()))) damage = DamagedRecord(key);
    last_id = key.substr(prefix.size());
    return damage.ok();
  };
  TS_RETURN_IF_ERROR(snapshot.ScanState(prefix, after_id.empty() ? "" : prefix + after_id, visit));
  TS_RETURN_IF_ERROR(damage);
  return page;
}

}  // namespace touchstone::services
