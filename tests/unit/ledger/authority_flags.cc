// What is found on the events of authority, and on what devices say of themselves.
#include "tests/unit/ledger/rules.h"

namespace touchstone::ledger {
namespace {

constexpr int64_t kSecondUs = 1'000'000;

v1::Attest& Attest(Said& s) { return *s.event.mutable_attest(); }
v1::DeviceState& Device(Said& s) { return *s.event.mutable_device(); }
v1::RegisterLicence& Licence(Said& s) { return *s.event.mutable_register_licence(); }

void SeeAt(Said& s, int64_t from_us) {
  Attest(s).set_observed_from_us(from_us);
  Attest(s).set_observed_until_us(from_us + kSecondUs);
}

/// A site that has its western border in common with the fenced one's eastern border.
Said Neighbour(const World& w) {
  Said said = honest::RegisterSite(w);
  *said.event.mutable_register_site()->mutable_area() = SquareFrom(kFenceLatitudeE7, kFenceLongitudeE7 + kFenceE7);
  return said;
}

Said MovedNeighbour(const World& w) {
  Said said = honest::UpdateSite(w);
  *said.event.mutable_update_site()->mutable_area() = SquareFrom(kFenceLatitudeE7 + kFenceE7, kFenceLongitudeE7);
  return said;
}

/// A title over one mine, which stands on its ground.
Said TitleOfOneMine(const World& w) {
  Said said = honest::RegisterLicence(w);
  Licence(said).clear_site_ids();
  Licence(said).add_site_ids(w.mine);
  *Licence(said).mutable_area() = SquareFrom(-153'500'000, -744'500'000, 1'000'000);
  return said;
}

std::vector<Flag> PlaceFlags() {
  using W = const World&;
  return {
      {"a site that reaches a unit into another", Neighbour,
       [](W, Said& s) {
         *s.event.mutable_register_site()->mutable_area() =
             SquareFrom(kFenceLatitudeE7, kFenceLongitudeE7 + kFenceE7 - 1);
       },
       v1::FINDING_CODE_AREAS_OVERLAP},
      {"a site within another", Neighbour,
       [](W, Said& s) {
         *s.event.mutable_register_site()->mutable_area() =
             SquareFrom(kFenceLatitudeE7 + 1'000, kFenceLongitudeE7 + 1'000, 1'000);
       },
       v1::FINDING_CODE_AREAS_OVERLAP},
      {"a site around another, that begins cells away", Neighbour,
       [](W, Said& s) {
         *s.event.mutable_register_site()->mutable_area() =
             SquareFrom(kFenceLatitudeE7 - 2'000'000, kFenceLongitudeE7 - 2'000'000, 4'000'000);
       },
       v1::FINDING_CODE_AREAS_OVERLAP},
      {"an outline moved onto another", MovedNeighbour,
       [](W, Said& s) {
         *s.event.mutable_update_site()->mutable_area() =
             SquareFrom(kFenceLatitudeE7 + kFenceE7 / 2, kFenceLongitudeE7);
       },
       v1::FINDING_CODE_AREAS_OVERLAP},
      {"a title over other ground", TitleOfOneMine,
       [](W, Said& s) { *Licence(s).mutable_area() = SquareFrom(-152'999'999, -744'500'000, 1'000'000); },
       v1::FINDING_CODE_SITE_OUTSIDE_LICENCE},
      {"a title over two mines", TitleOfOneMine,
       [](const World& w, Said& s) {
         Licence(s).clear_site_ids();
         for (const std::string& site : {std::min(w.mine, w.south_mine), std::max(w.mine, w.south_mine)}) {
           Licence(s).add_site_ids(site);
         }
       },
       v1::FINDING_CODE_LICENCE_ON_SEVERAL_SITES},
      {"a mine whose title a thief registered", honest::Produce,
       [](const World& w, Said& s) {
         s.event.mutable_produce()->set_site_id(w.pits[0]);
         s.by = {"south"};
       },
       v1::FINDING_CODE_UNLICENSED_PRODUCTION},
  };
}

std::vector<Flag> AttestorFlags() {
  using W = const World&;
  const auto honest = honest::Attest;
  return {
      {"an attestation from before it was seen", honest,
       [](W, Said& s) { Attest(s).set_valid_from_us(Attest(s).observed_from_us() - 1); },
       v1::FINDING_CODE_ATTESTATION_BACKDATED},
      {"an ocean away within seconds", honest,
       [](const World& w, Said& s) {
         Attest(s).set_subject_id(w.far_mine);
         SeeAt(s, w.visited_at_us + kSecondUs);
       },
       v1::FINDING_CODE_IMPOSSIBLE_TRAVEL},
      {"at once at both ends of an ocean", honest,
       [](const World& w, Said& s) {
         Attest(s).set_subject_id(w.far_mine);
         Attest(s).set_observed_from_us(w.visited_at_us - 3600 * kSecondUs);
       },
       v1::FINDING_CODE_IMPOSSIBLE_TRAVEL},
      {"a sixth visit of one day", honest,
       [](const World& w, Said& s) {
         Attest(s).set_subject_id(w.pits.back());
         SeeAt(s, w.visited_at_us);
       },
       v1::FINDING_CODE_ATTESTOR_CONCENTRATION},
  };
}

std::vector<Flag> DeviceFlags() {
  using W = const World&;
  const auto honest = honest::FromDevice;
  return {
      {"a counter that leaps", honest, [](W, Said& s) { Device(s).set_counter(7); }, v1::FINDING_CODE_DEVICE_GAP},
      {"a counter that comes again", honest, [](W, Said& s) { Device(s).set_counter(5); },
       v1::FINDING_CODE_DEVICE_FORKED},
      {"a counter from before a gap", honest, [](W, Said& s) { Device(s).set_counter(2); },
       v1::FINDING_CODE_DEVICE_FORKED},
      {"another predecessor", honest, [](W, Said& s) { Device(s).set_previous_event_id(std::string(32, 'x')); },
       v1::FINDING_CODE_DEVICE_FORKED},
      {"no predecessor", honest, [](W, Said& s) { Device(s).clear_previous_event_id(); },
       v1::FINDING_CODE_DEVICE_FORKED},
      {"a first event with a predecessor", honest,
       [](W, Said& s) {
         s.event.mutable_add_key()->set_party_id(TheWorld().story.PartyOf("quarry"));
         Device(s).set_counter(1);
         s.by = {"quarry"};
       },
       v1::FINDING_CODE_DEVICE_FORKED},
      {"a clock that ran back", honest, [](const World& w, Said& s) { s.event.set_occurred_at_us(w.device_at_us - 1); },
       v1::FINDING_CODE_CLOCK_WRONG},
      {"a checkpoint of more than there is", honest,
       [](const World& w, Said& s) { Device(s).set_checkpoint_size(w.ledger.size() + 1); },
       v1::FINDING_CODE_CLOCK_WRONG},
  };
}

}  // namespace

std::vector<Flag> AuthorityFlags() {
  std::vector<Flag> all;
  for (const auto& table : {PlaceFlags(), AttestorFlags(), DeviceFlags()}) {
    all.insert(all.end(), table.begin(), table.end());
  }
  return all;
}

}  // namespace touchstone::ledger
