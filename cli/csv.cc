#include "cli/csv.h"

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "fmt/format.h"

namespace touchstone::cli {
namespace {

constexpr std::string_view kFormulaStarts = "=+-@\t\r";

bool IsDigits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// `-12.5`: no formula, whatever it begins with.
bool IsNumber(std::string_view text) {
  if (!text.empty() && text.front() == '-') text.remove_prefix(1);
  const size_t point = text.find('.');
  if (point == std::string_view::npos) return IsDigits(text);
  return IsDigits(text.substr(0, point)) && IsDigits(text.substr(point + 1));
}

bool StartsFormula(std::string_view cell) {
  return !cell.empty() && kFormulaStarts.find(cell.front()) != std::string_view::npos && !IsNumber(cell);
}

std::string Cell(const std::string& text) {
  const std::string shown = StartsFormula(text) ? "'" + text : text;
  if (shown.find_first_of(",\"\r\n") == std::string::npos) return shown;
  std::string quoted = "\"";
  for (const char c : shown) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

/// What CsvRow put before a cell is taken off.
std::string Restored(std::string cell) {
  if (cell.size() > 1 && cell.front() == '\'' && StartsFormula(std::string_view(cell).substr(1))) cell.erase(0, 1);
  return cell;
}

/// Reads a table from left to right and from top to bottom.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {
    constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
    if (rest_.starts_with(kByteOrderMark)) rest_.remove_prefix(kByteOrderMark.size());
    const std::string_view first = rest_.substr(0, rest_.find('\n'));
    const bool has_comma = first.find(',') != std::string_view::npos;
    if (!has_comma && first.find(';') != std::string_view::npos) separator_ = ';';
  }

  absl::StatusOr<std::vector<std::vector<std::string>>> Read() {
    while (!rest_.empty()) {
      rows_.emplace_back();
      do {
        TS_ASSIGN_OR_RETURN(std::string cell, ReadCell());
        rows_.back().push_back(Restored(std::move(cell)));
      } while (Take(separator_));
      if (!EndRow()) return Bad("behind a closing quote stands a separator or the end of the row");
    }
    return std::move(rows_);
  }

 private:
  absl::StatusOr<std::string> ReadCell() {
    if (!Take('"')) {
      const std::string_view cell = rest_.substr(0, rest_.find_first_of(std::string{separator_, '\r', '\n'}));
      rest_.remove_prefix(cell.size());
      return std::string(cell);
    }
    std::string cell;
    for (;;) {
      const size_t quote = rest_.find('"');
      if (quote == std::string_view::npos) return Bad("a quote is opened and not closed");
      cell += rest_.substr(0, quote);
      rest_.remove_prefix(quote + 1);
      if (!Take('"')) return cell;
      cell += '"';
    }
  }

  bool Take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool EndRow() {
    const bool returned = Take('\r');
    return Take('\n') || returned || rest_.empty();
  }

  absl::Status Bad(std::string_view why) const {
    return InvalidInput("BAD_CSV", fmt::format("row {}, column {}", rows_.size(), ColumnLetters(rows_.back().size())),
                        why);
  }

  std::string_view rest_;
  char separator_ = ',';
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace

std::string CsvRow(const std::vector<std::string>& cells) {
  std::string row;
  for (size_t i = 0; i < cells.size(); ++i) row += (i == 0 ? "" : ",") + Cell(cells[i]);
  return row + "\r\n";
}

absl::StatusOr<std::vector<std::vector<std::string>>> ParseCsv(std::string_view text) { return Reader(text).Read(); }

std::string ColumnLetters(size_t column) {
  std::string letters;
  for (size_t left = column + 1; left > 0; left = (left - 1) / 26) {
    letters.insert(letters.begin(), static_cast<char>('A' + (left - 1) % 26));
  }
  return letters;
}

}  // namespace touchstone::cli
