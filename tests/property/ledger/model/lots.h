// Lots: who may do what with them, how they are made and used up.
#pragma once

#include <string>
#include <vector>

#include "google/protobuf/repeated_field.h"
#include "tests/property/ledger/model/case.h"

namespace touchstone::ledger::model {

using Parts = google::protobuf::RepeatedPtrField<v1::LotPart>;
using LotList = std::vector<Id>;

/// UNKNOWN_LOT. Null when there is none.
const Lot* NeedLot(Case& c, const Id& id);
/// Each a lot, each once, 1 to 256: LOT_REPEATED. Those that there are.
std::vector<const Lot*> NeedLots(Case& c, const LotList& ids);

/// NOT_CUSTODIAN, NOT_OWNER; LOT_DISTRUSTED where the right of who has it rests on an entry that does not stand.
void NeedCustody(Case& c, const Lot& lot);
void NeedOwnership(Case& c, const Lot& lot);
/// NOT_CUSTODIAN alone, whatever the right rests on.
bool NeedHolder(Case& c, const Lot& lot);
/// The entries that the right of who has it rests on and that do not stand: the one by which it was made or came to
/// them, and the offer that this accepted.
std::vector<uint64_t> DisownedEntries(const World& world, const Lot& lot);
/// LOT_CONSUMED, LOT_OFFERED.
void NeedUnspent(Case& c, const Lot& lot);
/// LOT_CONSUMED alone: it may be on offer.
void NeedHere(Case& c, const Lot& lot);
/// LOT_HELD.
void NeedNotHeld(Case& c, const std::vector<Hold>& holds);
/// LOT_PACKED.
void NeedLoose(Case& c, const Lot& lot);
/// LOT_PACKED unless all lots under a seal are named.
void NeedWholePacks(Case& c, const LotList& ids);

/// What lots hand down to what is made of them.
struct Heritage {
  std::vector<Id> past;
  std::map<uint64_t, Ng> sources;
  bool mercury = false;
  bool seen = true;
  std::optional<int64_t> unseen_since_us;  // since the oldest of them that nobody has seen was made
  int depth = 0;
};

/// What goes into a step: sums, and what is handed down.
struct Intakes {
  std::vector<Input> inputs;
  uint64_t mass_mg = 0;
  Ng fine_ng = 0;
  Ng tolerance_ng = 0;
  bool determined = true;
  Ng surplus_ng = 0;
  Id owner;
  Heritage heritage;
};

/// Lots that a step can take in: of the actor, of one owner unless of any, of these forms, all determined or none, none
/// pending, quarantined, spent, held or packed, parts smaller than the whole.
void NeedInputs(Case& c, const Parts& parts, uint32_t forms, bool any_owner = false);
/// What goes in, when that is so; as far as there are such lots otherwise.
Intakes IntakesOf(const Case& c, const Parts& parts);

/// The productions that an undetermined lot comes from, or else those of what went into its step.
std::map<uint64_t, Ng> SourcesOf(const Case& c, const Lot& lot, const Step& step);

v1::LotRecord::Determination DeterminationOf(const v1::Material& material, bool inputs_determined);

/// Makes output `number` a lot of the actor.
Lot& MakeLot(Case& c, uint32_t number, const v1::Material& material, v1::LotRecord::Determination determination,
             const Id& owner, const Heritage& heritage);
/// Makes what is left of a lot a lot of its custodian.
Id MakeRemainder(Case& c, uint32_t number, const Lot& lot, uint64_t mass_mg);
/// Uses the parts up; what is left of them become lots from `number` on.
void UseUp(Case& c, const Parts& parts, uint32_t number, Step& step);

/// The step of this event.
Step& MakeStep(Case& c, v1::StepRecord::Kind kind);

/// LOT_UNSEEN: nobody but its maker has seen it for 30 days.
void FindUnseen(Case& c, const Id& id, const Lot& lot);
/// Possession, ownership or both go to the party. ROUND_TRIP.
void MoveLot(Case& c, const Id& id, v1::TransferRight rights, const Id& to);

/// Who held it before, the latest last, each once, at most eight.
void NoteHolder(std::vector<Id>& past, const Id& party);

/// What of an amount goes with a part of the whole, rounded towards zero.
Ng ShareOf(Ng whole_ng, Ng part, Ng whole);

/// The uncertainty that counts of a fineness, over so much.
Ng ToleranceOf(const Case& c, uint64_t gross_mg, const v1::Fineness& fineness);

bool IsMetal(v1::Form form);
bool NeedsMercury(v1::ProcessRoute route);
bool ShowsMercury(v1::Form form);

/// A seal is used: SEAL_REUSED, about the lot, when one event or another used it before.
void UseSeal(Case& c, const std::string& seal, const Id& lot);
/// The seals under which an event makes lots, each used once however many of them lie under it. Pieces have none.
void UseStatedSeals(Case& c, const std::vector<Id>& outputs);

}  // namespace touchstone::ledger::model
