// What is taken back, and said otherwise.
#include <algorithm>
#include <string>

#include "ledger/envelope.h"
#include "tests/property/ledger/model/lots.h"
#include "tests/property/ledger/model/market.h"
#include "tests/property/ledger/model/originals.h"

namespace touchstone::ledger::model {

namespace {

/// Who made the entry, and who would have to sign besides.
std::vector<Id> Concerned(const World& world, const v1::Event& event, uint64_t index) {
  if (event.has_hand_over()) return {event.hand_over().from_party_id(), event.hand_over().to_party_id()};
  const Id offer_id = event.has_accept()  ? event.accept().offer_id()
                      : event.has_offer() ? ObjectId(ObjectKind::kOffer, EventId(event.SerializeAsString()), 0)
                                          : Id();
  if (const Offer* offer = Find(world.offers, offer_id)) {
    return event.has_accept() ? std::vector<Id>{offer->to, offer->from} : std::vector<Id>{offer->from, offer->to};
  }
  const Step* step = Find(world.steps, index);
  if (step == nullptr) return {};
  std::vector<Id> parties = {step->party};
  for (const Id& id : step->outputs) {
    const Lot* lot = Find(world.lots, id);
    if (lot == nullptr) continue;
    parties.push_back(lot->custodian);
    parties.push_back(lot->owner);
    if (lot->consumed_by.has_value()) parties.push_back(world.steps.at(*lot->consumed_by).party);
  }
  std::vector<Id> once;
  for (const Id& party : parties) {
    if (std::count(once.begin(), once.end(), party) == 0) once.push_back(party);
  }
  return once;
}

}  // namespace

/// Mostly less of it.
void Market::AlterOutput(v1::Material& output) {
  const uint64_t mass_mg = output.has_ore() ? output.ore().dry_mass_mg() : output.gross_mg();
  const uint64_t lighter_mg = mass_mg - mass_mg * dice_.Below(60) / 1'000;
  const uint64_t other_mg =
      std::max<uint64_t>(1, dice_.Chance(80) ? lighter_mg : mass_mg + mass_mg / Between(100, 2'000));
  if (output.has_ore() && dice_.Chance(40)) {
    output.mutable_ore()->set_grade_mg_per_t(output.ore().grade_mg_per_t() * dice_.Below(11) / 10);
    output.mutable_ore()->set_moisture_ppm(static_cast<uint32_t>(dice_.Below(200'000)));
  } else if (output.has_ore()) {
    output.mutable_ore()->set_dry_mass_mg(other_mg);
  } else if (!output.has_fineness() || dice_.Chance(45)) {
    output.set_gross_mg(other_mg);
  } else {
    const uint32_t ppm = output.fineness().ppm();
    const uint32_t lower = ppm - std::min<uint32_t>(ppm - 1, static_cast<uint32_t>(dice_.Below(9'000)));
    v1::Fineness& fineness = *output.mutable_fineness();
    fineness.set_ppm(dice_.Chance(85) ? lower : std::min<uint32_t>(1'000'000, ppm + 500));
    fineness.set_uncertainty_ppm(std::min(fineness.ppm(), fineness.uncertainty_ppm()));
    if (dice_.Chance(10)) fineness.set_method(v1::ASSAY_METHOD_FIRE_ASSAY);
  }
}

/// What was said of its making: mercury after all, or something else.
void Market::AlterParticulars(v1::Event& event) {
  const v1::MercuryUse mercury = dice_.Chance(60) ? v1::MERCURY_USE_USED : v1::MERCURY_USE_NOT_USED;
  const auto later_us = static_cast<int64_t>(Between(1, 40)) * (dice_.Chance(90) ? 3'600'000'000 : kDayUs);
  if (event.has_produce()) {
    v1::Produce& produce = *event.mutable_produce();
    if (dice_.Chance(50)) produce.set_mercury_use(mercury);
    if (dice_.Chance(15)) produce.set_route(v1::PROCESS_ROUTE_OPEN_BURNING);
    if (dice_.Chance(15)) produce.set_site_id(SiteOf(v1::RegisterSite::KIND_MINE));
    if (dice_.Chance(15)) *produce.mutable_registrant() = Registrant(dice_.Below(10));
    if (dice_.Chance(5)) produce.clear_registrant();
    if (dice_.Chance(10)) produce.set_shift("day");
    if (dice_.Chance(20)) produce.set_period_from_us(produce.period_from_us() - later_us);
    if (dice_.Chance(20)) produce.set_period_until_us(produce.period_until_us() - later_us / 10);
  } else if (event.has_intake()) {
    static const std::vector<std::string> countries = {"GH", "AE", "PE", ""};
    event.mutable_intake()->set_country(dice_.Pick(countries));
    if (dice_.Chance(20)) *event.mutable_intake()->mutable_supplier() = Registrant(dice_.Below(30));
  } else if (event.has_process()) {
    v1::Process& process = *event.mutable_process();
    if (dice_.Chance(60)) process.set_mercury_use(mercury);
    if (dice_.Chance(20)) process.set_route(v1::PROCESS_ROUTE_RETORT);
    if (dice_.Chance(15)) process.set_site_id(SomeId(ObjectKind::kSite));
    if (dice_.Chance(15)) process.set_custody_model(v1::CUSTODY_MODEL_SEGREGATED);
    if (dice_.Chance(15)) process.set_period_from_us(process.period_from_us() - later_us);
    if (dice_.Chance(10)) process.set_period_until_us(process.period_until_us() + later_us);
  } else {
    v1::Transform& transform = *event.mutable_transform();
    transform.set_reference("furnace " + std::to_string(dice_.Below(3)));
    if (dice_.Chance(40)) transform.set_mercury_use(mercury);
    if (dice_.Chance(15)) transform.set_site_id(dice_.Chance(50) ? "" : SomeId(ObjectKind::kSite));
    if (dice_.Chance(15)) transform.set_route(static_cast<v1::ProcessRoute>(Between(1, 15)));
    if (dice_.Chance(15)) transform.set_custody_model(v1::CUSTODY_MODEL_MASS_BALANCE);
  }
}

void Market::Alter(v1::Event& event) {
  std::vector<v1::Material*> outputs = OutputsOf(event);
  const bool quantity = dice_.Chance(55);
  if (quantity) AlterOutput(*outputs[dice_.Below(outputs.size())]);
  if (!quantity || dice_.Chance(15)) AlterParticulars(event);
}

MaybeDraft Market::Correct() {
  if (told_.empty()) return std::nullopt;
  const auto& [index, payload] = dice_.Pick(told_);
  v1::Event original;
  original.ParseFromString(payload);
  if (OutputsOf(original).empty() && !spoilt_) return std::nullopt;
  Draft draft;
  v1::Correct& correct = *draft.event.mutable_correct();
  correct.set_event_index(Wrong() ? index + 1 : index);
  correct.set_original(payload);
  correct.set_reason("misread");
  // What was said first, or last.
  const Step* step = Find(world_.steps, index);
  v1::Event replacement = original;
  if (step != nullptr && step->corrected.has_value() && dice_.Chance(70)) replacement = *step->corrected;
  if (!OutputsOf(replacement).empty()) Alter(replacement);
  if (Wrong() || dice_.Chance(2)) Mutate(replacement, dice_, ids_);
  correct.set_replacement(replacement.SerializeAsString());
  draft.signers = Concerned(world_, original, index);
  if (draft.signers.empty()) draft.signers = {SomeParty()};
  if (dice_.Chance(spoilt_ ? 50 : 4)) draft.signers.resize(1);
  return draft;
}

MaybeDraft Market::Void() {
  if (told_.empty()) return std::nullopt;
  const auto& [index, payload] = dice_.Pick(told_);
  v1::Event original;
  original.ParseFromString(payload);
  const Step* step = Find(world_.steps, index);
  if (step != nullptr && step->voided && !spoilt_) return std::nullopt;
  const bool transfer = original.has_hand_over() || original.has_accept() || original.has_offer();
  if (OutputsOf(original).empty() && !transfer && !spoilt_) return std::nullopt;
  Draft draft;
  v1::Void& voiding = *draft.event.mutable_void_();
  voiding.set_event_index(Wrong() ? index + 1 : index);
  voiding.set_original(payload);
  voiding.set_reason("never happened");
  draft.signers = Concerned(world_, original, index);
  if (draft.signers.empty()) draft.signers = {SomeParty()};
  if (spoilt_ && dice_.Chance(30)) draft.signers.resize(1);
  return draft;
}

}  // namespace touchstone::ledger::model
