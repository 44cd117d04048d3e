#include <map>

#include "base/status.h"
#include "gtest/gtest.h"
#include "services/store_view.h"

namespace touchstone::services {
namespace {

/// A state in memory that can be told to fail.
class FakeState final : public storage::StateReader {
 public:
  absl::StatusOr<std::optional<std::string>> GetState(std::string_view key) const override {
    if (!error.ok()) return error;
    const auto it = records.find(key);
    if (it == records.end()) return std::nullopt;
    return it->second;
  }
  absl::StatusOr<std::vector<std::optional<std::string>>> MultiGetState(std::span<const std::string>) const override {
    return absl::UnimplementedError("not asked for here");
  }
  absl::Status ScanState(std::string_view, std::string_view, const storage::Visitor&) const override {
    return absl::UnimplementedError("not asked for here");
  }

  std::map<std::string, std::string, std::less<>> records = {{"a", "1"}, {"b", "2"}};
  absl::Status error;
};

TEST(OverlayView, ShowsTheCommittedState) {
  const FakeState state;
  const OverlayView view(state);
  EXPECT_EQ(view.Get("a"), "1");
  EXPECT_EQ(view.Get("c"), std::nullopt);
  EXPECT_TRUE(view.status().ok());
}

TEST(OverlayView, ShowsWhatTheBatchSetAndRemoved) {
  const FakeState state;
  OverlayView view(state);
  view.Apply({{"a", "9"}, {"b", std::nullopt}, {"c", ""}});
  EXPECT_EQ(view.Get("a"), "9");
  EXPECT_EQ(view.Get("b"), std::nullopt);
  EXPECT_EQ(view.Get("c"), "");
  view.Apply({{"b", "3"}});
  EXPECT_EQ(view.Get("b"), "3");
}

TEST(OverlayView, RemembersTheFirstFailureOfTheDisk) {
  FakeState state;
  OverlayView view(state);
  view.Apply({{"c", "5"}});
  state.error = MakeError(absl::StatusCode::kUnavailable, "STORE_IO", "", "the disk is gone");
  EXPECT_EQ(view.Get("c"), "5");
  EXPECT_TRUE(view.status().ok());
  EXPECT_EQ(view.Get("a"), std::nullopt);
  state.error = absl::OkStatus();
  EXPECT_EQ(view.Get("a"), "1");
  EXPECT_EQ(ReasonOf(view.status()), "STORE_IO");
}

}  // namespace
}  // namespace touchstone::services
