// What serialised messages look like when they are canonical: told by one walk over their bytes.
#pragma once

#include <string_view>

#include "google/protobuf/descriptor.h"

namespace touchstone::ledger {

/// Whether the bytes are what a message of this type is written as: fields in number order, each once, lists of numbers
/// packed, defaults left out, no field and no enum value that the schema does not have, every number in its shortest
/// form. True only for bytes that equal their own re-encoding, if they parse at all (of texts it does not ask whether
/// they are UTF-8). False also where the schema has what this walk does not know, or an enum with gaps: then
/// only encoding the message again tells. Thread-safe.
bool HasCanonicalForm(std::string_view bytes, const google::protobuf::Descriptor& type);

}  // namespace touchstone::ledger
