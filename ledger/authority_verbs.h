// The verbs by which authority is given, used and ended.
#pragma once

#include "ledger/verb.h"

namespace touchstone::ledger {

// genesis_verbs.cc
extern const Verb kGenesisVerb;
extern const Verb kActivateRulesetVerb;
// log_verbs.cc
extern const Verb kRotateLogKeyVerb;
extern const Verb kFreezeLogVerb;
// party_verbs.cc
extern const Verb kRegisterPartyVerb;
extern const Verb kUpdatePartyVerb;
extern const Verb kSuspendPartyVerb;
// office_verbs.cc
extern const Verb kAppointVerb;
extern const Verb kEndAppointmentVerb;
extern const Verb kAccreditVerb;
extern const Verb kEndAccreditationVerb;
// key_verbs.cc
extern const Verb kAddKeyVerb;
extern const Verb kRetireKeyVerb;
extern const Verb kDistrustKeyVerb;
// site_verbs.cc
extern const Verb kRegisterSiteVerb;
extern const Verb kUpdateSiteVerb;
// licence_verbs.cc
extern const Verb kRegisterLicenceVerb;
extern const Verb kEndLicenceVerb;
// attestation_verbs.cc
extern const Verb kAttestVerb;
extern const Verb kEndAttestationVerb;
// policy_verbs.cc
extern const Verb kPublishPolicyVerb;

}  // namespace touchstone::ledger
