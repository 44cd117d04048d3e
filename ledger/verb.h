// How a verb is made: what one decision has at hand, and the three parts every verb consists of.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "crypto/hash.h"
#include "ledger/decide.h"
#include "ledger/draft.h"
#include "ledger/ids.h"
#include "ledger/path.h"
#include "ledger/rule_switch.h"
#include "ledger/ruleset.h"
#include "touchstone/v1/event.pb.h"

namespace touchstone::ledger {

using MaybeRejection = std::optional<Rejection>;

/// One of the keys that signed. The texts are those of the event and of the key's record, which outlive a decision.
struct Signer {
  std::string_view key;
  bool is_root = false;
  std::string_view party_id;  // empty for a root key
};

/// Everything one decision works with.
struct Context {
  const v1::Event& event;
  const crypto::Hash& event_id;
  const Admission& admission;
  const Ruleset& rules;
  Draft& draft;
  /// The findings that the log has on this entry; null where it is decided for the first time.
  const std::vector<v1::FindingRecord>* on_record = nullptr;
  absl::InlinedVector<Signer, 2> signers = {};
  /// The party whose statement this is, once RequireActor has found it.
  std::string actor = {};
  std::vector<v1::FindingRecord> findings = {};
  std::vector<std::string> created_ids = {};
};

/// A verb's rules. Checks change nothing; Apply runs only after they passed, and cannot fail.
struct Verb {
  std::string_view name;
  /// Local rules: decidable from the events that a bundle carries.
  MaybeRejection (*check_local)(Context&);
  /// Global rules: uniqueness and single consumption. Null when the verb has none.
  MaybeRejection (*check_global)(Context&);
  void (*apply)(Context&);
  /// The first ruleset that admits it.
  uint32_t since = 1;
};

/// The verb of a body, or nullptr when no ruleset knows it.
const Verb* FindVerb(v1::Event::BodyCase body);

/// A rejection, at a field.
inline Rejection Reject(v1::Reason reason, std::string field, std::string message) {
  return {reason, std::move(field), std::move(message)};
}

/// The id of this event's output `number`, noted as created.
inline std::string MakeId(Context& ctx, ObjectKind kind, uint32_t number) {
  return ctx.created_ids.emplace_back(ObjectId(kind, ctx.event_id, number));
}

/// Notes that this entry shaped the object.
inline void AddHistory(Context& ctx, std::string_view object_id) {
  if (ctx.draft.keeps_indexes()) ctx.draft.PutIndex(HistoryKey(object_id, ctx.admission.index));
}

}  // namespace touchstone::ledger

/// Returns the rejection that `expr` yields, if any.
#define TS_REJECT_IF(expr)                                                                                      \
  do {                                                                                                          \
    std::optional<::touchstone::ledger::Rejection> ts_rejection_ = (expr);                                      \
    if (ts_rejection_.has_value() && !::touchstone::ledger::IsOff(ts_rejection_->reason)) return ts_rejection_; \
  } while (false)
