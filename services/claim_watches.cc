#include "services/claim_watches.h"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "base/status.h"
#include "fmt/format.h"
#include "ledger/envelope.h"
#include "ledger/ids.h"
#include "ledger/state.h"
#include "services/grpc_status.h"
#include "services/provenance_reads.h"
#include "services/reading.h"

namespace touchstone::services {
namespace {

absl::Status Exhausted(std::string_view reason, std::string_view message) {
  return MakeError(absl::StatusCode::kResourceExhausted, reason, "", message);
}

absl::Status TooManyClaims() {
  return Exhausted("TOO_MANY_CLAIMS", fmt::format("a watch has at most {} claims", limits::kMaxClaimsPerWatch));
}

absl::Status CheckRequest(const v1::WatchClaimsRequest& request) {
  if (!request.party_id().empty()) {
    if (request.claim_ids_size() > 0) return InvalidInput("FIELD_INVALID", "party_id", "name claims or a party");
    return CheckId(ledger::ObjectKind::kParty, request.party_id(), "party_id");
  }
  if (request.claim_ids().empty()) return InvalidInput("FIELD_REQUIRED", "claim_ids", "name claims, or a party");
  if (request.claim_ids_size() > limits::kMaxClaimsPerWatch) {
    return InvalidInput("FIELD_TOO_LONG", "claim_ids", fmt::format("at most {} claims", limits::kMaxClaimsPerWatch));
  }
  for (int i = 0; i < request.claim_ids_size(); ++i) {
    TS_RETURN_IF_ERROR(CheckId(ledger::ObjectKind::kClaim, request.claim_ids(i), fmt::format("claim_ids[{}]", i)));
  }
  return absl::OkStatus();
}

// --- Judging ----------------------------------------------------------------------------------------------------------

/// A claim as it stands, and what its packs say.
struct Judged {
  v1::ClaimRecord claim;
  std::vector<v1::Evaluation> evaluations;
};

absl::StatusOr<Judged> JudgeClaim(const storage::Snapshot& snapshot, const std::string& claim_id) {
  Judged judged;
  TS_ASSIGN_OR_RETURN(judged.claim,
                      ReadRecord<v1::ClaimRecord>(snapshot, claim_id, "UNKNOWN_CLAIM", "claim_ids", "claim"));
  TS_RETURN_IF_ERROR(ReadVerdicts(snapshot, claim_id, judged.evaluations));
  constexpr int kMost = limits::kMaxVerdictReasonsPerCheck;
  for (v1::Evaluation& evaluation : judged.evaluations) {
    if (evaluation.reasons_size() > kMost) {
      evaluation.mutable_reasons()->DeleteSubrange(kMost, evaluation.reasons_size() - kMost);
    }
  }
  return judged;
}

/// One size of the log, and what was judged of it so far.
class JudgedSize {
 public:
  explicit JudgedSize(const storage::Snapshot& snapshot) : snapshot_(snapshot) {}

  uint64_t size() const { return snapshot_.size(); }

  const absl::StatusOr<Judged>& Of(const std::string& claim_id) {
    auto found = judged_.find(claim_id);
    if (found == judged_.end()) found = judged_.emplace(claim_id, JudgeClaim(snapshot_, claim_id)).first;
    return found->second;
  }

  /// The live claims that a party has issued. TOO_MANY_CLAIMS, UNKNOWN_PARTY.
  absl::StatusOr<std::vector<std::string>> LiveClaimsOf(const std::string& party_id) {
    TS_RETURN_IF_ERROR(ReadRecord<v1::PartyRecord>(snapshot_, party_id, "UNKNOWN_PARTY", "party_id", "party").status());
    std::vector<std::string> ids;
    absl::Status damage;
    const auto visit = [&](std::string_view key, std::string_view value) {
      v1::ClaimRecord claim;
      if (!claim.ParseFromArray(value.data(), static_cast<int>(value.size()))) damage = DamagedRecord(key);
      if (claim.party_id() == party_id && claim.status() == v1::ClaimRecord::STATUS_LIVE) {
        ids.push_back(claim.claim_id());
      }
      return damage.ok() && ids.size() <= limits::kMaxClaimsPerWatch;
    };
    TS_RETURN_IF_ERROR(snapshot_.ScanState(ledger::StateKey<v1::ClaimRecord>(""), "", visit));
    TS_RETURN_IF_ERROR(damage);
    if (ids.size() > limits::kMaxClaimsPerWatch) return TooManyClaims();
    return ids;
  }

