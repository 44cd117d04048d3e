// touchstone submit: sends what was signed away from the network, or what stands in a table.
#include <algorithm>
#include <functional>
#include <map>
#include <optional>

#include "base/encoding.h"
#include "base/files.h"
#include "base/limits.h"
#include "cli/commands/commands.h"
#include "cli/cosigned.h"
#include "cli/csv.h"
#include "cli/emit.h"
#include "cli/event_table.h"
#include "cli/keys.h"
#include "cli/outbox.h"
#include "cli/receipt.h"
#include "crypto/hash.h"
#include "crypto/merkle.h"
#include "fmt/format.h"
#include "ledger/created.h"
#include "ledger/describe.h"

namespace touchstone::cli {
namespace {

/// What became of one event.
enum class Fate { kWaiting, kAccepted, kParked, kRefused, kSkipped };

std::string_view NameOf(Fate fate) {
  switch (fate) {
    case Fate::kWaiting:
      return "waiting";
    case Fate::kAccepted:
      return "accepted";
    case Fate::kParked:
      return "parked";
    case Fate::kRefused:
      return "refused";
    case Fate::kSkipped:
      return "skipped";
  }
  return "";
}

/// Sends one file. An event is sent once everything it needs was accepted or parked, so that no event is refused only
/// because another one was; batches end where the next event needs one of them.
class Submission {
 public:
  /// The column of a table that says this field of the event on this line.
  using ColumnFinder = std::function<std::optional<Column>(size_t line, std::string_view field)>;

  /// `place` is what an event's line is called: a line of a file, or a row of a table, whose columns `column_of` finds.
  Submission(
      Context& context, std::vector<OutboxEvent> events, std::string_view place,
      ColumnFinder column_of = [](size_t, std::string_view) { return std::nullopt; })
      : context_(context),
        place_(place),
        column_of_(std::move(column_of)),
        events_(std::move(events)),
        prerequisites_(Prerequisites(events_)),
        fates_(events_.size(), Fate::kWaiting),
        reports_(events_.size()),
        entries_(events_.size()) {}

  absl::Status Run() {
    for (const size_t position : DependencyOrder(prerequisites_)) {
      if (NeedsBatch(position) || BatchIsFull(position)) TS_RETURN_IF_ERROR(SendBatch());
      if (const std::optional<size_t> failed = FailedPrerequisite(position); failed.has_value()) {
        Skip(position, *failed);
      } else {
        batch_.push_back(position);
        batch_bytes_ += events_[position].envelope_bytes.size();
      }
    }
    return SendBatch();
  }

  /// Waits for the witnesses to cosign what was recorded, and proves each event against what they cosigned. What goes
  /// wrong is told with the rest: the events are recorded all the same.
  void AwaitCosigned() {
    uint64_t size = 0;
    for (const std::optional<Entry>& entry : entries_) {
      if (entry.has_value()) size = std::max(size, entry->index + 1);
    }
    if (size == 0) return;
    cosigned_ = FetchCosigned(context_, size);
    for (const std::optional<Entry>& entry : entries_) {
      if (!cosigned_->ok() || !entry.has_value()) continue;
      const absl::Status under = CheckIsUnder(context_, entry->index, entry->leaf, (*cosigned_)->seen.checkpoint);
      if (!under.ok()) cosigned_ = under;
    }
  }

  /// How it went, for all events in the order of the file.
  ExitCode Report() {
    Json results = Json::array();
    for (Json& report : reports_) results.push_back(std::move(report));
    const size_t refused = Count(Fate::kRefused);
    const size_t skipped = Count(Fate::kSkipped);
    const size_t parked = Count(Fate::kParked);
    Json json = {{"accepted", Count(Fate::kAccepted)},
                 {"already_recorded", already_recorded_},
                 {"parked", parked},
                 {"refused", refused},
                 {"skipped", skipped},
                 {"results", std::move(results)}};
    if (cosigned_.has_value()) {
      json["cosigned"] = cosigned_->ok() ? CosignedJson(**cosigned_) : Json{{"error", ErrorJson(cosigned_->status())}};
      text_ += cosigned_->ok() ? CosignedText(**cosigned_)
                               : fmt::format("not cosigned: {}\n", ErrorText(cosigned_->status()));
    }
    context_.output().Result(
        json, text_ + fmt::format("{} accepted ({} of them recorded before), {} parked, {} refused, {} not sent\n",
                                  Count(Fate::kAccepted), already_recorded_, parked, refused, skipped));
    if (refused + skipped > 0) return ExitCode::kRefused;
    if (cosigned_.has_value() && !cosigned_->ok()) return ExitCodeOf(cosigned_->status());
    return parked > 0 ? ExitCode::kParked : ExitCode::kDone;
  }

