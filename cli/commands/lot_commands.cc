// touchstone lot: gold-bearing material, from the mine on.
#include "cli/commands/lot_commands.h"

#include "cli/commands/commands.h"
#include "cli/commands/registry.h"
#include "fmt/format.h"
#include "ledger/describe.h"
#include "ledger/ids.h"
#include "ledger/mass.h"

namespace touchstone::cli {
namespace {

absl::StatusOr<ExitCode> ShowPiece(Context& context, const std::string& piece_id) {
  v1::GetPieceRequest request;
  request.set_piece_id(piece_id);
  TS_ASSIGN_OR_RETURN(const v1::GetPieceResponse answer, context.client().GetPiece(request));
  context.output().Result(ToJson(answer), ToText(answer));
  return ExitCode::kDone;
}

absl::StatusOr<ExitCode> ShowLot(Context& context, const std::string& id) {
  if (ledger::IsId(ledger::ObjectKind::kPiece, id)) return ShowPiece(context, id);
  v1::GetLotRequest request;
  request.set_lot_id(id);
  TS_ASSIGN_OR_RETURN(const v1::GetLotResponse answer, context.client().GetLot(request));
  context.output().Result(ToJson(answer), ToText(answer));
  return ExitCode::kDone;
}

std::string LotLine(const v1::LotRecord& lot) {
  return fmt::format("{}  {}  {} fine  {}", lot.lot_id(), ledger::DescribeMaterial(lot.material()),
                     ledger::FormatFineNg(lot.fine_ng()), WordFor(lot.status()));
}

absl::StatusOr<ExitCode> ListLots(Context& context, const std::string& custodian_party_id) {
  v1::ListLotsRequest first;
  first.set_custodian_party_id(custodian_party_id);
  TS_ASSIGN_OR_RETURN(const std::vector<v1::LotRecord> lots,
                      ListAll<v1::LotRecord>(
                          first, [&](const v1::ListLotsRequest& request) { return context.client().ListLots(request); },
                          [](const v1::ListLotsResponse& page) -> auto& { return page.lots(); }));
  return PrintList(context, lots, LotLine);
}

}  // namespace

void AddLotCommands(CommandTree& tree) {
  CLI::App* group = AddGroup(tree, "lot", "Gold-bearing material: made, moved, changed, looked at");
  AddOriginCommands(tree, group);
  AddAssayCommands(tree, group);
  AddTransferCommands(tree, group);
  AddSealCommands(tree, group);
  AddTransformCommands(tree, group);
  AddHoldCommands(tree, group);
  AddLeavingCommands(tree, group);
  AddCheckCommand(tree, group);

  auto shown = std::make_shared<std::string>();
  CLI::App* show = AddCommand(tree, group, "show", "Print a lot or piece, with the step that made it",
                              "lot show lot_abc", [shown](Context& context) { return ShowLot(context, *shown); });
  AddText(show, "id", "LOT|PIECE", "The lot or piece", shown.get())->required();
  auto custodian = std::make_shared<std::string>();
  CLI::App* list =
      AddCommand(tree, group, "list", "Print the lots that a party holds", "lot list --custodian party_abc",
                 [custodian](Context& context) { return ListLots(context, *custodian); });
  AddText(list, "--custodian", "PARTY", "Who holds them", custodian.get())->required();
}

}  // namespace touchstone::cli
