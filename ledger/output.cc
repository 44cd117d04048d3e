#include "ledger/output.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/check.h"
#include "base/limits.h"
#include "ledger/authority.h"
#include "ledger/findings.h"
#include "ledger/links.h"
#include "ledger/lots.h"

namespace touchstone::ledger {
namespace {

/// What is counted of one production: fine gold in nanograms, dry ore in milligrams. Both may be taken back.
struct Yield {
  SignedFineNg fine_ng = 0;
  SignedFineNg ore_mg = 0;
};

bool IsGold(const v1::OutputLimit& limit) { return limit.unit() == v1::OutputLimit::UNIT_FINE_GOLD_MG; }

/// Whether it was produced in the name of a registrant of the site.
bool IsListed(const v1::SiteRecord& site, const v1::StepRecord& production) {
  return production.has_registrant() &&
         std::any_of(site.registrants().begin(), site.registrants().end(), [&](const v1::Withheld& listed) {
           return listed.commitment() == production.registrant().commitment();
         });
}

/// The latest day that a record counts, or `day` when that is later.
uint32_t LatestOf(const v1::OutputRecord& record, uint32_t day) {
  return record.days().empty() ? day : std::max(day, *(record.days().end() - 1));
}

/// Where the day is counted, the record being kept to its reach; nullopt when the day lies before that.
std::optional<int> PlaceIn(v1::OutputRecord& record, uint32_t day, uint32_t reach) {
  const uint32_t latest = LatestOf(record, day);
  if (day + reach < latest) return std::nullopt;
  if (latest > reach) {
    DropBefore(*record.mutable_days(), latest - reach, *record.mutable_fine_ng(), *record.mutable_ore_mg());
  }
  return OpenDay(*record.mutable_days(), day, *record.mutable_fine_ng(), *record.mutable_ore_mg());
}

/// The limits of one subject: of those in one unit over one period the lowest.
class Ceilings {
 public:
  void Add(const v1::OutputLimit& limit) {
    for (const v1::OutputLimit*& known : limits_) {
      if (known->unit() != limit.unit() || known->period_days() != limit.period_days()) continue;
      if (limit.amount() < known->amount()) known = &limit;
      return;
    }
    limits_.push_back(&limit);
  }
  const std::vector<const v1::OutputLimit*>& limits() const { return limits_; }

 private:
  std::vector<const v1::OutputLimit*> limits_;
};

/// Counts the productions of one event, and says what was found once for each subject.
class Counter {
 public:
  explicit Counter(Context& ctx) : ctx_(ctx) {}

  void Count(const v1::StepRecord& production, const Yield& yield) {
    const v1::SiteRecord* site = ctx_.draft.Find<v1::SiteRecord>(production.site_id());
    if (site == nullptr || (yield.fine_ng == 0 && yield.ore_mg == 0)) return;
    day_ = DayOf(production.period_until_us() - 1);
    yield_ = yield;
    CountSite(production, *site);
    CountLicences(production, *site);
    CountOwners(production);
    FindTooLate(*site);
  }

  /// Adds the findings. Whether one of them holds what the event makes.
  bool Report() {
    bool held = false;
    for (Found& found : found_) {
      held |= found.code == v1::FINDING_CODE_ABOVE_CEILING;
      AddFinding(ctx_, found.code, found.subject_id, std::move(found.message));
    }
    return HoldsFor(ctx_, held, v1::FINDING_CODE_ABOVE_CEILING);
  }

 private:
  struct Found {
    v1::FindingCode code;
    std::string subject_id;
    std::string message;
  };

  void CountSite(const v1::StepRecord& production, const v1::SiteRecord& site) {
    const v1::OutputRecord& record = Add(site.site_id());
    Ceilings ceilings;
    AddCapacities(site.capacity_ids(), production.period_until_us() - 1, ceilings);
    Judge(record, ceilings, site.site_id(), "", site.name());
    FindStepChange(record, site);
    // Who names no registrant, or one that nobody knows, shares one cap with all that do.
    const bool listed = IsListed(site, production);
    if (!listed && !site.has_registrant_limit()) return;
    const v1::OutputRecord& registrant =
        Add(RegistrantId(site.site_id(), listed ? production.registrant() : v1::Withheld()));
    if (!site.has_registrant_limit()) return;
    Ceilings caps;
    caps.Add(site.registrant_limit());
    Judge(registrant, caps, site.site_id(), listed ? "a registrant of " : "those who are no registrants of ",
          site.name());
  }

