#include "cli/own_packs.h"

#include <utility>

#include "base/files.h"
#include "base/limits.h"
#include "base/status.h"
#include "fmt/format.h"

namespace touchstone::cli {
namespace {

absl::StatusOr<ledger::Policy> ReadPack(const std::string& file) {
  TS_ASSIGN_OR_RETURN(const std::string text, ReadFile(file, limits::kMaxPolicyBytes));
  absl::StatusOr<ledger::Policy> policy = ledger::ParsePolicy(text);
  if (policy.ok()) return policy;
  const std::string field = FieldOf(policy.status());
  return InvalidInput(ReasonOf(policy.status()), "",
                      fmt::format("{}: {}{}{}", file, field, field.empty() ? "" : ": ", MessageOf(policy.status())));
}

}  // namespace

void AddPolicyFiles(CLI::App* command, std::vector<std::string>* files, const std::string& use) {
  AddValues<std::string>(command, "--policy-file", "FILE",
                         "A pack of your own, published or not, in protobuf text format: " + use + "; repeatable",
                         &ParseText, [files](const std::string& file) { files->push_back(file); });
}

absl::StatusOr<OwnPacks> ReadOwnPacks(const std::vector<std::string>& files) {
  OwnPacks own;
  for (const std::string& file : files) {
    absl::StatusOr<ledger::Policy> policy = ReadPack(file);
    if (!policy.ok()) return InField("--policy-file", policy.status());
    if (!own.files.emplace(policy->sha256.view(), file).second) continue;
    own.packs.push_back(*std::move(policy));
  }
  return own;
}

}  // namespace touchstone::cli
