// What is signed: the pre-authentication encoding of DSSE v1, over one event or over a batch of events.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "crypto/hash.h"

namespace touchstone::crypto {

/// The payload type of an event: a serialised touchstone.v1.Event.
inline constexpr std::string_view kEventPayloadType = "application/vnd.touchstone.event.v1+protobuf";

/// The payload type of a batch: u64 big-endian count || RFC 6962 root over the batch's leaves.
inline constexpr std::string_view kBatchPayloadType = "application/vnd.touchstone.batch.v1";

/// PAE of DSSE v1: "DSSEv1" SP len(type) SP type SP len(payload) SP payload, lengths in decimal ASCII bytes.
std::string Pae(std::string_view type, std::string_view payload);

/// The leaf of an event in a batch: the RFC 6962 leaf hash of PAE(kEventPayloadType, payload).
Hash BatchLeaf(std::string_view payload);

/// What a batch signature signs: PAE(kBatchPayloadType, count || root).
std::string BatchMessage(uint64_t count, const Hash& root);

/// The root of a batch of `count` events from the `leaf` at `index` and its RFC 6962 inclusion path. INVALID_ARGUMENT
/// as RootFromInclusion, and BAD_PROOF_LENGTH beyond limits::kMaxBatchPathHashes.
absl::StatusOr<Hash> BatchRoot(uint64_t index, uint64_t count, const Hash& leaf, std::span<const Hash> path);

}  // namespace touchstone::crypto
