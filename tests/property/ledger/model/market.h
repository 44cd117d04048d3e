// A random market under adversaries, told by dice: many parties of every role, who mostly play by the rules. It knows
// the ledger from the model's world alone, so that it can say what is honest and what is nearly so.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "crypto/hash.h"
#include "tests/property/ledger/dice.h"
#include "tests/property/ledger/model/lots.h"
#include "tests/property/ledger/model/model.h"

namespace touchstone::ledger::model {

/// An event as it comes to the log.
struct Move {
  v1::Event event;
  crypto::Hash event_id;
  int64_t recorded_at_us = 0;
};

/// An event that is to be signed by these parties, or by root.
struct Draft {
  v1::Event event;
  std::vector<Id> signers;
  bool by_root = false;
};
using MaybeDraft = std::optional<Draft>;

/// Free to be worked by whoever has it.
bool IsWorkable(const Lot& lot);

class Market {
 public:
  Market(uint64_t seed, const World& world);

  /// The next move. It may be anything.
  Move Next();
  /// Has the next move be the last one: root freezes the ledger, and nothing is admitted after it.
  void End();
  /// Notes what became of it.
  void Note(const Move& move, const Answer& answer);

 private:
  using Told = Draft (Market::*)();
  using Tried = MaybeDraft (Market::*)();

  // market.cc: time, keys, signatures.
  void PassTime();
  Move Sign(Draft draft);
  void SetKeys(const Draft& draft, v1::Event& event);
  void SetDevice(v1::Event& event);
  std::string NewKey();
  std::string UsableKey(const Id& party);
  bool CanAct(const Id& party);
  MaybeDraft SomeMove();
  void Spoil(Draft& draft);
  v1::Event Again();

  /// Forgets something else when there is much already.
  template <typename T>
  void Remember(std::vector<T>& things, T thing) {
    constexpr size_t kRemembered = 90;
    if (things.size() < kRemembered) {
      things.push_back(std::move(thing));
    } else {
      things[dice_.Below(kRemembered)] = std::move(thing);
    }
  }

  // What the dice choose among.
  uint64_t Between(uint64_t least, uint64_t most) { return least + dice_.Below(most - least + 1); }
  bool Wrong() { return spoilt_ && dice_.Chance(12); }
  Id SomeId(ObjectKind kind);
  Id AnyLot();
  Id SomeParty();
  Id PartyWith(v1::Role role);
  Id PartyIn(v1::Office office);
  Id SiteOf(v1::RegisterSite::Kind kind);
  Id LiveLot(const std::function<bool(const Lot&)>& fits);
  Id LotOf(const Id& custodian, const std::function<bool(const Lot&)>& fits);
  std::vector<Id> LotsLike(const Id& first, size_t most, const std::function<bool(const Lot&)>& fits);
  Id LivePiece();
  v1::Fineness SomeFineness(uint64_t about_ppm);
  std::string SomeSeal();
  v1::Withheld Registrant(uint64_t number);
  v1::OutputLimit SomeLimit(uint64_t about_g);
  v1::GeoPoint SomePoint();
  v1::GeoPolygon AreaAround(const v1::GeoPoint& point);
  void AddDocuments(google::protobuf::RepeatedPtrField<v1::DocumentRef>* documents);

  // market_setup.cc
  void Prepare();
  Draft RegisterPartyAs(std::vector<v1::Role> roles, bool with_key);
  Draft RegisterSiteOf(v1::RegisterSite::Kind kind, const Id& operated_by);
  Draft LicenceFor(v1::LicenceKind kind, const Id& holder, std::vector<Id> sites, int64_t days);

