// Names of things, derived from the event that makes them, so that a device without a network knows them.
//
//   id = prefix "_" first 26 characters of Base32(SHA-256("touchstone-" prefix "-v1\0" || event id || u32 big-endian
//   number))
//
// 26 characters are 130 bits. The number counts the event's outputs of all kinds from 0.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/hash.h"

namespace touchstone::ledger {

/// The kinds of things that events make.
enum class ObjectKind { kParty, kSite, kLicence, kAttestation, kLot, kOffer, kPiece, kClaim, kAccount };

/// `party`, `site`, `licence`, `attestation`, `lot`, `offer`, `piece`, `claim`, `account`.
std::string_view PrefixOf(ObjectKind kind);

/// The id of output `number` of the event.
std::string ObjectId(ObjectKind kind, const crypto::Hash& event_id, uint32_t number);

/// The kind of a well-formed id; nullopt for any other text.
std::optional<ObjectKind> KindOfId(std::string_view id);

/// Whether `id` is a well-formed id of this kind.
bool IsId(ObjectKind kind, std::string_view id);

}  // namespace touchstone::ledger
