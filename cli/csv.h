// Tables as spreadsheets read and write them: RFC 4180, in UTF-8.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace touchstone::cli {

/// One row of a table with its line end (CR LF). A cell with a comma, quote or line break stands in quotes.
///
/// A spreadsheet takes a cell that begins with `=`, `+`, `-`, `@`, tab or CR for a formula, and what stands in the
/// ledger was written by others: such a cell gets an apostrophe before it, unless it is a plain decimal number.
std::string CsvRow(const std::vector<std::string>& cells);

/// The rows of a table, cell by cell; rows that are empty are kept, so that positions are those of the spreadsheet. A
/// byte order mark is dropped, CR LF and LF both end a row, and a table whose first row has semicolons and no commas is
/// read with semicolons between its cells. The apostrophe of CsvRow is taken off again. BAD_CSV with a field as
/// `row 3, column B` for a quote that is not closed, or with something other than a separator behind it.
absl::StatusOr<std::vector<std::vector<std::string>>> ParseCsv(std::string_view text);

/// The letters by which a spreadsheet knows a column, counted from 0: A to Z, AA and so on.
std::string ColumnLetters(size_t column);

}  // namespace touchstone::cli
