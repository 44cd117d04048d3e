// The state: which record lies under which key. A key is one table letter and an id; a value a serialised record of
// touchstone/v1/record.proto. Indexes are derived from the same events, ordered for scanning, and hold no facts of
// their own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "crypto/hash.h"
#include "ledger/view.h"
#include "touchstone/v1/record.pb.h"

namespace touchstone::ledger {

/// The table of a record type: its letter in state keys.
template <typename Record>
struct TableOf;
// clang-format off
template <> struct TableOf<v1::LedgerRecord> { static constexpr char kLetter = 'L'; };       // id: empty
template <> struct TableOf<v1::EventRecord> { static constexpr char kLetter = 'E'; };        // id: event id, 32 bytes
template <> struct TableOf<v1::PartyRecord> { static constexpr char kLetter = 'P'; };        // id: party_...
template <> struct TableOf<v1::KeyRecord> { static constexpr char kLetter = 'K'; };          // id: public key, 32 bytes
template <> struct TableOf<v1::SiteRecord> { static constexpr char kLetter = 'S'; };         // id: site_...
template <> struct TableOf<v1::LicenceRecord> { static constexpr char kLetter = 'I'; };      // id: licence_...
template <> struct TableOf<v1::AttestationRecord> { static constexpr char kLetter = 'A'; };  // id: attestation_...
template <> struct TableOf<v1::LotRecord> { static constexpr char kLetter = 'T'; };          // id: lot_...
template <> struct TableOf<v1::StepRecord> { static constexpr char kLetter = 'X'; };         // id: index, u64 big-endian
template <> struct TableOf<v1::OfferRecord> { static constexpr char kLetter = 'O'; };        // id: offer_...
template <> struct TableOf<v1::PieceRecord> { static constexpr char kLetter = 'R'; };        // id: piece_...
template <> struct TableOf<v1::ClaimRecord> { static constexpr char kLetter = 'C'; };        // id: claim_...
template <> struct TableOf<v1::MassBookRecord> { static constexpr char kLetter = 'B'; };     // id: party_... or site_...
template <> struct TableOf<v1::DeviceRecord> { static constexpr char kLetter = 'D'; };       // id: public key, 32 bytes
template <> struct TableOf<v1::AreaCellRecord> { static constexpr char kLetter = 'G'; };     // id: cell, see geometry.h
template <> struct TableOf<v1::StockRecord> { static constexpr char kLetter = 'H'; };        // id: party_...
template <> struct TableOf<v1::PackRecord> { static constexpr char kLetter = 'J'; };         // id: seal
template <> struct TableOf<v1::AccountRecord> { static constexpr char kLetter = 'N'; };      // id: account_...
template <> struct TableOf<v1::ProfileRecord> { static constexpr char kLetter = 'Q'; };      // id: site_...
template <> struct TableOf<v1::AttestorRecord> { static constexpr char kLetter = 'V'; };     // id: public key, 32 bytes
template <> struct TableOf<v1::OutputRecord> { static constexpr char kLetter = 'W'; };       // id: see output.h
template <> struct TableOf<v1::PolicyRecord> { static constexpr char kLetter = 'Y'; };       // id: policy id
// clang-format on

/// Whether many events read records of this table and few write them: who may do what, and where.
template <typename Record>
inline constexpr bool kReadByMany =
    std::is_same_v<Record, v1::LedgerRecord> || std::is_same_v<Record, v1::PartyRecord> ||
    std::is_same_v<Record, v1::KeyRecord> || std::is_same_v<Record, v1::SiteRecord> ||
    std::is_same_v<Record, v1::LicenceRecord> || std::is_same_v<Record, v1::AttestationRecord>;

/// The table of names that are used once: EventRecord under `U` + a name made by the rule that owns it.
inline constexpr char kUniqueNamesLetter = 'U';

/// The state key of a record.
template <typename Record>
std::string StateKey(std::string_view id) {
  std::string key(1, TableOf<Record>::kLetter);
  return key.append(id);
}

/// The id of the StepRecord of an entry.
std::string StepId(uint64_t index);

/// Reads one record. A record that does not parse is treated as absent: fsck tells the two apart.
template <typename Record>
std::optional<Record> Load(const View& view, std::string_view id) {
  Record record;
  if (!view.Read(StateKey<Record>(id), record)) return std::nullopt;
  return record;
}

// --- Index keys -------------------------------------------------------------------------------------------------------

/// `h` id 0x00 index: the entries that shaped a thing, in order. Value empty. Scan with HistoryPrefix.
std::string HistoryKey(std::string_view object_id, uint64_t index);
std::string HistoryPrefix(std::string_view object_id);
/// `c` party id 0x00 lot id: the lots a party holds that are not consumed. Value empty.
std::string CustodyKey(std::string_view party_id, std::string_view lot_id);
std::string CustodyPrefix(std::string_view party_id);
/// `f` index number(u16): the findings of an entry. Value: FindingRecord.
std::string FindingKey(uint64_t index, uint16_t number);
std::string FindingPrefix(uint64_t index);
/// Begins the keys of the findings of all entries.
inline constexpr std::string_view kFindingsPrefix = "f";

/// The object id under which the productions of a site are kept as a history; since ruleset 2. A production that is
/// corrected to be another site's is in both.
std::string ProductionsId(std::string_view site_id);

/// The object id under which the ledger's own history (genesis, rulesets) is kept.
inline constexpr std::string_view kLedgerHistoryId = "ledger";

}  // namespace touchstone::ledger
