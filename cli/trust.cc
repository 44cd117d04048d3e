#include "cli/trust.h"

#include <array>
#include <optional>
#include <sstream>

#include <toml++/toml.h>

#include "base/encoding.h"
#include "base/files.h"
#include "base/status.h"
#include "cli/exit_code.h"
#include "fmt/format.h"

namespace touchstone::cli {
namespace {

/// A trust file is three lines and comments.
constexpr std::array<std::string_view, 3> kKeys = {"origin", "genesis", "log_key"};

absl::Status BadTrust(std::string_view field, std::string_view message) {
  return InvalidInput("BAD_TRUST_FILE", field, message);
}

absl::StatusOr<toml::table> ParseToml(std::string_view text) {
  try {
    return toml::parse(text);
  } catch (const toml::parse_error& error) {
    return BadTrust("", fmt::format("line {}: {}", error.source().begin.line, error.description()));
  }
}

absl::StatusOr<std::string> RequiredText(const toml::table& table, std::string_view key) {
  const std::optional<std::string> text = table[key].value_exact<std::string>();
  if (!text.has_value()) return BadTrust(key, fmt::format("`{} = \"...\"` is missing", key));
  return *text;
}

std::string Quoted(const std::string& text) {
  std::ostringstream quoted;
  quoted << toml::value<std::string>(text);
  return quoted.str();
}

}  // namespace

absl::StatusOr<ledger::Trust> ParseTrust(std::string_view text) {
  TS_ASSIGN_OR_RETURN(const toml::table table, ParseToml(text));
  for (const auto& [key, value] : table) {
    if (std::find(kKeys.begin(), kKeys.end(), key.str()) == kKeys.end()) {
      return BadTrust(key.str(), fmt::format("unknown key; there are {}", fmt::join(kKeys, ", ")));
    }
  }
  TS_ASSIGN_OR_RETURN(const std::string origin, RequiredText(table, "origin"));
  TS_ASSIGN_OR_RETURN(const std::string genesis, RequiredText(table, "genesis"));
  TS_ASSIGN_OR_RETURN(const std::string log_key, RequiredText(table, "log_key"));
  const absl::StatusOr<crypto::Hash> genesis_id = ParseHash(genesis);
  if (!genesis_id.ok()) return BadTrust("genesis", MessageOf(genesis_id.status()));
  const absl::StatusOr<crypto::NoteVerifier> verifier = crypto::NoteVerifier::FromVkey(log_key);
  if (!verifier.ok()) return BadTrust("log_key", MessageOf(verifier.status()));
  if (verifier->name() != origin) {
    return BadTrust("log_key", fmt::format("it is named {}, but the origin is {}", verifier->name(), origin));
  }
  return ledger::Trust{*verifier, *genesis_id};
}

absl::StatusOr<ledger::Trust> LoadTrust(const std::string& path) {
  constexpr size_t kMaxTrustFileBytes = 64 << 10;
  TS_ASSIGN_OR_RETURN(const std::string text, ReadFile(path, kMaxTrustFileBytes));
  absl::StatusOr<ledger::Trust> trust = ParseTrust(text);
  if (!trust.ok()) {
    return InvalidInput(ReasonOf(trust.status()), FieldOf(trust.status()),
                        fmt::format("{}: {}", path, MessageOf(trust.status())));
  }
  return trust;
}

std::string FormatTrust(const ledger::Trust& trust) {
  return fmt::format(
      "# Whom `touchstone verify` believes: this ledger, and the key that signs its checkpoints. Whoever can change\n"
      "# this file can make a false ledger look true; compare it with one that came over another channel.\n"
      "origin = {}\n"
      "genesis = {}\n"
      "log_key = {}\n",
      Quoted(trust.log.name()), Quoted(HexEncode(trust.genesis_id.view())), Quoted(trust.log.ToVkey()));
}

absl::StatusOr<crypto::Hash> ParseHash(std::string_view hex) {
  const absl::StatusOr<std::string> bytes = HexDecode(hex);
  if (!bytes.ok() || bytes->size() != crypto::Hash::kSize) {
    return InvalidInput("BAD_HASH", "", fmt::format("'{}' is not a SHA-256 of 64 lower-case hex digits", hex));
  }
  return crypto::Hash::FromBytes(*bytes);
}

}  // namespace touchstone::cli
