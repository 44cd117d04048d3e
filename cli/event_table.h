// Events as rows of a table, for those who keep their books in spreadsheets.
//
// The first row names the columns. `kind` is the verb, as `hand_over`. Other columns are paths below the verb's body,
// as `outputs[0].gross_mg`, or fields of the event itself: occurred_at_us, utc_offset_min, on_behalf_of_party_id.
// `key`, if there, names the files of private keys that sign the row, separated by spaces. Values are spelled as
// options spell them (see set_field.h); a cell that is empty says nothing. Elements of a list come in order, without
// gaps. Rows without any text are skipped.
//
// `as`, if there, names what the row makes, in order (outputs, then remainders), separated by spaces: where an id
// belongs, a row further down may write the name. So a table tells what became of a lot whose id nobody knows before
// the table is signed. Lists of ids in which a name stands are put in order.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "touchstone/v1/event.pb.h"

namespace touchstone::cli {

/// A cell that says by name what an earlier row made.
struct NameUsed {
  std::string path;  // of the field in the event
  std::string name;
};

/// One row, read. Rows are counted from 1, the one with the names included.
struct TableEvent {
  size_t row = 0;
  v1::Event event;
  std::vector<std::string> key_files;  // empty: those of --key
  std::vector<std::string> names;      // of what it makes, in order; what comes after them has none
  std::vector<NameUsed> used;          // fields whose ids are still to be put in: see PutIds
};

/// What is wrong with one cell, or with a whole row.
struct CellError {
  size_t row = 0;
  std::string letters;  // of the column, as a spreadsheet shows it; empty: the row
  std::string column;   // its name
  absl::Status status;
};

/// A column, as a spreadsheet shows it, and its name.
struct Column {
  std::string letters;
  std::string name;
};

struct EventTable {
  std::vector<std::string> columns;  // their names
  std::vector<TableEvent> events;
  std::vector<CellError> errors;  // by row, then column; of a row with errors there is no event
};

/// Reads a table. Whatever is wrong with single rows stands among the errors: BAD_VERB, BAD_FIELD, BAD_ID for what is
/// neither an id nor the name of such a thing where one belongs, BAD_NAME for a name that may not be given,
/// FIELD_REQUIRED for a row without verb or, unless `time_given`, without occurred_at_us, and
/// those of the values' parsers. The call itself fails with BAD_CSV for what is no table, or with BAD_COLUMN for one
/// without `kind`, or with columns that no event has or whose name another has: all of them are named.
absl::StatusOr<EventTable> ReadEventTable(std::string_view csv, bool time_given);

/// Moves rows that no ledger would admit for their form (see ledger/form.h) from the events to the errors.
void CheckForms(EventTable& table);

/// The column that says this field of the row's event, as `produce.outputs[0].gross_mg`; or the first that says a part
/// of it, or what it is a part of. Absent where no column does, and for a list that PutIds puts in another order.
std::optional<Column> ColumnOf(const EventTable& table, const TableEvent& row, std::string_view field);

/// Puts the ids of what earlier rows made where the row says their names. An event's id rests on the ids in it, so a
/// row is completed and signed before the next.
absl::Status PutIds(const std::map<std::string, std::string>& id_of, TableEvent& row);

}  // namespace touchstone::cli
