#include "cli/listing.h"

#include <utility>

#include "base/files.h"
#include "base/status.h"
#include "cli/csv.h"
#include "fmt/format.h"

namespace touchstone::cli {
namespace {

constexpr std::string_view kStandardOutput = "-";

}  // namespace

Listing::Listing(Context& context, std::string csv_file, const std::vector<std::string>& columns)
    : context_(context), csv_file_(std::move(csv_file)) {
  if (csv_file_.empty()) return;
  csv_ = CsvRow(columns);
  if (csv_file_ == kStandardOutput) context_.output().Raw(csv_);
}

void Listing::Add(const Json& json, std::string_view text, const std::vector<std::string>& cells) {
  ++rows_;
  if (csv_file_.empty()) {
    context_.output().Result(json, text);
  } else if (csv_file_ == kStandardOutput) {
    context_.output().Raw(CsvRow(cells));
  } else {
    csv_ += CsvRow(cells);
  }
}

absl::Status Listing::Finish() {
  if (csv_file_.empty() || csv_file_ == kStandardOutput) return absl::OkStatus();
  constexpr mode_t kReadable = 0644;
  TS_RETURN_IF_ERROR(WriteFileAtomically(csv_file_, csv_, kReadable));
  context_.output().Result(Json{{"file", csv_file_}, {"rows", rows_}}, fmt::format("{}: {} rows\n", csv_file_, rows_));
  return absl::OkStatus();
}

}  // namespace touchstone::cli
