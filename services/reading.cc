#include "services/reading.h"

#include <optional>

#include "absl/strings/ascii.h"
#include "fmt/format.h"

namespace touchstone::services {
namespace {

using ledger::ObjectKind;
using ledger::StateKey;

/// The key under which the state has the thing.
std::string KeyOf(ObjectKind kind, std::string_view id) {
  switch (kind) {
    case ObjectKind::kParty:
      return StateKey<v1::PartyRecord>(id);
    case ObjectKind::kSite:
      return StateKey<v1::SiteRecord>(id);
    case ObjectKind::kLicence:
      return StateKey<v1::LicenceRecord>(id);
    case ObjectKind::kAttestation:
      return StateKey<v1::AttestationRecord>(id);
    case ObjectKind::kLot:
      return StateKey<v1::LotRecord>(id);
    case ObjectKind::kOffer:
      return StateKey<v1::OfferRecord>(id);
    case ObjectKind::kPiece:
      return StateKey<v1::PieceRecord>(id);
    case ObjectKind::kClaim:
      return StateKey<v1::ClaimRecord>(id);
    case ObjectKind::kAccount:
      return StateKey<v1::AccountRecord>(id);
  }
  return "";
}

}  // namespace

absl::Status CheckId(ledger::ObjectKind kind, std::string_view id, std::string_view field) {
  if (ledger::IsId(kind, id)) return absl::OkStatus();
  return InvalidInput("BAD_ID", field,
                      fmt::format("an id here is {}_ and 26 characters of a-z and 2-7", ledger::PrefixOf(kind)));
}

absl::Status RequireKnown(const storage::StateReader& reader, std::string_view id, std::string_view field) {
  const std::optional<ObjectKind> kind = ledger::KindOfId(id);
  if (!kind.has_value()) return InvalidInput("BAD_ID", field, "the id of an object, as lot_...");
  TS_ASSIGN_OR_RETURN(const std::optional<std::string> bytes, reader.GetState(KeyOf(*kind, id)));
  if (bytes.has_value()) return absl::OkStatus();
  const std::string_view what = ledger::PrefixOf(*kind);
  std::string reason = fmt::format("UNKNOWN_{}", what);
  absl::AsciiStrToUpper(&reason);
  return NotFound(reason, field, what, id);
}

absl::Status RequireParty(const storage::StateReader& reader, std::string_view id, std::string_view field) {
  TS_RETURN_IF_ERROR(CheckId(ObjectKind::kParty, id, field));
  return RequireKnown(reader, id, field);
}

absl::Status NotFound(std::string_view reason, std::string_view field, std::string_view what, std::string_view id) {
  return MakeError(absl::StatusCode::kNotFound, reason, field, fmt::format("this ledger has no {} {}", what, id));
}

absl::Status DamagedRecord(std::string_view key) {
  return MakeError(absl::StatusCode::kDataLoss, "LEDGER_DAMAGED", "",
                   fmt::format("the record under state key {} does not parse", HexEncode(key)));
}

}  // namespace touchstone::services
