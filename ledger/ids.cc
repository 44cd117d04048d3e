#include "ledger/ids.h"

#include <array>

#include "base/check.h"
#include "base/encoding.h"

namespace touchstone::ledger {
namespace {

constexpr size_t kDigits = 26;
constexpr std::array kKinds = {ObjectKind::kParty, ObjectKind::kSite,  ObjectKind::kLicence,
                               ObjectKind::kLot,   ObjectKind::kOffer, ObjectKind::kAttestation,
                               ObjectKind::kPiece, ObjectKind::kClaim, ObjectKind::kAccount};

bool IsBase32Digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '2' && c <= '7'); }

}  // namespace

std::string_view PrefixOf(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::kParty:
      return "party";
    case ObjectKind::kSite:
      return "site";
    case ObjectKind::kLicence:
      return "licence";
    case ObjectKind::kAttestation:
      return "attestation";
    case ObjectKind::kLot:
      return "lot";
    case ObjectKind::kOffer:
      return "offer";
    case ObjectKind::kPiece:
      return "piece";
    case ObjectKind::kClaim:
      return "claim";
    case ObjectKind::kAccount:
      return "account";
  }
  TS_CHECK(false);
  return {};
}

std::string ObjectId(ObjectKind kind, const crypto::Hash& event_id, uint32_t number) {
  const std::string_view prefix = PrefixOf(kind);
  std::string bytes;
  bytes.reserve(64);
  bytes.append("touchstone-").append(prefix).append("-v1").push_back('\0');
  bytes.append(event_id.view());
  AppendU32(bytes, number);
  // 26 digits are the first 130 bits: no more than 17 bytes need be written out.
  constexpr size_t kBytes = 17;
  const crypto::Hash hash = crypto::Sha256(bytes);
  std::string id;
  id.reserve(prefix.size() + 1 + kDigits);
  return id.append(prefix).append("_").append(Base32Encode(hash.view().substr(0, kBytes)), 0, kDigits);
}

std::optional<ObjectKind> KindOfId(std::string_view id) {
  const size_t underscore = id.find('_');
  if (underscore == std::string_view::npos || id.size() != underscore + 1 + kDigits) return std::nullopt;
  for (const char c : id.substr(underscore + 1)) {
    if (!IsBase32Digit(c)) return std::nullopt;
  }
  for (const ObjectKind kind : kKinds) {
    if (id.substr(0, underscore) == PrefixOf(kind)) return kind;
  }
  return std::nullopt;
}

}  // namespace touchstone::ledger
