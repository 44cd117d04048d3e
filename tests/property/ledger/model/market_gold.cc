// Gold that enters the market, and what is made of it.
#include <algorithm>

#include "tests/property/ledger/model/authority.h"
#include "tests/property/ledger/model/lots.h"
#include "tests/property/ledger/model/market.h"

namespace touchstone::ledger::model {
namespace {

constexpr uint64_t kMgPerG = 1'000;
template <typename Event>
void SetPeriod(Event& event, int64_t until_us, int64_t length_us) {
  event.set_period_from_us(until_us - length_us);
  event.set_period_until_us(until_us);
}

/// The same lots, whole or in part.
void AddInputs(Dice& dice, const World& world, const std::vector<Id>& lots, Parts* inputs) {
  for (const Id& id : lots) {
    v1::LotPart& part = *inputs->Add();
    part.set_lot_id(id);
    const Lot* lot = Find(world.lots, id);
    if (lot != nullptr && lot->mass_mg() > 2 && dice.Chance(20))
      part.set_part_gross_mg(1 + dice.Below(lot->mass_mg() - 1));
  }
}

Intakes SumOf(const World& world, const Parts& parts) {
  const v1::Event event;
  const crypto::Hash id;
  const Case c{const_cast<World&>(world), event, id, 0, 0};  // it only looks
  return IntakesOf(c, parts);
}

}  // namespace

v1::Material Market::SomeMaterial(v1::Form form, uint64_t mass_mg, uint64_t about_ppm) {
  v1::Material material;
  material.set_form(form);
  if (form == v1::FORM_ORE || form == v1::FORM_TAILINGS) {
    material.mutable_ore()->set_dry_mass_mg(mass_mg * 1'000);
    material.mutable_ore()->set_moisture_ppm(static_cast<uint32_t>(dice_.Below(200'000)));
    material.mutable_ore()->set_grade_mg_per_t(dice_.Below(50'000));
  } else {
    material.set_gross_mg(mass_mg);
    if (about_ppm != 0) *material.mutable_fineness() = SomeFineness(about_ppm);
  }
  if (dice_.Chance(25)) material.set_seal(SomeSeal());
  return material;
}

/// So much of it that it holds about so much gold: mostly a little less, at times much less, at times a little more.
v1::Material Market::Yielding(v1::Form form, uint64_t mass_mg, Ng fine_ng) {
  const uint64_t dice = dice_.Below(100);
  const Ng change_ppm = dice < 45   ? -Ng{dice_.Below(400)}
                        : dice < 58 ? -Ng{dice_.Below(40'000)}
                        : dice < 94 ? Ng{dice_.Below(450)}
                                    : Ng{dice_.Below(spoilt_ ? 50'000 : 900)};
  fine_ng += fine_ng * change_ppm / kMillion;
  mass_mg = std::max<uint64_t>(mass_mg, static_cast<uint64_t>(fine_ng / kMillion) + 1);
  const auto ppm = static_cast<uint64_t>(fine_ng / mass_mg);
  return SomeMaterial(form, mass_mg, std::max<uint64_t>(ppm, 1));
}

MaybeDraft Market::Produce() {
  Draft draft;
  v1::Produce& produce = *draft.event.mutable_produce();
  produce.set_site_id(SiteOf(v1::RegisterSite::KIND_MINE));
  const Site* site = Find(world_.sites, produce.site_id());
  if (site == nullptr) return std::nullopt;
  static const std::vector<v1::Form> forms = {
      v1::FORM_DORE,     v1::FORM_DORE,   v1::FORM_DORE, v1::FORM_DORE,        v1::FORM_ORE,     v1::FORM_CONCENTRATE,
      v1::FORM_TAILINGS, v1::FORM_SPONGE, v1::FORM_ORE,  v1::FORM_CONCENTRATE, v1::FORM_AMALGAM, v1::FORM_SOLUTION};
  const bool alike = dice_.Chance(6);
  const uint64_t count = alike ? Between(4, 6) : Between(1, 3);
  const uint64_t mass_mg = Between(5, 1'500) * kMgPerG + dice_.Below(kMgPerG);
  for (uint64_t i = 0; i < count; ++i) {
    const v1::Form form = dice_.Pick(forms);
    const bool fine = form == v1::FORM_DORE ? dice_.Chance(65) : dice_.Chance(25);
    *produce.add_outputs() =
        SomeMaterial(form, alike ? mass_mg : mass_mg + dice_.Below(50'000), fine ? Between(600'000, 950'000) : 0);
  }
  produce.set_route(static_cast<v1::ProcessRoute>(dice_.Chance(70) ? Between(1, 5) : Between(6, 11)));
  produce.set_mercury_use(dice_.Chance(75) ? v1::MERCURY_USE_NOT_USED : static_cast<v1::MercuryUse>(dice_.Below(3)));
  draft.event.set_occurred_at_us(now_us_ - static_cast<int64_t>(dice_.Below(4'000'000'000)));
  // Sometimes told long after.
  const int64_t age_days =
      dice_.Chance(90) ? 0 : static_cast<int64_t>(dice_.Chance(90) ? dice_.Below(60) : Between(700, 800));
  SetPeriod(produce, draft.event.occurred_at_us() - age_days * kDayUs,
            6'000'000'000 + static_cast<int64_t>(dice_.Below(6'000'000'000)));
  if (dice_.Chance(30)) produce.set_shift("night");
  AddDocuments(produce.mutable_documents());
  if (dice_.Chance(50)) *produce.mutable_registrant() = Registrant(dice_.Below(10));
  draft.signers = {site->operated_by};
  return draft;
}

MaybeDraft Market::Intake() {
  Draft draft;
  v1::Intake& intake = *draft.event.mutable_intake();
  intake.set_door(static_cast<v1::Intake::Door>(Between(1, 5)));
  const bool recycled = intake.door() == v1::Intake::DOOR_RECYCLED;
  if (recycled) intake.set_recycled_kind(static_cast<v1::Intake::RecycledKind>(Between(1, 3)));
  static const std::vector<v1::Form> forms = {v1::FORM_SCRAP, v1::FORM_SCRAP, v1::FORM_BAR,    v1::FORM_GRAIN,
                                              v1::FORM_ALLOY, v1::FORM_DORE,  v1::FORM_SWEEPS, v1::FORM_CONCENTRATE};
  const bool large = dice_.Chance(20);
  for (uint64_t i = Between(1, 3); i > 0; --i) {
    const uint64_t mass_mg = (large ? Between(8'000, 30'000) : Between(2, 900)) * kMgPerG;
    *intake.add_outputs() = SomeMaterial(dice_.Pick(forms), mass_mg, dice_.Chance(75) ? Between(300'000, 999'000) : 0);
  }
  static const std::vector<std::string> countries = {"PE", "BO", "AE", "HK", "CH"};
  const bool mined =
      intake.door() == v1::Intake::DOOR_LARGE_SCALE_MINED || intake.door() == v1::Intake::DOOR_ARTISANAL_OFF_LEDGER;
  if (mined || dice_.Chance(30)) intake.set_country(dice_.Pick(countries));
  static const std::vector<v1::Role> roles = {v1::ROLE_AGGREGATOR, v1::ROLE_REFINER, v1::ROLE_JEWELER,
                                              v1::ROLE_MANUFACTURER, v1::ROLE_RETAILER};
  const Id actor = dice_.Chance(10) ? SomeParty() : PartyWith(dice_.Pick(roles));
  if (dice_.Chance(20)) *intake.mutable_supplier() = Registrant(dice_.Below(30));
  AddDocuments(intake.mutable_documents());
  if (intake.door() == v1::Intake::DOOR_EXISTING_STOCK) {
    intake.set_cut_off_at_us(now_us_ - static_cast<int64_t>(Between(1, 300)) * kDayUs);
    // What was attested of the party, or of another.
    const Party* party = Find(world_.parties, actor);
    if (party != nullptr && !party->attestations.empty() && dice_.Chance(70)) {
      intake.set_attestation_id(dice_.Pick(party->attestations));
    } else if (dice_.Chance(40)) {
      intake.set_attestation_id(SomeId(ObjectKind::kAttestation));
    }
  }
  draft.signers = {actor};
  return draft;
}

MaybeDraft Market::Process() {
  const uint32_t forms = FindRuleset(2)->ProcessRule().input_forms;
  const auto fits = [&](const Lot& lot) { return IsWorkable(lot) && (forms & FormBit(lot.material.form())) != 0; };
  const Id first = LiveLot(fits);
  const Lot* lot = Find(world_.lots, first);
  if (lot == nullptr) return std::nullopt;
  const bool determined = lot->determined();
  const Id owner = lot->owner;
  const auto like = [&](const Lot& other) {
    return fits(other) && other.determined() == determined && other.owner == owner;
  };
  Draft draft;
  v1::Process& process = *draft.event.mutable_process();
  AddInputs(dice_, world_, LotsLike(first, Between(1, 4), like), process.mutable_inputs());
  const Intakes in = SumOf(world_, process.inputs());
  static const std::vector<v1::Form> made = {v1::FORM_CONCENTRATE, v1::FORM_DORE,    v1::FORM_SPONGE,
                                             v1::FORM_SOLUTION,    v1::FORM_AMALGAM, v1::FORM_DORE};
  const v1::Form form = dice_.Pick(made);
  if (in.determined) {
    const uint64_t mass_mg = static_cast<uint64_t>(in.fine_ng / 1'000'000) * Between(1, 4) + 1;
    *process.add_outputs() = Yielding(form, mass_mg, in.fine_ng);
    if (dice_.Chance(15)) process.mutable_outputs(0)->clear_fineness();
  } else {
    *process.add_outputs() =
        SomeMaterial(form, Between(20, 800) * kMgPerG, dice_.Chance(45) ? Between(200'000, 900'000) : 0);
  }
  if (dice_.Chance(40)) *process.add_outputs() = SomeMaterial(v1::FORM_TAILINGS, Between(100, 2'000), 0);
  process.set_site_id(SiteOf(dice_.Chance(60) ? v1::RegisterSite::KIND_MINE : v1::RegisterSite::KIND_PROCESSING_PLANT));
  process.set_route(static_cast<v1::ProcessRoute>(dice_.Chance(60) ? Between(1, 6) : Between(7, 11)));
  process.set_mercury_use(dice_.Chance(75) ? v1::MERCURY_USE_NOT_USED : static_cast<v1::MercuryUse>(dice_.Below(3)));
  draft.event.set_occurred_at_us(now_us_ - static_cast<int64_t>(dice_.Below(4'000'000'000)));
  SetPeriod(process, draft.event.occurred_at_us(), 6'000'000'000);
  draft.signers = {lot->custodian};
  return draft;
}

/// One output or two of about what went in.
void Market::FillTransform(v1::Transform& transform, const Intakes& in, v1::Form form) {
  uint64_t mass_mg = in.mass_mg;
  if (transform.kind() == v1::Transform::KIND_REFINE && in.fine_ng > 0) {
    mass_mg = static_cast<uint64_t>(in.fine_ng * 1'000 / (990'000'000 + Ng{dice_.Below(9'900'000)}) / 1'000) + 1;
  } else if (transform.kind() == v1::Transform::KIND_ALLOY && in.fine_ng > 0) {
    mass_mg = std::max<uint64_t>(mass_mg, static_cast<uint64_t>(in.fine_ng / (dice_.Chance(50) ? 750'000 : 585'000)));
    transform.set_added_non_gold_mg(mass_mg - in.mass_mg);
  }
  const bool two = transform.kind() != v1::Transform::KIND_MERGE && mass_mg > 10 && dice_.Chance(40);
  const uint64_t first_mg = two ? 1 + dice_.Below(mass_mg - 1) : mass_mg;
  for (const uint64_t part_mg : {first_mg, mass_mg - first_mg}) {
    if (part_mg == 0) continue;
    v1::Output& output = *transform.add_outputs();
    if (in.determined) {
      *output.mutable_material() = Yielding(form, part_mg, in.fine_ng * part_mg / std::max<uint64_t>(mass_mg, 1));
      if (transform.kind() != v1::Transform::KIND_MERGE && dice_.Chance(14))
        output.mutable_material()->clear_fineness();
    } else {
      *output.mutable_material() = SomeMaterial(form, part_mg, dice_.Chance(50) ? Between(400'000, 900'000) : 0);
    }
    if (form != v1::FORM_BAR || dice_.Chance(30)) continue;
    output.set_serial("B" + std::to_string(Wrong() ? dice_.Below(numbers_ + 1) : ++numbers_));
    output.set_mark("LION");
    output.set_good_delivery(dice_.Chance(60));
  }
}

MaybeDraft Market::Transform() {
  const Id first = LiveLot([](const Lot& lot) { return IsWorkable(lot) && lot.material.form() != v1::FORM_SAMPLE; });
  const Lot* lot = Find(world_.lots, first);
  if (lot == nullptr) return std::nullopt;
  using T = v1::Transform;
  const v1::Form form = lot->material.form();
  const Party* actor = Find(world_.parties, lot->custodian);
  std::vector<T::Kind> kinds = {T::KIND_MERGE, T::KIND_SPLIT};
  if (IsMetal(form)) kinds = {T::KIND_MERGE, T::KIND_SPLIT, T::KIND_MELT, T::KIND_MELT, T::KIND_ALLOY, T::KIND_CAST};
  if (IsMetal(form) && actor != nullptr && actor->roles.count(v1::ROLE_REFINER) != 0) {
    kinds.insert(kinds.end(), 4, T::KIND_REFINE);
  }
  if ((FindRuleset(2)->StepRuleOf(T::KIND_SMELT)->input_forms & FormBit(form)) != 0)
    kinds.insert(kinds.end(), 4, T::KIND_SMELT);
  Draft draft;
  v1::Transform& transform = *draft.event.mutable_transform();
  transform.set_kind(Wrong() ? static_cast<T::Kind>(Between(1, 7)) : dice_.Pick(kinds));
  const uint32_t forms = FindRuleset(2)->StepRuleOf(transform.kind())->input_forms;
  const bool merge = transform.kind() == T::KIND_MERGE;
  const bool split = transform.kind() == T::KIND_SPLIT;
  const bool determined = lot->determined();
  const Id owner = lot->owner;
  const auto like = [&](const Lot& other) {
    const bool same = merge ? other.material.form() == form : (forms & FormBit(other.material.form())) != 0;
    return IsWorkable(other) && same && other.determined() == determined && other.owner == owner;
  };
  AddInputs(dice_, world_, LotsLike(first, split ? 1 : Between(1, 5), like), transform.mutable_inputs());
  const Intakes in = SumOf(world_, transform.inputs());
  static const std::map<T::Kind, std::vector<v1::Form>> makes = {
      {T::KIND_MELT, {v1::FORM_DORE, v1::FORM_BAR, v1::FORM_SCRAP, v1::FORM_GRAIN}},
      {T::KIND_SMELT, {v1::FORM_DORE}},
      {T::KIND_REFINE, {v1::FORM_BAR, v1::FORM_GRAIN, v1::FORM_BAR}},
      {T::KIND_ALLOY, {v1::FORM_ALLOY, v1::FORM_GRAIN}},
      {T::KIND_CAST, {v1::FORM_BAR}}};
  const auto* others = Find(makes, transform.kind());
  const v1::Form into = others == nullptr ? form : dice_.Pick(*others);
  if (split && in.mass_mg > 2) {
    const uint64_t mass_mg = in.mass_mg;
    const uint64_t first_mg = 1 + dice_.Below(mass_mg - 1);
    for (const uint64_t part_mg : {first_mg, mass_mg - first_mg}) {
      v1::Material& material = *transform.add_outputs()->mutable_material();
      material = lot->material;
      material.clear_seal();
      if (material.has_ore()) {
        material.mutable_ore()->set_dry_mass_mg(part_mg);
      } else {
        material.set_gross_mg(part_mg);
      }
    }
  } else if (merge && lot->material.has_ore()) {
    v1::Material& material = *transform.add_outputs()->mutable_material();
    material = lot->material;
    material.mutable_ore()->set_dry_mass_mg(in.mass_mg);
  } else {
    FillTransform(transform, in, into);
  }
  if (dice_.Chance(30)) transform.set_site_id(SomeId(ObjectKind::kSite));
  if (dice_.Chance(30)) transform.set_route(static_cast<v1::ProcessRoute>(Between(1, 15)));
  transform.set_mercury_use(dice_.Chance(95) ? v1::MERCURY_USE_NOT_USED : v1::MERCURY_USE_USED);
  transform.set_custody_model(static_cast<v1::CustodyModel>(dice_.Below(5)));
  draft.signers = {lot->custodian};
  return draft;
}

MaybeDraft Market::MakePiece() {
  const auto makes = [&](const Id& id) {
    const Party* party = Find(world_.parties, id);
    return party != nullptr &&
           (party->roles.count(v1::ROLE_JEWELER) != 0 || party->roles.count(v1::ROLE_MANUFACTURER) != 0);
  };
  const auto fits = [&](const Lot& lot) { return IsWorkable(lot) && IsMetal(lot.material.form()) && lot.determined(); };
  Id maker = PartyWith(dice_.Chance(75) ? v1::ROLE_JEWELER : v1::ROLE_MANUFACTURER);
  Id first = LotOf(maker, fits);
  if (first.empty() || spoilt_)
    first = LiveLot([&](const Lot& lot) { return fits(lot) && (makes(lot.custodian) || Wrong()); });
  const Lot* lot = Find(world_.lots, first);
  if (lot == nullptr || lot->mass_mg() < 100) return std::nullopt;
  Draft draft;
  v1::MakePiece& make = *draft.event.mutable_make_piece();
  v1::LotPart& part = *make.add_inputs();
  part.set_lot_id(first);
  const uint64_t most_mg = std::min<uint64_t>(lot->mass_mg() - 1, 60'000);
  const bool all = lot->mass_mg() < 60'000 && dice_.Chance(60);
  if (!all) part.set_part_gross_mg(1 + dice_.Below(most_mg));
  const uint64_t mass_mg = all ? lot->mass_mg() : part.part_gross_mg();
  const uint64_t pieces = std::min<uint64_t>(Between(1, 2), mass_mg);
  const Ng fine_ng = Ng{mass_mg} * lot->material.fineness().ppm();
  const bool leaves = mass_mg > 10 && dice_.Chance(50);
  for (uint64_t i = 0; i < pieces; ++i) {
    v1::Piece& piece = *make.add_pieces();
    piece.set_article("ring");
    piece.set_serial("R" + std::to_string(Wrong() ? dice_.Below(numbers_ + 1) : ++numbers_));
    const v1::Material metal = Yielding(v1::FORM_SCRAP, std::max<uint64_t>(1, mass_mg / pieces / (leaves ? 2 : 1)),
                                        fine_ng / pieces / (leaves ? 2 : 1));
    piece.set_metal_mg(metal.gross_mg());
    *piece.mutable_fineness() = metal.fineness();
    if (dice_.Chance(30)) piece.set_excluded_mg(metal.gross_mg() * dice_.Below(spoilt_ ? 100'000 : 50'000) / 1'000'000);
  }
  if (leaves) {
    *make.add_leftovers() = Yielding(dice_.Chance(50) ? v1::FORM_SCRAP : v1::FORM_SWEEPS, mass_mg / 2, fine_ng / 2);
    if (dice_.Chance(20)) make.mutable_leftovers(0)->clear_fineness();
  }
  draft.signers = {lot->custodian};
  return draft;
}

}  // namespace touchstone::ledger::model
