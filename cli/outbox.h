// Events that were signed away from the network, and the order in which they can be sent.
//
// An outbox is a text file: one base64 envelope a line; empty lines and lines that begin with `#` say nothing.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/hash.h"
#include "touchstone/v1/envelope.pb.h"
#include "touchstone/v1/event.pb.h"

namespace touchstone::cli {

/// One event of an outbox. Its signatures may still be incomplete.
struct OutboxEvent {
  size_t line = 0;  // from 1
  std::string envelope_bytes;
  v1::Envelope envelope;
  v1::Event event;
  crypto::Hash event_id;
};

/// Reads an outbox. BAD_OUTBOX with the field `line 3` for a line that carries no event.
absl::StatusOr<std::vector<OutboxEvent>> ParseOutbox(std::string_view text);

/// ParseOutbox of a file.
absl::StatusOr<std::vector<OutboxEvent>> LoadOutbox(const std::string& path);

/// Adds a line, durably before it returns; makes the file, with mode 0600, when there is none.
absl::Status AppendToOutbox(const std::string& path, std::string_view envelope_bytes);

/// Writes the file anew, with mode 0600, whole or not at all.
absl::Status WriteOutbox(const std::string& path, const std::vector<OutboxEvent>& events);

/// For each event the positions of those it needs, ascending: those that make a thing it names, or bring in a key that
/// signs it.
std::vector<std::vector<size_t>> Prerequisites(const std::vector<OutboxEvent>& events);

/// An order in which every event comes after its prerequisites and that otherwise is the order of the file.
std::vector<size_t> DependencyOrder(const std::vector<std::vector<size_t>>& prerequisites);

/// Keys that the payload names and that have not signed, ascending.
std::vector<std::string> MissingSigners(const OutboxEvent& event);

}  // namespace touchstone::cli
