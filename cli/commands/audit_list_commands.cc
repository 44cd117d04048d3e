// touchstone audit events, findings: the log by what it says and by what was found in it.
#include "base/encoding.h"
#include "base/limits.h"
#include "base/status.h"
#include "cli/commands/audit_commands.h"
#include "cli/listing.h"
#include "cli/time.h"
#include "fmt/format.h"
#include "ledger/created.h"
#include "ledger/describe.h"
#include "ledger/envelope.h"

namespace touchstone::cli {
namespace {

using Texts = std::vector<std::string>;

/// Hands every item to `add`: `stream` asks for a stream, `items_of` finds the items of a message. A list that is
/// longer than the time of one call goes on in another, as of the same size, for as long as each call brings something.
template <typename Message, typename Request, typename Stream, typename ItemsOf, typename Add>
absl::Status ForEachListed(Request request, const Stream& stream, const ItemsOf& items_of, const Add& add) {
  request.set_page_size(limits::kMaxPageSize);
  while (true) {
    bool has_more = false;
    const Request asked = request;
    absl::Status status = stream(asked, [&](const Message& message) {
      for (const auto& item : items_of(message)) TS_RETURN_IF_ERROR(add(item));
      request.set_page_token(message.next_page_token());
      request.set_as_of_size(message.as_of_size());
      has_more = !message.next_page_token().empty();
      return absl::OkStatus();
    });
    if (status.code() != absl::StatusCode::kDeadlineExceeded || !has_more) return status;
  }
}

// --- events ----------------------------------------------------------------------------------------------------------

struct EventsOptions {
  v1::ListEventsRequest selection;
  std::string csv_file;
};

/// An event as its entry says, which its parties did sign. What was found in it is the node's word.
struct CheckedEvent {
  const v1::ListedEvent& listed;
  int64_t recorded_at_us = 0;
  ledger::SignedEvent event;
  Texts created_ids;
};

absl::StatusOr<CheckedEvent> CheckListed(const v1::ListedEvent& listed) {
  const std::string field = fmt::format("events[{}]", listed.index());
  const auto bad = [&field](const absl::Status& status) {
    return EndingWith(ExitCode::kNotVerifiable, InField(field, status));
  };
  const absl::StatusOr<v1::LogEntry> entry = ledger::DecodeEntry(listed.entry());
  if (!entry.ok()) return bad(entry.status());
  absl::StatusOr<ledger::SignedEvent> event = ledger::DecodeEnvelope(entry->envelope());
  if (!event.ok()) return bad(event.status());
  if (const absl::Status status = ledger::VerifySignatures(*event); !status.ok()) return bad(status);
  if (listed.event_id() != event->event_id.view() || listed.recorded_at_us() != entry->recorded_at_us()) {
    return bad(MakeError(absl::StatusCode::kDataLoss, "EVIDENCE_MISMATCH", "entry", "it is not the event's"));
  }
  Texts created_ids = ledger::CreatedIds(event->event, event->event_id);
  return CheckedEvent{listed, entry->recorded_at_us(), *std::move(event), std::move(created_ids)};
}

Texts CodesOf(const v1::ListedEvent& listed) {
  Texts codes;
  for (const v1::FindingRecord& finding : listed.findings()) codes.push_back(NameFor(finding.code()));
  return codes;
}

Texts PartiesOf(const v1::ListedEvent& listed) { return {listed.party_ids().begin(), listed.party_ids().end()}; }

Json EventJson(const CheckedEvent& checked) {
  Json findings = Json::array();
  for (const v1::FindingRecord& finding : checked.listed.findings()) findings.push_back(ToJson(finding));
  return Json{{"index", checked.listed.index()},
              {"recorded_at", FormatTimeUs(checked.recorded_at_us)},
              {"event_id", HexEncode(checked.event.event_id.view())},
              {"verb", ledger::VerbOf(checked.event.event)},
              {"parties", PartiesOf(checked.listed)},
              {"created", checked.created_ids},
              {"findings", std::move(findings)},
              {"event", ToJson(checked.event.event)}};
}

std::string EventLine(const CheckedEvent& checked) {
  const Texts parties = PartiesOf(checked.listed);
  std::string line = fmt::format("{:>8}  {}  {} by {}", checked.listed.index(), FormatTimeUs(checked.recorded_at_us),
                                 ledger::VerbOf(checked.event.event),
                                 parties.empty() ? "root" : fmt::format("{}", fmt::join(parties, ", ")));
  if (!checked.created_ids.empty()) line += fmt::format("  made {}", fmt::join(checked.created_ids, ", "));
  for (const std::string& code : CodesOf(checked.listed)) line += fmt::format("  ! {}", code);
  return line + "\n";
}

const Texts kEventColumns = {"index",   "recorded_at", "occurred_at", "verb", "event_id",
                             "parties", "created",     "findings",    "event"};

Texts EventCells(const CheckedEvent& checked) {
  const v1::Event& event = checked.event.event;
  return {std::to_string(checked.listed.index()),
          FormatTimeUs(checked.recorded_at_us),
          FormatTimeUs(event.occurred_at_us()),
          ledger::VerbOf(event),
          HexEncode(checked.event.event_id.view()),
          fmt::format("{}", fmt::join(PartiesOf(checked.listed), " ")),
          fmt::format("{}", fmt::join(checked.created_ids, " ")),
          fmt::format("{}", fmt::join(CodesOf(checked.listed), " ")),
          ToJson(event).dump(-1, ' ', false, Json::error_handler_t::replace)};
}

absl::StatusOr<ExitCode> ListEvents(Context& context, const EventsOptions& options) {
  Listing listing(context, options.csv_file, kEventColumns);
  TS_RETURN_IF_ERROR(ForEachListed<v1::ListEventsResponse>(
      options.selection,
      [&](const auto& request, const auto& receive) { return context.client().StreamEvents(request, receive); },
      [](const v1::ListEventsResponse& page) -> auto& { return page.events(); },
      [&](const v1::ListedEvent& listed) {
        TS_ASSIGN_OR_RETURN(const CheckedEvent checked, CheckListed(listed));
        listing.Add(EventJson(checked), EventLine(checked), EventCells(checked));
        return absl::OkStatus();
      }));
  TS_RETURN_IF_ERROR(listing.Finish());
  return ExitCode::kDone;
}

// --- findings --------------------------------------------------------------------------------------------------------

struct FindingsOptions {
  v1::ListFindingsRequest selection;
  std::string csv_file;
};

Json FindingJson(const v1::ListedFinding& listed) {
  return Json{{"index", listed.finding().index()},
              {"recorded_at", FormatTimeUs(listed.recorded_at_us())},
              {"event_id", HexEncode(listed.event_id())},
              {"verb", listed.kind()},
              {"severity", NameFor(listed.finding().severity())},
              {"code", NameFor(listed.finding().code())},
              {"subject", listed.finding().subject_id()},
              {"message", listed.finding().message()}};
}

std::string FindingLine(const v1::ListedFinding& listed) {
  const v1::FindingRecord& finding = listed.finding();
  return fmt::format("{:>8}  {}  {:<8}  {} on {}: {}  {}\n", finding.index(), FormatTimeUs(listed.recorded_at_us()),
                     NameFor(finding.severity()), NameFor(finding.code()), listed.kind(), finding.message(),
                     finding.subject_id());
}

const Texts kFindingColumns = {"index", "recorded_at", "event_id", "verb", "severity", "code", "subject", "message"};

Texts FindingCells(const v1::ListedFinding& listed) {
  const v1::FindingRecord& finding = listed.finding();
  return {std::to_string(finding.index()),
          FormatTimeUs(listed.recorded_at_us()),
          HexEncode(listed.event_id()),
          listed.kind(),
          NameFor(finding.severity()),
          NameFor(finding.code()),
          finding.subject_id(),
          finding.message()};
}

absl::StatusOr<ExitCode> ListFindings(Context& context, const FindingsOptions& options) {
  Listing listing(context, options.csv_file, kFindingColumns);
  TS_RETURN_IF_ERROR(ForEachListed<v1::ListFindingsResponse>(
      options.selection,
      [&](const auto& request, const auto& receive) { return context.client().StreamFindings(request, receive); },
      [](const v1::ListFindingsResponse& page) -> auto& { return page.findings(); },
      [&](const v1::ListedFinding& listed) {
        listing.Add(FindingJson(listed), FindingLine(listed), FindingCells(listed));
        return absl::OkStatus();
      }));
  TS_RETURN_IF_ERROR(listing.Finish());
  return ExitCode::kDone;
}

// --- declaration -----------------------------------------------------------------------------------------------------

/// --from, --until and --severity, which both lists are selected by.
template <typename Request>
void AddSelection(CLI::App* command, Request* selection) {
  AddValue<int64_t>(command, "--from", "TIME",
                    "Only what the log recorded then or later; a date is its first moment in UTC", &ParseTimeOrDate,
                    [selection](int64_t us) { selection->set_recorded_from_us(us); });
  AddValue<int64_t>(command, "--until", "TIME", "Only what it recorded before then", &ParseTimeOrDate,
                    [selection](int64_t us) { selection->set_recorded_until_us(us); });
  AddWord<v1::Severity>(command, "--severity", "Only findings as grave as this, or graver",
                        [selection](v1::Severity severity) { selection->set_least_severity(severity); });
}

absl::StatusOr<std::string> ParseVerbName(std::string_view text) {
  TS_ASSIGN_OR_RETURN(const google::protobuf::FieldDescriptor* const verb, ParseVerb(text));
  return verb->name();
}

void AddEvents(CommandTree& tree, CLI::App* group) {
  auto options = std::make_shared<EventsOptions>();
  v1::ListEventsRequest* const selection = &options->selection;
  CLI::App* events =
      AddCommand(tree, group, "events",
                 "Print the events of the log that meet every condition; their signatures are checked here, but that "
                 "none is left out only by replay. Under --json one object on each line",
                 "audit events --object lot_abc --kind hand-over --severity warning",
                 [options](Context& context) { return ListEvents(context, *options); });
  AddText(events, "--party", "PARTY", "Only those that this party signed or that name it",
          selection->mutable_party_id());
  AddText(events, "--object", "ID",
          "Only those about this lot, piece, claim, site, licence, attestation, offer or account",
          selection->mutable_object_id());
  AddValues<std::string>(events, "--kind", "VERB", "Only this verb, as hand-over; repeatable", &ParseVerbName,
                         [selection](const std::string& verb) { selection->add_kinds(verb); });
  AddValue<v1::FindingCode>(events, "--finding", "CODE", "Only those with this finding, as HIGH_LOSS",
                            &ParseCode<v1::FindingCode>,
                            [selection](v1::FindingCode code) { selection->set_finding(code); });
  AddSelection(events, selection);
  AddCsv(events, &options->csv_file);
}

void AddFindings(CommandTree& tree, CLI::App* group) {
  auto options = std::make_shared<FindingsOptions>();
  v1::ListFindingsRequest* const selection = &options->selection;
  CLI::App* findings =
      AddCommand(tree, group, "findings",
                 "Print the red flags on the events of the log, as the node found them; replay finds them again. Under "
                 "--json one object on each line",
                 "audit findings --severity critical --csv findings.csv",
                 [options](Context& context) { return ListFindings(context, *options); });
  AddValue<v1::FindingCode>(findings, "--finding", "CODE", "Only this code, as HIGH_LOSS", &ParseCode<v1::FindingCode>,
                            [selection](v1::FindingCode code) { selection->set_code(code); });
  AddText(findings, "--subject", "ID", "Only those about this lot, site, party or other object",
          selection->mutable_subject_id());
  AddSelection(findings, selection);
  AddCsv(findings, &options->csv_file);
}

}  // namespace

void AddAuditListCommands(CommandTree& tree, CLI::App* group) {
  AddEvents(tree, group);
  AddFindings(tree, group);
}

}  // namespace touchstone::cli
