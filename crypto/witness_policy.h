// C2SP tlog-policy: which logs are believed, and which witnesses must have cosigned a checkpoint.
//
//   log VKEY [URL]
//   witness NAME VKEY [URL]
//   group NAME all|any|K MEMBER...      (members are witnesses or groups of earlier lines, each in one group at most)
//   quorum NAME|none                    (exactly one such line)
//
// Lines of white space, and those that begin with '#', say nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/note.h"
#include "crypto/note_key.h"

namespace touchstone::crypto {

/// A log or a witness of a policy.
struct PolicyKey {
  std::string name;  ///< What the policy calls a witness; a log's is its key's.
  NoteVerifier verifier;
  std::string url;  ///< Where to reach it; empty when the policy does not say.

  bool operator==(const PolicyKey&) const = default;
};

/// A policy. A value type; the default asks for nothing.
class WitnessPolicy {
 public:
  WitnessPolicy() = default;

  /// Reads the text of a policy. BAD_WITNESS_POLICY with the line's number in the message and the field `log`,
  /// `witness`, `group` or `quorum`; beyond limits::kMaxWitnessPolicyBytes or kMaxPolicyWitnesses of a kind too.
  static absl::StatusOr<WitnessPolicy> Parse(std::string_view text);

  const std::vector<PolicyKey>& logs() const { return logs_; }
  const std::vector<PolicyKey>& witnesses() const { return witnesses_; }
  /// Whether a quorum is asked for at all.
  bool asks() const { return quorum_ != kNobody; }

  /// Whether the witnesses that signed `note`, which was opened with their verifiers among others, are a quorum.
  bool IsMetBy(const OpenedNote& note) const;
  /// Whether these witnesses, by their place in witnesses(), would be a quorum.
  bool IsMetBy(const std::vector<bool>& signed_by) const;
  /// The verifiers of the witnesses, to open notes with.
  std::vector<NoteVerifier> Verifiers() const;

 private:
  static constexpr size_t kNobody = SIZE_MAX;

  /// A witness, or so many of others.
  struct Member {
    std::string name;
    size_t witness = kNobody;  ///< Of witnesses_; kNobody for a group.
    size_t needed = 1;
    std::vector<size_t> members = {};  ///< Of members_, all before this one.
    bool grouped = false;              ///< Is in a group already.
  };

  class Reader;

  std::vector<PolicyKey> logs_;
  std::vector<PolicyKey> witnesses_;
  std::vector<Member> members_;  ///< In the order of their lines.
  size_t quorum_ = kNobody;      ///< Of members_.
};

}  // namespace touchstone::crypto
