#include "ledger/policy.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>
#include "absl/time/civil_time.h"

#include "base/check.h"
#include "base/limits.h"
#include "base/status.h"
#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/text_format.h"
#include "ledger/built_in_policies.h"
#include "ledger/describe.h"

namespace touchstone::ledger {
namespace {

constexpr std::string_view kReason = "BAD_POLICY";

/// Keeps the first error of the text format's parser, which knows lines and columns.
class FirstError final : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, int column, const std::string& message) override {
    if (text_.empty()) text_ = fmt::format("line {}, column {}: {}", line + 1, column + 1, message);
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

/// What a pack says is shown to people.
absl::Status CheckTitle(std::string_view title, std::string_view field, bool required) {
  const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (title.size() > limits::kMaxTextBytes || std::any_of(title.begin(), title.end(), control)) {
    return InvalidInput(kReason, field, fmt::format("at most {} bytes, no control characters", limits::kMaxTextBytes));
  }
  return required && title.empty() ? InvalidInput(kReason, field, "what a PASS says, for people") : absl::OkStatus();
}

/// Each rule of a pack is tried on every source.
absl::Status CheckCount(int count, std::string_view field) {
  if (count <= limits::kMaxListedPerEvent) return absl::OkStatus();
  return InvalidInput(kReason, field, fmt::format("at most {}", limits::kMaxListedPerEvent));
}

absl::Status CheckCounts(const v1::PolicyPack& pack) {
  TS_RETURN_IF_ERROR(CheckCount(pack.process().permitted_routes_size(), "process.permitted_routes"));
  TS_RETURN_IF_ERROR(CheckCount(pack.process().forbidden_routes_size(), "process.forbidden_routes"));
  TS_RETURN_IF_ERROR(CheckCount(pack.attestations_size(), "attestations"));
  TS_RETURN_IF_ERROR(CheckCount(pack.licences_size(), "licences"));
  TS_RETURN_IF_ERROR(CheckCount(pack.permitted_models_size(), "permitted_models"));
  TS_RETURN_IF_ERROR(CheckCount(pack.doors_size(), "doors"));
  return CheckCount(pack.sources_size(), "sources");
}

absl::Status CheckAttestation(const v1::AttestationRule& rule, const std::string& path) {
  if (rule.scope() == v1::SCOPE_UNSPECIFIED) return InvalidInput(kReason, path + ".scope", "must be chosen");
  if (rule.max_age_days() == 0 || rule.max_age_days() > limits::kMaxAgeDays) {
    return InvalidInput(kReason, path + ".max_age_days", fmt::format("1 to {}", limits::kMaxAgeDays));
  }
  if (rule.standard().size() <= limits::kMaxReferenceBytes) return absl::OkStatus();
  return InvalidInput(kReason, path + ".standard", fmt::format("at most {} bytes", limits::kMaxReferenceBytes));
}

absl::Status CheckAttestations(const v1::PolicyPack& pack) {
  for (int i = 0; i < pack.attestations_size(); ++i) {
    const v1::AttestationRule& rule = pack.attestations(i);
    const std::string path = fmt::format("attestations[{}]", i);
    TS_RETURN_IF_ERROR(CheckAttestation(rule, path));
    for (int k = 0; k < i; ++k) {
      if (pack.attestations(k).scope() != rule.scope() || pack.attestations(k).about() != rule.about()) continue;
      return InvalidInput(kReason, path + ".scope", "one rule for each scope and what it is about");
    }
  }
  if (!pack.has_certification()) {
    if (pack.certified_title().empty()) return absl::OkStatus();
    return InvalidInput(kReason, "certified_title", "a pack without certification certifies nothing");
  }
  TS_RETURN_IF_ERROR(CheckAttestation(pack.certification(), "certification"));
  if (pack.certification().standard().empty()) {
    return InvalidInput(kReason, "certification.standard", "the scheme whose own attestation certifies");
  }
  return CheckTitle(pack.certified_title(), "certified_title", true);
}

/// Empty, or a day as `2026-01-31`.
bool IsDay(std::string_view text) {
  absl::CivilDay day;
  return text.empty() || (text.size() == 10 && absl::ParseCivilTime(absl::string_view(text.data(), text.size()), &day));
}

absl::Status CheckLicence(const v1::LicenceRule& rule, const std::string& path) {
  if (rule.kind() == v1::LICENCE_KIND_UNSPECIFIED) return InvalidInput(kReason, path + ".kind", "must be chosen");
  TS_RETURN_IF_ERROR(CheckCount(rule.alternatives_size(), path + ".alternatives"));
  TS_RETURN_IF_ERROR(CheckCount(rule.countries_size(), path + ".countries"));
  for (const std::string& country : rule.countries()) {
    const auto upper = [](char c) { return c >= 'A' && c <= 'Z'; };
    if (country.size() == 2 && std::all_of(country.begin(), country.end(), upper)) continue;
    return InvalidInput(kReason, path + ".countries", "ISO 3166-1 alpha-2, upper case");
  }
  if (!IsDay(rule.from_date())) return InvalidInput(kReason, path + ".from_date", "a day, as 2026-01-31");
  if (!IsDay(rule.until_date())) return InvalidInput(kReason, path + ".until_date", "a day, as 2026-01-31");
  return absl::OkStatus();
}

/// Recycled gold alone has kinds, no two rules speak of one thing, and what came in from outside proves nothing of
/// mercury.
absl::Status CheckDoors(const v1::PolicyPack& pack) {
  std::set<std::pair<int, int>> known;
  for (int i = 0; i < pack.doors_size(); ++i) {
    const v1::DoorRule& rule = pack.doors(i);
    const std::string path = fmt::format("doors[{}]", i);
    if (rule.door() == v1::Intake::DOOR_UNSPECIFIED) return InvalidInput(kReason, path + ".door", "must be chosen");
    if (rule.bearing() == v1::VERDICT_UNSPECIFIED) return InvalidInput(kReason, path + ".bearing", "must be chosen");
    if (!rule.recycled_kinds().empty() && rule.door() != v1::Intake::DOOR_RECYCLED) {
      return InvalidInput(kReason, path + ".recycled_kinds", "recycled gold alone has kinds");
    }
    if (pack.process().no_mercury() && rule.bearing() == v1::VERDICT_PASS) {
      return InvalidInput(kReason, path + ".bearing", "nobody knows whether gold from outside was won without mercury");
    }
    bool first =
        !rule.recycled_kinds().empty() || known.insert({rule.door(), v1::Intake::RECYCLED_KIND_UNSPECIFIED}).second;
    for (const int kind : rule.recycled_kinds()) first &= known.insert({rule.door(), kind}).second;
    if (first) continue;
    return InvalidInput(kReason, path + ".door", "one rule for each door, and each kind of recycled gold");
  }
  return absl::OkStatus();
}

absl::Status CheckModels(const v1::PolicyPack& pack) {
  bool shares = false;
  for (int i = 0; i < pack.permitted_models_size(); ++i) {
    const std::string path = fmt::format("permitted_models[{}]", i);
    const auto model = pack.permitted_models(i);
    if (model == v1::CUSTODY_MODEL_UNSPECIFIED) return InvalidInput(kReason, path, "must be chosen");
    if (model == v1::CUSTODY_MODEL_BOOK_AND_CLAIM) {
      return InvalidInput(kReason, path, "records apart from the flow of gold say nothing of a piece");
    }
    shares |= model == v1::CUSTODY_MODEL_CONTROLLED_BLENDING || model == v1::CUSTODY_MODEL_MASS_BALANCE;
  }
  if (pack.permitted_models().empty()) return InvalidInput(kReason, "permitted_models", "at least one custody model");
  if (pack.least_qualifying_ppm() > limits::kMaxPpm || (pack.least_qualifying_ppm() != 0) != shares) {
    return InvalidInput(kReason, "least_qualifying_ppm",
                        "1 to 1,000,000 where blending or mass balance is permitted, and 0 where neither is");
  }
  return absl::OkStatus();
}

absl::Status CheckPack(const v1::PolicyPack& pack) {
  TS_RETURN_IF_ERROR(CheckCounts(pack));
  TS_RETURN_IF_ERROR(CheckTitle(pack.title(), "title", false));
  if (!IsPolicyId(pack.id())) return InvalidInput(kReason, "id", "lower case letters, digits and hyphens, at most 64");
  if (pack.version() == 0) return InvalidInput(kReason, "version", "counts from 1");
  TS_RETURN_IF_ERROR(CheckTitle(pack.title(), "title", true));
  if (!pack.has_process() && pack.attestations().empty() && pack.licences().empty()) {
    return InvalidInput(kReason, "", "a pack without rules would pass anything");
  }
  TS_RETURN_IF_ERROR(CheckAttestations(pack));
  for (int i = 0; i < pack.licences_size(); ++i) {
    TS_RETURN_IF_ERROR(CheckLicence(pack.licences(i), fmt::format("licences[{}]", i)));
  }
  TS_RETURN_IF_ERROR(CheckDoors(pack));
  TS_RETURN_IF_ERROR(CheckModels(pack));
  if (pack.sources().empty()) return InvalidInput(kReason, "sources", "every pack says where its rules come from");
  return absl::OkStatus();
}

/// Whether a source speaks of the rule: of it, or of what it is part of.
bool IsSourced(const v1::PolicyPack& pack, std::string_view rule) {
  return std::any_of(pack.sources().begin(), pack.sources().end(), [&](const v1::PolicySource& source) {
    const std::string_view of = source.rule();
    return rule == of || (rule.size() > of.size() && rule.substr(0, of.size()) == of &&
                          (rule[of.size()] == '.' || rule[of.size()] == '['));
  });
}

/// The paths of all rules that a pack has.
std::vector<std::string> RulesOf(const v1::PolicyPack& pack) {
  std::vector<std::string> rules;
  const v1::ProcessRule& process = pack.process();
  if (process.no_mercury()) rules.emplace_back("process.no_mercury");
  if (!process.permitted_routes().empty()) rules.emplace_back("process.permitted_routes");
  if (!process.forbidden_routes().empty()) rules.emplace_back("process.forbidden_routes");
  if (process.no_cyanide()) rules.emplace_back("process.no_cyanide");
  if (process.no_mercury_tailings()) rules.emplace_back("process.no_mercury_tailings");
  for (int i = 0; i < pack.attestations_size(); ++i) rules.push_back(fmt::format("attestations[{}]", i));
  for (int i = 0; i < pack.licences_size(); ++i) rules.push_back(fmt::format("licences[{}]", i));
  for (int i = 0; i < pack.doors_size(); ++i) rules.push_back(fmt::format("doors[{}]", i));
  rules.emplace_back("permitted_models");
  if (pack.has_certification()) rules.emplace_back("certification");
  return rules;
}

std::vector<Policy> LoadBuiltIn() {
  std::vector<Policy> policies;
  for (const std::string_view text : BuiltInPolicyTexts()) {
    absl::StatusOr<Policy> policy = ParsePolicy(text);
    TS_CHECK(policy.ok());
    policies.push_back(*std::move(policy));
  }
  std::sort(policies.begin(), policies.end(),
            [](const Policy& a, const Policy& b) { return a.pack.id() < b.pack.id(); });
  return policies;
}

}  // namespace

bool IsPolicyId(std::string_view id) {
  const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  return !id.empty() && id.size() <= limits::kMaxReferenceBytes && std::all_of(id.begin(), id.end(), allowed);
}

absl::StatusOr<Policy> ParsePolicy(std::string_view text) {
  if (text.size() > limits::kMaxPolicyBytes) {
    return InvalidInput(kReason, "",
                        fmt::format("{} bytes; a pack has at most {}", text.size(), limits::kMaxPolicyBytes));
  }
  Policy policy;
  policy.bytes = std::string(text);
  policy.sha256 = crypto::Sha256(text);
  FirstError errors;
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&errors);
  if (!parser.ParseFromString(policy.bytes, &policy.pack)) {
    return InvalidInput(kReason, "",
                        errors.text().empty() ? "not a PolicyPack in protobuf text format" : errors.text());
  }
  TS_RETURN_IF_ERROR(CheckPack(policy.pack));
  return policy;
}

