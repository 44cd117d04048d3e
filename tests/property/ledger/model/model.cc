#include "tests/property/ledger/model/model.h"

#include "tests/property/ledger/model/authority.h"
#include "tests/property/ledger/model/fields.h"
#include "tests/property/ledger/model/verbs.h"

namespace touchstone::ledger::model {
namespace {

struct Verb {
  void (*judge)(Case&);
  void (*act)(Case&);
};

const Verb* VerbOf(v1::Event::BodyCase body) {
  static const std::map<v1::Event::BodyCase, Verb> verbs = {
      {v1::Event::kGenesis, {JudgeGenesis, DoGenesis}},
      {v1::Event::kActivateRuleset, {JudgeActivateRuleset, DoActivateRuleset}},
      {v1::Event::kRegisterParty, {JudgeRegisterParty, DoRegisterParty}},
      {v1::Event::kUpdateParty, {JudgeUpdateParty, DoUpdateParty}},
      {v1::Event::kSuspendParty, {JudgeSuspendParty, DoSuspendParty}},
      {v1::Event::kAppoint, {JudgeAppoint, DoAppoint}},
      {v1::Event::kEndAppointment, {JudgeEndAppointment, DoEndAppointment}},
      {v1::Event::kAccredit, {JudgeAccredit, DoAccredit}},
      {v1::Event::kEndAccreditation, {JudgeEndAccreditation, DoEndAccreditation}},
      {v1::Event::kAddKey, {JudgeAddKey, DoAddKey}},
      {v1::Event::kRetireKey, {JudgeRetireKey, DoRetireKey}},
      {v1::Event::kDistrustKey, {JudgeDistrustKey, DoDistrustKey}},
      {v1::Event::kRegisterSite, {JudgeRegisterSite, DoRegisterSite}},
      {v1::Event::kUpdateSite, {JudgeUpdateSite, DoUpdateSite}},
      {v1::Event::kRegisterLicence, {JudgeRegisterLicence, DoRegisterLicence}},
      {v1::Event::kEndLicence, {JudgeEndLicence, DoEndLicence}},
      {v1::Event::kAttest, {JudgeAttest, DoAttest}},
      {v1::Event::kEndAttestation, {JudgeEndAttestation, DoEndAttestation}},
      {v1::Event::kPublishPolicy, {JudgePublishPolicy, DoPublishPolicy}},
      {v1::Event::kRotateLogKey, {JudgeRotateLogKey, DoRotateLogKey}},
      {v1::Event::kFreezeLog, {JudgeFreezeLog, DoFreezeLog}},
      {v1::Event::kProduce, {JudgeProduce, DoProduce}},
      {v1::Event::kIntake, {JudgeIntake, DoIntake}},
      {v1::Event::kProcess, {JudgeProcess, DoProcess}},
      {v1::Event::kAssay, {JudgeAssay, DoAssay}},
      {v1::Event::kSample, {JudgeSample, DoSample}},
      {v1::Event::kSettle, {JudgeSettle, DoSettle}},
      {v1::Event::kOffer, {JudgeOffer, DoOffer}},
      {v1::Event::kAccept, {JudgeAccept, DoAccept}},
      {v1::Event::kReject, {JudgeReject, DoReject}},
      {v1::Event::kCancelOffer, {JudgeCancelOffer, DoCancelOffer}},
      {v1::Event::kHandOver, {JudgeHandOver, DoHandOver}},
      {v1::Event::kReceive, {JudgeReceive, DoReceive}},
      {v1::Event::kPack, {JudgePack, DoPack}},
      {v1::Event::kUnpack, {JudgeUnpack, DoUnpack}},
      {v1::Event::kTransform, {JudgeTransform, DoTransform}},
      {v1::Event::kOpenAccount, {JudgeOpenAccount, DoOpenAccount}},
      {v1::Event::kCharge, {JudgeCharge, DoCharge}},
      {v1::Event::kDischarge, {JudgeDischarge, DoDischarge}},
      {v1::Event::kCloseAccount, {JudgeCloseAccount, DoCloseAccount}},
      {v1::Event::kMakePiece, {JudgeMakePiece, DoMakePiece}},
      {v1::Event::kHold, {JudgeHold, DoHold}},
      {v1::Event::kDispute, {JudgeDispute, DoDispute}},
      {v1::Event::kRelease, {JudgeRelease, DoRelease}},
      {v1::Event::kStocktake, {JudgeStocktake, DoStocktake}},
      {v1::Event::kRetire, {JudgeRetire, DoRetire}},
      {v1::Event::kLose, {JudgeLose, DoLose}},
      {v1::Event::kExport, {JudgeExport, DoExport}},
      {v1::Event::kImport, {JudgeImport, DoImport}},
      {v1::Event::kCorrect, {JudgeCorrect, DoCorrect}},
      {v1::Event::kVoid, {JudgeVoid, DoVoid}},
      {v1::Event::kClaim, {JudgeClaim, DoClaim}},
      {v1::Event::kRetireClaim, {JudgeRetireClaim, DoRetireClaim}},
      {v1::Event::kRevokeClaim, {JudgeRevokeClaim, DoRevokeClaim}},
      {v1::Event::kRecall, {JudgeRecall, DoRecall}},
  };
  return Find(verbs, body);
}

/// The verbs that ruleset 1 knows and that this model meets under it: a ledger may begin so.
bool IsKnown(const World& world, const v1::Event& event) {
  if (VerbOf(event.body_case()) == nullptr) return false;
  if (!world.ledger.founded) return true;
  return world.ledger.ruleset == 2 || event.has_activate_ruleset() || event.has_genesis();
}

/// What every event must satisfy, whatever it says.
void JudgeCommon(Case& c) {
  const v1::Event& event = c.event;
  c.Need(event.occurred_at_us() >= 946'684'800LL * 1'000'000, v1::REASON_FIELD_INVALID);
  c.Need(event.occurred_at_us() <= c.recorded_at_us + 10LL * 60 * 1'000'000, v1::REASON_OCCURRED_IN_FUTURE);
  c.Need(event.utc_offset_min() >= -900 && event.utc_offset_min() <= 900, v1::REASON_FIELD_INVALID);
  JudgeDevice(c);
  c.Need(c.world.entries.count(std::string(c.event_id.view())) == 0, v1::REASON_EVENT_REPEATED);
  c.Need(!c.world.ledger.frozen_at.has_value(), v1::REASON_LOG_FROZEN);
  if (event.has_genesis()) return;
  c.Need(c.world.ledger.founded && event.genesis_id() == c.world.ledger.genesis_id, v1::REASON_WRONG_LEDGER);
  JudgeSigners(c);
}

void Judge(Case& c) {
  if (!c.world.ledger.founded && !c.event.has_genesis()) {
    c.Fault(v1::REASON_WRONG_LEDGER);
    return;
  }
  if (!c.world.ledger.founded && c.event.genesis().ruleset_version() - 1 > 1) {
    c.Fault(v1::REASON_RULESET_UNKNOWN);
    return;
  }
  if (!IsKnown(c.world, c.event)) {
    c.Fault(v1::REASON_VERB_NOT_IN_RULESET);
    return;
  }
  JudgeCommon(c);
  VerbOf(c.event.body_case())->judge(c);
}

}  // namespace

Answer ReferenceModel::Take(const v1::Event& event, const crypto::Hash& event_id, int64_t recorded_at_us) {
  Case c{world_, event, event_id, size(), recorded_at_us};
  Judge(c);
  if (c.faults.empty()) {
    // The entry is there before what it does: whatever it makes rests on it.
    world_.entries[std::string(event_id.view())] = c.index;
    world_.signed_by.emplace_back(event.signer_keys().begin(), event.signer_keys().end());
    if (!event.has_genesis()) DoDevice(c);
    VerbOf(event.body_case())->act(c);
  }
  return {std::move(c.faults), std::move(c.findings), std::move(c.created), std::move(c.touched)};
}

bool IsGlobal(v1::Reason reason) {
  static const std::set<v1::Reason> global = {
      v1::REASON_KEY_IN_USE,    v1::REASON_LICENCE_NUMBER_IN_USE, v1::REASON_CLAIM_EXISTS,  v1::REASON_OFFICE_HELD,
      v1::REASON_SERIAL_IN_USE, v1::REASON_SEAL_IN_USE,           v1::REASON_POLICY_EXISTS, v1::REASON_ALREADY_HELD,
      v1::REASON_LOT_CONSUMED,  v1::REASON_LOT_OFFERED,           v1::REASON_LOT_HELD,      v1::REASON_LOT_PACKED,
      v1::REASON_NOT_HELD,      v1::REASON_PIECE_RETIRED};
  return global.count(reason) != 0;
}

}  // namespace touchstone::ledger::model