 private:
  bool NeedsBatch(size_t position) const {
    const std::vector<size_t>& needed = prerequisites_[position];
    return std::any_of(needed.begin(), needed.end(),
                       [&](size_t n) { return std::find(batch_.begin(), batch_.end(), n) != batch_.end(); });
  }

  bool BatchIsFull(size_t position) const {
    // Half of what a request may hold leaves room for its framing.
    constexpr size_t kMaxBytes = limits::kMaxRequestBytes / 2;
    return batch_.size() >= limits::kMaxEventsPerCall ||
           batch_bytes_ + events_[position].envelope_bytes.size() > kMaxBytes;
  }

  std::optional<size_t> FailedPrerequisite(size_t position) const {
    for (const size_t needed : prerequisites_[position]) {
      if (fates_[needed] == Fate::kRefused || fates_[needed] == Fate::kSkipped) return needed;
    }
    return std::nullopt;
  }

  absl::Status SendBatch() {
    if (batch_.empty()) return absl::OkStatus();
    v1::SubmitBatchRequest request;
    for (const size_t position : batch_) request.add_envelopes(events_[position].envelope_bytes);
    TS_ASSIGN_OR_RETURN(const v1::SubmitBatchResponse response, context_.client().SubmitBatch(request));
    if (static_cast<size_t>(response.results_size()) != batch_.size()) {
      return MakeError(absl::StatusCode::kInternal, "BAD_ANSWER", "results",
                       fmt::format("{} answers to {} events", response.results_size(), batch_.size()));
    }
    for (size_t i = 0; i < batch_.size(); ++i) {
      TS_RETURN_IF_ERROR(Settle(batch_[i], response.results(static_cast<int>(i))));
    }
    batch_.clear();
    batch_bytes_ = 0;
    return absl::OkStatus();
  }

  absl::Status Settle(size_t position, const v1::SubmitResult& result) {
    if (result.has_error()) {
      const absl::Status error = FromErrorStatus(result.error(), Asking::kAdmission);
      // A node that admits nothing now has not judged the event: the rest of the file waits for the next run.
      if (ExitCodeOf(error) != ExitCode::kRefused) return error;
      Json details = {{"error", ErrorJson(error)}};
      std::string words = ErrorText(error);
      if (const auto column = column_of_(events_[position].line, FieldOf(error)); column.has_value()) {
        details.update(Json{{"column", column->letters}, {"name", column->name}});
        words = fmt::format("column {} ({}): {}", column->letters, column->name, words);
      }
      Close(position, Fate::kRefused, details, words);
      return absl::OkStatus();
    }
    if (result.has_parked()) {
      Close(position, Fate::kParked, Json{{"parked", ParkedJson(result.parked())}}, ParkedText(result.parked()));
      return absl::OkStatus();
    }
    TS_ASSIGN_OR_RETURN(const ledger::Trust* const trust, context_.trust());
    TS_ASSIGN_OR_RETURN(const CheckedReceipt checked,
                        CheckReceipt(result.receipt(), trust, events_[position].event_id));
    if (result.receipt().already_recorded()) ++already_recorded_;
    entries_[position] = Entry{.index = checked.index, .leaf = crypto::LeafHash(result.receipt().entry())};
    Close(position, Fate::kAccepted, ReceiptJson(result.receipt(), checked),
          fmt::format("entry {}{}", checked.index, result.receipt().already_recorded() ? ", recorded before" : ""));
    return absl::OkStatus();
  }

  void Skip(size_t position, size_t failed) {
    const std::string needed = HexEncode(events_[failed].event_id.view());
    Close(position, Fate::kSkipped, Json{{"depends_on", needed}},
          fmt::format("it depends on {} {}, which was {}", place_, events_[failed].line, NameOf(fates_[failed])));
  }

  void Close(size_t position, Fate fate, const Json& details, std::string_view words) {
    const OutboxEvent& event = events_[position];
    const std::string verb = ledger::VerbOf(event.event);
    fates_[position] = fate;
    Json& report = reports_[position];
    report = Json{
        {"event_id", HexEncode(event.event_id.view())}, {place_, event.line}, {"verb", verb}, {"status", NameOf(fate)}};
    report.update(details);
    text_ += fmt::format("{} {}: {} {}: {}\n", place_, event.line, verb, NameOf(fate), words);
  }

  size_t Count(Fate fate) const { return static_cast<size_t>(std::count(fates_.begin(), fates_.end(), fate)); }

  /// Where an event was recorded.
  struct Entry {
    uint64_t index = 0;
    crypto::Hash leaf;
  };

