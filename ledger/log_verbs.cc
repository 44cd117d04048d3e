// The log itself: which key signs for it, and that it takes no more events.
#include <fmt/format.h>

#include "base/encoding.h"
#include "base/limits.h"
#include "crypto/keys.h"
#include "crypto/note_key.h"
#include "ledger/authority.h"
#include "ledger/authority_verbs.h"
#include "ledger/fields.h"
#include "ledger/key_rules.h"

namespace touchstone::ledger {
namespace {

MaybeRejection CheckRotateLogKey(Context& ctx) {
  const v1::RotateLogKey& rotate = ctx.event.rotate_log_key();
  TS_REJECT_IF(RequireRoot(ctx));
  TS_REJECT_IF(CheckBytes(rotate.log_key(), crypto::PublicKey::kSize, "rotate_log_key.log_key"));
  TS_REJECT_IF(CheckBytes(rotate.replaced_log_key(), crypto::PublicKey::kSize, "rotate_log_key.replaced_log_key"));
  const v1::LedgerRecord& ledger = *ctx.draft.Find<v1::LedgerRecord>("");
  if (rotate.replaced_log_key() != ledger.log_key()) {
    return Reject(v1::REASON_FIELD_INVALID, "rotate_log_key.replaced_log_key",
                  fmt::format("the log's key now, {}", HexEncode(ledger.log_key())));
  }
  if (ledger.former_log_keys_size() < limits::kMaxFormerLogKeys) return std::nullopt;
  return Reject(v1::REASON_LIMIT_REACHED, "rotate_log_key.log_key",
                fmt::format("a log changes its key at most {} times", limits::kMaxFormerLogKeys));
}

MaybeRejection CheckRotateLogKeyGlobal(Context& ctx) {
  return CheckKeyIsFree(ctx, ctx.event.rotate_log_key().log_key(), "rotate_log_key.log_key");
}

void ApplyRotateLogKey(Context& ctx) {
  v1::LedgerRecord& ledger = ctx.draft.Change<v1::LedgerRecord>("");
  v1::FormerLogKey& former = *ledger.add_former_log_keys();
  former.set_log_key(ledger.log_key());
  former.set_index(ledger.log_key_index());
  former.set_replaced_index(ctx.admission.index);
  ledger.set_log_key(ctx.event.rotate_log_key().log_key());
  ledger.set_log_key_index(ctx.admission.index);
  AddHistory(ctx, kLedgerHistoryId);
}

MaybeRejection CheckFreezeLog(Context& ctx) {
  const v1::FreezeLog& freeze = ctx.event.freeze_log();
  TS_REJECT_IF(RequireRoot(ctx));
  TS_REJECT_IF(CheckReference(freeze.successor_origin(), "freeze_log.successor_origin", false));
  TS_REJECT_IF(CheckText(freeze.reason(), "freeze_log.reason", false));
  if (freeze.successor_origin().empty()) return std::nullopt;
  // Who knows a log by its name would take the successor's first checkpoints for a second history of this one.
  const bool is_own = freeze.successor_origin() == ctx.draft.Find<v1::LedgerRecord>("")->origin();
  if (!is_own && crypto::CheckKeyName(freeze.successor_origin()).ok()) return std::nullopt;
  return Reject(v1::REASON_FIELD_INVALID, "freeze_log.successor_origin",
                "another ledger's name: a schema-less URL without spaces or `+`");
}

void ApplyFreezeLog(Context& ctx) {
  const v1::FreezeLog& freeze = ctx.event.freeze_log();
  v1::Freeze& record = *ctx.draft.Change<v1::LedgerRecord>("").mutable_freeze();
  record.set_index(ctx.admission.index);
  record.set_successor_origin(freeze.successor_origin());
  record.set_reason(freeze.reason());
  AddHistory(ctx, kLedgerHistoryId);
}

}  // namespace

const Verb kRotateLogKeyVerb = {"rotate_log_key", CheckRotateLogKey, CheckRotateLogKeyGlobal, ApplyRotateLogKey, 2};
const Verb kFreezeLogVerb = {"freeze_log", CheckFreezeLog, nullptr, ApplyFreezeLog, 2};

}  // namespace touchstone::ledger
