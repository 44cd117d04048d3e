// Valid histories for tests: deterministic actors, and one helper for each verb of the road from a mine to a ring.
//
// The same story told twice has the same bytes. Actors are known by name; a name is also the seed of its key.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crypto/hash.h"
#include "crypto/keys.h"
#include "ledger/ids.h"
#include "ledger/ruleset.h"
#include "touchstone/v1/event.pb.h"

namespace touchstone::testing {

/// When stories begin unless they are told otherwise: 2026-03-01T00:00:00Z in Unix microseconds.
inline constexpr int64_t kStoryStartUs = 1'772'323'200LL * 1'000'000;

/// One signed event.
struct Statement {
  v1::Event event;
  crypto::Hash event_id;
  std::string envelope;  // its bytes

  /// The id of output `number`.
  std::string Id(ledger::ObjectKind kind, uint32_t number = 0) const {
    return ledger::ObjectId(kind, event_id, number);
  }
  std::string party() const { return Id(ledger::ObjectKind::kParty); }
  std::string site() const { return Id(ledger::ObjectKind::kSite); }
  std::string licence() const { return Id(ledger::ObjectKind::kLicence); }
  std::string attestation() const { return Id(ledger::ObjectKind::kAttestation); }
  std::string offer() const { return Id(ledger::ObjectKind::kOffer); }
  std::string lot(uint32_t number = 0) const { return Id(ledger::ObjectKind::kLot, number); }
  std::string piece(uint32_t number = 0) const { return Id(ledger::ObjectKind::kPiece, number); }
  std::string claim() const { return Id(ledger::ObjectKind::kClaim); }
};

/// The key that the actor of this name has in every story.
crypto::SecretKey KeyOf(std::string_view actor);

// --- Material --------------------------------------------------------------------------------------------------------

v1::Fineness FineAs(uint32_t ppm, v1::AssayMethod method = v1::ASSAY_METHOD_FIRE_ASSAY, uint32_t uncertainty_ppm = 500);
/// Metal or concentrate of known fineness.
v1::Material Metal(v1::Form form, uint64_t gross_mg, uint32_t ppm);
/// Metal whose fineness is still to be determined.
v1::Material Unassayed(v1::Form form, uint64_t gross_mg);
/// All of a lot, or with `part_gross_mg` a part of it.
v1::LotPart Take(std::string_view lot_id, uint64_t part_gross_mg = 0);
v1::Output Into(v1::Material material, std::string_view serial = "");

// --- Story -----------------------------------------------------------------------------------------------------------

/// Tells events in order. Each happens a second after the one before. Not thread-safe.
class Story {
 public:
  static constexpr std::string_view kOrigin = "gold.example/story";

  /// `told` is how many events this story's nonces pass over: two stories of one ledger must not tell the same one.
  explicit Story(int64_t start_us = kStoryStartUs, uint64_t told = 0) : now_us_(start_us), told_(told) {}
  virtual ~Story() = default;

  /// Signs `event` by the actors named: fills in genesis id, nonce and, when it is 0, occurred_at.
  Statement Sign(v1::Event event, const std::vector<std::string>& signers);

  // The ledger. Its root is the actor `root`, its registrar `registry`, its accreditor `accreditor`.

  Statement Genesis(const crypto::PublicKey& log_key, std::string_view origin = kOrigin,
                    uint32_t ruleset_version = ledger::NewestRuleset().version);
  Statement ActivateRuleset(uint32_t version);
  /// The key of the actor `now` takes the place of that of `before`.
  Statement RotateLogKey(std::string_view now, std::string_view before);
  Statement FreezeLog(std::string_view successor_origin = "");
  /// Goes on in a ledger whose genesis was made elsewhere; its root must be the actor `root`.
  void Continue(const crypto::Hash& genesis_id) { genesis_id_ = genesis_id; }
  /// Registers `registry` and `accreditor` and gives them their offices: four events.
  std::vector<Statement> Offices();

