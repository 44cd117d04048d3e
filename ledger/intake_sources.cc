#include "ledger/intake_sources.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/limits.h"
#include "ledger/authority.h"
#include "ledger/describe.h"
#include "ledger/endings.h"
#include "ledger/state.h"
#include "ledger/trust.h"

namespace touchstone::ledger {
namespace {

/// Steps that brought gold in at one place: a site, or a door of one party.
using Arrivals = std::vector<const v1::StepRecord*>;

class SourceList {
 public:
  SourceList(const View& view, uint64_t as_of_size) : view_(view), as_of_size_(as_of_size) {}

  v1::IntakeSource Describe(const Arrivals& steps) const {
    const v1::StepRecord& first = *steps.front();
    const bool is_mine = first.kind() == v1::StepRecord::KIND_PRODUCE;
    v1::IntakeSource source;
    source.set_party_id(first.party_id());
    source.set_party_name(PartyName(view_, first.party_id()));
    source.set_productions(steps.size());
    source.set_entry_index(first.index());
    source.set_first_us(is_mine ? first.period_from_us() : first.occurred_at_us());
    for (const v1::StepRecord* step : steps) {
      source.set_first_us(std::min(source.first_us(), is_mine ? step->period_from_us() : step->occurred_at_us()));
      source.set_last_us(std::max(source.last_us(), is_mine ? step->period_until_us() : step->occurred_at_us()));
    }
    if (is_mine) {
      DescribeSite(steps, source);
    } else {
      source.set_name(fmt::format("intake: {}", Words(*v1::Intake::Door_descriptor(), first.door())));
      source.set_country(first.country());
    }
    return source;
  }

 private:
  void DescribeSite(const Arrivals& steps, v1::IntakeSource& source) const {
    source.set_site_id(steps.front()->site_id());
    const auto site = Load<v1::SiteRecord>(view_, source.site_id());
    if (!site.has_value()) return;  // the rules admit no production without a site
    source.set_name(site->name());
    source.set_country(site->country());
    ForNewest(site->licence_ids(), [&](const std::string& id) {
      if (const auto licence = Load<v1::LicenceRecord>(view_, id)) *source.add_papers() = PaperOf(*licence, steps);
    });
    ForNewest(site->attestation_ids(), [&](const std::string& id) {
      const auto attestation = Load<v1::AttestationRecord>(view_, id);
      if (attestation.has_value()) *source.add_papers() = PaperOf(*attestation, steps);
    });
  }

  template <typename Ids, typename Visit>
  static void ForNewest(const Ids& ids, const Visit& visit) {
    for (int i = std::max(0, ids.size() - limits::kMaxPapersPerSource); i < ids.size(); ++i) visit(ids[i]);
  }

  template <typename Record>
  v1::SourcePaper Paper(const Record& record, const std::string& id, const std::string& party_id) const {
    v1::SourcePaper paper;
    paper.set_paper_id(id);
    paper.set_party_id(party_id);
    paper.set_party_name(PartyName(view_, party_id));
    paper.set_valid_from_us(record.valid_from_us());
    paper.set_valid_until_us(record.valid_until_us());
    paper.set_entry_index(record.index());
    if (const v1::Ending* ending = EndingOf(view_, record)) paper.set_ended_index(ending->index());
    return paper;
  }

  v1::SourcePaper PaperOf(const v1::LicenceRecord& licence, const Arrivals& steps) const {
    v1::SourcePaper paper = Paper(licence, licence.licence_id(), licence.holder_party_id());
    paper.set_description(fmt::format("{} {}", Words(*v1::LicenceKind_descriptor(), licence.kind()), licence.number()));
    paper.set_valid_until_us(std::max(licence.valid_until_us(), licence.statutory_extension_until_us()));
    paper.set_unsupported(!Supports(view_, licence.signed_by(), licence.index()));
    const auto covered = std::count_if(steps.begin(), steps.end(), [&](const v1::StepRecord* step) {
      return CoversPeriod(view_, licence, step->period_from_us(), step->period_until_us(), as_of_size_);
    });
    paper.set_productions_covered(static_cast<uint64_t>(covered));
    return paper;
  }

  v1::SourcePaper PaperOf(const v1::AttestationRecord& attestation, const Arrivals& steps) const {
    v1::SourcePaper paper = Paper(attestation, attestation.attestation_id(), attestation.attestor_party_id());
    paper.set_description(Words(*v1::Scope_descriptor(), attestation.scope()));
    paper.set_unsupported(!Stands(view_, attestation));
    paper.set_adverse(attestation.conclusion() == v1::Attest::CONCLUSION_NON_CONFORMANT);
    const auto covered = std::count_if(steps.begin(), steps.end(), [&](const v1::StepRecord* step) {
      return CoversMoment(view_, attestation, step->period_until_us() - 1, as_of_size_);
    });
    paper.set_productions_covered(static_cast<uint64_t>(covered));
    return paper;
  }

  const View& view_;
  const uint64_t as_of_size_;
};

}  // namespace

std::string PartyName(const View& view, const std::string& party_id) {
  const auto party = Load<v1::PartyRecord>(view, party_id);
  return party.has_value() ? party->name() : party_id;
}

void ListSources(const View& view, uint64_t as_of_size, const Ancestry& ancestry, v1::IntakeLot& lot) {
  // Steps come by entry, and so does the first of each place.
  std::map<std::tuple<std::string_view, std::string_view, int>, Arrivals> places;
  for (const auto& step : ancestry.steps) {
    if (step->kind() == v1::StepRecord::KIND_PRODUCE) places[{step->site_id(), "", 0}].push_back(step.get());
    if (step->kind() == v1::StepRecord::KIND_INTAKE) {
      places[{"", step->party_id(), step->door()}].push_back(step.get());
    }
  }
  std::vector<const Arrivals*> by_entry;
  for (const auto& [place, steps] : places) by_entry.push_back(&steps);
  std::sort(by_entry.begin(), by_entry.end(),
            [](const Arrivals* a, const Arrivals* b) { return a->front()->index() < b->front()->index(); });
  lot.set_source_count(by_entry.size());
  if (by_entry.size() > limits::kMaxSourcesPerCheck) by_entry.resize(limits::kMaxSourcesPerCheck);
  const SourceList list(view, as_of_size);
  for (const Arrivals* steps : by_entry) *lot.add_sources() = list.Describe(*steps);
}

}  // namespace touchstone::ledger
