#include "tests/support/reader.h"

#include <cstdint>

#include <fmt/format.h>

namespace touchstone::testing {

std::string WhereReaderDiffers(std::string_view bundle_bytes, const ledger::Trust& trust,
                               const std::vector<v1::Evaluation>& said) {
  const auto report = ledger::VerifyBundle(bundle_bytes, trust);
  if (!report.ok()) return fmt::format("the reader refuses it: {}", report.status().ToString());
  if (report->evaluations.size() != said.size()) {
    return fmt::format("{} verdicts were said, {} are derived", said.size(), report->evaluations.size());
  }
  for (size_t i = 0; i < said.size(); ++i) {
    const std::string derived = report->evaluations[i].DebugString();
    if (derived != said[i].DebugString()) {
      return fmt::format("said:\n{}\nderived:\n{}", said[i].DebugString(), derived);
    }
  }
  return "";
}

std::string WhereReaderDiffers(const MemoryLedger& ledger, std::string_view subject_id,
                               const std::vector<const ledger::Policy*>& packs) {
  const auto bundle = ledger::BuildBundle(ledger, subject_id, packs, ledger.Checkpoint());
  if (!bundle.ok()) return fmt::format("there is no bundle: {}", bundle.status().ToString());
  ledger::Trust trust = ledger.Trust();
  std::vector<v1::Evaluation> said;
  for (const ledger::Policy* pack : packs) {
    trust.policies.insert(pack->sha256);
    auto evaluation = ledger::Evaluate(ledger, ledger.size(), subject_id, *pack);
    if (!evaluation.ok()) return fmt::format("the ledger says nothing: {}", evaluation.status().ToString());
    said.push_back(*std::move(evaluation));
  }
  return WhereReaderDiffers(bundle->SerializeAsString(), trust, said);
}

std::vector<const ledger::Policy*> AllPacks() {
  std::vector<const ledger::Policy*> packs;
  for (const ledger::Policy& policy : ledger::BuiltInPolicies()) packs.push_back(&policy);
  return packs;
}

v1::Bundle Everything(const MemoryLedger& ledger, std::string_view subject_id,
                      const std::vector<const ledger::Policy*>& packs) {
  v1::Bundle bundle;
  bundle.set_format(1);
  bundle.set_subject_id(std::string(subject_id));
  bundle.set_checkpoint(ledger.Checkpoint());
  bundle.mutable_proof()->set_tree_size(ledger.size());
  for (uint64_t i = 0; i < ledger.size(); ++i) {
    bundle.mutable_proof()->add_indexes(i);
    bundle.add_entries(ledger.entries()[i]);
  }
  for (const ledger::Policy* pack : packs) bundle.add_policies(pack->bytes);
  return bundle;
}

}  // namespace touchstone::testing
