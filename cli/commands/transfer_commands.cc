// touchstone lot offer, accept, reject, cancel, receive, hand-over: from one party to another.
#include "cli/commands/lot_commands.h"

namespace touchstone::cli {
namespace {

template <typename Body>
void AddRights(CLI::App* command, Body* body) {
  AddWord<v1::TransferRight>(command, "--rights", "What changes hands", [body](v1::TransferRight rights) {
    body->set_rights(rights);
  })->required();
}

template <typename Body>
void AddReceived(CLI::App* command, Body* body) {
  AddValues<v1::ReceivedMass>(command, "--received", "LOT=MASS[,seal=..]",
                              "What the receiver's scale said, and the seal that was found; repeatable",
                              &ParseReceivedMass,
                              [body](const v1::ReceivedMass& received) { *body->add_received() = received; });
}

void AddOffer(CommandTree& tree, CLI::App* group) {
  const EventCommand offer =
      AddEventCommand(tree, group, "offer", "Offer lots to another party; signed by who holds them",
                      "lot offer lot_abc lot_def --to party_ghi --rights both --key mine.key");
  v1::Offer* body = offer.event->mutable_offer();
  AddLotIds(offer.command, body);
  AddText(offer.command, "--to", "PARTY", "To whom", body->mutable_to_party_id())->required();
  AddRights(offer.command, body);
  AddValue<int64_t>(offer.command, "--expires", "TIME", "Until when it stands; default until cancelled",
                    &ParseTimeOrDate, [body](int64_t us) { body->set_expires_at_us(us); });
  AddText(offer.command, "--reference", "TEXT", "Despatch advice or invoice number", body->mutable_reference());
  AddDocuments(offer.command, body);
}

void AddAnswers(CommandTree& tree, CLI::App* group) {
  const EventCommand accept = AddEventCommand(tree, group, "accept", "Accept an offer; signed by whom it names",
                                              "lot accept offer_abc --received 'lot_def=812.4 g' --key coop.key");
  v1::Accept* accepted = accept.event->mutable_accept();
  AddText(accept.command, "offer", "OFFER", "The offer", accepted->mutable_offer_id())->required();
  AddReceived(accept.command, accepted);
  AddFlag(accept.command, "--quarantine", "The lots may not be melted until they are released",
          [accepted] { accepted->set_quarantine(true); });

  const EventCommand reject = AddEventCommand(tree, group, "reject", "Reject an offer; signed by whom it names",
                                              "lot reject offer_abc --reason 'seal broken' --key coop.key");
  AddText(reject.command, "offer", "OFFER", "The offer", reject.event->mutable_reject()->mutable_offer_id())
      ->required();
  AddText(reject.command, "--reason", "TEXT", "Why", reject.event->mutable_reject()->mutable_reason());

  const EventCommand cancel = AddEventCommand(tree, group, "cancel", "Cancel an offer; signed by who made it",
                                              "lot cancel offer_abc --reason 'wrong lot' --key mine.key");
  AddText(cancel.command, "offer", "OFFER", "The offer", cancel.event->mutable_cancel_offer()->mutable_offer_id())
      ->required();
  AddText(cancel.command, "--reason", "TEXT", "Why", cancel.event->mutable_cancel_offer()->mutable_reason());
}

void AddReceive(CommandTree& tree, CLI::App* group) {
  const EventCommand receive =
      AddEventCommand(tree, group, "receive", "Record weighings of lots that came in, or release them from quarantine",
                      "lot receive --received 'lot_abc=812.4 g' --release-from-quarantine --key refiner.key");
  v1::Receive* body = receive.event->mutable_receive();
  AddReceived(receive.command, body);
  AddFlag(receive.command, "--release-from-quarantine", "The lots may be melted from now on",
          [body] { body->set_release_from_quarantine(true); });
}

void AddHandOver(CommandTree& tree, CLI::App* group) {
  const EventCommand hand_over = AddEventCommand(
      tree, group, "hand-over",
      "Hand lots over face to face: one event with the signatures of both, by two --key here, or by --cosigner and "
      "--offline here and `event cosign` there",
      "lot hand-over lot_abc --from party_def --to party_ghi --rights both --key mine.key --key coop.key");
  v1::HandOver* body = hand_over.event->mutable_hand_over();
  AddLotIds(hand_over.command, body);
  AddText(hand_over.command, "--from", "PARTY", "Who gives", body->mutable_from_party_id())->required();
  AddText(hand_over.command, "--to", "PARTY", "Who takes", body->mutable_to_party_id())->required();
  AddRights(hand_over.command, body);
  AddReceived(hand_over.command, body);
  AddDocuments(hand_over.command, body);
}

}  // namespace

void AddTransferCommands(CommandTree& tree, CLI::App* group) {
  AddOffer(tree, group);
  AddAnswers(tree, group);
  AddReceive(tree, group);
  AddHandOver(tree, group);
}

}  // namespace touchstone::cli
