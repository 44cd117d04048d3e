// Long lists on their way out: lines for people, JSON Lines for programs, or a table for spreadsheets.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "cli/context.h"

namespace touchstone::cli {

/// Writes rows as they come. Under --json every row is a JSON value on a line of its own. With a file of --csv the rows
/// are written there as CSV, its first row the names of the columns; `-` is standard output, which then holds nothing
/// else.
class Listing {
 public:
  /// `context` outlives the object. `csv_file` is empty without --csv.
  Listing(Context& context, std::string csv_file, const std::vector<std::string>& columns);

  /// One row: `text` ends in a newline; `cells` are as many as there are columns.
  void Add(const Json& json, std::string_view text, const std::vector<std::string>& cells);

  /// After the last row. Errors of the file as base/files.h says.
  absl::Status Finish();

 private:
  Context& context_;
  const std::string csv_file_;
  std::string csv_;  // what is to go into the file
  uint64_t rows_ = 0;
};

}  // namespace touchstone::cli
