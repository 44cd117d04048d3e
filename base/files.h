// Small files that must be whole or absent: keys, notes, configuration. Thread-safe as far as the file system is.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace touchstone {

/// Owns a file descriptor and closes it.
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~UniqueFd();

  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

/// An error from `errno_value` that says what was attempted on which path: NOT_FOUND with reason FILE_NOT_FOUND,
/// PERMISSION_DENIED with FILE_NOT_PERMITTED, INVALID_ARGUMENT with FILE_NOT_READABLE for a directory in a file's
/// place, RESOURCE_EXHAUSTED with NO_SPACE, otherwise UNAVAILABLE with FILE_IO.
absl::Status FileError(std::string_view attempt, std::string_view path, int errno_value);

/// The whole content of `path`, at most `max_bytes`. Also reads pipes. Errors: those of FileError, and
/// INVALID_ARGUMENT with FILE_TOO_LARGE.
absl::StatusOr<std::string> ReadFile(const std::string& path, size_t max_bytes);

/// ReadFile for secrets: refuses, with PERMISSION_DENIED and reason KEY_FILE_EXPOSED, a regular file that its group or
/// others may read, write or execute.
absl::StatusOr<std::string> ReadPrivateFile(const std::string& path, size_t max_bytes);

/// What WriteFileAtomically does when `path` exists.
enum class IfExists { kReplace, kRefuse };

/// Makes `path` hold exactly `bytes` with permission bits `mode` whatever the umask, durably before it returns: after a
/// crash the file is the old one or the new one. Errors: those of FileError; ALREADY_EXISTS with FILE_EXISTS under
/// kRefuse, which never overwrites, not even in a race.
absl::Status WriteFileAtomically(const std::string& path, std::string_view bytes, mode_t mode,
                                 IfExists if_exists = IfExists::kReplace);

/// Makes the names in directory `path` durable: creations, renames and removals before the call survive a crash.
absl::Status SyncDirectory(const std::string& path);

/// The directory that holds `path`, which may end in slashes; "." when it has no other.
std::string DirectoryOf(std::string_view path);

}  // namespace touchstone