  void CountLicences(const v1::StepRecord& production, const v1::SiteRecord& site) {
    for (const std::string& licence_id : site.licence_ids()) {
      const v1::LicenceRecord* licence = ctx_.draft.Find<v1::LicenceRecord>(licence_id);
      if (licence == nullptr || licence->kind() != v1::LICENCE_KIND_TITLE || !licence->has_limit()) continue;
      if (!CoversPeriod(ctx_, *licence, production.period_from_us(), production.period_until_us())) continue;
      Ceilings ceilings;
      ceilings.Add(licence->limit());
      Judge(Add(licence_id), ceilings, licence_id, "the sites of licence ", licence->number());
    }
  }

  void CountOwners(const v1::StepRecord& production) {
    const v1::PartyRecord* operating = ctx_.draft.Find<v1::PartyRecord>(production.party_id());
    if (operating == nullptr || operating->interests().empty()) {
      if (operating != nullptr) CountOwner(production, *operating);
      return;
    }
    for (const std::string& owner_id : OwnersOf(ctx_, production.party_id())) {
      const v1::PartyRecord* owner = ctx_.draft.Find<v1::PartyRecord>(owner_id);
      if (owner != nullptr) CountOwner(production, *owner);
    }
  }

  void CountOwner(const v1::StepRecord& production, const v1::PartyRecord& owner) {
    const v1::OutputRecord& record = Add(owner.party_id());
    Ceilings ceilings;
    AddCapacities(owner.capacity_ids(), production.period_until_us() - 1, ceilings);
    Judge(record, ceilings, owner.party_id(), "the sites of ", owner.name());
  }

  /// Counts the yield on its day, unless that lies before all that is still counted.
  const v1::OutputRecord& Add(std::string_view id) {
    v1::OutputRecord& record = ctx_.draft.ChangeOrCreate<v1::OutputRecord>(id);
    const std::optional<int> place = PlaceIn(record, day_, ctx_.rules.output_reach_days);
    if (!place.has_value()) return record;
    AddTo((*record.mutable_fine_ng())[*place], yield_.fine_ng);
    AddTo((*record.mutable_ore_mg())[*place], yield_.ore_mg);
    return record;
  }

  /// The capacities attested, as far as they held at the end of the production.
  void AddCapacities(const google::protobuf::RepeatedPtrField<std::string>& ids, int64_t at_us, Ceilings& ceilings) {
    for (const std::string& id : ids) {
      const v1::AttestationRecord* attested = ctx_.draft.Find<v1::AttestationRecord>(id);
      if (attested == nullptr || attested->conclusion() != v1::Attest::CONCLUSION_CONFORMANT) continue;
      if (!CoversMoment(ctx_, *attested, at_us) || !Stands(ctx_, *attested)) continue;
      ceilings.Add(attested->capacity());
    }
  }

  void Judge(const v1::OutputRecord& record, const Ceilings& ceilings, const std::string& subject_id,
             std::string_view what, std::string_view whose) {
    for (const v1::OutputLimit* limit : ceilings.limits()) {
      const bool gold = IsGold(*limit);
      if ((gold ? yield_.fine_ng : yield_.ore_mg) <= 0) continue;
      const FineSumNg out =
          LargestWindow(record.days(), gold ? record.fine_ng() : record.ore_mg(), day_, limit->period_days());
      const FineSumNg most = FineSumNg{limit->amount()} * (gold ? kNgPerMg : 1);
      if (out * limits::kMaxPpm < most * ctx_.rules.near_ceiling_ppm) continue;
      const v1::FindingCode code = out > most ? v1::FINDING_CODE_ABOVE_CEILING : v1::FINDING_CODE_NEAR_CEILING;
      Find(code, subject_id,
           fmt::format("{} of {} from {}{} in {} days; the ceiling is {}",
                       gold ? FormatFineNg(out) : FormatMassMg(static_cast<uint64_t>(out)), gold ? "fine gold" : "ore",
                       what, whose, limit->period_days(), FormatMassMg(limit->amount())));
    }
  }

