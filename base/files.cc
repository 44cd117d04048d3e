#include "base/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <system_error>

#include "base/status.h"
#include "fmt/format.h"

namespace touchstone {
namespace {

/// Bytes read at a time: most files here fit in one.
constexpr size_t kReadChunkBytes = 64 << 10;

absl::StatusOr<std::string> ReadAll(int fd, const std::string& path, size_t max_bytes) {
  std::string bytes;
  while (bytes.size() <= max_bytes) {
    const size_t old_size = bytes.size();
    bytes.resize(old_size + kReadChunkBytes);
    const ssize_t count = read(fd, bytes.data() + old_size, kReadChunkBytes);
    if (count < 0 && errno != EINTR) return FileError("read", path, errno);
    bytes.resize(old_size + static_cast<size_t>(count < 0 ? 0 : count));
    if (count == 0) return bytes;
  }
  return InvalidInput("FILE_TOO_LARGE", "", fmt::format("{} is larger than {} bytes", path, max_bytes));
}

absl::Status WriteAll(int fd, const std::string& path, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = write(fd, bytes.data(), bytes.size());
    if (count < 0 && errno != EINTR) return FileError("write", path, errno);
    if (count > 0) bytes.remove_prefix(static_cast<size_t>(count));
  }
  return absl::OkStatus();
}

/// Writes and syncs the file that will take the name; nothing else knows its own name yet.
absl::Status WriteTemporary(const std::string& path, std::string_view bytes, mode_t mode) {
  const UniqueFd fd(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!fd.valid()) return FileError("create", path, errno);
  TS_RETURN_IF_ERROR(WriteAll(fd.get(), path, bytes));
  if (fchmod(fd.get(), mode) != 0) return FileError("set the mode of", path, errno);
  if (fsync(fd.get()) != 0) return FileError("sync", path, errno);
  return absl::OkStatus();
}

absl::Status MoveIntoPlace(const std::string& from, const std::string& to, IfExists if_exists) {
  switch (if_exists) {
    case IfExists::kReplace:
      if (rename(from.c_str(), to.c_str()) != 0) return FileError("rename into", to, errno);
      return absl::OkStatus();
    case IfExists::kRefuse:
      // link() is the POSIX way to take a name only if it is free.
      if (link(from.c_str(), to.c_str()) != 0) {
        if (errno != EEXIST) return FileError("create", to, errno);
        return MakeError(absl::StatusCode::kAlreadyExists, "FILE_EXISTS", "",
                         fmt::format("{} exists and is not overwritten", to));
      }
      if (unlink(from.c_str()) != 0) return FileError("remove", from, errno);
      return absl::OkStatus();
  }
  return absl::InternalError("unreachable");
}

std::string TemporaryNameFor(const std::string& path) {
  static std::atomic<uint64_t> counter{0};
  return fmt::format("{}.tmp.{}.{}", path, getpid(), counter.fetch_add(1));
}

}  // namespace

UniqueFd::~UniqueFd() {
  if (fd_ >= 0) close(fd_);
}

absl::Status FileError(std::string_view attempt, std::string_view path, int errno_value) {
  const std::string message =
      fmt::format("cannot {} {}: {}", attempt, path, std::generic_category().message(errno_value));
  switch (errno_value) {
    case EISDIR:
      return InvalidInput("FILE_NOT_READABLE", "", message);
    case ENOENT:
    case ENOTDIR:
      return MakeError(absl::StatusCode::kNotFound, "FILE_NOT_FOUND", "", message);
    case EACCES:
    case EPERM:
    case EROFS:
      return MakeError(absl::StatusCode::kPermissionDenied, "FILE_NOT_PERMITTED", "", message);
    case ENOSPC:
    case EDQUOT:
      return MakeError(absl::StatusCode::kResourceExhausted, "NO_SPACE", "", message);
    default:
      return MakeError(absl::StatusCode::kUnavailable, "FILE_IO", "", message);
  }
}

absl::StatusOr<std::string> ReadFile(const std::string& path, size_t max_bytes) {
  const UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) return FileError("open", path, errno);
  return ReadAll(fd.get(), path, max_bytes);
}

absl::StatusOr<std::string> ReadPrivateFile(const std::string& path, size_t max_bytes) {
  const UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) return FileError("open", path, errno);
  // The open file is asked, not its name, so that nobody can swap the file between the question and the reading.
  struct stat info = {};
  if (fstat(fd.get(), &info) != 0) return FileError("inspect", path, errno);
  if (S_ISREG(info.st_mode) && (info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return MakeError(
        absl::StatusCode::kPermissionDenied, "KEY_FILE_EXPOSED", "",
        fmt::format("{} has mode {:04o}; a secret must be its owner's alone (chmod 600)", path, info.st_mode & 07777U));
  }
  return ReadAll(fd.get(), path, max_bytes);
}

absl::Status WriteFileAtomically(const std::string& path, std::string_view bytes, mode_t mode, IfExists if_exists) {
  const std::string temporary = TemporaryNameFor(path);
  absl::Status status = WriteTemporary(temporary, bytes, mode);
  if (status.ok()) status = MoveIntoPlace(temporary, path, if_exists);
  if (!status.ok()) {
    unlink(temporary.c_str());
    return status;
  }
  return SyncDirectory(DirectoryOf(path));
}

absl::Status SyncDirectory(const std::string& path) {
  const UniqueFd fd(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.valid()) return FileError("open directory", path, errno);
  if (fsync(fd.get()) != 0) return FileError("sync directory", path, errno);
  return absl::OkStatus();
}

std::string DirectoryOf(std::string_view path) {
  while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  const size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return ".";
  return std::string(path.substr(0, slash == 0 ? 1 : slash));
}

}  // namespace touchstone
