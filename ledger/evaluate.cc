// The verdict of one pack on one subject.
#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/limits.h"
#include "base/status.h"
#include "ledger/attribution.h"
#include "ledger/describe.h"
#include "ledger/evaluation.h"
#include "ledger/evidence.h"
#include "ledger/ids.h"
#include "ledger/lineage.h"
#include "ledger/links.h"
#include "ledger/mercury.h"
#include "ledger/policy.h"
#include "ledger/read_once.h"
#include "ledger/rule_switch.h"
#include "ledger/ruleset.h"
#include "ledger/state.h"
#include "ledger/trust.h"

namespace touchstone::ledger {
namespace {

constexpr int64_t kDayUs = int64_t{24} * 3600 * 1'000'000;

/// Records that many steps ask for, read once each.
template <typename Record>
class Cached {
 public:
  explicit Cached(const View& view) : view_(view) {}

  /// Nullptr when there is none of this id.
  const Record* Find(const std::string& id) {
    const auto [known, first] = records_.try_emplace(id);
    if (first) known->second = Load<Record>(view_, id);
    return known->second.has_value() ? &*known->second : nullptr;
  }

 private:
  const View& view_;
  std::unordered_map<std::string, std::optional<Record>> records_;
};

/// The worst of the bearings; INDETERMINATE of none at all, since nothing that supports is evidence missing.
v1::Verdict WorstOf(const std::vector<v1::VerdictReason>& reasons) {
  v1::Verdict worst = reasons.empty() ? v1::VERDICT_INDETERMINATE : v1::VERDICT_PASS;
  for (const v1::VerdictReason& reason : reasons) {
    if (reason.bearing() == v1::VERDICT_FAIL) return v1::VERDICT_FAIL;
    if (reason.bearing() == v1::VERDICT_INDETERMINATE) worst = v1::VERDICT_INDETERMINATE;
  }
  return worst;
}

/// Breaches first, then gaps, then support.
int Weight(v1::Verdict bearing) {
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

/// Where a reason stands among others: by weight, then by entry.
std::tuple<int, uint64_t, int, std::string_view> PlaceOf(const v1::VerdictReason& r) {
  return {Weight(r.bearing()), r.entry_index(), static_cast<int>(r.code()), std::string_view(r.subject_id())};
}

/// In the order of their places; each reason once.
void PutInOrder(std::vector<v1::VerdictReason>& reasons) {
  const auto before = [](const auto& a, const auto& b) { return PlaceOf(a) < PlaceOf(b); };
  const auto same = [](const auto& a, const auto& b) { return PlaceOf(a) == PlaceOf(b); };
  std::sort(reasons.begin(), reasons.end(), before);
  reasons.erase(std::unique(reasons.begin(), reasons.end(), same), reasons.end());
}

bool IsSmelting(const v1::StepRecord& step) { return step.transform_kind() == v1::Transform::KIND_SMELT; }

/// Steps in which mercury could have been used: at the mine, and wherever concentrate or sponge is turned into metal.
bool Treats(const v1::StepRecord& step) {
  return step.kind() == v1::StepRecord::KIND_PRODUCE || step.kind() == v1::StepRecord::KIND_PROCESS || IsSmelting(step);
}

/// Steps that work gold after it was won.
bool Handles(const v1::StepRecord& step) {
  switch (step.kind()) {
    case v1::StepRecord::KIND_TRANSFORM:
    case v1::StepRecord::KIND_MAKE_PIECE:
    case v1::StepRecord::KIND_PROCESS:
    case v1::StepRecord::KIND_DISCHARGE:
    case v1::StepRecord::KIND_MELT_DOWN:
      return true;
    case v1::StepRecord::KIND_PRODUCE:
    case v1::StepRecord::KIND_INTAKE:
    case v1::StepRecord::KIND_SAMPLE:
    case v1::StepRecord::KIND_CHARGE:
    case v1::StepRecord::KIND_LOSE:
    case v1::StepRecord::KIND_UNSPECIFIED:
    case v1::StepRecord_Kind_StepRecord_Kind_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::StepRecord_Kind_StepRecord_Kind_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return false;
}

template <typename List, typename Value>
bool Lists(const List& list, const Value& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

class Evaluator {
 public:
  Evaluator(const View& view, const v1::PolicyPack& pack, Evidence evidence, Shown shown)
      : view_(view), pack_(pack), evidence_(evidence), shown_(shown), sites_(view), parties_(view) {
    const auto ledger = Load<v1::LedgerRecord>(view, "");
    has_distrusted_keys_ = ledger.has_value() && ledger->distrusted_keys() > 0;
    const Ruleset* rules = ledger.has_value() ? FindRuleset(ledger->ruleset_version()) : nullptr;
    mercury_limit_ppm_ = rules != nullptr && rules->whole_domain ? rules->mercury_ppm : UINT32_MAX;
  }

  void Judge(const Ancestry& ancestry, v1::Evaluation& evaluation) {
    ancestry_ = &ancestry;
    std::unordered_map<uint64_t, const v1::StepRecord*> steps;
    for (const auto& step : ancestry.steps) steps.emplace(step->index(), step.get());
    for (const AncestryNode& node : ancestry.nodes) {
      JudgeHolds(node.is_piece ? node.piece->holds() : node.lot->holds(), node.id);
      if (!node.is_piece) JudgeLot(node, *steps.at(node.step_index));
      if (node.input_ids.empty()) evaluation.set_source_lots(evaluation.source_lots() + 1);
    }
    for (const auto& step : ancestry.steps) JudgeStep(*step);
    Conclude(evaluation);
  }

  void JudgeClaim(const v1::ClaimRecord& claim) {
    if (claim.status() == v1::ClaimRecord::STATUS_LIVE) return;
    // Ruleset 1 does not note what ended a claim.
    const uint64_t ended = claim.ended_index() != 0 ? claim.ended_index() : claim.index();
    const bool revoked = claim.status() == v1::ClaimRecord::STATUS_REVOKED;
    Add(v1::VERDICT_CODE_CLAIM_ENDED, v1::VERDICT_INDETERMINATE, claim.claim_id(), ended,
        revoked ? fmt::format("{} has revoked the claim: it should not have been made", PartyName(claim.party_id()))
                : "the claim was retired: it is no longer upheld");
  }

 private:
  /// What is said of a source lot's own making stays apart: under blending it disqualifies that source alone.
  void AddOfSource(const v1::StepRecord& source, v1::VerdictReason reason) {
    if (IsOff(reason.code())) return;
    if (reason.bearing() != v1::VERDICT_PASS) Disqualify(source.index(), reason);
    of_sources_.push_back(std::move(reason));
  }

  /// Keeps the gravest of what disqualifies a source.
  void Disqualify(uint64_t source, const v1::VerdictReason& reason) {
    const auto [known, first] = disqualified_.try_emplace(source, reason);
    if (!first && PlaceOf(reason) < PlaceOf(known->second)) known->second = reason;
  }

  void Add(v1::VerdictReason reason) {
    if (!IsOff(reason.code())) reasons_.push_back(std::move(reason));
  }

  void Add(v1::VerdictCode code, v1::Verdict bearing, std::string_view subject_id, uint64_t index, std::string text) {
    Add(MakeReason(code, bearing, subject_id, index, std::move(text)));
  }

  /// What is said of a step: of the source's own making when it is one.
  void AddOfStep(const v1::StepRecord& step, v1::VerdictCode code, v1::Verdict bearing, std::string_view subject_id,
                 std::string text) {
    v1::VerdictReason reason = MakeReason(code, bearing, subject_id, step.index(), std::move(text));
    if (step.kind() == v1::StepRecord::KIND_PRODUCE) return AddOfSource(step, std::move(reason));
    Add(std::move(reason));
  }

  std::string SiteName(const std::string& site_id) {
    const v1::SiteRecord* site = sites_.Find(site_id);
    return site != nullptr ? fmt::format("{} ({})", site->name(), site->country()) : site_id;
  }

  std::string PartyName(const std::string& party_id) {
    const v1::PartyRecord* party = parties_.Find(party_id);
    return party != nullptr ? party->name() : party_id;
  }

  // --- Lots -----------------------------------------------------------------------------------------------------------

  void JudgeLot(const AncestryNode& node, const v1::StepRecord& step) {
    if (node.lot->determination() == v1::LotRecord::DETERMINATION_PENDING) {
      Add(v1::VERDICT_CODE_NOT_DETERMINED, v1::VERDICT_INDETERMINATE, node.id, node.step_index,
          "its fineness has not been determined");
    }
    if (step.kind() == v1::StepRecord::KIND_INTAKE) JudgeDoor(node, step);
    const auto disowned = has_distrusted_keys_ ? DisownedEntry(view_, *node.lot) : std::nullopt;
    if (disowned.has_value()) {
      Add(v1::VERDICT_CODE_KEY_DISTRUSTED, v1::VERDICT_INDETERMINATE, node.lot->custodian_party_id(), *disowned,
          "it changed hands under a key that is distrusted since");
    }
    JudgeMercuryIn(node);
  }

  /// The rule for the door; of recycled gold the one that names its kind, else the one for all the rest.
  const v1::DoorRule* RuleFor(const v1::StepRecord& intake) const {
    const v1::DoorRule* rule = nullptr;
    for (const v1::DoorRule& one : pack_.doors()) {
      if (one.door() != intake.door()) continue;
      if (Lists(one.recycled_kinds(), intake.recycled_kind())) return &one;
      if (one.recycled_kinds().empty()) rule = &one;
    }
    return rule;
  }

  void JudgeDoor(const AncestryNode& node, const v1::StepRecord& intake) {
    const v1::DoorRule* rule = RuleFor(intake);
    const std::string brought =
        fmt::format("{} brought it in from outside the ledger as {}", PartyName(intake.party_id()),
                    Words(*v1::Intake::Door_descriptor(), intake.door()));
    v1::VerdictReason reason =
        MakeReason(v1::VERDICT_CODE_ORIGIN_OFF_LEDGER, v1::VERDICT_INDETERMINATE, node.id, intake.index(), brought);
    if (rule != nullptr && rule->bearing() == v1::VERDICT_PASS) {
      reason = MakeReason(v1::VERDICT_CODE_DOOR_ACCEPTED, v1::VERDICT_PASS, node.id, intake.index(),
                          brought + ", which this policy takes as it is");
    } else if (rule != nullptr && rule->bearing() == v1::VERDICT_FAIL) {
      reason = MakeReason(v1::VERDICT_CODE_DOOR_REFUSED, v1::VERDICT_FAIL, node.id, intake.index(),
                          brought + ", which this policy refuses");
    }
    AddOfSource(intake, std::move(reason));
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
    const v1::Form form = node.lot->material().form();
    if (ShowsMercury(form)) {
      Add(v1::VERDICT_CODE_MERCURY_DECLARED, v1::VERDICT_FAIL, node.id, node.step_index,
          fmt::format("it is made of {}, which mercury makes", Words(*v1::Form_descriptor(), form)));
    }
    for (const v1::AssayRecord& assay : node.lot->assays()) {
      if (assay.index() >= evidence_.against_size || assay.mercury_ppm() <= mercury_limit_ppm_) continue;
      if (has_distrusted_keys_ && !Supports(view_, assay.signed_by(), assay.index())) continue;
      Add(v1::VERDICT_CODE_MERCURY_FOUND, v1::VERDICT_FAIL, node.id, assay.index(),
          fmt::format("{} found {} ppm of mercury in it", PartyName(assay.party_id()), assay.mercury_ppm()));
    }
  }

  // --- Steps ----------------------------------------------------------------------------------------------------------

  void JudgeStep(const v1::StepRecord& step) {
    JudgeStanding(step);
    JudgeProcess(step);
    JudgeCustodyModel(step);
    for (const v1::AttestationRule& rule : pack_.attestations()) {
      const v1::VerdictReason* reason = ReasonFor(step, rule);
      if (reason == nullptr) continue;
      if (step.kind() == v1::StepRecord::KIND_PRODUCE) {
        AddOfSource(step, *reason);
      } else {
        Add(*reason);
      }
    }
    if (step.kind() == v1::StepRecord::KIND_PRODUCE) JudgeSource(step);
  }

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

  void JudgeProcess(const v1::StepRecord& step) {
    if (!pack_.has_process()) return;
    const v1::ProcessRule& rule = pack_.process();
    const std::string where = step.site_id().empty() ? PartyName(step.party_id()) : SiteName(step.site_id());
    const std::string& subject = step.site_id().empty() ? step.party_id() : step.site_id();
    if (rule.no_mercury() && step.mercury_use() == v1::MERCURY_USE_USED) {
      AddOfStep(step, v1::VERDICT_CODE_MERCURY_DECLARED, v1::VERDICT_FAIL, subject,
                fmt::format("{} declares that mercury was used", where));
      return;
    }
    if (rule.no_mercury() && NeedsMercury(step.route())) {
      AddOfStep(step, v1::VERDICT_CODE_MERCURY_DECLARED, v1::VERDICT_FAIL, subject,
                fmt::format("{} declares {}, which needs mercury", where, RouteInWords(step)));
      return;
    }
    if ((rule.no_mercury() || rule.no_mercury_tailings()) && LeachesMercuryTailings(step)) {
      AddOfStep(step, v1::VERDICT_CODE_TAILINGS_WITH_MERCURY, v1::VERDICT_FAIL, subject,
                fmt::format("{} leached tailings that mercury had touched", where));
    }
    if (!Treats(step)) return;
    if (rule.no_mercury() && step.mercury_use() == v1::MERCURY_USE_UNSPECIFIED) {
      AddOfStep(step, v1::VERDICT_CODE_MERCURY_NOT_DECLARED, v1::VERDICT_INDETERMINATE, subject,
                fmt::format("{} does not say whether mercury was used", where));
      return;
    }
    JudgeRoute(step, subject, where);
  }

  static std::string RouteInWords(const v1::StepRecord& step) {
    return Words(*v1::ProcessRoute_descriptor(), step.route());
  }

  bool LeachesMercuryTailings(const v1::StepRecord& step) {
    if (!LeachesWithCyanide(step.route())) return false;
    return std::any_of(step.inputs().begin(), step.inputs().end(), [&](const v1::LotShare& share) {
      const auto lot = Load<v1::LotRecord>(view_, share.lot_id());
      return lot.has_value() && lot->mercury_history();
    });
  }

  void JudgeRoute(const v1::StepRecord& step, const std::string& subject, const std::string& where) {
    const v1::ProcessRule& rule = pack_.process();
    if (step.route() == v1::PROCESS_ROUTE_UNSPECIFIED) {
      if (!rule.route_declared()) return;
      AddOfStep(step, v1::VERDICT_CODE_ROUTE_NOT_DECLARED, v1::VERDICT_INDETERMINATE, subject,
                fmt::format("{} does not say by which route it treated the material", where));
      return;
    }
    if (rule.no_cyanide() && LeachesWithCyanide(step.route())) {
      AddOfStep(step, v1::VERDICT_CODE_CYANIDE_USED, v1::VERDICT_FAIL, subject,
                fmt::format("{} leached with cyanide", where));
      return;
    }
    const bool permitted = rule.permitted_routes().empty() || Lists(rule.permitted_routes(), step.route());
    if (!permitted || Lists(rule.forbidden_routes(), step.route())) {
      AddOfStep(step, v1::VERDICT_CODE_ROUTE_NOT_PERMITTED, v1::VERDICT_FAIL, subject,
                fmt::format("{} used {}, which this policy does not permit", where, RouteInWords(step)));
      return;
    }
    if (rule.ByteSizeLong() == 0) return;  // it asks nothing of a step
    const bool won = step.kind() == v1::StepRecord::KIND_PRODUCE;
    AddOfStep(step, v1::VERDICT_CODE_ROUTE_PERMITTED, v1::VERDICT_PASS, subject,
              fmt::format("{} at {} by {}{}", won ? "won" : "treated", where, RouteInWords(step),
                          rule.no_mercury() ? ", declared without mercury" : ""));
  }

  // --- Custody --------------------------------------------------------------------------------------------------------

  void JudgeCustodyModel(const v1::StepRecord& step) {
    const bool account = step.kind() == v1::StepRecord::KIND_DISCHARGE;
    const bool works = step.kind() == v1::StepRecord::KIND_TRANSFORM || step.kind() == v1::StepRecord::KIND_PROCESS;
    if (!account && !works) return;
    // One lot by itself needs no model, but one that is declared under another model was not kept by itself, and in a
    // work account no lot is.
    if (works && step.inputs_size() < 2 && step.custody_model() == v1::CUSTODY_MODEL_UNSPECIFIED) return;
    if (Lists(pack_.permitted_models(), step.custody_model())) {
      if (step.custody_model() == v1::CUSTODY_MODEL_CONTROLLED_BLENDING) blended_ = true;
      if (step.custody_model() == v1::CUSTODY_MODEL_MASS_BALANCE) balanced_ = true;
      return;
    }
    const std::string model = Words(*v1::CustodyModel_descriptor(), step.custody_model());
    Add(v1::VERDICT_CODE_CUSTODY_MODEL, v1::VERDICT_INDETERMINATE, step.party_id(), step.index(),
        fmt::format("{} worked {} under the custody model `{}`, which cannot support this policy",
                    PartyName(step.party_id()),
                    account                   ? "a work account"
                    : step.inputs_size() == 1 ? "a lot"
                                              : fmt::format("{} lots", step.inputs_size()),
                    model));
  }

  // --- Papers ---------------------------------------------------------------------------------------------------------

  void JudgeSource(const v1::StepRecord& step) {
    const v1::SiteRecord* site = sites_.Find(step.site_id());
    if (site == nullptr) return;  // the rules admit no production without a site
    const Production production = {step, *site, evidence_};
    for (const v1::LicenceRule& rule : pack_.licences()) {
      if (Asks(rule, production)) AddOfSource(step, JudgeLicences(view_, rule, production));
    }
  }

  /// A rule for some countries takes the place there of those of its kind for all.
  bool Asks(const v1::LicenceRule& rule, const Production& production) const {
    if (!Applies(rule, production)) return false;
    if (!rule.countries().empty()) return true;
    return std::none_of(pack_.licences().begin(), pack_.licences().end(), [&](const v1::LicenceRule& other) {
      return other.kind() == rule.kind() && !other.countries().empty() && Applies(other, production);
    });
  }

  /// Whether the rule wants something attested of this step: its site, or the party that did it.
  bool Asks(const v1::AttestationRule& rule, const v1::StepRecord& step) {
    const bool won = step.kind() == v1::StepRecord::KIND_PRODUCE;
    switch (rule.about()) {
      case v1::AttestationRule::ABOUT_UNSPECIFIED:
      case v1::AttestationRule::ABOUT_SOURCE:
      case v1::AttestationRule::ABOUT_PRODUCER:
        return won;
      case v1::AttestationRule::ABOUT_PLANT:
        return !won && Treats(step) && !IsAtMine(step);
      case v1::AttestationRule::ABOUT_HANDLER:
        return Handles(step);
      case v1::AttestationRule_About_AttestationRule_About_INT_MIN_SENTINEL_DO_NOT_USE_:
      case v1::AttestationRule_About_AttestationRule_About_INT_MAX_SENTINEL_DO_NOT_USE_:
        break;
    }
    return false;
  }

  static bool IsAboutParty(const v1::AttestationRule& rule) {
    return rule.about() == v1::AttestationRule::ABOUT_PRODUCER || rule.about() == v1::AttestationRule::ABOUT_HANDLER;
  }

  /// What follows from the papers that the rule asks for, or nullptr where it asks for none. What was attested of a
  /// moment is the same for all that happened in one period of production, or on one day of work.
  const v1::VerdictReason* ReasonFor(const v1::StepRecord& step, const v1::AttestationRule& rule) {
    if (!Asks(rule, step)) return nullptr;
    const v1::SiteRecord* site = IsAboutParty(rule) ? nullptr : sites_.Find(step.site_id());
    const v1::PartyRecord* party = parties_.Find(step.party_id());
    if (site == nullptr && party == nullptr) return nullptr;
    const bool won = step.kind() == v1::StepRecord::KIND_PRODUCE;
    const int64_t at_us = won ? step.period_until_us() - 1 : step.occurred_at_us();
    const std::string& id = site != nullptr ? site->site_id() : party->party_id();
    const auto [known, first] = papers_.try_emplace({id, &rule, won ? at_us : at_us / kDayUs});
    if (!first) return &known->second;
    const Attested attested = {id,
                               site != nullptr ? SiteName(id) : party->name(),
                               site != nullptr ? site->attestation_ids() : party->attestation_ids(),
                               at_us,
                               step.index(),
                               evidence_,
                               told_};
    known->second = JudgeAttestations(view_, rule, attested, chain());
    return &known->second;
  }

  bool IsAtMine(const v1::StepRecord& step) {
    const v1::SiteRecord* site = sites_.Find(step.site_id());
    return site != nullptr && site->kind() == v1::RegisterSite::KIND_MINE;
  }

  Chain chain() {
    return [this]() -> const std::set<std::string>& {
      if (!chain_.has_value()) {
        chain_.emplace();
        for (const auto& step : ancestry_->steps) {
          if (chain_->count(step->party_id()) == 0) chain_->merge(WhoIsBehind(view_, step->party_id()));
        }
      }
      return *chain_;
    };
  }

  // --- The verdict ----------------------------------------------------------------------------------------------------

  /// The share of the subject's gold whose sources qualify, in ppm.
  uint32_t QualifyingPpm() const {
    const AncestryNode& subject = ancestry_->nodes.front();
    const FineNg whole = subject.is_piece ? subject.piece->fine_ng() : subject.lot->fine_ng();
    if (whole == 0) return 0;
    FineSumNg qualifying = 0;
    for (const SourcePart& part : AttributeToSources(*ancestry_)) {
      if (disqualified_.count(part.source->step_index) == 0) qualifying += part.fine_ng;
    }
    return static_cast<uint32_t>(qualifying * limits::kMaxPpm / whole);
  }

  /// Why sources do not qualify, the gravest first. However grave: of blended gold they only make the share too small.
  void SayWhatDisqualifies() {
    std::vector<v1::VerdictReason> gravest;
    for (const auto& [source, reason] : disqualified_) gravest.push_back(reason);
    PutInOrder(gravest);
    if (gravest.size() > limits::kMaxDisqualifiedSources) gravest.resize(limits::kMaxDisqualifiedSources);
    for (v1::VerdictReason& reason : gravest) {
      reason.set_bearing(v1::VERDICT_INDETERMINATE);
      reasons_.push_back(std::move(reason));
    }
  }

  /// Under blending a source that does not qualify makes the share smaller, and the rest no worse.
  void JudgeFraction(uint32_t qualifying_ppm) {
    of_sources_.erase(std::remove_if(of_sources_.begin(), of_sources_.end(),
                                     [](const v1::VerdictReason& r) { return r.bearing() != v1::VERDICT_PASS; }),
                      of_sources_.end());
    const AncestryNode& subject = ancestry_->nodes.front();
    const bool enough = qualifying_ppm >= pack_.least_qualifying_ppm();
    if (!enough) SayWhatDisqualifies();
    Add(enough ? v1::VERDICT_CODE_FRACTION_QUALIFIES : v1::VERDICT_CODE_FRACTION_TOO_SMALL,
        enough ? v1::VERDICT_PASS : v1::VERDICT_INDETERMINATE, subject.id, subject.step_index,
        fmt::format(
            "{}.{:04} % of the gold {} from sources that qualify, by calculation; this policy asks for {}.{:04} %",
            qualifying_ppm / 10'000, qualifying_ppm % 10'000, balanced_ ? "of the facility on average is" : "in it is",
            pack_.least_qualifying_ppm() / 10'000, pack_.least_qualifying_ppm() % 10'000));
  }

  /// Where nothing that was asked concerns the subject, nothing supports it either, and that is said.
  void SayIfNothingIsAsked(std::vector<v1::VerdictReason>& reasons, std::string text) const {
    if (!reasons.empty() || IsOff(v1::VERDICT_CODE_NOTHING_ASKED)) return;
    const AncestryNode& subject = ancestry_->nodes.front();
    reasons.push_back(MakeReason(v1::VERDICT_CODE_NOTHING_ASKED, v1::VERDICT_INDETERMINATE, subject.id,
                                 subject.step_index, std::move(text)));
  }

  /// What the scheme itself says, beside what this reading of it says.
  void Certify(v1::Evaluation& evaluation) {
    std::vector<v1::VerdictReason> reasons;
    for (const auto& step : ancestry_->steps) {
      const v1::VerdictReason* reason = ReasonFor(*step, pack_.certification());
      if (reason != nullptr) reasons.push_back(*reason);
    }
    PutInOrder(reasons);
    SayIfNothingIsAsked(reasons, "the scheme attests nothing of what this was made of");
    const v1::Verdict attested = WorstOf(reasons);
    const bool worse = Weight(evaluation.verdict()) < Weight(attested);
    evaluation.set_certified(worse ? evaluation.verdict() : attested);
    for (v1::VerdictReason& reason : reasons) *evaluation.add_certification() = std::move(reason);
  }

  void Conclude(v1::Evaluation& evaluation) {
    const uint32_t qualifying_ppm = QualifyingPpm();
    if (blended_ || balanced_) JudgeFraction(qualifying_ppm);
    evaluation.set_basis(balanced_  ? v1::Evaluation::BASIS_MASS_BALANCE
                         : blended_ ? v1::Evaluation::BASIS_BLENDED
                                    : v1::Evaluation::BASIS_PHYSICAL);
    evaluation.set_qualifying_ppm(qualifying_ppm);
    for (v1::VerdictReason& reason : of_sources_) reasons_.push_back(std::move(reason));
    PutInOrder(reasons_);
    SayIfNothingIsAsked(reasons_, "nothing that this policy asks concerns this gold, so that it can support nothing");
    evaluation.set_verdict(WorstOf(reasons_));
    for (v1::VerdictReason& reason : reasons_) *evaluation.add_reasons() = std::move(reason);
    if (pack_.has_certification()) Certify(evaluation);
  }

  const View& view_;
  const v1::PolicyPack& pack_;
  const Evidence evidence_;
  const Shown shown_;
  const Ancestry* ancestry_ = nullptr;
  Cached<v1::SiteRecord> sites_;
  Cached<v1::PartyRecord> parties_;
  bool has_distrusted_keys_ = false;
  uint32_t mercury_limit_ppm_ = 0;
  bool blended_ = false;
  bool balanced_ = false;
  std::vector<v1::VerdictReason> reasons_;
  std::vector<v1::VerdictReason> of_sources_;
  std::map<uint64_t, v1::VerdictReason> disqualified_;  // the gravest reason, by the entry of a production or intake
  std::map<std::tuple<std::string, const v1::AttestationRule*, int64_t>, v1::VerdictReason> papers_;
  Told told_;
  std::optional<std::set<std::string>> chain_;
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

v1::Evaluation EvaluateAncestry(const View& view, uint64_t as_of_size, std::string_view subject_id,
                                const Ancestry& ancestry, const Policy& policy, Shown shown) {
  v1::Evaluation evaluation = Headed(as_of_size, subject_id, policy);
  std::optional<v1::ClaimRecord> claim;
  if (IsId(ObjectKind::kClaim, subject_id)) claim = Load<v1::ClaimRecord>(view, subject_id);
  const Evidence evidence =
      claim.has_value() ? Evidence{claim->evidence_size(), claim->index()} : Evidence{as_of_size, as_of_size};
  // Every production of a site asks for the same papers, and for who signed them.
  const ReadOnce read_once(view);
  Evaluator evaluator(read_once, policy.pack, evidence, shown);
  if (claim.has_value()) evaluator.JudgeClaim(*claim);
  evaluator.Judge(ancestry, evaluation);
  return evaluation;
}

v1::Evaluation EvaluateTraced(const View& view, uint64_t as_of_size, std::string_view subject_id,
                              const Ancestry& ancestry, const Policy& policy) {
  return EvaluateAncestry(view, as_of_size, subject_id, ancestry, policy);
}

absl::StatusOr<v1::Evaluation> Evaluate(const View& view, uint64_t as_of_size, std::string_view subject_id,
                                        const Policy& policy, Shown shown) {
  TS_ASSIGN_OR_RETURN(const Ancestry ancestry, TraceUpstream(view, subject_id, 0));
  return EvaluateAncestry(view, as_of_size, subject_id, ancestry, policy, shown);
}

}  // namespace touchstone::ledger
