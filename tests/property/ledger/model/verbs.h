// The verbs: for each, what is wrong with an event that says it, and what it does when nothing is.
//
// A judge names every fault that applies, as far as it can be told; the rules name the first they meet. What is done
// is done only to events without a fault.
#pragma once

#include "tests/property/ledger/model/case.h"

namespace touchstone::ledger::model {

// genesis.cc
void JudgeGenesis(Case& c);
void DoGenesis(Case& c);
void JudgeActivateRuleset(Case& c);
void DoActivateRuleset(Case& c);
void JudgeRotateLogKey(Case& c);
void DoRotateLogKey(Case& c);
void JudgeFreezeLog(Case& c);
void DoFreezeLog(Case& c);

// parties.cc
void JudgeRegisterParty(Case& c);
void DoRegisterParty(Case& c);
void JudgeUpdateParty(Case& c);
void DoUpdateParty(Case& c);
void JudgeSuspendParty(Case& c);
void DoSuspendParty(Case& c);
void JudgeAddKey(Case& c);
void DoAddKey(Case& c);
void JudgeRetireKey(Case& c);
void DoRetireKey(Case& c);
void JudgeDistrustKey(Case& c);
void DoDistrustKey(Case& c);

// offices.cc
void JudgeAppoint(Case& c);
void DoAppoint(Case& c);
void JudgeEndAppointment(Case& c);
void DoEndAppointment(Case& c);
void JudgeAccredit(Case& c);
void DoAccredit(Case& c);
void JudgeEndAccreditation(Case& c);
void DoEndAccreditation(Case& c);
void JudgePublishPolicy(Case& c);
void DoPublishPolicy(Case& c);

// sites.cc
void JudgeRegisterSite(Case& c);
void DoRegisterSite(Case& c);
void JudgeUpdateSite(Case& c);
void DoUpdateSite(Case& c);
void JudgeRegisterLicence(Case& c);
void DoRegisterLicence(Case& c);
void JudgeEndLicence(Case& c);
void DoEndLicence(Case& c);

// attestations.cc
void JudgeAttest(Case& c);
void DoAttest(Case& c);
void JudgeEndAttestation(Case& c);
void DoEndAttestation(Case& c);

// devices.cc
void JudgeDevice(Case& c);
void DoDevice(Case& c);

// sources.cc
void JudgeProduce(Case& c);
void DoProduce(Case& c);
void JudgeIntake(Case& c);
void DoIntake(Case& c);

// steps.cc
void JudgeProcess(Case& c);
void DoProcess(Case& c);
void JudgeTransform(Case& c);
void DoTransform(Case& c);
void JudgeMakePiece(Case& c);
void DoMakePiece(Case& c);

// assays.cc
void JudgeAssay(Case& c);
void DoAssay(Case& c);
void JudgeSettle(Case& c);
void DoSettle(Case& c);

// accounts.cc
void JudgeOpenAccount(Case& c);
void DoOpenAccount(Case& c);
void JudgeCharge(Case& c);
void DoCharge(Case& c);
void JudgeDischarge(Case& c);
void DoDischarge(Case& c);
void JudgeCloseAccount(Case& c);
void DoCloseAccount(Case& c);

// transfers.cc
void JudgeOffer(Case& c);
void DoOffer(Case& c);
void JudgeAccept(Case& c);
void DoAccept(Case& c);
void JudgeReject(Case& c);
void DoReject(Case& c);
void JudgeCancelOffer(Case& c);
void DoCancelOffer(Case& c);
void JudgeHandOver(Case& c);
void DoHandOver(Case& c);

// keeping.cc
void JudgeReceive(Case& c);
void DoReceive(Case& c);
void JudgePack(Case& c);
void DoPack(Case& c);
void JudgeUnpack(Case& c);
void DoUnpack(Case& c);
void JudgeStocktake(Case& c);
void DoStocktake(Case& c);
void JudgeExport(Case& c);
void DoExport(Case& c);
void JudgeImport(Case& c);
void DoImport(Case& c);

// parting.cc
void JudgeSample(Case& c);
void DoSample(Case& c);
void JudgeRetire(Case& c);
void DoRetire(Case& c);
void JudgeLose(Case& c);
void DoLose(Case& c);

// holds.cc
void JudgeHold(Case& c);
void DoHold(Case& c);
void JudgeDispute(Case& c);
void DoDispute(Case& c);
void JudgeRelease(Case& c);
void DoRelease(Case& c);
void JudgeRecall(Case& c);
void DoRecall(Case& c);

// claims.cc
void JudgeClaim(Case& c);
void DoClaim(Case& c);
void JudgeRetireClaim(Case& c);
void DoRetireClaim(Case& c);
void JudgeRevokeClaim(Case& c);
void DoRevokeClaim(Case& c);

// corrections.cc
void JudgeCorrect(Case& c);
void DoCorrect(Case& c);

// voiding.cc
void JudgeVoid(Case& c);
void DoVoid(Case& c);

}  // namespace touchstone::ledger::model
