// What is answered about the past is what was answered then: over random histories with every verb, answers are noted
// as the log grows, and asked for again at its end.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "base/check.h"
#include "base/encoding.h"
#include "base/status.h"
#include "ledger/archive.h"
#include "ledger/claim_reading.h"
#include "ledger/decide.h"
#include "ledger/envelope.h"
#include "ledger/ids.h"
#include "ledger/policy.h"
#include "ledger/state.h"
#include "tests/property/ledger/model/market.h"
#include "tests/property/ledger/model/model.h"
#include "tests/support/answers.h"

namespace touchstone::ledger::model {
namespace {

using testing::AnsweredPacks;
using testing::AnswersAsOf;
using testing::AnswersOn;
using testing::VerdictsOn;

/// The log of a market. Nobody asks for its signatures.
class MarketLedger final : public Archive {
 public:
  /// Decides the move, and appends what is admitted.
  Decision Take(const Move& move) {
    v1::Envelope envelope;
    envelope.set_payload(move.event.SerializeAsString());
    for (const std::string& key : move.event.signer_keys()) {
      v1::Signature& signature = *envelope.add_signatures();
      signature.set_key(key);
      signature.set_signature(std::string(64, '\0'));
    }
    Decision decision = Decide(state_, {move.event_id, move.event, envelope}, {size(), move.recorded_at_us});
    if (const auto* effects = std::get_if<Effects>(&decision)) {
      entries_.push_back(EncodeEntry(move.recorded_at_us, envelope.SerializeAsString()));
      state_.Apply(effects->state);
      for (const Mutation& mutation : effects->indexes) Index(mutation);
      at_us_ = move.recorded_at_us;
    }
    return decision;
  }
  int64_t at_us() const { return at_us_; }

  std::optional<std::string> Get(std::string_view key) const override { return state_.Get(key); }
  uint64_t size() const override { return entries_.size(); }
  absl::StatusOr<std::string> Entry(uint64_t index) const override { return entries_.at(index); }
  absl::StatusOr<std::vector<uint64_t>> History(std::string_view object_id) const override {
    const std::string prefix = HistoryPrefix(object_id);
    std::vector<uint64_t> history;
    for (auto it = indexes_.lower_bound(prefix); it != indexes_.end() && it->first.starts_with(prefix); ++it) {
      history.push_back(ReadU64(std::string_view(it->first).substr(prefix.size())));
    }
    return history;
  }
  absl::StatusOr<std::vector<crypto::Hash>> MultiProof(const std::vector<uint64_t>&, uint64_t) const override {
    return UnavailableHere();
  }
  absl::StatusOr<std::vector<v1::FindingRecord>> Findings(uint64_t index) const override {
    const std::string prefix = FindingPrefix(index);
    std::vector<v1::FindingRecord> findings;
    for (auto it = indexes_.lower_bound(prefix); it != indexes_.end() && it->first.starts_with(prefix); ++it) {
      TS_CHECK(findings.emplace_back().ParseFromString(it->second));
    }
    return findings;
  }
  absl::Status status() const override { return absl::OkStatus(); }

 private:
  static absl::Status UnavailableHere() {
    return MakeError(absl::StatusCode::kUnimplemented, "NO_TREE", "", "no tree");
  }
  void Index(const Mutation& mutation) {
    if (mutation.value.has_value()) {
      indexes_.insert_or_assign(mutation.key, *mutation.value);
    } else {
      indexes_.erase(mutation.key);
    }
  }

  std::vector<std::string> entries_;
  MemoryState state_;
  std::map<std::string, std::string, std::less<>> indexes_;
  int64_t at_us_ = 0;
};

/// One answer as it was given.
struct Given {
  std::string id;
  uint64_t size = 0;
  int64_t at_us = 0;
  std::string answer;
};

/// A claim's reading begins with what was answered when it was made, and ends with what is answered now.
void ExpectReadToTheEnd(const Archive& now, const std::string& claim_id, const std::string& as_claimed) {
  const auto readings = ReadClaim(now, now.size(), claim_id, AnsweredPacks());
  ASSERT_TRUE(readings.ok()) << readings.status();
  ASSERT_EQ(readings->size(), AnsweredPacks().size());
  std::string told;
  for (const v1::ClaimReading& reading : *readings) told += reading.as_claimed().DebugString();
  EXPECT_EQ(told, as_claimed) << claim_id;
  for (size_t i = 0; i < AnsweredPacks().size(); ++i) {
    const auto& turns = (*readings)[i].turns();
    const v1::Verdict last = turns.empty() ? (*readings)[i].as_claimed().verdict() : turns.rbegin()->verdict();
    EXPECT_EQ(last, Evaluate(now, now.size(), claim_id, *AnsweredPacks()[i])->verdict()) << claim_id;
  }
}

struct History {
  MarketLedger ledger;
  std::vector<Given> given;
  std::map<std::string, std::string> as_claimed;  // by claim
};

/// Tells a market, and notes an answer about something that there is, now and then.
void Tell(uint64_t seed, int events, History& history) {
  ReferenceModel model;
  Market market(seed, model.world());
  Dice dice(seed);
  std::vector<std::string> things;
  for (int i = 0; i < events; ++i) {
    const Move move = market.Next();
    const Decision decision = history.ledger.Take(move);
    market.Note(move, model.Take(move.event, move.event_id, move.recorded_at_us));
    const auto* effects = std::get_if<Effects>(&decision);
    if (effects == nullptr) continue;
    for (const std::string& id : effects->created_ids) {
      if (IsId(ObjectKind::kClaim, id)) history.as_claimed[id] = VerdictsOn(history.ledger, id);
      const bool thing = IsId(ObjectKind::kLot, id) || IsId(ObjectKind::kPiece, id) || IsId(ObjectKind::kClaim, id);
      if (thing) things.push_back(id);
    }
    if (things.empty() || !dice.Chance(4)) continue;
    // What is young is asked about most.
    const size_t reach = std::min<size_t>(things.size(), dice.Chance(70) ? 30 : things.size());
    const std::string& id = things[things.size() - 1 - dice.Below(reach)];
    const int64_t at_us = history.ledger.at_us();
    history.given.push_back({id, history.ledger.size(), at_us, AnswersOn(history.ledger, id, at_us)});
  }
}

TEST(Past, AnswersAsTheLogDidWhenItHadThatSize) {
  constexpr int kEvents = 3'000;
  std::set<std::string> answers;
  for (const uint64_t seed : {1, 2, 3, 4}) {
    History history;
    Tell(seed, kEvents, history);
    for (const Given& given : history.given) {
      answers.insert(given.answer);
      EXPECT_EQ(AnswersAsOf(history.ledger, given.size, given.id, given.at_us), given.answer)
          << given.id << " as of " << given.size << " of seed " << seed;
      if (HasFailure()) return;
    }
  }
  EXPECT_GT(answers.size(), 300U);  // what is compared is not one answer over and over
}

TEST(Past, ReadsClaimsAsTheyWereMade) {
  constexpr int kEvents = 6'000;
  History history;
  Tell(11, kEvents, history);
  EXPECT_GT(history.as_claimed.size(), 5U);
  for (const auto& [claim_id, as_claimed] : history.as_claimed) {
    ExpectReadToTheEnd(history.ledger, claim_id, as_claimed);
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace touchstone::ledger::model
