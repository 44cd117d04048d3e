// Withheld fields: what enters the log in place of a value, and what opens it.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "touchstone/v1/quantity.pb.h"

namespace touchstone::ledger {

/// SHA-256("touchstone-withheld-v1\0" || salt || value). The disclosure's salt has 32 bytes (limits::kSaltBytes):
/// without a salt that nobody can guess, a commitment to one of few possible values hides nothing.
v1::Withheld CommitTo(const v1::Disclosure& disclosure);

/// OK when the disclosure opens the commitment. INVALID_ARGUMENT BAD_SALT, DISCLOSURE_MISMATCH.
absl::Status CheckDisclosure(const v1::Withheld& withheld, const v1::Disclosure& disclosure);

}  // namespace touchstone::ledger
