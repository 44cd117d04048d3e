// touchstone origin, custody, affected: where gold came from by share, through whose hands it went, and what carries
// it.
#include <algorithm>
#include <memory>
#include <vector>

#include "base/encoding.h"
#include "base/limits.h"
#include "base/status.h"
#include "cli/as_of.h"
#include "cli/commands/commands.h"
#include "cli/decimal.h"
#include "cli/subject.h"
#include "cli/time.h"
#include "cli/words.h"
#include "fmt/format.h"
#include "ledger/mass.h"

namespace touchstone::cli {
namespace {

/// Whose way is asked for, and as of when.
struct Asked {
  std::string id;
  std::shared_ptr<AsOfOptions> as_of;
};

void AddAsked(CLI::App* command, Asked& asked) {
  AddText(command, "id", "ID", kSubjectHelp, &asked.id)->required();
  asked.as_of = AddAsOf(command);
}

// --- origin ----------------------------------------------------------------------------------------------------------

/// A share of the whole in per cent, rounded down to four decimals.
std::string Percent(uint64_t part, uint64_t whole) {
  if (whole == 0) return "-";
  const auto ppm = static_cast<uint64_t>(ledger::FineSumNg{part} * limits::kMaxPpm / whole);
  return fmt::format("{}.{:04} %", ppm / 10'000, ppm % 10'000);
}

std::string SharesText(std::string_view title, const google::protobuf::RepeatedPtrField<v1::AttributedShare>& shares,
                       uint64_t whole) {
  std::string text = fmt::format("by {}:\n", title);
  for (const v1::AttributedShare& share : shares) {
    text += fmt::format("  {:>12}  {:>10}  {}\n", ledger::FormatFineNg(share.fine_ng()),
                        Percent(share.fine_ng(), whole), share.key().empty() ? "not known" : share.key());
  }
  return text;
}

absl::StatusOr<ExitCode> Origin(Context& context, const Asked& asked) {
  v1::AttributeRequest request;
  TS_ASSIGN_OR_RETURN(*request.mutable_subject_id(), ResolveSubject(context, asked.id));
  Ask(*asked.as_of, request);
  TS_ASSIGN_OR_RETURN(const v1::AttributeResponse answer, context.client().Attribute(request));
  const v1::Attribution& attribution = answer.attribution();
  const uint64_t whole = attribution.fine_ng();
  std::string text = fmt::format(
      "{}: {} of fine gold from {} source lots, calculated in proportion through every step that mixed it\n",
      attribution.subject_id(), ledger::FormatFineNg(whole), attribution.sources_size());
  text += SharesText("site", attribution.by_site(), whole);
  text += SharesText("country", attribution.by_country(), whole);
  text += SharesText("route", attribution.by_route(), whole);
  text += SharesText("door", attribution.by_door(), whole);
  Json json = ToJson(attribution);
  json["calculated"] = true;
  AddAsOfTo(json, answer.as_of_size(), answer.as_of_us());
  context.output().Result(json, text + AsOfText(answer.as_of_size(), answer.as_of_us()));
  return ExitCode::kDone;
}

// --- custody ---------------------------------------------------------------------------------------------------------

absl::StatusOr<ExitCode> Custody(Context& context, const Asked& asked) {
  v1::GetCustodyChainRequest request;
  TS_ASSIGN_OR_RETURN(*request.mutable_subject_id(), ResolveSubject(context, asked.id));
  Ask(*asked.as_of, request);
  request.set_page_size(limits::kMaxPageSize);
  Json transfers = Json::array();
  std::string text;
  uint64_t as_of_size = 0;
  int64_t as_of_us = 0;
  do {
    TS_ASSIGN_OR_RETURN(const v1::GetCustodyChainResponse page, context.client().GetCustodyChain(request));
    for (const v1::CustodyTransfer& transfer : page.transfers()) {
      transfers.push_back(ToJson(transfer));
      text += fmt::format("{}  {} to {}: {}, {} lots, entry {}\n", FormatTimeUs(transfer.occurred_at_us()),
                          transfer.from_party_name(), transfer.to_party_name(), WordFor(transfer.rights()),
                          transfer.lot_ids_size(), transfer.entry_index());
      for (const v1::ChainSignature& signature : transfer.signatures()) {
        text += fmt::format("    signed by {} with {} under entry {}\n", signature.party_id(),
                            HexEncode(signature.key()), signature.entry_index());
      }
    }
    as_of_size = page.as_of_size();
    as_of_us = page.as_of_us();
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  Json json = {{"subject", request.subject_id()}, {"transfers", std::move(transfers)}};
  AddAsOfTo(json, as_of_size, as_of_us);
  context.output().Result(json, text + AsOfText(as_of_size, as_of_us));
  return ExitCode::kDone;
}

// --- affected --------------------------------------------------------------------------------------------------------

/// What the server would refuse, in the words of the options.
absl::Status CheckAsked(const v1::ListAffectedRequest& request) {
  if (request.lot_ids().empty() && request.site_id().empty()) {
    return InvalidInput("FIELD_REQUIRED", "--lot", "a lot that the gold begins in, or the mine that won it: --site");
  }
  const bool has_period = request.from_us() != 0 || request.until_us() != 0;
  if (!request.lot_ids().empty() && has_period) {
    return InvalidInput("FIELD_INVALID", request.from_us() != 0 ? "--from" : "--until",
                        "a period is of what a mine won: name it with --site, or leave the period out");
  }
  if (request.until_us() == 0 || request.from_us() <= request.until_us()) return absl::OkStatus();
  return InvalidInput("FIELD_INVALID", "--until", "the period ends before it begins: --from or later");
}

absl::StatusOr<ExitCode> Affected(Context& context, const AsOfOptions& as_of, v1::ListAffectedRequest request) {
  TS_RETURN_IF_ERROR(CheckAsked(request));
  Ask(as_of, request);
  request.set_page_size(limits::kMaxPageSize);
  Json nodes = Json::array();
  std::string text;
  uint64_t as_of_size = 0;
  int64_t as_of_us = 0;
  do {
    TS_ASSIGN_OR_RETURN(const v1::ListAffectedResponse page, context.client().ListAffected(request));
    for (const v1::DescentNode& node : page.nodes()) {
      nodes.push_back(ToJson(node));
      text +=
          fmt::format("{}  {} carried, {}{}, with {}\n", node.node().id(), ledger::FormatFineNg(node.carried_ng()),
                      node.node().description(), node.here() ? "" : " (used up or gone)", node.custodian_party_id());
    }
    as_of_size = page.as_of_size();
    as_of_us = page.as_of_us();
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  const std::string title =
      nodes.empty() ? "nothing carries this gold\n"
                    : fmt::format(
                          "{} lots and pieces carry this gold; how much, is calculated in proportion through "
                          "every step that mixed it\n",
                          nodes.size());
  Json json = {{"calculated", true}, {"nodes", std::move(nodes)}};
  AddAsOfTo(json, as_of_size, as_of_us);
  context.output().Result(json, title + text + AsOfText(as_of_size, as_of_us));
  return ExitCode::kDone;
}

void AddAffected(CommandTree& tree) {
  auto request = std::make_shared<v1::ListAffectedRequest>();
  auto as_of = std::make_shared<std::shared_ptr<AsOfOptions>>();
  CLI::App* command = AddCommand(tree, &tree.app, "affected",
                                 "List what carries gold of some lots, or of a site and period: for a recall",
                                 "affected --site site_abc --from 2026-01-01T00:00:00Z --here",
                                 [request, as_of](Context& context) { return Affected(context, **as_of, *request); });
  *as_of = AddAsOf(command);
  AddValues<std::string>(command, "--lot", "LOT", "A lot that the gold begins in; repeatable", &ParseText,
                         [request](const std::string& id) { request->add_lot_ids(id); });
  AddText(command, "--site", "SITE", "Or the mine that won it", request->mutable_site_id());
  AddValue<int64_t>(command, "--from", "TIME", "Of the mine: what was won after this", &ParseTimeOrDate,
                    [request](int64_t us) { request->set_from_us(us); });
  AddValue<int64_t>(command, "--until", "TIME", "Of the mine: what was won before this", &ParseTimeOrDate,
                    [request](int64_t us) { request->set_until_us(us); });
  AddValue<uint64_t>(command, "--depth", "STEPS", "Steps on at most; 0, the default: all, to the end", &ParseCount,
                     [request](uint64_t steps) {
                       request->set_max_depth(static_cast<uint32_t>(std::min<uint64_t>(steps, UINT32_MAX)));
                     });
  AddFlag(command, "--here", "Only what is still in the ledger", [request] { request->set_here_only(true); });
}

}  // namespace

void AddLineageCommands(CommandTree& tree) {
  auto origin = std::make_shared<Asked>();
  AddAsked(AddCommand(tree, &tree.app, "origin", "Divide gold by source, site, country and route, by calculation",
                      "origin piece_abc", [origin](Context& context) { return Origin(context, *origin); }),
           *origin);
  auto custody = std::make_shared<Asked>();
  AddAsked(
      AddCommand(tree, &tree.app, "custody", "List through whose hands gold went, with the signatures of both sides",
                 "custody piece_abc", [custody](Context& context) { return Custody(context, *custody); }),
      *custody);
  AddAffected(tree);
}

}  // namespace touchstone::cli
