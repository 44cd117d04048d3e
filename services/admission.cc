#include "services/admission.h"

#include <memory>
#include <utility>

#include "base/limits.h"
#include "base/status.h"

namespace touchstone::services {
namespace {

size_t BytesOf(const std::vector<std::string>& envelopes) {
  size_t bytes = 0;
  for (const std::string& envelope : envelopes) bytes += envelope.size();
  return bytes;
}

}  // namespace

absl::StatusOr<ledger::SignedEvent> CheckEnvelope(std::string_view envelope_bytes, ledger::KnownBatches* known) {
  TS_ASSIGN_OR_RETURN(ledger::SignedEvent event, ledger::DecodeEnvelope(envelope_bytes));
  TS_RETURN_IF_ERROR(ledger::VerifySignatures(event, known));
  return event;
}

absl::Status Admission::Check(std::vector<std::string> envelopes, Done done) {
  const size_t bytes = BytesOf(envelopes);
  TS_RETURN_IF_ERROR(Reserve(envelopes.size(), bytes));
  if (envelopes.size() == 1) {
    // To hand a single one to another thread and wake it costs as much as a good part of checking it.
    Results results;
    results.push_back(CheckEnvelope(envelopes.front(), &batches_));
    Release(1, bytes);
    done(std::move(envelopes), std::move(results));
    return absl::OkStatus();
  }
  // A std::function must be copyable, so what moves through it is shared.
  auto held = std::make_shared<std::vector<std::string>>(std::move(envelopes));
  workers_.Run([this, held, bytes, done = std::move(done)] {
    const size_t count = held->size();
    Results results(count, absl::UnknownError("not checked"));
    workers_.ForEach(count, [&](size_t i) { results[i] = CheckEnvelope((*held)[i], &batches_); });
    Release(count, bytes);
    done(std::move(*held), std::move(results));
  });
  return absl::OkStatus();
}

absl::Status Admission::Reserve(size_t events, size_t bytes) {
  const std::lock_guard lock(mutex_);
  if (events_ + events > limits::kMaxAdmittingEvents || bytes_ + bytes > limits::kMaxAdmittingBytes) {
    return MakeError(absl::StatusCode::kResourceExhausted, "QUEUE_FULL", "",
                     "too many events are being checked; submit again a little later");
  }
  events_ += events;
  bytes_ += bytes;
  return absl::OkStatus();
}

void Admission::Release(size_t events, size_t bytes) {
  const std::lock_guard lock(mutex_);
  events_ -= events;
  bytes_ -= bytes;
}

}  // namespace touchstone::services
