// A cheat: what it does, how the ledger answers it, and its honest twin.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tests/cheats/stage.h"
#include "touchstone/v1/record.pb.h"
#include "touchstone/v1/verdict.pb.h"

namespace touchstone::cheats {

/// The event that cheats is refused.
struct Refused {
  v1::Reason reason;
};
/// It is admitted, and the finding is on its entry.
struct Found {
  v1::FindingCode code;
};
/// It is admitted with the finding, and what it made is held.
struct Held {
  v1::HoldRecord::Kind kind;
  v1::FindingCode code;
};
/// All is admitted, and a policy pack gives this verdict for this reason.
struct Judged {
  v1::VerdictCode code;
  v1::Verdict verdict;
  const char* policy;
};
using Expected = std::variant<Refused, Found, Held, Judged>;

/// Tells the cheat's story, or with `cheats` false that of its honest twin, which differs in the cheating fact alone.
/// The last event said is the one that is judged; the answer is the lot, piece or claim that is judged by its hold or
/// verdict, and empty for outcomes that have none.
using Tell = std::string (*)(Stage& stage, bool cheats);

struct Cheat {
  std::string_view name;  // what is done
  std::string_view how;   // what this launderer does about it; one name may have several
  Expected expected;
  Tell tell;
  /// Findings that honest business of this kind has too. Any other on any entry of the twin's ledger fails the row.
  std::vector<v1::FindingCode> ordinary = {};
};

/// `refused`, `found`, `held` or the verdict; and the code, without its prefix.
std::string OutcomeOf(const Cheat& cheat);
std::string CodeOf(const Cheat& cheat);

/// Plays the cheat on a ledger of its own. Empty when it ends as expected; otherwise what went wrong.
std::string JudgeCheat(const Cheat& cheat);
/// The same with the rule of its code off: what the ledger then let through, or why it stopped it all the same. Empty
/// when nothing changed, as if the rule were not there.
std::string JudgeWithRuleOff(const Cheat& cheat);
/// Plays the honest twin. Empty when it passes without finding; otherwise what went wrong.
std::string JudgeTwin(const Cheat& cheat);

/// Every cheat, in the order of the list that cheats_test.cc holds it against.
const std::vector<Cheat>& Table();

}  // namespace touchstone::cheats