  Context& context_;
  const std::string place_;
  const ColumnFinder column_of_;
  std::vector<OutboxEvent> events_;
  std::vector<std::vector<size_t>> prerequisites_;
  std::vector<Fate> fates_;
  std::vector<Json> reports_;
  std::vector<std::optional<Entry>> entries_;
  std::optional<absl::StatusOr<CosignedCheckpoint>> cosigned_;
  std::vector<size_t> batch_;
  size_t batch_bytes_ = 0;
  size_t already_recorded_ = 0;
  std::string text_;
};

absl::Status CheckComplete(const std::vector<OutboxEvent>& events) {
  for (const OutboxEvent& event : events) {
    const std::vector<std::string> missing = MissingSigners(event);
    if (missing.empty()) continue;
    return InvalidInput(
        "SIGNATURE_MISSING", fmt::format("line {}", event.line),
        fmt::format("it still lacks the signature of {}: see `event cosign`", HexEncode(missing.front())));
  }
  return absl::OkStatus();
}

absl::StatusOr<ExitCode> Send(Submission& submission, bool wait_cosigned) {
  TS_RETURN_IF_ERROR(submission.Run());
  if (wait_cosigned) submission.AwaitCosigned();
  return submission.Report();
}

absl::StatusOr<ExitCode> SubmitOutbox(Context& context, const std::string& file, bool wait_cosigned) {
  TS_ASSIGN_OR_RETURN(std::vector<OutboxEvent> events, LoadOutbox(file));
  TS_RETURN_IF_ERROR(CheckComplete(events));
  Submission submission(context, std::move(events), "line");
  return Send(submission, wait_cosigned);
}

// --- A table ---------------------------------------------------------------------------------------------------------

ExitCode ReportTable(Context& context, const EventTable& table) {
  Json errors = Json::array();
  std::string text;
  for (const CellError& error : table.errors) {
    Json json = {{"row", error.row}, {"column", error.letters}, {"name", error.column}};
    json.update(ErrorJson(error.status));
    errors.push_back(std::move(json));
    const std::string column =
        error.letters.empty() ? "" : fmt::format(", column {} ({})", error.letters, error.column);
    text += fmt::format("row {}{}: {}\n", error.row, column, ErrorText(error.status));
  }
  context.output().Result(
      Json{{"rows", table.events.size()}, {"errors", std::move(errors)}},
      text + fmt::format("{} rows are right, {} errors; nothing was sent\n", table.events.size(), table.errors.size()));
  return table.errors.empty() ? ExitCode::kDone : ExitCode::kUsage;
}

/// The same row is the same event however often the table is sent: its nonce is drawn from what it says, and from how
/// many rows before it say the same.
class RowNonces {
 public:
  std::string Next(const v1::Event& event) {
    const std::string said = event.SerializeAsString();
    crypto::Sha256Stream stream;
    std::string number;
    AppendU32(number, seen_[said]++);
    stream.Update(std::string_view("touchstone-csv-row-v1\0", 22));
    stream.Update(number);
    stream.Update(said);
    return std::string(stream.Finish().view().substr(0, limits::kNonceBytes));
  }

