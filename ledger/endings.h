// How an office, accreditation, licence or attestation ends, and how long a record's lists may grow.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "ledger/trust.h"
#include "ledger/verb.h"

namespace touchstone::ledger {

/// A cause is chosen, and the date lies since 2000 and not ahead of the log's clock. `verb` prefixes the fields.
MaybeRejection CheckEnding(const Context& ctx, v1::EndCause cause, int64_t effective_at_us, const std::string& verb);

/// The ending that this event brings.
v1::Ending MakeEnding(const Context& ctx, v1::EndCause cause, int64_t effective_at_us);

/// How the record ended, or was annulled after that: nullptr where it was not, or where a distrusted key says so. A
/// reader is a Context, or a View of a whole state.
template <typename Reader, typename Record>
const v1::Ending* EndingOf(Reader& reader, const Record& record) {
  if (!record.has_ending()) return nullptr;
  return Supports(reader, record.ending().signed_by(), record.ending().index()) ? &record.ending() : nullptr;
}
template <typename Reader, typename Record>
const v1::Ending* AnnulmentOf(Reader& reader, const Record& record) {
  if (!record.has_annulment()) return nullptr;
  return Supports(reader, record.annulment().signed_by(), record.annulment().index()) ? &record.annulment() : nullptr;
}

/// A licence or attestation can end this way: it has not ended, or since ruleset 2 it has ended for another cause than
/// annulment and is annulled now, once. ALREADY_ENDED, naming the entry and cause.
MaybeRejection CheckMayEnd(Context& ctx, const v1::LicenceRecord& licence, v1::EndCause cause, const Path& field);
MaybeRejection CheckMayEnd(Context& ctx, const v1::AttestationRecord& attestation, v1::EndCause cause,
                           const Path& field);

/// Notes the ending of a licence or attestation that CheckMayEnd passed: its first, or its annulment afterwards. It
/// takes the place of one that does not count.
void EndRecord(Context& ctx, v1::LicenceRecord& licence, const v1::Ending& ending);
void EndRecord(Context& ctx, v1::AttestationRecord& attestation, const v1::Ending& ending);

/// Lists that a record keeps stay bounded by limits::kMaxListedPerRecord. LIMIT_REACHED.
MaybeRejection CheckRoom(int listed, const Path& field);

}  // namespace touchstone::ledger
