// Rules as tables: one fact changed in an honest event, and the reason for which it is refused.
#pragma once

#include <string>
#include <vector>

#include "ledger/decide.h"
#include "tests/support/memory_ledger.h"
#include "tests/support/story.h"

namespace touchstone::ledger {

/// An event before it is signed, and by whom.
struct Said {
  v1::Event event;
  std::vector<std::string> by;
};

/// What was taken in, treated, kept, stopped and counted. Of keeper unless said otherwise.
struct InCustody {
  std::string old_dore;                               // of hermit; nobody has seen it for three months
  std::string vault;                                  // keeper's store
  std::string bar, grain;                             // all that keeper holds
  std::string stock_count;                            // attestation of keeper's stock, by auditor
  std::string concentrate, tailings, toxic_tailings;  // of washer, undetermined; mercury was used on the last
  std::string sweeps;                                 // of washer, determined
  std::string sealed, bare;                           // doré of refiner, which came under seal S-1, and under none
  std::string packed, packed_too;                     // doré of north under the seal P-1; P-0 was opened
  std::string held, disputed;                         // doré of north, held and disputed by it
  std::string stopped_offer;                          // by north to refiner, of doré that was held since
  std::string sampled;                                // a sample of north's
  std::string recalled;                               // doré of north that it called back
  std::string ring, held_ring, sold_ring;             // of goldsmith; the last one was sold to a consumer
  std::string ring_claim;                             // on the first of them
};

/// What the world weighs and accounts for. Everything is caster's where nothing else is said.
struct Weighed {
  std::string refinery;                          // its site
  std::string grain, much_grain, kilo;           // 60 g, a bar's worth, a kilogram assayed by XRF
  std::string campaign, closed_bench;            // accounts: one with 50 g in it, one that lost a gram
  std::string assayed, settled;                  // doré that caster holds and north owns, assayed for both
  std::vector<uint64_t> assays, settled_assays;  // their entries
  std::string pit, dore;                         // deep's mine, which can yield a kilogram a month, and of its doré
};

/// What is exchanged, worked and measured besides. Everything is refiner's where nothing else is said.
struct InBooks {
  std::string works;                       // its refinery
  std::string circuit, pool, fresh;        // accounts: with 90 g of its own; with its own and north's; never charged
  std::string scrap, lent, sweeps;         // 100 g at 900; owned by north; never determined
  std::string heap;                        // scrap for a Good Delivery bar
  std::string exchanged, contested;        // doré that it holds and north owns: both sides agree; they do not
  std::vector<uint64_t> agreed, disputed;  // assays of the two: 899 and 898; 899, 890 and an umpire's 895
  std::string watched, watched_dore;       // a mine of wester, where ana was idle for two hundred days
};

/// A ledger in which everything that a rule can meet exists once. Nobody changes it: a row only asks what would be
/// decided.
struct World {
  World();

  testing::Story story;
  testing::MemoryLedger ledger;

  std::string mine, south_mine, member_mine, plant;        // sites of north, south, member (keyless), north
  std::string title, ended_licence, export_licence;        // licences: of north twice, of trader
  std::string attestation, ended_attestation;              // by inspector
  std::string dore, second_dore, concentrate, ore, scrap;  // live, of north; dore 100 g, second_dore 50 g, at 900
  std::string souths, members;                             // live doré of south, of member
  std::string unassayed;                                   // doré of north, pending
  std::string consumed, offered, quarantined;              // of north; the last one held by refiner
  std::string lent;                                        // doré held by refiner, owned by north
  std::string melt;                                        // pending, of refiner, 90 g of fine gold went in
  std::string silver_melt;                                 // 100 g at 900 of refiner
  std::string open_offer, closed_offer, expiring_offer;    // by north to refiner
  std::string bar, ring;                                   // of jeweler; serials B-1 and R-1 are used
  std::string claim, retired_claim;                        // by jeweler, on ring
  InCustody kept;
  Weighed weighed;
  InBooks books;

  // Links, bars and thefts: see world_authority.cc.
  std::string quarry_mine, dredge_mine;  // of quarry and dredge, whose owners are behind cousin and partner too
  std::string far_mine;                  // of south, an ocean away from the others
  std::vector<std::string> pits;         // of south; inspector visited all but the last on one day
  int64_t visited_at_us = 0;             // that day
  std::string fenced;                    // a plant of south with an outline: kFenceE7 around its first corner
  std::string stolen, robbed;            // doré: made by a thief as south, handed to trader by a thief as south
  std::string lone_title;                // a title over the first pit alone, registered by a thief as clerk
  uint64_t theft_index = 0;              // from which on south-7, clerk and usher are distrusted
  std::string device_event_id;           // the last event of dredge's device: its fifth; two before it are missing
  int64_t device_at_us = 0;              // when it happened

