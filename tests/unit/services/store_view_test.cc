#include "services/store_view.h"

#include <map>

#include "base/limits.h"
#include "base/status.h"
#include "gtest/gtest.h"
#include "ledger/state.h"
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

  std::map<std::string, std::string, std::less<>> records;
  absl::Status error;
};

std::string Named(const std::string& name) {
  v1::PartyRecord party;
  party.set_name(name);
  return party.SerializeAsString();
}

const absl::Status kGone = MakeError(absl::StatusCode::kUnavailable, "STORE_IO", "", "the disk is gone");

TEST(StoreView, ShowsTheCommittedStateAndRemembersTheFirstFailure) {
  FakeState state;
  state.records["a"] = "1";
  const StoreView view(state);
  EXPECT_EQ(view.Get("a"), "1");
  EXPECT_EQ(view.Get("c"), std::nullopt);
  EXPECT_TRUE(view.status().ok());
  state.error = kGone;
  EXPECT_EQ(view.Get("a"), std::nullopt);
  state.error = absl::OkStatus();
  EXPECT_EQ(view.Get("a"), "1");
  EXPECT_EQ(ReasonOf(view.status()), "STORE_IO");
}

TEST(WorkingState, KeepsWhatItReadAndChangedFromBatchToBatch) {
  FakeState state;
  state.records["Pa"] = Named("before");
  WorkingState working(state);
  working.ForNextBatch().Change<v1::PartyRecord>("a").set_name("after");
  working.ForNextBatch().EndDecision();
  EXPECT_EQ(working.ForNextBatch().TakeState(), (Mutations{{"Pa", Named("after")}}));
  state.records["Pa"] = "what the store says now is not asked for again";
  EXPECT_EQ(working.ForNextBatch().Find<v1::PartyRecord>("a")->name(), "after");
}

TEST(WorkingState, ForgetsWhatIsNotCommitted) {
  FakeState state;
  state.records["Pa"] = Named("before");
  WorkingState working(state);
  working.ForNextBatch().Change<v1::PartyRecord>("a").set_name("after");
  working.Forget();
  EXPECT_EQ(working.ForNextBatch().Find<v1::PartyRecord>("a")->name(), "before");
  EXPECT_TRUE(working.ForNextBatch().TakeState().empty());
}

TEST(WorkingState, ReadsAgainAfterAFailureOnlyOnceItHasForgotten) {
  FakeState state;
  state.records["Pa"] = Named("there");
  state.error = kGone;
  WorkingState working(state);
  EXPECT_EQ(working.ForNextBatch().Find<v1::PartyRecord>("a"), nullptr);
  EXPECT_EQ(ReasonOf(working.status()), "STORE_IO");
  state.error = absl::OkStatus();
  working.Forget();
  EXPECT_TRUE(working.status().ok());
  EXPECT_EQ(working.ForNextBatch().Find<v1::PartyRecord>("a")->name(), "there");
}

TEST(WorkingState, IsBegunAnewWhenItHasGrownTooLarge) {
  FakeState state;
  WorkingState working(state);
  ledger::Draft& draft = working.ForNextBatch();
  for (uint64_t i = 0; draft.memory_bytes() <= limits::kMaxDraftBytes; ++i) {
    draft.Create<v1::StepRecord>(ledger::StepId(i)).set_index(i);
  }
  draft.EndDecision();
  for (const Mutation& mutation : draft.TakeState()) state.records[mutation.key] = *mutation.value;
  EXPECT_LT(working.ForNextBatch().memory_bytes(), size_t{1} << 16);
  EXPECT_EQ(working.ForNextBatch().Find<v1::StepRecord>(ledger::StepId(7))->index(), 7u);
}

}  // namespace
}  // namespace touchstone::services
