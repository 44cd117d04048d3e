// The verdict of one pack on one subject.
#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "base/status.h"
#include "ledger/describe.h"
#include "ledger/evidence.h"
#include "ledger/ids.h"
#include "ledger/lineage.h"
#include "ledger/mercury.h"
#include "ledger/policy.h"
#include "ledger/rule_switch.h"
#include "ledger/ruleset.h"
#include "ledger/state.h"
#include "ledger/trust.h"

namespace touchstone::ledger {
namespace {

class Evaluator {
 public:
  Evaluator(const View& view, const v1::PolicyPack& pack, Evidence evidence, Shown shown)
      : view_(view), pack_(pack), evidence_(evidence), shown_(shown) {
    const auto ledger = Load<v1::LedgerRecord>(view, "");
    has_distrusted_keys_ = ledger.has_value() && ledger->distrusted_keys() > 0;
    const Ruleset* rules = ledger.has_value() ? FindRuleset(ledger->ruleset_version()) : nullptr;
    mercury_limit_ppm_ = rules != nullptr && rules->whole_domain ? rules->mercury_ppm : UINT32_MAX;
  }

  void Judge(const Ancestry& ancestry, v1::Evaluation& evaluation) {
    std::map<uint64_t, const v1::StepRecord*> steps;
    for (const v1::StepRecord& step : ancestry.steps) steps.emplace(step.index(), &step);
    for (const AncestryNode& node : ancestry.nodes) {
      JudgeHolds(node.is_piece ? node.piece.holds() : node.lot.holds(), node.id);
      if (!node.is_piece) JudgeLot(node, *steps.at(node.step_index));
    }
    for (const v1::StepRecord& step : ancestry.steps) {
      JudgeStanding(step);
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
    if (!IsOff(code)) reasons_.push_back(MakeReason(code, bearing, subject_id, index, std::move(text)));
  }

  std::string SiteName(const std::string& site_id) {
    const auto site = Load<v1::SiteRecord>(view_, site_id);
    return site.has_value() ? fmt::format("{} ({})", site->name(), site->country()) : site_id;
  }

  std::string PartyName(const std::string& party_id) {
    const auto party = Load<v1::PartyRecord>(view_, party_id);
    return party.has_value() ? party->name() : party_id;
  }

  // --- Lots -----------------------------------------------------------------------------------------------------------

  void JudgeLot(const AncestryNode& node, const v1::StepRecord& step) {
    if (node.lot.determination() == v1::LotRecord::DETERMINATION_PENDING) {
      Add(v1::VERDICT_CODE_NOT_DETERMINED, v1::VERDICT_INDETERMINATE, node.id, node.step_index,
          "its fineness has not been determined");
    }
    if (step.kind() == v1::StepRecord::KIND_INTAKE) {
      Add(v1::VERDICT_CODE_ORIGIN_OFF_LEDGER, v1::VERDICT_INDETERMINATE, node.id, node.step_index,
          fmt::format("{} brought it in from outside the ledger as {}", PartyName(step.party_id()),
                      Words(*v1::Intake::Door_descriptor(), step.door())));
    }
    const auto disowned = has_distrusted_keys_ ? DisownedEntry(view_, node.lot) : std::nullopt;
    if (disowned.has_value()) {
      Add(v1::VERDICT_CODE_KEY_DISTRUSTED, v1::VERDICT_INDETERMINATE, node.lot.custodian_party_id(), *disowned,
          "it changed hands under a key that is distrusted since");
    }
    JudgeMercuryIn(node);
  }

  /// A hold stops the thing, a dispute or recall marks it; none of them reaches back to a claim that was made before.
  void JudgeHolds(const google::protobuf::RepeatedPtrField<v1::HoldRecord>& holds, const std::string& id) {
    for (const v1::HoldRecord& hold : holds) {
      if (hold.index() >= evidence_.against_size) continue;
      if (hold.party_id().empty() && shown_ == Shown::kBundle) continue;
      if (has_distrusted_keys_ && !Supports(view_, hold.signed_by(), hold.index())) continue;
      if (hold.kind() == v1::HoldRecord::KIND_DISPUTE) {
        Add(v1::VERDICT_CODE_DISPUTED, v1::VERDICT_INDETERMINATE, id, hold.index(),
            fmt::format("{} disputes it", PartyName(hold.party_id())));
      } else if (hold.kind() == v1::HoldRecord::KIND_RECALL) {
        Add(v1::VERDICT_CODE_RECALLED, v1::VERDICT_INDETERMINATE, id, hold.index(),
            fmt::format("{} called it back", PartyName(hold.party_id())));
      } else {
        Add(v1::VERDICT_CODE_HELD, v1::VERDICT_INDETERMINATE, id, hold.index(), "it is held");
      }
    }
  }

  /// Amalgam is gold and mercury, and sponge what is left of it; and an assay says what the declaration may not.
  void JudgeMercuryIn(const AncestryNode& node) {
    if (!pack_.process().no_mercury()) return;
    const v1::Form form = node.lot.material().form();
    if (ShowsMercury(form)) {
      Add(v1::VERDICT_CODE_MERCURY_DECLARED, v1::VERDICT_FAIL, node.id, node.step_index,
          fmt::format("it is made of {}, which mercury makes", Words(*v1::Form_descriptor(), form)));
    }
    for (const v1::AssayRecord& assay : node.lot.assays()) {
      if (assay.mercury_ppm() <= mercury_limit_ppm_) continue;
      if (has_distrusted_keys_ && !Supports(view_, assay.signed_by(), assay.index())) continue;
      Add(v1::VERDICT_CODE_MERCURY_FOUND, v1::VERDICT_FAIL, node.id, assay.index(),
          fmt::format("{} found {} ppm of mercury in it", PartyName(assay.party_id()), assay.mercury_ppm()));
    }
  }

  // --- Steps ----------------------------------------------------------------------------------------------------------

  /// Whether the step can be relied on at all.
  void JudgeStanding(const v1::StepRecord& step) {
    if (step.voided_index() != 0) {
      Add(v1::VERDICT_CODE_STEP_VOIDED, v1::VERDICT_INDETERMINATE, step.party_id(), step.index(),
          fmt::format("{} has declared that this did not happen", PartyName(step.party_id())));
    }
    if (has_distrusted_keys_ && !Supports(view_, step.keys(), step.index())) {
      Add(v1::VERDICT_CODE_KEY_DISTRUSTED, v1::VERDICT_INDETERMINATE, step.party_id(), step.index(),
          fmt::format("{} signed with a key that is distrusted since", PartyName(step.party_id())));
    }
  }

  // --- Process --------------------------------------------------------------------------------------------------------

  /// Steps in which mercury could have been used: at the mine, and wherever concentrate or sponge is turned into metal.
  static bool ConcernsMercury(const v1::StepRecord& step) {
    return step.kind() == v1::StepRecord::KIND_PRODUCE || step.kind() == v1::StepRecord::KIND_PROCESS ||
           step.transform_kind() == v1::Transform::KIND_SMELT;
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
    if (pack_.process().no_mercury() && LeachesMercuryTailings(step)) {
      Add(v1::VERDICT_CODE_TAILINGS_WITH_MERCURY, v1::VERDICT_FAIL, subject, step.index(),
          fmt::format("{} leached tailings that mercury had touched", where));
    }
    if (!ConcernsMercury(step)) return;
    if (pack_.process().no_mercury() && step.mercury_use() == v1::MERCURY_USE_UNSPECIFIED) {
      Add(v1::VERDICT_CODE_MERCURY_NOT_DECLARED, v1::VERDICT_INDETERMINATE, subject, step.index(),
          fmt::format("{} does not say whether mercury was used", where));
      return;
    }
    if (step.kind() == v1::StepRecord::KIND_PRODUCE) JudgeRoute(step, subject, where);
  }

  bool LeachesMercuryTailings(const v1::StepRecord& step) {
    if (!LeachesWithCyanide(step.route())) return false;
    return std::any_of(step.inputs().begin(), step.inputs().end(), [&](const v1::LotShare& share) {
      const auto lot = Load<v1::LotRecord>(view_, share.lot_id());
      return lot.has_value() && lot->mercury_history();
    });
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
    const bool account = step.kind() == v1::StepRecord::KIND_DISCHARGE;
    const bool works = step.kind() == v1::StepRecord::KIND_TRANSFORM || step.kind() == v1::StepRecord::KIND_PROCESS;
    if (!account && !works) return;
    // One lot by itself needs no model, but one that is declared under another model was not kept by itself, and in a
    // work account no lot is.
    if (works && step.inputs_size() < 2 && step.custody_model() == v1::CUSTODY_MODEL_UNSPECIFIED) return;
    const auto& permitted = pack_.permitted_models();
    if (std::find(permitted.begin(), permitted.end(), step.custody_model()) != permitted.end()) return;
    const std::string model = Words(*v1::CustodyModel_descriptor(), step.custody_model());
    Add(v1::VERDICT_CODE_CUSTODY_MODEL, v1::VERDICT_INDETERMINATE, step.party_id(), step.index(),
        fmt::format("{} worked {} under the custody model `{}`, which cannot support this policy",
                    PartyName(step.party_id()),
                    account                   ? "a work account"
                    : step.inputs_size() == 1 ? "a lot"
                                              : fmt::format("{} lots", step.inputs_size()),
                    model));
  }

  // --- Sources --------------------------------------------------------------------------------------------------------

  void JudgeSource(const v1::StepRecord& step) {
    const auto site = Load<v1::SiteRecord>(view_, step.site_id());
    if (!site.has_value()) return;  // the rules admit no production without a site
    const Production production = {step, *site, evidence_};
    for (const v1::AttestationRule& rule : pack_.attestations()) {
      if (!judged_.insert({site->site_id(), rule.scope(), step.period_until_us()}).second) continue;
      Note(JudgeAttestations(view_, rule, production));
    }
    for (const v1::LicenceRule& rule : pack_.licences()) Note(JudgeLicences(view_, rule, production));
  }

  void Note(v1::VerdictReason reason) {
    if (!IsOff(reason.code())) reasons_.push_back(std::move(reason));
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
  const Evidence evidence_;
  const Shown shown_;
  bool has_distrusted_keys_ = false;
  uint32_t mercury_limit_ppm_ = 0;
  std::vector<v1::VerdictReason> reasons_;
  std::set<std::tuple<std::string, int, int64_t>> judged_;
};

/// An evaluation that says of what it is.
v1::Evaluation Headed(uint64_t as_of_size, std::string_view subject_id, const Policy& policy) {
  v1::Evaluation evaluation;
  evaluation.mutable_policy()->set_policy_id(policy.pack.id());
  evaluation.mutable_policy()->set_version(policy.pack.version());
  evaluation.mutable_policy()->set_sha256(std::string(policy.sha256.view()));
  evaluation.set_subject_id(std::string(subject_id));
  evaluation.set_as_of_size(as_of_size);
  return evaluation;
}

}  // namespace

v1::Evaluation EvaluateTraced(const View& view, uint64_t as_of_size, std::string_view subject_id,
                              const Ancestry& ancestry, const Policy& policy) {
  v1::Evaluation evaluation = Headed(as_of_size, subject_id, policy);
  Evaluator(view, policy.pack, {as_of_size, as_of_size}, Shown::kWholeLog).Judge(ancestry, evaluation);
  return evaluation;
}

absl::StatusOr<v1::Evaluation> Evaluate(const View& view, uint64_t as_of_size, std::string_view subject_id,
                                        const Policy& policy, Shown shown) {
  v1::Evaluation evaluation = Headed(as_of_size, subject_id, policy);
  TS_ASSIGN_OR_RETURN(const Ancestry ancestry, TraceUpstream(view, subject_id, 0));
  std::optional<v1::ClaimRecord> claim;
  if (IsId(ObjectKind::kClaim, subject_id)) claim = Load<v1::ClaimRecord>(view, subject_id);
  const Evidence evidence =
      claim.has_value() ? Evidence{claim->evidence_size(), claim->index()} : Evidence{as_of_size, as_of_size};
  Evaluator evaluator(view, policy.pack, evidence, shown);
  if (claim.has_value()) evaluator.JudgeClaim(*claim);
  evaluator.Judge(ancestry, evaluation);
  return evaluation;
}

}  // namespace touchstone::ledger
