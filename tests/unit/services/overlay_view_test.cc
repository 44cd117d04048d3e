#include <map>

#include "base/status.h"
#include "gtest/gtest.h"
#include "services/store_view.h"
#include "touchstone/v1/record.pb.h"

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

TEST(OverlayView, ShowsParsedWhatTheBatchMadeOfARecord) {
  const auto named = [](const std::string& name) {
    v1::PartyRecord party;
    party.set_name(name);
    return party.SerializeAsString();
  };
  FakeState state;
  state.records["Pa"] = named("before");
  OverlayView view(state);
  const auto name = [&]() -> std::string {
    const auto record = view.GetParsed("Pa", v1::PartyRecord::default_instance());
    return record == nullptr ? "none" : static_cast<const v1::PartyRecord&>(*record).name();
  };
  const auto before = view.GetParsed("Pa", v1::PartyRecord::default_instance());
  EXPECT_EQ(name(), "before");
  view.Apply({{"Pa", named("after")}});
  EXPECT_EQ(name(), "after");
  EXPECT_EQ(static_cast<const v1::PartyRecord&>(*before).name(), "before") << "who looks at it still has it";
  view.Apply({{"Pa", std::nullopt}});
  EXPECT_EQ(name(), "none");
  view.Apply({{"Pa", "no record"}});
  EXPECT_EQ(name(), "none");
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
