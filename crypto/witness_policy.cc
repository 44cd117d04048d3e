#include "crypto/witness_policy.h"

#include <algorithm>
#include <optional>

#include "base/limits.h"
#include "base/status.h"
#include "crypto/decimal.h"
#include "crypto/lines.h"
#include "fmt/format.h"

namespace touchstone::crypto {
namespace {

/// The items of a line: what spaces and tabs, and nothing else, set apart.
std::vector<std::string_view> Items(std::string_view line) {
  constexpr std::string_view kBlank = " \t";
  std::vector<std::string_view> items;
  for (;;) {
    const size_t begin = line.find_first_not_of(kBlank);
    if (begin == std::string_view::npos) return items;
    line.remove_prefix(begin);
    items.push_back(line.substr(0, line.find_first_of(kBlank)));
    line.remove_prefix(items.back().size());
  }
}

bool HasControl(std::string_view line) {
  return std::any_of(line.begin(), line.end(),
                     [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F; });
}

bool IsSameKey(const PolicyKey& a, const NoteVerifier& b) { return a.verifier.public_key() == b.public_key(); }

}  // namespace

/// Reads line after line into a policy.
class WitnessPolicy::Reader {
 public:
  absl::Status Read(std::string_view line) {
    ++number_;
    if (HasControl(line)) return Bad("", "a line has no control characters but tabs");
    const std::vector<std::string_view> items = Items(line);
    if (items.empty() || items[0].front() == '#') return absl::OkStatus();
    if (items[0] == "log") return ReadLog(items);
    if (items[0] == "witness") return ReadWitness(items);
    if (items[0] == "group") return ReadGroup(items);
    if (items[0] == "quorum") return ReadQuorum(items);
    return Bad("", "a line begins with log, witness, group or quorum");
  }

  absl::StatusOr<WitnessPolicy> Finish() {
    if (!has_quorum_) return Bad("quorum", "one line names the quorum, or none");
    return std::move(policy_);
  }

 private:
  absl::Status Bad(std::string_view field, std::string_view message) const {
    return InvalidInput("BAD_WITNESS_POLICY", field, fmt::format("line {}: {}", number_, message));
  }

  absl::StatusOr<PolicyKey> ReadKey(std::string_view field, std::string_view name, std::string_view vkey,
                                    std::string_view url, NoteKeyType type, std::vector<PolicyKey>& keys) const {
    if (keys.size() == limits::kMaxPolicyWitnesses) {
      return Bad(field, fmt::format("at most {} of them", limits::kMaxPolicyWitnesses));
    }
    const absl::StatusOr<NoteVerifier> verifier = NoteVerifier::FromVkey(vkey);
    if (!verifier.ok()) return Bad(field, MessageOf(verifier.status()));
    if (verifier->type() != type) return Bad(field, "the key is of another kind: logs sign, witnesses cosign");
    if (std::any_of(keys.begin(), keys.end(), [&](const PolicyKey& key) { return IsSameKey(key, *verifier); })) {
      return Bad(field, "its key was there before");
    }
    return PolicyKey{.name = std::string(name), .verifier = *verifier, .url = std::string(url)};
  }

  absl::Status ReadLog(const std::vector<std::string_view>& items) {
    if (items.size() < 2 || items.size() > 3) return Bad("log", "log VKEY [URL]");
    const std::string_view url = items.size() == 3 ? items[2] : std::string_view();
    TS_ASSIGN_OR_RETURN(PolicyKey key, ReadKey("log", "", items[1], url, NoteKeyType::kEd25519, policy_.logs_));
    key.name = key.verifier.name();
    policy_.logs_.push_back(std::move(key));
    return absl::OkStatus();
  }

  absl::Status ReadWitness(const std::vector<std::string_view>& items) {
    if (items.size() < 3 || items.size() > 4) return Bad("witness", "witness NAME VKEY [URL]");
    const std::string_view url = items.size() == 4 ? items[3] : std::string_view();
    TS_ASSIGN_OR_RETURN(PolicyKey key,
                        ReadKey("witness", items[1], items[2], url, NoteKeyType::kCosignature, policy_.witnesses_));
    TS_RETURN_IF_ERROR(Define("witness", {.name = std::string(items[1]), .witness = policy_.witnesses_.size()}));
    policy_.witnesses_.push_back(std::move(key));
    return absl::OkStatus();
  }

