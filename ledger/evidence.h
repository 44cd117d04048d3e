// How papers bear on what was won or worked: attestations and licences, as a policy demands them.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <tuple>

#include "google/protobuf/repeated_field.h"
#include "ledger/view.h"
#include "touchstone/v1/policy.pb.h"
#include "touchstone/v1/record.pb.h"
#include "touchstone/v1/verdict.pb.h"

namespace touchstone::ledger {

/// How much of the log counts: for the subject what was recorded before `for_size`; against it, as endings, holds,
/// recalls, adverse attestations and assays, what was before `against_size`. A claim names the first itself, and the
/// second is its own entry: whoever cites the log as it was some time ago does not hide what came since. Annulments
/// count whenever they come, and so do distrust and corrections, which change what the state says.
struct Evidence {
  uint64_t for_size = 0;
  uint64_t against_size = 0;
};

/// What is judged: one production at its site.
struct Production {
  const v1::StepRecord& step;
  const v1::SiteRecord& site;
  Evidence evidence;
};

/// What was said of attestations already, by their ids, the rule that asked and the code: every production of a site is
/// told the same.
using Told = std::map<std::tuple<std::string, const v1::AttestationRule*, v1::VerdictCode>, std::string>;

/// What is to be attested: a site or party, as it was when gold was won or worked there.
struct Attested {
  std::string subject_id;
  std::string name;  // for people
  google::protobuf::RepeatedPtrField<std::string> attestation_ids;
  int64_t at_us = 0;
  uint64_t step_index = 0;  // of that step
  Evidence evidence;
  Told& told;  // of one subject's evaluation
};

/// Who won and worked the subject's gold, with all who are behind them, by id and commitment: asked where a rule wants
/// attestors who are linked to none of them.
using Chain = std::function<const std::set<std::string>&()>;

/// The reason that follows from the subject's attestations as the rule asks for them. The worst that is said counts; of
/// what supports, the first; what is too old, too late, from afar or has ended only where nothing supports.
v1::VerdictReason JudgeAttestations(const View& view, const v1::AttestationRule& rule, const Attested& attested,
                                    const Chain& chain);

/// Whether the rule asks anything of this production: by country and day.
bool Applies(const v1::LicenceRule& rule, const Production& production);

/// The reason that follows from the site's licences of the rule's kind, or of one that does as well. One that covers
/// the whole period of production supports; otherwise the gravest way in which one failed to.
v1::VerdictReason JudgeLicences(const View& view, const v1::LicenceRule& rule, const Production& production);

/// A reason of a verdict.
v1::VerdictReason MakeReason(v1::VerdictCode code, v1::Verdict bearing, std::string_view subject_id,
                             uint64_t entry_index, std::string text);

}  // namespace touchstone::ledger