  /// The claims made by the entries from `first` on, by their issuer.
  absl::StatusOr<std::multimap<std::string, std::string>> ClaimsSince(uint64_t first) {
    std::multimap<std::string, std::string> made;
    absl::Status damage;
    const auto visit = [&](uint64_t, std::string_view bytes) {
      damage = NoteClaim(bytes, made);
      return damage.ok();
    };
    TS_RETURN_IF_ERROR(snapshot_.ScanEntries(first, size() - first, visit));
    TS_RETURN_IF_ERROR(damage);
    return made;
  }

 private:
  absl::Status NoteClaim(std::string_view bytes, std::multimap<std::string, std::string>& made) const {
    TS_ASSIGN_OR_RETURN(const v1::LogEntry entry, ledger::DecodeEntry(bytes));
    TS_ASSIGN_OR_RETURN(const ledger::SignedEvent event, ledger::DecodeEnvelope(entry.envelope()));
    if (!event.event.has_claim()) return absl::OkStatus();
    const std::string id = ledger::ObjectId(ledger::ObjectKind::kClaim, event.event_id, 0);
    TS_ASSIGN_OR_RETURN(const v1::ClaimRecord claim,
                        ReadRecord<v1::ClaimRecord>(snapshot_, id, "UNKNOWN_CLAIM", "", "claim"));
    made.emplace(claim.party_id(), id);
    return absl::OkStatus();
  }

