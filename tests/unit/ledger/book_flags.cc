// What is found on output, gains, assays and accounts.
#include "tests/support/mass_story.h"
#include "tests/unit/ledger/rules.h"

namespace touchstone::ledger {
namespace {

using testing::AddElement;
using testing::FineAs;
using testing::Into;
using testing::Metal;
using testing::RegistrantCalled;
using testing::Take;

v1::Material& Melted(Said& s) { return *s.event.mutable_transform()->mutable_outputs(0)->mutable_material(); }

void By(Said& s, std::string_view registrant) {
  *s.event.mutable_produce()->mutable_registrant() = RegistrantCalled(registrant);
}

/// An assay of what the watched mine made.
Said AssayOfWatched(const World& w) {
  testing::Story told = w.story;
  v1::Event event = testing::AssayFor(v1::Assay::STANDING_SELLER, w.books.watched_dore, FineAs(900'000));
  return {told.Sign(std::move(event), {"laboratory"}).event, {"laboratory"}};
}

/// A Good Delivery bar of 400 ounces, cast of scrap.
Said CastLargeBar(const World& w) {
  testing::Story told = w.story;
  v1::Output bar = Into(Metal(v1::FORM_BAR, 12'500'000, 996'000), "L-1");
  bar.set_mark("REFINER");
  bar.set_good_delivery(true);
  v1::Event event = told.Transform("refiner", v1::Transform::KIND_REFINE, {Take(w.books.heap)}, {bar}).event;
  return {std::move(event), {"refiner"}};
}

std::vector<Flag> OutputFlags() {
  using W = const World&;
  const auto produce = honest::ProduceWatched;
  return {
      {"a production of three years ago", produce,
       [](W, Said& s) {
         constexpr int64_t kThreeYearsUs = int64_t{1'095} * 24 * 3600 * 1'000'000;
         v1::Produce& produced = *s.event.mutable_produce();
         produced.set_period_from_us(produced.period_from_us() - kThreeYearsUs);
         produced.set_period_until_us(produced.period_until_us() - kThreeYearsUs);
       },
       v1::FINDING_CODE_ABOVE_CEILING},
      {"a registrant who had been idle for two hundred days", produce, [](W, Said& s) { By(s, "ana"); },
       v1::FINDING_CODE_REGISTRANT_AWAKENED},
  };
}

std::vector<Flag> GainFlags() {
  using W = const World&;
  return {
      {"a circuit that gave more than it got", honest::CloseAccount,
       [](W, Said& s) {
         s.event.mutable_close_account()->mutable_counted(0)->mutable_material()->set_gross_mg(90'150);
       },
       v1::FINDING_CODE_SMALL_GAIN},
      {"a circuit that lost a tenth", honest::CloseAccount,
       [](W, Said& s) {
         s.event.mutable_close_account()->mutable_counted(0)->mutable_material()->set_gross_mg(81'000);
       },
       v1::FINDING_CODE_HIGH_LOSS},
  };
}

std::vector<Flag> AssayFlags() {
  using W = const World&;
  return {
      {"mercury in what is said to be scrap", AssayOfWatched,
       [](const World& w, Said& s) {
         s.event.mutable_assay()->set_lot_id(w.books.scrap);
         AddElement(s.event, "Hg", 101);
       },
       v1::FINDING_CODE_DORE_AS_RECYCLED},
      {"a decimal point in the wrong place", AssayOfWatched,
       [](W, Said& s) { *s.event.mutable_assay()->mutable_fineness() = FineAs(90'000); }, v1::FINDING_CODE_UNIT_SLIP},
      {"a lower assay that shows a melt to have lost too much", honest::UmpiresAssay,
       [](W, Said& s) { *s.event.mutable_assay()->mutable_fineness() = FineAs(880'000); }, v1::FINDING_CODE_HIGH_LOSS},
  };
}

std::vector<Flag> BarFlags() {
  using W = const World&;
  return {
      {"a Good Delivery bar of 994", CastLargeBar, [](W, Said& s) { Melted(s).mutable_fineness()->set_ppm(994'999); },
       v1::FINDING_CODE_NOT_GOOD_DELIVERY},
      {"a Good Delivery bar of a kilogram", CastLargeBar, [](W, Said& s) { Melted(s).set_gross_mg(1'000'000); },
       v1::FINDING_CODE_NOT_GOOD_DELIVERY},
      {"a small bar out of a circuit", honest::Discharge,
       [](W, Said& s) {
         v1::Output& bar = *s.event.mutable_discharge()->mutable_outputs(0);
         bar.mutable_material()->set_form(v1::FORM_BAR);
         bar.set_good_delivery(true);
       },
       v1::FINDING_CODE_NOT_GOOD_DELIVERY},
  };
}

}  // namespace

std::vector<Flag> BookFlags() {
  std::vector<Flag> all;
  for (const auto& table : {OutputFlags(), GainFlags(), AssayFlags(), BarFlags()}) {
    all.insert(all.end(), table.begin(), table.end());
  }
  return all;
}

}  // namespace touchstone::ledger
