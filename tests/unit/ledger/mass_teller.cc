#include "tests/unit/ledger/mass_teller.h"

#include <algorithm>
#include <utility>

#include "ledger/holds.h"

namespace touchstone::ledger {

using namespace testing;  // NOLINT: the vocabulary of stories

Teller::Teller() {
  ledger.Record(story.Genesis(KeyOf("log").public_key()));
  ledger.RecordAll(story.Offices());
  Tell(story.RegisterParty("holding", "PE", {v1::ROLE_AGGREGATOR}));
  for (const char* miner : {"north", "south"}) {
    v1::RegisterParty party;
    party.set_name(miner);
    party.set_country("PE");
    party.add_roles(v1::ROLE_MINER);
    party.add_keys(std::string(KeyOf(miner).public_key().view()));
    v1::Interest& interest = *party.add_interests();
    interest.set_party_id(story.PartyOf("holding"));
    interest.set_share_ppm(600'000);
    Tell(story.Register(miner, party));
  }
  Tell(story.RegisterParty("refiner", "CH", {v1::ROLE_REFINER}));
  Tell(story.RegisterParty("jeweler", "IT", {v1::ROLE_JEWELER}));
  for (const char* laboratory : {"laboratory", "umpire"}) {
    Tell(story.RegisterParty(laboratory, "CH", {v1::ROLE_ASSAY_LABORATORY}));
  }
  Tell(story.RegisterParty("inspector", "PE", {v1::ROLE_INSPECTOR}));
  Tell(story.Accredit("umpire", {v1::SCOPE_ASSAY_LABORATORY}));
  Tell(story.Accredit("inspector", {v1::SCOPE_CAPACITY}));
}

Effects Teller::Tell(v1::Event event, const std::vector<std::string>& by) {
  return ledger.Record(story.Sign(std::move(event), by));
}

Decision Teller::Try(v1::Event event, const std::vector<std::string>& by) const {
  Story told = story;
  return ledger.Try(told.Sign(std::move(event), by).envelope);
}

Effects Teller::Produce(const std::string& miner, const std::string& site, uint64_t fine_mg, int days_ago,
                        std::string_view registrant) {
  v1::Event event = story.Produce(miner, site, {Metal(v1::FORM_DORE, fine_mg, 1'000'000)}).event;
  v1::Produce& produce = *event.mutable_produce();
  produce.set_period_from_us(produce.period_from_us() - days_ago * kTellerDayUs);
  produce.set_period_until_us(produce.period_until_us() - days_ago * kTellerDayUs);
  if (!registrant.empty()) *produce.mutable_registrant() = RegistrantCalled(registrant);
  return Tell(std::move(event), {miner});
}

std::string Teller::ProduceLot(const std::string& miner, const std::string& site, uint64_t fine_mg) {
  return Produce(miner, site, fine_mg).created_ids.front();
}

std::string Teller::Mine(const std::string& miner, const std::vector<std::string>& registrants,
                         const v1::OutputLimit* registrant_limit) {
  v1::Event event =
      story.RegisterSite("mine " + std::to_string(++numbers_), v1::RegisterSite::KIND_MINE, miner, "PE").event;
  for (const std::string& registrant : registrants) {
    *event.mutable_register_site()->add_registrants() = RegistrantCalled(registrant);
  }
  if (registrant_limit != nullptr) *event.mutable_register_site()->mutable_registrant_limit() = *registrant_limit;
  return Tell(std::move(event), {"registry"}).created_ids.front();
}

std::string Teller::Title(const std::string& miner, const std::vector<std::string>& sites,
                          const v1::OutputLimit* limit) {
  v1::Event event =
      story.RegisterLicence(v1::LICENCE_KIND_TITLE, miner, sites, "T-" + std::to_string(++numbers_), "PE").event;
  v1::RegisterLicence& licence = *event.mutable_register_licence();
  licence.set_valid_from_us(kStoryStartUs - 1'000 * kTellerDayUs);
  if (limit != nullptr) *licence.mutable_limit() = *limit;
  return Tell(std::move(event), {"registry"}).created_ids.front();
}

int Found(const Effects& effects, v1::FindingCode code) {
  return static_cast<int>(std::count_if(effects.findings.begin(), effects.findings.end(),
                                        [&](const v1::FindingRecord& finding) { return finding.code() == code; }));
}

std::string SubjectOf(const Effects& effects, v1::FindingCode code) {
  for (const v1::FindingRecord& finding : effects.findings) {
    if (finding.code() == code) return finding.subject_id();
  }
  return "";
}

bool IsHeld(const v1::LotRecord& lot, v1::HoldRecord::Kind kind) { return FindHold(lot.holds(), kind, "") != nullptr; }

}  // namespace touchstone::ledger
