#include "tests/bench/load/check.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "base/status.h"
#include "crypto/checkpoint.h"
#include "crypto/merkle.h"
#include "fmt/format.h"
#include "ledger/envelope.h"
#include "tests/bench/load/channel.h"
#include "touchstone/v1/custody_service.grpc.pb.h"
#include "touchstone/v1/log_service.grpc.pb.h"

namespace touchstone::bench {
namespace {

constexpr int kLookupThreads = 4;

absl::Status Wrong(std::string message) { return absl::DataLossError(std::move(message)); }

absl::Status Told(const grpc::Status& status) {
  return status.ok() ? absl::OkStatus() : absl::UnavailableError(status.error_message());
}

/// The event id of an entry, from its own payload.
absl::StatusOr<crypto::Hash> EventIn(const std::string& entry) {
  TS_ASSIGN_OR_RETURN(const v1::LogEntry decoded, ledger::DecodeEntry(entry));
  v1::Envelope envelope;
  if (!envelope.ParseFromString(decoded.envelope())) return Wrong("an entry holds no envelope");
  return ledger::EventId(envelope.payload());
}

/// Fetches every entry, and holds it against the acknowledged event of its index.
class Walk {
 public:
  explicit Walk(std::vector<Acknowledged> sorted) : events_(std::move(sorted)) {}

  absl::Status Add(const v1::StreamEntriesResponse& message) {
    if (message.first_index() != frontier_.size()) return Wrong("entries are missing or come twice");
    for (const std::string& entry : message.entries()) TS_RETURN_IF_ERROR(AddOne(entry));
    return absl::OkStatus();
  }

  absl::Status Finish(const crypto::Checkpoint& checkpoint) const {
    if (frontier_.size() != checkpoint.size || frontier_.Root() != checkpoint.root) {
      return Wrong("the entries do not lead to the root of the checkpoint");
    }
    if (found_ != events_.size()) {
      return Wrong(fmt::format("{} acknowledged events are not in the log", events_.size() - found_));
    }
    return absl::OkStatus();
  }

  uint64_t entry_bytes() const { return entry_bytes_; }

 private:
  absl::Status AddOne(const std::string& entry) {
    const uint64_t index = frontier_.size();
    entry_bytes_ += entry.size();
    frontier_.Append(crypto::LeafHash(entry));
    if (found_ == events_.size() || events_[found_].index != index) return absl::OkStatus();
    TS_ASSIGN_OR_RETURN(const crypto::Hash event_id, EventIn(entry));
    if (event_id != events_[found_].event_id) return Wrong(fmt::format("entry {} is another event", index));
    ++found_;
    return absl::OkStatus();
  }

  const std::vector<Acknowledged> events_;
  crypto::Frontier frontier_;
  size_t found_ = 0;
  uint64_t entry_bytes_ = 0;
};

/// Bytes of all entries, when all is well.
absl::StatusOr<uint64_t> CheckEntries(v1::LogService::Stub& log, const crypto::Checkpoint& checkpoint,
                                      std::vector<Acknowledged> events) {
  Walk walk(std::move(events));
  grpc::ClientContext context;
  v1::StreamEntriesRequest request;
  request.set_limit(checkpoint.size);
  const auto stream = log.StreamEntries(&context, request);
  v1::StreamEntriesResponse message;
  absl::Status status;
  while (status.ok() && stream->Read(&message)) status = walk.Add(message);
  if (!status.ok()) context.TryCancel();
  const grpc::Status end = stream->Finish();
  TS_RETURN_IF_ERROR(status);
  TS_RETURN_IF_ERROR(Told(end));
  TS_RETURN_IF_ERROR(walk.Finish(checkpoint));
  return walk.entry_bytes();
}

/// Looks events up again, believing checkpoints that the log's key has signed.
class Lookup {
 public:
  Lookup(const std::string& server, const crypto::NoteVerifier& log)
      : stub_(v1::CustodyService::NewStub(Connect(server))), log_(log) {}

