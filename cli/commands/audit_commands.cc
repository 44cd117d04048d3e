// touchstone audit: the log for auditors, and what a node keeps beside it.
#include "cli/commands/audit_commands.h"

#include "base/encoding.h"
#include "base/status.h"
#include "cli/commands/commands.h"
#include "cli/commands/registry.h"
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

absl::StatusOr<ExitCode> ListRefusals(Context& context, const v1::ListRefusalsRequest& selection) {
  TS_ASSIGN_OR_RETURN(
      const std::vector<v1::Refusal> refusals,
      ListAll<v1::Refusal>(
          selection, [&](const v1::ListRefusalsRequest& request) { return context.client().ListRefusals(request); },
          [](const v1::ListRefusalsResponse& page) -> auto& { return page.refusals(); }));
  Json json = Json::array();
  std::string text;
  for (const v1::Refusal& refusal : refusals) {
    TS_ASSIGN_OR_RETURN(const Evidence evidence, CheckEvidence(refusal));
    json.push_back(EvidenceJson(evidence));
    text += EvidenceLine(evidence);
  }
  context.output().Result(json, text);
  return ExitCode::kDone;
}

}  // namespace

void AddAuditCommands(CommandTree& tree) {
  CLI::App* group =
      AddGroup(tree, "audit", "For auditors: the log searched and executed again, its reports, and what was refused");
  AddAuditListCommands(tree, group);
  AddAuditReplayCommands(tree, group);
  auto selection = std::make_shared<v1::ListRefusalsRequest>();
  CLI::App* refusals =
      AddCommand(tree, group, "refusals",
                 "Print the events that the node has refused and kept, oldest first; their signatures are checked here",
                 "audit refusals --party party_abc --reason LOT_CONSUMED --json",
                 [selection](Context& context) { return ListRefusals(context, *selection); });
  AddText(refusals, "--party", "PARTY", "Only those that a key of this party signed", selection->mutable_party_id());
  AddValue<v1::Reason>(refusals, "--reason", "REASON", "Only those refused for this reason, as NOT_CUSTODIAN",
                       &ParseCode<v1::Reason>, [selection](v1::Reason reason) { selection->set_reason(reason); });
}

}  // namespace touchstone::cli
