#include "ledger/intake_check.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "base/limits.h"
#include "base/status.h"
#include "ledger/assays.h"
#include "ledger/created.h"
#include "ledger/describe.h"
#include "ledger/envelope.h"
#include "ledger/holds.h"
#include "ledger/ids.h"
#include "ledger/intake_sources.h"
#include "ledger/lineage.h"
#include "ledger/mass.h"
#include "ledger/mass_balance.h"
#include "ledger/ruleset.h"
#include "ledger/seals.h"
#include "ledger/state.h"
#include "ledger/trust.h"

namespace touchstone::ledger {
namespace {

// --- The question -----------------------------------------------------------------------------------------------------

absl::Status NotFound(std::string_view reason, std::string_view field, std::string_view what) {
  return MakeError(absl::StatusCode::kNotFound, reason, field, fmt::format("`{}` is not in this ledger", what));
}

absl::Status CheckMeasurement(const v1::LotMeasurement& measurement, std::set<std::string_view>& open) {
  if (open.erase(measurement.lot_id()) == 0) {
    return InvalidInput("FIELD_INVALID", "lot_id", "a lot of the parcel, measured once");
  }
  if (measurement.gross_mg() > limits::kMaxOreMg) {
    return InvalidInput("FIELD_INVALID", "gross_mg", fmt::format("at most {} mg", limits::kMaxOreMg));
  }
  if (measurement.fineness_ppm() > limits::kMaxPpm) {
    return InvalidInput("FIELD_INVALID", "fineness_ppm", fmt::format("at most {} ppm", limits::kMaxPpm));
  }
  if (measurement.seal().size() <= limits::kMaxReferenceBytes) return absl::OkStatus();
  return InvalidInput("FIELD_INVALID", "seal", fmt::format("at most {} bytes", limits::kMaxReferenceBytes));
}

absl::Status CheckLotIds(const std::vector<std::string>& lot_ids) {
  if (lot_ids.empty()) return InvalidInput("FIELD_REQUIRED", "lot_ids", "name lots, or the seal they lie under");
  if (lot_ids.size() > limits::kMaxItemsPerEvent) {
    return InvalidInput("FIELD_TOO_LONG", "lot_ids", fmt::format("at most {} lots at once", limits::kMaxItemsPerEvent));
  }
  std::set<std::string_view> met;
  for (size_t i = 0; i < lot_ids.size(); ++i) {
    const std::string field = fmt::format("lot_ids[{}]", i);
    if (!IsId(ObjectKind::kLot, lot_ids[i])) {
      return InvalidInput("BAD_ID", field, "a lot's id is lot_ and 26 characters of a-z and 2-7");
    }
    if (!met.insert(lot_ids[i]).second) return InvalidInput("FIELD_INVALID", field, "each lot once");
  }
  return absl::OkStatus();
}

absl::Status CheckQuestion(const View& view, const IntakeQuestion& question) {
  TS_RETURN_IF_ERROR(CheckLotIds(question.lot_ids));
  if (question.measurements.size() > limits::kMaxItemsPerEvent) {
    return InvalidInput("FIELD_TOO_LONG", "measurements", fmt::format("at most {}", limits::kMaxItemsPerEvent));
  }
  std::set<std::string_view> open(question.lot_ids.begin(), question.lot_ids.end());
  for (size_t i = 0; i < question.measurements.size(); ++i) {
    const absl::Status fits = CheckMeasurement(question.measurements[i], open);
    if (!fits.ok()) return InField(fmt::format("measurements[{}]", i), fits);
  }
  if (question.party_id.empty()) return absl::OkStatus();
  if (!IsId(ObjectKind::kParty, question.party_id)) {
    return InvalidInput("BAD_ID", "party_id", "a party's id is party_ and 26 characters of a-z and 2-7");
  }
  if (Load<v1::PartyRecord>(view, question.party_id).has_value()) return absl::OkStatus();
  return NotFound("UNKNOWN_PARTY", "party_id", question.party_id);
}

// --- One lot ----------------------------------------------------------------------------------------------------------

/// What is the same for every lot of the parcel.
struct Gate {
  const Archive& archive;
  const IntakeQuestion& question;
  const Ruleset& rules;
};

/// Red flags whose matter is judged as it stands now: by holds, assays and quarantine.
bool IsJudgedElsewhere(v1::FindingCode code) {
  return code == v1::FINDING_CODE_ABOVE_CEILING || code == v1::FINDING_CODE_GAIN_ABOVE_LIMIT ||
         code == v1::FINDING_CODE_MERCURY_FOUND || code == v1::FINDING_CODE_ASSAY_DIVERGES ||
         code == v1::FINDING_CODE_SEAL_BROKEN;
}

v1::IntakeCode CodeOf(v1::HoldRecord::Kind kind) {
  if (kind == v1::HoldRecord::KIND_DISPUTE) return v1::INTAKE_CODE_DISPUTED;
  return kind == v1::HoldRecord::KIND_RECALL ? v1::INTAKE_CODE_RECALLED : v1::INTAKE_CODE_HELD;
}

/// Whatever papers an event carries.
google::protobuf::RepeatedPtrField<v1::DocumentRef> DocumentsOf(const v1::Event& event) {
  google::protobuf::RepeatedPtrField<v1::DocumentRef> documents;
  const auto* body = event.GetDescriptor()->FindFieldByNumber(event.body_case());
  if (body == nullptr) return documents;
  const google::protobuf::Message& message = event.GetReflection()->GetMessage(event, body);
  const auto* field = message.GetDescriptor()->FindFieldByName("documents");
  if (field == nullptr) return documents;
  for (int i = 0; i < message.GetReflection()->FieldSize(message, field); ++i) {
    documents.Add()->CopyFrom(message.GetReflection()->GetRepeatedMessage(message, field, i));
  }
  return documents;
}

absl::StatusOr<SignedEvent> EventAt(const Archive& archive, uint64_t index) {
  TS_ASSIGN_OR_RETURN(const std::string bytes, archive.Entry(index));
  TS_ASSIGN_OR_RETURN(const v1::LogEntry entry, DecodeEntry(bytes));
  return DecodeEnvelope(entry.envelope());
}

class LotCheck {
 public:
  LotCheck(const Gate& gate, v1::LotRecord lot, const v1::LotMeasurement* measurement)
      : gate_(gate), view_(gate.archive), measurement_(measurement) {
    *out_.mutable_lot() = std::move(lot);
  }

