#include "ledger/findings.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace touchstone::ledger {

v1::Severity SeverityOf(v1::FindingCode code) {
  switch (code) {
    case v1::FINDING_CODE_MERCURY_USED:
    case v1::FINDING_CODE_UNLICENSED_PRODUCTION:
    case v1::FINDING_CODE_UNLICENSED_EXPORT:
    case v1::FINDING_CODE_GAIN_ABOVE_LIMIT:
    case v1::FINDING_CODE_ABOVE_CEILING:
    case v1::FINDING_CODE_IMPOSSIBLE_TRAVEL:
    case v1::FINDING_CODE_MERCURY_FOUND:
    case v1::FINDING_CODE_DORE_AS_RECYCLED:
    case v1::FINDING_CODE_SEAL_BROKEN:
    case v1::FINDING_CODE_COUNT_DIFFERS:
    case v1::FINDING_CODE_STOCK_AFTER_ENROLMENT:
    case v1::FINDING_CODE_TAILINGS_WITH_MERCURY:
    case v1::FINDING_CODE_DEVICE_FORKED:
      return v1::SEVERITY_CRITICAL;
    case v1::FINDING_CODE_MERCURY_UNDECLARED:
    case v1::FINDING_CODE_HIGH_LOSS:
    case v1::FINDING_CODE_MASS_MISMATCH:
    case v1::FINDING_CODE_ASSAY_DIVERGES:
    case v1::FINDING_CODE_ACCUMULATED_GAIN:
    case v1::FINDING_CODE_STEP_CHANGE:
    case v1::FINDING_CODE_ATTESTOR_CONCENTRATION:
    case v1::FINDING_CODE_IMPURITY_PROFILE:
    case v1::FINDING_CODE_UNIT_SLIP:
    case v1::FINDING_CODE_SEAL_REUSED:
    case v1::FINDING_CODE_TRANSIT_ORIGIN:
    case v1::FINDING_CODE_LOT_UNSEEN:
    case v1::FINDING_CODE_STOCK_UNATTESTED:
    case v1::FINDING_CODE_AREAS_OVERLAP:
    case v1::FINDING_CODE_SITE_OUTSIDE_LICENCE:
    case v1::FINDING_CODE_REGISTRANT_AWAKENED:
    case v1::FINDING_CODE_REGISTRANT_UNKNOWN:
    case v1::FINDING_CODE_ATTESTATION_BACKDATED:
    case v1::FINDING_CODE_CLOCK_WRONG:
    case v1::FINDING_CODE_NOT_GOOD_DELIVERY:
    case v1::FINDING_CODE_CORRECTION_SHOWS_GAIN:
    case v1::FINDING_CODE_GOLD_LOST:
      return v1::SEVERITY_WARNING;
    case v1::FINDING_CODE_LATE_RECORD:
    case v1::FINDING_CODE_SMALL_GAIN:
    case v1::FINDING_CODE_NEAR_CEILING:
    case v1::FINDING_CODE_ROUND_TRIP:
    case v1::FINDING_CODE_CLUSTERED_MASSES:
    case v1::FINDING_CODE_LICENCE_ON_SEVERAL_SITES:
    case v1::FINDING_CODE_DEVICE_GAP:
    case v1::FINDING_CODE_CORRECTED:
      return v1::SEVERITY_NOTICE;
    case v1::FINDING_CODE_UNSPECIFIED:
    case v1::FindingCode_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::FindingCode_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return v1::SEVERITY_UNSPECIFIED;
}

void AddFinding(Context& ctx, v1::FindingCode code, std::string_view subject_id, std::string message) {
  if (IsOff(code)) return;
  v1::FindingRecord& finding = ctx.findings.emplace_back();
  finding.set_code(code);
  finding.set_severity(SeverityOf(code));
  finding.set_index(ctx.admission.index);
  finding.set_subject_id(std::string(subject_id));
  finding.set_message(std::move(message));
}

bool HoldsFor(const Context& ctx, bool found_now, v1::FindingCode code, std::string_view subject_id) {
  if (ctx.on_record == nullptr) return found_now;
  return std::any_of(ctx.on_record->begin(), ctx.on_record->end(), [&](const v1::FindingRecord& finding) {
    return finding.code() == code && (subject_id.empty() || finding.subject_id() == subject_id);
  });
}

void FindLateRecord(Context& ctx) { FindLateRecord(ctx, ctx.event.occurred_at_us()); }

void FindLateRecord(Context& ctx, int64_t happened_at_us) {
  const int64_t delay_us = ctx.admission.recorded_at_us - happened_at_us;
  if (delay_us <= ctx.rules.late_after_us) return;
  constexpr int64_t kDayUs = int64_t{24} * 3600 * 1'000'000;
  AddFinding(ctx, v1::FINDING_CODE_LATE_RECORD, ctx.actor,
             fmt::format("recorded {} days after it occurred; late from {} days on", delay_us / kDayUs,
                         ctx.rules.late_after_us / kDayUs));
}

}  // namespace touchstone::ledger
