#include "ledger/claim_code.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include <fmt/format.h>

#include "base/check.h"
#include "base/limits.h"
#include "base/status.h"
#include "ledger/ids.h"

namespace touchstone::ledger {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::string_view kIdStart = "claim_";
constexpr std::string_view kAssetPath = "/8004/";
constexpr size_t kDigits = 20;
constexpr size_t kCodeCharacters = kDigits + 2;
constexpr size_t kGroup = 4;

// --- GF(32) -----------------------------------------------------------------------------------------------------------

/// Powers of a; the group has 31 elements.
constexpr std::array<uint8_t, 31> kPowers = [] {
  std::array<uint8_t, 31> powers{};
  uint8_t power = 1;
  for (uint8_t& entry : powers) {
    entry = power;
    power = static_cast<uint8_t>(power << 1);
    if ((power & 0x20) != 0) power ^= 0x25;  // x^5 = x^2 + 1
  }
  return powers;
}();

size_t LogOf(uint8_t element) {
  return static_cast<size_t>(std::find(kPowers.begin(), kPowers.end(), element) - kPowers.begin());
}

uint8_t Times(uint8_t a, uint8_t b) { return a == 0 || b == 0 ? 0 : kPowers[(LogOf(a) + LogOf(b)) % kPowers.size()]; }

uint8_t Over(uint8_t a, uint8_t b) {
  return a == 0 ? 0 : kPowers[(LogOf(a) + kPowers.size() - LogOf(b)) % kPowers.size()];
}

/// The sum of v[i] a^(power i).
uint8_t Syndrome(std::string_view characters, size_t power) {
  uint8_t sum = 0;
  for (size_t i = 0; i < characters.size(); ++i) {
    sum ^= Times(static_cast<uint8_t>(kAlphabet.find(characters[i])), kPowers[power * i % kPowers.size()]);
  }
  return sum;
}

/// The two characters that make both sums zero.
std::string CheckCharacters(std::string_view digits) {
  const uint8_t s1 = Syndrome(digits, 1);
  const uint8_t s2 = Syndrome(digits, 2);
  const uint8_t p = kPowers[kDigits];
  const uint8_t q = kPowers[kDigits + 1];
  const uint8_t first = Over(s2 ^ Times(q, s1), Times(p, p ^ q));
  const uint8_t second = Over(s2 ^ Times(p, s1), Times(q, p ^ q));
  return {kAlphabet[first], kAlphabet[second]};
}

// --- Texts ------------------------------------------------------------------------------------------------------------

absl::Status BadCode(std::string_view message) { return InvalidInput("BAD_CLAIM_CODE", "", message); }

std::string UpperCase(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return upper;
}

std::string DigitsOf(std::string_view claim_id) {
  TS_CHECK(IsId(ObjectKind::kClaim, claim_id));
  return UpperCase(claim_id.substr(kIdStart.size(), kDigits));
}

bool InAlphabet(std::string_view text) { return text.find_first_not_of(kAlphabet) == std::string_view::npos; }

std::string PrefixFor(std::string_view digits) {
  std::string id(kIdStart);
  for (const char c : digits) id.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
  return id;
}

/// What is left of a typed code without its grouping, in the alphabet's own letters.
std::string Ungrouped(std::string_view text) {
  std::string characters;
  for (const char c : UpperCase(text)) {
    if (c == '-' || c == ' ') continue;
    characters.push_back(c == '0' ? 'O' : c == '1' ? 'I' : c == '8' ? 'B' : c);
  }
  return characters;
}

bool IsCompanyPrefix(std::string_view text) {
  constexpr size_t kLeast = 4;
  constexpr size_t kMost = 10;
  return text.size() >= kLeast && text.size() <= kMost &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

absl::StatusOr<std::string> PrefixFromAddress(std::string_view address) {
  const std::string_view key = address.substr(address.rfind(kAssetPath) + kAssetPath.size());
  if (key.size() > kDigits && InAlphabet(key.substr(key.size() - kDigits)) &&
      IsCompanyPrefix(key.substr(0, key.size() - kDigits))) {
    return PrefixFor(key.substr(key.size() - kDigits));
  }
  return BadCode("behind /8004/ stand a company prefix and the 20 characters of a claim");
}

absl::Status CheckBase(std::string_view base) {
  constexpr std::string_view kScheme = "https://";
  const bool plain = std::all_of(base.begin(), base.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-._~:/").find(c) != std::string_view::npos;
  });
  if (plain && base.starts_with(kScheme) && base.size() > kScheme.size() && base[kScheme.size()] != '/' &&
      base.back() != '/' && base.size() <= limits::kMaxLinkBaseBytes) {
    return absl::OkStatus();
  }
  return InvalidInput("BAD_LINK_BASE", "",
                      fmt::format("https://, a host and at most a path, at most {} bytes, as https://id.example/gold",
                                  limits::kMaxLinkBaseBytes));
}

}  // namespace

std::string ClaimCode(std::string_view claim_id) {
  const std::string digits = DigitsOf(claim_id);
  const std::string characters = digits + CheckCharacters(digits);
  std::string code;
  for (size_t i = 0; i < characters.size(); ++i) {
    if (i > 0 && i % kGroup == 0) code.push_back('-');
    code.push_back(characters[i]);
  }
  return code;
}

absl::StatusOr<std::string> ClaimIdPrefix(std::string_view text) {
  if (text.find(kAssetPath) != std::string_view::npos) return PrefixFromAddress(text);
  const std::string characters = Ungrouped(text);
  if (characters.size() != kCodeCharacters || !InAlphabet(characters)) {
    return BadCode(fmt::format("a code has {} letters and digits 2 to 7", kCodeCharacters));
  }
  if (Syndrome(characters, 1) != 0 || Syndrome(characters, 2) != 0) {
    return BadCode("the code's check characters do not fit: it is mistyped");
  }
  return PrefixFor(std::string_view(characters).substr(0, kDigits));
}

absl::StatusOr<std::string> ClaimAddress(std::string_view claim_id, std::string_view base,
                                         std::string_view company_prefix) {
  TS_RETURN_IF_ERROR(CheckBase(base));
  if (!IsCompanyPrefix(company_prefix)) {
    return InvalidInput("BAD_COMPANY_PREFIX", "", "a GS1 company prefix of 4 to 10 digits");
  }
  return fmt::format("{}{}{}{}", base, kAssetPath, company_prefix, DigitsOf(claim_id));
}

}  // namespace touchstone::ledger
