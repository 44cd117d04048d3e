// Policy packs and the verdicts they give. Packs are data in protobuf text format; the rules of admission never read
// them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/hash.h"
#include "ledger/view.h"
#include "touchstone/v1/policy.pb.h"
#include "touchstone/v1/verdict.pb.h"

namespace touchstone::ledger {

struct Ancestry;  // lineage.h

/// A pack, its bytes, and their hash, which is its identity.
struct Policy {
  v1::PolicyPack pack;
  std::string bytes;
  crypto::Hash sha256;
};

/// Whether a pack may have this id: 1 to 64 lower-case letters, digits and hyphens.
bool IsPolicyId(std::string_view id);

/// Reads a pack. INVALID_ARGUMENT BAD_POLICY with line or field: the first of PolicyErrors.
absl::StatusOr<Policy> ParsePolicy(std::string_view text);

/// All that keeps the text from being a pack, each as INVALID_ARGUMENT BAD_POLICY with line or field; none for a pack.
/// Rules are looked at only once the text parses.
std::vector<absl::Status> PolicyErrors(std::string_view text);

/// Something about a pack that its author should know, though it is no error.
struct PolicyRemark {
  std::string path;  // of the part, as `attestations[0]`
  std::string text;
};

/// Rules without a source, sources that were not at hand, doors of intake that nothing is said of.
std::vector<PolicyRemark> LintPolicy(const v1::PolicyPack& pack);

/// The built-in pack that is a floor: what breaks it breaks every standard. It is asked of gold of which nothing else
/// is.
inline constexpr std::string_view kFloorPolicyId = "minamata-annex-c";

/// The packs that come with this software, by ascending id.
const std::vector<Policy>& BuiltInPolicies();

/// A built-in pack, or nullptr.
const Policy* FindBuiltInPolicy(std::string_view id);

/// How much of the log a view shows. What the rules themselves hold rests on totals, of output and of gains, which what
/// a bundle carries does not come to: there it neither shows nor can be told.
enum class Shown { kWholeLog, kBundle };

/// The verdict of `policy` on a lot, piece or claim as the state of `as_of_size` entries shows it. For a claim, only
/// evidence that was in the log before claim.evidence_size supports a PASS. Errors as TraceUpstream.
absl::StatusOr<v1::Evaluation> Evaluate(const View& view, uint64_t as_of_size, std::string_view subject_id,
                                        const Policy& policy, Shown shown = Shown::kWholeLog);

/// The same for a lot or piece whose whole ancestry is at hand: TraceUpstream's of the subject, to the sources.
v1::Evaluation EvaluateTraced(const View& view, uint64_t as_of_size, std::string_view subject_id,
                              const Ancestry& ancestry, const Policy& policy);

}  // namespace touchstone::ledger
