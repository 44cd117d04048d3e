// What holds for every key that an event brings: its form, and that it belongs to one party.
#pragma once

#include <string>

#include "google/protobuf/repeated_field.h"
#include "ledger/verb.h"

namespace touchstone::ledger {

/// Between `least` and `most` Ed25519 public keys of 32 bytes, ascending, each once.
MaybeRejection CheckKeys(const google::protobuf::RepeatedPtrField<std::string>& keys, int least, int most,
                         const Path& field);

/// Global: the key is no root key, is and was no log key, and is and was no party's. KEY_IN_USE.
MaybeRejection CheckKeyIsFree(Context& ctx, const std::string& key, const Path& field);

/// Makes the key the party's; that of a suspended party is suspended too. A key belongs to the first party it was given
/// to: over a bundle, where uniqueness is not judged, a second gift is void.
void GiveKey(Context& ctx, v1::PartyRecord& party, const std::string& key);

}  // namespace touchstone::ledger
