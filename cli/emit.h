// The way of an event out of the command: filled in, signed, and sent or kept for later.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/context.h"
#include "crypto/note_key.h"
#include "touchstone/v1/event.pb.h"

namespace touchstone::cli {

/// An event whose body is set becomes an envelope: genesis id, signer keys (--key and --cosigner), and, where the event
/// does not have them, nonce, time and the member signed for. The envelope lacks the signatures of cosigners.
absl::StatusOr<std::string> SignEvent(Context& context, v1::Event event);

/// The same by `signers` in place of --key.
absl::StatusOr<std::string> SignEventBy(Context& context, v1::Event event,
                                        const std::vector<crypto::NoteSigner>& signers);

/// SignEvent, then submits the envelope and prints its checked receipt or that it is parked (ExitCode::kParked), or
/// appends it to the file of --offline.
absl::StatusOr<ExitCode> Emit(Context& context, const v1::Event& event);

}  // namespace touchstone::cli
