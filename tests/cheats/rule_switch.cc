#include "tests/cheats/rule_switch.h"

#include <atomic>

#include "base/check.h"
#include "ledger/rule_switch.h"

namespace touchstone {
namespace {

std::atomic<v1::Reason> reason_off = v1::REASON_UNSPECIFIED;
std::atomic<v1::FindingCode> finding_off = v1::FINDING_CODE_UNSPECIFIED;
std::atomic<v1::VerdictCode> verdict_off = v1::VERDICT_CODE_UNSPECIFIED;

}  // namespace

namespace ledger {

bool IsOff(v1::Reason reason) { return reason == reason_off.load(); }
bool IsOff(v1::FindingCode code) { return code == finding_off.load(); }
bool IsOff(v1::VerdictCode code) { return code == verdict_off.load(); }

}  // namespace ledger

namespace cheats {

RuleOff::RuleOff(v1::Reason reason) { TS_CHECK(reason_off.exchange(reason) == v1::REASON_UNSPECIFIED); }
RuleOff::RuleOff(v1::FindingCode code) { TS_CHECK(finding_off.exchange(code) == v1::FINDING_CODE_UNSPECIFIED); }
RuleOff::RuleOff(v1::VerdictCode code) { TS_CHECK(verdict_off.exchange(code) == v1::VERDICT_CODE_UNSPECIFIED); }

RuleOff::~RuleOff() {
  reason_off = v1::REASON_UNSPECIFIED;
  finding_off = v1::FINDING_CODE_UNSPECIFIED;
  verdict_off = v1::VERDICT_CODE_UNSPECIFIED;
}

}  // namespace cheats
}  // namespace touchstone
