// What the command prints: one result on standard output, as text or as JSON, and everything else on standard error.
#pragma once

#include <ostream>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "cli/render.h"

namespace touchstone::cli {

/// Writes the command's answer. Thread-compatible.
class Output {
 public:
  /// Both streams outlive the object.
  Output(std::ostream& out, std::ostream& err, bool json) : out_(out), err_(err), json_(json) {}

  bool json() const { return json_; }
  /// The result: `value` as one line under --json, otherwise `text`, which ends in a newline.
  void Result(const Json& value, std::string_view text);
  /// The error that ended the command: an object {"error": {"code", "reason", "field", "message"}} on standard output
  /// under --json, a line on standard error otherwise.
  void Error(const absl::Status& status);
  /// A line for people on standard error.
  void Note(std::string_view line);
  /// Bytes as they are, for options that ask for nothing else.
  void Raw(std::string_view bytes);

 private:
  std::ostream& out_;
  std::ostream& err_;
  bool json_;
};

/// {"code", "reason", "field", "message"}; the code as gRPC names it.
Json ErrorJson(const absl::Status& status);

/// `NOT_CUSTODIAN at transform.inputs[0].lot_id: ...`, without a newline.
std::string ErrorText(const absl::Status& status);

}  // namespace touchstone::cli
