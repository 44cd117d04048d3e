// Tiles over HTTP: the gateway beside nginx, which serves the exported tree of the same log, asked by the same client.
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "base/files.h"
#include "base/limits.h"
#include "base/status.h"
#include "fmt/format.h"
#include "services/gateway/export.h"
#include "tests/bench/groups.h"
#include "tests/bench/load/child.h"
#include "tests/transparency/served_log.h"

namespace touchstone::bench {
namespace {

using services::ServedLog;

/// Of what a good web server does, what one that also runs a ledger should do at least.
constexpr double kMinRatio = 0.3;
/// 273 full tiles of level 0: more than any client asks for at once, and all of them hot, as in a crowd.
constexpr uint64_t kLogSize = 70'000;
constexpr int kConnections = 16;

absl::Status CannotRun(std::string_view program) {
  return absl::UnavailableError(fmt::format("{} cannot be run: is it installed (deploy/packages/bench.txt)?", program));
}

/// A port that was free a moment ago, for a program that cannot say which one it got.
absl::StatusOr<int> FreePort() {
  TS_ASSIGN_OR_RETURN(const auto server,
                      services::HttpServer::Start({.host = "127.0.0.1", .port = 0},
                                                  {.handler = [](const auto&) { return services::HttpResponse{}; }}));
  return server->port();
}

/// nginx as an operator sets it up: as many workers as cores, files sent by the kernel, no log of requests.
std::string NginxConfig(const std::string& dir, const std::string& root, int port) {
  return fmt::format(
      "worker_processes auto;\ndaemon off;\npid {0}/nginx.pid;\nerror_log {0}/error.log;\n"
      "events {{ worker_connections 256; }}\n"
      "http {{\n  access_log off;\n  sendfile on;\n  tcp_nopush on;\n  keepalive_requests 10000;\n"
      "  default_type application/octet-stream;\n  open_file_cache max=1000;\n"
      "  client_body_temp_path {0}/t;\n  proxy_temp_path {0}/t;\n  fastcgi_temp_path {0}/t;\n  uwsgi_temp_path {0}/t;\n"
      "  scgi_temp_path {0}/t;\n"
      "  server {{ listen 127.0.0.1:{2}; root {1}; }}\n}}\n",
      dir, root, port);
}

/// Asks for every full tile of level 0 in turn.
std::string WrkScript() {
  return fmt::format(
      "local n = 0\nrequest = function()\n  n = (n + 1) % {}\n"
      "  return wrk.format('GET', string.format('/tile/0/%03d', n))\nend\n",
      kLogSize / 256);
}

/// Requests a second that wrk is answered, all of them with success.
absl::StatusOr<double> RequestsPerSecond(int port, const std::string& script, int seconds) {
  const std::string command =
      fmt::format("wrk --threads 1 --connections {} --duration {}s --script {} http://127.0.0.1:{}", kConnections,
                  seconds, script, port);
  FILE* const output = popen(command.c_str(), "r");
  if (output == nullptr) return CannotRun("wrk");
  std::string text;
  char buffer[4'096];
  while (const size_t got = fread(buffer, 1, sizeof buffer, output)) text.append(buffer, got);
  const int exit = pclose(output);
  constexpr std::string_view kLabel = "Requests/sec:";
  const size_t at = text.find(kLabel);
  if (exit != 0 || at == std::string::npos) return CannotRun("wrk");
  if (text.find("Non-2xx") != std::string::npos || text.find("Socket errors") != std::string::npos) {
    return absl::InternalError(fmt::format("not every request was answered: {}", text));
  }
  return std::atof(text.c_str() + at + kLabel.size());
}

/// Returns once the port answers.
absl::Status Await(Context& context, int port) {
  const int64_t deadline_us = context.clock().MonotonicUs() + 10'000'000;
  for (;;) {
    TS_ASSIGN_OR_RETURN(const auto source, services::SourceAt(fmt::format("http://127.0.0.1:{}", port)));
    if (source->ReadCheckpoint().ok()) return absl::OkStatus();
    if (context.clock().MonotonicUs() > deadline_us) return CannotRun("nginx");
  }
}

void ReportRate(Context& context, const char* name, std::vector<double>& rates) {
  std::sort(rates.begin(), rates.end());
  context.Report({.name = name,
                  .value = rates[rates.size() / 2],
                  .unit = "1/s",
                  .limit = std::nullopt,
                  .better = Better::kHigher,
                  .n = rates.size()});
}

/// One after the other in rounds, so that what else the machine does hits both.
absl::Status Measure(Context& context, int gateway, int nginx, const std::string& script) {
  const int rounds = context.Pick(5, 1);
  const int seconds = context.Pick(3, 1);
  std::vector<double> ratios;
  std::vector<double> gateway_rates;
  std::vector<double> nginx_rates;
  for (int round = 0; round < rounds; ++round) {
    TS_ASSIGN_OR_RETURN(const double of_gateway, RequestsPerSecond(gateway, script, seconds));
    TS_ASSIGN_OR_RETURN(const double of_nginx, RequestsPerSecond(nginx, script, seconds));
    gateway_rates.push_back(of_gateway);
    nginx_rates.push_back(of_nginx);
    ratios.push_back(of_gateway / of_nginx);
  }
  ReportRate(context, "tiles.gateway", gateway_rates);
  ReportRate(context, "tiles.nginx", nginx_rates);
  std::sort(ratios.begin(), ratios.end());
  context.Report({.name = "tiles.gateway_to_nginx",
                  .value = ratios[ratios.size() / 2],
                  .unit = "x",
                  .limit = kMinRatio,
                  .better = Better::kHigher,
                  .n = ratios.size()});
  return absl::OkStatus();
}

}  // namespace

absl::Status RunTiles(Context& context) {
  testing::TempDir directory;
  ServedLog log;
  log.GrowTo(kLogSize);
  const std::unique_ptr<crypto::LogSource> source = services::SourceOf(log.newest());
  TS_RETURN_IF_ERROR(services::ExportLog(*source, directory.File("tree"), log.log_key()).status());
  TS_ASSIGN_OR_RETURN(const int port, FreePort());
  const std::string config = directory.File("nginx.conf");
  TS_RETURN_IF_ERROR(WriteFileAtomically(config, NginxConfig(directory.path(), directory.File("tree"), port), 0644));
  const std::string script = directory.File("tiles.lua");
  TS_RETURN_IF_ERROR(WriteFileAtomically(script, WrkScript(), 0644));
  // Its workers are not root: they must see the files.
  if (chmod(directory.path().c_str(), 0755) != 0) return FileError("open", directory.path(), errno);
  Child nginx;
  TS_RETURN_IF_ERROR(nginx.Start({"nginx", "-c", config, "-e", directory.File("error.log")}));
  TS_RETURN_IF_ERROR(Await(context, port));
  return Measure(context, log.port(), port, script);
}

}  // namespace touchstone::bench
