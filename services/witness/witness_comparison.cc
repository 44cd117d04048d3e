#include "services/witness/witness_comparison.h"

#include <future>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "fmt/format.h"
#include "services/witness/witness_client.h"

namespace touchstone::services {
namespace {

using Remembered = absl::StatusOr<std::optional<storage::Mark>>;

Remembered Ask(const crypto::PolicyKey& witness, const std::vector<crypto::NoteVerifier>& log_keys) {
  TS_ASSIGN_OR_RETURN(const std::unique_ptr<WitnessClient> client, WitnessClient::Create(witness));
  return client->LastOf(log_keys);
}

absl::Status CompareWith(const storage::Mark& last, const storage::Snapshot& snapshot,
                         const crypto::PolicyKey& witness) {
  if (last.size > snapshot.size()) {
    return MakeError(
        absl::StatusCode::kUnavailable, "BEHIND_WITNESSES", "",
        fmt::format("witness {} has cosigned {} entries, of which this node holds {} (a restored backup?): "
                    "it admits and signs nothing, lest there be two histories",
                    witness.name, last.size, snapshot.size()));
  }
  TS_ASSIGN_OR_RETURN(const crypto::Hash root, snapshot.RootAt(last.size));
  if (root == last.root) return absl::OkStatus();
  return MakeError(absl::StatusCode::kFailedPrecondition, "OTHER_HISTORY", "",
                   fmt::format("witness {} has cosigned another root for the first {} entries than the database has",
                               witness.name, last.size));
}

}  // namespace

absl::Status CompareWithWitnesses(const crypto::WitnessPolicy& policy, const storage::Snapshot& snapshot,
                                  const std::vector<crypto::NoteVerifier>& log_keys) {
  std::vector<std::future<Remembered>> answers;
  for (const crypto::PolicyKey& witness : policy.witnesses()) {
    answers.push_back(std::async(std::launch::async, [&witness, &log_keys] { return Ask(witness, log_keys); }));
  }
  std::vector<bool> silent;
  std::string why_silent;
  absl::Status compared;
  for (size_t i = 0; i < answers.size(); ++i) {
    const crypto::PolicyKey& witness = policy.witnesses()[i];
    const Remembered last = answers[i].get();
    silent.push_back(!last.ok());
    if (!last.ok()) {
      why_silent += fmt::format("; {}: {}", witness.name, MessageOf(last.status()));
    } else if (last->has_value()) {
      const absl::Status found = CompareWith(**last, snapshot, witness);
      // That there are two histories is worse to know than that this one is short.
      if (!found.ok() && (compared.ok() || !absl::IsUnavailable(found))) compared = found;
    }
  }
  if (!compared.ok() || !policy.asks() || !policy.IsMetBy(silent)) return compared;
  return MakeError(
      absl::StatusCode::kUnavailable, std::string(kWitnessesSilent), "",
      fmt::format("too few witnesses say what they have cosigned, and a restored backup would not know it: "
                  "this node admits and signs nothing until they do{}",
                  why_silent));
}

}  // namespace touchstone::services
