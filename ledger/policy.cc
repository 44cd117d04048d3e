#include "ledger/policy.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "base/limits.h"
#include "base/status.h"
#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/text_format.h"
#include "ledger/built_in_policies.h"

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

/// What a pack says is shown to people, and each of its rules is tried on every source: both are bounded.
absl::Status CheckBounds(const v1::PolicyPack& pack) {
  const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (pack.title().size() > limits::kMaxTextBytes || std::any_of(pack.title().begin(), pack.title().end(), control)) {
    return InvalidInput(kReason, "title",
                        fmt::format("at most {} bytes, no control characters", limits::kMaxTextBytes));
  }
  const auto bounded = [](int count, std::string_view field) {
    if (count <= limits::kMaxListedPerEvent) return absl::OkStatus();
    return InvalidInput(kReason, field, fmt::format("at most {}", limits::kMaxListedPerEvent));
  };
  TS_RETURN_IF_ERROR(bounded(pack.process().permitted_routes_size(), "process.permitted_routes"));
  TS_RETURN_IF_ERROR(bounded(pack.attestations_size(), "attestations"));
  TS_RETURN_IF_ERROR(bounded(pack.licences_size(), "licences"));
  TS_RETURN_IF_ERROR(bounded(pack.permitted_models_size(), "permitted_models"));
  return bounded(pack.sources_size(), "sources");
}

absl::Status CheckPack(const v1::PolicyPack& pack) {
  TS_RETURN_IF_ERROR(CheckBounds(pack));
  if (!IsPolicyId(pack.id())) return InvalidInput(kReason, "id", "lower case letters, digits and hyphens, at most 64");
  if (pack.version() == 0) return InvalidInput(kReason, "version", "counts from 1");
  if (pack.title().empty()) return InvalidInput(kReason, "title", "what a PASS says, for people");
  if (!pack.has_process() && pack.attestations().empty() && pack.licences().empty()) {
    return InvalidInput(kReason, "", "a pack without rules would pass anything");
  }
  for (int i = 0; i < pack.attestations_size(); ++i) {
    const std::string path = fmt::format("attestations[{}]", i);
    if (pack.attestations(i).scope() == v1::SCOPE_UNSPECIFIED)
      return InvalidInput(kReason, path + ".scope", "must be chosen");
    const uint32_t age = pack.attestations(i).max_age_days();
    if (age == 0 || age > limits::kMaxAgeDays) {
      return InvalidInput(kReason, path + ".max_age_days", fmt::format("1 to {}", limits::kMaxAgeDays));
    }
    for (int k = 0; k < i; ++k) {
      if (pack.attestations(k).scope() != pack.attestations(i).scope()) continue;
      return InvalidInput(kReason, path + ".scope", "one rule for each scope");
    }
  }
  for (int i = 0; i < pack.licences_size(); ++i) {
    if (pack.licences(i).kind() != v1::LICENCE_KIND_UNSPECIFIED) continue;
    return InvalidInput(kReason, fmt::format("licences[{}].kind", i), "must be chosen");
  }
  if (pack.permitted_models().empty()) return InvalidInput(kReason, "permitted_models", "at least one custody model");
  if (pack.sources().empty()) return InvalidInput(kReason, "sources", "every pack says where its rules come from");
  return absl::OkStatus();
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
