// touchstone lot assay, sample, settle: how much gold is in a lot, and which figure governs.
#include "cli/commands/lot_commands.h"
#include "cli/decimal.h"
#include "cli/emit.h"

namespace touchstone::cli {
namespace {

/// The schema wants elements by symbol; people type them as the certificate has them.
void SortElements(v1::Assay& assay) {
  std::stable_sort(assay.mutable_other_elements()->begin(), assay.mutable_other_elements()->end(),
                   [](const v1::ElementResult& a, const v1::ElementResult& b) { return a.element() < b.element(); });
}

void AddAssay(CommandTree& tree, CLI::App* group) {
  auto event = std::make_shared<v1::Event>();
  v1::Assay* body = event->mutable_assay();
  CLI::App* assay = AddCommand(
      tree, group, "assay", "Record an assay; signed by the laboratory or the custodian",
      "lot assay lot_abc --fineness '912 permille' --method fire-assay --uncertainty '0.5 permille' --standing buyer "
      "--element 'Ag=81 permille' --element Hg=0 --key lab.key",
      [event, body](Context& context) {
        SortElements(*body);
        return Emit(context, *event);
      });
  AddText(assay, "lot", "LOT", "The lot", body->mutable_lot_id())->required();
  AddFineness(assay, body->mutable_fineness());
  AddValues<v1::ElementResult>(assay, "--element", "SYMBOL=PART",
                               "Another element and its part, as 'Ag=81 permille'; 0: sought, not found; repeatable",
                               &ParseElement,
                               [body](const v1::ElementResult& result) { *body->add_other_elements() = result; });
  AddText(assay, "--sample", "LOT", "The sample it was made on", body->mutable_sample_lot_id());
  AddText(assay, "--certificate", "TEXT", "The certificate's number", body->mutable_certificate());
  AddWord<v1::Assay::Standing>(assay, "--standing", "For whom it was made",
                               [body](v1::Assay::Standing standing) { body->set_standing(standing); });
  AddDocuments(assay, body);
}

void AddSample(CommandTree& tree, CLI::App* group) {
  const EventCommand sample =
      AddEventCommand(tree, group, "sample", "Take a sample out of a lot; signed by who holds it",
                      "lot sample lot_abc --mass '5 g' --laboratory party_def --key refiner.key");
  v1::Sample* body = sample.event->mutable_sample();
  AddText(sample.command, "lot", "LOT", "The lot; what is left of it becomes a new one", body->mutable_lot_id())
      ->required();
  AddValue<uint64_t>(sample.command, "--mass", "MASS", "Mass of the sample, as '5 g'", &ledger::ParseMassMg,
                     [body](uint64_t mg) { body->set_sample_gross_mg(mg); })
      ->required();
  AddText(sample.command, "--laboratory", "PARTY", "Who gets it, by a hand-over", body->mutable_laboratory_party_id())
      ->required();
}

void AddSettle(CommandTree& tree, CLI::App* group) {
  auto event = std::make_shared<v1::Event>();
  v1::Settle* body = event->mutable_settle();
  CLI::App* settle = AddCommand(
      tree, group, "settle",
      "Fix the fineness that governs a lot: one event with the signatures of seller and buyer, by two --key here, or "
      "by "
      "--cosigner and --offline here and `event cosign` there",
      "lot settle lot_abc --fineness '912 permille' --method fire-assay --uncertainty '0.5 permille' --assay 118 "
      "--assay 121 --seller party_def --buyer party_ghi --key mine.key --key refiner.key",
      [event, body](Context& context) {
        SortUnique(body->mutable_assay_indexes());
        return Emit(context, *event);
      });
  AddText(settle, "lot", "LOT", "The lot whose assays were exchanged", body->mutable_lot_id())->required();
  AddFineness(settle, body->mutable_fineness());
  AddValues<uint64_t>(settle, "--assay", "INDEX",
                      "Entry of an assay that it rests on: the seller's, the buyer's, and the umpire's if they differ; "
                      "repeatable",
                      &ParseCount, [body](uint64_t index) { body->add_assay_indexes(index); })
      ->required();
  AddText(settle, "--seller", "PARTY", "Who sells", body->mutable_seller_party_id())->required();
  AddText(settle, "--buyer", "PARTY", "Who buys", body->mutable_buyer_party_id())->required();
}

}  // namespace

void AddAssayCommands(CommandTree& tree, CLI::App* group) {
  AddAssay(tree, group);
  AddSample(tree, group);
  AddSettle(tree, group);
}

}  // namespace touchstone::cli
