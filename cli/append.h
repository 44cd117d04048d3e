// Files that grow line by line and must not lose one.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace touchstone::cli {

/// Adds `line` and a newline to the file at `path`, durably before it returns; makes the file, with mode 0600, when
/// there is none. Errors as FileError.
absl::Status AppendLine(const std::string& path, std::string_view line);

}  // namespace touchstone::cli
