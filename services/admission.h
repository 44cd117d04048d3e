// The stateless checks of envelopes: form, limits, signatures. What passes is safe to hand to the rules.
#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "ledger/envelope.h"
#include "services/workers.h"

namespace touchstone::services {

/// Decodes an envelope and verifies its signatures. Errors as ledger::DecodeEnvelope and ledger::VerifySignatures.
absl::StatusOr<ledger::SignedEvent> CheckEnvelope(std::string_view envelope_bytes,
                                                  ledger::KnownBatches* known = nullptr);

/// Checks many envelopes at once. Thread-safe.
class Admission {
 public:
  using Results = std::vector<absl::StatusOr<ledger::SignedEvent>>;
  /// Receives the envelopes back, and of each, in their order, the event or why it is none.
  using Done = std::function<void(std::vector<std::string> envelopes, Results results)>;

  /// `workers` must outlive this and every call.
  explicit Admission(Workers& workers) : workers_(workers) {}

  /// Checks `envelopes`, in parallel, and calls `done` from a worker's thread; a single one at once, on the caller's.
  /// QUEUE_FULL (RESOURCE_EXHAUSTED), without
  /// a call of `done`, while more than limits::kMaxAdmittingEvents or kMaxAdmittingBytes would be under way.
  absl::Status Check(std::vector<std::string> envelopes, Done done);

 private:
  absl::Status Reserve(size_t events, size_t bytes);
  void Release(size_t events, size_t bytes);

  Workers& workers_;
  ledger::KnownBatches batches_;
  std::mutex mutex_;
  size_t events_ = 0;  // guarded by mutex_
  size_t bytes_ = 0;   // guarded by mutex_
};

}  // namespace touchstone::services
