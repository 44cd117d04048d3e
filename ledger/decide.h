// The rules. Decide at index i sees exactly the state after entry i-1 and nothing else: no clock, no randomness, no
// policy packs, no I/O.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "base/mutation.h"
#include "ledger/envelope.h"
#include "ledger/view.h"
#include "touchstone/v1/reason.pb.h"
#include "touchstone/v1/record.pb.h"

namespace touchstone::ledger {

class Draft;

/// What the log adds to an event.
struct Admission {
  uint64_t index = 0;
  int64_t recorded_at_us = 0;
};

/// Why the rules refuse an event. Changes nothing.
struct Rejection {
  v1::Reason reason = v1::REASON_UNSPECIFIED;
  std::string field;    // path of the field at fault, as `transform.inputs[2].lot_id`; empty: the whole event
  std::string message;  // the facts, and what would be right

  /// As an error whose code suits the reason (PERMISSION_DENIED, NOT_FOUND, FAILED_PRECONDITION, ...), whose reason is
  /// the enum's name without `REASON_`.
  absl::Status ToStatus() const;
};

/// What an admitted event does.
struct Effects {
  Mutations state;    // by key, ascending
  Mutations indexes;  // by key, ascending
  std::vector<v1::FindingRecord> findings;
  std::vector<std::string> created_ids;  // in output order
};

using Decision = std::variant<Effects, Rejection>;

/// What an admitted event did beside changing the draft that it was applied to.
struct Applied {
  std::vector<v1::FindingRecord> findings;
  std::vector<std::string> created_ids;  // in output order
};

using Application = std::variant<Applied, Rejection>;

/// Decides the event by every rule, local and global, on the state that the draft shows, and does to the draft what
/// follows. A rejection changes nothing. Signatures must have been verified.
Application Apply(Draft& draft, const SignedEvent& event, const Admission& admission);

/// The same by the local rules only.
Application ApplyLocal(Draft& draft, const SignedEvent& event, const Admission& admission);

/// Apply on a draft of one decision, whose changes are handed out.
Decision Decide(const View& view, const SignedEvent& event, const Admission& admission);

/// Decides by the local rules only: those that the events a bundle carries decide. `view` may hold a part of the
/// history, as long as it holds all that the event refers to.
Decision DecideLocal(const View& view, const SignedEvent& event, const Admission& admission);

/// The same for an entry that the log has admitted with these findings: what the rules held for totals, which a part of
/// the history does not come to, they hold where the findings say so.
Decision DecideAgain(const View& view, const SignedEvent& event, const Admission& admission,
                     const std::vector<v1::FindingRecord>& on_record);

/// `NOT_CUSTODIAN` for REASON_NOT_CUSTODIAN.
std::string NameOf(v1::Reason reason);
/// `HIGH_LOSS` for FINDING_CODE_HIGH_LOSS.
std::string NameOf(v1::FindingCode code);

}  // namespace touchstone::ledger
