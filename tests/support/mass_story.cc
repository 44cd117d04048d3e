#include "tests/support/mass_story.h"

#include "crypto/hash.h"

namespace touchstone::testing {
namespace {

constexpr int64_t kDayUs = int64_t{24} * 3600 * 1'000'000;

v1::OutputLimit LimitOf(v1::OutputLimit::Unit unit, uint64_t amount_mg, uint32_t period_days) {
  v1::OutputLimit limit;
  limit.set_unit(unit);
  limit.set_amount(amount_mg);
  limit.set_period_days(period_days);
  return limit;
}

}  // namespace

v1::Event AssayFor(v1::Assay::Standing standing, std::string_view lot_id, const v1::Fineness& fineness) {
  v1::Event event;
  v1::Assay& assay = *event.mutable_assay();
  assay.set_lot_id(std::string(lot_id));
  *assay.mutable_fineness() = fineness;
  assay.set_standing(standing);
  return event;
}

void AddElement(v1::Event& assay, std::string_view element, uint32_t ppm) {
  v1::ElementResult& result = *assay.mutable_assay()->add_other_elements();
  result.set_element(std::string(element));
  result.set_ppm(ppm);
}

v1::Event Settlement(const Story& story, std::string_view lot_id, const v1::Fineness& fineness,
                     const std::vector<uint64_t>& assay_indexes, const std::string& seller, const std::string& buyer) {
  v1::Event event;
  v1::Settle& settle = *event.mutable_settle();
  settle.set_lot_id(std::string(lot_id));
  *settle.mutable_fineness() = fineness;
  for (const uint64_t index : assay_indexes) settle.add_assay_indexes(index);
  settle.set_seller_party_id(story.PartyOf(seller));
  settle.set_buyer_party_id(story.PartyOf(buyer));
  return event;
}

v1::Event Opening(v1::OpenAccount::Kind kind, std::string_view site_id) {
  v1::Event event;
  v1::OpenAccount& open = *event.mutable_open_account();
  open.set_kind(kind);
  open.set_custody_model(v1::CUSTODY_MODEL_SEGREGATED);
  open.set_site_id(std::string(site_id));
  open.set_opened_empty(true);
  return event;
}

v1::Event ChargeOf(std::string_view account_id, const std::vector<v1::LotPart>& inputs) {
  v1::Event event;
  event.mutable_charge()->set_account_id(std::string(account_id));
  for (const v1::LotPart& input : inputs) *event.mutable_charge()->add_inputs() = input;
  return event;
}

v1::Event DischargeOf(std::string_view account_id, const std::vector<v1::Output>& outputs) {
  v1::Event event;
  event.mutable_discharge()->set_account_id(std::string(account_id));
  for (const v1::Output& output : outputs) *event.mutable_discharge()->add_outputs() = output;
  return event;
}

v1::Event ClosingOf(std::string_view account_id, const std::vector<v1::Output>& counted) {
  v1::Event event;
  event.mutable_close_account()->set_account_id(std::string(account_id));
  for (const v1::Output& output : counted) *event.mutable_close_account()->add_counted() = output;
  return event;
}

std::string AccountOf(const Statement& opening) { return opening.Id(ledger::ObjectKind::kAccount); }

v1::OutputLimit GoldLimit(uint64_t amount_mg, uint32_t period_days) {
  return LimitOf(v1::OutputLimit::UNIT_FINE_GOLD_MG, amount_mg, period_days);
}

v1::OutputLimit OreLimit(uint64_t amount_mg, uint32_t period_days) {
  return LimitOf(v1::OutputLimit::UNIT_DRY_ORE_MG, amount_mg, period_days);
}

Statement AttestCapacity(Story& story, const std::string& attestor, std::string_view subject_id,
                         const v1::OutputLimit& capacity) {
  v1::Event event;
  v1::Attest& attest = *event.mutable_attest();
  attest.set_scope(v1::SCOPE_CAPACITY);
  attest.set_subject_id(std::string(subject_id));
  attest.set_conclusion(v1::Attest::CONCLUSION_CONFORMANT);
  attest.set_visit(v1::Attest::VISIT_DESK_REVIEW);
  attest.set_observed_from_us(story.now_us() - 800 * kDayUs);
  attest.set_observed_until_us(story.now_us() - 1);
  attest.set_valid_from_us(story.now_us() - 800 * kDayUs);
  attest.set_valid_until_us(story.now_us() + 730 * kDayUs);
  attest.set_lines(v1::Attest::LINES_ALL);
  *attest.mutable_capacity() = capacity;
  return story.Sign(std::move(event), {attestor});
}

v1::Withheld RegistrantCalled(std::string_view name) {
  v1::Withheld withheld;
  withheld.set_commitment(std::string(crypto::Sha256(name).view()));
  return withheld;
}

}  // namespace touchstone::testing