 private:
  testing::Statement Record(testing::Statement statement);
  void Cast();
  void Past();
  void Papers();
  void Gold();
  void Jewelry();
  void Weighing();
  void Exchanging();
  void Yielding();
  void Books();
  void BookAccounts();
  void BookAssays();
  void BookOutput();
  void Keeping();
  void KeepStock();
  void KeepTreated();
  void KeepSealed();
  void KeepStopped();
  void KeepPieces();
  void Authority();
  void Links();
  void Places();
  void Bars();
  void Thefts();
  void Devices();
};

/// The outline of World::fenced: a square of this side, north-east of this corner.
inline constexpr int32_t kFenceLatitudeE7 = -153'000'000;
inline constexpr int32_t kFenceLongitudeE7 = -744'000'000;
inline constexpr int32_t kFenceE7 = 100'000;
v1::GeoPolygon SquareFrom(int32_t latitude_e7, int32_t longitude_e7, int32_t side_e7 = kFenceE7);

/// The same world for every test.
const World& TheWorld();

/// Signs what is said. Everything but the signer keys is taken as it stands.
std::string Envelope(const Said& said);

/// One rule. `honest` is admitted; with `offend` done to it, it is refused for `reason` at `field`.
struct Rule {
  const char* behaviour;
  Said (*honest)(const World&);
  void (*offend)(const World&, Said&);
  v1::Reason reason;
  const char* field;
};

/// One red flag. `honest` is admitted without it; with `change` done, it is admitted with it.
struct Flag {
  const char* behaviour;
  Said (*honest)(const World&);
  void (*change)(const World&, Said&);
  v1::FindingCode finding;
};

/// All tables, in one order.
std::vector<Rule> AllRules();
std::vector<Flag> AllFlags();

std::vector<Rule> CommonRules();
std::vector<Rule> AuthorityRules();
std::vector<Rule> LogRules();
std::vector<Rule> TrustRules();
std::vector<Rule> ChangeRules();
std::vector<Rule> CustodyRules();
std::vector<Rule> PieceRules();
std::vector<Rule> EnteringRules();
std::vector<Rule> KeepingRules();
std::vector<Rule> LeavingRules();
std::vector<Flag> Flags();
std::vector<Flag> CustodyFlags();
std::vector<Rule> MassRules();
std::vector<Rule> ExchangeRules();
std::vector<Rule> WorkAccountRules();
std::vector<Flag> MassFlags();
std::vector<Flag> BookFlags();
std::vector<Flag> AuthorityFlags();
std::vector<Rule> CorrectionRules();
std::vector<Flag> CorrectionFlags();

/// An honest event for each verb, to start from.
namespace honest {
Said Genesis(const World& w);
Said RegisterParty(const World& w);
Said Appoint(const World& w);
Said EndAppointment(const World& w);
Said Accredit(const World& w);
Said EndAccreditation(const World& w);
Said AddKey(const World& w);
Said RetireKey(const World& w);
Said UpdateParty(const World& w);
Said SuspendParty(const World& w);
Said DistrustKey(const World& w);
Said UpdateSite(const World& w);
Said PublishPolicy(const World& w);
Said RotateLogKey(const World& w);  // from log to log-2
Said FreezeLog(const World& w);
Said FromDevice(const World& w);  // of dredge's device, the next after World::device_event_id
Said RegisterSite(const World& w);
Said RegisterLicence(const World& w);
Said EndLicence(const World& w);
Said Attest(const World& w);
Said EndAttestation(const World& w);
Said Produce(const World& w);
Said Assay(const World& w);
Said Offer(const World& w);
Said Accept(const World& w);
Said Reject(const World& w);
Said CancelOffer(const World& w);
Said HandOver(const World& w);
Said Receive(const World& w);
Said Export(const World& w);
Said Melt(const World& w);
Said Merge(const World& w);
Said Split(const World& w);
Said Refine(const World& w);
Said MakePiece(const World& w);
Said Claim(const World& w);
Said RetireClaim(const World& w);
Said RevokeClaim(const World& w);
Said Intake(const World& w);
Said IntakeOfStock(const World& w);
Said Process(const World& w);
Said ProcessOfSweeps(const World& w);
Said Sample(const World& w);
Said Pack(const World& w);
Said Unpack(const World& w);
Said Hold(const World& w);
Said HoldOfPiece(const World& w);
Said Dispute(const World& w);
Said Release(const World& w);
Said Stocktake(const World& w);
Said Import(const World& w);
Said Retire(const World& w);
Said RetireOfPiece(const World& w);
Said Lose(const World& w);
Said Recall(const World& w);
Said UmpiresAssay(const World& w);
Said Settle(const World& w);
Said SettleByUmpire(const World& w);
Said OpenAccount(const World& w);
Said Charge(const World& w);
Said Discharge(const World& w);
Said CloseAccount(const World& w);
Said ProduceWatched(const World& w);
}  // namespace honest

}  // namespace touchstone::ledger
