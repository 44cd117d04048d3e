#include "cli/witnesses.h"

#include <array>
#include <string_view>

#include "cli/time.h"
#include "fmt/format.h"

namespace touchstone::cli {
namespace {

/// Rules of the whole log: whoever executes every rule on every entry knows that they were kept.
constexpr std::array<std::string_view, 4> kRules = {
    "that no lot or piece shown was used up elsewhere too",
    "that serials, seals and licence numbers are unique",
    "that output above a ceiling, over 30, 90 and 365 days, was held",
    "that books and totals add up over the whole log",
};
/// What a cosignature says nothing of: the log may be all right, and the bundle not show all that it has.
constexpr std::string_view kAbsence =
    "that nothing shown was revoked, corrected, voided, held or assayed otherwise by an entry that is not shown";

std::string TimeOf(const ledger::Cosigned& cosigned) {
  constexpr uint64_t kLastSecond = 253'402'300'799;  // 9999-12-31T23:59:59Z: later years are not written
  if (cosigned.at_s > kLastSecond) return fmt::format("{} s", cosigned.at_s);
  return FormatTimeUs(static_cast<int64_t>(cosigned.at_s) * 1'000'000);
}

Json WitnessesJson(const ledger::BundleReport& report, bool executing) {
  Json list = Json::array();
  for (const ledger::Cosigned& cosigned : report.cosigned) {
    if (cosigned.by.executes != executing) continue;
    list.push_back(Json{{"name", cosigned.by.key.name()},
                        {"key", cosigned.by.key.ToVkey()},
                        {"up_to_size", report.checkpoint.size},
                        {"cosigned_at_s", cosigned.at_s}});
  }
  return list;
}

/// Each witness of this sort on a line of its own, after `what` it says.
std::string WitnessesText(const ledger::BundleReport& report, bool executing, std::string_view what) {
  std::string text;
  for (const ledger::Cosigned& cosigned : report.cosigned) {
    if (cosigned.by.executes != executing) continue;
    text += fmt::format("{} by {}, who cosigned {} entries at {}\n", what, cosigned.by.key.name(),
                        report.checkpoint.size, TimeOf(cosigned));
  }
  return text;
}

}  // namespace

std::string GlobalText(const ledger::BundleReport& report) {
  std::string text = "not checked here, because it needs the whole log:\n";
  for (const std::string_view rule : kRules) text += fmt::format("  - {}\n", rule);
  const std::string replayed = WitnessesText(report, true, "  replayed, by its own word and your trust file's,");
  text +=
      replayed.empty() ? "  nobody whom your trust file names as executing every rule has cosigned this\n" : replayed;
  text += fmt::format("not checked here, and no cosignature says it: ask a replica or an auditor:\n  - {}\n", kAbsence);
  return text + WitnessesText(report, false, "the same log as others see, and nothing of its rules, was witnessed");
}

Json GlobalJson(const ledger::BundleReport& report) {
  Json replayed_by = WitnessesJson(report, true);
  Json names = Json::array();
  for (const Json& witness : replayed_by) names.push_back(witness["name"]);
  Json not_checked = Json::array();
  for (const std::string_view rule : kRules) not_checked.push_back(Json{{"fact", rule}, {"replayed_by", names}});
  not_checked.push_back(Json{{"fact", kAbsence}, {"replayed_by", Json::array()}});
  return Json{{"not_checked", std::move(not_checked)},
              {"replayed_by", std::move(replayed_by)},
              {"witnessed_by", WitnessesJson(report, false)}};
}

}  // namespace touchstone::cli
