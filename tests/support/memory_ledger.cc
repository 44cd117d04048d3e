#include "tests/support/memory_ledger.h"

#include <algorithm>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "base/check.h"
#include "base/encoding.h"
#include "base/status.h"
#include "crypto/checkpoint.h"
#include "crypto/merkle.h"
#include "ledger/envelope.h"
#include "ledger/state.h"
#include "tests/support/merkle_reference.h"

namespace touchstone::testing {
namespace {

ledger::SignedEvent Decoded(std::string_view envelope) {
  absl::StatusOr<ledger::SignedEvent> event = ledger::DecodeEnvelope(envelope);
  TS_CHECK(event.ok());
  TS_CHECK(ledger::VerifySignatures(*event).ok());
  return *std::move(event);
}

std::vector<crypto::Hash> LeavesOf(const std::vector<std::string>& entries) {
  std::vector<crypto::Hash> leaves;
  for (const std::string& entry : entries) leaves.push_back(crypto::LeafHash(entry));
  return leaves;
}

}  // namespace

int64_t MemoryLedger::TimeOf(const v1::Event& event, int64_t delay_us) const {
  return std::max(last_recorded_at_us_, event.occurred_at_us() + delay_us);
}

ledger::Decision MemoryLedger::Try(std::string_view envelope, int64_t delay_us) const {
  const ledger::SignedEvent event = Decoded(envelope);
  return ledger::Decide(state_, event, {size(), TimeOf(event.event, delay_us)});
}

ledger::Decision MemoryLedger::TryLocal(std::string_view envelope, int64_t delay_us) const {
  const ledger::SignedEvent event = Decoded(envelope);
  return ledger::DecideLocal(state_, event, {size(), TimeOf(event.event, delay_us)});
}

ledger::Decision MemoryLedger::Append(std::string_view envelope, int64_t delay_us) {
  ledger::Decision decision = Try(envelope, delay_us);
  if (ReasonOf(decision) == v1::REASON_UNSPECIFIED) Add(envelope, TimeOf(Decoded(envelope).event, delay_us), decision);
  return decision;
}

ledger::Effects MemoryLedger::Record(const Statement& statement, int64_t delay_us) {
  ledger::Decision decision = Append(statement.envelope, delay_us);
  if (auto* effects = std::get_if<ledger::Effects>(&decision)) return std::move(*effects);
  fmt::print(stderr, "entry {} of a valid history is refused: {}\n", size(), Describe(decision));
  TS_CHECK(false);
  return {};
}

void MemoryLedger::RecordAll(const std::vector<Statement>& statements) {
  for (const Statement& statement : statements) Record(statement);
}

void MemoryLedger::Smuggle(std::string_view envelope, int64_t delay_us) {
  Add(envelope, TimeOf(Decoded(envelope).event, delay_us), TryLocal(envelope, delay_us));
}

void MemoryLedger::Add(std::string_view envelope, int64_t recorded_at_us, const ledger::Decision& decision) {
  entries_.push_back(ledger::EncodeEntry(recorded_at_us, envelope));
  last_recorded_at_us_ = recorded_at_us;
  const auto* effects = std::get_if<ledger::Effects>(&decision);
  if (effects == nullptr) return;
  state_.Apply(effects->state);
  for (const Mutation& mutation : effects->indexes) {
    if (mutation.value.has_value()) {
      indexes_.insert_or_assign(mutation.key, *mutation.value);
    } else {
      indexes_.erase(mutation.key);
    }
  }
}

absl::StatusOr<std::vector<uint64_t>> MemoryLedger::History(std::string_view object_id) const {
  const std::string prefix = ledger::HistoryPrefix(object_id);
  std::vector<uint64_t> history;
  for (auto it = indexes_.lower_bound(prefix); it != indexes_.end() && it->first.starts_with(prefix); ++it) {
    history.push_back(ReadU64(std::string_view(it->first).substr(prefix.size())));
  }
  return history;
}

absl::StatusOr<std::vector<v1::FindingRecord>> MemoryLedger::Findings(uint64_t index) const {
  const std::string prefix = ledger::FindingPrefix(index);
  std::vector<v1::FindingRecord> findings;
  for (auto it = indexes_.lower_bound(prefix); it != indexes_.end() && it->first.starts_with(prefix); ++it) {
    TS_CHECK(findings.emplace_back().ParseFromString(it->second));
  }
  return findings;
}

absl::StatusOr<std::vector<crypto::Hash>> MemoryLedger::MultiProof(const std::vector<uint64_t>& indexes,
                                                                   uint64_t tree_size) const {
  return crypto::MultiProofHashes(indexes, tree_size, LeavesReader(LeavesOf(entries_)));
}

crypto::Hash MemoryLedger::Root() const { return ReferenceRoot(LeavesOf(entries_)); }

std::string MemoryLedger::Checkpoint(const std::vector<std::string>& signers) const {
  return SignedCheckpoint(size(), Root(), Story::kOrigin, signers);
}

ledger::Trust MemoryLedger::Trust() const {
  const auto record = ledger::Load<v1::LedgerRecord>(state_, "");
  TS_CHECK(record.has_value());
  const auto log =
      crypto::NoteVerifier::Create(record->origin(), crypto::NoteKeyType::kEd25519, KeyOf("log").public_key());
  const auto genesis_id = crypto::Hash::FromBytes(record->genesis_id());
  TS_CHECK(log.ok() && genesis_id.ok());
  return {.log = *log, .genesis_id = *genesis_id};
}

std::string SignedCheckpoint(uint64_t size, const crypto::Hash& root, std::string_view origin,
                             const std::vector<std::string>& signers) {
  std::vector<crypto::NoteSigner> keys;
  for (const std::string& actor : signers) {
    auto signer = crypto::NoteSigner::Create(origin, crypto::NoteKeyType::kEd25519, KeyOf(actor));
    TS_CHECK(signer.ok());
    keys.push_back(*std::move(signer));
  }
  const auto note =
      crypto::SignCheckpoint({.origin = std::string(origin), .size = size, .root = root, .extensions = {}}, keys);
  TS_CHECK(note.ok());
  return *note;
}

v1::Reason ReasonOf(const ledger::Decision& decision) {
  const auto* rejection = std::get_if<ledger::Rejection>(&decision);
  return rejection == nullptr ? v1::REASON_UNSPECIFIED : rejection->reason;
}

std::string Describe(const ledger::Decision& decision) {
  const auto* rejection = std::get_if<ledger::Rejection>(&decision);
  if (rejection == nullptr) return "admitted";
  return fmt::format("{} at `{}`: {}", ledger::NameOf(rejection->reason), rejection->field, rejection->message);
}

bool HasFinding(const ledger::Decision& decision, v1::FindingCode code) {
  const auto* effects = std::get_if<ledger::Effects>(&decision);
  if (effects == nullptr) return false;
  return std::any_of(effects->findings.begin(), effects->findings.end(),
                     [code](const v1::FindingRecord& finding) { return finding.code() == code; });
}

}  // namespace touchstone::testing
