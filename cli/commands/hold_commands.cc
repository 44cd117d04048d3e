// touchstone lot hold, dispute, release, recall: what stops a lot or piece, contests it, or calls it back.
#include "cli/commands/lot_commands.h"

namespace touchstone::cli {
namespace {

template <typename Body>
void AddSubject(CLI::App* command, const std::string& metavar, Body* body) {
  AddText(command, "subject", metavar, "What it is about", body->mutable_subject_id())->required();
}

template <typename Body>
CLI::Option* AddReason(CLI::App* command, const std::string& help, Body* body) {
  return AddText(command, "--reason", "TEXT", help, body->mutable_reason());
}

}  // namespace

void AddHoldCommands(CommandTree& tree, CLI::App* group) {
  const EventCommand hold = AddEventCommand(
      tree, group, "hold",
      "Stop a lot or piece where it is; signed by who holds or owns it, a registrar, or an attestor for due diligence",
      "lot hold lot_abc --reason 'papers under inquiry' --key registrar.key");
  AddSubject(hold.command, "LOT|PIECE", hold.event->mutable_hold());
  AddReason(hold.command, "Why", hold.event->mutable_hold())->required();

  const EventCommand dispute = AddEventCommand(
      tree, group, "dispute", "Contest a lot or piece, which stops nothing; signed by who has or had it",
      "lot dispute lot_abc --reason 'never handed over' --key mine.key");
  AddSubject(dispute.command, "LOT|PIECE", dispute.event->mutable_dispute());
  AddReason(dispute.command, "What is contested", dispute.event->mutable_dispute())->required();

  const EventCommand release = AddEventCommand(
      tree, group, "release",
      "End your own hold or dispute; with --attestation, as its attestor, what the rules hold for output or gains",
      "lot release lot_abc --attestation attestation_def --key inspector.key");
  v1::Release* released = release.event->mutable_release();
  AddSubject(release.command, "LOT|PIECE", released);
  AddText(release.command, "--attestation", "ATTESTATION", "Your attestation, made since, that releases it",
          released->mutable_attestation_id());
  AddReason(release.command, "Why", released);

  const EventCommand recall =
      AddEventCommand(tree, group, "recall",
                      "Call back everything made of a lot, in every verdict; signed by who holds, owns or had it",
                      "lot recall lot_abc --reason 'assay was of another lot' --key refiner.key");
  AddSubject(recall.command, "LOT", recall.event->mutable_recall());
  AddReason(recall.command, "Why", recall.event->mutable_recall())->required();
}

}  // namespace touchstone::cli
