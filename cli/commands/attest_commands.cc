// touchstone attest: what third parties saw.
#include "cli/commands/commands.h"
#include "cli/commands/registry.h"
#include "cli/emit.h"
#include "cli/material_spec.h"
#include "fmt/format.h"

namespace touchstone::cli {
namespace {

void AddStatement(CLI::App* command, v1::Attest* attest) {
  AddWord<v1::Scope>(command, "--scope", "What it is about", [attest](v1::Scope scope) {
    attest->set_scope(scope);
  })->required();
  AddText(command, "--subject", "ID", "The site, party, licence or lot", attest->mutable_subject_id())->required();
  AddWord<v1::Attest::Conclusion>(command, "--conclusion", "What was found", [attest](v1::Attest::Conclusion c) {
    attest->set_conclusion(c);
  })->required();
  AddWord<v1::Attest::Visit>(command, "--visit", "How it was seen", [attest](v1::Attest::Visit v) {
    attest->set_visit(v);
  })->required();
  AddWord<v1::Attest::Lines>(command, "--lines", "How much of the site was seen", [attest](v1::Attest::Lines lines) {
    attest->set_lines(lines);
  })->required();
  AddText(command, "--standard", "TEXT", "The standard it was made under, as fairmined", attest->mutable_standard());
  AddValue<v1::OutputLimit>(command, "--capacity", "LIMIT",
                            "With scope capacity: plausible output, as '40 kg fine / 365 d'", &ParseOutputLimit,
                            [attest](const v1::OutputLimit& limit) { *attest->mutable_capacity() = limit; });
  AddDocuments(command, attest);
}

void AddPeriods(CLI::App* command, v1::Attest* attest) {
  AddValue<int64_t>(command, "--observed-from", "TIME", "First moment of observation", &ParseTimeOrDate,
                    [attest](int64_t us) { attest->set_observed_from_us(us); })
      ->required();
  AddValue<int64_t>(command, "--observed-until", "TIME", "Last moment of observation", &ParseTimeOrDate,
                    [attest](int64_t us) { attest->set_observed_until_us(us); })
      ->required();
  AddValue<int64_t>(command, "--valid-from", "TIME", "The statement holds from (inclusive)", &ParseTimeOrDate,
                    [attest](int64_t us) { attest->set_valid_from_us(us); })
      ->required();
  AddValue<int64_t>(command, "--valid-until", "TIME", "The statement holds until (exclusive)", &ParseTimeOrDate,
                    [attest](int64_t us) { attest->set_valid_until_us(us); })
      ->required();
}

std::string AttestationLine(const v1::AttestationRecord& attestation) {
  return fmt::format("{}  {}  {}  {}  by {}  until {}{}", attestation.attestation_id(), WordFor(attestation.scope()),
                     WordFor(attestation.conclusion()), attestation.subject_id(), attestation.attestor_party_id(),
                     FormatTimeUs(attestation.valid_until_us()), attestation.has_ending() ? "  ended" : "");
}

absl::StatusOr<ExitCode> Show(Context& context, const std::string& attestation_id) {
  v1::GetAttestationRequest request;
  request.set_attestation_id(attestation_id);
  TS_ASSIGN_OR_RETURN(const v1::GetAttestationResponse answer, context.client().GetAttestation(request));
  return ShowRecord(context, answer.attestation(), answer.as_of_size());
}

absl::StatusOr<ExitCode> List(Context& context) {
  TS_ASSIGN_OR_RETURN(
      const std::vector<v1::AttestationRecord> attestations,
      ListAll<v1::AttestationRecord>(
          v1::ListAttestationsRequest(),
          [&](const v1::ListAttestationsRequest& request) { return context.client().ListAttestations(request); },
          [](const v1::ListAttestationsResponse& page) -> auto& { return page.attestations(); }));
  return PrintList(context, attestations, AttestationLine);
}

}  // namespace

void AddAttestCommands(CommandTree& tree) {
  CLI::App* group = AddGroup(tree, "attest", "Attestations: what third parties saw");

  const EventCommand issue = AddEventCommand(
      tree, group, "issue", "State what was seen; signed by an attestor accredited for the scope",
      "attest issue --scope mercury-free-process --subject site_abc --conclusion conformant --visit unannounced "
      "--lines all --observed-from 2025-03-01 --observed-until 2025-03-02 --valid-from 2025-03-03 "
      "--valid-until 2026-03-03 --document report.pdf --key inspector.key");
  AddStatement(issue.command, issue.event->mutable_attest());
  AddPeriods(issue.command, issue.event->mutable_attest());

  const EventCommand end = AddEventCommand(tree, group, "end", "End an attestation; signed by who issued it",
                                           "attest end attestation_abc --cause withdrawn --effective 2025-07-01 "
                                           "--key inspector.key");
  v1::EndAttestation* ended = end.event->mutable_end_attestation();
  AddText(end.command, "attestation", "ATTESTATION", "The attestation", ended->mutable_attestation_id())->required();
  AddEnding(end, ended);

  auto shown = std::make_shared<std::string>();
  CLI::App* show = AddCommand(tree, group, "show", "Print an attestation", "attest show attestation_abc",
                              [shown](Context& context) { return Show(context, *shown); });
  AddText(show, "attestation", "ATTESTATION", "The attestation", shown.get())->required();
  AddCommand(tree, group, "list", "Print all attestations", "attest list", &List);
}

}  // namespace touchstone::cli
