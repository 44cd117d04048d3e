// What is admitted and found: legality, lateness and loss move verdicts, they refuse nothing.
#include "tests/unit/ledger/rules.h"

namespace touchstone::ledger {
namespace {

using testing::FineAs;
using testing::Into;
using testing::Metal;

constexpr int64_t kDayUs = int64_t{24} * 3600 * 1'000'000;

v1::Produce& Produce(Said& s) { return *s.event.mutable_produce(); }
v1::Material& Output(Said& s) { return *s.event.mutable_transform()->mutable_outputs(0)->mutable_material(); }

void Weigh(v1::ReceivedMass& received, const std::string& lot_id, uint64_t gross_mg) {
  received.set_lot_id(lot_id);
  received.set_gross_mg(gross_mg);
}

}  // namespace

std::vector<Flag> Flags() {
  using W = const World&;
  return {
      {"a mine without a title", honest::Produce,
       [](const World& w, Said& s) {
         Produce(s).set_site_id(w.south_mine);
         s.by = {"south"};
       },
       v1::FINDING_CODE_UNLICENSED_PRODUCTION},
      {"a period that began before the title", honest::Produce,
       [](W, Said& s) { Produce(s).set_period_from_us(Produce(s).period_from_us() - 60 * kDayUs); },
       v1::FINDING_CODE_UNLICENSED_PRODUCTION},
      {"mercury at the mine", honest::Produce, [](W, Said& s) { Produce(s).set_mercury_use(v1::MERCURY_USE_USED); },
       v1::FINDING_CODE_MERCURY_USED},
      {"mercury in a later step", honest::Melt,
       [](W, Said& s) { s.event.mutable_transform()->set_mercury_use(v1::MERCURY_USE_USED); },
       v1::FINDING_CODE_MERCURY_USED},
      {"nothing said of mercury", honest::Produce, [](W, Said& s) { Produce(s).clear_mercury_use(); },
       v1::FINDING_CODE_MERCURY_UNDECLARED},
      {"an event of two months ago", honest::Produce,
       [](W, Said& s) {
         s.event.set_occurred_at_us(s.event.occurred_at_us() - 61 * kDayUs);
         Produce(s).set_period_from_us(Produce(s).period_from_us() - 61 * kDayUs);
         Produce(s).set_period_until_us(Produce(s).period_until_us() - 61 * kDayUs);
       },
       v1::FINDING_CODE_LATE_RECORD},
      {"a melt that lost a tenth", honest::Melt, [](W, Said& s) { Output(s).set_gross_mg(108'000); },
       v1::FINDING_CODE_HIGH_LOSS},
      {"an assay that shows a tenth lost", honest::Assay,
       [](W, Said& s) { *s.event.mutable_assay()->mutable_fineness() = FineAs(810'000); }, v1::FINDING_CODE_HIGH_LOSS},
      {"an export without a licence", honest::Export, [](W, Said& s) { s.event.mutable_export_()->clear_licence_id(); },
       v1::FINDING_CODE_UNLICENSED_EXPORT},
      {"an export under a mining title", honest::Export,
       [](const World& w, Said& s) { s.event.mutable_export_()->set_licence_id(w.title); },
       v1::FINDING_CODE_UNLICENSED_EXPORT},
      {"an export from another country than the licence's", honest::Export,
       [](W, Said& s) { s.event.mutable_export_()->set_from_country("BO"); }, v1::FINDING_CODE_UNLICENSED_EXPORT},
      {"an export under another's licence", honest::Export,
       [](const World& w, Said& s) {
         *s.event.mutable_export_()->mutable_lot_ids(0) = w.souths;
         s.by = {"south"};
       },
       v1::FINDING_CODE_UNLICENSED_EXPORT},
      {"a lighter lot accepted", honest::Accept,
       [](const World& w, Said& s) { Weigh(*s.event.mutable_accept()->add_received(), w.offered, 10'900); },
       v1::FINDING_CODE_MASS_MISMATCH},
      {"a lighter lot handed over", honest::HandOver,
       [](const World& w, Said& s) { Weigh(*s.event.mutable_hand_over()->add_received(), w.dore, 99'000); },
       v1::FINDING_CODE_MASS_MISMATCH},
      {"a heavier lot received", honest::Receive,
       [](const World& w, Said& s) { Weigh(*s.event.mutable_receive()->mutable_received(0), w.quarantined, 12'100); },
       v1::FINDING_CODE_MASS_MISMATCH},
      {"an assay far from the governing one", honest::Assay,
       [](const World& w, Said& s) {
         s.event.mutable_assay()->set_lot_id(w.dore);
         *s.event.mutable_assay()->mutable_fineness() = FineAs(890'000);
       },
       v1::FINDING_CODE_ASSAY_DIVERGES},
      {"an assay of fine gold a little off", honest::Assay,
       [](const World& w, Said& s) {
         s.event.mutable_assay()->set_lot_id(w.bar);
         *s.event.mutable_assay()->mutable_fineness() = FineAs(998'800);
       },
       v1::FINDING_CODE_ASSAY_DIVERGES},
      {"a gain within uncertainty", honest::Melt, [](W, Said& s) { *Output(s).mutable_fineness() = FineAs(900'200); },
       v1::FINDING_CODE_SMALL_GAIN},
      {"an assay that shows a gain within uncertainty", honest::Assay,
       [](W, Said& s) { *s.event.mutable_assay()->mutable_fineness() = FineAs(900'200); }, v1::FINDING_CODE_SMALL_GAIN},
  };
}

}  // namespace touchstone::ledger
