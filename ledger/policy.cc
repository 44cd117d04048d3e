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
#include "ledger/mercury.h"

namespace touchstone::ledger {
namespace {

constexpr std::string_view kReason = "BAD_POLICY";

/// What is wrong with a pack, in the order found.
class Errors {
 public:
  void Add(std::string_view field, std::string_view message) {
    found_.push_back(InvalidInput(kReason, field, message));
  }
  std::vector<absl::Status> Take() && { return std::move(found_); }
  bool empty() const { return found_.empty(); }

 private:
  std::vector<absl::Status> found_;
};

/// Keeps the errors of the text format's parser, which knows lines and columns.
class ParserErrors final : public google::protobuf::io::ErrorCollector {
 public:
  explicit ParserErrors(Errors& errors) : errors_(errors) {}
  void AddError(int line, int column, const std::string& message) override {
    errors_.Add("", fmt::format("line {}, column {}: {}", line + 1, column + 1, message));
  }

 private:
  Errors& errors_;
};

/// What a pack says is shown to people.
void CheckTitle(std::string_view title, std::string_view field, bool required, Errors& errors) {
  const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (title.size() > limits::kMaxTextBytes || std::any_of(title.begin(), title.end(), control)) {
    errors.Add(field, fmt::format("at most {} bytes, no control characters", limits::kMaxTextBytes));
  } else if (required && title.empty()) {
    errors.Add(field, "what a PASS says, for people");
  }
}

/// Each rule of a pack is tried on every source.
void CheckCount(int count, std::string_view field, Errors& errors) {
  if (count > limits::kMaxListedPerEvent) errors.Add(field, fmt::format("at most {}", limits::kMaxListedPerEvent));
}

void CheckCounts(const v1::PolicyPack& pack, Errors& errors) {
  CheckCount(pack.process().permitted_routes_size(), "process.permitted_routes", errors);
  CheckCount(pack.process().forbidden_routes_size(), "process.forbidden_routes", errors);
  CheckCount(pack.attestations_size(), "attestations", errors);
  CheckCount(pack.licences_size(), "licences", errors);
  CheckCount(pack.permitted_models_size(), "permitted_models", errors);
  CheckCount(pack.doors_size(), "doors", errors);
  CheckCount(pack.sources_size(), "sources", errors);
}

/// A pack that permits only what it forbids is a mistake: nothing could pass it.
void CheckProcess(const v1::ProcessRule& rule, Errors& errors) {
  const auto& routes = rule.permitted_routes();
  const bool none_without = std::all_of(routes.begin(), routes.end(),
                                        [](int route) { return NeedsMercury(static_cast<v1::ProcessRoute>(route)); });
  if (!rule.no_mercury() || routes.empty() || !none_without) return;
  errors.Add("process.permitted_routes",
             "each of these routes needs mercury, which no_mercury forbids: nothing passes");
}

void CheckAttestation(const v1::AttestationRule& rule, const std::string& path, Errors& errors) {
  if (rule.scope() == v1::SCOPE_UNSPECIFIED) errors.Add(path + ".scope", "must be chosen");
  if (rule.max_age_days() == 0 || rule.max_age_days() > limits::kMaxAgeDays) {
    errors.Add(path + ".max_age_days", fmt::format("1 to {}", limits::kMaxAgeDays));
  }
  if (rule.standard().size() > limits::kMaxReferenceBytes) {
    errors.Add(path + ".standard", fmt::format("at most {} bytes", limits::kMaxReferenceBytes));
  }
}

void CheckAttestations(const v1::PolicyPack& pack, Errors& errors) {
  for (int i = 0; i < pack.attestations_size(); ++i) {
    const v1::AttestationRule& rule = pack.attestations(i);
    const std::string path = fmt::format("attestations[{}]", i);
    CheckAttestation(rule, path, errors);
    const bool said = std::any_of(pack.attestations().begin(), pack.attestations().begin() + i, [&](const auto& other) {
      return other.scope() == rule.scope() && other.about() == rule.about();
    });
    if (said) errors.Add(path + ".scope", "one rule for each scope and what it is about");
  }
}

void CheckCertification(const v1::PolicyPack& pack, Errors& errors) {
  if (!pack.has_certification()) {
    if (!pack.certified_title().empty()) {
      errors.Add("certified_title", "a pack without certification certifies nothing");
    }
    return;
  }
  CheckAttestation(pack.certification(), "certification", errors);
  if (pack.certification().standard().empty()) {
    errors.Add("certification.standard", "the scheme whose own attestation certifies");
  }
  CheckTitle(pack.certified_title(), "certified_title", true, errors);
}

/// Empty, or a day as `2026-01-31`.
bool IsDay(std::string_view text) {
  absl::CivilDay day;
  return text.empty() || (text.size() == 10 && absl::ParseCivilTime(absl::string_view(text.data(), text.size()), &day));
}

void CheckLicence(const v1::LicenceRule& rule, const std::string& path, Errors& errors) {
  if (rule.kind() == v1::LICENCE_KIND_UNSPECIFIED) errors.Add(path + ".kind", "must be chosen");
  CheckCount(rule.alternatives_size(), path + ".alternatives", errors);
  CheckCount(rule.countries_size(), path + ".countries", errors);
  const bool known = std::all_of(rule.countries().begin(), rule.countries().end(), [](const std::string& country) {
    const auto upper = [](char c) { return c >= 'A' && c <= 'Z'; };
    return country.size() == 2 && std::all_of(country.begin(), country.end(), upper);
  });
  if (!known) errors.Add(path + ".countries", "ISO 3166-1 alpha-2, upper case");
  if (!IsDay(rule.from_date())) errors.Add(path + ".from_date", "a day, as 2026-01-31");
  if (!IsDay(rule.until_date())) errors.Add(path + ".until_date", "a day, as 2026-01-31");
}

void CheckDoor(const v1::DoorRule& rule, const std::string& path, bool no_mercury, Errors& errors) {
  if (rule.door() == v1::Intake::DOOR_UNSPECIFIED) errors.Add(path + ".door", "must be chosen");
  if (rule.bearing() == v1::VERDICT_UNSPECIFIED) errors.Add(path + ".bearing", "must be chosen");
  if (!rule.recycled_kinds().empty() && rule.door() != v1::Intake::DOOR_RECYCLED) {
    errors.Add(path + ".recycled_kinds", "recycled gold alone has kinds");
  }
  if (no_mercury && rule.bearing() == v1::VERDICT_PASS) {
    errors.Add(path + ".bearing", "nobody knows whether gold from outside was won without mercury");
  }
}

/// Recycled gold alone has kinds, no two rules speak of one thing, and what came in from outside proves nothing of
/// mercury.
void CheckDoors(const v1::PolicyPack& pack, Errors& errors) {
  std::set<std::pair<int, int>> known;
  for (int i = 0; i < pack.doors_size(); ++i) {
    const v1::DoorRule& rule = pack.doors(i);
    const std::string path = fmt::format("doors[{}]", i);
    CheckDoor(rule, path, pack.process().no_mercury(), errors);
    bool first =
        !rule.recycled_kinds().empty() || known.insert({rule.door(), v1::Intake::RECYCLED_KIND_UNSPECIFIED}).second;
    for (const int kind : rule.recycled_kinds()) first &= known.insert({rule.door(), kind}).second;
    if (!first) errors.Add(path + ".door", "one rule for each door, and each kind of recycled gold");
  }
}

void CheckModels(const v1::PolicyPack& pack, Errors& errors) {
  bool shares = false;
  for (int i = 0; i < pack.permitted_models_size(); ++i) {
    const std::string path = fmt::format("permitted_models[{}]", i);
    const auto model = pack.permitted_models(i);
    if (model == v1::CUSTODY_MODEL_UNSPECIFIED) errors.Add(path, "must be chosen");
    if (model == v1::CUSTODY_MODEL_BOOK_AND_CLAIM) {
      errors.Add(path, "records apart from the flow of gold say nothing of a piece");
    }
    shares |= model == v1::CUSTODY_MODEL_CONTROLLED_BLENDING || model == v1::CUSTODY_MODEL_MASS_BALANCE;
  }
  if (pack.permitted_models().empty()) errors.Add("permitted_models", "at least one custody model");
  if (pack.least_qualifying_ppm() > limits::kMaxPpm || (pack.least_qualifying_ppm() != 0) != shares) {
    errors.Add("least_qualifying_ppm",
               "1 to 1,000,000 where blending or mass balance is permitted, and 0 where neither is");
  }
}

void CheckPack(const v1::PolicyPack& pack, Errors& errors) {
  CheckCounts(pack, errors);
  if (!IsPolicyId(pack.id())) errors.Add("id", "lower case letters, digits and hyphens, at most 64");
  if (pack.version() == 0) errors.Add("version", "counts from 1");
  CheckTitle(pack.title(), "title", true, errors);
  if (!pack.has_process() && pack.attestations().empty() && pack.licences().empty()) {
    errors.Add("", "a pack without rules would pass anything");
  }
  CheckProcess(pack.process(), errors);
  CheckAttestations(pack, errors);
  CheckCertification(pack, errors);
  for (int i = 0; i < pack.licences_size(); ++i) {
    CheckLicence(pack.licences(i), fmt::format("licences[{}]", i), errors);
  }
  CheckDoors(pack, errors);
  CheckModels(pack, errors);
  if (pack.sources().empty()) errors.Add("sources", "every pack says where its rules come from");
}

/// Reads the text into `pack`; what is wrong with it.
Errors ReadPack(const std::string& text, v1::PolicyPack& pack) {
  Errors errors;
  if (text.size() > limits::kMaxPolicyBytes) {
    errors.Add("", fmt::format("{} bytes; a pack has at most {}", text.size(), limits::kMaxPolicyBytes));
    return errors;
  }
  ParserErrors parser_errors(errors);
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&parser_errors);
  if (parser.ParseFromString(text, &pack)) {
    CheckPack(pack, errors);
  } else if (errors.empty()) {
    errors.Add("", "not a PolicyPack in protobuf text format");
  }
  return errors;
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
  Policy policy{.pack = {}, .bytes = std::string(text), .sha256 = crypto::Sha256(text)};
  std::vector<absl::Status> errors = ReadPack(policy.bytes, policy.pack).Take();
  if (!errors.empty()) return errors.front();
  return policy;
}

std::vector<absl::Status> PolicyErrors(std::string_view text) {
  v1::PolicyPack pack;
  return ReadPack(std::string(text), pack).Take();
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
