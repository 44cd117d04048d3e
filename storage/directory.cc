#include "storage/directory.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "base/status.h"
#include "fmt/format.h"

namespace touchstone::storage {
namespace {

/// Readers of a read-only medium cannot make the lock file, and need not: nobody can write there either.
absl::StatusOr<UniqueFd> OpenLockFile(const std::string& path, Claim claim) {
  UniqueFd fd(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH));
  if (!fd.valid() && claim == Claim::kShared && (errno == EROFS || errno == EACCES)) {
    fd = UniqueFd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  }
  if (!fd.valid()) return FileError("open", path, errno);
  return fd;
}

}  // namespace

std::string DatabasePath(const std::string& dir) { return dir + "/db"; }

absl::StatusOr<UniqueFd> ClaimDirectory(const std::string& dir, Claim claim) {
  const std::string path = dir + "/lock";
  TS_ASSIGN_OR_RETURN(UniqueFd fd, OpenLockFile(path, claim));
  if (flock(fd.get(), (claim == Claim::kExclusive ? LOCK_EX : LOCK_SH) | LOCK_NB) == 0) return fd;
  if (errno != EWOULDBLOCK) return FileError("lock", path, errno);
  return MakeError(absl::StatusCode::kFailedPrecondition, "LEDGER_IN_USE", "",
                   fmt::format("{} is in use by another process or store; stop it first", dir));
}

absl::Status MakeEmptyDirectory(const std::string& dir) {
  if (mkdir(dir.c_str(), S_IRWXU | S_IRGRP | S_IXGRP) == 0) return SyncDirectory(DirectoryOf(dir));
  if (errno != EEXIST) return FileError("make directory", dir, errno);
  std::error_code error;
  const bool empty = std::filesystem::is_empty(dir, error);
  if (error) return FileError("inspect", dir, error.value());
  if (empty && std::filesystem::is_directory(dir, error)) return absl::OkStatus();
  return MakeError(absl::StatusCode::kFailedPrecondition, "DIRECTORY_NOT_EMPTY", "",
                   fmt::format("{} is not an empty directory; a new ledger needs one of its own", dir));
}

absl::Status CheckFreeSpace(const std::string& dir, uint64_t reserve_bytes, uint64_t needed_bytes) {
  struct statvfs volume = {};
  if (statvfs(dir.c_str(), &volume) != 0) return FileError("measure the volume of", dir, errno);
  const uint64_t free_bytes = uint64_t{volume.f_bavail} * volume.f_frsize;
  if (free_bytes >= needed_bytes && free_bytes - needed_bytes >= reserve_bytes) return absl::OkStatus();
  return MakeError(
      absl::StatusCode::kResourceExhausted, "NO_SPACE", "",
      fmt::format("{} has {} bytes free; writing {} must leave {}", dir, free_bytes, needed_bytes, reserve_bytes));
}

}  // namespace touchstone::storage