  /// Looks at the lot and at no more than `budget` lots upstream of it, which it takes off.
  absl::Status Run(size_t& budget) {
    const auto step = Load<v1::StepRecord>(view_, StepId(lot().index()));
    if (!step.has_value()) {
      return MakeError(absl::StatusCode::kDataLoss, "ANCESTOR_ABSENT", "",
                       fmt::format("the step of entry {} is missing", lot().index()));
    }
    CheckStanding();
    CheckCustody();
    CheckTrust(*step);
    CheckHolds();
    CheckSeal();
    CheckMass();
    CheckAssays();
    TS_RETURN_IF_ERROR(CheckFindings());
    TS_ASSIGN_OR_RETURN(const SignedEvent made, EventAt(gate_.archive, lot().index()));
    *out_.mutable_documents() = DocumentsOf(made.event);
    return CheckAncestry(budget);
  }

  /// The lot, with the gravest advice, and the reasons in no order.
  std::pair<v1::IntakeLot, std::vector<v1::IntakeReason>> Take() {
    out_.set_advice(v1::INTAKE_ADVICE_MAY_MELT);
    for (const v1::IntakeReason& reason : reasons_) out_.set_advice(std::max(out_.advice(), reason.advice()));
    return {std::move(out_), std::move(reasons_)};
  }

 private:
  const v1::LotRecord& lot() const { return out_.lot(); }

