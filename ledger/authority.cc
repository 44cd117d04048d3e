#include "ledger/authority.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/encoding.h"
#include "ledger/endings.h"
#include "ledger/fields.h"
#include "ledger/look.h"
#include "ledger/trust.h"

namespace touchstone::ledger {
namespace {

/// The party all signers belong to; SIGNERS_MISMATCH when there are several or root is among them.
MaybeRejection SigningParty(const Context& ctx, std::string& party_id) {
  for (size_t i = 0; i < ctx.signers.size(); ++i) {
    const Signer& signer = ctx.signers[i];
    if (signer.is_root || signer.party_id != ctx.signers.front().party_id) {
      return Reject(v1::REASON_SIGNERS_MISMATCH, fmt::format("signer_keys[{}]", i),
                    "this event is signed by one party and no one else");
    }
  }
  party_id = std::string(ctx.signers.front().party_id);
  return std::nullopt;
}

bool IsRootKey(const v1::LedgerRecord& ledger, const std::string& key) {
  return std::find(ledger.root_keys().begin(), ledger.root_keys().end(), key) != ledger.root_keys().end();
}

/// Who was a cooperative when the member joined may have lost that role since ruleset 2.
bool SignsFor(Context& ctx, std::string_view cooperative_id, std::string_view member_id) {
  const v1::PartyRecord* member = ctx.draft.Find<v1::PartyRecord>(member_id);
  if (member == nullptr || member->member_of_party_id() != cooperative_id) return false;
  // Who has keys speaks for himself.
  if (ctx.rules.whole_domain && !member->keys().empty()) return false;
  const v1::PartyRecord* cooperative = ctx.draft.Find<v1::PartyRecord>(cooperative_id);
  return cooperative != nullptr && HasRole(*cooperative, RoleBit(v1::ROLE_COOPERATIVE));
}

/// Whether one of the attestor's accreditations carries the attestation.
template <typename Reader>
bool IsCarried(Reader& reader, const v1::PartyRecord& attestor, const v1::AttestationRecord& attestation) {
  const auto carries = [&](const v1::AccreditationRecord& a) {
    if (a.scope() != attestation.scope() || a.index() >= attestation.index()) return false;
    if (!Supports(reader, a.signed_by(), a.index())) return false;
    const v1::Ending* ending = EndingOf(reader, a);
    if (ending == nullptr) return true;
    const bool annulled =
        ending->cause() == v1::END_CAUSE_ANNULLED && ending->effective_at_us() <= attestation.recorded_at_us();
    return ending->index() > attestation.index() && !annulled;
  };
  return std::any_of(attestor.accreditations().begin(), attestor.accreditations().end(), carries);
}

Keys KeysOf(const v1::AttestationRecord& attestation) {
  Keys keys;
  *keys.Add() = attestation.key();
  return keys;
}

template <typename Reader>
bool CoversPeriodFor(Reader& reader, const v1::LicenceRecord& licence, int64_t from_us, int64_t until_us,
                     uint64_t evidence_size) {
  const int64_t end_us = std::max(licence.valid_until_us(), licence.statutory_extension_until_us());
  const v1::Ending* ending = EndingFor(EndingOf(reader, licence), evidence_size);
  return Covers(licence.valid_from_us(), end_us, ending, from_us) &&
         Covers(licence.valid_from_us(), end_us, ending, until_us - 1) &&
         Covers(licence.valid_from_us(), end_us, AnnulmentOf(reader, licence), until_us - 1);
}

template <typename Reader>
bool CoversMomentFor(Reader& reader, const v1::AttestationRecord& attestation, int64_t at_us, uint64_t evidence_size) {
  const int64_t from_us = std::max(attestation.valid_from_us(), attestation.observed_from_us());
  const v1::Ending* ending = EndingFor(EndingOf(reader, attestation), evidence_size);
  return Covers(from_us, attestation.valid_until_us(), ending, at_us) &&
         Covers(from_us, attestation.valid_until_us(), AnnulmentOf(reader, attestation), at_us);
}

}  // namespace

bool HasRole(const v1::PartyRecord& party, uint32_t roles) {
  return std::any_of(party.roles().begin(), party.roles().end(),
                     [roles](int role) { return (roles & RoleBit(static_cast<v1::Role>(role))) != 0; });
}

bool HoldsOffice(const v1::PartyRecord& party, v1::Office office) {
  return std::any_of(party.offices().begin(), party.offices().end(),
                     [&](const v1::OfficeRecord& held) { return held.office() == office && !held.has_ending(); });
}

MaybeRejection RequireForSelf(Context& ctx) {
  if (ctx.event.on_behalf_of_party_id().empty()) return std::nullopt;
  return Reject(v1::REASON_NOT_ON_BEHALF, "on_behalf_of_party_id", "this event is never signed on behalf of another");
}

bool IsRootQuorum(const google::protobuf::RepeatedPtrField<std::string>& root_keys, uint32_t threshold,
                  const google::protobuf::RepeatedPtrField<std::string>& signers) {
  const bool all_root = std::all_of(signers.begin(), signers.end(), [&root_keys](const std::string& key) {
    return std::find(root_keys.begin(), root_keys.end(), key) != root_keys.end();
  });
  return all_root && static_cast<uint32_t>(signers.size()) >= threshold;
}

MaybeRejection ResolveSigners(Context& ctx) {
  const v1::LedgerRecord* ledger = ctx.draft.Find<v1::LedgerRecord>("");
  const Path keys("signer_keys");
  for (int i = 0; i < ctx.event.signer_keys_size(); ++i) {
    const std::string& key = ctx.event.signer_keys(i);
    const Path field(keys, i);
    if (ledger != nullptr && IsRootKey(*ledger, key)) {
      ctx.signers.push_back({key, true, {}});
      continue;
    }
    const v1::KeyRecord* record = ctx.draft.Find<v1::KeyRecord>(key);
    if (record == nullptr) {
      return Reject(v1::REASON_UNKNOWN_KEY, field,
                    fmt::format("key {} belongs to no registered party", HexEncode(key)));
    }
    if (record->retired()) {
      return Reject(v1::REASON_KEY_RETIRED, field,
                    fmt::format("the key was retired by entry {}", record->retired_index()));
    }
    TS_REJECT_IF(RequireTrusted(ctx, *record, field));
    ctx.signers.push_back({key, false, record->party_id()});
  }
  return std::nullopt;
}

MaybeRejection RequireRoot(Context& ctx) {
  TS_REJECT_IF(RequireForSelf(ctx));
  const v1::LedgerRecord& ledger = *ctx.draft.Find<v1::LedgerRecord>("");
  if (IsRootQuorum(ledger.root_keys(), ledger.threshold(), ctx.event.signer_keys())) return std::nullopt;
  return Reject(v1::REASON_ROOT_QUORUM_MISSING, "signer_keys",
                fmt::format("signed by {} keys; needs {} of the ledger's {} root keys and no others",
                            ctx.event.signer_keys_size(), ledger.threshold(), ledger.root_keys_size()));
}

MaybeRejection RequireOffice(Context& ctx, v1::Office office) {
  TS_REJECT_IF(RequireForSelf(ctx));
  TS_REJECT_IF(SigningParty(ctx, ctx.actor));
  const v1::PartyRecord* party = ctx.draft.Find<v1::PartyRecord>(ctx.actor);
  if (party != nullptr && HoldsOffice(*party, office)) return std::nullopt;
  return Reject(v1::REASON_OFFICE_MISSING, "signer_keys",
                fmt::format("{} is not appointed {}", ctx.actor, v1::Office_Name(office)));
}

MaybeRejection RequireRegistrarOrRoot(Context& ctx) {
  if (ctx.signers.front().is_root) return RequireRoot(ctx);
  return RequireOffice(ctx, v1::OFFICE_REGISTRAR);
}

MaybeRejection RequireActor(Context& ctx) {
  std::string signing_party;
  TS_REJECT_IF(SigningParty(ctx, signing_party));
  const std::string& member = ctx.event.on_behalf_of_party_id();
  if (member.empty()) {
    ctx.actor = std::move(signing_party);
    return std::nullopt;
  }
  if (!SignsFor(ctx, signing_party, member)) {
    return Reject(v1::REASON_NOT_ON_BEHALF, "on_behalf_of_party_id",
                  fmt::format("{} is not registered as a member of {}", member, signing_party));
  }
  TS_REJECT_IF(RequireMayAct(ctx, *ctx.draft.Find<v1::PartyRecord>(member), "on_behalf_of_party_id"));
  ctx.actor = member;
  return std::nullopt;
}

MaybeRejection RequireRole(Context& ctx, uint32_t roles) {
  if (HasRole(*ctx.draft.Find<v1::PartyRecord>(ctx.actor), roles)) return std::nullopt;
  std::string wanted;
  for (int role = v1::Role_MIN; role <= v1::Role_MAX; ++role) {
    if ((roles & RoleBit(static_cast<v1::Role>(role))) == 0) continue;
    wanted.append(wanted.empty() ? "" : ", ").append(v1::Role_Name(static_cast<v1::Role>(role)));
  }
  return Reject(v1::REASON_ROLE_MISSING, "signer_keys", fmt::format("{} has none of the roles {}", ctx.actor, wanted));
}

MaybeRejection RequireBoth(Context& ctx, std::string_view from_party_id, std::string_view to_party_id) {
  std::set<std::string_view> parties;
  for (const Signer& signer : ctx.signers) parties.insert(signer.is_root ? "root" : signer.party_id);
  const std::string& member = ctx.event.on_behalf_of_party_id();
  bool stood_in = false;
  for (const std::string_view side : {from_party_id, to_party_id}) {
    if (parties.erase(side) != 0) continue;
    const auto stands_in = std::find_if(parties.begin(), parties.end(), [&](std::string_view signing_party) {
      return member == side && SignsFor(ctx, signing_party, side);
    });
    if (stands_in == parties.end()) {
      return Reject(v1::REASON_SIGNERS_MISMATCH, "signer_keys", fmt::format("the signature of {} is missing", side));
    }
    TS_REJECT_IF(RequireMayAct(ctx, *ctx.draft.Find<v1::PartyRecord>(side), "on_behalf_of_party_id"));
    parties.erase(stands_in);
    stood_in = true;
  }
  if (!parties.empty()) {
    return Reject(v1::REASON_SIGNERS_MISMATCH, "signer_keys", "only the two parties of the hand-over sign it");
  }
  if (!member.empty() && !stood_in) {
    return Reject(v1::REASON_NOT_ON_BEHALF, "on_behalf_of_party_id", "nobody signed for a member in this hand-over");
  }
  ctx.actor = std::string(from_party_id);
  return std::nullopt;
}

MaybeRejection RequireMaker(Context& ctx, const std::string& maker, const std::set<std::string>& relied, bool needed) {
  std::set<std::string_view> parties;
  for (const Signer& signer : ctx.signers) parties.insert(signer.is_root ? "root" : signer.party_id);
  const std::string& member = ctx.event.on_behalf_of_party_id();
  if (!member.empty() && member != maker) {
    return Reject(v1::REASON_NOT_ON_BEHALF, "on_behalf_of_party_id", "the party that made the entry, or empty");
  }
  const auto signs = [&](std::string_view party) {
    return member.empty() ? party == maker : SignsFor(ctx, party, maker);
  };
  const auto by_maker = std::find_if(parties.begin(), parties.end(), signs);
  if (by_maker == parties.end()) return Reject(v1::REASON_NOT_ISSUER, "signer_keys", fmt::format("made by {}", maker));
  if (!member.empty()) {
    TS_REJECT_IF(RequireMayAct(ctx, *ctx.draft.Find<v1::PartyRecord>(maker), "on_behalf_of_party_id"));
  }
  parties.erase(by_maker);
  for (const std::string& party : relied) {
    if (parties.erase(party) != 0 || !needed) continue;
    return Reject(v1::REASON_COUNTERSIGNATURE_MISSING, "signer_keys",
                  fmt::format("{} relied on it and must sign", party));
  }
  ctx.actor = maker;
  if (parties.empty()) return std::nullopt;
  return Reject(v1::REASON_SIGNERS_MISMATCH, "signer_keys", "only its maker and those who relied on it sign");
}

MaybeRejection RequireSite(Context& ctx, std::string_view site_id, const Path& field) {
  TS_REJECT_IF(CheckId(ObjectKind::kSite, site_id, field));
  if (ctx.draft.Find<v1::SiteRecord>(site_id) != nullptr) return std::nullopt;
  return Reject(v1::REASON_UNKNOWN_SITE, std::string(field), fmt::format("`{}` is not registered", site_id));
}

MaybeRejection RequireOperator(Context& ctx, std::string_view site_id, const Path& field) {
  TS_REJECT_IF(RequireSite(ctx, site_id, field));
  const std::string& operator_id = ctx.draft.Find<v1::SiteRecord>(site_id)->operator_party_id();
  if (operator_id == ctx.actor) return std::nullopt;
  return Reject(v1::REASON_NOT_OPERATOR, std::string(field), fmt::format("operated by {}", operator_id));
}

MaybeRejection RequireParty(Context& ctx, std::string_view party_id, const Path& field) {
  if (ctx.draft.Find<v1::PartyRecord>(party_id) != nullptr) return std::nullopt;
  return Reject(v1::REASON_UNKNOWN_PARTY, std::string(field), fmt::format("`{}` is not registered", party_id));
}

const v1::Ending* EndingFor(const v1::Ending* ending, uint64_t evidence_size) {
  if (ending == nullptr) return nullptr;
  return ending->cause() == v1::END_CAUSE_ANNULLED || ending->index() < evidence_size ? ending : nullptr;
}

bool Covers(int64_t valid_from_us, int64_t valid_until_us, const v1::Ending* ending, int64_t at_us) {
  if (at_us < valid_from_us || at_us >= valid_until_us) return false;
  return ending == nullptr || at_us < ending->effective_at_us();
}

bool CoversPeriod(const View& view, const v1::LicenceRecord& licence, int64_t from_us, int64_t until_us,
                  uint64_t evidence_size) {
  return CoversPeriodFor(view, licence, from_us, until_us, evidence_size);
}

bool CoversPeriod(Context& ctx, const v1::LicenceRecord& licence, int64_t from_us, int64_t until_us) {
  return Supports(ctx, licence.signed_by(), licence.index()) &&
         CoversPeriodFor(ctx, licence, from_us, until_us, UINT64_MAX);
}

bool CoversMoment(Context& ctx, const v1::AttestationRecord& attestation, int64_t at_us) {
  return CoversMomentFor(ctx, attestation, at_us, UINT64_MAX);
}

bool CoversMoment(const View& view, const v1::AttestationRecord& attestation, int64_t at_us, uint64_t evidence_size) {
  return CoversMomentFor(view, attestation, at_us, evidence_size);
}

bool Stands(Context& ctx, const v1::AttestationRecord& attestation) {
  const v1::PartyRecord* attestor = ctx.draft.Find<v1::PartyRecord>(attestation.attestor_party_id());
  if (attestor == nullptr || !Supports(ctx, KeysOf(attestation), attestation.index())) return false;
  return IsCarried(ctx, *attestor, attestation);
}

bool Stands(const View& view, const v1::AttestationRecord& attestation) {
  const auto attestor = Look<v1::PartyRecord>(view, attestation.attestor_party_id());
  if (attestor == nullptr || !Supports(view, KeysOf(attestation), attestation.index())) return false;
  return IsCarried(view, *attestor, attestation);
}

bool IsAccredited(Context& ctx, const v1::PartyRecord& party, v1::Scope scope) {
  const int64_t occurred_at_us = ctx.event.occurred_at_us();
  return std::any_of(
      party.accreditations().begin(), party.accreditations().end(), [&](const v1::AccreditationRecord& a) {
        if (a.scope() != scope || occurred_at_us < a.valid_from_us() || occurred_at_us >= a.valid_until_us())
          return false;
        if (!Supports(ctx, a.signed_by(), a.index())) return false;
        const v1::Ending* ending = EndingOf(ctx, a);
        return ending == nullptr || ctx.admission.recorded_at_us < ending->effective_at_us();
      });
}

}  // namespace touchstone::ledger
