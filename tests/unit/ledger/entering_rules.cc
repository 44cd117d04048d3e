// How gold enters from outside, is treated, and is sampled.
#include "tests/unit/ledger/rules.h"

namespace touchstone::ledger {
namespace {

using testing::Metal;
using testing::Take;

constexpr char kNoParty[] = "party_aaaaaaaaaaaaaaaaaaaaaaaaaa";
constexpr char kNoSite[] = "site_aaaaaaaaaaaaaaaaaaaaaaaaaa";
constexpr char kNoLot[] = "lot_aaaaaaaaaaaaaaaaaaaaaaaaaa";

v1::Intake& Intake(Said& s) { return *s.event.mutable_intake(); }
v1::Process& Process(Said& s) { return *s.event.mutable_process(); }
v1::Sample& Sample(Said& s) { return *s.event.mutable_sample(); }

std::vector<Rule> IntakeRules() {
  using W = const World&;
  const auto intake = honest::Intake;
  const auto stock = honest::IntakeOfStock;
  return {
      {"gold through no door", intake, [](W, Said& s) { Intake(s).clear_door(); }, v1::REASON_FIELD_REQUIRED,
       "intake.door"},
      {"recycled gold of no kind", intake, [](W, Said& s) { Intake(s).set_door(v1::Intake::DOOR_RECYCLED); },
       v1::REASON_FIELD_REQUIRED, "intake.recycled_kind"},
      {"mined gold that was recycled", intake,
       [](W, Said& s) { Intake(s).set_recycled_kind(v1::Intake::RECYCLED_KIND_INVESTMENT); }, v1::REASON_FIELD_INVALID,
       "intake.recycled_kind"},
      {"nothing taken in", intake, [](W, Said& s) { Intake(s).clear_outputs(); }, v1::REASON_FIELD_REQUIRED,
       "intake.outputs"},
      {"a sample taken in", intake, [](W, Said& s) { Intake(s).mutable_outputs(1)->set_form(v1::FORM_SAMPLE); },
       v1::REASON_FORM_INVALID, "intake.outputs[1].form"},
      {"a lot without mass taken in", intake, [](W, Said& s) { Intake(s).mutable_outputs(1)->clear_gross_mg(); },
       v1::REASON_FIELD_INVALID, "intake.outputs[1].gross_mg"},
      {"mined gold of no country", intake, [](W, Said& s) { Intake(s).clear_country(); }, v1::REASON_FIELD_REQUIRED,
       "intake.country"},
      {"gold of what is no country", intake, [](W, Said& s) { Intake(s).set_country("Peru"); },
       v1::REASON_FIELD_INVALID, "intake.country"},
      {"a cut-off date of what is no stock", intake,
       [](W, Said& s) { Intake(s).set_cut_off_at_us(s.event.occurred_at_us()); }, v1::REASON_FIELD_INVALID,
       "intake.cut_off_at_us"},
      {"a count of what is no stock", intake,
       [](const World& w, Said& s) { Intake(s).set_attestation_id(w.kept.stock_count); }, v1::REASON_FIELD_INVALID,
       "intake.attestation_id"},
      {"stock without a cut-off date", stock, [](W, Said& s) { Intake(s).clear_cut_off_at_us(); },
       v1::REASON_FIELD_REQUIRED, "intake.cut_off_at_us"},
      {"stock of tomorrow", stock, [](W, Said& s) { Intake(s).set_cut_off_at_us(s.event.occurred_at_us() + 1); },
       v1::REASON_FIELD_INVALID, "intake.cut_off_at_us"},
      {"a count that is no attestation", stock, [](W, Said& s) { Intake(s).set_attestation_id("A-1"); },
       v1::REASON_FIELD_INVALID, "intake.attestation_id"},
      {"a supplier's commitment of the wrong length", intake,
       [](W, Said& s) { Intake(s).mutable_supplier()->set_commitment("short"); }, v1::REASON_FIELD_INVALID,
       "intake.supplier.commitment"},
      {"an intake by two parties", intake,
       [](W, Said& s) {
         s.by = {"trader", "north"};
       },
       v1::REASON_SIGNERS_MISMATCH, "signer_keys[1]"},
  };
}

std::vector<Rule> ProcessRules() {
  using W = const World&;
  const auto process = honest::Process;
  const auto sweeps = honest::ProcessOfSweeps;
  return {
      {"another's material treated", process, [](W, Said& s) { s.by = {"north"}; }, v1::REASON_NOT_CUSTODIAN,
       "process.inputs[0].lot_id"},
      {"nothing treated", process, [](W, Said& s) { Process(s).clear_inputs(); }, v1::REASON_FIELD_REQUIRED,
       "process.inputs"},
      {"metal treated as ore", process,
       [](const World& w, Said& s) {
         *Process(s).mutable_inputs(0) = Take(w.dore);
         s.by = {"north"};
       },
       v1::REASON_FORM_INVALID, "process.inputs[0].lot_id"},
      {"a part as large as its lot", process,
       [](W, Said& s) { Process(s).mutable_inputs(0)->set_part_gross_mg(1'000'000); }, v1::REASON_PART_TOO_LARGE,
       "process.inputs[0].part_gross_mg"},
      {"determined sweeps with undetermined tailings", sweeps,
       [](const World& w, Said& s) { *Process(s).add_inputs() = Take(w.kept.tailings); }, v1::REASON_FORM_INVALID,
       "process.inputs[1].lot_id"},
      {"material treated twice in one event", process,
       [](W, Said& s) { *Process(s).add_inputs() = Process(s).inputs(0); }, v1::REASON_LOT_REPEATED,
       "process.inputs[1].lot_id"},
      {"a treatment that yields nothing", process, [](W, Said& s) { Process(s).clear_outputs(); },
       v1::REASON_FIELD_REQUIRED, "process.outputs"},
      {"a bar out of a treatment", process, [](W, Said& s) { Process(s).mutable_outputs(0)->set_form(v1::FORM_BAR); },
       v1::REASON_FORM_INVALID, "process.outputs[0].form"},
      {"a treatment nowhere", process, [](W, Said& s) { Process(s).clear_site_id(); }, v1::REASON_FIELD_REQUIRED,
       "process.site_id"},
      {"a treatment where nothing is registered", process, [](W, Said& s) { Process(s).set_site_id(kNoSite); },
       v1::REASON_UNKNOWN_SITE, "process.site_id"},
      {"a treatment in a vault", process, [](const World& w, Said& s) { Process(s).set_site_id(w.kept.vault); },
       v1::REASON_FIELD_INVALID, "process.site_id"},
      {"a treatment by no route", process, [](W, Said& s) { Process(s).clear_route(); }, v1::REASON_FIELD_REQUIRED,
       "process.route"},
      {"a treatment without a period", process, [](W, Said& s) { Process(s).clear_period_from_us(); },
       v1::REASON_FIELD_INVALID, "process.period_from_us"},
      {"a treatment that is not over", process,
       [](W, Said& s) { Process(s).set_period_until_us(s.event.occurred_at_us() + 1); }, v1::REASON_FIELD_INVALID,
       "process.period_until_us"},
      {"more fine gold out of sweeps than was in them", sweeps,
       [](W, Said& s) { Process(s).mutable_outputs(0)->set_gross_mg(1'200); }, v1::REASON_FINE_MASS_GAIN,
       "process.outputs"},
  };
}

std::vector<Rule> SampleRules() {
  using W = const World&;
  const auto sample = honest::Sample;
  return {
      {"a sample of no lot", sample, [](W, Said& s) { Sample(s).set_lot_id(kNoLot); }, v1::REASON_UNKNOWN_LOT,
       "sample.lot_id"},
      {"a sample of another's lot", sample, [](const World& w, Said& s) { Sample(s).set_lot_id(w.souths); },
       v1::REASON_NOT_CUSTODIAN, "sample.lot_id"},
      {"a sample of ore", sample, [](const World& w, Said& s) { Sample(s).set_lot_id(w.ore); }, v1::REASON_FORM_INVALID,
       "sample.lot_id"},
      {"a sample of a sample", sample, [](const World& w, Said& s) { Sample(s).set_lot_id(w.kept.sampled); },
       v1::REASON_FORM_INVALID, "sample.lot_id"},
      {"a sample of nothing", sample, [](W, Said& s) { Sample(s).clear_sample_gross_mg(); }, v1::REASON_FIELD_REQUIRED,
       "sample.sample_gross_mg"},
      {"a sample that leaves nothing", sample, [](W, Said& s) { Sample(s).set_sample_gross_mg(100'000); },
       v1::REASON_PART_TOO_LARGE, "sample.sample_gross_mg"},
      {"a sample for nobody", sample, [](W, Said& s) { Sample(s).set_laboratory_party_id(kNoParty); },
       v1::REASON_UNKNOWN_PARTY, "sample.laboratory_party_id"},
      {"a sample for who is no laboratory", sample,
       [](const World& w, Said& s) { Sample(s).set_laboratory_party_id(w.story.PartyOf("refiner")); },
       v1::REASON_ROLE_MISSING, "sample.laboratory_party_id"},
      {"a sample of what is used up", sample, [](const World& w, Said& s) { Sample(s).set_lot_id(w.consumed); },
       v1::REASON_LOT_CONSUMED, "sample.lot_id"},
      {"a sample of what is on offer", sample, [](const World& w, Said& s) { Sample(s).set_lot_id(w.offered); },
       v1::REASON_LOT_OFFERED, "sample.lot_id"},
  };
}

}  // namespace

std::vector<Rule> EnteringRules() {
  std::vector<Rule> all;
  for (const auto& table : {IntakeRules(), ProcessRules(), SampleRules()}) {
    all.insert(all.end(), table.begin(), table.end());
  }
  return all;
}

}  // namespace touchstone::ledger
