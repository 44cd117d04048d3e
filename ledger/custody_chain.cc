#include "ledger/custody_chain.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "base/status.h"
#include "ledger/envelope.h"
#include "ledger/state.h"

namespace touchstone::ledger {
namespace {

struct Entry {
  v1::LogEntry entry;
  SignedEvent event;
};

absl::StatusOr<Entry> ReadEntry(const Archive& archive, uint64_t index) {
  TS_ASSIGN_OR_RETURN(const std::string bytes, archive.Entry(index));
  Entry read;
  TS_ASSIGN_OR_RETURN(read.entry, DecodeEntry(bytes));
  TS_ASSIGN_OR_RETURN(read.event, DecodeEnvelope(read.entry.envelope()));
  return read;
}

std::string NameOf(const Archive& archive, const std::string& party_id) {
  return Load<v1::PartyRecord>(archive, party_id).value_or(v1::PartyRecord()).name();
}

/// An envelope is signed by exactly the keys that its event names, in their order.
void AddSignatures(const Archive& archive, const SignedEvent& event, uint64_t index, v1::CustodyTransfer& transfer) {
  for (int i = 0; i < event.envelope.signatures_size(); ++i) {
    const std::string& key = event.event.signer_keys(i);
    v1::ChainSignature& signature = *transfer.add_signatures();
    signature.set_party_id(Load<v1::KeyRecord>(archive, key).value_or(v1::KeyRecord()).party_id());
    signature.set_key(key);
    signature.set_entry_index(index);
    signature.set_signature(event.envelope.signatures(i).signature());
    signature.set_event_id(std::string(event.event_id.view()));
  }
}

void SetSides(const Archive& archive, const std::string& from, const std::string& to, v1::CustodyTransfer& transfer) {
  transfer.set_from_party_id(from);
  transfer.set_from_party_name(NameOf(archive, from));
  transfer.set_to_party_id(to);
  transfer.set_to_party_name(NameOf(archive, to));
}

/// The transfer that the entry is; nullopt when it is none.
absl::StatusOr<std::optional<v1::CustodyTransfer>> TransferAt(const Archive& archive, uint64_t index) {
  TS_ASSIGN_OR_RETURN(const Entry read, ReadEntry(archive, index));
  const v1::Event& event = read.event.event;
  v1::CustodyTransfer transfer;
  if (event.has_hand_over()) {
    SetSides(archive, event.hand_over().from_party_id(), event.hand_over().to_party_id(), transfer);
    transfer.set_rights(event.hand_over().rights());
  } else if (event.has_accept()) {
    const auto offer = Load<v1::OfferRecord>(archive, event.accept().offer_id());
    if (!offer.has_value()) return std::nullopt;
    SetSides(archive, offer->from_party_id(), offer->to_party_id(), transfer);
    transfer.set_rights(offer->rights());
    TS_ASSIGN_OR_RETURN(const Entry offered, ReadEntry(archive, offer->index()));
    AddSignatures(archive, offered.event, offer->index(), transfer);
  } else {
    return std::nullopt;
  }
  AddSignatures(archive, read.event, index, transfer);
  transfer.set_entry_index(index);
  transfer.set_occurred_at_us(event.occurred_at_us());
  transfer.set_recorded_at_us(read.entry.recorded_at_us());
  return transfer;
}

}  // namespace

absl::StatusOr<std::vector<v1::CustodyTransfer>> CustodyChain(const Archive& archive, const Ancestry& ancestry) {
  std::map<uint64_t, std::set<std::string>> lots_at;
  for (const AncestryNode& node : ancestry.nodes) {
    if (node.is_piece) continue;
    TS_ASSIGN_OR_RETURN(const std::vector<uint64_t> history, archive.History(node.id));
    for (const uint64_t index : history) lots_at[index].insert(node.id);
  }
  std::vector<v1::CustodyTransfer> chain;
  for (const auto& [index, lots] : lots_at) {
    TS_ASSIGN_OR_RETURN(std::optional<v1::CustodyTransfer> transfer, TransferAt(archive, index));
    if (!transfer.has_value()) continue;
    for (const std::string& lot : lots) transfer->add_lot_ids(lot);
    chain.push_back(*std::move(transfer));
  }
  return chain;
}

}  // namespace touchstone::ledger
