#include "ledger/claim_reading.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "base/limits.h"
#include "base/status.h"
#include "ledger/closure.h"
#include "ledger/created.h"
#include "ledger/rerun.h"
#include "ledger/state.h"

namespace touchstone::ledger {
namespace {

/// What sort of turn the event may be; nullopt for one that turns no claim that is there.
std::optional<v1::ClaimTurn::Cause> CauseOf(const v1::Event& event) {
  const auto annuls = [](v1::EndCause cause) { return cause == v1::END_CAUSE_ANNULLED; };
  if (annuls(event.end_attestation().cause()) || annuls(event.end_licence().cause()) ||
      annuls(event.end_accreditation().cause())) {
    return v1::ClaimTurn::CAUSE_ANNULMENT;
  }
  if (event.has_distrust_key()) return v1::ClaimTurn::CAUSE_DISTRUST;
  if (event.has_correct() || event.has_void_()) return v1::ClaimTurn::CAUSE_CORRECTION;
  if (event.has_retire_claim() || event.has_revoke_claim() || event.has_retire()) {
    return v1::ClaimTurn::CAUSE_CLAIM_ENDED;
  }
  if (event.has_release()) return v1::ClaimTurn::CAUSE_RELEASE;
  if (event.has_update_party()) return v1::ClaimTurn::CAUSE_PARTICULARS;
  return std::nullopt;
}

/// A reason without its words: a name that is written otherwise turns nothing.
using Point = std::tuple<int, int, std::string, uint64_t>;

std::set<Point> PointsOf(const v1::Evaluation& evaluation) {
  std::set<Point> points;
  for (const auto* list : {&evaluation.reasons(), &evaluation.certification()}) {
    for (const v1::VerdictReason& reason : *list) {
      points.emplace(reason.code(), reason.bearing(), reason.subject_id(), reason.entry_index());
    }
  }
  return points;
}

bool ReadsAlike(const v1::Evaluation& a, const v1::Evaluation& b) {
  return a.verdict() == b.verdict() && a.certified() == b.certified() && a.qualifying_ppm() == b.qualifying_ppm() &&
         PointsOf(a) == PointsOf(b);
}

v1::ClaimTurn TurnFrom(const v1::Evaluation& before, const v1::Evaluation& after, v1::ClaimTurn::Cause cause,
                       uint64_t index) {
  v1::ClaimTurn turn;
  turn.set_cause(cause);
  turn.set_entry_index(index);
  turn.set_verdict(after.verdict());
  const std::set<Point> known = PointsOf(before);
  for (const auto* list : {&after.reasons(), &after.certification()}) {
    for (const v1::VerdictReason& reason : *list) {
      const Point point(reason.code(), reason.bearing(), reason.subject_id(), reason.entry_index());
      if (known.count(point) == 0) *turn.add_reasons() = reason;
    }
  }
  return turn;
}

}  // namespace

absl::Status ClaimReader::Note(const View& state, uint64_t index, const SignedEvent& event) {
  if (last_.empty()) {
    const bool made = event.event.has_claim() && CreatedIds(event.event, event.event_id).front() == claim_id_;
    return made ? Begin(state, index) : absl::OkStatus();
  }
  const std::optional<v1::ClaimTurn::Cause> cause = CauseOf(event.event);
  if (!cause.has_value()) return absl::OkStatus();
  if (judged_ == limits::kMaxTurnsJudged) {
    not_judged_ = Entry{*cause, index};
    return absl::OkStatus();
  }
  ++judged_;
  return Judge(state, {*cause, index});
}

absl::Status ClaimReader::Begin(const View& state, uint64_t index) {
  for (const Policy* policy : policies_) {
    TS_ASSIGN_OR_RETURN(last_.emplace_back(), Evaluate(state, index + 1, claim_id_, *policy, shown_));
    *readings_.emplace_back().mutable_as_claimed() = last_.back();
  }
  return absl::OkStatus();
}

absl::Status ClaimReader::Judge(const View& state, const Entry& entry) {
  for (size_t i = 0; i < policies_.size(); ++i) {
    TS_ASSIGN_OR_RETURN(v1::Evaluation now, Evaluate(state, entry.index + 1, claim_id_, *policies_[i], shown_));
    if (ReadsAlike(last_[i], now)) continue;
    *readings_[i].add_turns() = TurnFrom(last_[i], now, entry.cause, entry.index);
    last_[i] = std::move(now);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<v1::ClaimReading>> ClaimReader::Finish(const View& state) {
  if (not_judged_.has_value()) TS_RETURN_IF_ERROR(Judge(state, *not_judged_));
  not_judged_.reset();
  return readings_;
}

absl::StatusOr<std::vector<v1::ClaimReading>> ReadClaim(const Archive& archive, uint64_t size,
                                                        const std::string& claim_id,
                                                        const std::vector<const Policy*>& policies) {
  const auto claim = Load<v1::ClaimRecord>(archive, claim_id);
  if (!claim.has_value() || claim->index() >= size) {
    return MakeError(absl::StatusCode::kNotFound, "UNKNOWN_SUBJECT", "subject_id",
                     fmt::format("`{}` is no claim of this ledger", claim_id));
  }
  Closure closure(archive, size, Closure::For::kPast);
  TS_RETURN_IF_ERROR(closure.Add(claim_id));
  TS_RETURN_IF_ERROR(closure.Add(claim->piece_id()));
  MemoryState state;
  ClaimReader reader(claim_id, policies, Shown::kWholeLog);
  TS_RETURN_IF_ERROR(Rerun(
      archive, closure.entries(), state,
      [&](const View& view, uint64_t index, const SignedEvent& event) { return reader.Note(view, index, event); }));
  return reader.Finish(state);
}

}  // namespace touchstone::ledger
