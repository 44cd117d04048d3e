#include "cli/trust.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <sstream>
#include <utility>
#include <vector>

#include <toml++/toml.h>

#include "base/encoding.h"
#include "base/files.h"
#include "base/status.h"
#include "cli/exit_code.h"
#include "fmt/format.h"
#include "fmt/ranges.h"

namespace touchstone::cli {
namespace {

constexpr std::array<std::string_view, 7> kKeys = {"origin",    "genesis",         "log_key", "quorum",
                                                   "witnesses", "former_log_keys", "policies"};
constexpr std::array<std::string_view, 2> kFormerKeys = {"key", "until_size"};
constexpr std::array<std::string_view, 2> kWitnessKeys = {"key", "executes"};

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

template <typename Keys>
absl::Status CheckKeys(const toml::table& table, const Keys& keys, std::string_view prefix) {
  for (const auto& [key, value] : table) {
    if (std::find(keys.begin(), keys.end(), key.str()) != keys.end()) continue;
    return BadTrust(fmt::format("{}{}", prefix, key.str()),
                    fmt::format("unknown key; there are {}", fmt::join(keys, ", ")));
  }
  return absl::OkStatus();
}

absl::StatusOr<ledger::Witness> ParseWitness(const toml::node& node) {
  const toml::table* table = node.as_table();
  if (table == nullptr) return BadTrust("", "each witness is a table: [[witnesses]], and below it key = \"...\"");
  TS_RETURN_IF_ERROR(CheckKeys(*table, kWitnessKeys, ""));
  TS_ASSIGN_OR_RETURN(const std::string vkey, RequiredText(*table, "key"));
  const absl::StatusOr<crypto::NoteVerifier> verifier = crypto::NoteVerifier::FromVkey(vkey);
  if (!verifier.ok()) return BadTrust("key", MessageOf(verifier.status()));
  if (verifier->type() != crypto::NoteKeyType::kCosignature) {
    return BadTrust("key", "a witness cosigns: its key is of type 4, tlog-cosignature");
  }
  const auto executes = (*table)["executes"];
  if (executes && !executes.is_boolean()) return BadTrust("executes", "true or false");
  return ledger::Witness{*verifier, executes.value_or(false)};
}

/// Each witness once, by name: two keys under one name could pass for two witnesses.
absl::StatusOr<std::vector<ledger::Witness>> ParseWitnesses(const toml::table& table) {
  std::vector<ledger::Witness> witnesses;
  if (!table.contains("witnesses")) return witnesses;
  const toml::array* array = table["witnesses"].as_array();
  if (array == nullptr) return BadTrust("witnesses", "a list of tables: [[witnesses]]");
  for (const toml::node& node : *array) {
    const std::string field = fmt::format("witnesses[{}]", witnesses.size());
    const absl::StatusOr<ledger::Witness> witness = ParseWitness(node);
    if (!witness.ok()) return InField(field, witness.status());
    for (const ledger::Witness& other : witnesses) {
      if (other.key.name() == witness->key.name() || other.key.public_key() == witness->key.public_key()) {
        return BadTrust(field, fmt::format("{} is named already", other.key.name()));
      }
    }
    witnesses.push_back(*witness);
  }
  return witnesses;
}

absl::StatusOr<size_t> ParseQuorum(const toml::table& table, size_t witnesses) {
  if (!table.contains("quorum")) return 0;
  const std::optional<int64_t> quorum = table["quorum"].value_exact<int64_t>();
  if (quorum.has_value() && *quorum >= 0 && static_cast<uint64_t>(*quorum) <= witnesses) {
    return static_cast<size_t>(*quorum);
  }
  return BadTrust("quorum", fmt::format("0 to {}: how many of the witnesses must have cosigned", witnesses));
}

/// A key of the log, which is named as its origin.
absl::StatusOr<crypto::NoteVerifier> ParseLogKey(const toml::table& table, std::string_view field,
                                                 std::string_view origin) {
  TS_ASSIGN_OR_RETURN(const std::string vkey, RequiredText(table, field));
  absl::StatusOr<crypto::NoteVerifier> verifier = crypto::NoteVerifier::FromVkey(vkey);
  if (!verifier.ok()) return BadTrust(field, MessageOf(verifier.status()));
  if (verifier->name() == origin) return verifier;
  return BadTrust(field, fmt::format("it is named {}, but the origin is {}", verifier->name(), origin));
}

absl::StatusOr<crypto::FormerLogKey> ParseFormer(const toml::node& node, std::string_view origin) {
  const toml::table* table = node.as_table();
  if (table == nullptr) return BadTrust("", "each is a table: [[former_log_keys]], and below it key and until_size");
  TS_RETURN_IF_ERROR(CheckKeys(*table, kFormerKeys, ""));
  TS_ASSIGN_OR_RETURN(crypto::NoteVerifier key, ParseLogKey(*table, "key", origin));
  const std::optional<int64_t> size = (*table)["until_size"].value_exact<int64_t>();
  if (!size.has_value() || *size < 1) return BadTrust("until_size", "up to how many entries it signed for, from 1");
  return crypto::FormerLogKey{std::move(key), static_cast<uint64_t>(*size)};
}

/// The oldest first, each key once.
absl::StatusOr<std::vector<crypto::FormerLogKey>> ParseFormerKeys(const toml::table& table,
                                                                  const crypto::NoteVerifier& log) {
  std::vector<crypto::FormerLogKey> keys;
  if (!table.contains("former_log_keys")) return keys;
  const toml::array* array = table["former_log_keys"].as_array();
  if (array == nullptr) return BadTrust("former_log_keys", "a list of tables: [[former_log_keys]]");
  for (const toml::node& node : *array) {
    const std::string field = fmt::format("former_log_keys[{}]", keys.size());
    absl::StatusOr<crypto::FormerLogKey> key = ParseFormer(node, log.name());
    if (!key.ok()) return InField(field, key.status());
    const bool known = key->key == log || std::ranges::any_of(keys, [&](const auto& k) { return k.key == key->key; });
    if (known) return BadTrust(field, "this key is named already");
    if (!keys.empty() && key->until_size <= keys.back().until_size) {
      return BadTrust(field, "the oldest key comes first, and until_size grows");
    }
    keys.push_back(*std::move(key));
  }
  return keys;
}

/// Packs by the hash of their text.
absl::StatusOr<std::set<crypto::Hash>> ParsePolicies(const toml::table& table) {
  std::set<crypto::Hash> policies;
  if (!table.contains("policies")) return policies;
  const toml::array* array = table["policies"].as_array();
  if (array == nullptr) return BadTrust("policies", "a list of the SHA-256 of packs: policies = [\"...\"]");
  for (size_t i = 0; i < array->size(); ++i) {
    const std::string field = fmt::format("policies[{}]", i);
    const std::optional<std::string> hex = array->get(i)->value_exact<std::string>();
    if (!hex.has_value()) return BadTrust(field, "the SHA-256 of a pack's text, in quotes");
    const absl::StatusOr<crypto::Hash> hash = ParseHash(*hex);
    if (!hash.ok()) return BadTrust(field, MessageOf(hash.status()));
    policies.insert(*hash);
  }
  return policies;
}

std::string Quoted(const std::string& text) {
  std::ostringstream quoted;
  quoted << toml::value<std::string>(text);
  return quoted.str();
}

}  // namespace

absl::StatusOr<ledger::Trust> ParseTrust(std::string_view text) {
  TS_ASSIGN_OR_RETURN(const toml::table table, ParseToml(text));
  TS_RETURN_IF_ERROR(CheckKeys(table, kKeys, ""));
  TS_ASSIGN_OR_RETURN(const std::string origin, RequiredText(table, "origin"));
  TS_ASSIGN_OR_RETURN(const std::string genesis, RequiredText(table, "genesis"));
  const absl::StatusOr<crypto::Hash> genesis_id = ParseHash(genesis);
  if (!genesis_id.ok()) return BadTrust("genesis", MessageOf(genesis_id.status()));
  TS_ASSIGN_OR_RETURN(const crypto::NoteVerifier log, ParseLogKey(table, "log_key", origin));
  ledger::Trust trust{.log = log, .genesis_id = *genesis_id};
  TS_ASSIGN_OR_RETURN(trust.former_log_keys, ParseFormerKeys(table, log));
  TS_ASSIGN_OR_RETURN(trust.witnesses, ParseWitnesses(table));
  TS_ASSIGN_OR_RETURN(trust.quorum, ParseQuorum(table, trust.witnesses.size()));
  TS_ASSIGN_OR_RETURN(trust.policies, ParsePolicies(table));
  return trust;
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
  std::string text = fmt::format(
      "# Whom `touchstone verify` believes: this ledger, and the key that signs its checkpoints. Whoever can change\n"
      "# this file can make a false ledger look true; compare it with one that came over another channel.\n"
      "origin = {}\n"
      "genesis = {}\n"
      "log_key = {}\n",
      Quoted(trust.log.name()), Quoted(HexEncode(trust.genesis_id.view())), Quoted(trust.log.ToVkey()));
  if (trust.quorum > 0) text += fmt::format("quorum = {}\n", trust.quorum);
  if (!trust.policies.empty()) {
    std::vector<std::string> hashes;
    for (const crypto::Hash& hash : trust.policies) hashes.push_back(Quoted(HexEncode(hash.view())));
    text += fmt::format("# Packs that a bundle may bring, beside those of the software.\npolicies = [{}]\n",
                        fmt::join(hashes, ", "));
  }
  for (const crypto::FormerLogKey& former : trust.former_log_keys) {
    text += fmt::format(
        "\n# It signed before log_key did, for so many entries at most.\n[[former_log_keys]]\nkey = {}\n"
        "until_size = {}\n",
        Quoted(former.key.ToVkey()), former.until_size);
  }
  for (const ledger::Witness& witness : trust.witnesses) {
    text += fmt::format("\n[[witnesses]]\nkey = {}\n", Quoted(witness.key.ToVkey()));
    if (witness.executes) text += "executes = true\n";
  }
  return text;
}

absl::StatusOr<crypto::Hash> ParseHash(std::string_view hex) {
  const absl::StatusOr<std::string> bytes = HexDecode(hex);
  if (!bytes.ok() || bytes->size() != crypto::Hash::kSize) {
    return InvalidInput("BAD_HASH", "", fmt::format("'{}' is not a SHA-256 of 64 lower-case hex digits", hex));
  }
  return crypto::Hash::FromBytes(*bytes);
}

}  // namespace touchstone::cli