  void FindTooLate(const v1::SiteRecord& site) {
    const uint32_t recorded = DayOf(ctx_.admission.recorded_at_us);
    if (yield_.fine_ng < 0 || yield_.ore_mg < 0 || recorded <= day_ + ctx_.rules.output_reach_days) return;
    Find(v1::FINDING_CODE_ABOVE_CEILING, site.site_id(),
         fmt::format("recorded {} days after it was won, too late to be held against what was won beside it",
                     recorded - day_));
  }

  /// A month against the three before it, as of the day that is counted.
  void FindStepChange(const v1::OutputRecord& record, const v1::SiteRecord& site) {
    constexpr uint32_t kMonth = 30;
    constexpr uint32_t kBefore = 90;
    if (record.days().empty() || record.days(0) + kMonth > day_) return;
    // A mine that has just begun is held against the days that it has.
    const uint32_t observed = std::min(kBefore, day_ - kMonth - record.days(0) + 1);
    for (const bool gold : {true, false}) {
      if ((gold ? yield_.fine_ng : yield_.ore_mg) <= 0) continue;
      const Amounts& amounts = gold ? record.fine_ng() : record.ore_mg();
      const SignedFineNg month = SumUntil(record.days(), amounts, day_, kMonth);
      const SignedFineNg before = SumUntil(record.days(), amounts, day_ - kMonth, kBefore);
      if (before == 0 || month * observed <= before * kMonth * ctx_.rules.step_change_factor) continue;
      Find(v1::FINDING_CODE_STEP_CHANGE, site.site_id(),
           fmt::format("30 days at {} brought more than {} times the mean of the 90 days before", site.name(),
                       ctx_.rules.step_change_factor));
    }
  }

  /// Of what is near a ceiling and above one, each subject is found for the worst alone.
  void Find(v1::FindingCode code, const std::string& subject_id, std::string message) {
    const bool change = code == v1::FINDING_CODE_STEP_CHANGE;
    for (Found& found : found_) {
      if (found.subject_id != subject_id || change != (found.code == v1::FINDING_CODE_STEP_CHANGE)) continue;
      if (code == v1::FINDING_CODE_ABOVE_CEILING && found.code == v1::FINDING_CODE_NEAR_CEILING) {
        found = {code, subject_id, std::move(message)};
      }
      return;
    }
    found_.push_back({code, subject_id, std::move(message)});
  }

