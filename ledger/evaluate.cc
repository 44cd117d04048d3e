// The verdict of one pack on one subject.
#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "base/status.h"
#include "ledger/authority.h"
#include "ledger/describe.h"
#include "ledger/ids.h"
#include "ledger/lineage.h"
#include "ledger/mercury.h"
#include "ledger/policy.h"
#include "ledger/state.h"

namespace touchstone::ledger {
namespace {

constexpr int64_t kDayUs = int64_t{24} * 3600 * 1'000'000;

std::string ScopeWords(v1::Scope scope) { return Words(*v1::Scope_descriptor(), scope); }

class Evaluator {
 public:
  Evaluator(const View& view, const v1::PolicyPack& pack, uint64_t evidence_size)
      : view_(view), pack_(pack), evidence_size_(evidence_size) {}

  void Judge(const Ancestry& ancestry, v1::Evaluation& evaluation) {
    for (const AncestryNode& node : ancestry.nodes) {
      JudgeDetermination(node);
      JudgeForm(node);
    }
    for (const v1::StepRecord& step : ancestry.steps) {
      JudgeProcess(step);
      JudgeCustodyModel(step);
      if (step.kind() == v1::StepRecord::KIND_PRODUCE) JudgeSource(step);
    }
    for (const AncestryNode& node : ancestry.nodes) {
      if (node.input_ids.empty()) evaluation.set_source_lots(evaluation.source_lots() + 1);
    }
    Conclude(evaluation);
  }

  void JudgeClaim(const v1::ClaimRecord& claim) {
    if (claim.status() == v1::ClaimRecord::STATUS_LIVE) return;
    Add(v1::VERDICT_CODE_CLAIM_ENDED, v1::VERDICT_INDETERMINATE, claim.claim_id(), claim.index(),
        "the claim was retired or revoked by its issuer");
  }

 private:
  void Add(v1::VerdictCode code, v1::Verdict bearing, std::string_view subject_id, uint64_t index, std::string text) {
    v1::VerdictReason& reason = reasons_.emplace_back();
    reason.set_code(code);
    reason.set_bearing(bearing);
    reason.set_subject_id(std::string(subject_id));
    reason.set_entry_index(index);
    reason.set_text(std::move(text));
  }

  std::string SiteName(const std::string& site_id) {
    const auto site = Load<v1::SiteRecord>(view_, site_id);
    return site.has_value() ? fmt::format("{} ({})", site->name(), site->country()) : site_id;
  }

  std::string PartyName(const std::string& party_id) {
    const auto party = Load<v1::PartyRecord>(view_, party_id);
    return party.has_value() ? party->name() : party_id;
  }

  void JudgeDetermination(const AncestryNode& node) {
    if (node.is_piece || node.lot.determination() != v1::LotRecord::DETERMINATION_PENDING) return;
    Add(v1::VERDICT_CODE_NOT_DETERMINED, v1::VERDICT_INDETERMINATE, node.id, node.step_index,
        "its fineness has not been determined");
  }

  // --- Process --------------------------------------------------------------------------------------------------------

  /// Steps in which mercury could have been used: at the mine, and wherever concentrate or sponge is turned into metal.
  static bool ConcernsMercury(const v1::StepRecord& step) {
    return step.kind() == v1::StepRecord::KIND_PRODUCE || step.transform_kind() == v1::Transform::KIND_SMELT;
  }

  /// Amalgam is gold and mercury, and sponge is what is left of it: the form says what the declaration may not.
  void JudgeForm(const AncestryNode& node) {
    const v1::Form form = node.lot.material().form();
    if (!pack_.process().no_mercury() || node.is_piece) return;
    if (!ShowsMercury(form)) return;
    Add(v1::VERDICT_CODE_MERCURY_DECLARED, v1::VERDICT_FAIL, node.id, node.step_index,
        fmt::format("it is made of {}, which mercury makes", Words(*v1::Form_descriptor(), form)));
  }

