#include "cli/exit_code.h"

#include <string>

#include "absl/strings/cord.h"

namespace touchstone::cli {
namespace {

constexpr char kExitCodeUrl[] = "touchstone/exit-code";

}  // namespace

const std::string_view kExitCodesHelp =
    "Exit codes:\n"
    "  0  done, or PASS\n"
    "  1  an event refused by the ledger, or FAIL; of `lot check` REJECT\n"
    "  2  INDETERMINATE\n"
    "  3  not verifiable: a proof, signature or bundle does not hold\n"
    "  4  wrong usage, or input that cannot be used, as an id that the ledger does not have\n"
    "  5  the server cannot be reached, or another failure\n"
    "  6  parked: the node keeps the event until what it names is there; it is not recorded yet\n";

absl::Status EndingWith(ExitCode code, absl::Status status) {
  if (!status.ok() && !status.GetPayload(kExitCodeUrl).has_value()) {
    status.SetPayload(kExitCodeUrl, absl::Cord(std::string(1, static_cast<char>('0' + static_cast<int>(code)))));
  }
  return status;
}

ExitCode ExitCodeOf(const absl::Status& status) {
  if (status.ok()) return ExitCode::kDone;
  if (const auto mark = status.GetPayload(kExitCodeUrl); mark.has_value()) {
    return static_cast<ExitCode>(std::string(*mark).front() - '0');
  }
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kOutOfRange:
      return ExitCode::kUsage;
    default:
      return ExitCode::kFailure;
  }
}

}  // namespace touchstone::cli