  void Add(v1::IntakeCode code, v1::IntakeAdvice advice, std::string_view subject_id, uint64_t entry_index,
           std::string text) {
    v1::IntakeReason& reason = reasons_.emplace_back();
    reason.set_code(code);
    reason.set_advice(advice);
    reason.set_lot_id(lot().lot_id());
    reason.set_subject_id(std::string(subject_id));
    reason.set_entry_index(entry_index);
    reason.set_text(std::move(text));
  }
  void Reject(v1::IntakeCode code, std::string_view subject_id, uint64_t index, std::string text) {
    Add(code, v1::INTAKE_ADVICE_REJECT, subject_id, index, std::move(text));
  }
  void Hold(v1::IntakeCode code, std::string_view subject_id, uint64_t index, std::string text) {
    Add(code, v1::INTAKE_ADVICE_HOLD, subject_id, index, std::move(text));
  }
  void Quarantine(v1::IntakeCode code, std::string_view subject_id, uint64_t index, std::string text) {
    Add(code, v1::INTAKE_ADVICE_RECEIVE_TO_QUARANTINE, subject_id, index, std::move(text));
  }

  bool IsHere() const {
    return lot().status() == v1::LotRecord::STATUS_LIVE || lot().status() == v1::LotRecord::STATUS_OFFERED;
  }

  void CheckStanding() {
    if (IsHere()) return;
    Reject(v1::INTAKE_CODE_LOT_GONE, lot().lot_id(), lot().consumed_index(),
           fmt::format("it is {} since entry {}: what lies here is another lot",
                       Words(*v1::LotRecord::Status_descriptor(), lot().status()), lot().consumed_index()));
  }

  // --- Custody --------------------------------------------------------------------------------------------------------

  uint64_t CustodyIndex() const { return lot().custody_index() == 0 ? lot().index() : lot().custody_index(); }

  void CheckCustody() {
    const std::string& custodian_id = lot().custodian_party_id();
    out_.set_custodian_name(PartyName(view_, custodian_id));
    out_.set_owner_name(PartyName(view_, lot().owner_party_id()));
    const auto custodian = Load<v1::PartyRecord>(view_, custodian_id);
    if (custodian.has_value() && custodian->has_suspension()) {
      Hold(v1::INTAKE_CODE_CUSTODIAN_SUSPENDED, custodian_id, custodian->suspension().index(),
           fmt::format("{} is suspended", custodian->name()));
    }
    const auto offer = lot().offer_id().empty() ? std::nullopt : Load<v1::OfferRecord>(view_, lot().offer_id());
    if (offer.has_value()) *out_.mutable_offer() = *offer;
    if (lot().quarantined()) {
      Quarantine(v1::INTAKE_CODE_QUARANTINED, lot().lot_id(), CustodyIndex(), "it is in quarantine until released");
    }
    const std::string& checker = gate_.question.party_id;
    if (!IsHere() || checker.empty() || checker == custodian_id) return;
    CheckOffer(offer);
  }

  void CheckOffer(const std::optional<v1::OfferRecord>& offer) {
    const std::string& custodian_id = lot().custodian_party_id();
    const bool to_checker = offer.has_value() && offer->to_party_id() == gate_.question.party_id &&
                            offer->rights() != v1::TRANSFER_RIGHT_OWNERSHIP;
    if (!to_checker) {
      return Hold(v1::INTAKE_CODE_NOT_OFFERED, custodian_id, CustodyIndex(),
                  fmt::format("{} holds it and does not offer it to you", out_.custodian_name()));
    }
    if (offer->expires_at_us() != 0 && offer->expires_at_us() <= gate_.question.as_of_us) {
      return Hold(v1::INTAKE_CODE_NOT_OFFERED, custodian_id, offer->index(),
                  fmt::format("{} offered it to you, and the offer has expired", out_.custodian_name()));
    }
    Quarantine(v1::INTAKE_CODE_OFFERED, offer->offer_id(), offer->index(),
               fmt::format("{} offers it to you; accept it before it is worked", out_.custodian_name()));
  }

