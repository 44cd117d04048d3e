#include "cli/commands/monitor_commands.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/encoding.h"
#include "base/files.h"
#include "base/limits.h"
#include "cli/monitor.h"
#include "cli/time.h"
#include "crypto/fork.h"
#include "fmt/format.h"

namespace touchstone::cli {
namespace {

constexpr char kMonitorExits[] =
    "Exit codes, the graver before the lesser where several are due:\n"
    "  3  inconsistent: a fork is proven, now or by a file in DIR; or a signature, tile or entry does not hold\n"
    "  1  something that is watched is in new entries: they are listed this once\n"
    "  2  a vantage point could not be read, or not all that proves what it shows\n"
    "  0  clean; an older view of the same history is clean too\n"
    "  4  wrong usage, a damaged DIR, or one of another log\n"
    "  5  another failure; nothing is remembered, and the next run tells all again\n";

constexpr char kAccuseExits[] =
    "Exit codes:\n"
    "  0  proven: the log of the trust file told two histories\n"
    "  1  not proven by this file\n"
    "  3  the file is no evidence that can be read\n"
    "  4  wrong usage, or a file that is not there\n";

// How a look ends, by the numbers that all commands end with.
constexpr ExitCode kClean = ExitCode::kDone;
constexpr ExitCode kWatchedIsNew = ExitCode::kRefused;
constexpr ExitCode kNotAllSeen = ExitCode::kIndeterminate;
constexpr ExitCode kInconsistent = ExitCode::kNotVerifiable;

absl::StatusOr<const ledger::Trust*> RequireTrust(Context& context) {
  TS_ASSIGN_OR_RETURN(const ledger::Trust* const trust, context.trust());
  if (trust != nullptr) return trust;
  return InvalidInput("TRUST_MISSING", "--trust", "who holds a log to its word knows its key: name a trust file");
}

Json CutJson(const crypto::Checkpoint& checkpoint) {
  return Json{{"size", checkpoint.size}, {"root", HexEncode(checkpoint.root.view())}};
}

std::string CutText(const crypto::Checkpoint& checkpoint) {
  return fmt::format("{} entries, root {}", checkpoint.size, HexEncode(checkpoint.root.view()));
}

Json ForkJson(const crypto::ProvenFork& fork) {
  return Json{{"first", CutJson(fork.first)},
              {"second", CutJson(fork.second)},
              {"entry", fork.index.has_value() ? Json(*fork.index) : Json()}};
}

std::string ForkText(const crypto::ProvenFork& fork) {
  std::string text = fmt::format("  {}\n  {}\n", CutText(fork.first), CutText(fork.second));
  if (fork.index.has_value()) return text + fmt::format("  entry {} is not the same in both\n", *fork.index);
  return text + "  two roots for one size\n";
}

// --- monitor: what it says -------------------------------------------------------------------------------------------

Json ViewJson(const View& view, const ledger::Trust& trust) {
  Json json{{"url", view.url}, {"standing", NameOf(view.standing)}};
  if (view.checkpoint.has_value()) {
    Json witnesses = Json::array();
    for (const ledger::Cosigned& cosigned : view.cosigned) {
      witnesses.push_back(
          Json{{"name", cosigned.by.key.name()}, {"executes", cosigned.by.executes}, {"cosigned_at_s", cosigned.at_s}});
    }
    json.update(CutJson(*view.checkpoint));
    json["cosigned_by"] = std::move(witnesses);
    json["quorum"] = trust.quorum;
    json["has_quorum"] = view.cosigned.size() >= trust.quorum;
  }
  if (!view.note.empty()) json["note"] = view.note;
  if (!view.problem.ok()) json["problem"] = ErrorJson(view.problem);
  return json;
}

std::string CosignedText(const View& view, const ledger::Trust& trust) {
  if (trust.witnesses.empty()) return "";
  std::string names;
  for (const ledger::Cosigned& cosigned : view.cosigned) {
    names += fmt::format("{}{}{}", names.empty() ? "" : ", ", cosigned.by.key.name(),
                         cosigned.by.executes ? " (executes the rules)" : "");
  }
  const bool enough = view.cosigned.size() >= trust.quorum;
  return fmt::format("  cosigned by {}; the quorum of {} is {}\n", names.empty() ? "no known witness" : names,
                     trust.quorum, enough ? "there" : "not there yet");
}

std::string ViewText(const View& view, const ledger::Trust& trust) {
  std::string text = fmt::format("{}: {}", view.url, NameOf(view.standing));
  if (view.checkpoint.has_value()) text += ", " + CutText(*view.checkpoint);
  text += "\n";
  if (!view.problem.ok()) text += fmt::format("  {}\n", ErrorText(view.problem));
  if (view.checkpoint.has_value()) text += CosignedText(view, trust);
  return text;
}

Json EventJson(const WatchedEvent& event) {
  Json concerns = Json::array();
  for (const Concern& concern : event.concerns) {
    Json json{{"watched", concern.watched}, {"bearing", NameOf(concern.bearing)}};
    if (concern.bearing == Bearing::kUses) {
      json["used"] = concern.used;
      json["used_index"] = concern.used_index;
    }
    concerns.push_back(std::move(json));
  }
  return Json{{"index", event.index},
              {"recorded_at", FormatTimeUs(event.recorded_at_us)},
              {"event_id", HexEncode(event.event_id.view())},
              {"verb", event.verb},
              {"concerns", std::move(concerns)}};
}

std::string ConcernText(const Concern& concern) {
  switch (concern.bearing) {
    case Bearing::kNames:
      return fmt::format("names {}", concern.watched);
    case Bearing::kMakes:
      return fmt::format("makes {}", concern.watched);
    case Bearing::kSigned:
      return fmt::format("signed by {}", concern.watched);
    case Bearing::kUses:
      return fmt::format("names {}, which came of entry {}, which concerned {}", concern.used, concern.used_index,
                         concern.watched);
  }
  return "";
}

std::string EventText(const WatchedEvent& event) {
  std::string text = fmt::format("{:>8}  {:<27}  {:<18}  {}\n", event.index, FormatTimeUs(event.recorded_at_us),
                                 event.verb, HexEncode(event.event_id.view()));
  for (const Concern& concern : event.concerns) text += fmt::format("          {}\n", ConcernText(concern));
  return text;
}

Json ReportJson(const MonitorReport& report, const ledger::Trust& trust, ExitCode code) {
  Json views = Json::array();
  for (const View& view : report.views) views.push_back(ViewJson(view, trust));
  Json forks = Json::array();
  for (const KeptFork& kept : report.forks) {
    Json json = ForkJson(kept.fork);
    json["file"] = kept.file;
    forks.push_back(std::move(json));
  }
  Json events = Json::array();
  for (const WatchedEvent& event : report.events) events.push_back(EventJson(event));
  Json bad_entries = Json::array();
  for (const BadEntry& bad : report.bad_entries) {
    bad_entries.push_back(Json{{"index", bad.index}, {"problem", ErrorJson(bad.why)}});
  }
  Json watched = Json::array();
  for (const auto& [id, since] : report.since) watched.push_back(Json{{"id", id}, {"since", since}});
  return Json{{"exit_code", static_cast<int>(code)},
              {"origin", trust.log.name()},
              {"remembered", report.remembered.has_value() ? CutJson(*report.remembered) : Json()},
              {"followed", report.followed.has_value() ? CutJson(*report.followed) : Json()},
              {"views", std::move(views)},
              {"forks", std::move(forks)},
              {"watched", std::move(watched)},
              {"events", std::move(events)},
              {"bad_entries", std::move(bad_entries)},
              {"bad_count", report.bad_count},
              {"forgotten", report.forgotten}};
}

std::string ReportText(const MonitorReport& report, const ledger::Trust& trust) {
  std::string text;
  for (const View& view : report.views) text += ViewText(view, trust);
  for (const KeptFork& kept : report.forks) {
    text += fmt::format("FORK: {} signed two histories; {} proves it:\n{}", trust.log.name(), kept.file,
                        ForkText(kept.fork));
  }
  for (const BadEntry& bad : report.bad_entries) {
    text += fmt::format("NO EVENT: entry {}: {}\n", bad.index, ErrorText(bad.why));
  }
  if (report.bad_count > report.bad_entries.size()) {
    text += fmt::format("NO EVENT: {} entries more\n", report.bad_count - report.bad_entries.size());
  }
  for (const WatchedEvent& event : report.events) text += EventText(event);
  for (const auto& [id, since] : report.since) {
    if (since > 0) text += fmt::format("{} is watched from entry {} on\n", id, since);
  }
  if (report.forgotten > 0) {
    text += fmt::format("{} things made long ago are followed no more, for want of room\n", report.forgotten);
  }
  const uint64_t before = report.remembered.has_value() ? report.remembered->size : 0;
  if (!report.followed.has_value()) return text + fmt::format("nothing was read; {} entries are known\n", before);
  return text + fmt::format("read entries {} to {}: {} of them are listed; known: {}\n", before, report.followed->size,
                            report.events.size(), CutText(*report.followed));
}

// --- monitor: what it does -------------------------------------------------------------------------------------------

struct MonitorOptions {
  std::string folder;
  std::vector<std::string> urls;
  std::set<std::string> watched;
};

/// What is listed is listed once, so it goes before what the next run would find again.
ExitCode ExitCodeOf(const MonitorReport& report) {
  if (report.inconsistent()) return kInconsistent;
  if (!report.events.empty()) return kWatchedIsNew;
  return report.unreachable() ? kNotAllSeen : kClean;
}

absl::Status CheckOptions(const MonitorOptions& options) {
  if (options.urls.size() > limits::kMaxVantagePoints) {
    return InvalidInput("USAGE", "urls", fmt::format("at most {} vantage points", limits::kMaxVantagePoints));
  }
  if (options.watched.size() > limits::kMaxWatchedIds) {
    return InvalidInput("USAGE", "--watch", fmt::format("at most {} ids", limits::kMaxWatchedIds));
  }
  return absl::OkStatus();
}

absl::StatusOr<ExitCode> RunMonitor(Context& context, const MonitorOptions& options) {
  constexpr int64_t kMsPerSecond = 1'000;
  TS_RETURN_IF_ERROR(CheckOptions(options));
  TS_ASSIGN_OR_RETURN(const ledger::Trust* const trust, RequireTrust(context));
  std::vector<Vantage> vantages;
  for (const std::string& url : options.urls) {
    absl::StatusOr<Vantage> vantage = OpenVantage(url, context.options().timeout_s * kMsPerSecond);
    if (!vantage.ok()) return InField(url, vantage.status());
    vantages.push_back(*std::move(vantage));
  }
  TS_ASSIGN_OR_RETURN(const std::unique_ptr<MonitorState> state, MonitorState::Open(options.folder, trust->log_keys()));
  Monitor monitor(*state, *trust, context.environment().err, context.environment().err_is_terminal);
  TS_ASSIGN_OR_RETURN(const MonitorReport report, monitor.Look(vantages, options.watched));
  const ExitCode code = ExitCodeOf(report);
  context.output().Result(ReportJson(report, *trust, code), ReportText(report, *trust));
  // What nobody has read is not remembered as told.
  if (!context.environment().out) {
    return MakeError(absl::StatusCode::kUnavailable, "OUTPUT_LOST", "", "the report could not be written out");
  }
  TS_RETURN_IF_ERROR(monitor.Remember());
  return code;
}

// --- accuse ----------------------------------------------------------------------------------------------------------

absl::StatusOr<ExitCode> RunAccuse(Context& context, const std::string& file) {
  TS_ASSIGN_OR_RETURN(const ledger::Trust* const trust, RequireTrust(context));
  TS_ASSIGN_OR_RETURN(const std::string text, ReadFile(file, limits::kMaxForkEvidenceBytes));
  const absl::StatusOr<crypto::ForkEvidence> evidence = crypto::ParseForkEvidence(text);
  if (!evidence.ok()) return EndingWith(ExitCode::kNotVerifiable, evidence.status());
  const absl::StatusOr<crypto::ProvenFork> fork = crypto::VerifyFork(*evidence, trust->log_keys());
  const std::string& origin = trust->log.name();
  if (!fork.ok()) {
    context.output().Result(Json{{"proven", false}, {"origin", origin}, {"problem", ErrorJson(fork.status())}},
                            fmt::format("not proven against {}: {}\n", origin, ErrorText(fork.status())));
    return ExitCode::kRefused;
  }
  Json json = ForkJson(*fork);
  json["proven"] = true;
  json["origin"] = origin;
  context.output().Result(
      json, fmt::format("proven: the key of {} signed two histories, of which no one log can be both:\n{}", origin,
                        ForkText(*fork)));
  return ExitCode::kDone;
}

}  // namespace

void AddMonitor(CommandTree& tree, CLI::App* group) {
  auto options = std::make_shared<MonitorOptions>();
  CLI::App* monitor = AddCommand(
      tree, group, "monitor", "Compare what vantage points show of a log, and list what is new of those watched",
      "log monitor --trust trust.toml --state /var/lib/monitor --watch party_... http://127.0.0.1:7471",
      [options](Context& context) { return RunMonitor(context, *options); });
  monitor->footer(std::string(kMonitorExits) + "\n" + monitor->get_footer());
  AddText(monitor, "--state", "DIR", "Where it remembers what it has seen, and keeps proof; made when missing",
          &options->folder)
      ->required();
  AddValues<std::string>(monitor, "--watch", "ID", "A party, site, lot or other id to look for; repeatable",
                         &ParseWatchedId, [options](std::string id) { options->watched.insert(std::move(id)); });
  AddValues<std::string>(monitor, "urls", "URL", "Vantage points, as http://127.0.0.1:7471", &ParseText,
                         [options](std::string url) { options->urls.push_back(std::move(url)); })
      ->required();
}

void AddAccuse(CommandTree& tree, CLI::App* group) {
  auto file = std::make_shared<std::string>();
  CLI::App* accuse = AddCommand(tree, group, "accuse", "Check whether a file proves that a log told two histories",
                                "log accuse /var/lib/monitor/fork-17 --trust trust.toml",
                                [file](Context& context) { return RunAccuse(context, *file); });
  accuse->footer(std::string(kAccuseExits) + "\n" + accuse->get_footer());
  AddText(accuse, "file", "FILE", "Evidence, as a monitor, replica or witness keeps it", file.get())->required();
}

}  // namespace touchstone::cli