  // Who and where.

  Statement RegisterParty(const std::string& actor, std::string_view country, const std::vector<v1::Role>& roles,
                          const std::string& by = "registry");
  /// Registers whatever `party` says, and knows it as `actor` from now on.
  Statement Register(const std::string& actor, v1::RegisterParty party, const std::string& by = "registry");
  Statement Appoint(const std::string& actor, v1::Office office);
  Statement EndAppointment(const std::string& actor, v1::Office office, v1::EndCause cause);
  Statement Accredit(const std::string& actor, const std::vector<v1::Scope>& scopes);
  Statement EndAccreditation(const std::string& actor, v1::Scope scope, v1::EndCause cause);
  /// The actor takes the key of `new_key`, gives up the key of `old_key`.
  Statement AddKey(const std::string& actor, std::string_view new_key);
  Statement RetireKey(const std::string& actor, std::string_view old_key);
  /// The registrar distrusts the key of `name`, changes particulars, bars the actor or lets it in again.
  Statement DistrustKey(std::string_view name, uint64_t from_index);
  Statement UpdateParty(const std::string& actor, v1::UpdateParty update);
  Statement SuspendParty(const std::string& actor, bool lift = false);
  Statement UpdateSite(std::string_view site_id, v1::UpdateSite update);
  Statement PublishPolicy(const std::string& actor, std::string_view policy_id, uint32_t version);
  Statement RegisterSite(std::string_view name, v1::RegisterSite::Kind kind, const std::string& operator_actor,
                         std::string_view country);
  Statement RegisterLicence(v1::LicenceKind kind, const std::string& holder, const std::vector<std::string>& site_ids,
                            std::string_view number, std::string_view country);
  /// Endings are effective at the moment they happen unless told otherwise.
  Statement EndLicence(std::string_view licence_id, v1::EndCause cause, int64_t effective_at_us = 0);
  Statement Attest(const std::string& attestor, v1::Scope scope, std::string_view subject_id,
                   v1::Attest::Conclusion conclusion = v1::Attest::CONCLUSION_CONFORMANT);
  Statement EndAttestation(const std::string& attestor, std::string_view attestation_id, v1::EndCause cause,
                           int64_t effective_at_us = 0);

  // Gold.

  Statement Produce(const std::string& actor, std::string_view site_id, const std::vector<v1::Material>& outputs,
                    v1::ProcessRoute route = v1::PROCESS_ROUTE_GRAVITY_DIRECT_SMELTING,
                    v1::MercuryUse mercury_use = v1::MERCURY_USE_NOT_USED);
  Statement Offer(const std::string& actor, const std::vector<std::string>& lot_ids, const std::string& to);
  Statement Accept(const std::string& actor, std::string_view offer_id);
  Statement Reject(const std::string& actor, std::string_view offer_id);
  Statement CancelOffer(const std::string& actor, std::string_view offer_id);
  Statement HandOver(const std::string& from, const std::string& to, const std::vector<std::string>& lot_ids);
  /// The custodian weighs a lot again.
  Statement Receive(const std::string& actor, std::string_view lot_id, uint64_t gross_mg);
  Statement Export(const std::string& actor, const std::vector<std::string>& lot_ids, std::string_view from_country,
                   std::string_view to_country, std::string_view licence_id = "");
  Statement Transform(const std::string& actor, v1::Transform::Kind kind, const std::vector<v1::LotPart>& inputs,
                      const std::vector<v1::Output>& outputs, uint64_t added_non_gold_mg = 0);
  Statement Assay(const std::string& actor, std::string_view lot_id, const v1::Fineness& fineness);
  Statement MakePieces(const std::string& actor, const std::vector<v1::LotPart>& inputs,
                       const std::vector<v1::Piece>& pieces, const std::vector<v1::Material>& leftovers = {});
  Statement Claim(const std::string& actor, std::string_view piece_id, const std::vector<v1::PolicyRef>& policies,
                  uint64_t evidence_size);
  Statement RetireClaim(const std::string& actor, std::string_view claim_id);
  Statement RevokeClaim(const std::string& actor, std::string_view claim_id, std::string_view reason);

