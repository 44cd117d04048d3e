#include "ledger/evidence.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

#include "ledger/authority.h"
#include "ledger/describe.h"
#include "ledger/endings.h"
#include "ledger/links.h"
#include "ledger/look.h"
#include "ledger/rule_switch.h"
#include "ledger/state.h"
#include "ledger/trust.h"

namespace touchstone::ledger {
namespace {

constexpr int64_t kDayUs = int64_t{24} * 3600 * 1'000'000;

/// How one paper bears on a production.
struct Bearing {
  v1::VerdictCode code = v1::VERDICT_CODE_UNSPECIFIED;
  v1::Verdict verdict = v1::VERDICT_UNSPECIFIED;
  uint64_t entry_index = 0;
  int64_t ended_at_us = 0;  // since when, where a paper had ended
};

/// What an ended paper says, by the cause of its end.
struct Ends {
  Bearing lapsed, suspended, withdrawn, annulled;
};

constexpr Ends kLicenceEnds = {{v1::VERDICT_CODE_LICENCE_LAPSED, v1::VERDICT_FAIL},
                               {v1::VERDICT_CODE_LICENCE_SUSPENDED, v1::VERDICT_FAIL},
                               {v1::VERDICT_CODE_LICENCE_WITHDRAWN, v1::VERDICT_FAIL},
                               {v1::VERDICT_CODE_LICENCE_ANNULLED, v1::VERDICT_FAIL}};
constexpr Ends kAttestationEnds = {{v1::VERDICT_CODE_ATTESTATION_LAPSED, v1::VERDICT_INDETERMINATE},
                                   {v1::VERDICT_CODE_ATTESTATION_SUSPENDED, v1::VERDICT_INDETERMINATE},
                                   {v1::VERDICT_CODE_ATTESTATION_WITHDRAWN, v1::VERDICT_INDETERMINATE},
                                   {v1::VERDICT_CODE_ATTESTATION_ANNULLED, v1::VERDICT_INDETERMINATE}};

Bearing EndedBy(const Ends& ends, const v1::Ending& ending) {
  Bearing bearing = ends.lapsed;
  switch (ending.cause()) {
    case v1::END_CAUSE_SUSPENDED:
      bearing = ends.suspended;
      break;
    case v1::END_CAUSE_WITHDRAWN:
      bearing = ends.withdrawn;
      break;
    case v1::END_CAUSE_ANNULLED:
      bearing = ends.annulled;
      break;
    case v1::END_CAUSE_LAPSED:
    case v1::END_CAUSE_UNSPECIFIED:
    case v1::EndCause_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::EndCause_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  bearing.entry_index = ending.index();
  bearing.ended_at_us = ending.effective_at_us();
  return bearing;
}

/// The ending that had taken effect by then, annulments first: they say more.
template <typename Record>
const v1::Ending* EndedAt(const View& view, const Record& record, int64_t at_us, uint64_t against_size) {
  const v1::Ending* annulment = AnnulmentOf(view, record);
  if (annulment != nullptr && annulment->effective_at_us() <= at_us) return annulment;
  const v1::Ending* ending = EndingFor(EndingOf(view, record), against_size);
  return ending != nullptr && ending->effective_at_us() <= at_us ? ending : nullptr;
}

std::string PartyName(const View& view, const std::string& party_id) {
  const auto party = Look<v1::PartyRecord>(view, party_id);
  return party != nullptr ? party->name() : party_id;
}

std::string DayOf(int64_t at_us) {
  const absl::CivilDay day = absl::ToCivilDay(absl::FromUnixMicros(at_us), absl::UTCTimeZone());
  return fmt::format("{:04}-{:02}-{:02}", day.year(), day.month(), day.day());
}

std::string At(const v1::SiteRecord& site) { return fmt::format("{} ({})", site.name(), site.country()); }

// --- Attestations -----------------------------------------------------------------------------------------------------

bool SawEnough(const v1::AttestationRecord& attestation) {
  return attestation.lines() == v1::Attest::LINES_ALL || attestation.lines() == v1::Attest::LINES_PROVEN_SEPARATION;
}

bool WasThere(v1::Attest::Visit visit) {
  return visit == v1::Attest::VISIT_ANNOUNCED || visit == v1::Attest::VISIT_UNANNOUNCED;
}

/// Whether the attestor is one of the chain, or linked to one.
bool IsInChain(const View& view, const v1::AttestationRecord& attestation, const Chain& chain) {
  const std::set<std::string>& all = chain();
  const std::set<std::string> behind = WhoIsBehind(view, attestation.attestor_party_id());
  return std::any_of(behind.begin(), behind.end(), [&](const std::string& one) { return all.count(one) != 0; });
}

/// How one attestation bears on what is to be attested; nullopt when it says nothing about it.
std::optional<Bearing> BearingOf(const View& view, const v1::AttestationRule& rule,
                                 const v1::AttestationRecord& attestation, const Attested& production,
                                 const Chain& chain) {
  const int64_t at_us = production.at_us;
  if (attestation.scope() != rule.scope() || !Stands(view, attestation)) return std::nullopt;
  if (!rule.standard().empty() && attestation.standard() != rule.standard()) return std::nullopt;
  // Nobody can vouch for what was before he looked.
  if (at_us < std::max(attestation.valid_from_us(), attestation.observed_from_us())) return std::nullopt;
  const bool conformant = attestation.conclusion() != v1::Attest::CONCLUSION_NON_CONFORMANT;
  // What speaks against a source after a claim was made says nothing of the claim; what speaks for it came late.
  if (!conformant && attestation.index() >= production.evidence.against_size) return std::nullopt;
  if (conformant && !SawEnough(attestation)) return std::nullopt;
  if (const v1::Ending* ended = EndedAt(view, attestation, at_us, production.evidence.against_size)) {
    return conformant ? std::optional(EndedBy(kAttestationEnds, *ended)) : std::nullopt;
  }
  const uint64_t index = attestation.index();
  if (at_us >= attestation.valid_until_us()) {
    if (!conformant) return std::nullopt;
    return Bearing{v1::VERDICT_CODE_ATTESTATION_LAPSED, v1::VERDICT_INDETERMINATE, index, attestation.valid_until_us()};
  }
  if (!conformant) return Bearing{v1::VERDICT_CODE_ATTESTATION_ADVERSE, v1::VERDICT_FAIL, index};
  if (at_us - attestation.observed_until_us() > int64_t{rule.max_age_days()} * kDayUs) {
    return Bearing{v1::VERDICT_CODE_ATTESTATION_TOO_OLD, v1::VERDICT_INDETERMINATE, index};
  }
  if (index >= production.evidence.for_size) {
    return Bearing{v1::VERDICT_CODE_ATTESTATION_LATE, v1::VERDICT_INDETERMINATE, index};
  }
  if (rule.on_site() && !WasThere(attestation.visit())) {
    return Bearing{v1::VERDICT_CODE_ATTESTATION_REMOTE, v1::VERDICT_INDETERMINATE, index};
  }
  if (rule.independent_of_chain() && IsInChain(view, attestation, chain)) {
    return Bearing{v1::VERDICT_CODE_ATTESTOR_IN_CHAIN, v1::VERDICT_INDETERMINATE, index};
  }
  return Bearing{v1::VERDICT_CODE_ATTESTED, v1::VERDICT_PASS, index};
}

/// How and when its attestor saw what it attests, by days in UTC. Ruleset 1 notes the last moment alone.
std::string SeenBy(const std::string& attestor, const v1::AttestationRecord& attestation, const std::string& name) {
  const bool afar =
      attestation.visit() == v1::Attest::VISIT_REMOTE || attestation.visit() == v1::Attest::VISIT_DESK_REVIEW;
  const std::string last = DayOf(attestation.observed_until_us());
  const std::string first = attestation.observed_from_us() == 0 ? last : DayOf(attestation.observed_from_us());
  return fmt::format("{} {} {} {}", attestor, afar ? "examined" : "visited", name,
                     first == last ? fmt::format("on {}", last) : fmt::format("from {} to {}", first, last));
}

std::string TextOf(const View& view, const Bearing& bearing, const v1::AttestationRule& rule,
                   const v1::AttestationRecord& attestation, const Attested& site) {
  const std::string attestor = PartyName(view, attestation.attestor_party_id());
  const std::string scope = Words(*v1::Scope_descriptor(), rule.scope());
  const std::string& name = site.name;
  const std::string seen = SeenBy(attestor, attestation, name);
  const auto ended = [&bearing] { return DayOf(bearing.ended_at_us); };
  const v1::VerdictCode code = bearing.code;
  if (code == v1::VERDICT_CODE_ATTESTATION_ADVERSE) {
    return fmt::format("{} and attests that it does not conform for {}", seen, scope);
  }
  if (code == v1::VERDICT_CODE_ATTESTATION_TOO_OLD) {
    return fmt::format("{}, more than {} days before the gold was there", seen, rule.max_age_days());
  }
  if (code == v1::VERDICT_CODE_ATTESTATION_LATE) {
    return fmt::format("{}, and attested {} only after the evidence on which the claim rests", seen, scope);
  }
  if (code == v1::VERDICT_CODE_ATTESTATION_LAPSED) {
    return fmt::format("{}, and its attestation for {} lapsed on {}", seen, scope, ended());
  }
  if (code == v1::VERDICT_CODE_ATTESTATION_SUSPENDED) {
    return fmt::format("{} has suspended its attestation of {} for {} as of {}", attestor, name, scope, ended());
  }
  if (code == v1::VERDICT_CODE_ATTESTATION_WITHDRAWN) {
    return fmt::format("{} has withdrawn its attestation of {} for {} as of {}", attestor, name, scope, ended());
  }
  if (code == v1::VERDICT_CODE_ATTESTATION_ANNULLED) {
    return fmt::format("{} has annulled its attestation of {} for {} as of {}", attestor, name, scope, ended());
  }
  if (code == v1::VERDICT_CODE_ATTESTATION_REMOTE) {
    return fmt::format("{} and attests {} without having been there", seen, scope);
  }
  if (code == v1::VERDICT_CODE_ATTESTOR_IN_CHAIN) {
    return fmt::format("{} and attests {}, and is linked to one who won or worked the gold", seen, scope);
  }
  return fmt::format("{} and attests {}", seen, scope);
}

// --- Licences ---------------------------------------------------------------------------------------------------------

/// How one licence of the demanded kind bears on the production; nullopt when it had not begun.
std::optional<Bearing> BearingOf(const View& view, const v1::LicenceRecord& licence, const Production& production) {
  const v1::StepRecord& step = production.step;
  if (CoversPeriod(view, licence, step.period_from_us(), step.period_until_us(), production.evidence.against_size)) {
    return Bearing{v1::VERDICT_CODE_LICENSED, v1::VERDICT_PASS, licence.index()};
  }
  if (step.period_from_us() < licence.valid_from_us()) return std::nullopt;
  if (const v1::Ending* ended = EndedAt(view, licence, step.period_until_us() - 1, production.evidence.against_size)) {
    return EndedBy(kLicenceEnds, *ended);
  }
  return Bearing{v1::VERDICT_CODE_LICENCE_LAPSED, v1::VERDICT_FAIL, licence.index()};
}

std::string TextOf(v1::VerdictCode code, const v1::LicenceRecord& licence, const v1::SiteRecord& site) {
  const std::string kind = Words(*v1::LicenceKind_descriptor(), licence.kind());
  if (code == v1::VERDICT_CODE_LICENCE_LAPSED) {
    return fmt::format("{} produced after its {} {} had run out", At(site), kind, licence.number());
  }
  if (code == v1::VERDICT_CODE_LICENCE_SUSPENDED) {
    return fmt::format("{} produced while its {} {} was suspended", At(site), kind, licence.number());
  }
  if (code == v1::VERDICT_CODE_LICENCE_WITHDRAWN) {
    return fmt::format("{} produced after its {} {} was withdrawn", At(site), kind, licence.number());
  }
  if (code == v1::VERDICT_CODE_LICENCE_ANNULLED) {
    return fmt::format("the {} {} of {} should not have been granted: it was annulled", kind, licence.number(),
                       At(site));
  }
  return fmt::format("{} produced under {} {}", At(site), kind, licence.number());
}

bool IsOfKind(const v1::LicenceRule& rule, v1::LicenceKind kind) {
  const auto& others = rule.alternatives();
  return kind == rule.kind() || std::find(others.begin(), others.end(), kind) != others.end();
}

bool Graver(v1::Verdict a, v1::Verdict b) { return a == v1::VERDICT_FAIL && b != v1::VERDICT_FAIL; }

}  // namespace

v1::VerdictReason MakeReason(v1::VerdictCode code, v1::Verdict bearing, std::string_view subject_id,
                             uint64_t entry_index, std::string text) {
  v1::VerdictReason reason;
  reason.set_code(code);
  reason.set_bearing(bearing);
  reason.set_subject_id(std::string(subject_id));
  reason.set_entry_index(entry_index);
  reason.set_text(std::move(text));
  return reason;
}

v1::VerdictReason JudgeAttestations(const View& view, const v1::AttestationRule& rule, const Attested& attested,
                                    const Chain& chain) {
  v1::VerdictReason best = MakeReason(
      v1::VERDICT_CODE_ATTESTATION_MISSING, v1::VERDICT_INDETERMINATE, attested.subject_id, attested.step_index,
      fmt::format("no independent attestation of {}{}{} covers {} at that time",
                  Words(*v1::Scope_descriptor(), rule.scope()), rule.standard().empty() ? "" : " under ",
                  rule.standard(), attested.name));
  for (const std::string& id : attested.attestation_ids) {
    const auto attestation = Look<v1::AttestationRecord>(view, id);
    if (attestation == nullptr) continue;
    const std::optional<Bearing> bearing = BearingOf(view, rule, *attestation, attested, chain);
    if (!bearing.has_value() || IsOff(bearing->code)) continue;
    const bool better = best.code() == v1::VERDICT_CODE_ATTESTATION_MISSING ||
                        Graver(bearing->verdict, best.bearing()) ||
                        (bearing->verdict == v1::VERDICT_PASS && best.bearing() == v1::VERDICT_INDETERMINATE);
    if (!better) continue;
    const auto [told, first] = attested.told.try_emplace({id, &rule, bearing->code});
    if (first) told->second = TextOf(view, *bearing, rule, *attestation, attested);
    best = MakeReason(bearing->code, bearing->verdict, id, bearing->entry_index, told->second);
  }
  return best;
}

bool Applies(const v1::LicenceRule& rule, const Production& production) {
  const auto& countries = rule.countries();
  if (!countries.empty() && std::find(countries.begin(), countries.end(), production.site.country()) == countries.end())
    return false;
  if (rule.from_date().empty() && rule.until_date().empty()) return true;
  const std::string day = DayOf(production.step.period_until_us() - 1);
  return day >= rule.from_date() && (rule.until_date().empty() || day < rule.until_date());
}

v1::VerdictReason JudgeLicences(const View& view, const v1::LicenceRule& rule, const Production& production) {
  const v1::SiteRecord& site = production.site;
  v1::VerdictReason best =
      MakeReason(v1::VERDICT_CODE_LICENCE_MISSING, v1::VERDICT_FAIL, site.site_id(), production.step.index(),
                 fmt::format("{} produced without a valid {} of its operator", At(site),
                             Words(*v1::LicenceKind_descriptor(), rule.kind())));
  for (const std::string& id : site.licence_ids()) {
    const auto licence = Load<v1::LicenceRecord>(view, id);
    if (!licence.has_value() || !IsOfKind(rule, licence->kind())) continue;
    if (licence->index() >= production.evidence.for_size || !Supports(view, licence->signed_by(), licence->index()))
      continue;
    if (rule.holder_is_operator() && licence->holder_party_id() != production.step.party_id()) continue;
    const std::optional<Bearing> bearing = BearingOf(view, *licence, production);
    if (!bearing.has_value() || IsOff(bearing->code)) continue;
    const bool better = best.code() == v1::VERDICT_CODE_LICENCE_MISSING || bearing->verdict == v1::VERDICT_PASS ||
                        (best.bearing() != v1::VERDICT_PASS && Graver(bearing->verdict, best.bearing()));
    if (!better) continue;
    best = MakeReason(bearing->code, bearing->verdict, id, bearing->entry_index, TextOf(bearing->code, *licence, site));
    if (bearing->verdict == v1::VERDICT_PASS) break;
  }
  return best;
}

}  // namespace touchstone::ledger
