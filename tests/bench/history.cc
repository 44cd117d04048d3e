#include "tests/bench/history.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "absl/strings/ascii.h"
#include "absl/time/time.h"
#include "base/files.h"
#include "fmt/format.h"

namespace touchstone::bench {
namespace {

/// The value of the first line that begins with `name`, behind its colon.
std::string FirstValue(const char* file, const std::string& name) {
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) {
    const size_t colon = line.find(':');
    if (!line.starts_with(name) || colon == std::string::npos) continue;
    return std::string(absl::StripAsciiWhitespace(line.substr(colon + 1)));
  }
  return "unknown";
}

/// What a command says, its first line.
std::string FirstLine(const char* command) {
  FILE* const output = popen(command, "r");
  if (output == nullptr) return "";
  char line[256] = "";
  if (fgets(line, sizeof line, output) == nullptr) line[0] = '\0';
  pclose(output);
  return std::string(absl::StripAsciiWhitespace(line));
}

}  // namespace

Machine DescribeMachine() {
  Machine machine;
  machine.cpu = FirstValue("/proc/cpuinfo", "model name");
  machine.cores = std::thread::hardware_concurrency();
  machine.memory_mib =
      static_cast<uint64_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<uint64_t>(sysconf(_SC_PAGESIZE)) >> 20;
  utsname name{};
  if (uname(&name) == 0) machine.kernel = fmt::format("{} {}", name.sysname, name.release);
  machine.commit = FirstLine("git describe --always --dirty --abbrev=12 2>/dev/null");
  if (machine.commit.empty()) machine.commit = "unknown";
  return machine;
}

std::string HistoryLine(const Machine& machine, bool quick, int64_t now_us, const Figure& figure) {
  nlohmann::ordered_json line;
  line["recorded_at"] = absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::FromUnixMicros(now_us), absl::UTCTimeZone());
  line["quick"] = quick;
  line["machine"] = {{"cpu", machine.cpu},
                     {"cores", machine.cores},
                     {"memory_mib", machine.memory_mib},
                     {"kernel", machine.kernel},
                     {"commit", machine.commit}};
  line["figure"] = nlohmann::ordered_json::parse(JsonLine(figure));
  return line.dump();
}

absl::Status AppendToHistory(const std::string& path, const std::string& line) {
  std::ofstream file(path, std::ios::app);
  file << line << '\n';
  file.flush();
  return file ? absl::OkStatus() : FileError("append to", path, errno == 0 ? EIO : errno);
}

}  // namespace touchstone::bench
