// From bytes to a signed event and back: the one place where payloads and envelopes are decoded, judged for form,
// signed and verified. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/hash.h"
#include "crypto/keys.h"
#include "ledger/known_batches.h"
#include "touchstone/v1/envelope.pb.h"
#include "touchstone/v1/event.pb.h"

namespace touchstone::ledger {

/// An envelope whose form is right: canonical, within the limits, signed by the keys it names (not yet verified).
struct SignedEvent {
  crypto::Hash event_id;  // SHA-256 of the payload
  v1::Event event;        // the decoded payload
  v1::Envelope envelope;  // carries the payload bytes as they were signed
};

/// Decodes an envelope. INVALID_ARGUMENT with one of the reasons ENVELOPE_TOO_LARGE, ENVELOPE_MALFORMED,
/// PAYLOAD_MALFORMED, UNKNOWN_FIELD, UNKNOWN_ENUM_VALUE, NOT_CANONICAL, BAD_SIGNER_KEYS, SIGNATURES_MISMATCH,
/// BAD_BATCH_PATH, BAD_NONCE, BODY_MISSING, and the path of the field.
absl::StatusOr<SignedEvent> DecodeEnvelope(std::string_view envelope_bytes);

/// Verifies every signature. INVALID_ARGUMENT BAD_SIGNATURE with the field `signatures[i]`. With `known`, a signature
/// over a batch is checked once for all events of the batch.
absl::Status VerifySignatures(const SignedEvent& event, KnownBatches* known = nullptr);

/// The bytes of an entry. `envelope_bytes` are embedded as they are.
std::string EncodeEntry(int64_t recorded_at_us, std::string_view envelope_bytes);

/// Decodes an entry; INVALID_ARGUMENT ENTRY_MALFORMED or NOT_CANONICAL.
absl::StatusOr<v1::LogEntry> DecodeEntry(std::string_view entry_bytes);

/// The canonical payload of an event, its signer_keys set to those of `keys`, ascending.
std::string EncodePayload(v1::Event event, std::span<const crypto::SecretKey* const> keys);

/// Signs a payload made by EncodePayload with exactly the keys it names: the bytes of the envelope. INVALID_ARGUMENT
/// SIGNATURES_MISMATCH when a key is missing or surplus.
absl::StatusOr<std::string> SignPayload(std::string_view payload, std::span<const crypto::SecretKey* const> keys);

/// Adds the signature of `key` to an envelope that still lacks it (a hand-over is signed on two devices); the
/// signatures stay in the payload's order. INVALID_ARGUMENT when the payload does not name the key.
absl::StatusOr<std::string> AddSignature(std::string_view envelope_bytes, const crypto::SecretKey& key);

/// Signs many payloads under one signature per key: each becomes its own envelope with a batch path. All payloads name
/// the same keys. In the order given.
absl::StatusOr<std::vector<std::string>> SignBatch(std::span<const std::string> payloads,
                                                   std::span<const crypto::SecretKey* const> keys);

/// The event id of a payload.
crypto::Hash EventId(std::string_view payload);

}  // namespace touchstone::ledger
