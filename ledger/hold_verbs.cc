// What stops, contests, frees and calls back lots and pieces.
#include <algorithm>
#include <set>
#include <string>

#include <fmt/format.h>

#include "base/limits.h"
#include "ledger/authority.h"
#include "ledger/custody_verbs.h"
#include "ledger/endings.h"
#include "ledger/fields.h"
#include "ledger/findings.h"
#include "ledger/holds.h"
#include "ledger/links.h"
#include "ledger/lots.h"
#include "ledger/pieces.h"
#include "ledger/surplus.h"

namespace touchstone::ledger {
namespace {

bool IsPiece(std::string_view id) { return IsId(ObjectKind::kPiece, id); }

/// A lot or a piece of the ledger.
MaybeRejection RequireThing(Context& ctx, std::string_view id, const Path& field) {
  return IsPiece(id) ? RequirePiece(ctx, id, field) : RequireLot(ctx, id, field);
}

/// The subject's holds. It exists.
const Holds& HoldsOf(Context& ctx, std::string_view id) {
  return IsPiece(id) ? ctx.draft.Find<v1::PieceRecord>(id)->holds() : ctx.draft.Find<v1::LotRecord>(id)->holds();
}

Holds& ChangeHolds(Context& ctx, std::string_view id) {
  return IsPiece(id) ? *ctx.draft.Change<v1::PieceRecord>(id).mutable_holds()
                     : *ctx.draft.Change<v1::LotRecord>(id).mutable_holds();
}

bool HasIt(Context& ctx, std::string_view id) {
  if (IsPiece(id)) {
    const v1::PieceRecord& piece = *ctx.draft.Find<v1::PieceRecord>(id);
    return piece.custodian_party_id() == ctx.actor || piece.owner_party_id() == ctx.actor;
  }
  const v1::LotRecord& lot = *ctx.draft.Find<v1::LotRecord>(id);
  return lot.custodian_party_id() == ctx.actor || lot.owner_party_id() == ctx.actor;
}

/// It held the lot, or what that was made of. Pieces stay with their maker.
bool HadIt(Context& ctx, std::string_view id) {
  if (IsPiece(id)) return false;
  const auto& past = ctx.draft.Find<v1::LotRecord>(id)->past_party_ids();
  return std::find(past.begin(), past.end(), ctx.actor) != past.end();
}

bool IsOfferedIt(Context& ctx, std::string_view id) {
  const v1::LotRecord* lot = IsPiece(id) ? nullptr : ctx.draft.Find<v1::LotRecord>(id);
  if (lot == nullptr || lot->offer_id().empty()) return false;
  const v1::OfferRecord* offer = ctx.draft.Find<v1::OfferRecord>(lot->offer_id());
  return offer != nullptr && (offer->to_party_id() == ctx.actor || offer->from_party_id() == ctx.actor);
}

bool IsRegistrar(Context& ctx) {
  return HoldsOffice(*ctx.draft.Find<v1::PartyRecord>(ctx.actor), v1::OFFICE_REGISTRAR);
}

Rejection NotInvolved(const Context& ctx, const Path& field, std::string_view who) {
  return Reject(v1::REASON_NOT_INVOLVED, std::string(field), fmt::format("{} is not {}", ctx.actor, who));
}

/// Parties put so many; of what the rules put themselves there is one of each kind.
MaybeRejection CheckRoomToHold(Context& ctx, std::string_view id, const Path& field) {
  const Holds& holds = HoldsOf(ctx, id);
  const auto put = std::count_if(holds.begin(), holds.end(), [](const auto& h) { return !h.party_id().empty(); });
  if (put < limits::kMaxHolds) return std::nullopt;
  return Reject(v1::REASON_LIMIT_REACHED, std::string(field), "it bears as many holds and disputes as fit");
}

MaybeRejection RequireFirst(Context& ctx, std::string_view id, v1::HoldRecord::Kind kind, const Path& field) {
  const v1::HoldRecord* hold = FindHold(HoldsOf(ctx, id), kind, ctx.actor);
  if (hold == nullptr || !Counts(ctx, *hold)) return std::nullopt;
  return Reject(v1::REASON_ALREADY_HELD, std::string(field),
                fmt::format("{} has done so by entry {}", ctx.actor, hold->index()));
}

void Put(Context& ctx, const std::string& id, v1::HoldRecord::Kind kind) {
  PutHold(ctx, ChangeHolds(ctx, id), kind, ctx.actor);
  AddHistory(ctx, id);
  FindLateRecord(ctx);
}

// --- Hold -------------------------------------------------------------------------------------------------------------

MaybeRejection CheckHold(Context& ctx) {
  const v1::Hold& hold = ctx.event.hold();
  TS_REJECT_IF(RequireActor(ctx));
  TS_REJECT_IF(RequireThing(ctx, hold.subject_id(), "hold.subject_id"));
  TS_REJECT_IF(CheckText(hold.reason(), "hold.reason", true));
  TS_REJECT_IF(CheckRoomToHold(ctx, hold.subject_id(), "hold.subject_id"));
  if (HasIt(ctx, hold.subject_id()) || IsRegistrar(ctx)) return std::nullopt;
  if (IsAccredited(ctx, *ctx.draft.Find<v1::PartyRecord>(ctx.actor), v1::SCOPE_DUE_DILIGENCE)) return std::nullopt;
  return NotInvolved(ctx, "hold.subject_id", "its custodian or owner, a registrar, or an attestor of due diligence");
}

MaybeRejection CheckHoldGlobal(Context& ctx) {
  const std::string& id = ctx.event.hold().subject_id();
  TS_REJECT_IF(IsPiece(id) ? RequirePieceHere(ctx, id, "hold.subject_id") : RequireHere(ctx, id, "hold.subject_id"));
  return RequireFirst(ctx, id, v1::HoldRecord::KIND_DECLARED, "hold.subject_id");
}

void ApplyHold(Context& ctx) { Put(ctx, ctx.event.hold().subject_id(), v1::HoldRecord::KIND_DECLARED); }

// --- Dispute ----------------------------------------------------------------------------------------------------------

MaybeRejection CheckDispute(Context& ctx) {
  const v1::Dispute& dispute = ctx.event.dispute();
  TS_REJECT_IF(RequireActor(ctx));
  TS_REJECT_IF(RequireThing(ctx, dispute.subject_id(), "dispute.subject_id"));
  TS_REJECT_IF(CheckText(dispute.reason(), "dispute.reason", true));
  TS_REJECT_IF(CheckRoomToHold(ctx, dispute.subject_id(), "dispute.subject_id"));
  const std::string& id = dispute.subject_id();
  if (HasIt(ctx, id) || HadIt(ctx, id) || IsOfferedIt(ctx, id)) return std::nullopt;
  return NotInvolved(ctx, "dispute.subject_id", "one that has it, had it, or is offered it");
}

MaybeRejection CheckDisputeGlobal(Context& ctx) {
  return RequireFirst(ctx, ctx.event.dispute().subject_id(), v1::HoldRecord::KIND_DISPUTE, "dispute.subject_id");
}

void ApplyDispute(Context& ctx) { Put(ctx, ctx.event.dispute().subject_id(), v1::HoldRecord::KIND_DISPUTE); }

// --- Release ----------------------------------------------------------------------------------------------------------

/// What an attestation of this scope releases of what the rules hold.
v1::HoldRecord::Kind ReleasedBy(v1::Scope scope) {
  if (scope == v1::SCOPE_CAPACITY) return v1::HoldRecord::KIND_CEILING;
  return scope == v1::SCOPE_CHAIN_OF_CUSTODY ? v1::HoldRecord::KIND_GAIN : v1::HoldRecord::KIND_UNSPECIFIED;
}

void AddSites(Context& ctx, const v1::LotRecord& lot, std::set<std::string>& sites) {
  std::set<uint64_t> steps = {lot.index()};
  for (const v1::SourceRecord& source : lot.sources()) steps.insert(source.index());
  for (const uint64_t index : steps) {
    const v1::StepRecord* step = ctx.draft.Find<v1::StepRecord>(StepId(index));
    if (step != nullptr && !step->site_id().empty()) sites.insert(step->site_id());
  }
}

/// The thing itself, who holds it, where it was made, and where the undetermined material in it was produced: what an
/// attestation that releases it may be about.
std::set<std::string> SubjectsFor(Context& ctx, const std::string& id) {
  std::set<std::string> subjects = {id};
  uint64_t index = 0;
  if (IsPiece(id)) {
    const v1::PieceRecord& piece = *ctx.draft.Find<v1::PieceRecord>(id);
    subjects.insert(piece.custodian_party_id());
    index = piece.index();
  } else {
    const v1::LotRecord& lot = *ctx.draft.Find<v1::LotRecord>(id);
    subjects.insert(lot.custodian_party_id());
    AddSites(ctx, lot, subjects);
    index = lot.index();
  }
  const v1::StepRecord* step = ctx.draft.Find<v1::StepRecord>(StepId(index));
  if (step == nullptr) return subjects;
  if (!step->site_id().empty()) subjects.insert(step->site_id());
  for (const v1::LotShare& share : step->inputs()) {
    const v1::LotRecord* input = IsPiece(share.lot_id()) ? nullptr : ctx.draft.Find<v1::LotRecord>(share.lot_id());
    if (input != nullptr) AddSites(ctx, *input, subjects);
  }
  return subjects;
}

/// Why an attestation releases nothing of this; empty when it may.
std::string Unfit(Context& ctx, const v1::AttestationRecord& attestation, const std::string& id) {
  if (attestation.attestor_party_id() != ctx.actor) return "it is another's";
  if (ReleasedBy(attestation.scope()) == v1::HoldRecord::KIND_UNSPECIFIED) return "its scope releases nothing";
  if (attestation.conclusion() != v1::Attest::CONCLUSION_CONFORMANT) return "it does not find conformity";
  if (EndingOf(ctx, attestation) != nullptr || AnnulmentOf(ctx, attestation) != nullptr) return "it has ended";
  if (!Stands(ctx, attestation)) return "its key is distrusted, or its attestor's accreditation was annulled";
  const std::set<std::string> subjects = SubjectsFor(ctx, id);
  if (subjects.count(attestation.subject_id()) == 0) return "it is about something else";
  for (const std::string& subject : subjects) {
    const v1::SiteRecord* site = IsId(ObjectKind::kSite, subject) ? ctx.draft.Find<v1::SiteRecord>(subject) : nullptr;
    const v1::PartyRecord* operator_of_it =
        site == nullptr ? nullptr : ctx.draft.Find<v1::PartyRecord>(site->operator_party_id());
    if (operator_of_it == nullptr) continue;
    if (AreIndependent(ctx, *ctx.draft.Find<v1::PartyRecord>(ctx.actor), *operator_of_it)) continue;
    return fmt::format("its attestor is, or is linked to, {}, who operates {}", operator_of_it->party_id(), subject);
  }
  return "";
}

MaybeRejection CheckRelease(Context& ctx) {
  const v1::Release& release = ctx.event.release();
  TS_REJECT_IF(RequireActor(ctx));
  TS_REJECT_IF(RequireThing(ctx, release.subject_id(), "release.subject_id"));
  TS_REJECT_IF(CheckText(release.reason(), "release.reason", false));
  if (release.attestation_id().empty()) return std::nullopt;
  constexpr std::string_view kField = "release.attestation_id";
  TS_REJECT_IF(CheckId(ObjectKind::kAttestation, release.attestation_id(), kField));
  const auto* attestation = ctx.draft.Find<v1::AttestationRecord>(release.attestation_id());
  if (attestation == nullptr) {
    return Reject(v1::REASON_UNKNOWN_ATTESTATION, std::string(kField),
                  fmt::format("`{}` is not in the ledger", release.attestation_id()));
  }
  const std::string unfit = Unfit(ctx, *attestation, release.subject_id());
  if (unfit.empty()) return std::nullopt;
  return Reject(v1::REASON_ATTESTATION_UNFIT, std::string(kField), unfit);
}

/// Whether this event ends a hold.
bool Ends(Context& ctx, const v1::HoldRecord& hold) {
  const std::string& id = ctx.event.release().attestation_id();
  if (id.empty()) return hold.party_id() == ctx.actor;
  const v1::AttestationRecord& attestation = *ctx.draft.Find<v1::AttestationRecord>(id);
  return hold.party_id().empty() && hold.kind() == ReleasedBy(attestation.scope()) &&
         hold.index() < attestation.index();
}

MaybeRejection CheckReleaseGlobal(Context& ctx) {
  const Holds& holds = HoldsOf(ctx, ctx.event.release().subject_id());
  if (std::any_of(holds.begin(), holds.end(), [&](const auto& hold) { return Ends(ctx, hold); })) return std::nullopt;
  const bool own = ctx.event.release().attestation_id().empty();
  return Reject(v1::REASON_NOT_HELD, "release.subject_id",
                own ? "the signer neither holds nor disputes it, nor has called it back"
                    : "the rules hold nothing of this kind since before the attestation");
}

void ApplyRelease(Context& ctx) {
  const std::string& id = ctx.event.release().subject_id();
  Holds& holds = ChangeHolds(ctx, id);
  const bool gain = std::any_of(holds.begin(), holds.end(), [&](const auto& hold) {
    return hold.kind() == v1::HoldRecord::KIND_GAIN && Ends(ctx, hold);
  });
  if (gain) AcceptSurplus(ctx, id);
  holds.erase(std::remove_if(holds.begin(), holds.end(), [&](const auto& hold) { return Ends(ctx, hold); }),
              holds.end());
  AddHistory(ctx, id);
  FindLateRecord(ctx);
}

// --- Recall -----------------------------------------------------------------------------------------------------------

MaybeRejection CheckRecall(Context& ctx) {
  const v1::Recall& recall = ctx.event.recall();
  TS_REJECT_IF(RequireActor(ctx));
  TS_REJECT_IF(RequireLot(ctx, recall.subject_id(), "recall.subject_id"));
  TS_REJECT_IF(CheckText(recall.reason(), "recall.reason", true));
  TS_REJECT_IF(CheckRoomToHold(ctx, recall.subject_id(), "recall.subject_id"));
  const std::string& id = recall.subject_id();
  if (HasIt(ctx, id) || HadIt(ctx, id) || IsRegistrar(ctx)) return std::nullopt;
  return NotInvolved(ctx, "recall.subject_id", "one that has it or had it, or a registrar");
}

MaybeRejection CheckRecallGlobal(Context& ctx) {
  return RequireFirst(ctx, ctx.event.recall().subject_id(), v1::HoldRecord::KIND_RECALL, "recall.subject_id");
}

void ApplyRecall(Context& ctx) { Put(ctx, ctx.event.recall().subject_id(), v1::HoldRecord::KIND_RECALL); }

}  // namespace

const Verb kHoldVerb = {"hold", CheckHold, CheckHoldGlobal, ApplyHold, 2};
const Verb kDisputeVerb = {"dispute", CheckDispute, CheckDisputeGlobal, ApplyDispute, 2};
const Verb kReleaseVerb = {"release", CheckRelease, CheckReleaseGlobal, ApplyRelease, 2};
const Verb kRecallVerb = {"recall", CheckRecall, CheckRecallGlobal, ApplyRecall, 2};

}  // namespace touchstone::ledger
