#include "tests/property/ledger/model/describe.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

#include "base/encoding.h"
#include "ledger/mass.h"
#include "tests/property/ledger/model/balance.h"

namespace touchstone::ledger::model {
namespace {

constexpr int64_t kDaysThatCount = 90;

int64_t Narrow(Ng ng) { return static_cast<int64_t>(ng); }

std::string Describe(const std::vector<Hold>& holds) {
  std::string text;
  for (const Hold& hold : holds)
    text += fmt::format("{} by {} at {}; ", static_cast<int>(hold.kind), hold.party, hold.index);
  return text;
}

template <typename Records>
std::string DescribeHolds(const Records& records) {
  std::vector<Hold> holds;
  for (const v1::HoldRecord& hold : records) holds.push_back({hold.kind(), hold.party_id(), hold.index()});
  return Describe(holds);
}

std::string Describe(const v1::Material& material) {
  const v1::Fineness& fineness = material.fineness();
  return fmt::format("form {}, {} mg, {} dry mg, {} ppm of method {} within {}, seal {}",
                     static_cast<int>(material.form()), material.gross_mg(), material.ore().dry_mass_mg(),
                     fineness.ppm(), static_cast<int>(fineness.method()), fineness.uncertainty_ppm(), material.seal());
}

/// What a lot is, and what it can do.
template <typename Holds>
std::string DescribeStanding(int status, int determination, bool quarantined, bool settled, bool seen, bool mercury,
                             int64_t surplus_ng, const Id& custodian, const Id& owner, const Id& offer,
                             const std::string& pack, const Holds& holds) {
  return fmt::format(
      "status {}, determination {}, quarantined {}, settled {}, seen {}, mercury {}, surplus {}, custodian {}, owner "
      "{}, offer {}, pack {}, holds {}",
      status, determination, quarantined, settled, seen, mercury, surplus_ng, custodian, owner, offer, pack, holds);
}

/// Where it comes from.
template <typename Parties, typename Samples>
std::string DescribePast(uint64_t balance_of, uint64_t governing, int64_t made_at_us, uint64_t custody, const Id& offer,
                         size_t assays, const Parties& past, const Samples& samples,
                         const std::map<uint64_t, int64_t>& sources) {
  return fmt::format(
      "; counts in {}, governed by {}, made at {}, held since {} by offer {}, {} assays, past {}, samples {}, sources "
      "{}",
      balance_of, governing, made_at_us, custody, offer, assays, past, samples, sources);
}

}  // namespace

std::string Describe(const Lot& lot) {
  std::map<uint64_t, int64_t> sources;
  for (const auto& [index, weight] : lot.sources) sources[index] = Narrow(weight);
  return fmt::format("{}, fine {}; ", Describe(lot.material), Narrow(lot.fine_ng())) +
         DescribeStanding(lot.status, lot.determination, lot.quarantined, lot.settled_at.has_value(), lot.seen,
                          lot.mercury, Narrow(lot.surplus_ng), lot.custodian, lot.owner, lot.offer, lot.pack,
                          Describe(lot.holds)) +
         DescribePast(lot.balance_of, lot.governing.value_or(0), lot.made_at_us, lot.custody_index, lot.custody_offer,
                      lot.assays.size(), lot.past, lot.samples, sources);
}

std::string Describe(const v1::LotRecord& lot) {
  std::map<uint64_t, int64_t> sources;
  for (const v1::SourceRecord& source : lot.sources()) {
    sources[source.index()] = static_cast<int64_t>(source.weight());
  }
  return fmt::format("{}, fine {}; ", Describe(lot.material()), lot.fine_ng()) +
         DescribeStanding(lot.status(), lot.determination(), lot.quarantined(), lot.settled(), lot.seen(),
                          lot.mercury_history(), lot.surplus_ng(), lot.custodian_party_id(), lot.owner_party_id(),
                          lot.offer_id(), lot.pack_seal(), DescribeHolds(lot.holds())) +
         DescribePast(lot.origin_index() == 0 ? lot.index() : lot.origin_index(), lot.governing_index(),
                      lot.made_at_us(), lot.custody_index(), lot.custody_offer_id(),
                      static_cast<size_t>(lot.assays_size()), lot.past_party_ids(), lot.sample_ids(), sources);
}

std::string Describe(const Ledger& ledger) {
  std::string text =
      fmt::format("ruleset {}, key {} since {}", ledger.ruleset, HexEncode(ledger.log_key), ledger.log_key_index);
  for (const auto& [key, from, until] : ledger.former_log_keys) {
    text += fmt::format(", {} from {} to {}", HexEncode(key), from, until);
  }
  if (ledger.frozen_at.has_value()) text += fmt::format(", frozen at {} for {}", *ledger.frozen_at, ledger.successor);
  return text;
}

std::string Describe(const v1::LedgerRecord& record) {
  Ledger ledger;
  ledger.ruleset = record.ruleset_version();
  ledger.log_key = record.log_key();
  ledger.log_key_index = record.log_key_index();
  for (const v1::FormerLogKey& former : record.former_log_keys()) {
    ledger.former_log_keys.emplace_back(former.log_key(), former.index(), former.replaced_index());
  }
  if (record.has_freeze()) ledger.frozen_at = record.freeze().index();
  ledger.successor = record.freeze().successor_origin();
  return Describe(ledger);
}

std::string Describe(const Piece& piece) {
  return fmt::format("custodian {}, owner {}, claims {}, retired {}, surplus {}, holds {}", piece.custodian,
                     piece.owner, piece.claims, piece.retired, Narrow(piece.surplus_ng), Describe(piece.holds));
}

std::string Describe(const v1::PieceRecord& piece) {
  return fmt::format("custodian {}, owner {}, claims {}, retired {}, surplus {}, holds {}", piece.custodian_party_id(),
                     piece.owner_party_id(), piece.claim_ids(), piece.retired() != 0, piece.surplus_ng(),
                     DescribeHolds(piece.holds()));
}

std::string Describe(const Offer& offer) {
  return fmt::format("from {} to {}, lots {}, open {}, accepted {}", offer.from, offer.to, offer.lots, offer.open,
                     offer.accepted);
}

std::string Describe(const v1::OfferRecord& offer) {
  return fmt::format("from {} to {}, lots {}, open {}, accepted {}", offer.from_party_id(), offer.to_party_id(),
                     offer.lot_ids(), offer.status() == v1::OfferRecord::STATUS_OPEN,
                     offer.status() == v1::OfferRecord::STATUS_ACCEPTED);
}

std::string Describe(const Claim& claim) {
  return fmt::format("on {} by {}, live {}, ended by {}", claim.piece, claim.issuer, claim.live, claim.ended_index);
}

std::string Describe(const v1::ClaimRecord& claim) {
  return fmt::format("on {} by {}, live {}, ended by {}", claim.piece_id(), claim.party_id(),
                     claim.status() == v1::ClaimRecord::STATUS_LIVE, claim.ended_index());
}

std::string Describe(const Device& device) {
  return fmt::format("counter {}, given up {}, missing {}", device.counter, device.given_up, device.missing);
}

std::string Describe(const v1::DeviceRecord& record) {
  Device device;
  device.counter = record.counter();
  device.given_up = record.given_up();
  device.missing = {record.missing().begin(), record.missing().end()};
  return Describe(device);
}

std::string Describe(const Output& output) {
  std::string text;
  for (const auto& [day, yield] : output)
    text += fmt::format("{}: {} ng, {} mg; ", day, Narrow(yield.fine_ng), Narrow(yield.ore_mg));
  return text;
}

std::string Describe(const v1::OutputRecord& record) {
  Output output;
  for (int i = 0; i < record.days_size(); ++i) {
    output[record.days(i)] = {static_cast<Ng>(record.fine_ng(i)), static_cast<Ng>(record.ore_mg(i))};
  }
  return Describe(output);
}

std::string Describe(const Profile& profile) {
  std::string text;
  for (const auto& [element, known] : profile)
    text += fmt::format("{}: {} in {}; ", element, known.second, known.first);
  return text;
}

std::string Describe(const v1::ProfileRecord& record) {
  Profile profile;
  for (const v1::ElementProfile& element : record.elements()) {
    profile[element.element()] = {static_cast<int>(element.assays()), element.sum_ppm()};
  }
  return Describe(profile);
}

std::string Describe(const Step& step) {
  return fmt::format("out {}, tolerance {}, lost {}, gained {}, pending {}", Narrow(step.out_ng),
                     Narrow(step.tolerance_ng), Narrow(LossOf(step)), Narrow(GainOf(step)), step.pending);
}

std::string Describe(const v1::StepRecord& step) {
  const bool open = step.pending_outputs() > 0;
  return fmt::format("out {}, tolerance {}, lost {}, gained {}, pending {}", step.output_fine_ng(), step.tolerance_ng(),
                     open ? 0 : step.loss_ng(), open ? 0 : step.gain_ng(), step.pending_outputs());
}

std::string Describe(const Account& account) {
  std::string text =
      fmt::format("tolerance {}, charged {}, mercury {}, unseen since {}; ", Narrow(account.tolerance_ng),
                  Narrow(account.charged_ng), account.mercury, account.unseen_since_us.value_or(0));
  for (const auto& [owner, balance] : account.balances) {
    text += fmt::format("{} has {}, surplus {}; ", owner, Narrow(balance.fine_ng), Narrow(balance.surplus_ng));
  }
  return text;
}

std::string Describe(const v1::AccountRecord& record) {
  Account account;
  account.tolerance_ng = record.tolerance_ng();
  account.charged_ng = static_cast<Ng>(FromRecord(record.charged_ng()));
  account.mercury = record.mercury_history();
  if (record.unseen_since_us() != 0) account.unseen_since_us = record.unseen_since_us();
  for (const v1::AccountBalance& balance : record.balances()) {
    account.balances[balance.owner_party_id()] = {static_cast<Ng>(FromRecord(balance.fine_ng())), balance.surplus_ng()};
  }
  return Describe(account);
}

std::string Describe(const std::map<int64_t, Worked>& days, int64_t today) {
  std::string text;
  for (auto it = days.upper_bound(today - kDaysThatCount); it != days.end(); ++it) {
    const auto& [day, worked] = *it;
    if (worked.net_gain_ng == 0 && worked.worked_ng == 0) continue;
    text += fmt::format("{}: {} of {}; ", day, Narrow(worked.net_gain_ng), Narrow(worked.worked_ng));
  }
  return text;
}

std::string Describe(const v1::MassBookRecord& book, int64_t today) {
  std::map<int64_t, Worked> days;
  for (int i = 0; i < book.days_size(); ++i) {
    days[book.days(i)] = {static_cast<Ng>(book.net_gains_ng(i)), static_cast<Ng>(book.worked_ng(i))};
  }
  return Describe(days, today);
}

}  // namespace touchstone::ledger::model