 private:
  std::map<std::string, uint32_t> seen_;
};

/// Moves rows whose key files cannot be read from the events to the errors. Standard input is read once, to sign.
void CheckKeyFiles(Context& context, EventTable& table) {
  const auto key =
      static_cast<size_t>(std::find(table.columns.begin(), table.columns.end(), "key") - table.columns.begin());
  std::map<std::string, absl::Status> known;
  const auto is_bad = [&](const TableEvent& row) {
    bool bad = false;
    for (const std::string& file : row.key_files) {
      if (file == "-") continue;
      if (!known.contains(file)) known[file] = LoadKey(file, context.environment().in).status();
      if (known[file].ok()) continue;
      table.errors.push_back({row.row, ColumnLetters(key), "key", known[file]});
      bad = true;
    }
    return bad;
  };
  std::erase_if(table.events, is_bad);
}

absl::StatusOr<std::string> SignRow(Context& context, const TableEvent& row) {
  if (row.key_files.empty()) return SignEvent(context, row.event);
  TS_ASSIGN_OR_RETURN(const std::vector<crypto::NoteSigner> signers, LoadKeys(row.key_files, context.environment().in));
  return SignEventBy(context, row.event, signers);
}

absl::StatusOr<std::vector<OutboxEvent>> SignTable(Context& context, EventTable& table) {
  RowNonces nonces;
  std::map<std::string, std::string> id_of;  // by the names that rows gave
  std::vector<OutboxEvent> events;
  for (TableEvent& row : table.events) {
    const std::string place = fmt::format("row {}", row.row);
    if (context.options().occurred_at.has_value()) row.event.set_occurred_at_us(context.options().occurred_at->us);
    TS_RETURN_IF_ERROR(PutIds(id_of, row));
    row.event.set_nonce(nonces.Next(row.event));
    const absl::StatusOr<std::string> envelope = SignRow(context, row);
    if (!envelope.ok()) return InField(place, envelope.status());
    TS_ASSIGN_OR_RETURN(std::vector<OutboxEvent> parsed, ParseOutbox(Base64Encode(*envelope)));
    parsed.front().line = row.row;
    const std::vector<std::string> made = ledger::CreatedIds(parsed.front().event, parsed.front().event_id);
    for (size_t i = 0; i < row.names.size(); ++i) id_of[row.names[i]] = made[i];
    events.push_back(std::move(parsed.front()));
  }
  return events;
}

absl::StatusOr<ExitCode> KeepTable(Context& context, const std::vector<OutboxEvent>& events) {
  const std::string& file = context.options().offline_file;
  for (const OutboxEvent& event : events) TS_RETURN_IF_ERROR(AppendToOutbox(file, event.envelope_bytes));
  context.output().Result(Json{{"file", file}, {"rows", events.size()}},
                          fmt::format("{} rows signed into {}: `touchstone submit` sends it\n", events.size(), file));
  return ExitCode::kDone;
}

struct SubmitOptions {
  std::string file;
  std::string csv_file;
  bool dry_run = false;
  bool wait_cosigned = false;
};

absl::StatusOr<ExitCode> SubmitTable(Context& context, const SubmitOptions& options) {
  TS_ASSIGN_OR_RETURN(const std::string text, ReadFile(options.csv_file, limits::kMaxOutboxBytes));
  TS_ASSIGN_OR_RETURN(EventTable table, ReadEventTable(text, context.options().occurred_at.has_value()));
  CheckKeyFiles(context, table);
  CheckForms(table);
  if (options.dry_run || !table.errors.empty()) return ReportTable(context, table);
  TS_ASSIGN_OR_RETURN(std::vector<OutboxEvent> events, SignTable(context, table));
  if (context.offline()) return KeepTable(context, events);
  const auto column_of = [&table](size_t line, std::string_view field) -> std::optional<Column> {
    const auto row = std::ranges::find(table.events, line, &TableEvent::row);
    return row == table.events.end() ? std::nullopt : ColumnOf(table, *row, field);
  };
  Submission submission(context, std::move(events), "row", column_of);
  return Send(submission, options.wait_cosigned);
}

absl::StatusOr<ExitCode> Submit(Context& context, const SubmitOptions& options) {
  if (options.file.empty() == options.csv_file.empty()) {
    return InvalidInput("USAGE", "file", "one file: written with --offline, or a table named by --csv");
  }
  if (options.dry_run && options.csv_file.empty()) {
    return InvalidInput("USAGE", "--dry-run", "what --offline wrote was checked when it was signed: for --csv alone");
  }
  TS_RETURN_IF_ERROR(context.trust().status());
  if (options.csv_file.empty()) return SubmitOutbox(context, options.file, options.wait_cosigned);
  return SubmitTable(context, options);
}

}  // namespace

void AddSubmitCommand(CommandTree& tree) {
  auto options = std::make_shared<SubmitOptions>();
  CLI::App* submit = AddCommand(
      tree, &tree.app, "submit",
      "Send a file written with --offline, what is needed first; leaves the file as it is, and may be repeated until "
      "everything is recorded: what the node has parked (exit code 6) is answered with a receipt once it is. With "
      "--csv, "
      "sign and send the rows of a table",
      "submit june.events --trust trust.toml\n"
      "  touchstone submit --csv june.csv --dry-run\n"
      "  touchstone submit --csv june.csv --key coop.key --trust trust.toml",
      [options](Context& context) { return Submit(context, *options); });
  AddText(submit, "file", "FILE", "One base64 envelope a line; # begins a comment", &options->file);
  AddText(
      submit, "--csv", "FILE",
      "A table, one event a row: a column `kind` (as hand_over), the others paths below that verb (as "
      "outputs[0].gross_mg, values as options spell them), occurred_at_us, on_behalf_of_party_id, `key` with the key "
      "files of the row, and `as` with names for what it makes, which rows below write where its id belongs; empty "
      "cells say nothing. The same row is the same event: a table may be sent again",
      &options->csv_file);
  AddFlag(submit, "--wait-cosigned",
          "Wait until a quorum of witnesses has cosigned what was recorded, --timeout at most, and prove each event "
          "against that checkpoint",
          [options] { options->wait_cosigned = true; });
  AddFlag(submit, "--dry-run",
          "Check all that needs no ledger, key files among it, and name row and column of every error; sign and send "
          "nothing",
          [options] { options->dry_run = true; });
}

}  // namespace touchstone::cli