std::vector<PolicyRemark> LintPolicy(const v1::PolicyPack& pack) {
  std::vector<PolicyRemark> remarks;
  for (std::string& rule : RulesOf(pack)) {
    if (!IsSourced(pack, rule)) remarks.push_back({std::move(rule), "no source says where this comes from"});
  }
  for (int i = 0; i < pack.sources_size(); ++i) {
    const v1::PolicySource& source = pack.sources(i);
    const std::string path = fmt::format("sources[{}]", i);
    if (source.citation().empty()) remarks.push_back({path + ".citation", "cites nothing"});
    if (!source.verified()) remarks.push_back({path, fmt::format("the text for `{}` was not at hand", source.rule())});
  }
  for (int door = v1::Intake::DOOR_UNSPECIFIED + 1; v1::Intake::Door_IsValid(door); ++door) {
    const bool treated = std::any_of(pack.doors().begin(), pack.doors().end(),
                                     [&](const v1::DoorRule& rule) { return rule.door() == door; });
    if (treated) continue;
    remarks.push_back({"doors", fmt::format("nothing is said of {}: it proves nothing",
                                            Words(*v1::Intake::Door_descriptor(), door))});
  }
  return remarks;
}

const std::vector<Policy>& BuiltInPolicies() {
  static const std::vector<Policy>& policies = *new std::vector<Policy>(LoadBuiltIn());
  return policies;
}

const Policy* FindBuiltInPolicy(std::string_view id) {
  for (const Policy& policy : BuiltInPolicies()) {
    if (policy.pack.id() == id) return &policy;
  }
  return nullptr;
}

}  // namespace touchstone::ledger
