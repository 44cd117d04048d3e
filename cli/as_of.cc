#include "cli/as_of.h"

#include "base/status.h"
#include "cli/decimal.h"
#include "cli/time.h"
#include "fmt/format.h"

namespace touchstone::cli {
namespace {

absl::StatusOr<uint64_t> ParseSize(std::string_view text) {
  TS_ASSIGN_OR_RETURN(const uint64_t size, ParseCount(text));
  if (size > 0) return size;
  return InvalidInput("BAD_SIZE", "", "a log of one entry or more");
}

/// A date has passed when its last moment has.
absl::StatusOr<int64_t> ParseEndOfDateOrTime(std::string_view text) {
  constexpr size_t kDateLength = 10;
  constexpr int64_t kUsPerDay = int64_t{86'400} * 1'000'000;
  TS_ASSIGN_OR_RETURN(const int64_t us, ParseTimeOrDate(text));
  return text.size() == kDateLength ? us + kUsPerDay - 1 : us;
}

}  // namespace

std::shared_ptr<AsOfOptions> AddAsOf(CLI::App* command) {
  auto options = std::make_shared<AsOfOptions>();
  CLI::Option* size = AddValue<uint64_t>(command, "--as-of", "ENTRIES", "As the answer was when the log had so many",
                                         &ParseSize, [options](uint64_t value) { options->size = value; });
  AddValue<int64_t>(command, "--as-of-date", "TIME", "As the answer was then; a date alone means its end in UTC",
                    &ParseEndOfDateOrTime, [options](int64_t us) { options->us = us; })
      ->excludes(size);
  return options;
}

std::string AsOfText(uint64_t size, int64_t us) {
  return fmt::format("as of: {} entries, the last recorded at {}\n", size, FormatTimeUs(us));
}

void AddAsOfTo(Json& json, uint64_t size, int64_t us) {
  json["as_of_size"] = size;
  json["as_of_us"] = us;
}

}  // namespace touchstone::cli
