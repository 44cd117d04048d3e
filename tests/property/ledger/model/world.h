// What the reference model knows of a ledger: plain structs in plain maps. No record of the state, no key, no draft.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "touchstone/v1/event.pb.h"
#include "touchstone/v1/record.pb.h"

namespace touchstone::ledger::model {

using Id = std::string;

/// Fine gold in nanograms, and what it may be off by. Wide and signed: nothing overflows, nothing wraps.
__extension__ using Ng = __int128;
inline constexpr Ng kMillion = 1'000'000;

// --- Authority --------------------------------------------------------------------------------------------------------

struct Ledger {
  bool founded = false;
  std::string origin;
  std::string genesis_id;
  std::set<std::string> root_keys;
  std::string log_key;
  uint64_t log_key_index = 0;
  // Before it, the oldest first: each with the entry that announced it and the one that replaced it.
  std::vector<std::tuple<std::string, uint64_t, uint64_t>> former_log_keys;
  std::optional<uint64_t> frozen_at;
  std::string successor;
  uint32_t threshold = 0;
  uint32_t ruleset = 0;
  int64_t ruleset_at_us = 0;  // when the one in force came into force
};

struct Accreditation {
  v1::Scope scope;
  uint64_t index;
  int64_t from_us;
  int64_t until_us;
  std::optional<uint64_t> ended_at = std::nullopt;         // the entry that ended it last
  std::optional<int64_t> annulled_from_us = std::nullopt;  // the effective date, when that annulled it
};

struct Party {
  uint64_t index = 0;
  int64_t recorded_at_us = 0;
  std::set<int> roles;
  Id cooperative;
  std::set<Id> owners;
  std::set<std::string> persons;  // commitments
  std::set<int> offices;          // held now
  std::vector<Accreditation> accreditations;
  std::vector<Id> attestations;  // about it
  std::vector<Id> licences;      // that it holds or held
  size_t offices_ever = 0;
  size_t keys_ever = 0;
  bool suspended = false;
};

struct Key {
  Id party;
  uint64_t given_at = 0;
  bool retired = false;
  std::optional<uint64_t> distrusted_from;
};

struct Ending {
  v1::EndCause cause;
  int64_t at_us;
  uint64_t index;
};

struct Site {
  uint64_t index = 0;
  int64_t recorded_at_us = 0;
  v1::RegisterSite::Kind kind;
  Id operated_by;
  std::optional<v1::GeoPoint> point;
  std::optional<v1::GeoPolygon> area;
  std::set<std::string> registrants;
  std::optional<v1::OutputLimit> registrant_limit;
  std::vector<Id> licences;
  std::vector<Id> attestations;
  // The masses of its outputs, in the order of the log: the last one, and how many in a row had it.
  uint64_t last_mass_mg = 0;
  int same_masses = 0;
};

struct Licence {
  uint64_t index = 0;
  v1::LicenceKind kind;
  Id holder;
  std::string country;
  int64_t from_us;
  int64_t until_us;  // the statutory extension included
  std::optional<v1::OutputLimit> limit;
  std::vector<Ending> endings;
  size_t attestations = 0;
};

struct Attestation {
  uint64_t index = 0;
  int64_t recorded_at_us = 0;
  v1::Scope scope;
  Id subject;
  Id attestor;
  v1::Attest::Conclusion conclusion;
  int64_t from_us;  // not before it was observed
  int64_t until_us;
  std::optional<v1::OutputLimit> capacity;
  std::vector<Ending> endings;
};

/// Where and when a key attests to have been on site.
struct Visitor {
  std::optional<v1::GeoPoint> point;  // of the site it last saw whose point is open
  Id site;
  int64_t from_us = 0;
  int64_t until_us = 0;
  int64_t day = 0;
  std::set<Id> sites_of_day;
};

struct Device {
  uint64_t counter = 0;
  std::string event_id;
  int64_t occurred_at_us = 0;
  std::set<uint64_t> missing;
  uint64_t given_up = 0;
};

struct Policy {
  Id publisher;  // empty for root
  std::set<uint32_t> versions;
};

// --- Gold -------------------------------------------------------------------------------------------------------------

struct Hold {
  v1::HoldRecord::Kind kind;
  Id party;  // empty for the rules
  uint64_t index;
};

struct AssayMade {
  uint64_t index;
  Id party;
  v1::Fineness fineness;
  v1::Assay::Standing standing;
};

struct Lot {
  uint64_t index = 0;       // the entry that made it
  uint64_t balance_of = 0;  // the entry in whose balance it counts: that, or the one that made what it is left of
  v1::Material material;    // as stated; its fineness is the one that governs
  v1::LotRecord::Determination determination = v1::LotRecord::DETERMINATION_UNSPECIFIED;
  v1::LotRecord::Status status = v1::LotRecord::STATUS_LIVE;
  Id custodian;
  Id owner;
  Id offer;
  std::string pack;  // the seal it is packed under
  bool quarantined = false;
  std::vector<Hold> holds;
  std::vector<AssayMade> assays;
  std::vector<Id> samples;             // taken of it while it is to be assayed: they are determined with it
  std::optional<uint64_t> governing;   // the assay or settlement that governs
  std::optional<uint64_t> settled_at;  // the entry that settled its fineness
  bool seen = false;                   // by another than its maker
  int64_t made_at_us = 0;
  uint64_t custody_index = 0;      // the entry by which who has it got it
  Id custody_offer;                // the offer by whose acceptance that was
  std::vector<Id> past;            // who held it, or what it was made of; the latest last
  bool mercury = false;            // in a step before it
  std::map<uint64_t, Ng> sources;  // undetermined material of mines: productions, and how much of each
  std::optional<uint64_t> consumed_by;
  bool annulled = false;  // the source that it was never happened: there is no gold in it
  Ng surplus_ng = 0;      // gained on its way, beyond what the assays by which it entered may be off by
  int depth = 0;          // steps between it and the farthest source

