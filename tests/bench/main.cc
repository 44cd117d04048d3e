// touchstone-bench: measures the groups asked for. Exits 0 when every figure keeps its limit, 1 when one does not or
// cannot be measured, 2 when the command line asks for what does not exist.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "tests/bench/bench.h"
#include "tests/bench/groups.h"
#include "tests/bench/history.h"

namespace touchstone::bench {
namespace {

constexpr Group kGroups[] = {
    {"machine", "what the machine can do at best", RunMachine},
    {"encoding", "text forms of bytes", RunEncoding},
    {"decide", "the rules, one event", RunDecide},
    {"provenance", "gold with ten thousand mine lots upstream", RunProvenance},
    {"admission", "signed events over gRPC, beside libsodium and an echo", RunAdmission},
    {"budget", "an event's processor time, step by step", RunBudget},
    {"latency", "the wait for a receipt at half of full load", RunLatency},
    {"replay", "a full audit by the command", RunReplay},
    {"scale", "a ledger of ten million events", RunScale},
    {"postgres", "the same events into PostgreSQL", RunPostgres},
    {"tiles", "the log over HTTP, beside nginx", RunTiles},
};

struct Request {
  std::vector<std::string> groups;  // all when empty
  bool quick = false;
  bool json = false;
  bool list_groups = false;
  std::string history;  // file to add the figures to; none when empty
};

int ListGroups() {
  for (const Group& group : kGroups) fmt::print("{:<14}{}\n", group.name, group.summary);
  return 0;
}

bool Asked(const Request& request, const Group& group) {
  return request.groups.empty() || std::ranges::find(request.groups, group.name) != request.groups.end();
}

int Measure(const Request& request) {
  SystemClock clock;
  const Machine machine = DescribeMachine();
  absl::Status kept;
  Context context(clock, request.quick, [&](const Figure& figure) {
    fmt::print("{}\n", request.json ? JsonLine(figure) : TableLine(figure));
    std::fflush(stdout);
    if (request.history.empty() || !kept.ok()) return;
    kept = AppendToHistory(request.history, HistoryLine(machine, request.quick, clock.NowUs(), figure));
  });
  fmt::print(stderr, "bench: {} cores of {}, {} MiB, {}, commit {}; clients share them\n", machine.cores, machine.cpu,
             machine.memory_mib, machine.kernel, machine.commit);
  bool measured = true;
  for (const Group& group : kGroups) {
    if (!Asked(request, group)) continue;
    fmt::print(stderr, "bench: {} ({})\n", group.name, group.summary);
    if (const absl::Status status = group.run(context); !status.ok()) {
      fmt::print(stderr, "bench: {} could not be measured: {}\n", group.name, MessageOf(status));
      measured = false;
    }
  }
  if (!kept.ok()) fmt::print(stderr, "bench: the history was not kept: {}\n", MessageOf(kept));
  return measured && kept.ok() && context.all_passed() ? 0 : 1;
}

int Main(int argc, char** argv) {
  Request request;
  CLI::App app("Measures Touchstone against the numbers its design promises.", "touchstone-bench");
  app.add_option("GROUP", request.groups, "groups to measure; all when none is named");
  app.add_flag("--quick", request.quick, "an answer in seconds rather than a good one");
  app.add_flag("--json", request.json, "one line of JSON a figure");
  app.add_option("--record", request.history, "file to add the figures to, with the machine they were measured on");
  app.add_flag("--list-groups", request.list_groups, "name the groups and leave");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  if (request.list_groups) return ListGroups();
  for (const std::string& name : request.groups) {
    if (std::ranges::find(kGroups, name, &Group::name) == std::end(kGroups)) {
      fmt::print(stderr, "bench: there is no group '{}'; there are:\n", name);
      for (const Group& group : kGroups) fmt::print(stderr, "  {:<14}{}\n", group.name, group.summary);
      return 2;
    }
  }
  return Measure(request);
}

}  // namespace
}  // namespace touchstone::bench

int main(int argc, char** argv) { return touchstone::bench::Main(argc, argv); }
