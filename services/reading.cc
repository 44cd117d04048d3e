#include "services/reading.h"

#include "fmt/format.h"

namespace touchstone::services {

absl::Status CheckId(ledger::ObjectKind kind, std::string_view id, std::string_view field) {
  if (ledger::IsId(kind, id)) return absl::OkStatus();
  return InvalidInput("BAD_ID", field,
                      fmt::format("an id here is {}_ and 26 characters of a-z and 2-7", ledger::PrefixOf(kind)));
}

absl::Status NotFound(std::string_view reason, std::string_view field, std::string_view what, std::string_view id) {
  return MakeError(absl::StatusCode::kNotFound, reason, field, fmt::format("this ledger has no {} {}", what, id));
}

absl::Status DamagedRecord(std::string_view key) {
  return MakeError(absl::StatusCode::kDataLoss, "LEDGER_DAMAGED", "",
                   fmt::format("the record under state key {} does not parse", HexEncode(key)));
}

}  // namespace touchstone::services
