#include "ledger/decide.h"

#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/limits.h"
#include "base/status.h"
#include "ledger/authority.h"
#include "ledger/authority_verbs.h"
#include "ledger/custody_verbs.h"
#include "ledger/device.h"
#include "ledger/draft.h"
#include "ledger/ruleset.h"
#include "ledger/verb.h"
#include "ledger/vocabulary.h"

namespace touchstone::ledger {
namespace {

enum class Rules { kAll, kLocalOnly };

/// The ruleset in force: the genesis event's own at index 0, the ledger's afterwards.
const Ruleset* RulesetInForce(Draft& draft, const v1::Event& event) {
  const v1::LedgerRecord* ledger = draft.Find<v1::LedgerRecord>("");
  return FindRuleset(ledger != nullptr ? ledger->ruleset_version() : event.genesis().ruleset_version());
}

/// What every event must satisfy, whatever it says.
MaybeRejection CheckCommon(Context& ctx, std::string_view payload) {
  const v1::Event& event = ctx.event;
  if (event.occurred_at_us() < limits::kMinOccurredAtUs) {
    return Reject(v1::REASON_FIELD_INVALID, "occurred_at_us", "Unix microseconds, since 2000");
  }
  if (event.occurred_at_us() > ctx.admission.recorded_at_us + limits::kMaxOccurredAheadUs) {
    return Reject(v1::REASON_OCCURRED_IN_FUTURE, "occurred_at_us",
                  fmt::format("{} s ahead of the log's clock; at most {} s are allowed",
                              (event.occurred_at_us() - ctx.admission.recorded_at_us) / 1'000'000,
                              limits::kMaxOccurredAheadUs / 1'000'000));
  }
  constexpr int32_t kMaxOffsetMin = 900;
  if (event.utc_offset_min() < -kMaxOffsetMin || event.utc_offset_min() > kMaxOffsetMin) {
    return Reject(v1::REASON_FIELD_INVALID, "utc_offset_min", "-900 to 900 minutes");
  }
  TS_REJECT_IF(CheckDevice(ctx));
  TS_REJECT_IF(CheckFieldsKnown(ctx));
  TS_REJECT_IF(CheckDirections(ctx, event, payload));
  if (const auto* known = ctx.draft.Find<v1::EventRecord>(ctx.event_id.view())) {
    return Reject(v1::REASON_EVENT_REPEATED, "", fmt::format("the event is entry {} already", known->index()));
  }
  return std::nullopt;
}

/// The event belongs to this ledger, and everything but genesis comes after genesis.
MaybeRejection CheckLedger(Context& ctx) {
  if (ctx.event.has_genesis()) return std::nullopt;
  const v1::LedgerRecord* ledger = ctx.draft.Find<v1::LedgerRecord>("");
  if (ledger == nullptr || ledger->genesis_id() != ctx.event.genesis_id()) {
    return Reject(v1::REASON_WRONG_LEDGER, "genesis_id", "names the genesis event of this ledger");
  }
  return std::nullopt;
}

/// Asked once the signers are known, so that strangers learn that they are strangers.
MaybeRejection CheckNotFrozen(Context& ctx) {
  const v1::LedgerRecord* ledger = ctx.draft.Find<v1::LedgerRecord>("");
  if (ledger == nullptr || !ledger->has_freeze()) return std::nullopt;
  const std::string& successor = ledger->freeze().successor_origin();
  return Reject(v1::REASON_LOG_FROZEN, "",
                fmt::format("entry {} froze this ledger; {}", ledger->freeze().index(),
                            successor.empty() ? "it names no successor" : "it goes on in " + successor));
}

MaybeRejection Check(Context& ctx, std::string_view payload, const Verb& verb, Rules rules) {
  TS_REJECT_IF(CheckCommon(ctx, payload));
  TS_REJECT_IF(CheckLedger(ctx));
  if (!ctx.event.has_genesis()) TS_REJECT_IF(ResolveSigners(ctx));
  TS_REJECT_IF(CheckNotFrozen(ctx));
  TS_REJECT_IF(verb.check_local(ctx));
  if (rules == Rules::kAll && verb.check_global != nullptr) TS_REJECT_IF(verb.check_global(ctx));
  return std::nullopt;
}

/// Applies the event to the draft, or says why not.
Application Decide(Draft& draft, const SignedEvent& event, const Admission& admission, Rules rules,
                   const std::vector<v1::FindingRecord>* on_record) {
  const Ruleset* ruleset = RulesetInForce(draft, event.event);
  if (ruleset == nullptr && !event.event.has_genesis()) {
    return Reject(v1::REASON_WRONG_LEDGER, "genesis_id", "a ledger begins with its genesis");
  }
  if (ruleset == nullptr) {
    return Reject(v1::REASON_RULESET_UNKNOWN, "genesis.ruleset_version", "a ruleset that this software knows");
  }
  const Verb* verb = FindVerb(event.event.body_case());
  if (verb == nullptr || verb->since > ruleset->version) {
    return Reject(v1::REASON_VERB_NOT_IN_RULESET, "body",
                  fmt::format("ruleset {} does not know this verb", ruleset->version));
  }
  Context ctx{.event = event.event,
              .event_id = event.event_id,
              .admission = admission,
              .rules = *ruleset,
              .draft = draft,
              .on_record = on_record};
  if (MaybeRejection rejection = Check(ctx, event.envelope.payload(), *verb, rules)) return *std::move(rejection);
  verb->apply(ctx);
  FollowDevice(ctx);
  draft.Create<v1::EventRecord>(ctx.event_id.view()).set_index(admission.index);
  for (size_t i = 0; draft.keeps_indexes() && i < ctx.findings.size(); ++i) {
    draft.PutIndex(FindingKey(admission.index, static_cast<uint16_t>(i)), ctx.findings[i].SerializeAsString());
  }
  return Applied{std::move(ctx.findings), std::move(ctx.created_ids)};
}

Application ApplyUnder(Draft& draft, const SignedEvent& event, const Admission& admission, Rules rules,
                       const std::vector<v1::FindingRecord>* on_record = nullptr) {
  Application application = Decide(draft, event, admission, rules, on_record);
  const bool changed = draft.EndDecision();
  TS_CHECK(changed == std::holds_alternative<Applied>(application));
  return application;
}

Decision DecideUnder(const View& view, const SignedEvent& event, const Admission& admission, Rules rules,
                     const std::vector<v1::FindingRecord>* on_record = nullptr) {
  Draft draft(view);
  Application application = ApplyUnder(draft, event, admission, rules, on_record);
  if (auto* rejection = std::get_if<Rejection>(&application)) return std::move(*rejection);
  Applied& applied = std::get<Applied>(application);
  return Effects{draft.TakeState(), draft.TakeIndexes(), std::move(applied.findings), std::move(applied.created_ids)};
}

absl::StatusCode CodeOf(v1::Reason reason) {
  switch (reason) {
    case v1::REASON_FIELD_REQUIRED:
    case v1::REASON_FIELD_INVALID:
    case v1::REASON_FIELD_TOO_LONG:
    case v1::REASON_WRONG_LEDGER:
    case v1::REASON_OCCURRED_IN_FUTURE:
    case v1::REASON_RULESET_UNKNOWN:
    case v1::REASON_LOT_REPEATED:
    case v1::REASON_PART_TOO_LARGE:
    case v1::REASON_FORM_INVALID:
    case v1::REASON_CORRECTION_INVALID:
      return absl::StatusCode::kInvalidArgument;
    case v1::REASON_UNKNOWN_KEY:
    case v1::REASON_KEY_RETIRED:
    case v1::REASON_ROOT_QUORUM_MISSING:
    case v1::REASON_OFFICE_MISSING:
    case v1::REASON_ROLE_MISSING:
    case v1::REASON_SIGNERS_MISMATCH:
    case v1::REASON_NOT_ACCREDITED:
    case v1::REASON_SELF_ATTESTATION:
    case v1::REASON_NOT_ISSUER:
    case v1::REASON_NOT_OPERATOR:
    case v1::REASON_NOT_ON_BEHALF:
    case v1::REASON_NOT_CUSTODIAN:
    case v1::REASON_NOT_OWNER:
    case v1::REASON_NOT_OFFERED_TO:
    case v1::REASON_KEY_DISTRUSTED:
    case v1::REASON_PARTY_SUSPENDED:
    case v1::REASON_NOT_INVOLVED:
    case v1::REASON_COUNTERSIGNATURE_MISSING:
      return absl::StatusCode::kPermissionDenied;
    case v1::REASON_UNKNOWN_PARTY:
    case v1::REASON_UNKNOWN_SITE:
    case v1::REASON_UNKNOWN_LICENCE:
    case v1::REASON_UNKNOWN_ATTESTATION:
    case v1::REASON_UNKNOWN_LOT:
    case v1::REASON_UNKNOWN_OFFER:
    case v1::REASON_UNKNOWN_PIECE:
    case v1::REASON_UNKNOWN_CLAIM:
    case v1::REASON_UNKNOWN_PACK:
    case v1::REASON_UNKNOWN_ACCOUNT:
    case v1::REASON_UNKNOWN_EVENT:
      return absl::StatusCode::kNotFound;
    case v1::REASON_EVENT_REPEATED:
    case v1::REASON_GENESIS_REPEATED:
    case v1::REASON_KEY_IN_USE:
    case v1::REASON_LICENCE_NUMBER_IN_USE:
    case v1::REASON_CLAIM_EXISTS:
    case v1::REASON_OFFICE_HELD:
    case v1::REASON_SERIAL_IN_USE:
    case v1::REASON_SEAL_IN_USE:
    case v1::REASON_POLICY_EXISTS:
    case v1::REASON_ALREADY_HELD:
      return absl::StatusCode::kAlreadyExists;
    case v1::REASON_VERB_NOT_IN_RULESET:
    case v1::REASON_LOG_FROZEN:
    case v1::REASON_ALREADY_ENDED:
    case v1::REASON_LOT_CONSUMED:
    case v1::REASON_LOT_OFFERED:
    case v1::REASON_OFFER_CLOSED:
    case v1::REASON_LOT_PENDING:
    case v1::REASON_CLAIM_ENDED:
    case v1::REASON_LOT_QUARANTINED:
    case v1::REASON_FINE_MASS_GAIN:
    case v1::REASON_GROSS_MASS_GAIN:
    case v1::REASON_ASSAY_ABOVE_INPUT:
    case v1::REASON_LIMIT_REACHED:
    case v1::REASON_ATTESTATION_UNFIT:
    case v1::REASON_LOT_HELD:
    case v1::REASON_LOT_PACKED:
    case v1::REASON_LOT_DISTRUSTED:
    case v1::REASON_ACCOUNT_CLOSED:
    case v1::REASON_NOT_HELD:
    case v1::REASON_PIECE_RETIRED:
    case v1::REASON_LOT_SETTLED:
    case v1::REASON_SETTLEMENT_INVALID:
    case v1::REASON_NOT_CORRECTABLE:
    case v1::REASON_ACCOUNT_OVERDRAWN:
    case v1::REASON_RECOVERY_ABOVE_LOSS:
    case v1::REASON_EXCLUDED_ABOVE_LIMIT:
      return absl::StatusCode::kFailedPrecondition;
    case v1::REASON_UNSPECIFIED:
    case v1::Reason_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::Reason_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return absl::StatusCode::kInternal;
}

std::string WithoutPrefix(const std::string& name, std::string_view prefix) { return name.substr(prefix.size()); }

}  // namespace

const Verb* FindVerb(v1::Event::BodyCase body) {
  switch (body) {
    case v1::Event::kGenesis:
      return &kGenesisVerb;
    case v1::Event::kActivateRuleset:
      return &kActivateRulesetVerb;
    case v1::Event::kRegisterParty:
      return &kRegisterPartyVerb;
    case v1::Event::kAppoint:
      return &kAppointVerb;
    case v1::Event::kEndAppointment:
      return &kEndAppointmentVerb;
    case v1::Event::kAccredit:
      return &kAccreditVerb;
    case v1::Event::kEndAccreditation:
      return &kEndAccreditationVerb;
    case v1::Event::kAddKey:
      return &kAddKeyVerb;
    case v1::Event::kRetireKey:
      return &kRetireKeyVerb;
    case v1::Event::kUpdateParty:
      return &kUpdatePartyVerb;
    case v1::Event::kSuspendParty:
      return &kSuspendPartyVerb;
    case v1::Event::kDistrustKey:
      return &kDistrustKeyVerb;
    case v1::Event::kPublishPolicy:
      return &kPublishPolicyVerb;
    case v1::Event::kUpdateSite:
      return &kUpdateSiteVerb;
    case v1::Event::kRegisterSite:
      return &kRegisterSiteVerb;
    case v1::Event::kRegisterLicence:
      return &kRegisterLicenceVerb;
    case v1::Event::kEndLicence:
      return &kEndLicenceVerb;
    case v1::Event::kAttest:
      return &kAttestVerb;
    case v1::Event::kEndAttestation:
      return &kEndAttestationVerb;
    case v1::Event::kProduce:
      return &kProduceVerb;
    case v1::Event::kAssay:
      return &kAssayVerb;
    case v1::Event::kSettle:
      return &kSettleVerb;
    case v1::Event::kOffer:
      return &kOfferVerb;
    case v1::Event::kAccept:
      return &kAcceptVerb;
    case v1::Event::kReject:
      return &kRejectVerb;
    case v1::Event::kCancelOffer:
      return &kCancelOfferVerb;
    case v1::Event::kHandOver:
      return &kHandOverVerb;
    case v1::Event::kReceive:
      return &kReceiveVerb;
    case v1::Event::kCorrect:
      return &kCorrectVerb;
    case v1::Event::kVoid:
      return &kVoidVerb;
    case v1::Event::kTransform:
      return &kTransformVerb;
    case v1::Event::kOpenAccount:
      return &kOpenAccountVerb;
    case v1::Event::kCharge:
      return &kChargeVerb;
    case v1::Event::kDischarge:
      return &kDischargeVerb;
    case v1::Event::kCloseAccount:
      return &kCloseAccountVerb;
    case v1::Event::kExport:
      return &kExportVerb;
    case v1::Event::kMakePiece:
      return &kMakePieceVerb;
    case v1::Event::kClaim:
      return &kClaimVerb;
    case v1::Event::kRetireClaim:
      return &kRetireClaimVerb;
    case v1::Event::kRevokeClaim:
      return &kRevokeClaimVerb;
    case v1::Event::kIntake:
      return &kIntakeVerb;
    case v1::Event::kProcess:
      return &kProcessVerb;
    case v1::Event::kSample:
      return &kSampleVerb;
    case v1::Event::kPack:
      return &kPackVerb;
    case v1::Event::kUnpack:
      return &kUnpackVerb;
    case v1::Event::kHold:
      return &kHoldVerb;
    case v1::Event::kDispute:
      return &kDisputeVerb;
    case v1::Event::kRelease:
      return &kReleaseVerb;
    case v1::Event::kStocktake:
      return &kStocktakeVerb;
    case v1::Event::kRetire:
      return &kRetireVerb;
    case v1::Event::kLose:
      return &kLoseVerb;
    case v1::Event::kImport:
      return &kImportVerb;
    case v1::Event::kRecall:
      return &kRecallVerb;
    case v1::Event::kRotateLogKey:
      return &kRotateLogKeyVerb;
    case v1::Event::kFreezeLog:
      return &kFreezeLogVerb;
    case v1::Event::BODY_NOT_SET:
      return nullptr;
  }
  return nullptr;
}

absl::Status Rejection::ToStatus() const { return MakeError(CodeOf(reason), NameOf(reason), field, message); }

Decision Decide(const View& view, const SignedEvent& event, const Admission& admission) {
  return DecideUnder(view, event, admission, Rules::kAll);
}

Decision DecideLocal(const View& view, const SignedEvent& event, const Admission& admission) {
  return DecideUnder(view, event, admission, Rules::kLocalOnly);
}

Decision DecideAgain(const View& view, const SignedEvent& event, const Admission& admission,
                     const std::vector<v1::FindingRecord>& on_record) {
  return DecideUnder(view, event, admission, Rules::kLocalOnly, &on_record);
}

Application Apply(Draft& draft, const SignedEvent& event, const Admission& admission) {
  return ApplyUnder(draft, event, admission, Rules::kAll);
}

Application ApplyLocal(Draft& draft, const SignedEvent& event, const Admission& admission) {
  return ApplyUnder(draft, event, admission, Rules::kLocalOnly);
}

std::string NameOf(v1::Reason reason) { return WithoutPrefix(v1::Reason_Name(reason), "REASON_"); }

std::string NameOf(v1::FindingCode code) { return WithoutPrefix(v1::FindingCode_Name(code), "FINDING_CODE_"); }

}  // namespace touchstone::ledger
