#include "ledger/created.h"

#include <cstdint>

#include "ledger/ids.h"

namespace touchstone::ledger {
namespace {

/// Numbers the outputs of one event, over all their kinds.
class Numbering {
 public:
  explicit Numbering(const crypto::Hash& event_id) : event_id_(event_id) {}
  void Add(ObjectKind kind, int count) {
    for (int i = 0; i < count; ++i) ids_.push_back(ObjectId(kind, event_id_, static_cast<uint32_t>(ids_.size())));
  }
  std::vector<std::string> Take() { return std::move(ids_); }

 private:
  crypto::Hash event_id_;
  std::vector<std::string> ids_;
};

/// Each part leaves a remainder, which is a lot of the same event.
int Remainders(const google::protobuf::RepeatedPtrField<v1::LotPart>& inputs) {
  int count = 0;
  for (const v1::LotPart& input : inputs) count += input.part_gross_mg() > 0 ? 1 : 0;
  return count;
}

}  // namespace

std::vector<std::string> CreatedIds(const v1::Event& event, const crypto::Hash& event_id) {
  Numbering made(event_id);
  if (event.has_register_party()) made.Add(ObjectKind::kParty, 1);
  if (event.has_register_site()) made.Add(ObjectKind::kSite, 1);
  if (event.has_register_licence()) made.Add(ObjectKind::kLicence, 1);
  if (event.has_attest()) made.Add(ObjectKind::kAttestation, 1);
  if (event.has_offer()) made.Add(ObjectKind::kOffer, 1);
  if (event.has_claim()) made.Add(ObjectKind::kClaim, 1);
  if (event.has_open_account()) made.Add(ObjectKind::kAccount, 1);
  if (event.has_produce()) made.Add(ObjectKind::kLot, event.produce().outputs_size());
  if (event.has_intake()) made.Add(ObjectKind::kLot, event.intake().outputs_size());
  if (event.has_sample()) made.Add(ObjectKind::kLot, 2);
  if (event.has_lose()) made.Add(ObjectKind::kLot, event.lose().part_gross_mg() > 0 ? 1 : 0);
  if (event.retire().kind() == v1::Retire::KIND_MELTED_DOWN) made.Add(ObjectKind::kLot, 1);
  if (event.has_charge()) made.Add(ObjectKind::kLot, Remainders(event.charge().inputs()));
  if (event.has_discharge()) made.Add(ObjectKind::kLot, event.discharge().outputs_size());
  if (event.has_close_account()) made.Add(ObjectKind::kLot, event.close_account().counted_size());
  if (event.has_process()) {
    made.Add(ObjectKind::kLot, event.process().outputs_size() + Remainders(event.process().inputs()));
  }
  if (event.has_transform()) {
    made.Add(ObjectKind::kLot, event.transform().outputs_size() + Remainders(event.transform().inputs()));
  }
  if (event.has_make_piece()) {
    made.Add(ObjectKind::kPiece, event.make_piece().pieces_size());
    made.Add(ObjectKind::kLot, event.make_piece().leftovers_size() + Remainders(event.make_piece().inputs()));
  }
  return made.Take();
}

}  // namespace touchstone::ledger
