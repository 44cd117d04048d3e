#include "tests/property/ledger/model/market.h"

#include <algorithm>

#include "base/check.h"
#include "ledger/envelope.h"
#include "tests/property/ledger/model/authority.h"
#include "tests/property/ledger/model/fields.h"

namespace touchstone::ledger::model {
namespace {

constexpr int64_t kSecondUs = 1'000'000;
constexpr int64_t kHourUs = 3'600 * kSecondUs;
constexpr int64_t kStartUs = 1'772'323'200LL * kSecondUs;

}  // namespace

Market::Market(uint64_t seed, const World& world) : dice_(seed), world_(world), now_us_(kStartUs) { Prepare(); }

// --- Time and signatures ----------------------------------------------------------------------------------------------

/// Mostly minutes, sometimes days, seldom weeks: a history takes some years.
void Market::PassTime() {
  const uint64_t dice = dice_.Below(1'000);
  const uint64_t hours = dice < 900 ? 1 : dice < 980 ? 8 : dice < 997 ? 48 : 24 * 14;
  now_us_ += static_cast<int64_t>(dice_.Below(hours * static_cast<uint64_t>(kHourUs)));
}

std::string Market::NewKey() { return std::string(crypto::Sha256("key " + std::to_string(dice_.Next())).view()); }

/// A key with which the party can sign now, or nothing.
std::string Market::UsableKey(const Id& party) {
  const auto keys = keys_.find(party);
  const Party* one = Find(world_.parties, party);
  if (keys == keys_.end() || one == nullptr || one->suspended || !Stands(world_, one->index)) return {};
  const auto usable = [&](const std::string& name) {
    const Key* key = Find(world_.keys, name);
    return key != nullptr && key->party == party && !key->retired && !key->distrusted_from.has_value() &&
           Stands(world_, key->given_at);
  };
  const auto newest = std::find_if(keys->second.rbegin(), keys->second.rend(), usable);
  return newest == keys->second.rend() ? std::string() : *newest;
}

/// It can, or its cooperative can for it.
bool Market::CanAct(const Id& party) {
  if (!UsableKey(party).empty()) return true;
  const Party* one = Find(world_.parties, party);
  return one != nullptr && !one->suspended && SignsFor(world_, one->cooperative, party) &&
         !UsableKey(one->cooperative).empty();
}

void Market::SetKeys(const Draft& draft, v1::Event& event) {
  std::set<std::string> keys;
  if (draft.by_root) keys.insert(root_keys_.begin(), root_keys_.end() - 1);
  for (const Id& party : draft.signers) {
    std::string key = UsableKey(party);
    const Party* one = Find(world_.parties, party);
    const bool by_cooperative = key.empty() || dice_.Chance(10);
    if (by_cooperative && one != nullptr && SignsFor(world_, one->cooperative, party)) {
      const std::string other = UsableKey(one->cooperative);
      if (!other.empty()) {
        key = other;
        event.set_on_behalf_of_party_id(party);
      }
    }
    if (key.empty() && keys_.count(party) != 0 && !keys_[party].empty()) key = keys_[party].back();
    if (!key.empty()) keys.insert(key);
  }
  if (keys.empty()) keys.insert(NewKey());
  for (const std::string& key : keys) event.add_signer_keys(key);
}

/// Some parties' devices count what they sign.
void Market::SetDevice(v1::Event& event) {
  const std::string& key = event.signer_keys(0);
  if (static_cast<unsigned char>(key[0]) % 4 != 0) return;
  const auto [counter, previous] = devices_[key];
  v1::DeviceState& device = *event.mutable_device();
  device.set_counter(counter + 1);
  device.set_previous_event_id(previous);
  device.set_checkpoint_size(dice_.Below(world_.signed_by.size() + 1));
  if (!script_.empty() || (!spoilt_ && dice_.Chance(95))) return;
  switch (dice_.Below(5)) {
    case 0:
      device.set_counter(counter + Between(2, 90));
      break;
    case 1:
      device.set_counter(counter < 3 ? counter : counter - dice_.Below(3));
      break;
    case 2:
      device.set_previous_event_id(std::string(32, 'p'));
      break;
    case 3:
      device.set_checkpoint_size(world_.signed_by.size() + Between(1, 9));
      break;
    default:
      device.set_counter(0);
  }
}

/// Who else signs, or does not; another time, another ledger.
void Market::Spoil(Draft& draft) {
  v1::Event& event = draft.event;
  switch (dice_.Below(14)) {
    case 0:
      draft.signers = {SomeParty()};
      break;
    case 1:
      draft.signers.push_back(SomeParty());
      break;
    case 2:
      draft.by_root = !draft.by_root;
      break;
    case 3:
      event.set_on_behalf_of_party_id(SomeParty());
      break;
    case 4:
      event.set_occurred_at_us(now_us_ + static_cast<int64_t>(dice_.Below(static_cast<uint64_t>(kHourUs))));
      break;
    case 5:
      event.set_utc_offset_min(1'000);
      break;
    case 6:
      if (!draft.signers.empty()) draft.signers.pop_back();
      break;
    default: {
      const auto* body = v1::Event::GetDescriptor()->FindFieldByNumber(event.body_case());
      Mutate(*v1::Event::GetReflection()->MutableMessage(&event, body), dice_, ids_);
    }
  }
}

Move Market::Sign(Draft draft) {
  if (spoilt_ && dice_.Chance(55)) Spoil(draft);
  v1::Event& event = draft.event;
  if (event.occurred_at_us() == 0) {
    const uint64_t dice = dice_.Below(1'000);
    const int64_t longest_us = dice < 900 ? kHourUs : dice < 980 ? 72 * kHourUs : 1'440 * kHourUs;
    event.set_occurred_at_us(now_us_ - static_cast<int64_t>(dice_.Below(static_cast<uint64_t>(longest_us))));
  }
  if (!event.has_genesis()) event.set_genesis_id(world_.ledger.genesis_id);
  if (spoilt_ && dice_.Chance(1)) event.set_genesis_id(std::string(32, 'g'));
  SetKeys(draft, event);
  // A key that is no more is still in somebody's hand.
  if (spoilt_ && dice_.Chance(4)) {
    const auto of = keys_.find(SomeParty());
    if (of != keys_.end() && !of->second.empty()) *event.mutable_signer_keys(0) = dice_.Pick(of->second);
    std::sort(event.mutable_signer_keys()->begin(), event.mutable_signer_keys()->end());
    const auto end = std::unique(event.mutable_signer_keys()->begin(), event.mutable_signer_keys()->end());
    event.mutable_signer_keys()->erase(end, event.mutable_signer_keys()->end());
  }
  std::string nonce;
  for (int i = 0; i < 2; ++i) {
    const uint64_t half = dice_.Next();
    nonce.append(reinterpret_cast<const char*>(&half), sizeof half);
  }
  event.set_nonce(nonce);
  if (!event.has_genesis()) SetDevice(event);
  return {event, EventId(event.SerializeAsString()), 0};
}

Move Market::Next() {
  PassTime();
  spoilt_ = false;
  Move move;
  if (!script_.empty()) {
    move = Sign(script_.front()());
    script_.pop_front();
  } else {
    spoilt_ = dice_.Chance(38);
    if (spoilt_ && !repeated_.empty() && dice_.Chance(2)) {
      const v1::Event& again = dice_.Pick(repeated_);
      move = {again, EventId(again.SerializeAsString()), 0};
    } else {
      MaybeDraft draft;
      while (!draft.has_value()) draft = SomeMove();
      move = Sign(*std::move(draft));
    }
  }
  move.recorded_at_us = std::max(last_recorded_at_us_, now_us_);
  return move;
}

MaybeDraft Market::SomeMove() {
  // How often each is tried, among so many.
  static const std::vector<std::pair<uint64_t, Tried>> moves = {
      {90, &Market::Produce},
      {22, &Market::Intake},
      {40, &Market::Process},
      {170, &Market::Transform},
      {45, &Market::MakePiece},
      {100, &Market::Assay},
      {30, &Market::Settle},
      {25, &Market::Sample},
      {60, &Market::Offer},
      {60, &Market::Accept},
      {12, &Market::Reject},
      {10, &Market::CancelOffer},
      {70, &Market::HandOver},
      {25, &Market::Receive},
      {22, &Market::Pack},
      {22, &Market::Unpack},
      {10, &Market::OpenAccount},
      {35, &Market::Charge},
      {30, &Market::Discharge},
      {8, &Market::CloseAccount},
      {14, &Market::Hold},
      {12, &Market::Dispute},
      {40, &Market::Release},
      {8, &Market::Stocktake},
      {20, &Market::Retire},
      {8, &Market::Lose},
      {15, &Market::Export},
      {15, &Market::Import},
      {22, &Market::Claim},
      {10, &Market::RetireClaim},
      {8, &Market::RevokeClaim},
      {6, &Market::Recall},
      {45, &Market::Attest},
      {8, &Market::EndAttestation},
      {4, &Market::RegisterParty},
      {6, &Market::UpdateParty},
      {4, &Market::SuspendParty},
      {3, &Market::Appoint},
      {2, &Market::EndAppointment},
      {4, &Market::Accredit},
      {2, &Market::EndAccreditation},
      {5, &Market::AddKey},
      {4, &Market::RetireKey},
      {2, &Market::DistrustKey},
      {4, &Market::RegisterSite},
      {6, &Market::UpdateSite},
      {8, &Market::RegisterLicence},
      {5, &Market::EndLicence},
      {5, &Market::PublishPolicy},
      {2, &Market::RotateLogKey},
      {3, &Market::Odd},
      {20, &Market::Correct},
      {14, &Market::Void},
  };
  static const uint64_t whole = [] {
    uint64_t sum = 0;
    for (const auto& [weight, move] : moves) sum += weight;
    return sum;
  }();
  uint64_t dice = dice_.Below(whole);
  for (const auto& [weight, move] : moves) {
    if (dice < weight) return (this->*move)();
    dice -= weight;
  }
  return std::nullopt;
}

void Market::Note(const Move& move, const Answer& answer) {
  if (!answer.faults.empty()) return;
  last_recorded_at_us_ = move.recorded_at_us;
  const v1::Event& event = move.event;
  for (const Id& id : answer.created) ids_[*KindOfId(id)].push_back(id);
  for (const Id& id : answer.touched) {
    const Lot& lot = world_.lots.at(id);
    if (lot.here()) held_[lot.custodian].push_back(id);
    if (lot.here() && lot.index + 1 == world_.signed_by.size()) live_.push_back(id);
  }
  if (event.has_register_party()) {
    keys_[answer.created[0]] = {event.register_party().keys().begin(), event.register_party().keys().end()};
  }
  if (event.has_add_key()) keys_[event.add_key().party_id()].push_back(event.add_key().key());
  if (event.has_offer()) open_offers_.push_back(answer.created[0]);
  if (event.has_sample()) sampled_ = answer.created[1];
  if (event.has_assay() && event.assay().standing() != 0) Remember(exchanged_, event.assay().lot_id());
  if (event.has_pack()) seals_.push_back(event.pack().seal());
  if (event.has_device()) {
    auto& [counter, last] = devices_[event.signer_keys(0)];
    if (event.device().counter() > counter) {
      counter = event.device().counter();
      last = std::string(move.event_id.view());
    }
  }
  Remember(repeated_, event);
  const bool correctable = event.has_produce() || event.has_intake() || event.has_process() || event.has_transform() ||
                           event.has_hand_over() || event.has_accept() || (event.has_offer() && dice_.Chance(20));
  if (correctable || dice_.Chance(1)) Remember(told_, {world_.signed_by.size() - 1, event.SerializeAsString()});
}

}  // namespace touchstone::ledger::model