  void JudgeProcess(const v1::StepRecord& step) {
    if (!pack_.has_process()) return;
    const std::string where = step.site_id().empty() ? PartyName(step.party_id()) : SiteName(step.site_id());
    const std::string& subject = step.site_id().empty() ? step.party_id() : step.site_id();
    if (pack_.process().no_mercury() && step.mercury_use() == v1::MERCURY_USE_USED) {
      Add(v1::VERDICT_CODE_MERCURY_DECLARED, v1::VERDICT_FAIL, subject, step.index(),
          fmt::format("{} declares that mercury was used", where));
      return;
    }
    if (pack_.process().no_mercury() && NeedsMercury(step.route())) {
      Add(v1::VERDICT_CODE_MERCURY_DECLARED, v1::VERDICT_FAIL, subject, step.index(),
          fmt::format("{} declares {}, which needs mercury", where,
                      Words(*v1::ProcessRoute_descriptor(), step.route())));
      return;
    }
    if (!ConcernsMercury(step)) return;
    if (pack_.process().no_mercury() && step.mercury_use() == v1::MERCURY_USE_UNSPECIFIED) {
      Add(v1::VERDICT_CODE_MERCURY_NOT_DECLARED, v1::VERDICT_INDETERMINATE, subject, step.index(),
          fmt::format("{} does not say whether mercury was used", where));
      return;
    }
    if (step.kind() == v1::StepRecord::KIND_PRODUCE) JudgeRoute(step, subject, where);
  }

  void JudgeRoute(const v1::StepRecord& step, const std::string& subject, const std::string& where) {
    const auto& permitted = pack_.process().permitted_routes();
    if (permitted.empty()) return;
    const std::string route = Words(*v1::ProcessRoute_descriptor(), step.route());
    if (std::find(permitted.begin(), permitted.end(), step.route()) == permitted.end()) {
      Add(v1::VERDICT_CODE_ROUTE_NOT_PERMITTED, v1::VERDICT_FAIL, subject, step.index(),
          fmt::format("{} used {}, which this policy does not permit", where, route));
      return;
    }
    Add(v1::VERDICT_CODE_ROUTE_PERMITTED, v1::VERDICT_PASS, subject, step.index(),
        fmt::format("won at {} by {}, declared without mercury", where, route));
  }

  // --- Custody --------------------------------------------------------------------------------------------------------

  void JudgeCustodyModel(const v1::StepRecord& step) {
    const bool discharged = step.kind() == v1::StepRecord::KIND_DISCHARGE;
    if (step.kind() != v1::StepRecord::KIND_TRANSFORM && !discharged) return;
    // One lot by itself needs no model, but one that is declared under another model was not kept by itself.
    if (step.inputs_size() < 2 && step.custody_model() == v1::CUSTODY_MODEL_UNSPECIFIED) return;
    const auto& permitted = pack_.permitted_models();
    if (std::find(permitted.begin(), permitted.end(), step.custody_model()) != permitted.end()) return;
    const std::string model = Words(*v1::CustodyModel_descriptor(), step.custody_model());
    Add(v1::VERDICT_CODE_CUSTODY_MODEL, v1::VERDICT_INDETERMINATE, step.party_id(), step.index(),
        fmt::format("{} worked {} under the custody model `{}`, which cannot support this policy",
                    PartyName(step.party_id()),
                    discharged                ? "what is in a work account"
                    : step.inputs_size() == 1 ? "a lot"
                                              : fmt::format("{} lots", step.inputs_size()),
                    model));
  }

  // --- Sources --------------------------------------------------------------------------------------------------------

  void JudgeSource(const v1::StepRecord& step) {
    const auto site = Load<v1::SiteRecord>(view_, step.site_id());
    if (!site.has_value()) return;  // the rules admit no production without a site
    for (const v1::AttestationRule& rule : pack_.attestations()) JudgeAttestation(rule, step, *site);
    for (const v1::LicenceRule& rule : pack_.licences()) JudgeLicence(rule, step, *site);
  }

  /// An accreditation that had not ended when the attestor spoke, and was not annulled from then or earlier. That one
  /// covered the time is what admission made sure of. What the attestor did counts by when the log recorded it: the
  /// date that it states itself could be set back.
  bool AttestorStands(const v1::AttestationRecord& attestation) {
    const auto party = Load<v1::PartyRecord>(view_, attestation.attestor_party_id());
    if (!party.has_value()) return false;
    return std::any_of(party->accreditations().begin(), party->accreditations().end(),
                       [&](const v1::AccreditationRecord& a) {
                         if (a.scope() != attestation.scope() || a.index() >= attestation.index()) return false;
                         if (!a.has_ending()) return true;
                         const bool annulled = a.ending().cause() == v1::END_CAUSE_ANNULLED &&
                                               a.ending().effective_at_us() <= attestation.recorded_at_us();
                         return a.ending().index() > attestation.index() && !annulled;
                       });
  }

