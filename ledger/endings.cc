#include "ledger/endings.h"

#include <fmt/format.h>

#include "base/limits.h"
#include "ledger/fields.h"

namespace touchstone::ledger {

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
  return ending;
}

Rejection AlreadyEnded(const std::string& field, const v1::Ending& ending) {
  return Reject(v1::REASON_ALREADY_ENDED, field,
                fmt::format("ended by entry {} ({})", ending.index(), v1::EndCause_Name(ending.cause())));
}

MaybeRejection CheckRoom(int listed, std::string_view field) {
  if (listed < limits::kMaxListedPerRecord) return std::nullopt;
  return Reject(v1::REASON_LIMIT_REACHED, std::string(field),
                fmt::format("the record lists {} already, and no more fit", limits::kMaxListedPerRecord));
}

}  // namespace touchstone::ledger
