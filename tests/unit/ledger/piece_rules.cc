// Pieces, and the claims on them.
#include "base/limits.h"
#include "tests/unit/ledger/rules.h"

namespace touchstone::ledger {
namespace {

using testing::FineAs;

constexpr char kNoSite[] = "site_aaaaaaaaaaaaaaaaaaaaaaaaaa";
constexpr char kNoPiece[] = "piece_aaaaaaaaaaaaaaaaaaaaaaaaaa";
constexpr char kNoClaim[] = "claim_aaaaaaaaaaaaaaaaaaaaaaaaaa";

v1::MakePiece& Make(Said& s) { return *s.event.mutable_make_piece(); }
v1::Piece& Piece(Said& s) { return *Make(s).mutable_pieces(0); }
v1::Claim& Claim(Said& s) { return *s.event.mutable_claim(); }

}  // namespace

std::vector<Rule> PieceRules() {
  using W = const World&;
  const auto make = honest::MakePiece;
  const auto claim = honest::Claim;
  const auto retire = honest::RetireClaim;
  const auto revoke = honest::RevokeClaim;
  return {
      {"a piece made by a miner", make, [](W, Said& s) { s.by = {"north"}; }, v1::REASON_ROLE_MISSING, "signer_keys"},
      {"a piece of another's gold", make, [](W, Said& s) { s.by = {"goldsmith"}; }, v1::REASON_NOT_CUSTODIAN,
       "make_piece.inputs[0].lot_id"},
      {"no piece", make, [](W, Said& s) { Make(s).clear_pieces(); }, v1::REASON_FIELD_REQUIRED, "make_piece.pieces"},
      {"a piece of what it is not said", make, [](W, Said& s) { Piece(s).clear_article(); }, v1::REASON_FIELD_REQUIRED,
       "make_piece.pieces[0].article"},
      {"a piece without a serial", make, [](W, Said& s) { Piece(s).clear_serial(); }, v1::REASON_FIELD_REQUIRED,
       "make_piece.pieces[0].serial"},
      {"a serial that its maker has used", make, [](W, Said& s) { Piece(s).set_serial("R-1"); },
       v1::REASON_SERIAL_IN_USE, "make_piece.pieces[0].serial"},
      {"a serial twice in the event", make,
       [](W, Said& s) {
         Make(s).clear_leftovers();
         *Make(s).add_pieces() = Piece(s);
       },
       v1::REASON_SERIAL_IN_USE, "make_piece.pieces[1].serial"},
      {"a piece without gold", make, [](W, Said& s) { Piece(s).clear_metal_mg(); }, v1::REASON_FIELD_INVALID,
       "make_piece.pieces[0].metal_mg"},
      {"a piece of unknown fineness", make, [](W, Said& s) { Piece(s).clear_fineness(); }, v1::REASON_FIELD_REQUIRED,
       "make_piece.pieces[0].fineness"},
      {"solder beyond any piece", make, [](W, Said& s) { Piece(s).set_excluded_mg(limits::kMaxGrossMg + 1); },
       v1::REASON_FIELD_INVALID, "make_piece.pieces[0].excluded_mg"},
      {"a leftover of ore", make, [](W, Said& s) { Make(s).mutable_leftovers(0)->set_form(v1::FORM_SOLUTION); },
       v1::REASON_FORM_INVALID, "make_piece.leftovers[0].form"},
      {"pieces of more gold than went in", make,
       [](W, Said& s) {
         *Piece(s).mutable_fineness() = FineAs(1'000'000);
         Piece(s).set_metal_mg(5'020);
       },
       v1::REASON_GROSS_MASS_GAIN, "make_piece.pieces"},
      {"pieces of more fine gold than went in", make,
       [](W, Said& s) {
         Make(s).set_added_non_gold_mg(1'000);
         Piece(s).set_metal_mg(6'000);
       },
       v1::REASON_FINE_MASS_GAIN, "make_piece.pieces"},
      {"more added metal than there is", make,
       [](W, Said& s) { Make(s).set_added_non_gold_mg(limits::kMaxGrossMg + 1); }, v1::REASON_FIELD_INVALID,
       "make_piece.added_non_gold_mg"},
      {"a workshop that is not there", make, [](W, Said& s) { Make(s).set_site_id(kNoSite); }, v1::REASON_UNKNOWN_SITE,
       "make_piece.site_id"},

      {"a claim by a miner", claim, [](W, Said& s) { s.by = {"north"}; }, v1::REASON_ROLE_MISSING, "signer_keys"},
      {"a claim on another's piece", claim, [](W, Said& s) { s.by = {"goldsmith"}; }, v1::REASON_NOT_CUSTODIAN,
       "claim.piece_id"},
      {"a claim on nothing", claim, [](W, Said& s) { Claim(s).set_piece_id(kNoPiece); }, v1::REASON_UNKNOWN_PIECE,
       "claim.piece_id"},
      {"a claim under no pack", claim, [](W, Said& s) { Claim(s).clear_policies(); }, v1::REASON_FIELD_REQUIRED,
       "claim.policies"},
      {"a claim under a pack without a hash", claim, [](W, Said& s) { Claim(s).mutable_policies(0)->clear_sha256(); },
       v1::REASON_FIELD_INVALID, "claim.policies[0].sha256"},
      {"a claim under a pack without a version", claim,
       [](W, Said& s) { Claim(s).mutable_policies(0)->clear_version(); }, v1::REASON_FIELD_REQUIRED,
       "claim.policies[0].version"},
      {"a claim under a pack twice", claim, [](W, Said& s) { *Claim(s).add_policies() = Claim(s).policies(0); },
       v1::REASON_FIELD_INVALID, "claim.policies[1].policy_id"},
      {"a second live claim under a pack", claim,
       [](W, Said& s) { Claim(s).mutable_policies(0)->set_policy_id("mercury-free"); }, v1::REASON_CLAIM_EXISTS,
       "claim.policies[0]"},
      {"a second live claim under another version of a pack", claim,
       [](W, Said& s) {
         Claim(s).mutable_policies(0)->set_policy_id("mercury-free");
         Claim(s).mutable_policies(0)->set_version(2);
       },
       v1::REASON_CLAIM_EXISTS, "claim.policies[0]"},
      {"a claim on the evidence of a log to come", claim,
       [](const World& w, Said& s) { Claim(s).set_evidence_size(w.ledger.size() + 1); }, v1::REASON_FIELD_INVALID,
       "claim.evidence_size"},
      {"a claim on no evidence", claim, [](W, Said& s) { Claim(s).clear_evidence_size(); }, v1::REASON_FIELD_INVALID,
       "claim.evidence_size"},

      {"a claim retired by another", retire, [](W, Said& s) { s.by = {"goldsmith"}; }, v1::REASON_NOT_ISSUER,
       "retire_claim.claim_id"},
      {"no claim retired", retire, [](W, Said& s) { s.event.mutable_retire_claim()->set_claim_id(kNoClaim); },
       v1::REASON_UNKNOWN_CLAIM, "retire_claim.claim_id"},
      {"a claim retired twice", retire,
       [](const World& w, Said& s) { s.event.mutable_retire_claim()->set_claim_id(w.retired_claim); },
       v1::REASON_CLAIM_ENDED, "retire_claim.claim_id"},
      {"a claim revoked without a reason", revoke, [](W, Said& s) { s.event.mutable_revoke_claim()->clear_reason(); },
       v1::REASON_FIELD_REQUIRED, "revoke_claim.reason"},
      {"a retired claim revoked", revoke,
       [](const World& w, Said& s) { s.event.mutable_revoke_claim()->set_claim_id(w.retired_claim); },
       v1::REASON_CLAIM_ENDED, "revoke_claim.claim_id"},
  };
}

}  // namespace touchstone::ledger
