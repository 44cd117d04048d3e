// Rolling output of mines: summed by day for the site, the licences it works under, the registrant and the owners, and
// held against what these may and can yield.
#include <algorithm>

#include "base/check.h"
#include "tests/property/ledger/model/authority.h"
#include "tests/property/ledger/model/balance.h"

namespace touchstone::ledger::model {
namespace {

constexpr int64_t kReachDays = 730;

bool IsGold(const v1::OutputLimit& limit) { return limit.unit() == v1::OutputLimit::UNIT_FINE_GOLD_MG; }

Ng AmountOf(const Yield& yield, bool gold) { return gold ? yield.fine_ng : yield.ore_mg; }

Ng SumOver(const Output& output, int64_t first, int64_t last, bool gold) {
  Ng sum = 0;
  for (auto it = output.lower_bound(first); it != output.end() && it->first <= last; ++it) {
    sum += AmountOf(it->second, gold);
  }
  return sum;
}

/// The most that came out in any `length` days in a row of which `day` is one: slides over all of them.
Ng MostAround(const Output& output, int64_t day, int64_t length, bool gold) {
  Ng sum = SumOver(output, day - length + 1, day, gold);
  Ng most = sum;
  for (int64_t last = day + 1; last < day + length; ++last) {
    const Yield* enters = Find(output, last);
    const Yield* leaves = Find(output, last - length);
    sum += (enters == nullptr ? 0 : AmountOf(*enters, gold)) - (leaves == nullptr ? 0 : AmountOf(*leaves, gold));
    most = std::max(most, sum);
  }
  return most;
}

/// One production, or a part of one, as it is counted.
struct Counted {
  const Step& production;
  int64_t day;
  Yield yield;
  bool held = false;
};

/// Adds it to the output of one subject, which reaches back two years from its latest day.
const Output& Add(Case& c, const Id& id, const Counted& counted) {
  Output& output = c.world.outputs[id];
  const int64_t latest = output.empty() ? counted.day : std::max(output.rbegin()->first, counted.day);
  if (counted.day < latest - kReachDays) return output;
  Yield& day = output[counted.day];
  // What is taken back may have come out on a day that is counted no more.
  day.fine_ng = std::max<Ng>(0, day.fine_ng + counted.yield.fine_ng);
  day.ore_mg = std::max<Ng>(0, day.ore_mg + counted.yield.ore_mg);
  output.erase(output.begin(), output.lower_bound(latest - kReachDays));
  return output;
}

void Judge(Case& c, const Output& output, const v1::OutputLimit& limit, const Id& subject, Counted& counted) {
  const bool gold = IsGold(limit);
  if (AmountOf(counted.yield, gold) <= 0) return;
  const Ng out = MostAround(output, counted.day, limit.period_days(), gold);
  const Ng ceiling = Ng{limit.amount()} * (gold ? kMillion : 1);
  if (out > ceiling) {
    c.Found(v1::FINDING_CODE_ABOVE_CEILING, subject);
    counted.held = true;
  } else if (out * kMillion >= ceiling * c.rules().near_ceiling_ppm) {
    c.Found(v1::FINDING_CODE_NEAR_CEILING, subject);
  }
}

/// The capacities attested of a site or party, as they held when the production ended.
void JudgeCapacities(Case& c, const Output& output, const std::vector<Id>& attestations, const Id& subject,
                     Counted& counted) {
  for (const Id& id : attestations) {
    const Attestation& attested = c.world.attestations.at(id);
    if (!attested.capacity.has_value() || attested.conclusion != v1::Attest::CONCLUSION_CONFORMANT) continue;
    const int64_t at_us = counted.production.period_until_us - 1;
    if (!InForce(c.world, attested.from_us, attested.until_us, attested.endings, at_us)) continue;
    if (IsReliable(c.world, attested)) Judge(c, output, *attested.capacity, subject, counted);
  }
}

/// Whether the licence covers the whole period of production, and was registered by a key that still counts.
bool Covers(const Case& c, const Licence& licence, const Step& production) {
  return licence.kind == v1::LICENCE_KIND_TITLE && Stands(c.world, licence.index) &&
         InForce(c.world, licence.from_us, licence.until_us, licence.endings, production.period_from_us) &&
         InForce(c.world, licence.from_us, licence.until_us, licence.endings, production.period_until_us - 1);
}

/// The last 30 days against three times the mean of 30 days among the 90 before them, or as many as the mine has.
void FindStepChange(Case& c, const Output& output, const Counted& counted) {
  if (output.empty() || output.begin()->first > counted.day - 30) return;
  const int64_t observed = std::min<int64_t>(90, counted.day - 30 - output.begin()->first + 1);
  for (const bool gold : {true, false}) {
    if (AmountOf(counted.yield, gold) <= 0) continue;
    const Ng month = SumOver(output, counted.day - 29, counted.day, gold);
    const Ng before = SumOver(output, counted.day - 119, counted.day - 30, gold);
    if (before > 0 && month * observed > before * 30 * c.rules().step_change_factor) {
      c.Found(v1::FINDING_CODE_STEP_CHANGE, counted.production.site);
    }
  }
}

/// Whether what is counted is to be held.
bool Count(Case& c, const Step& production, const Yield& yield) {
  if (yield.fine_ng == 0 && yield.ore_mg == 0) return false;
  const Id& site_id = production.site;
  const Site& site = c.world.sites.at(site_id);
  Counted counted{production, (production.period_until_us - 1) / kDayUs, yield};
  const Output& of_site = Add(c, site_id, counted);
  JudgeCapacities(c, of_site, site.attestations, site_id, counted);
  FindStepChange(c, of_site, counted);
  // All who are not on the list share one cap.
  const bool listed = production.registrant.has_value() && site.registrants.count(*production.registrant) != 0;
  if (listed || site.registrant_limit.has_value()) {
    const Output& of_registrant = Add(c, site_id + "/" + (listed ? *production.registrant : ""), counted);
    if (site.registrant_limit.has_value()) Judge(c, of_registrant, *site.registrant_limit, site_id, counted);
  }
  for (const Id& id : site.licences) {
    const Licence& licence = c.world.licences.at(id);
    if (licence.limit.has_value() && Covers(c, licence, production)) {
      Judge(c, Add(c, id, counted), *licence.limit, id, counted);
    }
  }
  for (const Id& owner : GroupOf(c.world, production.party)) {
    JudgeCapacities(c, Add(c, owner, counted), c.world.parties.at(owner).attestations, owner, counted);
  }
  if (yield.fine_ng >= 0 && yield.ore_mg >= 0 && c.recorded_at_us / kDayUs > counted.day + kReachDays) {
    c.Found(v1::FINDING_CODE_ABOVE_CEILING, site_id);
    counted.held = true;
  }
  return counted.held;
}

/// Counts productions together: of what is near a ceiling and above one, each subject is found for the worst alone.
template <typename CountAll>
bool FindWorst(Case& c, const CountAll& count) {
  std::set<Finding> before;
  before.swap(c.findings);
  const bool held = count();
  for (const Finding& finding : std::set<Finding>(c.findings)) {
    if (finding.first != v1::FINDING_CODE_ABOVE_CEILING) continue;
    c.findings.erase({v1::FINDING_CODE_NEAR_CEILING, finding.second});
  }
  c.findings.merge(before);
  return held;
}

/// One who is not on the site's list; one, or a site without any, who had been idle since it last produced, or since
/// the site was registered.
void FindRegistrant(Case& c, const Step& production, const Site& site) {
  const bool own = !production.registrant.has_value();
  if (!own && site.registrants.count(*production.registrant) == 0) {
    c.Found(v1::FINDING_CODE_REGISTRANT_UNKNOWN, production.site);
  }
  const int64_t day = (production.period_until_us - 1) / kDayUs;
  Output& output = c.world.outputs[own ? production.site : production.site + "/" + *production.registrant];
  const int64_t before = output.empty() ? site.recorded_at_us / kDayUs : output.rbegin()->first;
  if (day > before + c.rules().idle_registrant_days) c.Found(v1::FINDING_CODE_REGISTRANT_AWAKENED, production.site);
  // A production that determines nothing is one all the same.
  if (output.empty() || day >= output.rbegin()->first - kReachDays) output[day];
  output.erase(output.begin(), output.lower_bound(output.rbegin()->first - kReachDays));
}

void FindClusteredMasses(Case& c, const Id& site_id) {
  Site& site = c.world.sites.at(site_id);
  for (const v1::Material& output : c.event.produce().outputs()) {
    const uint64_t mass_mg = output.has_ore() ? output.ore().dry_mass_mg() : output.gross_mg();
    site.same_masses = mass_mg == site.last_mass_mg ? site.same_masses + 1 : 1;
    site.last_mass_mg = mass_mg;
    if (site.same_masses >= 5) c.Found(v1::FINDING_CODE_CLUSTERED_MASSES, site_id);
  }
}

}  // namespace

bool CountProduction(Case& c, const Step& step) {
  FindRegistrant(c, step, c.world.sites.at(step.site));
  FindClusteredMasses(c, step.site);
  Yield yield;
  for (const v1::Material& output : c.event.produce().outputs()) {
    if (output.has_fineness()) yield.fine_ng += Ng{output.gross_mg()} * output.fineness().ppm();
    if (output.form() == v1::FORM_ORE) yield.ore_mg += output.ore().dry_mass_mg();
  }
  return FindWorst(c, [&] { return Count(c, step, yield); });
}

bool CountCorrected(Case& c, const Step& production, Ng fine_ng, Ng ore_mg) {
  return FindWorst(c, [&] { return Count(c, production, {fine_ng, ore_mg}); });
}

bool CountFirst(Case& c, const Step& step, const std::map<uint64_t, Ng>& sources, Ng fine_ng) {
  if (fine_ng == 0) return false;
  if (step.kind == v1::StepRecord::KIND_PRODUCE) return CountCorrected(c, step, fine_ng, 0);
  Ng whole = 0;
  for (const auto& [index, weight] : sources) whole += weight;
  if (sources.empty()) return false;
  TS_CHECK(whole > 0);
  return FindWorst(c, [&] {
    bool held = false;
    Ng left_ng = fine_ng;
    size_t open = sources.size();
    for (const auto& [index, weight] : sources) {
      // The last takes what rounding has left.
      const Ng part_ng = --open == 0 ? left_ng : fine_ng * weight / whole;
      left_ng -= part_ng;
      const Step& production = c.world.steps.at(index);
      if (production.kind == v1::StepRecord::KIND_PRODUCE) held = Count(c, production, {part_ng, 0}) || held;
    }
    return held;
  });
}

}  // namespace touchstone::ledger::model
