// A witness as its log sees it: somebody to be asked over HTTP, who may be slow, behind, ahead or wrong.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/http_client.h"
#include "crypto/note.h"
#include "crypto/witness_policy.h"
#include "services/checkpointer.h"
#include "storage/mark.h"

namespace touchstone::services {

/// Asks one witness (C2SP tlog-witness). Remembers how far it is. Thread-compatible.
class WitnessClient {
 public:
  /// BAD_URL (INVALID_ARGUMENT) unless the policy says where the witness is, as http://host:port and perhaps a path.
  static absl::StatusOr<std::unique_ptr<WitnessClient>> Create(crypto::PolicyKey witness);

  const crypto::PolicyKey& witness() const { return witness_; }

  /// Its cosignature, verified, of published.checkpoint, which must not be empty. Asks at most three times, to learn
  /// how far the witness is. Errors:
  /// - WITNESS_AHEAD (FAILED_PRECONDITION): it has cosigned more than this log has.
  /// - WITNESS_REFUSED (FAILED_PRECONDITION): it finds the checkpoint wrong, or does not know the log.
  /// - WITNESS_BUSY (UNAVAILABLE): it asks for patience, or is out of order; the client's SOURCE_UNREACHABLE.
  /// - WITNESS_ANSWER (UNAVAILABLE): what it says makes no sense.
  absl::StatusOr<crypto::NoteSignature> Cosign(const Published& published);

  /// What the witness cosigned last of the log of `keys`, at least one, by its own cosignature and a signature in the
  /// log's name: by one of the keys, or by one that is not known here, as a rotation would bring that a restored backup
  /// has forgotten. Nothing when it knows of none. Errors as Cosign.
  absl::StatusOr<std::optional<storage::Mark>> LastOf(const std::vector<crypto::NoteVerifier>& keys) {
    return LastBy(keys, /*known_key=*/false);
  }
  /// The same, but only what one of the keys has signed: nobody else can make a witness say it.
  absl::StatusOr<std::optional<storage::Mark>> LastSignedBy(const std::vector<crypto::NoteVerifier>& keys) {
    return LastBy(keys, /*known_key=*/true);
  }

  /// Ends what is under way, and everything later, with SOURCE_UNREACHABLE. From any thread.
  void Cancel() { http_->Cancel(); }

 private:
  WitnessClient(crypto::PolicyKey witness, std::unique_ptr<HttpClient> http)
      : witness_(std::move(witness)), http_(std::move(http)) {}
  absl::StatusOr<std::optional<storage::Mark>> LastBy(const std::vector<crypto::NoteVerifier>& keys, bool known_key);
  absl::StatusOr<crypto::NoteSignature> TakeCosignature(const Published& published, const std::string& lines);

  const crypto::PolicyKey witness_;
  const std::unique_ptr<HttpClient> http_;
  uint64_t cosigned_size_ = 0;  ///< Its last, as far as we know.
};

}  // namespace touchstone::services
