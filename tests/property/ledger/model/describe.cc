#include "tests/property/ledger/model/describe.h"

#include <fmt/format.h>

#include "ledger/mass.h"
#include "tests/property/ledger/model/balance.h"

namespace touchstone::ledger::model {
namespace {

int64_t Narrow(Ng ng) { return static_cast<int64_t>(ng); }

template <typename Holds>
std::vector<Hold> HoldsIn(const Holds& records) {
  std::vector<Hold> holds;
  for (const v1::HoldRecord& hold : records) holds.push_back({hold.kind(), hold.party_id(), hold.index()});
  return holds;
}

}  // namespace

std::string Describe(const std::vector<Hold>& holds) {
  std::string text;
  for (const Hold& hold : holds)
    text += fmt::format("{} by {} at {}; ", static_cast<int>(hold.kind), hold.party, hold.index);
  return text;
}

std::string Describe(const Lot& lot) {
  return fmt::format("status {}, custodian {}, owner {}, fine {}, quarantined {}, pack {}, holds {}",
                     static_cast<int>(lot.status), lot.custodian, lot.owner, Narrow(lot.fine_ng()), lot.quarantined,
                     lot.pack, Describe(lot.holds));
}

std::string Describe(const v1::LotRecord& lot) {
  return fmt::format("status {}, custodian {}, owner {}, fine {}, quarantined {}, pack {}, holds {}",
                     static_cast<int>(lot.status()), lot.custodian_party_id(), lot.owner_party_id(), lot.fine_ng(),
                     lot.quarantined(), lot.pack_seal(), Describe(HoldsIn(lot.holds())));
}

std::string Describe(const Piece& piece) {
  return fmt::format("custodian {}, owner {}, claims {}, retired {}, holds {}", piece.custodian, piece.owner,
                     piece.claims.size(), piece.retired, Describe(piece.holds));
}

std::string Describe(const v1::PieceRecord& piece) {
  return fmt::format("custodian {}, owner {}, claims {}, retired {}, holds {}", piece.custodian_party_id(),
                     piece.owner_party_id(), piece.claim_ids_size(), piece.retired() != 0,
                     Describe(HoldsIn(piece.holds())));
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

std::string Describe(const Step& step) {
  return fmt::format("lost {}, gained {}, pending {}", Narrow(LossOf(step)), Narrow(GainOf(step)), step.pending);
}

std::string Describe(const v1::StepRecord& step) {
  const bool open = step.pending_outputs() > 0;
  return fmt::format("lost {}, gained {}, pending {}", open ? 0 : step.loss_ng(), open ? 0 : step.gain_ng(),
                     step.pending_outputs());
}

std::string Describe(const Account& account) {
  std::string text = fmt::format("loss {}, tolerance {}; ", Narrow(account.loss_ng), Narrow(account.tolerance_ng));
  for (const auto& [owner, fine_ng] : account.balances) text += fmt::format("{} has {}; ", owner, Narrow(fine_ng));
  return text;
}

std::string Describe(const v1::AccountRecord& record) {
  Account account;
  account.loss_ng = record.loss_ng();
  account.tolerance_ng = record.tolerance_ng();
  for (const v1::AccountBalance& balance : record.balances()) {
    account.balances[balance.owner_party_id()] = static_cast<Ng>(FromRecord(balance.fine_ng()));
  }
  return Describe(account);
}

}  // namespace touchstone::ledger::model
