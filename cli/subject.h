// What a question is about: a lot, piece or claim, as people name it.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "cli/context.h"

namespace touchstone::cli {

/// How options that ResolveSubject reads are told of.
inline constexpr char kSubjectHelp[] =
    "The lot, piece or claim: its id; of a claim also its code, or the address of its QR code";

/// The id that is meant: an id as it is; the claim of a code or address as the server knows it. BAD_CLAIM_CODE about
/// `id` for what is neither; the client's errors.
absl::StatusOr<std::string> ResolveSubject(Context& context, const std::string& text);

}  // namespace touchstone::cli
