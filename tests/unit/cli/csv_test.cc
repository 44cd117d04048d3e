#include "cli/csv.h"

#include <gtest/gtest.h>

#include "base/status.h"

namespace touchstone::cli {
namespace {

using Rows = std::vector<std::vector<std::string>>;

TEST(CsvRow, QuotesWhatWouldBeReadOtherwise) {
  EXPECT_EQ(CsvRow({"plain", "", "a,b", "say \"gold\"", "two\nlines", "r\rn"}),
            "plain,,\"a,b\",\"say \"\"gold\"\"\",\"two\nlines\",\"r\rn\"\r\n");
}

TEST(CsvRow, DefusesFormulasAndLeavesNumbers) {
  const struct {
    const char* cell;
    const char* written;
  } cases[] = {
      {"=1+1", "'=1+1"},
      {"+41 44", "'+41 44"},
      {"-cmd", "'-cmd"},
      {"@SUM(A1)", "'@SUM(A1)"},
      {"\t=1", "'\t=1"},
      {"\r=1", "\"'\r=1\""},
      {"=\"a\"", "\"'=\"\"a\"\"\""},
      {"-1+1", "'-1+1"},
      {"-", "'-"},
      {"-1.", "'-1."},
      {"-12.5", "-12.5"},
      {"-7", "-7"},
      {"a=b", "a=b"},
  };
  for (const auto& c : cases) EXPECT_EQ(CsvRow({c.cell}), std::string(c.written) + "\r\n") << c.cell;
}

TEST(ParseCsv, ReadsWhatCsvRowWrote) {
  const Rows rows = {{"kind", "a,b", "say \"gold\""}, {"", "=1+1", "two\r\nlines"}, {"'quoted'", "-12.5", "'x"}};
  std::string text;
  for (const auto& row : rows) text += CsvRow(row);
  EXPECT_EQ(ParseCsv(text).value(), rows);
}

TEST(ParseCsv, ReadsWhatSpreadsheetsWrite) {
  EXPECT_EQ(ParseCsv("\xef\xbb\xbf"
                     "a;b\r\n1;\"2;3\"\r\n")
                .value(),
            (Rows{{"a", "b"}, {"1", "2;3"}}));
  EXPECT_EQ(ParseCsv("a,b;c\n1,2\n\n3,").value(), (Rows{{"a", "b;c"}, {"1", "2"}, {""}, {"3", ""}}));
  EXPECT_EQ(ParseCsv("").value(), Rows());
}

TEST(ParseCsv, NamesRowAndColumnOfWhatIsNoTable) {
  const absl::Status open = ParseCsv("a,b\n1,\"2\n").status();
  EXPECT_EQ(ReasonOf(open), "BAD_CSV");
  EXPECT_EQ(FieldOf(open), "row 2, column B");
  const absl::Status behind = ParseCsv("a,b\n\"1\"x,2\n").status();
  EXPECT_EQ(ReasonOf(behind), "BAD_CSV");
  EXPECT_EQ(FieldOf(behind), "row 2, column B");
}

TEST(ColumnLetters, AreThoseOfSpreadsheets) {
  EXPECT_EQ(ColumnLetters(0), "A");
  EXPECT_EQ(ColumnLetters(25), "Z");
  EXPECT_EQ(ColumnLetters(26), "AA");
  EXPECT_EQ(ColumnLetters(701), "ZZ");
  EXPECT_EQ(ColumnLetters(702), "AAA");
}

}  // namespace
}  // namespace touchstone::cli