  /// How one attestation bears on one production; nullopt when it says nothing about it.
  std::optional<std::pair<v1::VerdictCode, v1::Verdict>> Bearing(const v1::AttestationRule& rule,
                                                                 const v1::AttestationRecord& attestation,
                                                                 const v1::StepRecord& step) {
    const int64_t at_us = step.period_until_us() - 1;
    if (attestation.scope() != rule.scope() || !AttestorStands(attestation)) return std::nullopt;
    const v1::Ending* ending = attestation.has_ending() ? EndingFor(attestation.ending(), evidence_size_) : nullptr;
    if (!Covers(attestation.valid_from_us(), attestation.valid_until_us(), ending, at_us)) {
      return std::nullopt;
    }
    if (attestation.conclusion() == v1::Attest::CONCLUSION_NON_CONFORMANT) {
      return std::pair(v1::VERDICT_CODE_ATTESTATION_ADVERSE, v1::VERDICT_FAIL);
    }
    if (attestation.lines() != v1::Attest::LINES_ALL && attestation.lines() != v1::Attest::LINES_PROVEN_SEPARATION) {
      return std::nullopt;
    }
    if (at_us - attestation.observed_until_us() > int64_t{rule.max_age_days()} * kDayUs) {
      return std::pair(v1::VERDICT_CODE_ATTESTATION_TOO_OLD, v1::VERDICT_INDETERMINATE);
    }
    if (attestation.index() >= evidence_size_) {
      return std::pair(v1::VERDICT_CODE_ATTESTATION_LATE, v1::VERDICT_INDETERMINATE);
    }
    return std::pair(v1::VERDICT_CODE_ATTESTED, v1::VERDICT_PASS);
  }

  /// The worst that is said counts; of what supports, the first; what is too old or too late only where nothing
  /// supports.
  void JudgeAttestation(const v1::AttestationRule& rule, const v1::StepRecord& step, const v1::SiteRecord& site) {
    if (!judged_.insert({site.site_id(), rule.scope(), step.period_until_us()}).second) return;
    std::optional<v1::VerdictReason> best;
    for (const std::string& id : site.attestation_ids()) {
      const auto attestation = Load<v1::AttestationRecord>(view_, id);
      if (!attestation.has_value()) continue;
      const auto bearing = Bearing(rule, *attestation, step);
      if (!bearing.has_value()) continue;
      const auto [code, verdict] = *bearing;
      const bool better = !best.has_value() || verdict == v1::VERDICT_FAIL ||
                          (verdict == v1::VERDICT_PASS && best->bearing() == v1::VERDICT_INDETERMINATE);
      if (!better) continue;
      v1::VerdictReason& reason = best.emplace();
      reason.set_code(code);
      reason.set_bearing(verdict);
      reason.set_subject_id(id);
      reason.set_entry_index(attestation->index());
      reason.set_text(AttestationText(code, rule, *attestation, site));
      if (verdict == v1::VERDICT_FAIL) break;
    }
    if (best.has_value()) {
      reasons_.push_back(*std::move(best));
      return;
    }
    Add(v1::VERDICT_CODE_ATTESTATION_MISSING, v1::VERDICT_INDETERMINATE, site.site_id(), step.index(),
        fmt::format("no independent attestation of {} covers {} ({}) when it produced", ScopeWords(rule.scope()),
                    site.name(), site.country()));
  }

  std::string AttestationText(v1::VerdictCode code, const v1::AttestationRule& rule,
                              const v1::AttestationRecord& attestation, const v1::SiteRecord& site) {
    const std::string attestor = PartyName(attestation.attestor_party_id());
    const std::string scope = ScopeWords(rule.scope());
    if (code == v1::VERDICT_CODE_ATTESTATION_ADVERSE) {
      return fmt::format("{} attests that {} does not conform for {}", attestor, site.name(), scope);
    }
    if (code == v1::VERDICT_CODE_ATTESTATION_TOO_OLD) {
      return fmt::format("{} saw {} more than {} days before it produced", attestor, site.name(), rule.max_age_days());
    }
    if (code == v1::VERDICT_CODE_ATTESTATION_LATE) {
      return fmt::format("{} attested {} only after the claim was made", attestor, site.name());
    }
    return fmt::format("{} visited {} and attests {}", attestor, site.name(), scope);
  }