  void CheckTrust(const v1::StepRecord& step) {
    if (step.voided_index() != 0) {
      Hold(v1::INTAKE_CODE_STEP_VOIDED, step.party_id(), step.voided_index(),
           fmt::format("{} has declared that what made it did not happen", PartyName(view_, step.party_id())));
    }
    const auto disowned = DisownedEntry(view_, lot());
    if (disowned.has_value()) {
      Hold(v1::INTAKE_CODE_KEY_DISTRUSTED, lot().lot_id(), *disowned,
           "it changed hands under a key that is distrusted since");
    } else if (!Supports(view_, step.keys(), step.index())) {
      Hold(v1::INTAKE_CODE_KEY_DISTRUSTED, lot().lot_id(), step.index(),
           "it was made under a key that is distrusted since");
    }
  }

  void CheckHolds() {
    for (const v1::HoldRecord& hold : lot().holds()) {
      if (!Supports(view_, hold.signed_by(), hold.index())) continue;
      *out_.add_holds() = hold;
      const std::string by = hold.party_id().empty() ? "the rules" : PartyName(view_, hold.party_id());
      Hold(CodeOf(hold.kind()), lot().lot_id(), hold.index(),
           fmt::format("{}: {}", by, Words(*v1::HoldRecord::Kind_descriptor(), hold.kind())));
    }
  }

  // --- What lies on the scale -----------------------------------------------------------------------------------------

  void CheckSeal() {
    v1::SealState& state = *out_.mutable_seal();
    const std::string& on_record = SealOn(lot());
    state.set_seal(on_record);
    state.set_packed(!lot().pack_seal().empty());
    const std::string& asked = gate_.question.seal.empty() ? on_record : gate_.question.seal;
    auto pack = asked.empty() ? std::nullopt : Load<v1::PackRecord>(view_, asked);
    // A pack of others under a seal of the same number says nothing of this lot.
    if (pack.has_value() && std::ranges::count(pack->lot_ids(), lot().lot_id()) == 0) pack.reset();
    state.set_closed_index(pack.has_value() ? pack->index() : on_record.empty() ? 0 : lot().index());
    if (pack.has_value() && pack->opened_index() != 0 && lot().pack_seal() != asked) {
      state.set_opened_index(pack->opened_index());
      Quarantine(v1::INTAKE_CODE_SEAL_OPENED, lot().lot_id(), pack->opened_index(),
                 fmt::format("seal `{}` was opened", asked));
    }
    if (measurement_ == nullptr || measurement_->seal().empty()) return;
    state.set_found_seal(measurement_->seal());
    if (on_record.empty()) {
      Hold(v1::INTAKE_CODE_SEAL_NOT_ON_RECORD, lot().lot_id(), lot().index(),
           fmt::format("found under seal `{}`, and no seal is on record for it", measurement_->seal()));
    }
    if (on_record.empty() || on_record == measurement_->seal()) return;
    Quarantine(v1::INTAKE_CODE_SEAL_DIFFERS, lot().lot_id(), state.closed_index(),
               fmt::format("found under seal `{}`, was under `{}`", measurement_->seal(), on_record));
  }

  void CheckMass() {
    v1::MassComparison& mass = *out_.mutable_mass();
    const uint64_t stated_mg = MassMg(lot().material());
    mass.set_stated_mg(stated_mg);
    mass.set_tolerance_mg(WeighingToleranceMg(gate_.rules, stated_mg));
    if (measurement_ == nullptr || measurement_->gross_mg() == 0) return;
    const uint64_t measured_mg = measurement_->gross_mg();
    mass.set_measured_mg(measured_mg);
    mass.set_difference_mg(static_cast<int64_t>(measured_mg) - static_cast<int64_t>(stated_mg));
    const uint64_t off_mg = measured_mg > stated_mg ? measured_mg - stated_mg : stated_mg - measured_mg;
    if (off_mg <= mass.tolerance_mg()) return;
    const bool slip = IsUnitSlip(measured_mg, stated_mg, gate_.rules.unit_slip_ppm);
    Quarantine(v1::INTAKE_CODE_MASS_DIFFERS, lot().lot_id(), lot().index(),
               fmt::format("{} on the scale, {} on record; two scales may differ by {}{}", FormatMassMg(measured_mg),
                           FormatMassMg(stated_mg), FormatMassMg(mass.tolerance_mg()),
                           slip ? "; one figure in two units?" : ""));
  }

