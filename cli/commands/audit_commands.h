// The parts of `touchstone audit` that stand in other files, and the options that they share.
#pragma once

#include <cctype>
#include <string>
#include <string_view>

#include "cli/options.h"

namespace touchstone::cli {

/// events, findings: the log by what it says, and by what was found in it.
void AddAuditListCommands(CommandTree& tree, CLI::App* group);

/// replay, report: the whole log, executed again on this machine.
void AddAuditReplayCommands(CommandTree& tree, CLI::App* group);

/// A code as the ledger writes it, or as options are written: NOT_CUSTODIAN, not-custodian.
template <typename Enum>
absl::StatusOr<Enum> ParseCode(std::string_view text) {
  std::string word(text);
  for (char& c : word) c = c == '_' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return ParseWord<Enum>(word);
}

/// --csv of a listing.
inline void AddCsv(CLI::App* command, std::string* file) {
  AddText(
      command, "--csv", "FILE",
      "Write a table for spreadsheets instead (RFC 4180; - is standard output); a cell that begins with one of = + - "
      "@ gets an apostrophe before it unless it is a number, so that it is not taken for a formula",
      file);
}

}  // namespace touchstone::cli
