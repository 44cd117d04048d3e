// Pieces of jewelry, and the claims on them.
#include <set>
#include <string>

#include <fmt/format.h>

#include "base/limits.h"
#include "ledger/authority.h"
#include "ledger/custody_verbs.h"
#include "ledger/fields.h"
#include "ledger/findings.h"
#include "ledger/lots.h"
#include "ledger/mass_balance.h"
#include "ledger/outputs.h"
#include "ledger/pieces.h"
#include "ledger/stock.h"

namespace touchstone::ledger {
namespace {

constexpr uint32_t kMakers = RoleBit(v1::ROLE_JEWELER) | RoleBit(v1::ROLE_MANUFACTURER);
constexpr uint32_t kClaimants = kMakers | RoleBit(v1::ROLE_RETAILER);

// --- Make piece -------------------------------------------------------------------------------------------------------

/// Gold in solder and findings is outside every balance: there may be little of it. Since ruleset 2.
MaybeRejection CheckExcluded(const Context& ctx, const v1::Piece& piece, const Path& path) {
  const uint64_t most_mg = piece.metal_mg() * ctx.rules.excluded_ppm / limits::kMaxPpm;
  if (!ctx.rules.whole_domain || piece.excluded_mg() <= most_mg) return std::nullopt;
  return Reject(v1::REASON_EXCLUDED_ABOVE_LIMIT, Path(path, ".excluded_mg"),
                fmt::format("{} of solder and findings; at most {} in a piece of {}", FormatMassMg(piece.excluded_mg()),
                            FormatMassMg(most_mg), FormatMassMg(piece.metal_mg())));
}

MaybeRejection CheckPiece(const Context& ctx, const v1::Piece& piece, const Path& path) {
  TS_REJECT_IF(CheckText(piece.article(), Path(path, ".article"), true));
  TS_REJECT_IF(CheckReference(piece.serial(), Path(path, ".serial"), true));
  TS_REJECT_IF(CheckText(piece.stones(), Path(path, ".stones"), false));
  if (piece.metal_mg() == 0 || piece.metal_mg() > limits::kMaxGrossMg) {
    return Reject(v1::REASON_FIELD_INVALID, Path(path, ".metal_mg"), "the mass of its gold alloy, in milligrams");
  }
  if (!piece.has_fineness())
    return Reject(v1::REASON_FIELD_REQUIRED, Path(path, ".fineness"), "a piece is of known fineness");
  TS_REJECT_IF(CheckFineness(piece.fineness(), Path(path, ".fineness")));
  if (piece.excluded_mg() > limits::kMaxGrossMg) {
    return Reject(v1::REASON_FIELD_INVALID, Path(path, ".excluded_mg"), "solder and findings, in milligrams");
  }
  return CheckExcluded(ctx, piece, path);
}

OutputTotals OutputsOf(const Context& ctx) {
  OutputTotals totals;
  const v1::MakePiece& make = ctx.event.make_piece();
  for (const v1::Piece& piece : make.pieces()) totals.Add(ctx.rules, piece.metal_mg(), piece.fineness());
  for (const v1::Material& leftover : make.leftovers()) totals.AddMaterial(ctx.rules, leftover, true);
  return totals;
}

MaybeRejection CheckMakePiece(Context& ctx) {
  const v1::MakePiece& make = ctx.event.make_piece();
  TS_REJECT_IF(RequireActor(ctx));
  TS_REJECT_IF(RequireRole(ctx, kMakers));
  const StepRule rule = ctx.rules.PieceRule();
  TS_REJECT_IF(CheckInputs(ctx, make.inputs(), rule.input_forms, "make_piece.inputs"));
  TS_REJECT_IF(CheckCount(make.pieces_size(), 1, limits::kMaxItemsPerEvent, "make_piece.pieces"));
  for (int i = 0; i < make.pieces_size(); ++i) {
    TS_REJECT_IF(CheckPiece(ctx, make.pieces(i), Path("make_piece.pieces", i)));
  }
  TS_REJECT_IF(CheckOutputs(make.leftovers(), rule.output_forms, 0, "make_piece.leftovers", "making pieces"));
  if (make.added_non_gold_mg() > limits::kMaxGrossMg) {
    return Reject(v1::REASON_FIELD_INVALID, "make_piece.added_non_gold_mg", "in milligrams, at most 1,000 t");
  }
  if (!make.site_id().empty()) TS_REJECT_IF(RequireSite(ctx, make.site_id(), "make_piece.site_id"));
  return CheckBalance(ctx, TotalsOf(ctx, make.inputs()), OutputsOf(ctx), make.added_non_gold_mg(), "make_piece.pieces");
}

/// The name under which a maker's piece serial is used once.
std::string SerialName(const Context& ctx, std::string_view serial) {
  return fmt::format("piece/{}/{}", ctx.actor, serial);
}

MaybeRejection CheckMakePieceGlobal(Context& ctx) {
  const v1::MakePiece& make = ctx.event.make_piece();
  TS_REJECT_IF(CheckInputsUnspent(ctx, make.inputs(), "make_piece.inputs"));
  std::set<std::string_view> serials;
  for (int i = 0; i < make.pieces_size(); ++i) {
    const std::string& serial = make.pieces(i).serial();
    if (serials.insert(serial).second && !ctx.draft.IsNameUsed(SerialName(ctx, serial))) continue;
    return Reject(v1::REASON_SERIAL_IN_USE, fmt::format("make_piece.pieces[{}].serial", i),
                  fmt::format("{} has used serial `{}`", ctx.actor, serial));
  }
  return std::nullopt;
}

void CreatePiece(Context& ctx, uint32_t number, const v1::Piece& piece, const std::string& owner) {
  const std::string id = MakeId(ctx, ObjectKind::kPiece, number);
  v1::PieceRecord& record = ctx.draft.Create<v1::PieceRecord>(id);
  record.set_piece_id(id);
  record.set_index(ctx.admission.index);
  *record.mutable_piece() = piece;
  record.set_fine_ng(FineMassNg(piece.metal_mg(), piece.fineness().ppm()));
  record.set_custodian_party_id(ctx.actor);
  record.set_owner_party_id(owner);
  ctx.draft.UseName(SerialName(ctx, piece.serial()), ctx.admission.index);
  AddHistory(ctx, id);
}

FineSumNg FineIn(const google::protobuf::RepeatedPtrField<v1::Piece>& pieces) {
  FineSumNg sum = 0;
  for (const v1::Piece& piece : pieces) sum += FineMassNg(piece.metal_mg(), piece.fineness().ppm());
  return sum;
}

void ApplyMakePiece(Context& ctx) {
  const v1::MakePiece& make = ctx.event.make_piece();
  const InputTotals in = TotalsOf(ctx, make.inputs());
  const std::string owner = OwnerOf(ctx, make.inputs());
  v1::StepRecord& step = CreateStep(ctx, v1::StepRecord::KIND_MAKE_PIECE);
  step.set_site_id(make.site_id());
  const Heritage heritage = HeritageOf(ctx, make.inputs());
  uint32_t number = 0;
  for (const v1::Piece& piece : make.pieces()) CreatePiece(ctx, number++, piece, owner);
  for (const v1::Material& leftover : make.leftovers()) {
    CreateLot(ctx, number++, leftover, DeterminationOf(leftover, true), owner, heritage);
  }
  ConsumeInputs(ctx, make.inputs(), number, step);
  SettleBalance(ctx, in, OutputsOf(ctx), ctx.rules.PieceRule().loss_band_ppm, ctx.created_ids.front(), step);
  BookShipment(ctx, ctx.actor, FineIn(make.pieces()));
  FindLateRecord(ctx);
}

// --- Claims -----------------------------------------------------------------------------------------------------------

MaybeRejection CheckPolicies(const v1::Claim& claim) {
  TS_REJECT_IF(CheckCount(claim.policies_size(), 1, limits::kMaxListedPerEvent, "claim.policies"));
  for (int i = 0; i < claim.policies_size(); ++i) {
    const std::string path = fmt::format("claim.policies[{}]", i);
    TS_REJECT_IF(CheckReference(claim.policies(i).policy_id(), Path(path, ".policy_id"), true));
    TS_REJECT_IF(CheckBytes(claim.policies(i).sha256(), crypto::Hash::kSize, path + ".sha256"));
    if (claim.policies(i).version() == 0) return Reject(v1::REASON_FIELD_REQUIRED, Path(path, ".version"), "from 1");
    if (i > 0 && claim.policies(i - 1).policy_id() >= claim.policies(i).policy_id()) {
      return Reject(v1::REASON_FIELD_INVALID, Path(path, ".policy_id"), "packs are ascending, each once");
    }
  }
  return std::nullopt;
}

MaybeRejection CheckClaim(Context& ctx) {
  const v1::Claim& claim = ctx.event.claim();
  TS_REJECT_IF(RequireActor(ctx));
  TS_REJECT_IF(RequireRole(ctx, kClaimants));
  TS_REJECT_IF(RequirePiece(ctx, claim.piece_id(), "claim.piece_id"));
  TS_REJECT_IF(RequireOwnPiece(ctx, claim.piece_id(), "claim.piece_id"));
  if (ctx.draft.Find<v1::PieceRecord>(claim.piece_id())->claim_ids_size() >= limits::kMaxListedPerRecord) {
    return Reject(v1::REASON_LIMIT_REACHED, "claim.piece_id", "the piece lists as many claims as fit");
  }
  TS_REJECT_IF(CheckPolicies(claim));
  TS_REJECT_IF(CheckText(claim.statement(), "claim.statement", false));
  if (claim.evidence_size() > 0 && claim.evidence_size() <= ctx.admission.index) return std::nullopt;
  return Reject(v1::REASON_FIELD_INVALID, "claim.evidence_size",
                fmt::format("1 to the log's size, {}", ctx.admission.index));
}

MaybeRejection CheckClaimGlobal(Context& ctx) {
  const v1::Claim& claim = ctx.event.claim();
  TS_REJECT_IF(RequirePieceFree(ctx, claim.piece_id(), "claim.piece_id"));
  for (const std::string& claim_id : ctx.draft.Find<v1::PieceRecord>(claim.piece_id())->claim_ids()) {
    const v1::ClaimRecord& other = *ctx.draft.Find<v1::ClaimRecord>(claim_id);
    if (other.status() != v1::ClaimRecord::STATUS_LIVE) continue;
    for (const v1::PolicyRef& cited : other.policies()) {
      for (int i = 0; i < claim.policies_size(); ++i) {
        if (claim.policies(i).policy_id() != cited.policy_id()) continue;
        return Reject(v1::REASON_CLAIM_EXISTS, fmt::format("claim.policies[{}]", i),
                      fmt::format("{} claims `{}` for this piece", claim_id, cited.policy_id()));
      }
    }
  }
  return std::nullopt;
}

void ApplyClaim(Context& ctx) {
  const v1::Claim& claim = ctx.event.claim();
  const std::string id = MakeId(ctx, ObjectKind::kClaim, 0);
  v1::ClaimRecord& record = ctx.draft.Create<v1::ClaimRecord>(id);
  record.set_claim_id(id);
  record.set_index(ctx.admission.index);
  record.set_piece_id(claim.piece_id());
  record.set_party_id(ctx.actor);
  *record.mutable_policies() = claim.policies();
  record.set_evidence_size(claim.evidence_size());
  record.set_statement(claim.statement());
  record.set_status(v1::ClaimRecord::STATUS_LIVE);
  record.set_recorded_at_us(ctx.admission.recorded_at_us);
  ctx.draft.Change<v1::PieceRecord>(claim.piece_id()).add_claim_ids(id);
  AddHistory(ctx, claim.piece_id());
  AddHistory(ctx, id);
}

MaybeRejection RequireOwnLiveClaim(Context& ctx, const std::string& claim_id, const Path& field) {
  TS_REJECT_IF(RequireActor(ctx));
  TS_REJECT_IF(CheckId(ObjectKind::kClaim, claim_id, field));
  const v1::ClaimRecord* claim = ctx.draft.Find<v1::ClaimRecord>(claim_id);
  if (claim == nullptr)
    return Reject(v1::REASON_UNKNOWN_CLAIM, field, fmt::format("`{}` is not in the ledger", claim_id));
  if (claim->party_id() != ctx.actor) {
    return Reject(v1::REASON_NOT_ISSUER, field, fmt::format("issued by {}", claim->party_id()));
  }
  if (claim->status() == v1::ClaimRecord::STATUS_LIVE) return std::nullopt;
  return Reject(v1::REASON_CLAIM_ENDED, field, fmt::format("it is {}", v1::ClaimRecord::Status_Name(claim->status())));
}

MaybeRejection CheckRetireClaim(Context& ctx) {
  return RequireOwnLiveClaim(ctx, ctx.event.retire_claim().claim_id(), "retire_claim.claim_id");
}

void ApplyRetireClaim(Context& ctx) {
  EndClaim(ctx, ctx.event.retire_claim().claim_id(), v1::ClaimRecord::STATUS_RETIRED);
}

MaybeRejection CheckRevokeClaim(Context& ctx) {
  const v1::RevokeClaim& revoke = ctx.event.revoke_claim();
  TS_REJECT_IF(RequireOwnLiveClaim(ctx, revoke.claim_id(), "revoke_claim.claim_id"));
  return CheckText(revoke.reason(), "revoke_claim.reason", true);
}

void ApplyRevokeClaim(Context& ctx) {
  EndClaim(ctx, ctx.event.revoke_claim().claim_id(), v1::ClaimRecord::STATUS_REVOKED);
}

}  // namespace

const Verb kMakePieceVerb = {"make_piece", CheckMakePiece, CheckMakePieceGlobal, ApplyMakePiece};
const Verb kClaimVerb = {"claim", CheckClaim, CheckClaimGlobal, ApplyClaim};
const Verb kRetireClaimVerb = {"retire_claim", CheckRetireClaim, nullptr, ApplyRetireClaim};
const Verb kRevokeClaimVerb = {"revoke_claim", CheckRevokeClaim, nullptr, ApplyRevokeClaim};

}  // namespace touchstone::ledger
