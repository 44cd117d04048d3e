#include "tests/property/ledger/model/balance.h"
#include "base/check.h"

#include <algorithm>

namespace touchstone::ledger::model {
namespace {

Ng Over(Ng a, Ng b) { return a > b ? a - b : 0; }

/// A lot or a piece, as what carries a surplus.
struct Carrier {
  Ng& surplus_ng;
  Ng fine_ng;
  Ng own_ng;  // what its own assay may be off by
  bool here;
};

Carrier CarrierOf(Case& c, const Id& id) {
  if (Piece* piece = Find(c.world.pieces, id)) {
    const v1::Piece& stated = piece->stated;
    return {piece->surplus_ng, Ng{stated.metal_mg()} * stated.fineness().ppm(),
            ToleranceOf(c, stated.metal_mg(), stated.fineness()), !piece->retired};
  }
  Lot& lot = c.world.lots.at(id);
  return {lot.surplus_ng, lot.fine_ng(), ToleranceOf(c, lot.material.gross_mg(), lot.material.fineness()), lot.here()};
}

/// Held beyond 0.1 % of its gold and beyond a gram, or beyond 2 % of what is small.
void JudgeSurplus(Case& c, const Id& id) {
  const Carrier carrier = CarrierOf(c, id);
  const Ng beyond_ng = carrier.surplus_ng - carrier.own_ng;
  if (carrier.surplus_ng <= 0 || beyond_ng <= carrier.fine_ng / 1'000) return;
  if (beyond_ng <= std::min<Ng>(1'000'000'000, carrier.fine_ng / 50)) return;
  c.Found(v1::FINDING_CODE_GAIN_ABOVE_LIMIT, id);
  HoldByRules(c, id, v1::HoldRecord::KIND_GAIN);
}

int64_t Today(const Case& c) { return c.recorded_at_us / kDayUs; }

}  // namespace

void AddMetal(const Case& c, Outgoing& out, uint64_t gross_mg, const v1::Fineness& fineness) {
  out.mass_mg += gross_mg;
  out.fine_ng += Ng{gross_mg} * fineness.ppm();
  out.tolerance_ng += ToleranceOf(c, gross_mg, fineness);
}

void AddMaterial(const Case& c, Outgoing& out, const v1::Material& material, bool inputs_determined) {
  if (material.has_fineness()) {
    AddMetal(c, out, material.gross_mg(), material.fineness());
    return;
  }
  out.mass_mg += material.has_ore() ? material.ore().dry_mass_mg() : material.gross_mg();
  if (DeterminationOf(material, inputs_determined) == v1::LotRecord::DETERMINATION_PENDING) ++out.pending;
}

void NeedGrossBalance(Case& c, const Intakes& in, const Outgoing& out, uint64_t added_mg) {
  const Ng available_mg = Ng{in.mass_mg} + added_mg;
  const Ng tolerance_mg = std::max<Ng>(10, available_mg * 200 / kMillion);
  c.Need(out.mass_mg <= available_mg + tolerance_mg, v1::REASON_GROSS_MASS_GAIN);
}

void NeedFineBalance(Case& c, const Intakes& in, const Outgoing& out) {
  if (!in.determined) c.Need(out.fine_ng <= Ng{in.mass_mg} * kMillion, v1::REASON_FINE_MASS_GAIN);
  if (!in.determined) return;
  const Ng tolerance_ng = in.tolerance_ng + out.tolerance_ng + in.fine_ng * 200 / kMillion;
  c.Need(out.fine_ng <= in.fine_ng + tolerance_ng, v1::REASON_FINE_MASS_GAIN);
}

Ng OverOf(const Step& step) { return step.first_determination ? 0 : Over(step.out_ng, step.in_ng); }

void EnterSurplus(Case& c, const Id& id) {
  Lot& lot = c.world.lots.at(id);
  lot.surplus_ng = lot.determined() ? -ToleranceOf(c, lot.material.gross_mg(), lot.material.fineness()) : 0;
}

void HandDown(Case& c, const std::vector<Id>& made, Ng brought_ng, Ng in_ng, Ng gain_ng, Ng out_ng) {
  for (const Id& id : made) {
    const Carrier carrier = CarrierOf(c, id);
    if (carrier.fine_ng == 0) continue;
    carrier.surplus_ng =
        ShareOf(brought_ng, carrier.fine_ng, std::max(in_ng, out_ng)) + ShareOf(gain_ng, carrier.fine_ng, out_ng);
    JudgeSurplus(c, id);
  }
}

void AddSurplus(Case& c, const Id& id, Ng gain_ng) {
  const Carrier carrier = CarrierOf(c, id);
  carrier.surplus_ng += gain_ng;
  if (gain_ng > 0 && carrier.here) JudgeSurplus(c, id);
}

Ng LossOf(const Step& step) { return step.pending > 0 || step.first_determination ? 0 : Over(step.in_ng, step.out_ng); }

Ng GainOf(const Step& step) { return step.pending > 0 || step.first_determination ? 0 : Over(step.out_ng, step.in_ng); }

void Settle(Case& c, Step& step, const Intakes& in, const Outgoing& out, const Id& subject) {
  step.inputs = in.inputs;
  step.pending = out.pending;
  step.out_ng = out.fine_ng;
  step.first_determination = !in.determined;
  if (!in.determined) {
    for (const Id& id : step.outputs) EnterSurplus(c, id);
    if (!CountFirst(c, step, in.heritage.sources, out.fine_ng)) return;
    for (const Id& id : step.outputs) HoldByRules(c, id, v1::HoldRecord::KIND_CEILING);
    return;
  }
  step.in_ng = in.fine_ng;
  step.tolerance_ng = in.tolerance_ng + out.tolerance_ng + in.fine_ng * 200 / kMillion;
  BookWork(c, step.party, GainOf(step) - LossOf(step), in.fine_ng);
  if (LossOf(step) > 0) FindHighLoss(c, LossOf(step), step.in_ng, step.loss_band_ppm, subject);
  if (GainOf(step) != 0 && FindGain(c, step.party, subject)) {
    for (const Id& id : step.outputs) HoldByRules(c, id, v1::HoldRecord::KIND_GAIN);
  }
  step.brought_ng = in.surplus_ng;
  HandDown(c, step.outputs, in.surplus_ng, in.fine_ng, OverOf(step), out.fine_ng);
}

bool Rebalance(Case& c, Step& step, Ng change_ng, Ng tolerance_change_ng, int determined, const Id& subject) {
  const Ng loss_ng = LossOf(step);
  const Ng gain_ng = GainOf(step);
  step.out_ng += change_ng;
  step.tolerance_ng += tolerance_change_ng;
  step.pending -= determined;
  if (step.first_determination) return false;
  BookWork(c, step.party, (GainOf(step) - LossOf(step)) - (gain_ng - loss_ng), 0);
  if (LossOf(step) > loss_ng) FindHighLoss(c, LossOf(step), step.in_ng, step.loss_band_ppm, subject);
  return GainOf(step) > gain_ng && FindGain(c, step.party, subject);
}

void TakeInLess(Case& c, Step& step, Ng less_ng, const Id& subject) {
  const Ng loss_ng = LossOf(step);
  const Ng gain_ng = GainOf(step);
  const Ng over_ng = OverOf(step);
  step.in_ng -= less_ng;
  BookWork(c, step.party, (GainOf(step) - LossOf(step)) - (gain_ng - loss_ng), 0);
  if (LossOf(step) > loss_ng) FindHighLoss(c, LossOf(step), step.in_ng, step.loss_band_ppm, subject);
  if (GainOf(step) > gain_ng) FindGain(c, step.party, subject);
  const Ng more_ng = OverOf(step) - over_ng;
  for (const Id& id : step.outputs) {
    const Carrier carrier = CarrierOf(c, id);
    if (carrier.fine_ng != 0) AddSurplus(c, id, ShareOf(more_ng, carrier.fine_ng, step.out_ng));
  }
}

void FindHighLoss(Case& c, Ng loss_ng, Ng in_ng, uint32_t band_ppm, const Id& subject) {
  if (loss_ng * kMillion > in_ng * band_ppm) c.Found(v1::FINDING_CODE_HIGH_LOSS, subject);
}

void BookWork(Case& c, const Id& party, Ng net_gain_ng, Ng worked_ng) {
  Worked& today = c.world.worked[party][Today(c)];
  today.net_gain_ng += net_gain_ng;
  today.worked_ng += worked_ng;
}

bool FindGain(Case& c, const Id& party, const Id& subject) {
  c.Found(v1::FINDING_CODE_SMALL_GAIN, subject);
  return FindNetGain(c, party);
}

bool FindNetGain(Case& c, const Id& party) {
  Ng net_ng = 0;
  Ng worked_ng = 0;
  for (const auto& [day, worked] : c.world.worked[party]) {
    if (day <= Today(c) - 90) continue;
    net_ng += worked.net_gain_ng;
    worked_ng += worked.worked_ng;
  }
  const auto exceeds = [&](const Threshold& limit) {
    return net_ng > 0 && net_ng * kMillion > worked_ng * limit.ppm && net_ng > Ng{limit.least_ng};
  };
  if (exceeds(c.rules().net_gain_held)) {
    c.Found(v1::FINDING_CODE_GAIN_ABOVE_LIMIT, party);
    return true;
  }
  if (exceeds(c.rules().net_gain_found)) c.Found(v1::FINDING_CODE_ACCUMULATED_GAIN, party);
  return false;
}

void HoldByRules(Case& c, const Id& id, v1::HoldRecord::Kind kind) {
  Lot* lot = Find(c.world.lots, id);
  Piece* piece = Find(c.world.pieces, id);
  TS_CHECK(lot != nullptr || piece != nullptr);
  std::vector<Hold>& holds = lot != nullptr ? lot->holds : piece->holds;
  if (lot != nullptr) c.touched.insert(id);
  holds.erase(
      std::remove_if(holds.begin(), holds.end(), [&](const Hold& h) { return h.kind == kind && h.party.empty(); }),
      holds.end());
  holds.push_back({kind, "", c.index});
}

}  // namespace touchstone::ledger::model