  const storage::Snapshot& snapshot_;
  std::map<std::string, absl::StatusOr<Judged>> judged_;
};

}  // namespace

// --- One watch --------------------------------------------------------------------------------------------------------

/// One call. Kept alive by the set of open watches until gRPC is done with it, and by a round that judges for it.
class ClaimWatch final : public grpc::ServerWriteReactor<v1::WatchClaimsResponse>,
                         public std::enable_shared_from_this<ClaimWatch> {
 public:
  ClaimWatch(ClaimWatches& watches, const v1::WatchClaimsRequest& request)
      : watches_(watches),
        party_id_(request.party_id()),
        claim_ids_(request.claim_ids().begin(), request.claim_ids().end()) {}

  // --- Called by the thread that judges, alone --------------------------------------------------------------------------

  /// The size that was judged last; nullopt before the first time.
  std::optional<uint64_t> judged_size() const { return judged_size_; }
  size_t claims() const { return claim_ids_.size(); }

  /// Sends what is not as it was sent before.
  absl::Status Judge(JudgedSize& now) {
    TS_RETURN_IF_ERROR(FindClaims(now));
    std::vector<v1::WatchClaimsResponse> changes;
    for (auto id = claim_ids_.begin(); id != claim_ids_.end();) {
      const absl::StatusOr<Judged>& judged = now.Of(*id);
      if (!judged.ok() && (party_id_.empty() || !IsAboutOneClaim(judged.status()))) return judged.status();
      if (judged.ok()) AddChanges(*judged, changes);
      // Of a party's claims those that have ended make room for new ones.
      const bool ended = !judged.ok() || judged->claim.status() != v1::ClaimRecord::STATUS_LIVE;
      id = ended && !party_id_.empty() ? claim_ids_.erase(id) : std::next(id);
    }
    judged_size_ = now.size();
    return Deliver(std::move(changes));
  }

  // --- Called by any thread --------------------------------------------------------------------------------------------

  bool has_ended() const {
    const std::lock_guard lock(mutex_);
    return ended_;
  }

  /// Sends nothing more but what is under way, and ends with `status`.
  void End(const absl::Status& status) {
    const std::lock_guard lock(mutex_);
    EndHere(status);
  }

  void OnWriteDone(bool ok) override {
    const std::lock_guard lock(mutex_);
    writing_ = false;
    unread_.pop_front();
    if (!ok) EndHere(absl::CancelledError("the client went away"));
    Go();
  }

  void OnCancel() override { End(absl::CancelledError("the client went away")); }

  void OnDone() override { watches_.Remove(shared_from_this()); }

 private:
  /// What keeps one of a party's claims from being judged, and not the others: its pack, or its size.
  static bool IsAboutOneClaim(const absl::Status& status) {
    const std::string reason = ReasonOf(status);
    return reason == "UNKNOWN_POLICY" || reason == "TOO_MANY_LOTS";
  }

  absl::Status FindClaims(JudgedSize& now) {
    if (party_id_.empty()) return absl::OkStatus();
    if (!judged_size_.has_value()) {
      TS_ASSIGN_OR_RETURN(const std::vector<std::string> live, now.LiveClaimsOf(party_id_));
      claim_ids_.insert(live.begin(), live.end());
      return absl::OkStatus();
    }
    TS_ASSIGN_OR_RETURN(const auto made, now.ClaimsSince(*judged_size_));
    for (auto [one, end] = made.equal_range(party_id_); one != end; ++one) claim_ids_.insert(one->second);
    return claim_ids_.size() > limits::kMaxClaimsPerWatch ? TooManyClaims() : absl::OkStatus();
  }

  void AddChanges(const Judged& judged, std::vector<v1::WatchClaimsResponse>& changes) {
    for (const v1::Evaluation& evaluation : judged.evaluations) {
      Sent& sent = sent_[{judged.claim.claim_id(), evaluation.policy().policy_id()}];
      if (sent.verdict == evaluation.verdict() && sent.status == judged.claim.status()) continue;
      v1::WatchClaimsResponse& change = changes.emplace_back();
      *change.mutable_evaluation() = evaluation;
      change.set_status(judged.claim.status());
      change.set_previous_verdict(sent.verdict);
      sent = {evaluation.verdict(), judged.claim.status()};
    }
  }

  absl::Status Deliver(std::vector<v1::WatchClaimsResponse> changes) {
    const std::lock_guard lock(mutex_);
    if (unread_.size() + changes.size() > limits::kMaxUnreadVerdicts) {
      return Exhausted("WATCH_TOO_SLOW", "verdicts change faster than you read them; watch again");
    }
    std::move(changes.begin(), changes.end(), std::back_inserter(unread_));
    Go();
    return absl::OkStatus();
  }

  // The rest is called with mutex_ held.

  void EndHere(const absl::Status& status) {
    if (ended_) return;
    ended_ = true;
    status_ = status;
    Go();
  }

  void Go() {
    if (writing_ || finished_) return;
    if (ended_) {
      finished_ = true;
      Finish(ToGrpcStatus(status_));
    } else if (!unread_.empty()) {
      writing_ = true;
      StartWrite(&unread_.front());
    }
  }

  struct Sent {
    v1::Verdict verdict = v1::VERDICT_UNSPECIFIED;
    v1::ClaimRecord::Status status = v1::ClaimRecord::STATUS_UNSPECIFIED;
  };

  ClaimWatches& watches_;
  // The judging thread's own.
  const std::string party_id_;
  std::set<std::string> claim_ids_;
  std::optional<uint64_t> judged_size_;
  std::map<std::pair<std::string, std::string>, Sent> sent_;  // by claim and pack

  mutable std::mutex mutex_;
  std::deque<v1::WatchClaimsResponse> unread_;  // the front one is gRPC's while writing_
  bool writing_ = false;
  bool ended_ = false;
  bool finished_ = false;
  absl::Status status_;  // once ended_
};

// --- All of them ------------------------------------------------------------------------------------------------------

struct ClaimWatches::Bell {
  std::mutex mutex;
  std::condition_variable rung;
  bool begun = false;      // a watch has begun
  bool published = false;  // the log has grown
  bool stopping = false;

