// What may be read otherwise, and who must agree.
#include "base/check.h"
#include "ledger/envelope.h"
#include "ledger/state.h"
#include "tests/unit/ledger/rules.h"

namespace touchstone::ledger {
namespace {

using testing::Story;

/// The entry that made a lot, as whoever made it keeps it.
struct Kept {
  uint64_t index = 0;
  std::string payload;
};

Kept MadeBy(const World& w, const std::string& lot_id) {
  Kept kept{Load<v1::LotRecord>(w.ledger, lot_id)->index(), {}};
  const auto entry = DecodeEntry(*w.ledger.Entry(kept.index));
  TS_CHECK(entry.ok());
  const auto event = DecodeEnvelope(entry->envelope());
  TS_CHECK(event.ok());
  kept.payload = event->envelope.payload();
  return kept;
}

/// An event of now, by whoever signs it.
Said Now(const World& w, v1::Event event, const std::vector<std::string>& by) {
  Story story = w.story;
  return {story.Sign(std::move(event), by).event, by};
}

v1::Event Replacement(const Said& said) {
  v1::Event event;
  TS_CHECK(event.ParseFromString(said.event.correct().replacement()));
  return event;
}

void Replace(Said& said, const v1::Event& replacement) {
  said.event.mutable_correct()->set_replacement(replacement.SerializeAsString());
}

/// The entry that made the lot, with something changed.
template <typename Change>
Said CorrectionOf(const World& w, const std::string& lot_id, const char* by, Change change) {
  const Kept kept = MadeBy(w, lot_id);
  v1::Event replacement;
  TS_CHECK(replacement.ParseFromString(kept.payload));
  change(replacement);
  v1::Event event;
  event.mutable_correct()->set_event_index(kept.index);
  event.mutable_correct()->set_original(kept.payload);
  event.mutable_correct()->set_replacement(replacement.SerializeAsString());
  event.mutable_correct()->set_reason("read from the wrong slip");
  return Now(w, std::move(event), {by});
}

Said VoidingOf(const World& w, const std::string& lot_id, const std::vector<std::string>& by) {
  const Kept kept = MadeBy(w, lot_id);
  v1::Event event;
  event.mutable_void_()->set_event_index(kept.index);
  event.mutable_void_()->set_original(kept.payload);
  event.mutable_void_()->set_reason("entered twice");
  return Now(w, std::move(event), by);
}

v1::Material& Dore(v1::Event& event) { return *event.mutable_produce()->mutable_outputs(0); }

/// North's doré, which north still has, had another shift.
Said Correct(const World& w) {
  return CorrectionOf(w, w.dore, "north", [](v1::Event& e) { e.mutable_produce()->set_shift("night"); });
}

/// North's doré weighed less; refiner has it since.
Said CorrectWhatMovedOn(const World& w) {
  return CorrectionOf(w, w.quarantined, "north",
                      [](v1::Event& e) { Dore(e).set_gross_mg(Dore(e).gross_mg() - 1'000); });
}

/// A melt of north into scrap, live with north: the scale of the scrap showed less.
Said CorrectStep(const World& w) {
  return CorrectionOf(w, w.scrap, "north", [](v1::Event& e) {
    e.mutable_transform()->mutable_outputs(0)->mutable_material()->set_gross_mg(39'000);
  });
}

Said Void(const World& w) { return VoidingOf(w, w.second_dore, {"north"}); }
Said VoidWhatMovedOn(const World& w) { return VoidingOf(w, w.quarantined, {"north", "refiner"}); }

}  // namespace

std::vector<Rule> CorrectionRules() {
  using W = const World&;
  return {
      {"a correction without a reason", Correct, [](W, Said& s) { s.event.mutable_correct()->clear_reason(); },
       v1::REASON_FIELD_REQUIRED, "correct.reason"},
      {"a correction of what is no event", Correct,
       [](W, Said& s) { s.event.mutable_correct()->set_original("no event"); }, v1::REASON_FIELD_INVALID,
       "correct.original"},
      {"a correction of another entry than it carries", Correct,
       [](W, Said& s) { s.event.mutable_correct()->set_event_index(s.event.correct().event_index() + 1); },
       v1::REASON_UNKNOWN_EVENT, "correct.original"},
      {"a correction of what was never recorded", Correct,
       [](W, Said& s) {
         v1::Event other = Replacement(s);
         other.set_utc_offset_min(60);
         s.event.mutable_correct()->set_original(other.SerializeAsString());
       },
       v1::REASON_UNKNOWN_EVENT, "correct.original"},
      {"a correction of an offer", Correct,
       [](const World& w, Said& s) {
         const uint64_t index = Load<v1::OfferRecord>(w.ledger, w.open_offer)->index();
         const auto event = DecodeEnvelope(DecodeEntry(*w.ledger.Entry(index))->envelope());
         s.event.mutable_correct()->set_event_index(index);
         s.event.mutable_correct()->set_original(event->envelope.payload());
       },
       v1::REASON_NOT_CORRECTABLE, "correct.event_index"},
      {"a correction by another", Correct, [](W, Said& s) { s.by = {"south"}; }, v1::REASON_NOT_ISSUER, "signer_keys"},
      {"a correction on behalf of another", Correct,
       [](const World& w, Said& s) { s.event.set_on_behalf_of_party_id(w.story.PartyOf("member")); },
       v1::REASON_NOT_ON_BEHALF, "on_behalf_of_party_id"},
      {"a correction with a stranger's signature", Correct,
       [](W, Said& s) {
         s.by = {"north", "trader"};
       },
       v1::REASON_SIGNERS_MISMATCH, "signer_keys"},
      {"a replacement that is no event", Correct,
       [](W, Said& s) { s.event.mutable_correct()->set_replacement("no event"); }, v1::REASON_FIELD_INVALID,
       "correct.replacement"},
      {"a replacement of another kind", Correct,
       [](W, Said& s) {
         v1::Event other = Replacement(s);
         other.mutable_assay();
         Replace(s, other);
       },
       v1::REASON_CORRECTION_INVALID, "correct.replacement"},
      {"a correction that changes nothing", Correct,
       [](W, Said& s) { s.event.mutable_correct()->set_replacement(s.event.correct().original()); },
       v1::REASON_CORRECTION_INVALID, "correct.replacement"},
      {"a correction of the form", Correct,
       [](W, Said& s) {
         v1::Event other = Replacement(s);
         Dore(other).set_form(v1::FORM_CONCENTRATE);
         Replace(s, other);
       },
       v1::REASON_CORRECTION_INVALID, "correct.replacement"},
      {"a correction of when it happened", Correct,
       [](W, Said& s) {
         v1::Event other = Replacement(s);
         other.set_occurred_at_us(other.occurred_at_us() - 1);
         Replace(s, other);
       },
       v1::REASON_CORRECTION_INVALID, "correct.replacement"},
      {"a correction that takes the fineness away", Correct,
       [](W, Said& s) {
         v1::Event other = Replacement(s);
         Dore(other).clear_fineness();
         Replace(s, other);
       },
       v1::REASON_CORRECTION_INVALID, "correct.replacement"},
      {"a correction to a mine of another", Correct,
       [](const World& w, Said& s) {
         v1::Event other = Replacement(s);
         other.mutable_produce()->set_site_id(w.south_mine);
         Replace(s, other);
       },
       v1::REASON_NOT_OPERATOR, "correct.replacement"},
      {"more gold than moved on, without the buyer", CorrectWhatMovedOn,
       [](W, Said& s) {
         v1::Event other = Replacement(s);
         Dore(other).set_gross_mg(13'000);
         Replace(s, other);
       },
       v1::REASON_COUNTERSIGNATURE_MISSING, "signer_keys"},
      {"another place than the buyer was told, without the buyer", CorrectWhatMovedOn,
       [](W, Said& s) {
         v1::Event other = Replacement(s);
         other.mutable_produce()->set_period_from_us(other.produce().period_from_us() + 1);
         Replace(s, other);
       },
       v1::REASON_COUNTERSIGNATURE_MISSING, "signer_keys"},
      {"a step corrected to more than went in", CorrectStep,
       [](W, Said& s) {
         v1::Event other = Replacement(s);
         other.mutable_transform()->mutable_outputs(0)->mutable_material()->set_gross_mg(41'000);
         Replace(s, other);
       },
       v1::REASON_FINE_MASS_GAIN, "correct.replacement"},
      {"a step corrected to no site", CorrectStep,
       [](W, Said& s) {
         v1::Event other = Replacement(s);
         other.mutable_transform()->set_site_id("site_aaaaaaaaaaaaaaaaaaaaaaaaaa");
         Replace(s, other);
       },
       v1::REASON_CORRECTION_INVALID, "correct.replacement"},
      {"a voiding without a reason", Void, [](W, Said& s) { s.event.mutable_void_()->clear_reason(); },
       v1::REASON_FIELD_REQUIRED, "void.reason"},
      {"a voiding of an entry that it does not carry", Void,
       [](W, Said& s) { s.event.mutable_void_()->set_event_index(0); }, v1::REASON_UNKNOWN_EVENT, "void.original"},
      {"a voiding by another", Void, [](W, Said& s) { s.by = {"south"}; }, v1::REASON_NOT_ISSUER, "signer_keys"},
      {"a voiding without who relied on it", VoidWhatMovedOn, [](W, Said& s) { s.by = {"north"}; },
       v1::REASON_COUNTERSIGNATURE_MISSING, "signer_keys"},
  };
}

std::vector<Flag> CorrectionFlags() {
  using W = const World&;
  return {
      {"an entry read otherwise", honest::Offer, [](const World& w, Said& s) { s = Correct(w); },
       v1::FINDING_CODE_CORRECTED},
      {"an entry voided", honest::Offer, [](const World& w, Said& s) { s = Void(w); }, v1::FINDING_CODE_CORRECTED},
      {"mercury confessed", Correct,
       [](W, Said& s) {
         v1::Event other = Replacement(s);
         other.mutable_produce()->set_mercury_use(v1::MERCURY_USE_USED);
         Replace(s, other);
       },
       v1::FINDING_CODE_MERCURY_USED},
      {"less gold than a melt took in", Correct,
       [](const World& w, Said& s) {
         s = CorrectionOf(w, w.consumed, "north", [](v1::Event& e) { Dore(e).set_gross_mg(39'000); });
       },
       v1::FINDING_CODE_CORRECTION_SHOWS_GAIN},
  };
}

}  // namespace touchstone::ledger
