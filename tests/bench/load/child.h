// Programs that run beside the bench, and what the system says of them and of the bench itself.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace touchstone::bench {

/// A program that ends with this object, or with this process. Movable. Not thread-safe.
class Child {
 public:
  Child() = default;
  Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, 0)) {}
  Child& operator=(Child&& other) noexcept {
    std::swap(pid_, other.pid_);
    return *this;
  }
  ~Child() { Stop(); }

  /// Starts arguments[0], looked for in PATH, with what it says going to `output_file` unless that is empty.
  /// UNAVAILABLE when there is no such program.
  absl::Status Start(const std::vector<std::string>& arguments, const std::string& output_file = "",
                     const std::string& account = "");
  /// Whether it still runs.
  bool Running();
  /// SIGTERM, then waits for its end.
  void Stop();
  /// Waits for its end; UNAVAILABLE unless it exits with 0.
  absl::Status Await();
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = 0;
};

/// Processor time of a process in all its threads, microseconds, to the system's tick; 0 when there is no such process.
int64_t CpuUsOf(pid_t pid);
/// Processor time of this process in all its threads, microseconds.
int64_t OwnCpuUs();
/// The most memory that a process has had at once, KiB; 0 when there is no such process.
int64_t PeakRssKib(pid_t pid);
/// Bytes of the files under `directory`, as their names tell (not what the file system pads them to).
uint64_t BytesUnder(const std::string& directory);
/// The built program `name` beside this one.
std::string ProgramBeside(const std::string& name);

/// A new directory in TOUCHSTONE_BENCH_DIR, else in /var/tmp, which Debian keeps on a disk as a ledger would be;
/// removed with this object, or by the next one when the process was killed.
class BenchDir {
 public:
  BenchDir();
  BenchDir(const BenchDir&) = delete;
  BenchDir& operator=(const BenchDir&) = delete;
  ~BenchDir();

  const std::string& path() const { return path_; }
  std::string File(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

}  // namespace touchstone::bench
