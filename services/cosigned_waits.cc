#include "services/cosigned_waits.h"

#include <atomic>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "base/status.h"
#include "crypto/checkpoint.h"
#include "crypto/note.h"
#include "fmt/format.h"
#include "services/grpc_status.h"
#include "services/log_reads.h"

namespace touchstone::services {
namespace {

/// The entries of a note that this node shows, 0 for none.
uint64_t SizeOf(const std::string& note) {
  const absl::StatusOr<crypto::ParsedNote> parsed = crypto::ParseNote(note);
  if (!parsed.ok()) return 0;
  const absl::StatusOr<crypto::Checkpoint> checkpoint = crypto::ParseCheckpoint(parsed->text);
  return checkpoint.ok() ? checkpoint->size : 0;
}

}  // namespace

/// One call. gRPC holds it until it is done, and the set of those that wait until it ends.
class CosignedWaits::Wait final : public grpc::ServerUnaryReactor, public std::enable_shared_from_this<Wait> {
 public:
  Wait(CosignedWaits& waits, uint64_t size, v1::GetCheckpointResponse& response)
      : waits_(waits), size_(size), response_(response) {}

  /// From now on until OnDone it is gRPC's too.
  void Begin() { self_ = shared_from_this(); }

  void Finish(const absl::Status& status) {
    if (!ended_.exchange(true)) ServerUnaryReactor::Finish(ToGrpcStatus(status));
  }
  /// Ends the call when the node shows enough.
  bool FinishWhenReached(const Core& core) {
    const std::optional<std::string> cosigned = core.cosigned();
    if (cosigned.has_value() && SizeOf(*cosigned) < size_) return false;
    if (ended_.exchange(true)) return true;
    v1::GetCheckpointRequest request;
    request.set_cosigned(true);
    ServerUnaryReactor::Finish(ToGrpcStatus(ReadCheckpoint(*core.newest(), cosigned, request, response_)));
    return true;
  }

  void OnCancel() override {
    Finish(MakeError(absl::StatusCode::kUnavailable, "CHECKPOINT_LATE", "at_least_size",
                     fmt::format("the witnesses have not cosigned {} entries in time", size_)));
    waits_.End(shared_from_this());
  }
  void OnDone() override { self_.reset(); }

 private:
  CosignedWaits& waits_;
  const uint64_t size_;
  v1::GetCheckpointResponse& response_;
  std::atomic<bool> ended_ = false;
  std::shared_ptr<Wait> self_;
};

CosignedWaits::CosignedWaits(Core& core) : core_(core) {
  core_.OnCosigned([this] { Look(); });
}

CosignedWaits::~CosignedWaits() { core_.OnCosigned(nullptr); }

grpc::ServerUnaryReactor* CosignedWaits::Start(uint64_t size, v1::GetCheckpointResponse& response) {
  const auto wait = std::make_shared<Wait>(*this, size, response);
  wait->Begin();
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() >= limits::kMaxCosignedWaits) {
      wait->Finish(MakeError(absl::StatusCode::kResourceExhausted, "READS_BUSY", "at_least_size",
                             "too many calls wait for the witnesses; ask again a little later"));
      return wait.get();
    }
    waiting_.insert(wait);
  }
  // After it is there: what is cosigned in between finds it.
  if (wait->FinishWhenReached(core_)) End(wait);
  return wait.get();
}

void CosignedWaits::Look() {
  std::vector<std::shared_ptr<Wait>> waiting;
  {
    const std::lock_guard lock(mutex_);
    waiting.assign(waiting_.begin(), waiting_.end());
  }
  for (const std::shared_ptr<Wait>& wait : waiting) {
    if (wait->FinishWhenReached(core_)) End(wait);
  }
}

void CosignedWaits::End(const std::shared_ptr<Wait>& wait) {
  const std::lock_guard lock(mutex_);
  waiting_.erase(wait);
}

}  // namespace touchstone::services