  Context& ctx_;
  std::vector<Found> found_;
  uint32_t day_ = 0;
  Yield yield_;
};

// --- What a production tells besides ------------------------------------------------------------------------------------

void FindRegistrant(Context& ctx, const v1::StepRecord& step, const v1::SiteRecord& site) {
  if (!step.has_registrant() || IsListed(site, step)) return;
  AddFinding(ctx, v1::FINDING_CODE_REGISTRANT_UNKNOWN, site.site_id(),
             fmt::format("the registrant is none of those of {}", site.name()));
}

/// Idle papers are borrowed: a registrant's, or those of the operator, in whose name a site produces that names none.
void FindAwakened(Context& ctx, const v1::StepRecord& step, const v1::SiteRecord& site) {
  const bool own = !step.has_registrant();
  auto& record = ctx.draft.ChangeOrCreate<v1::OutputRecord>(own ? site.site_id()
                                                                : RegistrantId(site.site_id(), step.registrant()));
  const uint32_t day = DayOf(step.period_until_us() - 1);
  // When a site was registered under ruleset 1, nobody kept.
  const uint32_t registered = site.recorded_at_us() == 0 ? day : DayOf(site.recorded_at_us());
  const uint32_t before = record.days().empty() ? registered : *(record.days().end() - 1);
  // A production that determines nothing is one all the same.
  PlaceIn(record, day, ctx.rules.output_reach_days);
  if (day <= before + ctx.rules.idle_registrant_days) return;
  AddFinding(ctx, v1::FINDING_CODE_REGISTRANT_AWAKENED, site.site_id(),
             fmt::format("{} {} had produced nothing for {} days", own ? "the operator of" : "a registrant of",
                         site.name(), day - before));
}

void FindClusteredMasses(Context& ctx, const v1::Produce& produce, const v1::SiteRecord& site) {
  v1::OutputRecord& record = ctx.draft.ChangeOrCreate<v1::OutputRecord>(site.site_id());
  uint32_t most = 0;
  for (const v1::Material& output : produce.outputs()) {
    const uint64_t mass_mg = MassMg(output);
    record.set_same_masses(mass_mg == record.last_mass_mg() ? record.same_masses() + 1 : 1);
    record.set_last_mass_mg(mass_mg);
    most = std::max(most, record.same_masses());
  }
  if (most < ctx.rules.clustered_masses) return;
  AddFinding(ctx, v1::FINDING_CODE_CLUSTERED_MASSES, site.site_id(),
             fmt::format("{} outputs in a row of {} had the same mass", most, site.name()));
}

Yield YieldOf(const v1::Produce& produce) {
  Yield yield;
  for (const v1::Material& output : produce.outputs()) {
    if (output.has_fineness()) yield.fine_ng += FineMassNg(output.gross_mg(), output.fineness().ppm());
    if (output.form() == v1::FORM_ORE) yield.ore_mg += output.ore().dry_mass_mg();
  }
  return yield;
}

// --- Where gold comes from ----------------------------------------------------------------------------------------------

/// The productions behind the outputs of a step whose inputs were never determined.
std::vector<v1::SourceRecord> SourcesOf(Context& ctx, const v1::StepRecord& step, const v1::LotRecord* lot) {
  if (lot != nullptr && !lot->sources().empty()) return {lot->sources().begin(), lot->sources().end()};
  LotParts inputs;
  for (const v1::LotShare& share : step.inputs()) {
    v1::LotPart& input = *inputs.Add();
    input.set_lot_id(share.lot_id());
    input.set_part_gross_mg(share.gross_mg());
  }
  return HeritageOf(ctx, inputs).sources;
}

}  // namespace

std::string RegistrantId(std::string_view site_id, const v1::Withheld& registrant) {
  return fmt::format("{}/{}", site_id, registrant.commitment());
}

bool CountProduction(Context& ctx, const v1::StepRecord& step) {
  if (!ctx.rules.whole_domain) return false;
  const v1::SiteRecord& site = *ctx.draft.Find<v1::SiteRecord>(step.site_id());
  FindRegistrant(ctx, step, site);
  FindAwakened(ctx, step, site);
  FindClusteredMasses(ctx, ctx.event.produce(), site);
  Counter counter(ctx);
  counter.Count(step, YieldOf(ctx.event.produce()));
  return counter.Report();
}

bool CountCorrection(Context& ctx, const v1::StepRecord& production, SignedFineNg fine_ng, SignedFineNg ore_mg) {
  Counter counter(ctx);
  counter.Count(production, {fine_ng, ore_mg});
  return counter.Report();
}

bool CountDetermination(Context& ctx, const v1::StepRecord& step, const v1::LotRecord* lot, SignedFineNg change_ng) {
  if (!ctx.rules.whole_domain || change_ng == 0) return false;
  Counter counter(ctx);
  if (step.kind() == v1::StepRecord::KIND_PRODUCE) {
    counter.Count(step, {.fine_ng = change_ng});
    return counter.Report();
  }
  const std::vector<v1::SourceRecord> sources = SourcesOf(ctx, step, lot);
  SignedFineNg whole = 0;
  for (const v1::SourceRecord& source : sources) whole += source.weight();
  if (sources.empty()) return counter.Report();
  TS_CHECK(whole > 0);  // no source weighs nothing
  SignedFineNg left_ng = change_ng;
  for (size_t i = 0; i < sources.size(); ++i) {
    const SignedFineNg part_ng =
        i + 1 == sources.size() ? left_ng : change_ng * static_cast<SignedFineNg>(sources[i].weight()) / whole;
    left_ng -= part_ng;
    const v1::StepRecord* production = ctx.draft.Find<v1::StepRecord>(StepId(sources[i].index()));
    // What is not of a mine of this ledger has its share, and counts for no site.
    if (production == nullptr || production->kind() != v1::StepRecord::KIND_PRODUCE) continue;
    counter.Count(*production, {.fine_ng = part_ng});
  }
  return counter.Report();
}

}  // namespace touchstone::ledger
