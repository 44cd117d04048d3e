// What a ruleset understands of an event whose verb it admits: fields that came later, and the letters of texts.
#pragma once

#include <string_view>

#include "ledger/verb.h"

namespace touchstone::ledger {

/// Ruleset 1 refuses the fields that came with ruleset 2: what it does not read must not seem to be said.
/// FIELD_INVALID.
MaybeRejection CheckFieldsKnown(const Context& ctx);

/// No text at any depth holds a control of writing direction, with which a name can be made to read as another: the
/// bidirectional controls of Unicode, U+061C, U+200E, U+200F, U+202A to U+202E and U+2066 to U+2069. FIELD_INVALID.
/// Ruleset 1 does not ask. `bytes` is the event's serialisation: one without these letters is not looked into.
MaybeRejection CheckDirections(const Context& ctx, const v1::Event& event, std::string_view bytes);

}  // namespace touchstone::ledger
