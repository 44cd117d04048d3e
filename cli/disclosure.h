// Withheld fields: the commitment that enters the log, and what opens it, which stays with its owner.
//
// A file of disclosures has one JSON object a line: {"field", "commitment", "salt", "value"}, bytes in hex.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/random.h"
#include "touchstone/v1/quantity.pb.h"

namespace touchstone::cli {

/// `value` under a fresh salt of 32 bytes.
v1::Disclosure NewDisclosure(std::string_view field, std::string_view value, Random& random);

/// Adds a line to the file at `path`, durably; makes it with mode 0600 when there is none.
absl::Status AppendDisclosure(const std::string& path, const v1::Disclosure& disclosure);

using WithheldList = google::protobuf::RepeatedPtrField<v1::Withheld>;

/// By ascending commitment, each once: as the schema wants them, whatever the order in which people name them.
void SortCommitments(WithheldList& list);

/// Adds a commitment to each of `texts` under a salt of its own, and sorts the list. What opens them is in the file at
/// `path` before this returns: without it they would say nothing for ever. `field` names the list in it, as
/// `register_site.registrants`. USAGE with the field `--disclosures` when there are texts and no file.
absl::Status WithholdTexts(const std::vector<std::string>& texts, const std::string& path, std::string_view field,
                           Random& random, WithheldList& list);

/// The commitment to one text, as WithholdTexts makes it.
absl::StatusOr<v1::Withheld> WithholdText(const std::string& text, const std::string& path, std::string_view field,
                                          Random& random);

/// A commitment that was made before, 32 bytes in hex: BAD_HASH otherwise.
absl::StatusOr<v1::Withheld> ParseCommitment(std::string_view hex);

}  // namespace touchstone::cli