  void JudgeLicence(const v1::LicenceRule& rule, const v1::StepRecord& step, const v1::SiteRecord& site) {
    const std::string kind = Words(*v1::LicenceKind_descriptor(), rule.kind());
    for (const std::string& id : site.licence_ids()) {
      const auto licence = Load<v1::LicenceRecord>(view_, id);
      if (!licence.has_value() || licence->kind() != rule.kind() || licence->index() >= evidence_size_) continue;
      if (rule.holder_is_operator() && licence->holder_party_id() != step.party_id()) continue;
      if (!CoversPeriod(*licence, step.period_from_us(), step.period_until_us(), evidence_size_)) continue;
      Add(v1::VERDICT_CODE_LICENSED, v1::VERDICT_PASS, id, licence->index(),
          fmt::format("{} ({}) produced under {} {}", site.name(), site.country(), kind, licence->number()));
      return;
    }
    Add(v1::VERDICT_CODE_LICENCE_MISSING, v1::VERDICT_FAIL, site.site_id(), step.index(),
        fmt::format("{} ({}) produced without a valid {} of its operator", site.name(), site.country(), kind));
  }

  // --- The verdict ----------------------------------------------------------------------------------------------------

  /// Breaches first, then gaps, then support; in each by entry.
  static int Weight(v1::Verdict bearing) {
    switch (bearing) {
      case v1::VERDICT_FAIL:
        return 0;
      case v1::VERDICT_INDETERMINATE:
        return 1;
      case v1::VERDICT_PASS:
        return 2;
      case v1::VERDICT_UNSPECIFIED:
      case v1::Verdict_INT_MIN_SENTINEL_DO_NOT_USE_:
      case v1::Verdict_INT_MAX_SENTINEL_DO_NOT_USE_:
        break;
    }
    return 3;
  }

  void Conclude(v1::Evaluation& evaluation) {
    const auto order = [](const v1::VerdictReason& r) {
      return std::tuple(Weight(r.bearing()), r.entry_index(), static_cast<int>(r.code()), r.subject_id());
    };
    const auto before = [&](const auto& a, const auto& b) { return order(a) < order(b); };
    const auto same = [&](const auto& a, const auto& b) { return order(a) == order(b); };
    std::sort(reasons_.begin(), reasons_.end(), before);
    reasons_.erase(std::unique(reasons_.begin(), reasons_.end(), same), reasons_.end());
    // Nothing that supports is evidence missing: a subject without a source proves nothing.
    evaluation.set_verdict(reasons_.empty() ? v1::VERDICT_INDETERMINATE : reasons_.front().bearing());
    for (v1::VerdictReason& reason : reasons_) *evaluation.add_reasons() = std::move(reason);
  }

  const View& view_;
  const v1::PolicyPack& pack_;
  const uint64_t evidence_size_;
  std::vector<v1::VerdictReason> reasons_;
  std::set<std::tuple<std::string, int, int64_t>> judged_;
};

}  // namespace

absl::StatusOr<v1::Evaluation> Evaluate(const View& view, uint64_t as_of_size, std::string_view subject_id,
                                        const Policy& policy) {
  v1::Evaluation evaluation;
  evaluation.mutable_policy()->set_policy_id(policy.pack.id());
  evaluation.mutable_policy()->set_version(policy.pack.version());
  evaluation.mutable_policy()->set_sha256(std::string(policy.sha256.view()));
  evaluation.set_subject_id(std::string(subject_id));
  evaluation.set_as_of_size(as_of_size);
  TS_ASSIGN_OR_RETURN(const Ancestry ancestry, TraceUpstream(view, subject_id, 0));
  std::optional<v1::ClaimRecord> claim;
  if (IsId(ObjectKind::kClaim, subject_id)) claim = Load<v1::ClaimRecord>(view, subject_id);
  Evaluator evaluator(view, policy.pack, claim.has_value() ? claim->evidence_size() : as_of_size);
  if (claim.has_value()) evaluator.JudgeClaim(*claim);
  evaluator.Judge(ancestry, evaluation);
  return evaluation;
}

}  // namespace touchstone::ledger
