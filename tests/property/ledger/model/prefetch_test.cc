// A decision rests on the records that it reads and on nothing else: whoever reads them beforehand, in whatever order,
// decides the same.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "ledger/decide.h"
#include "tests/property/ledger/model/market.h"
#include "tests/property/ledger/model/model.h"

namespace touchstone::ledger::model {
namespace {

/// Notes what is read.
class NotingView final : public View {
 public:
  explicit NotingView(const View& view) : view_(view) {}
  std::optional<std::string> Get(std::string_view key) const override {
    keys_.emplace(key);
    return view_.Get(key);
  }
  std::vector<std::string> keys() const { return {keys_.begin(), keys_.end()}; }

 private:
  const View& view_;
  mutable std::set<std::string> keys_;
};

/// Answers from what was read beforehand.
class PrefetchedView final : public View {
 public:
  PrefetchedView(const View& view, const std::vector<std::string>& keys) {
    for (const std::string& key : keys) records_.emplace(key, view.Get(key));
  }
  std::optional<std::string> Get(std::string_view key) const override {
    const auto record = records_.find(std::string(key));
    if (record != records_.end()) return record->second;
    ADD_FAILURE() << "what was not read before is read now";
    return std::nullopt;
  }

 private:
  std::unordered_map<std::string, std::optional<std::string>> records_;
};

void ExpectSame(const Decision& a, const Decision& b) {
  ASSERT_EQ(a.index(), b.index());
  if (const auto* refused = std::get_if<Rejection>(&a)) {
    const auto& other = std::get<Rejection>(b);
    EXPECT_EQ(refused->reason, other.reason);
    EXPECT_EQ(refused->field, other.field);
    EXPECT_EQ(refused->message, other.message);
    return;
  }
  const auto& effects = std::get<Effects>(a);
  const auto& others = std::get<Effects>(b);
  EXPECT_EQ(effects.state, others.state);
  EXPECT_EQ(effects.indexes, others.indexes);
  EXPECT_EQ(effects.created_ids, others.created_ids);
  ASSERT_EQ(effects.findings.size(), others.findings.size());
  for (size_t i = 0; i < effects.findings.size(); ++i) {
    EXPECT_EQ(effects.findings[i].SerializeAsString(), others.findings[i].SerializeAsString());
  }
}

TEST(Decisions, DoNotDependOnTheOrderOfAPrefetch) {
  constexpr int kEvents = 6'000;
  ReferenceModel model;
  Market market(4'711, model.world());
  Dice dice(4'711);
  MemoryState state;
  for (int i = 0; i < kEvents && !HasFailure(); ++i) {
    const Move move = market.Next();
    const SignedEvent event = {move.event_id, move.event, {}};
    const Admission admission = {model.size(), move.recorded_at_us};
    const NotingView noting(state);
    const Decision decision = Decide(noting, event, admission);
    std::vector<std::string> keys = noting.keys();
    for (size_t k = keys.size(); k > 1; --k) std::swap(keys[k - 1], keys[dice.Below(k)]);
    ExpectSame(decision, Decide(PrefetchedView(state, keys), event, admission));
    const Answer answer = model.Take(move.event, move.event_id, move.recorded_at_us);
    if (const auto* effects = std::get_if<Effects>(&decision)) state.Apply(effects->state);
    market.Note(move, answer);
  }
}

}  // namespace
}  // namespace touchstone::ledger::model
