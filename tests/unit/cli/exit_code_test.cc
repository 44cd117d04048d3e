#include "cli/exit_code.h"

#include <gtest/gtest.h>

#include "base/status.h"

namespace touchstone::cli {
namespace {

TEST(ExitCodeOf, TellsBadInputFromFailure) {
  EXPECT_EQ(ExitCodeOf(absl::OkStatus()), ExitCode::kDone);
  EXPECT_EQ(ExitCodeOf(InvalidInput("BAD_MASS", "--output", "")), ExitCode::kUsage);
  EXPECT_EQ(ExitCodeOf(MakeError(absl::StatusCode::kPermissionDenied, "KEY_FILE_EXPOSED", "", "")), ExitCode::kUsage);
  EXPECT_EQ(ExitCodeOf(absl::UnavailableError("")), ExitCode::kFailure);
  EXPECT_EQ(ExitCodeOf(absl::InternalError("")), ExitCode::kFailure);
}

TEST(ExitCodeOf, KeepsTheFirstMark) {
  const absl::Status marked =
      EndingWith(ExitCode::kNotVerifiable, InvalidInput("ROOT_MISMATCH", "proof", "wrong root"));
  EXPECT_EQ(ExitCodeOf(marked), ExitCode::kNotVerifiable);
  EXPECT_EQ(ExitCodeOf(EndingWith(ExitCode::kRefused, marked)), ExitCode::kNotVerifiable);
  EXPECT_EQ(ReasonOf(marked), "ROOT_MISMATCH");
  EXPECT_TRUE(EndingWith(ExitCode::kRefused, absl::OkStatus()).ok());
}

}  // namespace
}  // namespace touchstone::cli
