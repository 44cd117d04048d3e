#include "cli/append.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/files.h"
#include "base/status.h"

namespace touchstone::cli {
namespace {

absl::Status WriteAll(int fd, const std::string& path, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = write(fd, bytes.data(), bytes.size());
    if (count < 0 && errno != EINTR) return FileError("write", path, errno);
    if (count > 0) bytes.remove_prefix(static_cast<size_t>(count));
  }
  if (fsync(fd) != 0) return FileError("sync", path, errno);
  return absl::OkStatus();
}

}  // namespace

absl::Status AppendLine(const std::string& path, std::string_view line) {
  const bool is_new = access(path.c_str(), F_OK) != 0;
  const UniqueFd fd(open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!fd.valid()) return FileError("open", path, errno);
  // One write for the whole line: lines of two processes do not mix.
  TS_RETURN_IF_ERROR(WriteAll(fd.get(), path, std::string(line) + "\n"));
  return is_new ? SyncDirectory(DirectoryOf(path)) : absl::OkStatus();
}

}  // namespace touchstone::cli