  void CheckAssays() {
    const bool determined = lot().determination() == v1::LotRecord::DETERMINATION_DETERMINED;
    if (!determined) {
      Quarantine(v1::INTAKE_CODE_NOT_DETERMINED, lot().lot_id(), lot().index(),
                 "its fineness is not determined: it is to be assayed before it is melted");
    }
    std::vector<const v1::AssayRecord*> assays;
    for (const v1::AssayRecord& assay : lot().assays()) assays.push_back(&assay);
    std::stable_partition(assays.begin(), assays.end(), [&](const auto* assay) { return Governs(*assay); });
    for (const v1::AssayRecord* assay : assays) CheckAssay(*assay);
    if (measurement_ == nullptr || measurement_->fineness_ppm() == 0) return;
    v1::AssayComparison& own = *out_.add_assays();
    own.set_is_measurement(true);
    own.mutable_assay()->mutable_fineness()->set_ppm(measurement_->fineness_ppm());
    if (!Compare(own)) {
      AddDivergence(own, lot().governing_index() == 0 ? lot().index() : lot().governing_index(), "your assay");
    }
  }

  bool Governs(const v1::AssayRecord& assay) const {
    return lot().governing_index() != 0 && assay.index() == lot().governing_index();
  }

  void CheckAssay(const v1::AssayRecord& assay) {
    v1::AssayComparison& comparison = *out_.add_assays();
    *comparison.mutable_assay() = assay;
    comparison.set_party_name(PartyName(view_, assay.party_id()));
    comparison.set_governs(Governs(assay));
    comparison.set_distrusted(!Supports(view_, assay.signed_by(), assay.index()));
    const bool within = Compare(comparison);
    if (comparison.distrusted()) return;
    if (gate_.rules.whole_domain && assay.mercury_ppm() > gate_.rules.mercury_ppm) {
      Quarantine(v1::INTAKE_CODE_MERCURY_FOUND, lot().lot_id(), assay.index(),
                 fmt::format("{} found {} ppm of mercury in it", comparison.party_name(), assay.mercury_ppm()));
    }
    // Once the sides have settled, or an umpire has spoken, what they found before is history.
    if (!within && !IsDecided()) AddDivergence(comparison, assay.index(), comparison.party_name());
  }

  bool IsDecided() const {
    const v1::AssayRecord* governing = FindAssay(lot(), lot().governing_index());
    return lot().settled() || (governing != nullptr && governing->standing() == v1::Assay::STANDING_UMPIRE);
  }

  /// Fills in the difference from what governs; whether it is within the splitting limit.
  bool Compare(v1::AssayComparison& comparison) const {
    if (lot().determination() != v1::LotRecord::DETERMINATION_DETERMINED) return true;
    const uint32_t governing = lot().material().fineness().ppm();
    const int64_t difference = int64_t{comparison.assay().fineness().ppm()} - int64_t{governing};
    comparison.set_difference_ppm(difference);
    comparison.set_splitting_limit_ppm(SplittingLimitPpm(gate_.rules, governing));
    return std::max(difference, -difference) <= comparison.splitting_limit_ppm();
  }

  void AddDivergence(const v1::AssayComparison& comparison, uint64_t entry_index, std::string_view by) {
    Quarantine(v1::INTAKE_CODE_ASSAY_DIVERGES, lot().lot_id(), entry_index,
               fmt::format("{}: {} against the governing {}; the splitting limit is {}", by,
                           FormatPpm(comparison.assay().fineness().ppm()), FormatPpm(lot().material().fineness().ppm()),
                           FormatPpm(comparison.splitting_limit_ppm())));
  }

  // --- What was found, and where it comes from ------------------------------------------------------------------------