  uint64_t mass_mg() const { return material.has_ore() ? material.ore().dry_mass_mg() : material.gross_mg(); }
  bool determined() const { return determination == v1::LotRecord::DETERMINATION_DETERMINED; }
  bool pending() const { return determination == v1::LotRecord::DETERMINATION_PENDING; }
  bool here() const { return status == v1::LotRecord::STATUS_LIVE || status == v1::LotRecord::STATUS_OFFERED; }
  Ng fine_ng() const { return determined() && !annulled ? Ng{material.gross_mg()} * material.fineness().ppm() : 0; }
};

struct Input {
  Id lot;
  uint64_t mass_mg;
  Ng fine_ng;
};

struct Step {
  v1::StepRecord::Kind kind = v1::StepRecord::KIND_UNSPECIFIED;
  Id party;
  Id site;
  std::vector<Input> inputs;
  std::vector<Id> outputs;  // lots and pieces, remainders apart
  std::vector<Id> remainders;
  uint32_t loss_band_ppm = 0;
  bool first_determination = false;
  Ng in_ng = 0;
  Ng out_ng = 0;
  Ng tolerance_ng = 0;
  Ng brought_ng = 0;  // the surplus of what went in
  int pending = 0;
  bool voided = false;
  int corrections = 0;
  std::optional<v1::Event> corrected;  // as its event reads since its latest correction
  // Of a production.
  int64_t period_from_us = 0;
  int64_t period_until_us = 0;
  std::optional<std::string> registrant;
  // Of an intake.
  v1::Intake::Door door = v1::Intake::DOOR_UNSPECIFIED;
  Id account;
};

struct Offer {
  uint64_t index = 0;
  Id from;
  Id to;
  std::vector<Id> lots;
  v1::TransferRight rights;
  int64_t expires_at_us = 0;
  bool open = true;
  bool accepted = false;
};

struct Piece {
  uint64_t index = 0;
  v1::Piece stated;
  Id custodian;
  Id owner;
  std::vector<Hold> holds;
  std::vector<Id> claims;
  bool retired = false;
  Ng surplus_ng = 0;
  int depth = 0;
};

struct Claim {
  Id piece;
  Id issuer;
  std::set<std::string> packs;
  bool live = true;
  uint64_t ended_index = 0;  // while live
};

/// What an owner has in an account, or lost in one that is closed and has not got back.
struct Balance {
  Ng fine_ng = 0;
  Ng surplus_ng = 0;
};

struct Account {
  v1::OpenAccount::Kind kind;
  Id keeper;
  Id site;
  bool closed = false;
  std::map<Id, Balance> balances;  // by owner
  Ng tolerance_ng = 0;
  Ng charged_ng = 0;
  uint64_t last_charge = 0;
  bool mercury = false;
  std::optional<int64_t> unseen_since_us;  // since the oldest of what nobody had seen was made
  int64_t closed_day = 0;
  int depth = 0;
};

// --- Books ------------------------------------------------------------------------------------------------------------

/// What came out on a day.
struct Yield {
  Ng fine_ng = 0;
  Ng ore_mg = 0;
};
using Output = std::map<int64_t, Yield>;

/// What a party gained, less what it lost, and what it worked on a day.
struct Worked {
  Ng net_gain_ng = 0;
  Ng worked_ng = 0;
};

/// Element to how many assays of a site stated it, and their sum.
using Profile = std::map<std::string, std::pair<int, uint64_t>>;

struct World {
  Ledger ledger;
  std::map<std::string, uint64_t> entries;          // event id to index
  std::vector<std::vector<std::string>> signed_by;  // the keys of each entry
  std::map<std::string, Key> keys;
  std::map<Id, Party> parties;
  std::map<Id, Site> sites;
  std::map<Id, Licence> licences;
  std::set<std::string> licence_numbers;
  std::map<Id, Attestation> attestations;
  std::map<std::string, Visitor> visitors;
  std::map<std::string, Device> devices;
  std::map<std::string, Policy> policies;
  std::map<Id, Lot> lots;
  std::map<uint64_t, Step> steps;
  std::map<Id, Offer> offers;
  std::map<Id, Piece> pieces;
  std::map<Id, Claim> claims;
  std::map<Id, Account> accounts;
  std::map<std::string, std::vector<Id>> packs;  // those that are closed
  std::set<std::string> seals_used;
  std::set<std::pair<Id, std::string>> bar_serials;  // by maker
  std::set<std::pair<Id, std::string>> piece_serials;
  std::map<Id, Output> outputs;                    // of sites, licences, parties; registrants as site/commitment
  std::map<Id, std::map<int64_t, Worked>> worked;  // by party and day
  std::map<Id, Ng> missing_at_count;               // by custodian: what its last count did not find
  std::map<Id, Profile> profiles;                  // of sites
};

/// The thing of this id, or nullptr.
template <typename Things>
auto* Find(Things& things, const typename Things::key_type& id) {
  const auto it = things.find(id);
  return it == things.end() ? nullptr : &it->second;
}

}  // namespace touchstone::ledger::model
