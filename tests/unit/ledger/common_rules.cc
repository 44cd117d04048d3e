// What every event must satisfy, and the form that verbs share.
#include "base/limits.h"
#include "ledger/state.h"
#include "tests/unit/ledger/rules.h"

namespace touchstone::ledger {

namespace {

void AddDocument(v1::Produce& produce, const std::string& sha256, uint64_t length) {
  v1::DocumentRef& document = *produce.add_documents();
  document.set_sha256(sha256);
  document.set_length_bytes(length);
}

/// The entry by which root appointed the registrar.
constexpr size_t kFirstOffice = 2;

v1::Material& Output(Said& s) { return *s.event.mutable_produce()->mutable_outputs(0); }
v1::Fineness& Fineness(Said& s) { return *Output(s).mutable_fineness(); }

/// Letters of many scripts, and dashes whose bytes resemble those of controls.
Said Foreign(const World& w) {
  Said said = honest::Produce(w);
  said.event.mutable_produce()->set_shift("Schicht ‐ früh – \u2030 وردية");
  AddDocument(*said.event.mutable_produce(), std::string(32, 'd'), 1);
  said.event.mutable_produce()->mutable_documents(0)->set_title("山 † \u2065");
  return said;
}

}  // namespace

std::vector<Rule> CommonRules() {
  using honest::Produce;
  return {
      // Time and ledger.
      {"an event of another ledger", Produce,
       [](const World&, Said& s) { s.event.set_genesis_id(std::string(32, 'x')); }, v1::REASON_WRONG_LEDGER,
       "genesis_id"},
      {"an event of no ledger", Produce, [](const World&, Said& s) { s.event.clear_genesis_id(); },
       v1::REASON_WRONG_LEDGER, "genesis_id"},
      {"an event that the log has", Produce,
       [](const World& w, Said& s) {
         v1::LogEntry entry;
         v1::Envelope envelope;
         entry.ParseFromString(w.ledger.entries()[kFirstOffice]);
         envelope.ParseFromString(entry.envelope());
         s.event.ParseFromString(envelope.payload());
         s.by = {"root"};
       },
       v1::REASON_EVENT_REPEATED, ""},
      {"an event from before 2000", Produce, [](const World&, Said& s) { s.event.set_occurred_at_us(1); },
       v1::REASON_FIELD_INVALID, "occurred_at_us"},
      {"an event of the year 9999", Produce,
       [](const World&, Said& s) { s.event.set_occurred_at_us(limits::kMaxRecordedAtUs); },
       v1::REASON_OCCURRED_IN_FUTURE, "occurred_at_us"},
      {"an offset beyond any time zone", Produce, [](const World&, Said& s) { s.event.set_utc_offset_min(901); },
       v1::REASON_FIELD_INVALID, "utc_offset_min"},
      {"a device's previous event of the wrong length", Produce,
       [](const World&, Said& s) { s.event.mutable_device()->set_previous_event_id("short"); },
       v1::REASON_FIELD_INVALID, "device.previous_event_id"},
      {"a device that counts from nothing", honest::FromDevice,
       [](const World&, Said& s) { s.event.mutable_device()->clear_counter(); }, v1::REASON_FIELD_INVALID,
       "device.counter"},

      // Signers.
      {"a key of nobody", Produce, [](const World&, Said& s) { s.by = {"nobody"}; }, v1::REASON_UNKNOWN_KEY,
       "signer_keys[0]"},
      {"a key that was retired", Produce, [](const World&, Said& s) { s.by = {"north-2"}; }, v1::REASON_KEY_RETIRED,
       "signer_keys[0]"},
      {"a second party's signature", Produce,
       [](const World&, Said& s) {
         s.by = {"north", "south"};
       },
       v1::REASON_SIGNERS_MISMATCH, "signer_keys[1]"},
      {"root's signature where a party speaks", Produce, [](const World&, Said& s) { s.by = {"root"}; },
       v1::REASON_SIGNERS_MISMATCH, "signer_keys[0]"},
      {"on behalf of who is no member", Produce,
       [](const World& w, Said& s) { s.event.set_on_behalf_of_party_id(w.story.PartyOf("south")); },
       v1::REASON_NOT_ON_BEHALF, "on_behalf_of_party_id"},
      {"on behalf of another's member", Produce,
       [](const World& w, Said& s) { s.event.set_on_behalf_of_party_id(w.story.PartyOf("member")); },
       v1::REASON_NOT_ON_BEHALF, "on_behalf_of_party_id"},
      {"a cooperative for a member who has keys", Produce,
       [](const World& w, Said& s) {
         s.event.set_on_behalf_of_party_id(w.story.PartyOf("clubman"));
         s.by = {"cooperative"};
       },
       v1::REASON_NOT_ON_BEHALF, "on_behalf_of_party_id"},
      {"a cooperative for a stranger", Produce,
       [](const World& w, Said& s) {
         s.event.set_on_behalf_of_party_id(w.story.PartyOf("north"));
         s.by = {"cooperative"};
       },
       v1::REASON_NOT_ON_BEHALF, "on_behalf_of_party_id"},

      // Material.
      {"no form", Produce, [](const World&, Said& s) { Output(s).clear_form(); }, v1::REASON_FIELD_REQUIRED,
       "produce.outputs[0].form"},
      {"no mass", Produce, [](const World&, Said& s) { Output(s).clear_gross_mg(); }, v1::REASON_FIELD_INVALID,
       "produce.outputs[0].gross_mg"},
      {"more mass than a lot may have", Produce,
       [](const World&, Said& s) { Output(s).set_gross_mg(limits::kMaxGrossMg + 1); }, v1::REASON_FIELD_INVALID,
       "produce.outputs[0].gross_mg"},
      {"a fineness of nothing", Produce, [](const World&, Said& s) { Fineness(s).clear_ppm(); },
       v1::REASON_FIELD_INVALID, "produce.outputs[0].fineness.ppm"},
      {"a fineness above one", Produce, [](const World&, Said& s) { Fineness(s).set_ppm(1'000'001); },
       v1::REASON_FIELD_INVALID, "produce.outputs[0].fineness.ppm"},
      {"a fineness without a method", Produce, [](const World&, Said& s) { Fineness(s).clear_method(); },
       v1::REASON_FIELD_REQUIRED, "produce.outputs[0].fineness.method"},
      {"an uncertainty above the fineness", Produce,
       [](const World&, Said& s) { Fineness(s).set_uncertainty_ppm(900'001); }, v1::REASON_FIELD_INVALID,
       "produce.outputs[0].fineness.uncertainty_ppm"},
      {"an ore quantity on metal", Produce, [](const World&, Said& s) { Output(s).mutable_ore(); },
       v1::REASON_FIELD_INVALID, "produce.outputs[0].ore"},
      {"ore without its quantity", Produce,
       [](const World&, Said& s) {
         Output(s).Clear();
         Output(s).set_form(v1::FORM_ORE);
       },
       v1::REASON_FIELD_REQUIRED, "produce.outputs[0].ore"},
      {"ore with a fineness", Produce,
       [](const World&, Said& s) {
         Output(s).set_form(v1::FORM_ORE);
         Output(s).mutable_ore()->set_dry_mass_mg(1);
       },
       v1::REASON_FIELD_INVALID, "produce.outputs[0].fineness"},
      {"ore with a gross mass", Produce,
       [](const World&, Said& s) {
         Output(s).set_form(v1::FORM_ORE);
         Output(s).clear_fineness();
         Output(s).mutable_ore()->set_dry_mass_mg(1);
       },
       v1::REASON_FIELD_INVALID, "produce.outputs[0].gross_mg"},
      {"ore of no dry mass", Produce,
       [](const World&, Said& s) {
         Output(s).Clear();
         Output(s).set_form(v1::FORM_TAILINGS);
         Output(s).mutable_ore();
       },
       v1::REASON_FIELD_INVALID, "produce.outputs[0].ore.dry_mass_mg"},
      {"ore that is all water", Produce,
       [](const World&, Said& s) {
         Output(s).Clear();
         Output(s).set_form(v1::FORM_ORE);
         Output(s).mutable_ore()->set_dry_mass_mg(1);
         Output(s).mutable_ore()->set_moisture_ppm(1'000'000);
       },
       v1::REASON_FIELD_INVALID, "produce.outputs[0].ore.moisture_ppm"},
      {"ore that is more than gold", Produce,
       [](const World&, Said& s) {
         Output(s).Clear();
         Output(s).set_form(v1::FORM_ORE);
         Output(s).mutable_ore()->set_dry_mass_mg(1);
         Output(s).mutable_ore()->set_grade_mg_per_t(1'000'000'001);
       },
       v1::REASON_FIELD_INVALID, "produce.outputs[0].ore.grade_mg_per_t"},
      {"a seal that does not fit", Produce, [](const World&, Said& s) { Output(s).set_seal(std::string(65, 's')); },
       v1::REASON_FIELD_TOO_LONG, "produce.outputs[0].seal"},
      {"a line break in a reference", Produce,
       [](const World&, Said& s) { s.event.mutable_produce()->set_shift("a\nb"); }, v1::REASON_FIELD_INVALID,
       "produce.shift"},

      // Texts that read otherwise than they are written.
      {"a right-to-left override in a reference", Foreign,
       [](const World&, Said& s) { s.event.mutable_produce()->set_shift("a\u202eb"); }, v1::REASON_FIELD_INVALID,
       "produce.shift"},
      {"an isolate in a seal", Foreign, [](const World&, Said& s) { Output(s).set_seal("\u2066S-1\u2069"); },
       v1::REASON_FIELD_INVALID, "produce.outputs[0].seal"},
      {"a right-to-left mark in a title", Foreign,
       [](const World&, Said& s) { s.event.mutable_produce()->mutable_documents(0)->set_title("slip\u200f"); },
       v1::REASON_FIELD_INVALID, "produce.documents[0].title"},
      {"an Arabic letter mark in a name", honest::RegisterParty,
       [](const World&, Said& s) { s.event.mutable_register_party()->set_name("\u061cnorth"); },
       v1::REASON_FIELD_INVALID, "register_party.name"},

      // Papers.
      {"a document's hash of the wrong length", Produce,
       [](const World&, Said& s) { AddDocument(*s.event.mutable_produce(), "short", 1); }, v1::REASON_FIELD_INVALID,
       "produce.documents[0].sha256"},
      {"a document without bytes", Produce,
       [](const World&, Said& s) { AddDocument(*s.event.mutable_produce(), std::string(32, 'd'), 0); },
       v1::REASON_FIELD_REQUIRED, "produce.documents[0].length_bytes"},
      {"too many documents", Produce,
       [](const World&, Said& s) {
         for (int i = 0; i <= limits::kMaxListedPerEvent; ++i) {
           AddDocument(*s.event.mutable_produce(), std::string(32, 'd'), 1);
         }
       },
       v1::REASON_FIELD_TOO_LONG, "produce.documents"},
      {"a commitment of the wrong length", Produce,
       [](const World&, Said& s) { s.event.mutable_produce()->mutable_registrant()->set_commitment("short"); },
       v1::REASON_FIELD_INVALID, "produce.registrant.commitment"},
  };
}

}  // namespace touchstone::ledger
