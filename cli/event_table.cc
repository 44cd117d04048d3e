#include "cli/event_table.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "base/limits.h"
#include "base/status.h"
#include "cli/csv.h"
#include "cli/set_field.h"
#include "cli/words.h"
#include "fmt/format.h"
#include "fmt/ranges.h"
#include "ledger/created.h"
#include "ledger/form.h"
#include "ledger/ids.h"

namespace touchstone::cli {
namespace {

using google::protobuf::FieldDescriptor;

constexpr std::string_view kKind = "kind";
constexpr std::string_view kKey = "key";
constexpr std::string_view kAs = "as";
constexpr std::string_view kTime = "occurred_at_us";
constexpr std::string_view kEventFields[] = {kTime, "utc_offset_min", "on_behalf_of_party_id"};

bool IsEventField(std::string_view column) {
  return std::find(std::begin(kEventFields), std::end(kEventFields), column) != std::end(kEventFields);
}

/// `outputs[0].gross_mg` as `outputs`: whether any verb has that is told at once, the rest where a cell uses it.
bool IsOfSomeVerb(std::string_view column) {
  const std::string first(column.substr(0, column.find_first_of("[.")));
  const google::protobuf::OneofDescriptor& verbs = *v1::Event::descriptor()->FindOneofByName("body");
  for (int i = 0; i < verbs.field_count(); ++i) {
    if (verbs.field(i)->message_type()->FindFieldByName(first) != nullptr) return true;
  }
  return false;
}

bool IsColumn(std::string_view column) {
  return column == kKind || column == kKey || column == kAs || IsEventField(column) || IsOfSomeVerb(column);
}

/// `lot` for `lot_ids[3]` and `inputs[0].lot_id`; empty for what is not an id of one kind of object.
std::optional<ledger::ObjectKind> KindNamed(std::string_view column) {
  std::string_view field = column.substr(
      0, column.rfind('[') == std::string_view::npos || column.back() != ']' ? column.size() : column.rfind('['));
  if (const size_t dot = field.rfind('.'); dot != std::string_view::npos) field.remove_prefix(dot + 1);
  for (const ledger::ObjectKind kind :
       {ledger::ObjectKind::kParty, ledger::ObjectKind::kSite, ledger::ObjectKind::kLicence,
        ledger::ObjectKind::kAttestation, ledger::ObjectKind::kLot, ledger::ObjectKind::kOffer,
        ledger::ObjectKind::kPiece, ledger::ObjectKind::kClaim, ledger::ObjectKind::kAccount}) {
    for (const char* end : {"_id", "_ids"}) {
      if (field.ends_with(fmt::format("{}{}", ledger::PrefixOf(kind), end))) return kind;
    }
  }
  return std::nullopt;
}

/// Whether the column is an id of whatever it is about, as that of a hold.
bool IsOfAnyKind(std::string_view column) { return column == "subject_id"; }

absl::Status CheckId(std::string_view column, std::string_view text) {
  const std::optional<ledger::ObjectKind> kind = KindNamed(column);
  if (!kind.has_value() || ledger::IsId(*kind, text)) return absl::OkStatus();
  return InvalidInput("BAD_ID", "",
                      fmt::format("'{}' is neither {}_ and 26 characters of a-z and 2-7, nor what a row above is named",
                                  text, ledger::PrefixOf(*kind)));
}

/// Nothing that could be taken for an id, or that a spreadsheet could take for a formula.
bool IsName(std::string_view text) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); };
  const auto allowed = [&](char c) { return letter(c) || c == '-' || c == '_' || c == '.'; };
  return !text.empty() && text.size() <= limits::kMaxReferenceBytes && letter(text.front()) &&
         std::all_of(text.begin(), text.end(), allowed) && !ledger::KindOfId(text).has_value();
}

std::vector<std::string> Words(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    if (!word.empty()) words.emplace_back(word);
    text.remove_prefix(std::min(text.size(), word.size() + 1));
  }
  return words;
}

class TableReader {
 public:
  TableReader(std::vector<std::string> columns, bool time_given)
      : columns_(std::move(columns)), time_given_(time_given) {}

  absl::Status CheckColumns() const {
    std::set<std::string> seen;
    std::vector<std::string> bad;  // letters
    std::vector<std::string> why;
    for (size_t i = 0; i < columns_.size(); ++i) {
      const std::string& column = columns_[i];
      const bool first = seen.insert(column).second;
      if (first && IsColumn(column)) continue;
      bad.push_back(ColumnLetters(i));
      why.push_back(first ? fmt::format("no event has a field '{}'", column)
                          : fmt::format("there are two columns '{}'", column));
    }
    if (!bad.empty()) {
      return InvalidInput("BAD_COLUMN", fmt::format("row 1, column {}", fmt::join(bad, ", ")),
                          fmt::format("{}", fmt::join(why, "; ")));
    }
    if (seen.contains(std::string(kKind))) return absl::OkStatus();
    return InvalidInput("BAD_COLUMN", "row 1", "one column is `kind`, the verb of each row");
  }

