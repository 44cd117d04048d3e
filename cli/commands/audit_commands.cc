// touchstone audit: the log for auditors, and what a node keeps beside it.
#include "cli/commands/audit_commands.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "base/status.h"
#include "cli/commands/commands.h"
#include "cli/listing.h"
#include "cli/time.h"
#include "fmt/format.h"
#include "ledger/describe.h"
#include "ledger/envelope.h"

namespace touchstone::cli {
namespace {

/// A refusal, and the event in it, which its parties did sign. That it was refused is the node's word.
struct Evidence {
  v1::Refusal refusal;
  v1::Event event;
};

absl::StatusOr<Evidence> CheckEvidence(const v1::Refusal& refusal) {
  const absl::StatusOr<ledger::SignedEvent> event = ledger::DecodeEnvelope(refusal.refusal().envelope());
  absl::Status status = event.status();
  if (status.ok()) status = ledger::VerifySignatures(*event);
  if (status.ok() && refusal.event_id() != event->event_id.view()) {
    status = MakeError(absl::StatusCode::kDataLoss, "EVIDENCE_MISMATCH", "event_id", "it is not the event's");
  }
  if (!status.ok()) return EndingWith(ExitCode::kNotVerifiable, InField("refusals", status));
  return Evidence{refusal, event->event};
}

Json EvidenceJson(const Evidence& evidence) {
  const v1::RefusalRecord& record = evidence.refusal.refusal();
  const auto& parties = evidence.refusal.party_ids();
  return Json{{"event_id", HexEncode(evidence.refusal.event_id())},
              {"refused_at", FormatTimeUs(record.refused_at_us())},
              {"parked_at", record.parked_at_us() == 0 ? Json() : Json(FormatTimeUs(record.parked_at_us()))},
              {"reason", NameFor(record.reason())},
              {"field", record.field()},
              {"message", record.message()},
              {"parties", std::vector<std::string>(parties.begin(), parties.end())},
              {"verb", ledger::VerbOf(evidence.event)},
              {"event", ToJson(evidence.event)}};
}

std::string EvidenceLine(const Evidence& evidence) {
  const v1::RefusalRecord& record = evidence.refusal.refusal();
  return fmt::format(
      "{}  {}  {} by {}  {}: {}  event {}\n", FormatTimeUs(record.refused_at_us()), NameFor(record.reason()),
      ledger::VerbOf(evidence.event),
      evidence.refusal.party_ids().empty() ? "root" : fmt::format("{}", fmt::join(evidence.refusal.party_ids(), ", ")),
      record.field().empty() ? "the event" : record.field(), record.message(), HexEncode(evidence.refusal.event_id()));
}

using Texts = std::vector<std::string>;

const Texts kColumns = {"refused_at", "parked_at", "reason",   "field", "message",
                        "parties",    "verb",      "event_id", "event"};

Texts EvidenceCells(const Evidence& evidence) {
  const v1::RefusalRecord& record = evidence.refusal.refusal();
  return {FormatTimeUs(record.refused_at_us()),
          record.parked_at_us() == 0 ? "" : FormatTimeUs(record.parked_at_us()),
          NameFor(record.reason()),
          record.field(),
          record.message(),
          fmt::format("{}", fmt::join(evidence.refusal.party_ids(), " ")),
          ledger::VerbOf(evidence.event),
          HexEncode(evidence.refusal.event_id()),
          ToJson(evidence.event).dump(-1, ' ', false, Json::error_handler_t::replace)};
}

struct RefusalOptions {
  v1::ListRefusalsRequest selection;
  std::string csv_file;
};

absl::StatusOr<ExitCode> ListRefusals(Context& context, const RefusalOptions& options) {
  Listing listing(context, options.csv_file, kColumns);
  v1::ListRefusalsRequest request = options.selection;
  request.set_page_size(limits::kMaxPageSize);
  do {
    TS_ASSIGN_OR_RETURN(const v1::ListRefusalsResponse page, context.client().ListRefusals(request));
    for (const v1::Refusal& refusal : page.refusals()) {
      TS_ASSIGN_OR_RETURN(const Evidence evidence, CheckEvidence(refusal));
      listing.Add(EvidenceJson(evidence), EvidenceLine(evidence), EvidenceCells(evidence));
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  TS_RETURN_IF_ERROR(listing.Finish());
  return ExitCode::kDone;
}

}  // namespace

void AddAuditCommands(CommandTree& tree) {
  CLI::App* group =
      AddGroup(tree, "audit", "For auditors: the log searched and executed again, its reports, and what was refused");
  AddAuditListCommands(tree, group);
  AddAuditReplayCommands(tree, group);
  auto options = std::make_shared<RefusalOptions>();
  v1::ListRefusalsRequest* const selection = &options->selection;
  CLI::App* refusals = AddCommand(
      tree, group, "refusals",
      "Print the events that the node has refused and kept, oldest first; their signatures are checked here. "
      "Under --json one object on each line",
      "audit refusals --party party_abc --reason LOT_CONSUMED --json",
      [options](Context& context) { return ListRefusals(context, *options); });
  AddText(refusals, "--party", "PARTY", "Only those that a key of this party signed", selection->mutable_party_id());
  AddValue<v1::Reason>(refusals, "--reason", "REASON", "Only those refused for this reason, as NOT_CUSTODIAN",
                       &ParseCode<v1::Reason>, [selection](v1::Reason reason) { selection->set_reason(reason); });
  AddCsv(refusals, &options->csv_file);
}

}  // namespace touchstone::cli