  absl::Status ReadGroup(const std::vector<std::string_view>& items) {
    if (items.size() < 4) return Bad("group", "group NAME all|any|K MEMBER...");
    Member group{.name = std::string(items[1])};
    for (size_t i = 3; i < items.size(); ++i) {
      const std::optional<size_t> member = Find(items[i]);
      if (!member.has_value()) return Bad("group", fmt::format("no line before this defines {}", items[i]));
      if (policy_.members_[*member].grouped) return Bad("group", fmt::format("{} is in a group already", items[i]));
      policy_.members_[*member].grouped = true;
      group.members.push_back(*member);
    }
    const std::optional<uint64_t> needed = items[2] == "any"   ? 1
                                           : items[2] == "all" ? group.members.size()
                                                               : ParseDecimal(items[2]);
    if (!needed.has_value() || *needed < 1 || *needed > group.members.size()) {
      return Bad("group", "all, any, or a number from 1 to that of the members");
    }
    group.needed = *needed;
    return Define("group", std::move(group));
  }

  absl::Status ReadQuorum(const std::vector<std::string_view>& items) {
    if (items.size() != 2) return Bad("quorum", "quorum NAME, or quorum none");
    if (has_quorum_) return Bad("quorum", "there is one before it");
    has_quorum_ = true;
    if (items[1] == kNone) return absl::OkStatus();
    const std::optional<size_t> member = Find(items[1]);
    if (!member.has_value()) return Bad("quorum", fmt::format("no line before this defines {}", items[1]));
    policy_.quorum_ = *member;
    return absl::OkStatus();
  }

  absl::Status Define(std::string_view field, Member member) {
    if (member.name == kNone) return Bad(field, "none is the name of no quorum");
    if (Find(member.name).has_value()) return Bad(field, fmt::format("{} is defined already", member.name));
    if (policy_.members_.size() == 2 * limits::kMaxPolicyWitnesses) return Bad(field, "too many names");
    policy_.members_.push_back(std::move(member));
    return absl::OkStatus();
  }

  std::optional<size_t> Find(std::string_view name) const {
    const auto found = std::find_if(policy_.members_.begin(), policy_.members_.end(),
                                    [&](const Member& member) { return member.name == name; });
    if (found == policy_.members_.end()) return std::nullopt;
    return static_cast<size_t>(found - policy_.members_.begin());
  }

  static constexpr std::string_view kNone = "none";

  WitnessPolicy policy_;
  bool has_quorum_ = false;
  int number_ = 0;
};

absl::StatusOr<WitnessPolicy> WitnessPolicy::Parse(std::string_view text) {
  if (text.size() > limits::kMaxWitnessPolicyBytes) {
    return InvalidInput("BAD_WITNESS_POLICY", "",
                        fmt::format("a policy has at most {} bytes", limits::kMaxWitnessPolicyBytes));
  }
  Reader reader;
  Lines lines(text);
  while (const std::optional<std::string_view> line = lines.Next()) TS_RETURN_IF_ERROR(reader.Read(*line));
  if (!lines.rest().empty()) return InvalidInput("BAD_WITNESS_POLICY", "", "the last line has no newline");
  return reader.Finish();
}

bool WitnessPolicy::IsMetBy(const OpenedNote& note) const {
  std::vector<bool> signed_by;
  for (const PolicyKey& witness : witnesses_) {
    signed_by.push_back(std::any_of(note.attestations.begin(), note.attestations.end(),
                                    [&](const NoteAttestation& a) { return a.verifier == witness.verifier; }));
  }
  return IsMetBy(signed_by);
}

bool WitnessPolicy::IsMetBy(const std::vector<bool>& signed_by) const {
  if (!asks()) return true;
  // Members come before the groups that have them: one pass settles all.
  std::vector<bool> met(members_.size());
  for (size_t i = 0; i < members_.size(); ++i) {
    const Member& member = members_[i];
    if (member.witness != kNobody) {
      met[i] = signed_by[member.witness];
    } else {
      const auto count = std::count_if(member.members.begin(), member.members.end(), [&](size_t m) { return met[m]; });
      met[i] = static_cast<size_t>(count) >= member.needed;
    }
  }
  return met[quorum_];
}

std::vector<NoteVerifier> WitnessPolicy::Verifiers() const {
  std::vector<NoteVerifier> verifiers;
  for (const PolicyKey& witness : witnesses_) verifiers.push_back(witness.verifier);
  return verifiers;
}

}  // namespace touchstone::crypto
