#include "tests/cheats/events.h"

#include <algorithm>

#include "ledger/withheld.h"

namespace touchstone::cheats {
namespace {

constexpr int64_t kSecondUs = 1'000'000;

void AddAll(const std::vector<v1::LotPart>& parts, google::protobuf::RepeatedPtrField<v1::LotPart>* field) {
  for (const v1::LotPart& part : parts) *field->Add() = part;
}

void AddAll(const std::vector<v1::Output>& outputs, google::protobuf::RepeatedPtrField<v1::Output>* field) {
  for (const v1::Output& output : outputs) *field->Add() = output;
}

}  // namespace

v1::Withheld Secret(std::string_view value) {
  v1::Disclosure disclosure;
  disclosure.set_salt(std::string(crypto::Sha256("one salt for one person").view()));
  disclosure.set_value(std::string(value));
  return ledger::CommitTo(disclosure);
}

v1::RegisterParty PartyWith(std::string_view name, const std::vector<v1::Role>& roles,
                            const std::vector<std::string>& owner_party_ids, const std::vector<std::string>& persons) {
  v1::RegisterParty party;
  party.set_name(std::string(name));
  party.set_country("PE");
  for (const v1::Role role : roles) party.add_roles(role);
  party.add_keys(std::string(testing::KeyOf(name).public_key().view()));
  for (const std::string& owner : owner_party_ids) {
    v1::Interest& interest = *party.add_interests();
    interest.set_party_id(owner);
    interest.set_share_ppm(510'000);
  }
  for (const std::string& person : persons) *party.add_owner_persons() = Secret(person);
  return party;
}

v1::Event Attestation(testing::Story& story, v1::Scope scope, std::string_view subject_id) {
  v1::Event event = story.Attest("inspector", scope, subject_id).event;
  event.mutable_attest()->set_valid_from_us(event.attest().observed_from_us());
  return event;
}

v1::OutputLimit FineLimit(uint64_t fine_mg) {
  v1::OutputLimit limit;
  limit.set_unit(v1::OutputLimit::UNIT_FINE_GOLD_MG);
  limit.set_amount(fine_mg);
  limit.set_period_days(30);
  return limit;
}

v1::Event Capacity(testing::Story& story, std::string_view subject_id, uint64_t fine_mg) {
  v1::Event event = Attestation(story, v1::SCOPE_CAPACITY, subject_id);
  *event.mutable_attest()->mutable_capacity() = FineLimit(fine_mg);
  return event;
}

v1::Event DistrustKey(std::string_view actor, uint64_t from_index) {
  v1::Event event;
  event.mutable_distrust_key()->set_key(std::string(testing::KeyOf(actor).public_key().view()));
  event.mutable_distrust_key()->set_from_index(from_index);
  event.mutable_distrust_key()->set_reason("stolen");
  return event;
}

v1::Event Intake(v1::Intake::Door door, const v1::Material& material) {
  v1::Event event;
  v1::Intake& intake = *event.mutable_intake();
  intake.set_door(door);
  if (door == v1::Intake::DOOR_RECYCLED) intake.set_recycled_kind(v1::Intake::RECYCLED_KIND_POST_CONSUMER);
  *intake.add_outputs() = material;
  return event;
}

v1::Event Process(const testing::Story& story, std::string_view site_id, const std::vector<v1::LotPart>& inputs,
                  const std::vector<v1::Material>& outputs, v1::ProcessRoute route) {
  v1::Event event;
  v1::Process& process = *event.mutable_process();
  AddAll(inputs, process.mutable_inputs());
  for (const v1::Material& output : outputs) *process.add_outputs() = output;
  process.set_site_id(std::string(site_id));
  process.set_route(route);
  process.set_mercury_use(v1::MERCURY_USE_NOT_USED);
  process.set_period_from_us(story.now_us() - kSecondUs);
  process.set_period_until_us(story.now_us());
  process.set_custody_model(v1::CUSTODY_MODEL_SEGREGATED);
  return event;
}

v1::Material Ore(v1::Form form, uint64_t dry_mg) {
  v1::Material material;
  material.set_form(form);
  material.mutable_ore()->set_dry_mass_mg(dry_mg);
  return material;
}

v1::Event Assay(std::string_view lot_id, uint32_t ppm, v1::Assay::Standing standing,
                const std::vector<std::pair<std::string, uint32_t>>& elements) {
  v1::Event event;
  v1::Assay& assay = *event.mutable_assay();
  assay.set_lot_id(std::string(lot_id));
  *assay.mutable_fineness() = testing::FineAs(ppm);
  assay.set_standing(standing);
  for (const auto& [symbol, element_ppm] : elements) {
    v1::ElementResult& element = *assay.add_other_elements();
    element.set_element(symbol);
    element.set_ppm(element_ppm);
  }
  return event;
}

v1::Event Settle(const testing::Story& story, std::string_view lot_id, uint32_t ppm,
                 const std::vector<uint64_t>& assays, const std::string& seller, const std::string& buyer) {
  v1::Event event;
  v1::Settle& settle = *event.mutable_settle();
  settle.set_lot_id(std::string(lot_id));
  *settle.mutable_fineness() = testing::FineAs(ppm);
  for (const uint64_t index : assays) settle.add_assay_indexes(index);
  settle.set_seller_party_id(story.PartyOf(seller));
  settle.set_buyer_party_id(story.PartyOf(buyer));
  return event;
}

v1::Event Pack(const std::vector<std::string>& lot_ids, std::string_view seal) {
  v1::Event event;
  for (const std::string& lot_id : lot_ids) event.mutable_pack()->add_lot_ids(lot_id);
  event.mutable_pack()->set_seal(std::string(seal));
  return event;
}

v1::ReceivedMass Received(std::string_view lot_id, uint64_t gross_mg, std::string_view seal) {
  v1::ReceivedMass received;
  received.set_lot_id(std::string(lot_id));
  received.set_gross_mg(gross_mg);
  received.set_seal(std::string(seal));
  return received;
}

v1::Event OpenAccount(v1::OpenAccount::Kind kind, std::string_view site_id) {
  v1::Event event;
  v1::OpenAccount& open = *event.mutable_open_account();
  open.set_kind(kind);
  open.set_custody_model(v1::CUSTODY_MODEL_SEGREGATED);
  open.set_site_id(std::string(site_id));
  open.set_opened_empty(true);
  return event;
}

v1::Event Charge(std::string_view account_id, const std::vector<v1::LotPart>& inputs) {
  v1::Event event;
  event.mutable_charge()->set_account_id(std::string(account_id));
  AddAll(inputs, event.mutable_charge()->mutable_inputs());
  return event;
}

v1::Event Discharge(std::string_view account_id, const std::vector<v1::Output>& outputs) {
  v1::Event event;
  event.mutable_discharge()->set_account_id(std::string(account_id));
  AddAll(outputs, event.mutable_discharge()->mutable_outputs());
  return event;
}

v1::Event CloseAccount(std::string_view account_id) {
  v1::Event event;
  event.mutable_close_account()->set_account_id(std::string(account_id));
  return event;
}

v1::Event Correct(uint64_t index, const testing::Statement& original, const v1::Event& replacement) {
  v1::Event event;
  v1::Correct& correct = *event.mutable_correct();
  correct.set_event_index(index);
  correct.set_original(original.event.SerializeAsString());
  correct.set_replacement(replacement.SerializeAsString());
  correct.set_reason("stated in error");
  return event;
}

v1::Piece Ring(std::string_view serial, uint64_t metal_mg, uint32_t ppm) {
  v1::Piece ring;
  ring.set_article("ring");
  ring.set_serial(std::string(serial));
  ring.set_metal_mg(metal_mg);
  *ring.mutable_fineness() = testing::FineAs(ppm);
  return ring;
}

}  // namespace touchstone::cheats
