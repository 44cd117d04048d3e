// Writing a bundle: everything that the subject's verdict rests on, and nothing that it does not.
#include <string>
#include <vector>

#include "base/status.h"
#include "ledger/bundle.h"
#include "ledger/closure.h"

namespace touchstone::ledger {

absl::StatusOr<v1::Bundle> BuildBundle(const Archive& archive, std::string_view subject_id,
                                       const std::vector<const Policy*>& policies, std::string_view checkpoint_note) {
  TS_ASSIGN_OR_RETURN(const std::string resolved, ResolveSubject(archive, subject_id));
  Closure closure(archive, archive.size(), Closure::For::kBundle);
  TS_RETURN_IF_ERROR(closure.Add(subject_id));
  // A lot or piece is followed through the event that made it; a claim names its piece.
  if (resolved != subject_id) TS_RETURN_IF_ERROR(closure.Add(resolved));
  v1::Bundle bundle;
  bundle.set_format(1);
  bundle.set_subject_id(std::string(subject_id));
  bundle.set_checkpoint(std::string(checkpoint_note));
  bundle.mutable_proof()->set_tree_size(archive.size());
  std::vector<uint64_t> indexes;
  for (const auto& [index, bytes] : closure.entries()) {
    indexes.push_back(index);
    bundle.mutable_proof()->add_indexes(index);
    bundle.add_entries(bytes);
  }
  TS_ASSIGN_OR_RETURN(const std::vector<crypto::Hash> hashes, archive.MultiProof(indexes, archive.size()));
  for (const crypto::Hash& hash : hashes) bundle.mutable_proof()->add_hashes(std::string(hash.view()));
  for (const Policy* policy : policies) bundle.add_policies(policy->bytes);
  TS_RETURN_IF_ERROR(archive.status());
  return bundle;
}

}  // namespace touchstone::ledger
