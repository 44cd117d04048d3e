#include "ledger/endings.h"

#include <fmt/format.h>

#include "base/limits.h"
#include "ledger/fields.h"

namespace touchstone::ledger {
namespace {

template <typename Record>
MaybeRejection MayEnd(Context& ctx, const Record& record, v1::EndCause cause, const Path& field) {
  const v1::Ending* ended = EndingOf(ctx, record);
  const v1::Ending* annulled = AnnulmentOf(ctx, record);
  if (ended == nullptr && annulled == nullptr) return std::nullopt;
  const v1::Ending& last = annulled != nullptr ? *annulled : *ended;
  const bool annuls = cause == v1::END_CAUSE_ANNULLED && last.cause() != v1::END_CAUSE_ANNULLED;
  if (ctx.rules.whole_domain && annuls) return std::nullopt;
  return Reject(v1::REASON_ALREADY_ENDED, field,
                fmt::format("ended by entry {} ({})", last.index(), v1::EndCause_Name(last.cause())));
}

template <typename Record>
void NoteEnding(Context& ctx, Record& record, const v1::Ending& ending) {
  *(EndingOf(ctx, record) != nullptr ? record.mutable_annulment() : record.mutable_ending()) = ending;
}

}  // namespace

MaybeRejection CheckEnding(const Context& ctx, v1::EndCause cause, int64_t effective_at_us, const std::string& verb) {
  TS_REJECT_IF(CheckChosen(cause, verb + ".cause"));
  if (effective_at_us >= limits::kMinOccurredAtUs && effective_at_us <= ctx.admission.recorded_at_us)
    return std::nullopt;
  return Reject(v1::REASON_FIELD_INVALID, verb + ".effective_at_us",
                "a time since 2000 and not ahead of the log's clock");
}

v1::Ending MakeEnding(const Context& ctx, v1::EndCause cause, int64_t effective_at_us) {
  v1::Ending ending;
  ending.set_index(ctx.admission.index);
  ending.set_cause(cause);
  ending.set_effective_at_us(effective_at_us);
  if (ctx.rules.whole_domain) *ending.mutable_signed_by() = ctx.event.signer_keys();
  return ending;
}

MaybeRejection CheckMayEnd(Context& ctx, const v1::LicenceRecord& licence, v1::EndCause cause, const Path& field) {
  return MayEnd(ctx, licence, cause, field);
}

MaybeRejection CheckMayEnd(Context& ctx, const v1::AttestationRecord& attestation, v1::EndCause cause,
                           const Path& field) {
  return MayEnd(ctx, attestation, cause, field);
}

void EndRecord(Context& ctx, v1::LicenceRecord& licence, const v1::Ending& ending) { NoteEnding(ctx, licence, ending); }
void EndRecord(Context& ctx, v1::AttestationRecord& attestation, const v1::Ending& ending) {
  NoteEnding(ctx, attestation, ending);
}

MaybeRejection CheckRoom(int listed, const Path& field) {
  if (listed < limits::kMaxListedPerRecord) return std::nullopt;
  return Reject(v1::REASON_LIMIT_REACHED, std::string(field),
                fmt::format("the record lists {} already, and no more fit", limits::kMaxListedPerRecord));
}

}  // namespace touchstone::ledger
