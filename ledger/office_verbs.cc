// The offices that root gives, and the accreditations that accreditors give.
#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "base/limits.h"
#include "ledger/authority.h"
#include "ledger/authority_verbs.h"
#include "ledger/endings.h"
#include "ledger/fields.h"

namespace touchstone::ledger {
namespace {

const v1::OfficeRecord* FindOffice(const v1::PartyRecord& party, v1::Office office) {
  for (const v1::OfficeRecord& held : party.offices()) {
    if (held.office() == office && !held.has_ending()) return &held;
  }
  return nullptr;
}

MaybeRejection CheckAppoint(Context& ctx) {
  const v1::Appoint& appoint = ctx.event.appoint();
  TS_REJECT_IF(RequireRoot(ctx));
  TS_REJECT_IF(CheckId(ObjectKind::kParty, appoint.party_id(), "appoint.party_id"));
  TS_REJECT_IF(RequireParty(ctx, appoint.party_id(), "appoint.party_id"));
  TS_REJECT_IF(CheckChosen(appoint.office(), "appoint.office"));
  return CheckRoom(ctx.draft.Find<v1::PartyRecord>(appoint.party_id())->offices_size(), "appoint.party_id");
}

MaybeRejection CheckAppointGlobal(Context& ctx) {
  const v1::Appoint& appoint = ctx.event.appoint();
  const v1::OfficeRecord* held = FindOffice(*ctx.draft.Find<v1::PartyRecord>(appoint.party_id()), appoint.office());
  if (held == nullptr) return std::nullopt;
  return Reject(v1::REASON_OFFICE_HELD, "appoint.office", fmt::format("held since entry {}", held->index()));
}

void ApplyAppoint(Context& ctx) {
  const v1::Appoint& appoint = ctx.event.appoint();
  v1::OfficeRecord& office = *ctx.draft.Change<v1::PartyRecord>(appoint.party_id()).add_offices();
  office.set_office(appoint.office());
  office.set_index(ctx.admission.index);
  AddHistory(ctx, appoint.party_id());
}

MaybeRejection CheckEndAppointment(Context& ctx) {
  const v1::EndAppointment& end = ctx.event.end_appointment();
  TS_REJECT_IF(RequireRoot(ctx));
  TS_REJECT_IF(CheckId(ObjectKind::kParty, end.party_id(), "end_appointment.party_id"));
  TS_REJECT_IF(RequireParty(ctx, end.party_id(), "end_appointment.party_id"));
  TS_REJECT_IF(CheckChosen(end.office(), "end_appointment.office"));
  TS_REJECT_IF(CheckEnding(ctx, end.cause(), end.effective_at_us(), "end_appointment"));
  if (FindOffice(*ctx.draft.Find<v1::PartyRecord>(end.party_id()), end.office()) != nullptr) return std::nullopt;
  return Reject(v1::REASON_ALREADY_ENDED, "end_appointment.office", "the party does not hold this office");
}

void ApplyEndAppointment(Context& ctx) {
  const v1::EndAppointment& end = ctx.event.end_appointment();
  for (v1::OfficeRecord& held : *ctx.draft.Change<v1::PartyRecord>(end.party_id()).mutable_offices()) {
    if (held.office() != end.office() || held.has_ending()) continue;
    *held.mutable_ending() = MakeEnding(ctx, end.cause(), end.effective_at_us());
  }
  AddHistory(ctx, end.party_id());
}

MaybeRejection CheckAccredit(Context& ctx) {
  const v1::Accredit& accredit = ctx.event.accredit();
  TS_REJECT_IF(RequireOffice(ctx, v1::OFFICE_ACCREDITOR));
  TS_REJECT_IF(CheckId(ObjectKind::kParty, accredit.party_id(), "accredit.party_id"));
  TS_REJECT_IF(RequireParty(ctx, accredit.party_id(), "accredit.party_id"));
  TS_REJECT_IF(CheckCount(accredit.scopes_size(), 1, limits::kMaxListedPerEvent, "accredit.scopes"));
  TS_REJECT_IF(CheckChosen(accredit.scopes(0), "accredit.scopes[0]"));
  TS_REJECT_IF(CheckAscending(accredit.scopes(), "accredit.scopes"));
  TS_REJECT_IF(CheckPeriod(accredit.valid_from_us(), accredit.valid_until_us(), "accredit.valid_from_us",
                           "accredit.valid_until_us"));
  TS_REJECT_IF(CheckReference(accredit.reference(), "accredit.reference", false));
  if (accredit.party_id() == ctx.actor) {
    return Reject(v1::REASON_SELF_ATTESTATION, "accredit.party_id", "an accreditor does not accredit itself");
  }
  return CheckRoom(
      ctx.draft.Find<v1::PartyRecord>(accredit.party_id())->accreditations_size() + accredit.scopes_size() - 1,
      "accredit.party_id");
}

void ApplyAccredit(Context& ctx) {
  const v1::Accredit& accredit = ctx.event.accredit();
  v1::PartyRecord& party = ctx.draft.Change<v1::PartyRecord>(accredit.party_id());
  for (const int scope : accredit.scopes()) {
    v1::AccreditationRecord& accreditation = *party.add_accreditations();
    accreditation.set_scope(static_cast<v1::Scope>(scope));
    accreditation.set_index(ctx.admission.index);
    accreditation.set_valid_from_us(accredit.valid_from_us());
    accreditation.set_valid_until_us(accredit.valid_until_us());
    if (ctx.rules.whole_domain) *accreditation.mutable_signed_by() = ctx.event.signer_keys();
  }
  AddHistory(ctx, accredit.party_id());
}

bool IsOpen(Context& ctx, const v1::AccreditationRecord& accreditation, v1::Scope scope) {
  return accreditation.scope() == scope && EndingOf(ctx, accreditation) == nullptr;
}

MaybeRejection CheckEndAccreditation(Context& ctx) {
  const v1::EndAccreditation& end = ctx.event.end_accreditation();
  TS_REJECT_IF(RequireOffice(ctx, v1::OFFICE_ACCREDITOR));
  TS_REJECT_IF(CheckId(ObjectKind::kParty, end.party_id(), "end_accreditation.party_id"));
  TS_REJECT_IF(RequireParty(ctx, end.party_id(), "end_accreditation.party_id"));
  TS_REJECT_IF(CheckChosen(end.scope(), "end_accreditation.scope"));
  TS_REJECT_IF(CheckEnding(ctx, end.cause(), end.effective_at_us(), "end_accreditation"));
  const auto& held = ctx.draft.Find<v1::PartyRecord>(end.party_id())->accreditations();
  if (std::any_of(held.begin(), held.end(), [&](const auto& a) { return IsOpen(ctx, a, end.scope()); }))
    return std::nullopt;
  return Reject(v1::REASON_ALREADY_ENDED, "end_accreditation.scope", "the party has no accreditation for this scope");
}

void ApplyEndAccreditation(Context& ctx) {
  const v1::EndAccreditation& end = ctx.event.end_accreditation();
  for (v1::AccreditationRecord& a : *ctx.draft.Change<v1::PartyRecord>(end.party_id()).mutable_accreditations()) {
    if (IsOpen(ctx, a, end.scope())) *a.mutable_ending() = MakeEnding(ctx, end.cause(), end.effective_at_us());
  }
  AddHistory(ctx, end.party_id());
}

}  // namespace

const Verb kAppointVerb = {"appoint", CheckAppoint, CheckAppointGlobal, ApplyAppoint};
const Verb kEndAppointmentVerb = {"end_appointment", CheckEndAppointment, nullptr, ApplyEndAppointment};
const Verb kAccreditVerb = {"accredit", CheckAccredit, nullptr, ApplyAccredit};
const Verb kEndAccreditationVerb = {"end_accreditation", CheckEndAccreditation, nullptr, ApplyEndAccreditation};

}  // namespace touchstone::ledger
