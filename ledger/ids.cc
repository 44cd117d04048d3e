#include "ledger/ids.h"

#include <array>
#include <cstdint>

#include "base/check.h"
#include "base/encoding.h"

namespace touchstone::ledger {
namespace {

constexpr size_t kDigits = 26;
constexpr std::array kKinds = {ObjectKind::kParty, ObjectKind::kSite,  ObjectKind::kLicence,
                               ObjectKind::kLot,   ObjectKind::kOffer, ObjectKind::kAttestation,
                               ObjectKind::kPiece, ObjectKind::kClaim, ObjectKind::kAccount};

constexpr std::array<bool, 256> kIsBase32Digit = [] {
  std::array<bool, 256> is_digit{};
  for (const char c : std::string_view("abcdefghijklmnopqrstuvwxyz234567")) is_digit[static_cast<uint8_t>(c)] = true;
  return is_digit;
}();

bool AreBase32Digits(std::string_view text) {
  bool are = true;
  for (const char c : text) are &= kIsBase32Digit[static_cast<uint8_t>(c)];
  return are;
}

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
  if (!AreBase32Digits(id.substr(underscore + 1))) return std::nullopt;
  for (const ObjectKind kind : kKinds) {
    if (id.substr(0, underscore) == PrefixOf(kind)) return kind;
  }
  return std::nullopt;
}

bool IsId(ObjectKind kind, std::string_view id) {
  const std::string_view prefix = PrefixOf(kind);
  return id.size() == prefix.size() + 1 + kDigits && id.substr(0, prefix.size()) == prefix &&
         id[prefix.size()] == '_' && AreBase32Digits(id.substr(prefix.size() + 1));
}

}  // namespace touchstone::ledger
