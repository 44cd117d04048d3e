#include "base/status.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace touchstone {
namespace {

absl::StatusOr<int> Half(int value) {
  if (value % 2 != 0) return InvalidInput("ODD", "value", "must be even");
  return value / 2;
}

absl::StatusOr<int> Quarter(int value) {
  TS_ASSIGN_OR_RETURN(const int half, Half(value));
  TS_ASSIGN_OR_RETURN(const int quarter, Half(half));
  return quarter;
}

TEST(StatusTest, AnErrorCarriesItsCodeReasonFieldAndMessage) {
  const absl::Status error = MakeError(absl::StatusCode::kNotFound, "NO_SUCH_LOT", "lot_id", "name a recorded lot");
  EXPECT_EQ(error.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ReasonOf(error), "NO_SUCH_LOT");
  EXPECT_EQ(FieldOf(error), "lot_id");
  EXPECT_EQ(MessageOf(error), "name a recorded lot");
}

TEST(StatusTest, BadInputIsAnInvalidArgument) {
  EXPECT_EQ(InvalidInput("R", "f", "m").code(), absl::StatusCode::kInvalidArgument);
}

TEST(StatusTest, StatusesWithoutReasonOrFieldAnswerWithNothing) {
  EXPECT_EQ(ReasonOf(absl::InternalError("x")), "");
  EXPECT_EQ(FieldOf(InvalidInput("R", "", "the whole input")), "");
  EXPECT_EQ(ReasonOf(absl::OkStatus()), "");
}

TEST(StatusTest, APrefixIsPutBeforeTheFieldWithADot) {
  EXPECT_EQ(FieldOf(InField("inputs[2]", InvalidInput("R", "lot_id", "m"))), "inputs[2].lot_id");
}

TEST(StatusTest, APrefixIsPutBeforeAnIndexWithoutADot) {
  EXPECT_EQ(FieldOf(InField("inputs", InvalidInput("R", "[2].lot_id", "m"))), "inputs[2].lot_id");
}

TEST(StatusTest, APrefixBecomesTheFieldOfAnErrorThatHadNone) {
  const absl::Status error = InField("mass", InvalidInput("TOO_HEAVY", "", "at most 1000 t"));
  EXPECT_EQ(FieldOf(error), "mass");
  EXPECT_EQ(ReasonOf(error), "TOO_HEAVY");
  EXPECT_EQ(MessageOf(error), "at most 1000 t");
}

TEST(StatusTest, APrefixLeavesSuccessAlone) { EXPECT_TRUE(InField("mass", absl::OkStatus()).ok()); }

TEST(StatusMacroTest, TheValueIsAssignedWhenThereIsOne) {
  const auto quarter = Quarter(12);
  ASSERT_TRUE(quarter.ok());
  EXPECT_EQ(*quarter, 3);
}

TEST(StatusMacroTest, TheFirstErrorIsReturnedWithItsDetails) {
  const auto quarter = Quarter(6);
  EXPECT_EQ(ReasonOf(quarter.status()), "ODD");
  EXPECT_EQ(FieldOf(quarter.status()), "value");
}

TEST(StatusMacroTest, ValuesThatOnlyMoveAreMoved) {
  const auto take = [](absl::StatusOr<std::unique_ptr<int>> maybe) -> absl::StatusOr<int> {
    TS_ASSIGN_OR_RETURN(const std::unique_ptr<int> owned, std::move(maybe));
    return *owned;
  };
  EXPECT_EQ(*take(std::make_unique<int>(7)), 7);
}

TEST(StatusMacroTest, ReturnIfErrorEvaluatesItsExpressionOnce) {
  int calls = 0;
  const auto run = [&calls](const absl::Status& outcome) -> absl::Status {
    TS_RETURN_IF_ERROR((++calls, outcome));
    return absl::AlreadyExistsError("went on");
  };
  EXPECT_EQ(run(absl::OkStatus()).code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(run(absl::AbortedError("stop")).code(), absl::StatusCode::kAborted);
  EXPECT_EQ(calls, 2);
}

}  // namespace
}  // namespace touchstone