  // market_authority.cc
  MaybeDraft RegisterParty();
  MaybeDraft UpdateParty();
  MaybeDraft SuspendParty();
  MaybeDraft Appoint();
  MaybeDraft EndAppointment();
  MaybeDraft Accredit();
  MaybeDraft EndAccreditation();
  MaybeDraft AddKey();
  MaybeDraft RetireKey();
  MaybeDraft DistrustKey();
  MaybeDraft RegisterSite();
  MaybeDraft UpdateSite();
  MaybeDraft RegisterLicence();
  MaybeDraft EndLicence();
  MaybeDraft Attest();
  void GoOnTour(v1::Attest& attest, Draft& draft);
  MaybeDraft EndAttestation();
  MaybeDraft PublishPolicy();
  MaybeDraft RotateLogKey();
  MaybeDraft Odd();

  // market_gold.cc
  v1::Material SomeMaterial(v1::Form form, uint64_t mass_mg, uint64_t about_ppm);
  v1::Material Yielding(v1::Form form, uint64_t mass_mg, Ng fine_ng);
  MaybeDraft Produce();
  MaybeDraft Intake();
  MaybeDraft Process();
  MaybeDraft Transform();
  MaybeDraft MakePiece();
  void FillTransform(v1::Transform& transform, const Intakes& in, v1::Form form);

  // market_custody.cc
  MaybeDraft Offer();
  MaybeDraft Accept();
  MaybeDraft Reject();
  MaybeDraft CancelOffer();
  MaybeDraft HandOver();
  MaybeDraft Receive();
  MaybeDraft Pack();
  MaybeDraft Unpack();
  MaybeDraft Stocktake();
  MaybeDraft Export();
  MaybeDraft Import();
  MaybeDraft Sample();
  MaybeDraft Retire();
  MaybeDraft Lose();
  v1::ReceivedMass Weighed(const Id& id);
  Id OpenOffer();

  // market_holds.cc
  MaybeDraft Hold();
  MaybeDraft Dispute();
  MaybeDraft Release();
  MaybeDraft Recall();

  // market_assays.cc
  MaybeDraft Assay();
  MaybeDraft Settle();
  Draft AssayFor(v1::Assay::Standing standing, const Id& lot, uint32_t ppm);

  // market_accounts.cc
  MaybeDraft OpenAccount();
  MaybeDraft Charge();
  MaybeDraft Discharge();
  MaybeDraft CloseAccount();
  void FillDischarge(google::protobuf::RepeatedPtrField<v1::Output>& outputs, const Account& account, Ng fine_ng);

  // market_claims.cc
  MaybeDraft Claim();
  MaybeDraft RetireClaim();
  MaybeDraft RevokeClaim();

  // market_corrections.cc
  MaybeDraft Correct();
  MaybeDraft Void();
  void Alter(v1::Event& event);
  void AlterOutput(v1::Material& output);
  void AlterParticulars(v1::Event& event);

  Dice dice_;
  const World& world_;
  int64_t now_us_;
  int64_t last_recorded_at_us_ = 0;
  bool spoilt_ = false;  // the move that is being made is to go wrong somewhere
  uint64_t numbers_ = 0;
  std::vector<std::string> root_keys_;
  std::deque<std::function<Draft()>> script_;
  std::map<Id, std::vector<std::string>> keys_;  // by party
  std::map<ObjectKind, std::vector<Id>> ids_;    // all that there ever were
  std::vector<Id> live_;                         // lots, some of which are no more
  std::map<Id, std::vector<Id>> held_;           // lots by custodian, some of which moved on
  std::vector<Id> open_offers_;
  std::vector<std::pair<uint64_t, std::string>> told_;  // some entries that can be corrected, with their payloads
  std::vector<Id> exchanged_;                           // lots of which somebody was told an assay
  Id sampled_;                                          // what was left of the lot that was sampled last
  Id touring_;                                          // the attestor who visits one site after the other
  int64_t toured_until_us_ = 0;                         // and since when he is through with the last
  std::vector<v1::Event> repeated_;
  std::vector<std::string> seals_;
  std::map<std::string, std::pair<uint64_t, std::string>> devices_;  // by key: counter and last event
};

/// Changes one field of the message, somewhere in it. `ids` are what else an id may name.
void Mutate(google::protobuf::Message& message, Dice& dice, const std::map<ObjectKind, std::vector<Id>>& ids);

}  // namespace touchstone::ledger::model