  absl::Status Check(const Acknowledged& event) {
    grpc::ClientContext context;
    v1::GetEventRequest request;
    request.set_event_id(std::string(event.event_id.view()));
    v1::GetEventResponse response;
    TS_RETURN_IF_ERROR(Told(stub_->GetEvent(&context, request, &response)));
    const v1::Receipt& receipt = response.receipt();
    if (receipt.checkpoint() != note_) {
      TS_ASSIGN_OR_RETURN(checkpoint_, crypto::OpenCheckpoint(receipt.checkpoint(), log_));
      note_ = receipt.checkpoint();
    }
    TS_ASSIGN_OR_RETURN(const crypto::Hash event_id, EventIn(receipt.entry()));
    if (event_id != event.event_id || receipt.index() != event.index || receipt.proof().index() != event.index ||
        receipt.proof().tree_size() != checkpoint_.size) {
      return Wrong(fmt::format("the receipt of entry {} is another's", event.index));
    }
    std::vector<crypto::Hash> path;
    for (const std::string& bytes : receipt.proof().hashes()) {
      TS_ASSIGN_OR_RETURN(const crypto::Hash hash, crypto::Hash::FromBytes(bytes));
      path.push_back(hash);
    }
    return crypto::VerifyInclusion(event.index, checkpoint_.size, crypto::LeafHash(receipt.entry()), path,
                                   checkpoint_.root);
  }

 private:
  const std::unique_ptr<v1::CustodyService::Stub> stub_;
  const crypto::NoteVerifier& log_;
  std::string note_;
  crypto::Checkpoint checkpoint_;
};

absl::Status LookUp(const std::string& server, const crypto::NoteVerifier& log, const std::vector<Acknowledged>& events,
                    uint64_t lookups) {
  std::atomic<uint64_t> next = 0;
  std::mutex mutex;
  absl::Status first;
  const auto work = [&] {
    Lookup lookup(server, log);
    for (uint64_t i = next++; i < lookups; i = next++) {
      const absl::Status status = lookup.Check(events[i * events.size() / lookups]);
      if (status.ok()) continue;
      const std::lock_guard lock(mutex);
      if (first.ok()) first = status;
      next = lookups;
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < kLookupThreads; ++i) threads.emplace_back(work);
  for (std::thread& thread : threads) thread.join();
  return first;
}

}  // namespace

absl::StatusOr<Checked> CheckAcknowledged(const std::string& server, const services::TrustAnchor& anchor,
                                          const std::vector<Acknowledged>& events, uint64_t lookups) {
  TS_ASSIGN_OR_RETURN(const crypto::NoteVerifier log_key, crypto::NoteVerifier::FromVkey(anchor.log_vkey));
  std::vector<Acknowledged> sorted = events;
  std::sort(sorted.begin(), sorted.end(),
            [](const Acknowledged& one, const Acknowledged& other) { return one.index < other.index; });
  const auto log = v1::LogService::NewStub(Connect(server));
  grpc::ClientContext context;
  v1::GetCheckpointResponse newest;
  TS_RETURN_IF_ERROR(Told(log->GetCheckpoint(&context, {}, &newest)));
  TS_ASSIGN_OR_RETURN(const crypto::Checkpoint checkpoint, crypto::OpenCheckpoint(newest.checkpoint(), log_key));
  TS_ASSIGN_OR_RETURN(const uint64_t entry_bytes, CheckEntries(*log, checkpoint, sorted));
  const uint64_t proofs = std::min<uint64_t>(lookups, sorted.size());
  TS_RETURN_IF_ERROR(LookUp(server, log_key, sorted, proofs));
  return Checked{.entries = checkpoint.size, .entry_bytes = entry_bytes, .events = sorted.size(), .proofs = proofs};
}

}  // namespace touchstone::bench
