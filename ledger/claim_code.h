// The short code of a claim, which people read out and type, and the web address that a QR code carries.
//
//   digits  = the first 20 characters of the claim's id after `claim_`: 100 bits
//   code    = digits and 2 check characters, in upper case and groups: ABCD-EFGH-IJKL-MNOP-QRST-UV
//   address = base "/8004/" company prefix || digits in upper case
//
// With v[0] to v[21] the values of the code's characters in the alphabet of RFC 4648 (A = 0, 7 = 31) as elements of
// GF(32), modulo x^5 + x^2 + 1, and a = x:
//
//   sum of v[i] a^i = 0    and    sum of v[i] a^(2i) = 0
//
// a shortened Reed-Solomon code of distance 3 (Reed and Solomon, 1960): any one or two mistyped characters are
// detected, and with them every swap of two; of longer mistakes all but one in a thousand.
//
// The address has the shape of the GS1 Digital Link standard (URI Syntax, 1.4): application identifier 8004, GIAI,
// names one individual asset by a GS1 company prefix and up to 30 characters in all. AI 253, which names documents, has
// room for 17 characters behind its check digit: 85 bits.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace touchstone::ledger {

/// The code of a claim's id. Requires IsId(ObjectKind::kClaim, claim_id).
std::string ClaimCode(std::string_view claim_id);

/// What the id of a claim with this code begins with: `claim_` and its 20 digits. Reads a code in either case and
/// however grouped, with 0, 1 and 8, which the alphabet lacks, read as O, I and B; or an address that ClaimAddress
/// made. BAD_CLAIM_CODE.
absl::StatusOr<std::string> ClaimIdPrefix(std::string_view text);

/// The address of a claim. `base` is `https://`, a host and at most a path, without a slash at its end (BAD_LINK_BASE);
/// the company prefix has 4 to 10 digits, which is what 20 digits leave of a GIAI (BAD_COMPANY_PREFIX). Requires
/// IsId(ObjectKind::kClaim, claim_id).
absl::StatusOr<std::string> ClaimAddress(std::string_view claim_id, std::string_view base,
                                         std::string_view company_prefix);

}  // namespace touchstone::ledger
