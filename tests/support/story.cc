#include "tests/support/story.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/check.h"
#include "base/encoding.h"
#include "base/limits.h"
#include "fmt/format.h"
#include "ledger/envelope.h"

namespace touchstone::testing {
namespace {

constexpr int64_t kSecondUs = 1'000'000;
constexpr int64_t kDayUs = 86'400 * kSecondUs;

template <typename Strings, typename Field>
void AddAll(const Strings& values, Field* field) {
  for (const auto& value : values) *field->Add() = value;
}

void AddSorted(std::vector<std::string> values, google::protobuf::RepeatedPtrField<std::string>* field) {
  std::sort(values.begin(), values.end());
  AddAll(values, field);
}

}  // namespace

crypto::SecretKey KeyOf(std::string_view actor) {
  const crypto::Hash seed = crypto::Sha256("story " + std::string(actor));
  absl::StatusOr<crypto::SecretKey> key = crypto::SecretKey::FromSeed(seed.view());
  TS_CHECK(key.ok());
  return *std::move(key);
}

v1::Fineness FineAs(uint32_t ppm, v1::AssayMethod method, uint32_t uncertainty_ppm) {
  v1::Fineness fineness;
  fineness.set_ppm(ppm);
  fineness.set_method(method);
  fineness.set_uncertainty_ppm(uncertainty_ppm);
  return fineness;
}

v1::Material Metal(v1::Form form, uint64_t gross_mg, uint32_t ppm) {
  v1::Material material = Unassayed(form, gross_mg);
  *material.mutable_fineness() = FineAs(ppm);
  return material;
}

v1::Material Unassayed(v1::Form form, uint64_t gross_mg) {
  v1::Material material;
  material.set_form(form);
  material.set_gross_mg(gross_mg);
  return material;
}

v1::LotPart Take(std::string_view lot_id, uint64_t part_gross_mg) {
  v1::LotPart part;
  part.set_lot_id(std::string(lot_id));
  part.set_part_gross_mg(part_gross_mg);
  return part;
}

v1::Output Into(v1::Material material, std::string_view serial) {
  v1::Output output;
  *output.mutable_material() = std::move(material);
  output.set_serial(std::string(serial));
  return output;
}

Statement Story::Sign(v1::Event event, const std::vector<std::string>& signers) {
  if (!event.has_genesis()) event.set_genesis_id(std::string(genesis_id_.view()));
  std::string count;
  AppendU64(count, ++told_);
  event.set_nonce(std::string(crypto::Sha256(count).view().substr(0, limits::kNonceBytes)));
  if (event.occurred_at_us() == 0) event.set_occurred_at_us(now_us_);
  now_us_ += kSecondUs;
  return Seal(event, signers);
}

crypto::PublicKey Story::PublicKeyOf(std::string_view actor) { return KeyOf(actor).public_key(); }

Statement Story::Seal(const v1::Event& event, const std::vector<std::string>& signers) {
  std::vector<crypto::SecretKey> keys;
  for (const std::string& signer : signers) keys.push_back(KeyOf(signer));
  std::vector<const crypto::SecretKey*> key_pointers;
  for (const crypto::SecretKey& key : keys) key_pointers.push_back(&key);

  const std::string payload = ledger::EncodePayload(event, key_pointers);
  absl::StatusOr<std::string> envelope = ledger::SignPayload(payload, key_pointers);
  TS_CHECK(envelope.ok());
  Statement statement;
  TS_CHECK(statement.event.ParseFromString(payload));
  statement.event_id = ledger::EventId(payload);
  statement.envelope = *std::move(envelope);
  return statement;
}

Statement Story::Genesis(const crypto::PublicKey& log_key, std::string_view origin, uint32_t ruleset_version) {
  v1::Event event;
  v1::Genesis& genesis = *event.mutable_genesis();
  genesis.set_origin(std::string(origin));
  genesis.add_root_keys(std::string(PublicKeyOf("root").view()));
  genesis.set_threshold(1);
  genesis.set_ruleset_version(ruleset_version);
  genesis.set_log_key(std::string(log_key.view()));
  Statement statement = Sign(std::move(event), {"root"});
  genesis_id_ = statement.event_id;
  return statement;
}

Statement Story::ActivateRuleset(uint32_t version) {
  v1::Event event;
  event.mutable_activate_ruleset()->set_version(version);
  return Sign(std::move(event), {"root"});
}

Statement Story::RotateLogKey(std::string_view now, std::string_view before) {
  v1::Event event;
  event.mutable_rotate_log_key()->set_log_key(std::string(KeyOf(now).public_key().view()));
  event.mutable_rotate_log_key()->set_replaced_log_key(std::string(KeyOf(before).public_key().view()));
  return Sign(std::move(event), {"root"});
}

Statement Story::FreezeLog(std::string_view successor_origin) {
  v1::Event event;
  event.mutable_freeze_log()->set_successor_origin(std::string(successor_origin));
  return Sign(std::move(event), {"root"});
}

std::vector<Statement> Story::Offices() {
  std::vector<Statement> told;
  told.push_back(RegisterParty("registry", "PE", {v1::ROLE_LICENSING_AUTHORITY}, "root"));
  told.push_back(Appoint("registry", v1::OFFICE_REGISTRAR));
  told.push_back(RegisterParty("accreditor", "PE", {v1::ROLE_STANDARDS_BODY}));
  told.push_back(Appoint("accreditor", v1::OFFICE_ACCREDITOR));
  return told;
}

Statement Story::RegisterParty(const std::string& actor, std::string_view country, const std::vector<v1::Role>& roles,
                               const std::string& by) {
  v1::RegisterParty body;
  body.set_name(actor);
  body.set_country(std::string(country));
  for (const v1::Role role : roles) body.add_roles(role);
  body.add_keys(std::string(PublicKeyOf(actor).view()));
  return Register(actor, std::move(body), by);
}

Statement Story::Register(const std::string& actor, v1::RegisterParty party, const std::string& by) {
  v1::Event event;
  *event.mutable_register_party() = std::move(party);
  Statement statement = Sign(std::move(event), {by});
  parties_[actor] = statement.party();
  return statement;
}

Statement Story::Appoint(const std::string& actor, v1::Office office) {
  v1::Event event;
  event.mutable_appoint()->set_party_id(PartyOf(actor));
  event.mutable_appoint()->set_office(office);
  return Sign(std::move(event), {"root"});
}

Statement Story::Accredit(const std::string& actor, const std::vector<v1::Scope>& scopes) {
  v1::Event event;
  v1::Accredit& body = *event.mutable_accredit();
  body.set_party_id(PartyOf(actor));
  for (const v1::Scope scope : scopes) body.add_scopes(scope);
  body.set_valid_from_us(now_us_ - kDayUs);
  body.set_valid_until_us(now_us_ + 365 * kDayUs);
  return Sign(std::move(event), {"accreditor"});
}

Statement Story::EndAppointment(const std::string& actor, v1::Office office, v1::EndCause cause) {
  v1::Event event;
  v1::EndAppointment& body = *event.mutable_end_appointment();
  body.set_party_id(PartyOf(actor));
  body.set_office(office);
  body.set_cause(cause);
  body.set_effective_at_us(now_us_);
  return Sign(std::move(event), {"root"});
}

Statement Story::EndAccreditation(const std::string& actor, v1::Scope scope, v1::EndCause cause) {
  v1::Event event;
  v1::EndAccreditation& body = *event.mutable_end_accreditation();
  body.set_party_id(PartyOf(actor));
  body.set_scope(scope);
  body.set_cause(cause);
  body.set_effective_at_us(now_us_);
  return Sign(std::move(event), {"accreditor"});
}

Statement Story::AddKey(const std::string& actor, std::string_view new_key) {
  v1::Event event;
  event.mutable_add_key()->set_party_id(PartyOf(actor));
  event.mutable_add_key()->set_key(std::string(PublicKeyOf(new_key).view()));
  return Sign(std::move(event), {actor});
}

Statement Story::RetireKey(const std::string& actor, std::string_view old_key) {
  v1::Event event;
  event.mutable_retire_key()->set_party_id(PartyOf(actor));
  event.mutable_retire_key()->set_key(std::string(PublicKeyOf(old_key).view()));
  return Sign(std::move(event), {actor});
}

Statement Story::DistrustKey(std::string_view name, uint64_t from_index) {
  v1::Event event;
  v1::DistrustKey& body = *event.mutable_distrust_key();
  body.set_key(std::string(PublicKeyOf(name).view()));
  body.set_from_index(from_index);
  body.set_reason("stolen");
  return Sign(std::move(event), {"registry"});
}

Statement Story::UpdateParty(const std::string& actor, v1::UpdateParty update) {
  v1::Event event;
  update.set_party_id(PartyOf(actor));
  *event.mutable_update_party() = std::move(update);
  return Sign(std::move(event), {"registry"});
}

Statement Story::SuspendParty(const std::string& actor, bool lift) {
  v1::Event event;
  event.mutable_suspend_party()->set_party_id(PartyOf(actor));
  event.mutable_suspend_party()->set_lift(lift);
  return Sign(std::move(event), {"registry"});
}

Statement Story::UpdateSite(std::string_view site_id, v1::UpdateSite update) {
  v1::Event event;
  update.set_site_id(std::string(site_id));
  *event.mutable_update_site() = std::move(update);
  return Sign(std::move(event), {"registry"});
}

Statement Story::PublishPolicy(const std::string& actor, std::string_view policy_id, uint32_t version) {
  v1::Event event;
  v1::PublishPolicy& body = *event.mutable_publish_policy();
  body.set_policy_id(std::string(policy_id));
  body.set_version(version);
  body.set_sha256(std::string(crypto::Hash::kSize, 'p'));
  return Sign(std::move(event), {actor});
}

Statement Story::RegisterSite(std::string_view name, v1::RegisterSite::Kind kind, const std::string& operator_actor,
                              std::string_view country) {
  v1::Event event;
  v1::RegisterSite& body = *event.mutable_register_site();
  body.set_name(std::string(name));
  body.set_country(std::string(country));
  body.set_kind(kind);
  body.set_operator_party_id(PartyOf(operator_actor));
  body.mutable_point()->set_latitude_e7(-153'000'000);
  body.mutable_point()->set_longitude_e7(-744'000'000);
  return Sign(std::move(event), {"registry"});
}

Statement Story::RegisterLicence(v1::LicenceKind kind, const std::string& holder,
                                 const std::vector<std::string>& site_ids, std::string_view number,
                                 std::string_view country) {
  v1::Event event;
  v1::RegisterLicence& body = *event.mutable_register_licence();
  body.set_kind(kind);
  body.set_holder_party_id(PartyOf(holder));
  AddSorted(site_ids, body.mutable_site_ids());
  body.set_number(std::string(number));
  body.set_country(std::string(country));
  body.set_valid_from_us(now_us_ - 30 * kDayUs);
  body.set_valid_until_us(now_us_ + 365 * kDayUs);
  return Sign(std::move(event), {"registry"});
}

Statement Story::EndLicence(std::string_view licence_id, v1::EndCause cause, int64_t effective_at_us) {
  v1::Event event;
  v1::EndLicence& body = *event.mutable_end_licence();
  body.set_licence_id(std::string(licence_id));
  body.set_cause(cause);
  body.set_effective_at_us(effective_at_us == 0 ? now_us_ : effective_at_us);
  return Sign(std::move(event), {"registry"});
}

Statement Story::EndAttestation(const std::string& attestor, std::string_view attestation_id, v1::EndCause cause,
                                int64_t effective_at_us) {
  v1::Event event;
  v1::EndAttestation& body = *event.mutable_end_attestation();
  body.set_attestation_id(std::string(attestation_id));
  body.set_cause(cause);
  body.set_effective_at_us(effective_at_us == 0 ? now_us_ : effective_at_us);
  return Sign(std::move(event), {attestor});
}

Statement Story::Attest(const std::string& attestor, v1::Scope scope, std::string_view subject_id,
                        v1::Attest::Conclusion conclusion) {
  v1::Event event;
  v1::Attest& body = *event.mutable_attest();
  body.set_scope(scope);
  body.set_subject_id(std::string(subject_id));
  body.set_conclusion(conclusion);
  body.set_visit(v1::Attest::VISIT_UNANNOUNCED);
  body.set_observed_from_us(now_us_ - 3 * kSecondUs);
  body.set_observed_until_us(now_us_ - 2 * kSecondUs);
  body.set_valid_from_us(body.observed_from_us());
  body.set_valid_until_us(now_us_ + 365 * kDayUs);
  body.set_lines(v1::Attest::LINES_ALL);
  return Sign(std::move(event), {attestor});
}

Statement Story::Produce(const std::string& actor, std::string_view site_id, const std::vector<v1::Material>& outputs,
                         v1::ProcessRoute route, v1::MercuryUse mercury_use) {
  v1::Event event;
  v1::Produce& body = *event.mutable_produce();
  body.set_site_id(std::string(site_id));
  AddAll(outputs, body.mutable_outputs());
  body.set_route(route);
  body.set_mercury_use(mercury_use);
  body.set_period_from_us(now_us_ - kSecondUs);
  body.set_period_until_us(now_us_);
  return Sign(std::move(event), {actor});
}

Statement Story::Offer(const std::string& actor, const std::vector<std::string>& lot_ids, const std::string& to) {
  v1::Event event;
  v1::Offer& body = *event.mutable_offer();
  AddSorted(lot_ids, body.mutable_lot_ids());
  body.set_to_party_id(PartyOf(to));
  body.set_rights(v1::TRANSFER_RIGHT_BOTH);
  return Sign(std::move(event), {actor});
}

Statement Story::Accept(const std::string& actor, std::string_view offer_id) {
  v1::Event event;
  event.mutable_accept()->set_offer_id(std::string(offer_id));
  return Sign(std::move(event), {actor});
}

Statement Story::Reject(const std::string& actor, std::string_view offer_id) {
  v1::Event event;
  event.mutable_reject()->set_offer_id(std::string(offer_id));
  return Sign(std::move(event), {actor});
}

Statement Story::CancelOffer(const std::string& actor, std::string_view offer_id) {
  v1::Event event;
  event.mutable_cancel_offer()->set_offer_id(std::string(offer_id));
  return Sign(std::move(event), {actor});
}

Statement Story::HandOver(const std::string& from, const std::string& to, const std::vector<std::string>& lot_ids) {
  v1::Event event;
  v1::HandOver& body = *event.mutable_hand_over();
  AddSorted(lot_ids, body.mutable_lot_ids());
  body.set_from_party_id(PartyOf(from));
  body.set_to_party_id(PartyOf(to));
  body.set_rights(v1::TRANSFER_RIGHT_BOTH);
  return Sign(std::move(event), {from, to});
}

Statement Story::Receive(const std::string& actor, std::string_view lot_id, uint64_t gross_mg) {
  v1::Event event;
  v1::ReceivedMass& received = *event.mutable_receive()->add_received();
  received.set_lot_id(std::string(lot_id));
  received.set_gross_mg(gross_mg);
  return Sign(std::move(event), {actor});
}

Statement Story::Export(const std::string& actor, const std::vector<std::string>& lot_ids,
                        std::string_view from_country, std::string_view to_country, std::string_view licence_id) {
  v1::Event event;
  v1::Export& body = *event.mutable_export_();
  AddSorted(lot_ids, body.mutable_lot_ids());
  body.set_from_country(std::string(from_country));
  body.set_to_country(std::string(to_country));
  body.set_licence_id(std::string(licence_id));
  return Sign(std::move(event), {actor});
}

Statement Story::Transform(const std::string& actor, v1::Transform::Kind kind, const std::vector<v1::LotPart>& inputs,
                           const std::vector<v1::Output>& outputs, uint64_t added_non_gold_mg) {
  v1::Event event;
  v1::Transform& body = *event.mutable_transform();
  body.set_kind(kind);
  AddAll(inputs, body.mutable_inputs());
  AddAll(outputs, body.mutable_outputs());
  body.set_added_non_gold_mg(added_non_gold_mg);
  body.set_route(kind == v1::Transform::KIND_REFINE ? v1::PROCESS_ROUTE_REFINING_ELECTROLYSIS
                                                    : v1::PROCESS_ROUTE_MELTING);
  body.set_mercury_use(v1::MERCURY_USE_NOT_USED);
  body.set_custody_model(v1::CUSTODY_MODEL_SEGREGATED);
  return Sign(std::move(event), {actor});
}

Statement Story::Assay(const std::string& actor, std::string_view lot_id, const v1::Fineness& fineness) {
  v1::Event event;
  v1::Assay& body = *event.mutable_assay();
  body.set_lot_id(std::string(lot_id));
  *body.mutable_fineness() = fineness;
  return Sign(std::move(event), {actor});
}

Statement Story::MakePieces(const std::string& actor, const std::vector<v1::LotPart>& inputs,
                            const std::vector<v1::Piece>& pieces, const std::vector<v1::Material>& leftovers) {
  v1::Event event;
  v1::MakePiece& body = *event.mutable_make_piece();
  AddAll(inputs, body.mutable_inputs());
  AddAll(pieces, body.mutable_pieces());
  AddAll(leftovers, body.mutable_leftovers());
  return Sign(std::move(event), {actor});
}

Statement Story::Claim(const std::string& actor, std::string_view piece_id, const std::vector<v1::PolicyRef>& policies,
                       uint64_t evidence_size) {
  v1::Event event;
  v1::Claim& body = *event.mutable_claim();
  body.set_piece_id(std::string(piece_id));
  AddAll(policies, body.mutable_policies());
  body.set_evidence_size(evidence_size);
  return Sign(std::move(event), {actor});
}

Statement Story::RetireClaim(const std::string& actor, std::string_view claim_id) {
  v1::Event event;
  event.mutable_retire_claim()->set_claim_id(std::string(claim_id));
  return Sign(std::move(event), {actor});
}

Statement Story::RevokeClaim(const std::string& actor, std::string_view claim_id, std::string_view reason) {
  v1::Event event;
  event.mutable_revoke_claim()->set_claim_id(std::string(claim_id));
  event.mutable_revoke_claim()->set_reason(std::string(reason));
  return Sign(std::move(event), {actor});
}

Statement Story::Intake(const std::string& actor, v1::Intake::Door door, const std::vector<v1::Material>& outputs,
                        std::string_view country) {
  v1::Event event;
  v1::Intake& body = *event.mutable_intake();
  body.set_door(door);
  if (door == v1::Intake::DOOR_RECYCLED) body.set_recycled_kind(v1::Intake::RECYCLED_KIND_POST_CONSUMER);
  AddAll(outputs, body.mutable_outputs());
  body.set_country(std::string(country));
  return Sign(std::move(event), {actor});
}

Statement Story::Process(const std::string& actor, std::string_view site_id, const std::vector<v1::LotPart>& inputs,
                         const std::vector<v1::Material>& outputs, v1::ProcessRoute route, v1::MercuryUse mercury_use) {
  v1::Event event;
  v1::Process& body = *event.mutable_process();
  AddAll(inputs, body.mutable_inputs());
  AddAll(outputs, body.mutable_outputs());
  body.set_site_id(std::string(site_id));
  body.set_route(route);
  body.set_mercury_use(mercury_use);
  body.set_period_from_us(now_us_ - kSecondUs);
  body.set_period_until_us(now_us_);
  body.set_custody_model(v1::CUSTODY_MODEL_SEGREGATED);
  return Sign(std::move(event), {actor});
}

Statement Story::Sample(const std::string& actor, std::string_view lot_id, uint64_t gross_mg,
                        const std::string& laboratory) {
  v1::Event event;
  v1::Sample& body = *event.mutable_sample();
  body.set_lot_id(std::string(lot_id));
  body.set_sample_gross_mg(gross_mg);
  body.set_laboratory_party_id(PartyOf(laboratory));
  return Sign(std::move(event), {actor});
}

Statement Story::Pack(const std::string& actor, const std::vector<std::string>& lot_ids, std::string_view seal) {
  v1::Event event;
  AddAll(lot_ids, event.mutable_pack()->mutable_lot_ids());
  event.mutable_pack()->set_seal(std::string(seal));
  return Sign(std::move(event), {actor});
}

Statement Story::Unpack(const std::string& actor, std::string_view seal, bool intact) {
  v1::Event event;
  event.mutable_unpack()->set_seal(std::string(seal));
  event.mutable_unpack()->set_intact(intact);
  return Sign(std::move(event), {actor});
}

Statement Story::Hold(const std::string& actor, std::string_view subject_id) {
  v1::Event event;
  event.mutable_hold()->set_subject_id(std::string(subject_id));
  event.mutable_hold()->set_reason("papers are missing");
  return Sign(std::move(event), {actor});
}

Statement Story::Dispute(const std::string& actor, std::string_view subject_id) {
  v1::Event event;
  event.mutable_dispute()->set_subject_id(std::string(subject_id));
  event.mutable_dispute()->set_reason("never paid for");
  return Sign(std::move(event), {actor});
}

Statement Story::Release(const std::string& actor, std::string_view subject_id, std::string_view attestation_id) {
  v1::Event event;
  event.mutable_release()->set_subject_id(std::string(subject_id));
  event.mutable_release()->set_attestation_id(std::string(attestation_id));
  return Sign(std::move(event), {actor});
}

Statement Story::Stocktake(const std::string& actor, std::string_view site_id,
                           const std::vector<std::pair<std::string, uint64_t>>& counted) {
  v1::Event event;
  v1::Stocktake& body = *event.mutable_stocktake();
  body.set_site_id(std::string(site_id));
  body.set_period_from_us(now_us_ - kDayUs);
  body.set_period_until_us(now_us_);
  for (const auto& [lot_id, gross_mg] : counted) {
    v1::ReceivedMass& one = *body.add_counted();
    one.set_lot_id(lot_id);
    one.set_gross_mg(gross_mg);
  }
  return Sign(std::move(event), {actor});
}

Statement Story::Import(const std::string& actor, const std::vector<std::string>& lot_ids, std::string_view country) {
  v1::Event event;
  AddAll(lot_ids, event.mutable_import()->mutable_lot_ids());
  event.mutable_import()->set_country(std::string(country));
  return Sign(std::move(event), {actor});
}

Statement Story::Retire(const std::string& actor, std::string_view subject_id, v1::Retire::Kind kind) {
  v1::Event event;
  event.mutable_retire()->set_subject_id(std::string(subject_id));
  event.mutable_retire()->set_kind(kind);
  return Sign(std::move(event), {actor});
}

Statement Story::Lose(const std::string& actor, std::string_view lot_id, uint64_t part_gross_mg) {
  v1::Event event;
  v1::Lose& body = *event.mutable_lose();
  body.set_lot_id(std::string(lot_id));
  body.set_kind(v1::Lose::KIND_STOLEN);
  body.set_part_gross_mg(part_gross_mg);
  return Sign(std::move(event), {actor});
}

Statement Story::Recall(const std::string& actor, std::string_view lot_id) {
  v1::Event event;
  event.mutable_recall()->set_subject_id(std::string(lot_id));
  event.mutable_recall()->set_reason("the papers were forged");
  return Sign(std::move(event), {actor});
}

const std::string& Story::PartyOf(const std::string& actor) const {
  const auto it = parties_.find(actor);
  TS_CHECK(it != parties_.end());
  return it->second;
}

// --- The road from a mine to a ring ----------------------------------------------------------------------------------

namespace {

/// Registers everybody, and gives the two mines their papers. Returns the sites of north and south.
std::pair<std::string, std::string> TellSetting(Story& story, std::vector<Statement>& told) {
  const auto say = [&told](Statement statement) -> const Statement& { return told.emplace_back(std::move(statement)); };
  for (Statement& statement : story.Offices()) say(std::move(statement));
  say(story.RegisterParty("north", "PE", {v1::ROLE_MINER}));
  say(story.RegisterParty("south", "PE", {v1::ROLE_MINER}));
  say(story.RegisterParty("refiner", "CH", {v1::ROLE_REFINER}));
  say(story.RegisterParty("laboratory", "CH", {v1::ROLE_ASSAY_LABORATORY}));
  say(story.RegisterParty("inspector", "PE", {v1::ROLE_INSPECTOR}));
  say(story.RegisterParty("jeweler", "IT", {v1::ROLE_JEWELER}));
  say(story.Accredit("inspector", {v1::SCOPE_MERCURY_FREE_PROCESS, v1::SCOPE_FORMALIZATION}));
  say(story.Accredit("laboratory", {v1::SCOPE_ASSAY_LABORATORY}));
  const std::string north = say(story.RegisterSite("North adit", v1::RegisterSite::KIND_MINE, "north", "PE")).site();
  const std::string south = say(story.RegisterSite("South pit", v1::RegisterSite::KIND_MINE, "south", "PE")).site();
  say(story.RegisterLicence(v1::LICENCE_KIND_TITLE, "north", {north}, "T-1", "PE"));
  say(story.RegisterLicence(v1::LICENCE_KIND_TITLE, "south", {south}, "T-2", "PE"));
  for (const std::string& site : {north, south}) {
    say(story.Attest("inspector", v1::SCOPE_MERCURY_FREE_PROCESS, site));
    say(story.Attest("inspector", v1::SCOPE_FORMALIZATION, site));
  }
  return {north, south};
}

v1::Piece Ring(std::string_view serial, uint64_t metal_mg) {
  v1::Piece ring;
  ring.set_article("ring");
  ring.set_serial(std::string(serial));
  ring.set_metal_mg(metal_mg);
  *ring.mutable_fineness() = FineAs(995'000);
  return ring;
}

/// From the two mines to a ring, as `road` names them.
void TellTrade(Story& story, int number, MineToRing& road) {
  const auto say = [&road](Statement statement) -> const Statement& {
    return road.statements.emplace_back(std::move(statement));
  };
  const std::string& north = road.mine_site;
  const std::string& south = road.other_site;
  road.first_lot = say(story.Produce("north", north, {Metal(v1::FORM_DORE, 100'000, 900'000)})).lot();
  road.second_lot = say(story.Produce("south", south, {Metal(v1::FORM_DORE, 50'000, 880'000)})).lot();
  say(story.HandOver("north", "refiner", {road.first_lot}));
  const std::string offer = say(story.Offer("south", {road.second_lot}, "refiner")).offer();
  say(story.Accept("refiner", offer));

  // 90 g + 44 g of fine gold in 150 g.
  road.melt = say(story.Transform("refiner", v1::Transform::KIND_MELT, {Take(road.first_lot), Take(road.second_lot)},
                                  {Into(Unassayed(v1::FORM_DORE, 150'000))}))
                  .lot();
  say(story.Assay("laboratory", road.melt, FineAs(893'000)));
  road.bar = say(story.Transform("refiner", v1::Transform::KIND_REFINE, {Take(road.melt)},
                                 {Into(Metal(v1::FORM_BAR, 134'000, 995'000), fmt::format("B-{}", number))}))
                 .lot();
  const std::string sale = say(story.Offer("refiner", {road.bar}, "jeweler")).offer();
  say(story.Accept("jeweler", sale));
  road.ring =
      say(story.MakePieces("jeweler", {Take(road.bar, 5'000)}, {Ring(fmt::format("R-{}", number), 5'000)})).piece();
}

}  // namespace

MineToRing TellMineToRing(Story& story) {
  MineToRing road;
  std::tie(road.mine_site, road.other_site) = TellSetting(story, road.statements);
  TellTrade(story, 1, road);
  return road;
}

MineToRing TellMineToRingAgain(Story& story, const MineToRing& before, int number) {
  MineToRing road;
  road.mine_site = before.mine_site;
  road.other_site = before.other_site;
  TellTrade(story, number, road);
  return road;
}

}  // namespace touchstone::testing
