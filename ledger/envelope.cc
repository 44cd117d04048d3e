#include "ledger/envelope.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "base/limits.h"
#include "base/status.h"
#include "crypto/dsse.h"
#include "crypto/merkle.h"
#include "ledger/canonical.h"
#include "ledger/path.h"

namespace touchstone::ledger {
namespace {

using crypto::Hash;
using crypto::PublicKey;
using crypto::SecretKey;

absl::Status CheckSignerKeys(const v1::Event& event) {
  constexpr std::string_view kReason = "BAD_SIGNER_KEYS";
  constexpr std::string_view kField = "payload.signer_keys";
  if (event.signer_keys().empty() || event.signer_keys_size() > limits::kMaxSignatures) {
    return InvalidInput(kReason, kField, fmt::format("1 to {} keys sign an event", limits::kMaxSignatures));
  }
  for (int i = 0; i < event.signer_keys_size(); ++i) {
    if (event.signer_keys(i).size() != PublicKey::kSize) {
      return InvalidInput(kReason, fmt::format("{}[{}]", kField, i), "an Ed25519 public key has 32 bytes");
    }
    if (i > 0 && event.signer_keys(i - 1) >= event.signer_keys(i)) {
      return InvalidInput(kReason, fmt::format("{}[{}]", kField, i), "keys are ascending, each once");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckBatchPath(const v1::BatchPath& batch) {
  constexpr std::string_view kReason = "BAD_BATCH_PATH";
  constexpr uint64_t kMaxCount = uint64_t{1} << limits::kMaxBatchPathHashes;
  if (batch.count() > kMaxCount) {
    return InvalidInput(kReason, "batch.count", fmt::format("at most {} events share a signature", kMaxCount));
  }
  if (batch.index() >= batch.count()) return InvalidInput(kReason, "batch.index", "the index lies below the count");
  if (batch.hashes_size() != crypto::InclusionPathLength(batch.index(), batch.count())) {
    return InvalidInput(kReason, "batch.hashes", "the path has exactly the hashes that index and count demand");
  }
  for (int i = 0; i < batch.hashes_size(); ++i) {
    if (batch.hashes(i).size() != Hash::kSize) {
      return InvalidInput(kReason, fmt::format("batch.hashes[{}]", i), "a hash has 32 bytes");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckSignatures(const v1::Envelope& envelope, const v1::Event& event) {
  constexpr std::string_view kReason = "SIGNATURES_MISMATCH";
  if (envelope.signatures_size() != event.signer_keys_size()) {
    return InvalidInput(kReason, "signatures",
                        fmt::format("the payload names {} signers, the envelope carries {} signatures",
                                    event.signer_keys_size(), envelope.signatures_size()));
  }
  const Path signatures("signatures");
  for (int i = 0; i < envelope.signatures_size(); ++i) {
    const v1::Signature& signature = envelope.signatures(i);
    const Path path(signatures, i);
    if (signature.key() != event.signer_keys(i)) {
      return InvalidInput(kReason, path + ".key", "signatures are by the keys that the payload names, in its order");
    }
    if (signature.signature().size() != crypto::Signature::kSize) {
      return InvalidInput(kReason, path + ".signature", "an Ed25519 signature has 64 bytes");
    }
    if (signature.has_batch()) TS_RETURN_IF_ERROR(InField(path.str(), CheckBatchPath(signature.batch())));
  }
  return absl::OkStatus();
}

/// The bytes that a signature covers; the event's own encoding is made once and shared. The path was checked.
absl::StatusOr<std::string> BatchSignedBytes(const v1::BatchPath& batch, std::string_view payload) {
  std::vector<Hash> path;
  for (const std::string& bytes : batch.hashes()) {
    TS_ASSIGN_OR_RETURN(path.emplace_back(), Hash::FromBytes(bytes));
  }
  TS_ASSIGN_OR_RETURN(const Hash root,
                      crypto::BatchRoot(batch.index(), batch.count(), crypto::BatchLeaf(payload), path));
  return crypto::BatchMessage(batch.count(), root);
}

/// The keys ascending, each once.
std::vector<const SecretKey*> Ascending(std::span<const SecretKey* const> keys) {
  std::vector<const SecretKey*> sorted(keys.begin(), keys.end());
  std::sort(sorted.begin(), sorted.end(),
            [](const SecretKey* a, const SecretKey* b) { return a->public_key() < b->public_key(); });
  const auto same = [](const SecretKey* a, const SecretKey* b) { return a->public_key() == b->public_key(); };
  sorted.erase(std::unique(sorted.begin(), sorted.end(), same), sorted.end());
  return sorted;
}

absl::Status CheckKeysAreThePayloads(std::string_view payload, std::span<const SecretKey* const> sorted) {
  v1::Event event;
  TS_RETURN_IF_ERROR(ParseCanonical(payload, "payload", "PAYLOAD_MALFORMED", event));
  const auto names = [](const std::string& name, const SecretKey* key) { return name == key->public_key().view(); };
  if (std::equal(event.signer_keys().begin(), event.signer_keys().end(), sorted.begin(), sorted.end(), names)) {
    return absl::OkStatus();
  }
  return InvalidInput("SIGNATURES_MISMATCH", "payload.signer_keys", "exactly the keys that the payload names sign it");
}

/// Siblings of each leaf in a batch, read from the levels of its tree.
class BatchTree final : public crypto::HashReader {
 public:
  explicit BatchTree(std::span<const std::string> payloads) {
    std::vector<Hash>& leaves = levels_.emplace_back();
    for (const std::string& payload : payloads) leaves.push_back(crypto::BatchLeaf(payload));
    while (levels_.back().size() > 1) {
      const std::vector<Hash>& below = levels_.back();
      std::vector<Hash> above;
      for (size_t i = 0; i + 1 < below.size(); i += 2) above.push_back(crypto::NodeHash(below[i], below[i + 1]));
      levels_.push_back(std::move(above));
    }
  }
  absl::StatusOr<Hash> Read(int level, uint64_t index) const override {
    return levels_.at(static_cast<size_t>(level)).at(index);
  }

 private:
  std::vector<std::vector<Hash>> levels_;
};

}  // namespace

Hash EventId(std::string_view payload) { return crypto::Sha256(payload); }

absl::StatusOr<SignedEvent> DecodeEnvelope(std::string_view envelope_bytes) {
  if (envelope_bytes.size() > limits::kMaxEnvelopeBytes) {
    return InvalidInput(
        "ENVELOPE_TOO_LARGE", "envelope",
        fmt::format("{} bytes; at most {} are admitted", envelope_bytes.size(), limits::kMaxEnvelopeBytes));
  }
  SignedEvent out;
  TS_RETURN_IF_ERROR(ParseCanonical(envelope_bytes, "envelope", "ENVELOPE_MALFORMED", out.envelope));
  TS_RETURN_IF_ERROR(ParseCanonical(out.envelope.payload(), "payload", "PAYLOAD_MALFORMED", out.event));
  TS_RETURN_IF_ERROR(CheckSignerKeys(out.event));
  TS_RETURN_IF_ERROR(CheckSignatures(out.envelope, out.event));
  if (out.event.nonce().size() != limits::kNonceBytes) {
    return InvalidInput("BAD_NONCE", "payload.nonce", fmt::format("a nonce has {} bytes", limits::kNonceBytes));
  }
  if (out.event.body_case() == v1::Event::BODY_NOT_SET) {
    return InvalidInput("BODY_MISSING", "payload.body", "an event says one thing: exactly one body is set");
  }
  out.event_id = EventId(out.envelope.payload());
  return out;
}

absl::Status VerifySignatures(const SignedEvent& event, KnownBatches* known) {
  const std::string& payload = event.envelope.payload();
  std::optional<std::string> direct;
  const Path signatures("signatures");
  for (int i = 0; i < event.envelope.signatures_size(); ++i) {
    const v1::Signature& signature = event.envelope.signatures(i);
    TS_ASSIGN_OR_RETURN(const PublicKey key, PublicKey::FromBytes(signature.key()));
    TS_ASSIGN_OR_RETURN(const crypto::Signature bytes, crypto::Signature::FromBytes(signature.signature()));
    bool valid = false;
    if (signature.has_batch()) {
      TS_ASSIGN_OR_RETURN(const std::string message, BatchSignedBytes(signature.batch(), payload));
      valid = known != nullptr ? known->Verify(key, message, bytes) : crypto::Verify(key, message, bytes);
    } else {
      if (!direct.has_value()) direct = crypto::Pae(crypto::kEventPayloadType, payload);
      valid = crypto::Verify(key, *direct, bytes);
    }
    if (!valid) {
      return InvalidInput("BAD_SIGNATURE", Path(signatures, i) + ".signature",
                          "the signature does not verify over the payload's PAE");
    }
  }
  return absl::OkStatus();
}

std::string EncodeEntry(int64_t recorded_at_us, std::string_view envelope_bytes) {
  v1::LogEntry entry;
  entry.set_recorded_at_us(recorded_at_us);
  entry.set_envelope(envelope_bytes.data(), envelope_bytes.size());
  return entry.SerializeAsString();
}

absl::StatusOr<v1::LogEntry> DecodeEntry(std::string_view entry_bytes) {
  if (entry_bytes.size() > limits::kMaxEntryBytes) {
    return InvalidInput("ENTRY_MALFORMED", "entry",
                        fmt::format("an entry has at most {} bytes", limits::kMaxEntryBytes));
  }
  v1::LogEntry entry;
  TS_RETURN_IF_ERROR(ParseCanonical(entry_bytes, "entry", "ENTRY_MALFORMED", entry));
  if (entry.recorded_at_us() < 0 || entry.recorded_at_us() > limits::kMaxRecordedAtUs) {
    return InvalidInput("ENTRY_MALFORMED", "entry.recorded_at_us", "Unix microseconds, before the year 10000");
  }
  return entry;
}

std::string EncodePayload(v1::Event event, std::span<const SecretKey* const> keys) {
  event.clear_signer_keys();
  for (const SecretKey* key : Ascending(keys)) event.add_signer_keys(std::string(key->public_key().view()));
  return event.SerializeAsString();
}

absl::StatusOr<std::string> SignPayload(std::string_view payload, std::span<const SecretKey* const> keys) {
  const std::vector<const SecretKey*> sorted = Ascending(keys);
  TS_RETURN_IF_ERROR(CheckKeysAreThePayloads(payload, sorted));
  v1::Envelope envelope;
  envelope.set_payload(payload.data(), payload.size());
  const std::string message = crypto::Pae(crypto::kEventPayloadType, payload);
  for (const SecretKey* key : sorted) {
    v1::Signature& signature = *envelope.add_signatures();
    signature.set_key(std::string(key->public_key().view()));
    signature.set_signature(std::string(key->Sign(message).view()));
  }
  return envelope.SerializeAsString();
}

absl::StatusOr<std::string> AddSignature(std::string_view envelope_bytes, const SecretKey& key) {
  v1::Envelope envelope;
  TS_RETURN_IF_ERROR(ParseCanonical(envelope_bytes, "envelope", "ENVELOPE_MALFORMED", envelope));
  v1::Event event;
  TS_RETURN_IF_ERROR(ParseCanonical(envelope.payload(), "payload", "PAYLOAD_MALFORMED", event));
  const std::string name(key.public_key().view());
  if (std::find(event.signer_keys().begin(), event.signer_keys().end(), name) == event.signer_keys().end()) {
    return InvalidInput("SIGNATURES_MISMATCH", "payload.signer_keys", "the payload does not name this key as a signer");
  }
  auto& signatures = *envelope.mutable_signatures();
  const auto place = std::lower_bound(signatures.begin(), signatures.end(), name,
                                      [](const v1::Signature& s, const std::string& k) { return s.key() < k; });
  const auto position = static_cast<int>(place - signatures.begin());
  if (place != signatures.end() && place->key() == name) return std::string(envelope_bytes);
  v1::Signature& added = *envelope.add_signatures();
  added.set_key(name);
  added.set_signature(std::string(key.Sign(crypto::Pae(crypto::kEventPayloadType, envelope.payload())).view()));
  for (int i = signatures.size() - 1; i > position; --i) signatures.SwapElements(i, i - 1);
  return envelope.SerializeAsString();
}

absl::StatusOr<std::vector<std::string>> SignBatch(std::span<const std::string> payloads,
                                                   std::span<const SecretKey* const> keys) {
  std::vector<std::string> envelopes;
  if (payloads.empty()) return envelopes;
  const std::vector<const SecretKey*> sorted = Ascending(keys);
  for (size_t i = 0; i < payloads.size(); ++i) {
    TS_RETURN_IF_ERROR(InField(fmt::format("payloads[{}]", i), CheckKeysAreThePayloads(payloads[i], sorted)));
  }
  const BatchTree tree(payloads);
  TS_ASSIGN_OR_RETURN(const Hash root, crypto::TreeRoot(payloads.size(), tree));
  const std::string message = crypto::BatchMessage(payloads.size(), root);
  std::vector<std::string> signatures;
  for (const SecretKey* key : sorted) signatures.emplace_back(key->Sign(message).view());
  for (size_t i = 0; i < payloads.size(); ++i) {
    v1::Envelope envelope;
    envelope.set_payload(payloads[i]);
    TS_ASSIGN_OR_RETURN(const std::vector<Hash> path, crypto::InclusionPath(i, payloads.size(), tree));
    for (size_t k = 0; k < sorted.size(); ++k) {
      v1::Signature& signature = *envelope.add_signatures();
      signature.set_key(std::string(sorted[k]->public_key().view()));
      signature.set_signature(signatures[k]);
      v1::BatchPath& batch = *signature.mutable_batch();
      batch.set_index(i);
      batch.set_count(payloads.size());
      for (const Hash& hash : path) batch.add_hashes(std::string(hash.view()));
    }
    envelopes.push_back(envelope.SerializeAsString());
  }
  return envelopes;
}

}  // namespace touchstone::ledger