  absl::Status CheckFindings() {
    TS_ASSIGN_OR_RETURN(std::vector<uint64_t> history, gate_.archive.History(lot().lot_id()));
    if (history.size() > limits::kMaxHistoryPerCheck) {
      history.erase(history.begin(), history.end() - limits::kMaxHistoryPerCheck);
    }
    if (history.empty() || history.front() != lot().index()) history.insert(history.begin(), lot().index());
    for (const uint64_t index : history) {
      TS_ASSIGN_OR_RETURN(const std::vector<v1::FindingRecord> findings, gate_.archive.Findings(index));
      for (const v1::FindingRecord& finding : findings) {
        if (index == lot().index() || finding.subject_id() == lot().lot_id()) AddFinding(finding);
      }
    }
    return absl::OkStatus();
  }

  void AddFinding(const v1::FindingRecord& finding) {
    if (out_.findings_size() < limits::kMaxFindingsPerCheck) *out_.add_findings() = finding;
    if (finding.severity() < v1::SEVERITY_WARNING || IsJudgedElsewhere(finding.code())) return;
    const bool critical = finding.severity() == v1::SEVERITY_CRITICAL;
    Add(v1::INTAKE_CODE_FINDING, critical ? v1::INTAKE_ADVICE_HOLD : v1::INTAKE_ADVICE_RECEIVE_TO_QUARANTINE,
        finding.subject_id(), finding.index(),
        fmt::format("{}: {}", Words(*v1::FindingCode_descriptor(), finding.code()), finding.message()));
  }

  absl::Status CheckAncestry(size_t& budget) {
    const absl::StatusOr<Ancestry> ancestry = TraceUpstream(view_, lot().lot_id(), 0, {.most = budget});
    if (!ancestry.ok() && ReasonOf(ancestry.status()) == "TOO_MANY_LOTS") {
      Quarantine(v1::INTAKE_CODE_ANCESTRY_TOO_LARGE, lot().lot_id(), lot().index(),
                 fmt::format("more than {} lots lie upstream of the parcel: ask for its verdicts one by one",
                             limits::kMaxCheckedAncestry));
      return absl::OkStatus();
    }
    TS_RETURN_IF_ERROR(ancestry.status());
    budget -= ancestry->nodes.size();
    out_.set_upstream_lots(ancestry->nodes.size());
    ListSources(view_, gate_.archive.size(), *ancestry, out_);
    for (const Policy* policy : gate_.question.policies) Judge(*ancestry, *policy);
    return absl::OkStatus();
  }

  void Judge(const Ancestry& ancestry, const Policy& policy) {
    v1::Evaluation evaluation = EvaluateTraced(view_, gate_.archive.size(), lot().lot_id(), ancestry, policy);
    if (evaluation.verdict() != v1::VERDICT_PASS) AddVerdict(evaluation);
    constexpr int kMost = limits::kMaxVerdictReasonsPerCheck;
    if (evaluation.reasons_size() > kMost) {
      evaluation.mutable_reasons()->DeleteSubrange(kMost, evaluation.reasons_size() - kMost);
    }
    *out_.add_evaluations() = std::move(evaluation);
  }

  /// The gravest reason of a verdict stands for the others.
  void AddVerdict(const v1::Evaluation& evaluation) {
    const bool fails = evaluation.verdict() == v1::VERDICT_FAIL;
    const auto others = std::count_if(evaluation.reasons().begin(), evaluation.reasons().end(),
                                      [&](const auto& r) { return r.bearing() == evaluation.verdict(); }) -
                        1;
    const bool has_reason = evaluation.reasons_size() > 0;
    std::string text = fmt::format("{}: {}", evaluation.policy().policy_id(),
                                   has_reason ? evaluation.reasons(0).text() : "nothing supports it");
    if (others > 0) text += fmt::format(" (and {} more)", others);
    Add(fails ? v1::INTAKE_CODE_POLICY_FAILS : v1::INTAKE_CODE_POLICY_INDETERMINATE,
        fails ? v1::INTAKE_ADVICE_REJECT : v1::INTAKE_ADVICE_RECEIVE_TO_QUARANTINE,
        has_reason ? evaluation.reasons(0).subject_id() : lot().lot_id(),
        has_reason ? evaluation.reasons(0).entry_index() : lot().index(), std::move(text));
  }

