#include "cli/output.h"

#include "base/status.h"
#include "cli/exit_code.h"
#include "fmt/format.h"

namespace touchstone::cli {
namespace {

std::string_view Opening(ExitCode code) {
  switch (code) {
    case ExitCode::kDone:
    case ExitCode::kIndeterminate:
    case ExitCode::kParked:
      return "error";
    case ExitCode::kRefused:
      return "refused";
    case ExitCode::kNotVerifiable:
      return "not verifiable";
    case ExitCode::kUsage:
      return "bad input";
    case ExitCode::kFailure:
      return "failed";
  }
  return "error";
}

}  // namespace

void Output::Result(const Json& value, std::string_view text) {
  if (!json_) {
    out_ << text << std::flush;
    return;
  }
  // Names come from others and may be any bytes; what is not UTF-8 is shown as such.
  out_ << value.dump(-1, ' ', false, Json::error_handler_t::replace) << std::endl;
}

void Output::Error(const absl::Status& status) {
  if (json_) {
    Result(Json{{"error", ErrorJson(status)}}, "");
  } else {
    Note(fmt::format("{}: {}", Opening(ExitCodeOf(status)), ErrorText(status)));
  }
}

void Output::Note(std::string_view line) { err_ << line << std::endl; }

void Output::Raw(std::string_view bytes) { out_ << bytes << std::flush; }

Json ErrorJson(const absl::Status& status) {
  return Json{{"code", absl::StatusCodeToString(status.code())},
              {"reason", ReasonOf(status)},
              {"field", FieldOf(status)},
              {"message", std::string(MessageOf(status))}};
}

std::string ErrorText(const absl::Status& status) {
  const std::string reason = ReasonOf(status);
  const std::string field = FieldOf(status);
  const std::string where = field.empty() ? "" : (reason.empty() ? field : " at " + field);
  return fmt::format("{}{}{}{}", reason, where, reason.empty() && field.empty() ? "" : ": ", MessageOf(status));
}

}  // namespace touchstone::cli
