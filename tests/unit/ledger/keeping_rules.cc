// What is kept under seal, stopped, contested, freed and counted.
#include "tests/unit/ledger/rules.h"

namespace touchstone::ledger {
namespace {

using testing::Take;

constexpr char kNoSite[] = "site_aaaaaaaaaaaaaaaaaaaaaaaaaa";
constexpr char kNoLot[] = "lot_aaaaaaaaaaaaaaaaaaaaaaaaaa";
constexpr char kNoPiece[] = "piece_aaaaaaaaaaaaaaaaaaaaaaaaaa";
constexpr char kNoAttestation[] = "attestation_aaaaaaaaaaaaaaaaaaaaaaaaaa";

v1::Pack& Pack(Said& s) { return *s.event.mutable_pack(); }
v1::Unpack& Unpack(Said& s) { return *s.event.mutable_unpack(); }
v1::Hold& Hold(Said& s) { return *s.event.mutable_hold(); }
v1::Dispute& Dispute(Said& s) { return *s.event.mutable_dispute(); }
v1::Release& Release(Said& s) { return *s.event.mutable_release(); }
v1::Stocktake& Stocktake(Said& s) { return *s.event.mutable_stocktake(); }
v1::Transform& Step(Said& s) { return *s.event.mutable_transform(); }

std::vector<Rule> PackRules() {
  using W = const World&;
  const auto pack = honest::Pack;
  const auto unpack = honest::Unpack;
  return {
      {"nothing packed", pack, [](W, Said& s) { Pack(s).clear_lot_ids(); }, v1::REASON_FIELD_REQUIRED, "pack.lot_ids"},
      {"a lot packed twice in one event", pack, [](W, Said& s) { Pack(s).set_lot_ids(1, Pack(s).lot_ids(0)); },
       v1::REASON_LOT_REPEATED, "pack.lot_ids[1]"},
      {"another's lot packed", pack, [](const World& w, Said& s) { Pack(s).set_lot_ids(1, w.souths); },
       v1::REASON_NOT_CUSTODIAN, "pack.lot_ids[1]"},
      {"a pack without a seal", pack, [](W, Said& s) { Pack(s).clear_seal(); }, v1::REASON_FIELD_REQUIRED, "pack.seal"},
      {"a container that does not fit", pack, [](W, Said& s) { Pack(s).set_container(std::string(65, 'c')); },
       v1::REASON_FIELD_TOO_LONG, "pack.container"},
      {"a seal that lies on another pack", pack, [](W, Said& s) { Pack(s).set_seal("P-1"); }, v1::REASON_SEAL_IN_USE,
       "pack.seal"},
      {"a packed lot packed again", pack, [](const World& w, Said& s) { Pack(s).set_lot_ids(1, w.kept.packed); },
       v1::REASON_LOT_PACKED, "pack.lot_ids[1]"},
      {"a lot on offer packed", pack, [](const World& w, Said& s) { Pack(s).set_lot_ids(1, w.offered); },
       v1::REASON_LOT_OFFERED, "pack.lot_ids[1]"},
      {"a held lot packed", pack, [](const World& w, Said& s) { Pack(s).set_lot_ids(1, w.kept.held); },
       v1::REASON_LOT_HELD, "pack.lot_ids[1]"},

      {"no seal opened", unpack, [](W, Said& s) { Unpack(s).clear_seal(); }, v1::REASON_FIELD_REQUIRED, "unpack.seal"},
      {"a seal opened that lies on nothing", unpack, [](W, Said& s) { Unpack(s).set_seal("P-9"); },
       v1::REASON_UNKNOWN_PACK, "unpack.seal"},
      {"a seal opened twice", unpack, [](W, Said& s) { Unpack(s).set_seal("P-0"); }, v1::REASON_UNKNOWN_PACK,
       "unpack.seal"},
      {"another's pack opened", unpack, [](W, Said& s) { s.by = {"south"}; }, v1::REASON_NOT_CUSTODIAN, "unpack.seal"},
  };
}

/// What a seal keeps together, and what a hold stops.
std::vector<Rule> StoppedRules() {
  using W = const World&;
  return {
      {"one lot of a pack offered", honest::Offer,
       [](const World& w, Said& s) { s.event.mutable_offer()->set_lot_ids(0, w.kept.packed); }, v1::REASON_LOT_PACKED,
       "offer.lot_ids[0]"},
      {"one lot of a pack handed over", honest::HandOver,
       [](const World& w, Said& s) { s.event.mutable_hand_over()->set_lot_ids(1, w.kept.packed_too); },
       v1::REASON_LOT_PACKED, "hand_over.lot_ids[1]"},
      {"a packed lot melted", honest::Melt,
       [](const World& w, Said& s) {
         *Step(s).mutable_inputs(0) = Take(w.kept.packed);
         Step(s).mutable_outputs(0)->mutable_material()->set_gross_mg(32'000);
       },
       v1::REASON_LOT_PACKED, "transform.inputs[0].lot_id"},
      {"a packed lot sampled", honest::Sample,
       [](const World& w, Said& s) { s.event.mutable_sample()->set_lot_id(w.kept.packed); }, v1::REASON_LOT_PACKED,
       "sample.lot_id"},

      {"a held lot offered", honest::Offer,
       [](const World& w, Said& s) { s.event.mutable_offer()->set_lot_ids(0, w.kept.held); }, v1::REASON_LOT_HELD,
       "offer.lot_ids[0]"},
      {"a lot accepted that was held since it was offered", honest::Accept,
       [](const World& w, Said& s) { s.event.mutable_accept()->set_offer_id(w.kept.stopped_offer); },
       v1::REASON_LOT_HELD, "accept.offer_id"},
      {"a held lot handed over", honest::HandOver,
       [](const World& w, Said& s) { s.event.mutable_hand_over()->set_lot_ids(1, w.kept.held); }, v1::REASON_LOT_HELD,
       "hand_over.lot_ids[1]"},
      {"a held lot melted", honest::Melt,
       [](const World& w, Said& s) {
         *Step(s).mutable_inputs(0) = Take(w.kept.held);
         Step(s).mutable_outputs(0)->mutable_material()->set_gross_mg(34'000);
       },
       v1::REASON_LOT_HELD, "transform.inputs[0].lot_id"},
      {"a held lot sampled", honest::Sample,
       [](const World& w, Said& s) { s.event.mutable_sample()->set_lot_id(w.kept.held); }, v1::REASON_LOT_HELD,
       "sample.lot_id"},
      {"a claim on a held piece", honest::Claim,
       [](const World& w, Said& s) {
         s.event.mutable_claim()->set_piece_id(w.kept.held_ring);
         s.by = {"goldsmith"};
       },
       v1::REASON_LOT_HELD, "claim.piece_id"},
      {"a claim on a piece that was sold", honest::Claim,
       [](const World& w, Said& s) {
         s.event.mutable_claim()->set_piece_id(w.kept.sold_ring);
         s.by = {"goldsmith"};
       },
       v1::REASON_PIECE_RETIRED, "claim.piece_id"},
      {"a seal that does not fit", honest::Receive,
       [](W, Said& s) { s.event.mutable_receive()->mutable_received(0)->set_seal(std::string(65, 's')); },
       v1::REASON_FIELD_TOO_LONG, "receive.received[0].seal"},
  };
}

std::vector<Rule> HoldRules() {
  using W = const World&;
  const auto hold = honest::Hold;
  const auto dispute = honest::Dispute;
  return {
      {"nothing held", hold, [](W, Said& s) { Hold(s).clear_subject_id(); }, v1::REASON_FIELD_REQUIRED,
       "hold.subject_id"},
      {"no lot held", hold, [](W, Said& s) { Hold(s).set_subject_id(kNoLot); }, v1::REASON_UNKNOWN_LOT,
       "hold.subject_id"},
      {"no piece held", hold, [](W, Said& s) { Hold(s).set_subject_id(kNoPiece); }, v1::REASON_UNKNOWN_PIECE,
       "hold.subject_id"},
      {"a mine held", hold, [](const World& w, Said& s) { Hold(s).set_subject_id(w.mine); }, v1::REASON_FIELD_INVALID,
       "hold.subject_id"},
      {"a lot held for no reason", hold, [](W, Said& s) { Hold(s).clear_reason(); }, v1::REASON_FIELD_REQUIRED,
       "hold.reason"},
      {"a lot held by a stranger", hold, [](W, Said& s) { s.by = {"trader"}; }, v1::REASON_NOT_INVOLVED,
       "hold.subject_id"},
      {"a lot held by an attestor of something else", hold, [](W, Said& s) { s.by = {"inspector"}; },
       v1::REASON_NOT_INVOLVED, "hold.subject_id"},
      {"a piece held by a stranger", honest::HoldOfPiece, [](W, Said& s) { s.by = {"jeweler"}; },
       v1::REASON_NOT_INVOLVED, "hold.subject_id"},
      {"a lot held twice by one party", hold, [](const World& w, Said& s) { Hold(s).set_subject_id(w.kept.held); },
       v1::REASON_ALREADY_HELD, "hold.subject_id"},
      {"what is used up held", hold, [](const World& w, Said& s) { Hold(s).set_subject_id(w.consumed); },
       v1::REASON_LOT_CONSUMED, "hold.subject_id"},
      {"a sold piece held", honest::HoldOfPiece,
       [](const World& w, Said& s) { Hold(s).set_subject_id(w.kept.sold_ring); }, v1::REASON_PIECE_RETIRED,
       "hold.subject_id"},

      {"no lot disputed", dispute, [](W, Said& s) { Dispute(s).set_subject_id(kNoLot); }, v1::REASON_UNKNOWN_LOT,
       "dispute.subject_id"},
      {"a lot disputed for no reason", dispute, [](W, Said& s) { Dispute(s).clear_reason(); },
       v1::REASON_FIELD_REQUIRED, "dispute.reason"},
      {"a lot disputed by who never had it", dispute, [](W, Said& s) { s.by = {"south"}; }, v1::REASON_NOT_INVOLVED,
       "dispute.subject_id"},
      {"a lot disputed by a registrar", dispute, [](W, Said& s) { s.by = {"registry"}; }, v1::REASON_NOT_INVOLVED,
       "dispute.subject_id"},
      {"a lot disputed twice by one party", dispute,
       [](const World& w, Said& s) { Dispute(s).set_subject_id(w.kept.disputed); }, v1::REASON_ALREADY_HELD,
       "dispute.subject_id"},
  };
}

std::vector<Rule> ReleaseRules() {
  using W = const World&;
  const auto release = honest::Release;
  return {
      {"no lot released", release, [](W, Said& s) { Release(s).set_subject_id(kNoLot); }, v1::REASON_UNKNOWN_LOT,
       "release.subject_id"},
      {"a release for a reason that does not fit", release,
       [](W, Said& s) { Release(s).set_reason(std::string(257, 'r')); }, v1::REASON_FIELD_TOO_LONG, "release.reason"},
      {"another's hold released", release, [](W, Said& s) { s.by = {"south"}; }, v1::REASON_NOT_HELD,
       "release.subject_id"},
      {"a lot released that nobody holds", release, [](const World& w, Said& s) { Release(s).set_subject_id(w.dore); },
       v1::REASON_NOT_HELD, "release.subject_id"},
      {"a release by no attestation", release, [](W, Said& s) { Release(s).set_attestation_id(kNoAttestation); },
       v1::REASON_UNKNOWN_ATTESTATION, "release.attestation_id"},
      {"a release by what is no attestation", release, [](W, Said& s) { Release(s).set_attestation_id("A-1"); },
       v1::REASON_FIELD_INVALID, "release.attestation_id"},
      {"a release by another's attestation", release,
       [](const World& w, Said& s) { Release(s).set_attestation_id(w.kept.stock_count); }, v1::REASON_ATTESTATION_UNFIT,
       "release.attestation_id"},
      {"a release by an attestation of another scope", release,
       [](const World& w, Said& s) {
         Release(s).set_attestation_id(w.attestation);
         s.by = {"inspector"};
       },
       v1::REASON_ATTESTATION_UNFIT, "release.attestation_id"},
      {"a release by an attestation about another party", release,
       [](const World& w, Said& s) {
         Release(s).set_attestation_id(w.kept.stock_count);
         s.by = {"auditor"};
       },
       v1::REASON_ATTESTATION_UNFIT, "release.attestation_id"},
      {"a release of what the rules do not hold", release,
       [](const World& w, Said& s) {
         Release(s).set_subject_id(w.kept.bar);
         Release(s).set_attestation_id(w.kept.stock_count);
         s.by = {"auditor"};
       },
       v1::REASON_NOT_HELD, "release.subject_id"},
  };
}

std::vector<Rule> StocktakeRules() {
  using W = const World&;
  const auto stocktake = honest::Stocktake;
  return {
      {"a count at another's site", stocktake, [](W, Said& s) { s.by = {"refiner"}; }, v1::REASON_NOT_OPERATOR,
       "stocktake.site_id"},
      {"a count nowhere", stocktake, [](W, Said& s) { Stocktake(s).set_site_id(kNoSite); }, v1::REASON_UNKNOWN_SITE,
       "stocktake.site_id"},
      {"a count of no period", stocktake, [](W, Said& s) { Stocktake(s).clear_period_from_us(); },
       v1::REASON_FIELD_INVALID, "stocktake.period_from_us"},
      {"a count of a period that is not over", stocktake,
       [](W, Said& s) { Stocktake(s).set_period_until_us(s.event.occurred_at_us() + 1); }, v1::REASON_FIELD_INVALID,
       "stocktake.period_until_us"},
      {"no lot counted", stocktake, [](W, Said& s) { Stocktake(s).mutable_counted(0)->set_lot_id(kNoLot); },
       v1::REASON_UNKNOWN_LOT, "stocktake.counted[0]"},
      {"another's lot counted", stocktake,
       [](const World& w, Said& s) { Stocktake(s).mutable_counted(0)->set_lot_id(w.dore); }, v1::REASON_NOT_CUSTODIAN,
       "stocktake.counted[0].lot_id"},
      {"a lot counted twice", stocktake,
       [](const World& w, Said& s) { Stocktake(s).mutable_counted(1)->set_lot_id(w.kept.bar); },
       v1::REASON_LOT_REPEATED, "stocktake.counted[1]"},
      {"a lot counted without a mass", stocktake, [](W, Said& s) { Stocktake(s).mutable_counted(0)->clear_gross_mg(); },
       v1::REASON_FIELD_INVALID, "stocktake.counted[0].gross_mg"},
      {"a lot counted that is used up", stocktake,
       [](const World& w, Said& s) {
         Stocktake(s).set_site_id(w.plant);
         Stocktake(s).mutable_counted(0)->set_lot_id(w.consumed);
         Stocktake(s).mutable_counted(1)->set_lot_id(w.dore);
         s.by = {"north"};
       },
       v1::REASON_LOT_CONSUMED, "stocktake.counted[0].lot_id"},
  };
}

}  // namespace

std::vector<Rule> KeepingRules() {
  std::vector<Rule> all;
  for (const auto& table : {PackRules(), StoppedRules(), HoldRules(), ReleaseRules(), StocktakeRules()}) {
    all.insert(all.end(), table.begin(), table.end());
  }
  return all;
}

}  // namespace touchstone::ledger
