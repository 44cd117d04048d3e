#include "tests/support/answers.h"

#include "base/status.h"
#include "fmt/format.h"
#include "ledger/attribution.h"
#include "ledger/custody_chain.h"
#include "ledger/descent.h"
#include "ledger/ids.h"
#include "ledger/intake_check.h"
#include "ledger/lineage.h"
#include "ledger/past.h"

namespace touchstone::testing {
namespace {

template <typename T>
std::string Told(const absl::StatusOr<T>& answer) {
  return answer.ok() ? answer->DebugString() : ReasonOf(answer.status());
}

std::string Upstream(const ledger::Archive& archive, const std::string& id) {
  const auto ancestry = ledger::TraceUpstream(archive, id, 0);
  if (!ancestry.ok()) return ReasonOf(ancestry.status());
  std::string told = ledger::Attribute(archive, *ancestry).DebugString();
  for (const ledger::AncestryNode& node : ancestry->nodes) {
    told += fmt::format("{} at {} of entry {}\n", node.id, node.depth, node.step_index);
    const auto findings = archive.Findings(node.step_index);
    if (!findings.ok()) return ReasonOf(findings.status());
    for (const v1::FindingRecord& finding : *findings) told += finding.DebugString();
  }
  const auto chain = ledger::CustodyChain(archive, *ancestry);
  if (!chain.ok()) return ReasonOf(chain.status());
  for (const v1::CustodyTransfer& transfer : *chain) told += transfer.DebugString();
  return told;
}

std::string Downstream(const ledger::Archive& archive, const std::string& id) {
  const auto found = ledger::TraceDownstream(archive, {id}, 0);
  if (!found.ok()) return ReasonOf(found.status());
  std::string told;
  for (const ledger::Descendant& one : *found) {
    told += fmt::format("{} carries {}\n", one.node.id, one.carried_ng);
    told += one.node.is_piece ? one.node.piece->DebugString() : one.node.lot->DebugString();
  }
  return told;
}

std::string Parcel(const ledger::Archive& archive, const std::string& id, int64_t at_us) {
  ledger::IntakeQuestion question;
  question.lot_ids = {id};
  question.policies = AnsweredPacks();
  question.as_of_us = at_us;
  return Told(ledger::CheckIntake(archive, question));
}

}  // namespace

const std::vector<const ledger::Policy*>& AnsweredPacks() {
  static const std::vector<const ledger::Policy*> packs = {ledger::FindBuiltInPolicy("formalized"),
                                                           ledger::FindBuiltInPolicy("mercury-free")};
  return packs;
}

std::string VerdictsOn(const ledger::Archive& archive, const std::string& id) {
  std::string told;
  for (const ledger::Policy* policy : AnsweredPacks()) {
    told += Told(ledger::Evaluate(archive, archive.size(), id, *policy));
  }
  return told;
}

std::string AnswersOn(const ledger::Archive& archive, const std::string& id, int64_t at_us) {
  std::string told = "verdicts:\n" + VerdictsOn(archive, id) + "upstream:\n" + Upstream(archive, id);
  if (!ledger::IsId(ledger::ObjectKind::kClaim, id)) told += "downstream:\n" + Downstream(archive, id);
  if (ledger::IsId(ledger::ObjectKind::kLot, id)) told += "parcel:\n" + Parcel(archive, id, at_us);
  return told;
}

std::string AnswersAsOf(const ledger::Archive& now, uint64_t size, const std::string& id, int64_t at_us) {
  ledger::PastSubjects subjects{.ids = {id}};
  if (!ledger::IsId(ledger::ObjectKind::kClaim, id)) subjects.origins = {id};
  const auto past = ledger::Past::Open(now, size, subjects);
  return past.ok() ? AnswersOn(**past, id, at_us) : past.status().ToString();
}

}  // namespace touchstone::testing