  void Ring(bool Bell::*what) {
    {
      const std::lock_guard lock(mutex);
      this->*what = true;
    }
    rung.notify_one();
  }
};

ClaimWatches::ClaimWatches(Core& core) : core_(core), bell_(std::make_shared<Bell>()) {
  core_.OnPublished(this, [bell = bell_] { bell->Ring(&Bell::published); });
  thread_ = std::thread([this] { Run(); });
}

ClaimWatches::~ClaimWatches() {
  core_.OnPublished(this, nullptr);
  bell_->Ring(&Bell::stopping);
  thread_.join();
}

grpc::ServerWriteReactor<v1::WatchClaimsResponse>* ClaimWatches::Start(const v1::WatchClaimsRequest& request) {
  auto watch = std::make_shared<ClaimWatch>(*this, request);
  absl::Status admitted = CheckRequest(request);
  const absl::Status room = Admit(watch);
  if (admitted.ok()) admitted = room;
  if (admitted.ok()) {
    bell_->Ring(&Bell::begun);
  } else {
    watch->End(admitted);
  }
  return watch.get();
}

/// It is kept until gRPC is done with it, whether there is room for it or not.
absl::Status ClaimWatches::Admit(const std::shared_ptr<ClaimWatch>& watch) {
  const std::lock_guard lock(mutex_);
  open_.insert(watch);
  if (draining_) return ShuttingDown();
  if (open_.size() <= limits::kMaxWatches) return absl::OkStatus();
  return Exhausted("WATCHES_BUSY", fmt::format("this node serves {} watches at once", limits::kMaxWatches));
}

void ClaimWatches::Drain() {
  std::set<std::shared_ptr<ClaimWatch>> open;
  {
    const std::lock_guard lock(mutex_);
    draining_ = true;
    open = open_;
  }
  for (const std::shared_ptr<ClaimWatch>& watch : open) watch->End(ShuttingDown());
}

void ClaimWatches::Remove(const std::shared_ptr<ClaimWatch>& watch) {
  const std::lock_guard lock(mutex_);
  open_.erase(watch);
}

void ClaimWatches::Run() {
  for (;;) {
    bool all = false;
    {
      std::unique_lock lock(bell_->mutex);
      bell_->rung.wait(lock, [&] { return bell_->stopping || bell_->begun || bell_->published; });
      if (bell_->stopping) return;
      bell_->begun = false;
      all = std::exchange(bell_->published, false);
    }
    Round(all);
    if (!all) continue;
    // What is recorded meanwhile is judged together.
    std::unique_lock lock(bell_->mutex);
    bell_->rung.wait_for(lock, std::chrono::milliseconds(limits::kWatchIntervalMs),
                         [&] { return bell_->stopping || bell_->begun; });
  }
}

void ClaimWatches::Round(bool all) {
  std::set<std::shared_ptr<ClaimWatch>> open;
  {
    const std::lock_guard lock(mutex_);
    open = open_;
  }
  if (open.empty()) return;
  const auto published = core_.newest();
  JudgedSize now(*published->snapshot);
  size_t claims = 0;
  for (const std::shared_ptr<ClaimWatch>& watch : open) {
    if (watch->has_ended()) continue;
    const std::optional<uint64_t> judged = watch->judged_size();
    absl::Status status;
    if (!judged.has_value() || (all && *judged < now.size())) status = watch->Judge(now);
    claims += watch->claims();
    if (status.ok() && claims > limits::kMaxWatchedClaims) {
      status = Exhausted("WATCHES_BUSY", fmt::format("this node watches {} claims at once", limits::kMaxWatchedClaims));
      claims -= watch->claims();
    }
    if (!status.ok()) watch->End(status);
  }
}

}  // namespace touchstone::services