  const Gate& gate_;
  const View& view_;
  const v1::LotMeasurement* const measurement_;
  v1::IntakeLot out_;
  std::vector<v1::IntakeReason> reasons_;
};

// --- The parcel -------------------------------------------------------------------------------------------------------

const v1::LotMeasurement* MeasurementOf(const IntakeQuestion& question, std::string_view lot_id) {
  for (const v1::LotMeasurement& measurement : question.measurements) {
    if (measurement.lot_id() == lot_id) return &measurement;
  }
  return nullptr;
}

/// The gravest first; what is as grave keeps the order of the parcel, and within a lot that of the log.
void Sort(std::vector<v1::IntakeReason>& reasons, const std::vector<std::string>& lot_ids) {
  std::map<std::string_view, size_t> place;
  for (size_t i = 0; i < lot_ids.size(); ++i) place.emplace(lot_ids[i], i);
  const auto order = [&](const v1::IntakeReason& reason) {
    return std::tuple(-static_cast<int>(reason.advice()), place[reason.lot_id()], reason.entry_index(),
                      static_cast<int>(reason.code()), reason.subject_id());
  };
  std::stable_sort(reasons.begin(), reasons.end(), [&](const auto& a, const auto& b) { return order(a) < order(b); });
}

}  // namespace

absl::StatusOr<std::vector<std::string>> LotsUnderSeal(const Archive& archive, std::string_view seal) {
  if (const auto pack = Load<v1::PackRecord>(archive, seal)) {
    return std::vector<std::string>(pack->lot_ids().begin(), pack->lot_ids().end());
  }
  std::vector<std::string> lot_ids;
  if (const std::optional<uint64_t> index = SealClosedBy(archive, seal)) {
    TS_ASSIGN_OR_RETURN(const SignedEvent made, EventAt(archive, *index));
    for (const std::string& id : CreatedIds(made.event, made.event_id)) {
      const auto lot = Load<v1::LotRecord>(archive, id);
      if (lot.has_value() && lot->material().seal() == seal) lot_ids.push_back(id);
    }
  }
  if (lot_ids.empty()) return NotFound("UNKNOWN_SEAL", "seal", seal);
  return lot_ids;
}

absl::StatusOr<v1::IntakeReport> CheckIntake(const Archive& archive, const IntakeQuestion& question) {
  TS_RETURN_IF_ERROR(CheckQuestion(archive, question));
  const auto ledger = Load<v1::LedgerRecord>(archive, "");
  const Ruleset* rules = ledger.has_value() ? FindRuleset(ledger->ruleset_version()) : nullptr;
  const Gate gate{archive, question, rules == nullptr ? NewestRuleset() : *rules};
  v1::IntakeReport report;
  report.set_advice(v1::INTAKE_ADVICE_MAY_MELT);
  report.set_as_of_size(archive.size());
  report.set_as_of_us(question.as_of_us);
  std::vector<v1::IntakeReason> reasons;
  FineSumNg fine_ng = 0;
  size_t budget = limits::kMaxCheckedAncestry;
  for (size_t i = 0; i < question.lot_ids.size(); ++i) {
    auto lot = Load<v1::LotRecord>(archive, question.lot_ids[i]);
    if (!lot.has_value()) return NotFound("UNKNOWN_LOT", fmt::format("lot_ids[{}]", i), question.lot_ids[i]);
    LotCheck check(gate, *std::move(lot), MeasurementOf(question, question.lot_ids[i]));
    TS_RETURN_IF_ERROR(check.Run(budget));
    auto [checked, its_reasons] = check.Take();
    report.set_advice(std::max(report.advice(), checked.advice()));
    report.set_gross_mg(report.gross_mg() + MassMg(checked.lot().material()));
    fine_ng += checked.lot().fine_ng();
    std::move(its_reasons.begin(), its_reasons.end(), std::back_inserter(reasons));
    *report.add_lots() = std::move(checked);
  }
  *report.mutable_fine_ng() = ToRecord(fine_ng);
  Sort(reasons, question.lot_ids);
  for (v1::IntakeReason& reason : reasons) *report.add_reasons() = std::move(reason);
  return report;
}

}  // namespace touchstone::ledger
