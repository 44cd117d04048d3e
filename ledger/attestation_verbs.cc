// What third parties state about sites, parties, licences and lots, and how such a statement ends.
#include <fmt/format.h>

#include <optional>
#include <string>
#include <vector>

#include "base/limits.h"
#include "ledger/attestor.h"
#include "ledger/authority.h"
#include "ledger/authority_verbs.h"
#include "ledger/endings.h"
#include "ledger/fields.h"
#include "ledger/findings.h"
#include "ledger/links.h"

namespace touchstone::ledger {
namespace {

/// The parties whose own business the subject is, and its list of attestations. Empty when the subject is unknown.
struct Subject {
  bool known = false;
  std::vector<std::string> parties;
  int attestations = 0;
};

Subject FindSubject(Context& ctx, std::string_view subject_id) {
  const std::optional<ObjectKind> kind = KindOfId(subject_id);
  if (kind == ObjectKind::kSite) {
    if (const auto* site = ctx.draft.Find<v1::SiteRecord>(subject_id)) {
      return {true, {site->operator_party_id()}, site->attestation_ids_size()};
    }
  } else if (kind == ObjectKind::kParty) {
    if (const auto* party = ctx.draft.Find<v1::PartyRecord>(subject_id)) {
      return {true, {party->party_id()}, party->attestation_ids_size()};
    }
  } else if (kind == ObjectKind::kLicence) {
    if (const auto* licence = ctx.draft.Find<v1::LicenceRecord>(subject_id)) {
      return {true, {licence->holder_party_id()}, licence->attestation_ids_size()};
    }
  } else if (kind == ObjectKind::kLot) {
    if (const auto* lot = ctx.draft.Find<v1::LotRecord>(subject_id)) {
      return {true, {lot->custodian_party_id(), lot->owner_party_id()}, 0};
    }
  }
  return {};
}

MaybeRejection CheckAttestFields(const Context& ctx) {
  const v1::Attest& attest = ctx.event.attest();
  TS_REJECT_IF(CheckChosen(attest.scope(), "attest.scope"));
  TS_REJECT_IF(CheckChosen(attest.conclusion(), "attest.conclusion"));
  TS_REJECT_IF(CheckChosen(attest.visit(), "attest.visit"));
  TS_REJECT_IF(CheckChosen(attest.lines(), "attest.lines"));
  TS_REJECT_IF(CheckPeriod(attest.observed_from_us(), attest.observed_until_us(), "attest.observed_from_us",
                           "attest.observed_until_us"));
  if (attest.observed_until_us() > ctx.event.occurred_at_us()) {
    return Reject(v1::REASON_FIELD_INVALID, "attest.observed_until_us",
                  "what is attested was seen before occurred_at_us");
  }
  TS_REJECT_IF(
      CheckPeriod(attest.valid_from_us(), attest.valid_until_us(), "attest.valid_from_us", "attest.valid_until_us"));
  TS_REJECT_IF(CheckReference(attest.standard(), "attest.standard", false));
  if (attest.has_capacity()) TS_REJECT_IF(CheckLimit(attest.capacity(), "attest.capacity"));
  if (attest.has_capacity() != (attest.scope() == v1::SCOPE_CAPACITY)) {
    return Reject(v1::REASON_FIELD_INVALID, "attest.capacity", "present exactly with SCOPE_CAPACITY");
  }
  return CheckDocuments(attest.documents(), "attest.documents");
}

MaybeRejection CheckAttest(Context& ctx) {
  const v1::Attest& attest = ctx.event.attest();
  TS_REJECT_IF(RequireActor(ctx));
  TS_REJECT_IF(CheckAttestFields(ctx));
  const v1::PartyRecord& attestor = *ctx.draft.Find<v1::PartyRecord>(ctx.actor);
  const Subject subject = FindSubject(ctx, attest.subject_id());
  if (!subject.known) {
    return Reject(v1::REASON_FIELD_INVALID, "attest.subject_id",
                  fmt::format("`{}` is no registered site, party, licence or lot", attest.subject_id()));
  }
  TS_REJECT_IF(CheckRoom(subject.attestations, "attest.subject_id"));
  // Self-attestation is judged before accreditation: it is the graver fault, and the one an auditor looks for.
  for (const std::string& party_id : subject.parties) {
    const v1::PartyRecord* party = ctx.draft.Find<v1::PartyRecord>(party_id);
    if (party != nullptr && !AreIndependent(ctx, attestor, *party)) {
      return Reject(
          v1::REASON_SELF_ATTESTATION, "attest.subject_id",
          fmt::format("{} is, or is linked by declared interests to, {} whose business this is", ctx.actor, party_id));
    }
  }
  if (IsAccredited(ctx, attestor, attest.scope())) return std::nullopt;
  return Reject(
      v1::REASON_NOT_ACCREDITED, "attest.scope",
      fmt::format("{} holds no accreditation for {} at that time", ctx.actor, v1::Scope_Name(attest.scope())));
}

void ListOnSubject(Context& ctx, const std::string& subject_id, const std::string& attestation_id) {
  const std::optional<ObjectKind> kind = KindOfId(subject_id);
  if (kind == ObjectKind::kSite) ctx.draft.Change<v1::SiteRecord>(subject_id).add_attestation_ids(attestation_id);
  if (kind == ObjectKind::kParty) ctx.draft.Change<v1::PartyRecord>(subject_id).add_attestation_ids(attestation_id);
  if (kind == ObjectKind::kLicence) ctx.draft.Change<v1::LicenceRecord>(subject_id).add_attestation_ids(attestation_id);
}

void FindBackdating(Context& ctx) {
  const v1::Attest& attest = ctx.event.attest();
  if (attest.valid_from_us() >= attest.observed_from_us()) return;
  AddFinding(ctx, v1::FINDING_CODE_ATTESTATION_BACKDATED, attest.subject_id(),
             fmt::format("to hold from {} s before it was first observed; it counts from there",
                         (attest.observed_from_us() - attest.valid_from_us()) / 1'000'000));
}

/// What a site, or the sites of a party, can yield is looked up whenever something comes out.
void ListCapacity(Context& ctx, const std::string& subject_id, const std::string& attestation_id) {
  const std::optional<ObjectKind> kind = KindOfId(subject_id);
  if (kind == ObjectKind::kSite) ctx.draft.Change<v1::SiteRecord>(subject_id).add_capacity_ids(attestation_id);
  if (kind == ObjectKind::kParty) ctx.draft.Change<v1::PartyRecord>(subject_id).add_capacity_ids(attestation_id);
}

void ApplyAttest(Context& ctx) {
  const v1::Attest& attest = ctx.event.attest();
  const std::string id = MakeId(ctx, ObjectKind::kAttestation, 0);
  v1::AttestationRecord& record = ctx.draft.Create<v1::AttestationRecord>(id);
  record.set_attestation_id(id);
  record.set_index(ctx.admission.index);
  record.set_recorded_at_us(ctx.admission.recorded_at_us);
  record.set_scope(attest.scope());
  record.set_subject_id(attest.subject_id());
  record.set_attestor_party_id(ctx.actor);
  record.set_conclusion(attest.conclusion());
  record.set_lines(attest.lines());
  record.set_observed_until_us(attest.observed_until_us());
  record.set_valid_from_us(attest.valid_from_us());
  record.set_valid_until_us(attest.valid_until_us());
  record.set_standard(attest.standard());
  record.set_key(ctx.event.signer_keys(0));
  ListOnSubject(ctx, attest.subject_id(), id);
  AddHistory(ctx, attest.subject_id());
  AddHistory(ctx, id);
  if (!ctx.rules.whole_domain) return FindLateRecord(ctx);
  // What it attests happened when it was seen; the date of signing is at the signer's choice.
  FindLateRecord(ctx, attest.observed_until_us());
  record.set_observed_from_us(attest.observed_from_us());
  record.set_visit(attest.visit());
  if (attest.has_capacity()) *record.mutable_capacity() = attest.capacity();
  if (attest.has_capacity()) ListCapacity(ctx, attest.subject_id(), id);
  if (KindOfId(attest.subject_id()) == ObjectKind::kLot) {
    ctx.draft.Change<v1::LotRecord>(attest.subject_id()).set_seen(true);
  }
  FindBackdating(ctx);
  FollowAttestor(ctx);
}

MaybeRejection CheckEndAttestation(Context& ctx) {
  const v1::EndAttestation& end = ctx.event.end_attestation();
  TS_REJECT_IF(RequireActor(ctx));
  TS_REJECT_IF(CheckId(ObjectKind::kAttestation, end.attestation_id(), "end_attestation.attestation_id"));
  TS_REJECT_IF(CheckEnding(ctx, end.cause(), end.effective_at_us(), "end_attestation"));
  const auto* attestation = ctx.draft.Find<v1::AttestationRecord>(end.attestation_id());
  if (attestation == nullptr) {
    return Reject(v1::REASON_UNKNOWN_ATTESTATION, "end_attestation.attestation_id",
                  fmt::format("`{}` is not in the ledger", end.attestation_id()));
  }
  if (attestation->attestor_party_id() != ctx.actor) {
    return Reject(v1::REASON_NOT_ISSUER, "signer_keys", fmt::format("issued by {}", attestation->attestor_party_id()));
  }
  return CheckMayEnd(ctx, *attestation, end.cause(), "end_attestation.attestation_id");
}

void ApplyEndAttestation(Context& ctx) {
  const v1::EndAttestation& end = ctx.event.end_attestation();
  auto& attestation = ctx.draft.Change<v1::AttestationRecord>(end.attestation_id());
  EndRecord(ctx, attestation, MakeEnding(ctx, end.cause(), end.effective_at_us()));
  AddHistory(ctx, end.attestation_id());
  AddHistory(ctx, attestation.subject_id());
}

}  // namespace

const Verb kAttestVerb = {"attest", CheckAttest, nullptr, ApplyAttest};
const Verb kEndAttestationVerb = {"end_attestation", CheckEndAttestation, nullptr, ApplyEndAttestation};

}  // namespace touchstone::ledger
