#include "tests/bench/load/child.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <system_error>

#include "base/check.h"
#include "fmt/format.h"

extern char** environ;

namespace touchstone::bench {

absl::Status Child::Start(const std::vector<std::string>& arguments, const std::string& output_file,
                          const std::string& account) {
  TS_CHECK(pid_ == 0);
  // It replaces itself by the program, so that the process is the same.
  std::vector<std::string> command = {"setpriv", "--pdeathsig", "TERM"};
  if (!account.empty()) {
    const std::string who[] = {"--reuid", account, "--regid", account, "--clear-groups"};
    command.insert(command.end(), std::begin(who), std::end(who));
  }
  command.insert(command.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& argument : command) argv.push_back(argument.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  if (!output_file.empty()) {
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output_file.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  }
  const int failed = posix_spawnp(&pid_, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed == 0) return absl::OkStatus();
  pid_ = 0;
  return absl::UnavailableError(fmt::format("{} cannot be run ({}): is it installed (deploy/packages/bench.txt)?",
                                            arguments[0], strerror(failed)));
}

bool Child::Running() {
  if (pid_ == 0) return false;
  if (waitpid(pid_, nullptr, WNOHANG) == 0) return true;
  pid_ = 0;
  return false;
}

void Child::Stop() {
  if (pid_ == 0) return;
  kill(pid_, SIGTERM);
  waitpid(pid_, nullptr, 0);
  pid_ = 0;
}

absl::Status Child::Await() {
  TS_CHECK(pid_ != 0);
  int status = 0;
  waitpid(std::exchange(pid_, 0), &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return absl::OkStatus();
  return absl::UnavailableError(fmt::format("a program ended badly (wait status {})", status));
}

int64_t CpuUsOf(pid_t pid) {
  std::ifstream file(fmt::format("/proc/{}/stat", pid));
  std::string text((std::istreambuf_iterator<char>(file)), {});
  // The name of the program, in parentheses, may hold anything; utime and stime are fields 14 and 15.
  const size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return 0;
  std::istringstream fields(text.substr(name_end + 1));
  std::string skipped;
  for (int field = 3; field < 14; ++field) fields >> skipped;
  int64_t user = 0;
  int64_t system = 0;
  fields >> user >> system;
  return (user + system) * 1'000'000 / sysconf(_SC_CLK_TCK);
}

int64_t OwnCpuUs() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto us = [](const timeval& time) { return int64_t{time.tv_sec} * 1'000'000 + time.tv_usec; };
  return us(usage.ru_utime) + us(usage.ru_stime);
}

int64_t PeakRssKib(pid_t pid) {
  std::ifstream file(fmt::format("/proc/{}/status", pid));
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("VmHWM:")) return std::atoll(line.c_str() + std::strlen("VmHWM:"));
  }
  return 0;
}

uint64_t BytesUnder(const std::string& directory) {
  uint64_t bytes = 0;
  std::error_code error;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory, error)) {
    if (entry.is_regular_file(error)) bytes += entry.file_size(error);
  }
  return bytes;
}

std::string ProgramBeside(const std::string& name) {
  return (std::filesystem::read_symlink("/proc/self/exe").parent_path() / name).string();
}

namespace {

constexpr std::string_view kDirPrefix = "touchstone-bench-";

/// Removes what processes left that are no more: their ids stand in the names.
void RemoveLeftovers(const std::filesystem::path& root) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(root, ignored)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(kDirPrefix)) continue;
    const pid_t owner = std::atoi(name.c_str() + kDirPrefix.size());
    if (owner > 0 && kill(owner, 0) != 0 && errno == ESRCH) std::filesystem::remove_all(entry.path(), ignored);
  }
}

}  // namespace

BenchDir::BenchDir() {
  const char* const wished = getenv("TOUCHSTONE_BENCH_DIR");
  const std::filesystem::path root = wished != nullptr ? wished : "/var/tmp";
  RemoveLeftovers(root);
  path_ = (root / fmt::format("{}{}-XXXXXX", kDirPrefix, getpid())).string();
  TS_CHECK(mkdtemp(path_.data()) != nullptr);
}

BenchDir::~BenchDir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace touchstone::bench
