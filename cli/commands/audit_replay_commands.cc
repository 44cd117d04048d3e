// touchstone audit replay, report: the whole log, executed again on this machine.
#include "base/encoding.h"
#include "base/status.h"
#include "cli/commands/audit_commands.h"
#include "cli/listing.h"
#include "cli/output.h"
#include "cli/replay.h"
#include "fmt/format.h"
#include "ledger/reports.h"
#include "ledger/state.h"

namespace touchstone::cli {
namespace {

using Texts = std::vector<std::string>;

// --- replay ----------------------------------------------------------------------------------------------------------

Json FindingsJson(const Replayed& replayed) {
  Json counts = Json::object();
  for (const auto& [code, count] : replayed.findings) counts[NameFor(code)] = count;
  return counts;
}

void PrintReplayed(Context& context, const Replayed& replayed) {
  const crypto::Checkpoint& checkpoint = replayed.seen.checkpoint;
  const std::string digest = HexEncode(ledger::StateDigest(replayed.state).view());
  std::string text =
      fmt::format("log: {}\n{}replayed: {} entries, {} signatures hold, every rule was kept\n", checkpoint.origin,
                  CheckpointText(replayed.seen), checkpoint.size, replayed.signatures);
  text += fmt::format("state: {} records, SHA-256 {}\n", replayed.state.records().size(), digest);
  for (const auto& [code, count] : replayed.findings) text += fmt::format("found: {} {}\n", count, NameFor(code));
  context.output().Result(Json{{"verified", true},
                               {"origin", checkpoint.origin},
                               {"checkpoint", CheckpointJson(replayed.seen)},
                               {"entries", checkpoint.size},
                               {"signatures", replayed.signatures},
                               {"state_records", replayed.state.records().size()},
                               {"state_sha256", digest},
                               {"findings", FindingsJson(replayed)}},
                          text);
}

/// How a replay ends that fails: a log that does not hold is an answer, anything else an error.
absl::StatusOr<ExitCode> EndReplay(Context& context, const absl::Status& status) {
  if (ExitCodeOf(status) != ExitCode::kNotVerifiable) return status;
  const Json json = {{"verified", false},
                     {"reason", ReasonOf(status)},
                     {"field", FieldOf(status)},
                     {"message", std::string(MessageOf(status))}};
  context.output().Result(json, fmt::format("{}\nNOT VERIFIABLE: the server's log is not what it signed, or breaks the "
                                            "rules; keep it as evidence\n",
                                            ErrorText(status)));
  return ExitCode::kNotVerifiable;
}

absl::StatusOr<ExitCode> Replay(Context& context, const LogSource& source) {
  const absl::StatusOr<Replayed> replayed = ReplayLog(context, source);
  if (!replayed.ok()) return EndReplay(context, replayed.status());
  PrintReplayed(context, *replayed);
  return ExitCode::kDone;
}

// --- reports ---------------------------------------------------------------------------------------------------------

struct ReportOptions {
  LogSource source;
  std::string party_id;
  std::string csv_file;
};

/// Fine mass in kilograms, exactly: a nanogram is the twelfth decimal. Zeros at the end are left out beyond the gram.
std::string Kilograms(ledger::SignedFineNg ng) {
  constexpr ledger::FineSumNg kNgPerKg = ledger::kNgPerMg * 1'000'000;
  const auto size = static_cast<ledger::FineSumNg>(ng < 0 ? -ng : ng);
  std::string decimals = fmt::format("{:012}", static_cast<uint64_t>(size % kNgPerKg));
  constexpr size_t kLeastDecimals = 3;
  decimals.resize(std::max(kLeastDecimals, decimals.find_last_not_of('0') + 1));
  return fmt::format("{}{}.{}", ng < 0 ? "-" : "", static_cast<uint64_t>(size / kNgPerKg), decimals);
}

std::string Kilograms(ledger::FineSumNg ng) { return Kilograms(static_cast<ledger::SignedFineNg>(ng)); }

std::string NameOfParty(const ledger::View& state, const std::string& party_id) {
  return ledger::Load<v1::PartyRecord>(state, party_id).value_or(v1::PartyRecord()).name();
}

const Texts kBalanceColumns = {"party",      "name",         "month",     "opening_kg",  "receipts_kg",
                               "gains_kg",   "shipments_kg", "losses_kg", "adjusted_kg", "closing_kg",
                               "pending_kg", "lots",         "counts",    "counted_kg",  "book_kg"};

Texts BalanceCells(const ledger::View& state, const ledger::BalanceRow& row) {
  const bool counted = !row.counts.empty();
  return {row.party_id,
          NameOfParty(state, row.party_id),
          ledger::ToText(row.month),
          Kilograms(row.opening_ng),
          Kilograms(row.receipts_ng),
          Kilograms(row.gains_ng),
          Kilograms(row.shipments_ng),
          Kilograms(row.losses_ng),
          Kilograms(row.adjusted_ng),
          Kilograms(row.closing_ng),
          Kilograms(row.pending_ng),
          std::to_string(row.lots),
          std::to_string(row.counts.size()),
          counted ? Kilograms(row.counts.back().counted_ng) : "",
          counted ? Kilograms(row.counts.back().book_ng) : ""};
}

Json BalanceJson(const ledger::View& state, const ledger::BalanceRow& row) {
  Json counts = Json::array();
  for (const ledger::StockCount& count : row.counts) {
    counts.push_back(Json{{"index", count.index},
                          {"site", count.site_id},
                          {"counted_kg", Kilograms(count.counted_ng)},
                          {"book_kg", Kilograms(count.book_ng)}});
  }
  return Json{{"party", row.party_id},
              {"name", NameOfParty(state, row.party_id)},
              {"month", ledger::ToText(row.month)},
              {"opening_kg", Kilograms(row.opening_ng)},
              {"receipts_kg", Kilograms(row.receipts_ng)},
              {"gains_kg", Kilograms(row.gains_ng)},
              {"shipments_kg", Kilograms(row.shipments_ng)},
              {"losses_kg", Kilograms(row.losses_ng)},
              {"adjusted_kg", Kilograms(row.adjusted_ng)},
              {"closing_kg", Kilograms(row.closing_ng)},
              {"pending_kg", Kilograms(row.pending_ng)},
              {"lots", row.lots},
              {"counts", std::move(counts)}};
}

std::string BalanceText(const ledger::View& state, const ledger::BalanceRow& row) {
  std::string text = fmt::format(
      "{}  {} ({}): {} kg + {} received + {} gained - {} shipped - {} lost {} {} adjusted = {} kg in {} lots",
      ledger::ToText(row.month), NameOfParty(state, row.party_id), row.party_id, Kilograms(row.opening_ng),
      Kilograms(row.receipts_ng), Kilograms(row.gains_ng), Kilograms(row.shipments_ng), Kilograms(row.losses_ng),
      row.adjusted_ng < 0 ? "-" : "+", Kilograms(row.adjusted_ng < 0 ? -row.adjusted_ng : row.adjusted_ng),
      Kilograms(row.closing_ng), row.lots);
  if (row.pending_ng > 0) text += fmt::format(", of it {} to be assayed", Kilograms(row.pending_ng));
  text += "\n";
  for (const ledger::StockCount& count : row.counts) {
    text += fmt::format("         entry {} counted {} kg at {}, {} in the book\n", count.index,
                        Kilograms(count.counted_ng), count.site_id, Kilograms(count.book_ng));
  }
  return text;
}

absl::StatusOr<ExitCode> ReportBalance(Context& context, const ReportOptions& options) {
  ledger::BalanceReport report;
  const absl::StatusOr<Replayed> replayed = ReplayLog(
      context, options.source,
      [&report](const ledger::View& before, uint64_t, const ledger::VerifiedEntry& entry, const Mutations& changes) {
        report.Add(before, entry.event.event, entry.recorded_at_us, changes);
      });
  if (!replayed.ok()) return EndReplay(context, replayed.status());
  const bool known = options.party_id.empty() || ledger::Load<v1::PartyRecord>(replayed->state, options.party_id);
  if (!known) {
    return MakeError(absl::StatusCode::kNotFound, "UNKNOWN_PARTY", "party",
                     fmt::format("`{}` is not in this ledger", options.party_id));
  }
  Listing listing(context, options.csv_file, kBalanceColumns);
  for (const ledger::BalanceRow& row : report.Rows()) {
    if (!options.party_id.empty() && row.party_id != options.party_id) continue;
    listing.Add(BalanceJson(replayed->state, row), BalanceText(replayed->state, row),
                BalanceCells(replayed->state, row));
  }
  TS_RETURN_IF_ERROR(listing.Finish());
  return ExitCode::kDone;
}

/// One row of the report of origins: a month and a country, its kinds side by side.
struct CountryRow {
  std::map<ledger::OriginKind, ledger::FineSumNg> fine_ng;
  uint64_t entries = 0;
};

constexpr ledger::OriginKind kOriginKinds[] = {ledger::OriginKind::kArtisanal, ledger::OriginKind::kLargeScale,
                                               ledger::OriginKind::kRecycled, ledger::OriginKind::kExistingStock,
                                               ledger::OriginKind::kUnknown};

const Texts kOriginColumns = {"month",       "country",           "artisanal_kg", "large_scale_kg",
                              "recycled_kg", "existing_stock_kg", "unknown_kg",   "entries"};

void AddOrigin(Listing& listing, const std::string& month, const std::string& country, const CountryRow& row) {
  const std::string shown = country.empty() ? "unknown" : country;
  Json json = {{"month", month}, {"country", country.empty() ? Json() : Json(country)}};
  std::string text = fmt::format("{}  {:<7}", month, shown);
  Texts cells = {month, shown};
  for (const ledger::OriginKind kind : kOriginKinds) {
    const auto found = row.fine_ng.find(kind);
    const std::string kg = Kilograms(found == row.fine_ng.end() ? ledger::FineSumNg{0} : found->second);
    json[kOriginColumns[cells.size()]] = kg;
    text += fmt::format("  {} {} kg", ledger::NameOf(kind), kg);
    cells.push_back(kg);
  }
  json["entries"] = row.entries;
  cells.push_back(std::to_string(row.entries));
  listing.Add(json, text + fmt::format("  in {} entries\n", row.entries), cells);
}

absl::StatusOr<ExitCode> ReportOrigin(Context& context, const ReportOptions& options) {
  const absl::StatusOr<Replayed> replayed = ReplayLog(context, options.source);
  if (!replayed.ok()) return EndReplay(context, replayed.status());
  std::map<std::pair<ledger::Month, std::string>, CountryRow> rows;
  for (const ledger::OriginRow& origin : ledger::OriginReport(replayed->state)) {
    CountryRow& row = rows[{origin.month, origin.country}];
    row.fine_ng[origin.kind] += origin.fine_ng;
    row.entries += origin.entries;
  }
  Listing listing(context, options.csv_file, kOriginColumns);
  for (const auto& [key, row] : rows) AddOrigin(listing, ledger::ToText(key.first), key.second, row);
  TS_RETURN_IF_ERROR(listing.Finish());
  return ExitCode::kDone;
}

void AddSource(CLI::App* command, LogSource* source) {
  AddText(command, "--entries", "FILE", "Replay a file of entries (log entries --limit 0 --out FILE), not a server's",
          &source->entries_file);
  AddText(command, "--checkpoint", "FILE", "The checkpoint that those entries led to (log checkpoint -o FILE)",
          &source->checkpoint_file);
}

void AddReports(CommandTree& tree, CLI::App* group) {
  CLI::App* reports = group->add_subcommand("report", "Sums over the whole log, which is replayed for them");
  reports->require_subcommand(1);
  auto balance = std::make_shared<ReportOptions>();
  CLI::App* balances = AddCommand(
      tree, reports, "balance",
      "Print for each custodian and month: opening + receipts + gains - shipments - losses + what counts adjusted = "
      "closing, in fine gold, and what was counted. A month is that in which the log recorded it, in UTC. Under "
      "--json one object on each line",
      "audit report balance --party party_abc --csv balance.csv --trust trust.toml",
      [balance](Context& context) { return ReportBalance(context, *balance); });
  AddText(balances, "--party", "PARTY", "Only the books of this custodian", &balance->party_id);
  AddCsv(balances, &balance->csv_file);
  AddSource(balances, &balance->source);
  auto origin = std::make_shared<ReportOptions>();
  CLI::App* origins = AddCommand(
      tree, reports, "origin",
      "Print for each month and country of origin how much fine gold entered, artisanal, large-scale, recycled, from "
      "existing stock and unknown. Under --json one object on each line",
      "audit report origin --csv origin.csv --trust trust.toml",
      [origin](Context& context) { return ReportOrigin(context, *origin); });
  AddCsv(origins, &origin->csv_file);
  AddSource(origins, &origin->source);
}

}  // namespace

void AddAuditReplayCommands(CommandTree& tree, CLI::App* group) {
  auto source = std::make_shared<LogSource>();
  CLI::App* replay =
      AddCommand(tree, group, "replay",
                 "Fetch the whole log, or read it from files, verify every signature and the root, and execute every "
                 "rule again",
                 "audit replay --entries log.entries --checkpoint log.checkpoint --trust trust.toml",
                 [source](Context& context) { return Replay(context, *source); });
  AddSource(replay, source.get());
  AddReports(tree, group);
}

}  // namespace touchstone::cli
