// Who may say what: keys, offices, roles, accreditations, and how they end.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "ledger/verb.h"
#include "ledger/view.h"

namespace touchstone::ledger {

/// Finds the party (or root) behind every signing key. UNKNOWN_KEY, KEY_RETIRED.
MaybeRejection ResolveSigners(Context& ctx);

/// The event is not signed on behalf of another. NOT_ON_BEHALF.
MaybeRejection RequireForSelf(Context& ctx);

/// Whether the signers, each once, are root keys and no others, and at least the threshold of them.
bool IsRootQuorum(const google::protobuf::RepeatedPtrField<std::string>& root_keys, uint32_t threshold,
                  const google::protobuf::RepeatedPtrField<std::string>& signers);

/// All signers are root keys, at least the threshold of them. ROOT_QUORUM_MISSING.
MaybeRejection RequireRoot(Context& ctx);

/// One party signed, and holds the office now; ctx.actor becomes it. OFFICE_MISSING, SIGNERS_MISMATCH.
MaybeRejection RequireOffice(Context& ctx, v1::Office office);

/// As RequireOffice for registrars; root may register too, since somebody must register the first registrar. ctx.actor
/// is then empty.
MaybeRejection RequireRegistrarOrRoot(Context& ctx);

/// One party signed; ctx.actor becomes it, or the member on whose behalf its cooperative signed. SIGNERS_MISMATCH,
/// NOT_ON_BEHALF.
MaybeRejection RequireActor(Context& ctx);

/// The actor has one of the roles (bits, 1 << role). ROLE_MISSING.
MaybeRejection RequireRole(Context& ctx, uint32_t roles);
constexpr uint32_t RoleBit(v1::Role role) { return uint32_t{1} << static_cast<int>(role); }

/// Two parties signed, and they are these; a cooperative may stand in for its member. SIGNERS_MISMATCH, NOT_ON_BEHALF.
MaybeRejection RequireBoth(Context& ctx, std::string_view from_party_id, std::string_view to_party_id);

/// The party that made an earlier entry signed, or its cooperative for it, and where `needed` all who relied on that
/// entry did; nobody else. ctx.actor becomes the maker. NOT_ISSUER, COUNTERSIGNATURE_MISSING, SIGNERS_MISMATCH.
MaybeRejection RequireMaker(Context& ctx, const std::string& maker, const std::set<std::string>& relied, bool needed);

/// Whether the party has one of the roles (bits), and whether it holds the office now.
bool HasRole(const v1::PartyRecord& party, uint32_t roles);
bool HoldsOffice(const v1::PartyRecord& party, v1::Office office);

/// The site is registered. The form of the id, UNKNOWN_SITE.
MaybeRejection RequireSite(Context& ctx, std::string_view site_id, const Path& field);

/// It is, and the actor operates it. NOT_OPERATOR.
MaybeRejection RequireOperator(Context& ctx, std::string_view site_id, const Path& field);

/// The party is registered. UNKNOWN_PARTY.
MaybeRejection RequireParty(Context& ctx, std::string_view party_id, const Path& field);

/// The ending as far as it counts for what was decided on the first `evidence_size` entries: an annulment reaches back
/// to decisions that were taken before it was known, every other cause does not. Null when it does not count.
const v1::Ending* EndingFor(const v1::Ending* ending, uint64_t evidence_size);

/// What is valid from (inclusive) until (exclusive) covers the moment, and had not ended by then: an ending takes
/// effect on its effective date, which may lie before the entry that records it.
bool Covers(int64_t valid_from_us, int64_t valid_until_us, const v1::Ending* ending, int64_t at_us);

/// Whether the licence covers the whole period, the statutory extension included, for a decision on the first
/// `evidence_size` entries. Both its endings count, but for what a distrusted key signed.
bool CoversPeriod(const View& view, const v1::LicenceRecord& licence, int64_t from_us, int64_t until_us,
                  uint64_t evidence_size);

/// The same for a decision of the rules, to which a licence that a distrusted key registered is not there.
bool CoversPeriod(Context& ctx, const v1::LicenceRecord& licence, int64_t from_us, int64_t until_us);

/// Whether the attestation covers the moment. It holds from its first observation on at the earliest; both its endings
/// count.
bool CoversMoment(Context& ctx, const v1::AttestationRecord& attestation, int64_t at_us);

/// The same for a reader of a whole state, for a decision on the first `evidence_size` entries.
bool CoversMoment(const View& view, const v1::AttestationRecord& attestation, int64_t at_us, uint64_t evidence_size);

/// Whether the attestation may be relied on: no distrusted key made it, and its attestor was accredited when it was
/// recorded, by an accreditation that no distrusted key gave and that was not annulled from then or earlier. That one
/// covered the time is what admission made sure of. What the attestor did counts by when the log recorded it: the date
/// that it states itself could be set back. Says nothing of the attestation's own period, endings and conclusion.
bool Stands(Context& ctx, const v1::AttestationRecord& attestation);

/// The same for a reader of a whole state.
bool Stands(const View& view, const v1::AttestationRecord& attestation);

/// Whether the party may attest within the scope: accredited when it happened, and not ended when it is recorded, since
/// a withdrawn attestor could date its statement back. The accreditation itself is not by a distrusted key.
bool IsAccredited(Context& ctx, const v1::PartyRecord& party, v1::Scope scope);

}  // namespace touchstone::ledger