  void ReadRow(size_t row, const std::vector<std::string>& cells) {
    if (std::all_of(cells.begin(), cells.end(), [](const std::string& cell) { return cell.empty(); })) return;
    const size_t errors_before = table_.errors.size();
    TableEvent event;
    event.row = row;
    cells_ = &cells;
    ReadInto(event);
    GiveNames(event, table_.errors.size() == errors_before);
    std::stable_sort(table_.errors.begin() + static_cast<ptrdiff_t>(errors_before), table_.errors.end(),
                     [](const CellError& a, const CellError& b) {
                       return std::pair(a.letters.size(), a.letters) < std::pair(b.letters.size(), b.letters);
                     });
    if (table_.errors.size() == errors_before) table_.events.push_back(std::move(event));
  }

  EventTable Take() {
    table_.columns = columns_;
    return std::move(table_);
  }

 private:
  void ReadInto(TableEvent& event) {
    if (cells_->size() > columns_.size()) {
      Complain(event.row, columns_.size(), InvalidInput("BAD_CSV", "", "more cells than columns"));
    }
    const size_t kind = static_cast<size_t>(std::find(columns_.begin(), columns_.end(), kKind) - columns_.begin());
    const absl::StatusOr<const FieldDescriptor*> verb = VerbIn(CellAt(kind));
    if (!verb.ok()) return Complain(event.row, kind, verb.status());
    // A body without fields of its own, as an empty stocktake, is a body all the same.
    event.event.GetReflection()->MutableMessage(&event.event, *verb);
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (i == kind || CellAt(i).empty()) continue;
      if (columns_[i] == kKey) {
        event.key_files = Words(CellAt(i));
      } else if (columns_[i] == kAs) {
        event.names = Words(CellAt(i));
      } else if (const absl::Status status = ReadCell(event, (*verb)->name(), columns_[i], CellAt(i)); !status.ok()) {
        Complain(event.row, i, status);
      }
    }
    if (event.event.occurred_at_us() != 0 || time_given_) return;
    const auto time = std::find(columns_.begin(), columns_.end(), kTime);
    const absl::Status missing =
        InvalidInput("FIELD_REQUIRED", "",
                     "when it happened, here or for all rows by --at: with it, the same row is the same event");
    // A time that does not parse has been complained of.
    if (time == columns_.end()) return Complain(event.row, columns_.size(), missing);
    const auto place = static_cast<size_t>(time - columns_.begin());
    if (CellAt(place).empty()) Complain(event.row, place, missing);
  }

  static absl::StatusOr<const FieldDescriptor*> VerbIn(const std::string& cell) {
    if (cell.empty()) return InvalidInput("FIELD_REQUIRED", "", "the verb of the row, as hand_over");
    return ParseVerb(cell);
  }

  absl::Status ReadCell(TableEvent& row, const std::string& verb, const std::string& column, const std::string& cell) {
    const std::string path = IsEventField(column) ? column : verb + "." + column;
    const auto named = named_.find(cell);
    if (named != named_.end() && (KindNamed(column).has_value() || IsOfAnyKind(column))) {
      TS_RETURN_IF_ERROR(CheckKind(column, cell, named->second));
      row.used.push_back({path, cell});
    } else {
      TS_RETURN_IF_ERROR(CheckId(column, cell));
    }
    return SetField(row.event, path, cell, Lists::kGrow);
  }

  /// The named thing is of the kind that belongs there. Of what a row with errors would have made nothing is known.
  static absl::Status CheckKind(std::string_view column, std::string_view name,
                                const std::optional<ledger::ObjectKind>& kind) {
    const std::optional<ledger::ObjectKind> wanted = KindNamed(column);
    if (!kind.has_value() || !wanted.has_value() || kind == wanted) return absl::OkStatus();
    return InvalidInput("BAD_ID", "",
                        fmt::format("'{}' stands for {}_..., where {}_... belongs", name, ledger::PrefixOf(*kind),
                                    ledger::PrefixOf(*wanted)));
  }

  /// Makes the row's names known to those below it. A row with errors has names too, so that not every row that builds
  /// on it is complained of as well.
  void GiveNames(const TableEvent& event, bool is_whole) {
    if (event.names.empty()) return;
    const auto place = static_cast<size_t>(std::find(columns_.begin(), columns_.end(), kAs) - columns_.begin());
    const std::vector<std::string> made = ledger::CreatedIds(event.event, crypto::Hash());
    if (is_whole && event.names.size() > made.size()) {
      Complain(event.row, place,
               InvalidInput("BAD_NAME", "",
                            fmt::format("{} names for the {} that this row makes", event.names.size(), made.size())));
      is_whole = false;
    }
    for (size_t i = 0; i < event.names.size(); ++i) {
      const std::string& name = event.names[i];
      if (!IsName(name)) {
        Complain(event.row, place,
                 InvalidInput("BAD_NAME", "",
                              fmt::format("'{}' is not 1 to 64 letters, digits, '-', '_' and '.', the first a letter "
                                          "or digit, that could not be an id",
                                          name)));
      } else if (!named_.emplace(name, is_whole ? ledger::KindOfId(made[i]) : std::nullopt).second) {
        Complain(event.row, place, InvalidInput("BAD_NAME", "", fmt::format("two things are named '{}'", name)));
      }
    }
  }

  const std::string& CellAt(size_t column) const {
    static const std::string kNothing;
    return column < cells_->size() ? (*cells_)[column] : kNothing;
  }

  void Complain(size_t row, size_t column, absl::Status status) {
    const bool named = column < columns_.size();
    table_.errors.push_back(
        {row, named ? ColumnLetters(column) : "", named ? columns_[column] : "", std::move(status)});
  }

  const std::vector<std::string> columns_;
  const bool time_given_;
  const std::vector<std::string>* cells_ = nullptr;
  std::map<std::string, std::optional<ledger::ObjectKind>> named_;  // what the rows above made
  EventTable table_;
};

