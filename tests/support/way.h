// The way of gold from a mine over a plant to a ring, told as every pack that comes with the software asks for it, or
// with one fact changed.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "crypto/hash.h"
#include "tests/support/story.h"
#include "touchstone/v1/policy.pb.h"

namespace touchstone::testing {

/// An attestation that is issued before the gold is won, about whatever `about` speaks of.
struct Paper {
  v1::Scope scope = v1::SCOPE_UNSPECIFIED;
  v1::AttestationRule::About about = v1::AttestationRule::ABOUT_SOURCE;
  std::string standard = {};
  v1::Attest::Visit visit = v1::Attest::VISIT_UNANNOUNCED;
  std::string attestor = "inspector";
  bool old = false;  // issued WayFacts::old_days before the others
};

/// Whether such a paper is what the rule asks for.
bool Answers(const Paper& paper, const v1::AttestationRule& rule);
/// A paper for each attestation that the packs ask for, those of their certification included.
std::vector<Paper> PapersFor(const std::vector<const v1::PolicyPack*>& packs);

/// What is told. As it stands nobody has a paper, and everything else is as the packs ask for it.
struct WayFacts {
  std::vector<Paper> papers = {};
  int old_days = 0;
  std::string country = "PE";                                       // of the mine
  std::optional<v1::LicenceKind> licence = v1::LICENCE_KIND_TITLE;  // of the mine
  std::string holder = "north";                                     // of that licence
  v1::ProcessRoute won_by = v1::PROCESS_ROUTE_GRAVITY;
  v1::MercuryUse mercury = v1::MERCURY_USE_NOT_USED;      // at the mine
  bool leached_tailings = false;                          // the plant leaches tailings in place of smelting concentrate
  v1::ProcessRoute smelted_by = v1::PROCESS_ROUTE_BORAX;  // unspecified: the plant does not say
  v1::CustodyModel model = v1::CUSTODY_MODEL_SEGREGATED;  // under which it smelts two lots together
  bool second_mine_without_papers = false;                // the second of them comes from there
  std::optional<v1::Intake::Door> door = {};              // the gold enters by it in place of a mine
  v1::Intake::RecycledKind recycled_kind = v1::Intake::RECYCLED_KIND_POST_CONSUMER;
};

/// Tells the history to `say`, event by event. `north` mines, `plant` smelts, `refiner` takes in what comes from
/// outside, `jeweler` makes the ring; `inspector` and `plant` may attest anything.
class Way {
 public:
  using Say = std::function<void(const Statement&)>;

  /// With a genesis id it goes on in a ledger that was founded elsewhere, by the root of stories.
  Way(const WayFacts& facts, Say say, const crypto::Hash* genesis_id = nullptr);

  Story story;
  std::string mine, mill;                 // sites
  std::vector<std::string> attestations;  // as the papers of the facts
  std::string gold;                       // the lot that the ring was made of
  std::string ring;

 private:
  Statement Tell(const Statement& statement);
  void Cast(const WayFacts& facts, const crypto::Hash* genesis_id);
  void Accredit();
  void Issue(const WayFacts& facts, bool old);
  void Attest(const Paper& paper, const std::string& subject_id);
  std::string Won(const std::string& actor, const std::string& site, const WayFacts& facts);
  std::string Smelted(const WayFacts& facts);
  std::string Leached(const WayFacts& facts);
  std::string TakenIn(const WayFacts& facts);

  const Say say_;
};

}  // namespace touchstone::testing