  // What enters from outside, is treated, kept, stopped, counted, and leaves.

  Statement Intake(const std::string& actor, v1::Intake::Door door, const std::vector<v1::Material>& outputs,
                   std::string_view country = "");
  Statement Process(const std::string& actor, std::string_view site_id, const std::vector<v1::LotPart>& inputs,
                    const std::vector<v1::Material>& outputs, v1::ProcessRoute route = v1::PROCESS_ROUTE_GRAVITY,
                    v1::MercuryUse mercury_use = v1::MERCURY_USE_NOT_USED);
  Statement Sample(const std::string& actor, std::string_view lot_id, uint64_t gross_mg, const std::string& laboratory);
  Statement Pack(const std::string& actor, const std::vector<std::string>& lot_ids, std::string_view seal);
  Statement Unpack(const std::string& actor, std::string_view seal, bool intact = true);
  Statement Hold(const std::string& actor, std::string_view subject_id);
  Statement Dispute(const std::string& actor, std::string_view subject_id);
  Statement Release(const std::string& actor, std::string_view subject_id, std::string_view attestation_id = "");
  /// Each lot with what it weighs.
  Statement Stocktake(const std::string& actor, std::string_view site_id,
                      const std::vector<std::pair<std::string, uint64_t>>& counted);
  Statement Import(const std::string& actor, const std::vector<std::string>& lot_ids, std::string_view country);
  Statement Retire(const std::string& actor, std::string_view subject_id, v1::Retire::Kind kind);
  /// All of the lot is stolen, or with `part_gross_mg` a part of it.
  Statement Lose(const std::string& actor, std::string_view lot_id, uint64_t part_gross_mg = 0);
  Statement Recall(const std::string& actor, std::string_view lot_id);

  /// The party that the actor was registered as; aborts when it was not.
  const std::string& PartyOf(const std::string& actor) const;
  const crypto::Hash& genesis_id() const { return genesis_id_; }

  /// When the next event happens, Unix microseconds.
  int64_t now_us() const { return now_us_; }
  void AdvanceUs(int64_t by_us) { now_us_ += by_us; }

 protected:
  /// What an event that is filled in becomes: here it is signed by the keys of KeyOf.
  virtual Statement Seal(const v1::Event& event, const std::vector<std::string>& signers);
  /// The key by which an actor, or a further key of one, is known to the ledger.
  virtual crypto::PublicKey PublicKeyOf(std::string_view actor);

 private:
  int64_t now_us_;
  uint64_t told_;
  crypto::Hash genesis_id_;
  std::map<std::string, std::string, std::less<>> parties_;
};

/// The road from two mines to a ring, after genesis: what was said in order, and the names of what matters.
struct MineToRing {
  std::vector<Statement> statements;
  std::string mine_site;   // of the first mine
  std::string other_site;  // of the second
  std::string first_lot;   // doré of the first mine
  std::string second_lot;  // doré of the second mine
  std::string melt;        // both, melted by the refiner and assayed
  std::string bar;         // refined
  std::string ring;
};

/// Offices, actors (`north`, `south`: mines; `refiner`, `laboratory`, `inspector`, `jeweler`), licences, attestations,
/// two productions, a face-to-face hand-over and an accepted offer, melt, assay, refining, offer to the jeweler, a
/// ring.
MineToRing TellMineToRing(Story& story);

/// The road once more, of the same mines and people: the eleven events from the productions to another ring, whose
/// serial and that of its bar end in `number`.
MineToRing TellMineToRingAgain(Story& story, const MineToRing& before, int number);

}  // namespace touchstone::testing