/// Whether `part` is `whole`, or lies in it.
bool IsIn(std::string_view part, std::string_view whole) {
  return part.starts_with(whole) &&
         (part.size() == whole.size() || part[whole.size()] == '.' || part[whole.size()] == '[');
}

/// Whether the field is an element of a list of ids in which the row says names.
bool IsReordered(const TableEvent& row, std::string_view field) {
  const auto list_of = [](std::string_view path) {
    return path.ends_with(']') ? path.substr(0, path.rfind('[')) : std::string_view();
  };
  return std::any_of(row.used.begin(), row.used.end(), [&](const NameUsed& used) {
    return !list_of(field).empty() && list_of(field) == list_of(used.path);
  });
}

/// Puts the list of texts that `path` ends in an element of in order; nothing for any other path.
void SortList(google::protobuf::Message& message, std::string_view path) {
  const size_t dot = path.find('.');
  const std::string_view step = path.substr(0, dot);
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(std::string(step.substr(0, step.find('['))));
  if (field == nullptr) return;
  if (dot == std::string_view::npos) {
    if (!field->is_repeated()) return;
    std::vector<std::string> list;
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      list.push_back(reflection.GetRepeatedString(message, field, i));
    }
    std::sort(list.begin(), list.end());
    for (size_t i = 0; i < list.size(); ++i) {
      reflection.SetRepeatedString(&message, field, static_cast<int>(i), list[i]);
    }
  } else if (!field->is_repeated()) {
    SortList(*reflection.MutableMessage(&message, field), path.substr(dot + 1));
  }
}

}  // namespace

absl::StatusOr<EventTable> ReadEventTable(std::string_view csv, bool time_given) {
  TS_ASSIGN_OR_RETURN(std::vector<std::vector<std::string>> rows, ParseCsv(csv));
  if (rows.empty()) return InvalidInput("BAD_COLUMN", "row 1", "the first row names the columns");
  TableReader reader(std::move(rows.front()), time_given);
  TS_RETURN_IF_ERROR(reader.CheckColumns());
  for (size_t i = 1; i < rows.size(); ++i) reader.ReadRow(i + 1, rows[i]);
  return reader.Take();
}

std::optional<Column> ColumnOf(const EventTable& table, const TableEvent& row, std::string_view field) {
  if (field.empty() || IsReordered(row, field)) return std::nullopt;
  const google::protobuf::OneofDescriptor& verbs = *v1::Event::descriptor()->FindOneofByName("body");
  const FieldDescriptor* const verb = v1::Event::GetReflection()->GetOneofFieldDescriptor(row.event, &verbs);
  std::optional<Column> near;
  for (size_t i = 0; i < table.columns.size(); ++i) {
    const std::string& name = table.columns[i];
    if (name == kKind || name == kKey || name == kAs || verb == nullptr) continue;
    const std::string path = IsEventField(name) ? name : fmt::format("{}.{}", verb->name(), name);
    if (path == field) return Column{ColumnLetters(i), name};
    if (!near.has_value() && (IsIn(path, field) || IsIn(field, path))) near = Column{ColumnLetters(i), name};
  }
  return near;
}

void CheckForms(EventTable& table) {
  const auto is_bad = [&table](const TableEvent& row) {
    const std::vector<ledger::Rejection> errors = ledger::FormErrors(row.event);
    for (const ledger::Rejection& error : errors) {
      const Column column = ColumnOf(table, row, error.field).value_or(Column());
      table.errors.push_back({row.row, column.letters, column.name, error.ToStatus()});
    }
    return !errors.empty();
  };
  std::erase_if(table.events, is_bad);
  std::stable_sort(table.errors.begin(), table.errors.end(),
                   [](const CellError& a, const CellError& b) { return a.row < b.row; });
}

absl::Status PutIds(const std::map<std::string, std::string>& id_of, TableEvent& row) {
  for (const NameUsed& used : row.used) {
    TS_RETURN_IF_ERROR(SetField(row.event, used.path, id_of.at(used.name), Lists::kFixed));
  }
  // Only then: each path counts elements as the table has them.
  for (const NameUsed& used : row.used) SortList(row.event, used.path);
  return absl::OkStatus();
}

}  // namespace touchstone::cli
