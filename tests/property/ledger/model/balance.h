// Conservation of fine gold: what a step may make of what went in, and what is booked of it.
#pragma once

#include "tests/property/ledger/model/case.h"
#include "tests/property/ledger/model/lots.h"

namespace touchstone::ledger::model {

/// What comes out of a step, summed.
struct Outgoing {
  uint64_t mass_mg = 0;
  Ng fine_ng = 0;
  Ng tolerance_ng = 0;
  int pending = 0;
};

void AddMetal(const Case& c, Outgoing& out, uint64_t gross_mg, const v1::Fineness& fineness);
void AddMaterial(const Case& c, Outgoing& out, const v1::Material& material, bool inputs_determined);

/// GROSS_MASS_GAIN: beyond 200 ppm, at least 10 mg, of what went in and was added.
void NeedGrossBalance(Case& c, const Intakes& in, const Outgoing& out, uint64_t added_mg);
/// FINE_MASS_GAIN: beyond the capped uncertainty of both sides and 200 ppm of weighing. Undetermined inputs set no
/// bound.
void NeedFineBalance(Case& c, const Intakes& in, const Outgoing& out);

/// Books what the step lost or gained, or counts what it determines first; holds what it made where that is above a
/// limit. Its inputs and outputs are in the step. Findings name `subject`.
void Settle(Case& c, Step& step, const Intakes& in, const Outgoing& out, const Id& subject);

/// The gold in a step's outputs turns out to be so much more or less, within so much more or less tolerance, and
/// `determined` of its pending outputs are pending no more. Whether what was made is to be held for gains.
bool Rebalance(Case& c, Step& step, Ng change_ng, Ng tolerance_change_ng, int determined, const Id& subject);

/// The step took in so much less gold, or more, than was known: what it gained by that is in all that it made.
void TakeInLess(Case& c, Step& step, Ng less_ng, const Id& subject);

/// What has come out beyond what went in, so far.
Ng OverOf(const Step& step);

/// The gold of a lot enters with it: it may be off by what its assay may.
void EnterSurplus(Case& c, const Id& id);
/// Hands what inputs of `in_ng` brought along, and a gain, down to what was made. GAIN_ABOVE_LIMIT where that is held.
void HandDown(Case& c, const std::vector<Id>& made, Ng brought_ng, Ng in_ng, Ng gain_ng, Ng out_ng);
/// A lot or piece gained more on its way, or less. GAIN_ABOVE_LIMIT where it is held.
void AddSurplus(Case& c, const Id& id, Ng gain_ng);

/// What is booked of a step: nothing while an output is pending.
Ng LossOf(const Step& step);
Ng GainOf(const Step& step);

// --- Books ------------------------------------------------------------------------------------------------------------

/// HIGH_LOSS when so much of what went in is more than the band.
void FindHighLoss(Case& c, Ng loss_ng, Ng in_ng, uint32_t band_ppm, const Id& subject);
/// The party's net gain of today, and what it worked.
void BookWork(Case& c, const Id& party, Ng net_gain_ng, Ng worked_ng);
/// SMALL_GAIN, and ACCUMULATED_GAIN or GAIN_ABOVE_LIMIT of the party. Whether what was made is to be held.
bool FindGain(Case& c, const Id& party, const Id& subject);
/// The same of a gain that is none by itself.
bool FindNetGain(Case& c, const Id& party);
/// The rules hold a lot or piece. One hold of a kind, the newest.
void HoldByRules(Case& c, const Id& id, v1::HoldRecord::Kind kind);

// --- Output of mines (ceilings.cc) --------------------------------------------------------------------------------------

/// Counts a production's gold, and what its registrant and its masses tell; whether its outputs are to be held.
bool CountProduction(Case& c, const Step& step);
/// Counts so much more gold and ore, or less, for a production that is read otherwise, or not at all.
bool CountCorrected(Case& c, const Step& production, Ng fine_ng, Ng ore_mg);
/// Counts gold that is determined for the first time, for the productions it comes from; whether it is to be held.
bool CountFirst(Case& c, const Step& step, const std::map<uint64_t, Ng>& sources, Ng fine_ng);

}  // namespace touchstone::ledger::model
