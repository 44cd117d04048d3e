// touchstone claim: what a jeweler states about a piece.
#include <algorithm>

#include "base/files.h"
#include "cli/as_of.h"
#include "cli/commands/commands.h"
#include "cli/commands/registry.h"
#include "cli/decimal.h"
#include "cli/emit.h"
#include "cli/known_policies.h"
#include "cli/own_packs.h"
#include "cli/qr.h"
#include "cli/receipt.h"
#include "cli/verdict.h"
#include "fmt/format.h"
#include "ledger/claim_code.h"
#include "ledger/ids.h"
#include "ledger/policy.h"

namespace touchstone::cli {
namespace {

struct IssueOptions {
  v1::Event event;
  std::vector<std::string> policy_ids;
  std::vector<std::string> policy_files;
  std::optional<uint64_t> evidence_size;
};

/// The packs of these ids. Of a pack that is no server's only its author has the text, which the citation's hash is of.
absl::StatusOr<std::vector<ledger::Policy>> KnownOnes(Context& context, const std::vector<std::string>& ids) {
  std::vector<ledger::Policy> found;
  if (ids.empty()) return found;
  TS_ASSIGN_OR_RETURN(const std::vector<ledger::Policy> known, KnownPolicies(context, context.offline()));
  for (const std::string& id : ids) {
    const absl::StatusOr<const ledger::Policy*> policy = FindPolicy(known, id, "--policy");
    if (!policy.ok()) {
      return InvalidInput(
          ReasonOf(policy.status()), FieldOf(policy.status()),
          fmt::format("{}; a pack of your own is cited by its file: --policy-file", MessageOf(policy.status())));
    }
    found.push_back(**policy);
  }
  return found;
}

/// Cites by ascending id, each once.
absl::Status CitePolicies(Context& context, const IssueOptions& options, v1::Claim& claim) {
  if (options.policy_ids.empty() && options.policy_files.empty()) {
    return InvalidInput("FIELD_REQUIRED", "--policy", "at least one pack, by --policy or --policy-file");
  }
  std::vector<std::string> ids = options.policy_ids;
  SortUnique(&ids);
  TS_ASSIGN_OR_RETURN(std::vector<ledger::Policy> cited, KnownOnes(context, ids));
  TS_ASSIGN_OR_RETURN(const OwnPacks own, ReadOwnPacks(options.policy_files));
  cited.insert(cited.end(), own.packs.begin(), own.packs.end());
  std::sort(cited.begin(), cited.end(), [](const auto& a, const auto& b) { return a.pack.id() < b.pack.id(); });
  for (const ledger::Policy& policy : cited) {
    if (claim.policies_size() > 0 && claim.policies(claim.policies_size() - 1).policy_id() == policy.pack.id()) {
      return InvalidInput("FIELD_INVALID", "--policy-file",
                          fmt::format("two texts of `{}`: a claim cites each pack once", policy.pack.id()));
    }
    v1::PolicyRef& ref = *claim.add_policies();
    ref.set_policy_id(policy.pack.id());
    ref.set_version(policy.pack.version());
    ref.set_sha256(std::string(policy.sha256.view()));
  }
  return absl::OkStatus();
}

absl::StatusOr<uint64_t> CheckpointSize(Context& context) {
  if (context.offline()) {
    return InvalidInput("USAGE", "--evidence-size", "away from the network, say on how many entries the claim rests");
  }
  TS_ASSIGN_OR_RETURN(const v1::GetCheckpointResponse answer, context.client().GetCheckpoint({}));
  TS_ASSIGN_OR_RETURN(const ledger::Trust* const trust, context.trust());
  TS_ASSIGN_OR_RETURN(const SeenCheckpoint seen, SeeCheckpoint(answer.checkpoint(), trust));
  return seen.checkpoint.size;
}

absl::StatusOr<ExitCode> Issue(Context& context, const IssueOptions& options) {
  v1::Event event = options.event;
  v1::Claim& claim = *event.mutable_claim();
  TS_RETURN_IF_ERROR(CitePolicies(context, options, claim));
  uint64_t evidence_size = options.evidence_size.value_or(0);
  if (!options.evidence_size.has_value()) {
    TS_ASSIGN_OR_RETURN(evidence_size, CheckpointSize(context));
  }
  claim.set_evidence_size(evidence_size);
  return Emit(context, event);
}

void AddIssue(CommandTree& tree, CLI::App* group) {
  auto options = std::make_shared<IssueOptions>();
  CLI::App* issue =
      AddCommand(tree, group, "issue", "Claim that a piece meets policy packs; signed by who holds and owns it",
                 "claim issue --piece piece_abc --policy mercury-free --policy formalized --key jeweler.key",
                 [options](Context& context) { return Issue(context, *options); });
  v1::Claim* claim = options->event.mutable_claim();
  AddText(issue, "--piece", "PIECE", "The piece", claim->mutable_piece_id())->required();
  AddValues<std::string>(issue, "--policy", "ID", "Policy pack that it is made under; repeatable", &ParseText,
                         [options](const std::string& id) { options->policy_ids.push_back(id); });
  AddPolicyFiles(issue, &options->policy_files, "cited by its hash; readers need the file to judge the claim");
  AddText(issue, "--statement", "TEXT", "For people", claim->mutable_statement());
  AddValue<uint64_t>(issue, "--evidence-size", "ENTRIES",
                     "On how many entries it rests; default the newest checkpoint's", &ParseCount,
                     [options](uint64_t size) { options->evidence_size = size; });
}

// --- show and list ---------------------------------------------------------------------------------------------------

constexpr char kClaimHelp[] = "The claim: its id, its code, or the address of its QR code";

/// The claim of this id, code or address.
absl::StatusOr<v1::GetClaimResponse> FetchClaim(Context& context, const std::string& claim) {
  v1::GetClaimRequest request;
  request.set_claim_id(claim);
  return context.client().GetClaim(request);
}

/// The claim as it stands, and how its packs read it: when it was made, and now.
absl::StatusOr<ExitCode> Show(Context& context, const std::string& claim) {
  TS_ASSIGN_OR_RETURN(const v1::GetClaimResponse answer, FetchClaim(context, claim));
  v1::EvaluateRequest request;
  request.set_subject_id(answer.claim().claim_id());
  // Both of one size.
  request.set_as_of_size(answer.as_of_size());
  const absl::StatusOr<v1::EvaluateResponse> answered = context.client().Evaluate(request);
  // The claim is on record even where its packs are not known.
  if (ReasonOf(answered.status()) == "UNKNOWN_POLICY") {
    context.output().Note(fmt::format("no verdict: {}", MessageOf(answered.status())));
    return ShowRecord(context, answer.claim(), answer.as_of_size());
  }
  TS_ASSIGN_OR_RETURN(const v1::EvaluateResponse judged, answered);
  const std::vector<v1::Evaluation> evaluations(judged.evaluations().begin(), judged.evaluations().end());
  const VerdictNotes notes{.readings = {judged.claim_readings().begin(), judged.claim_readings().end()}};
  Json json = ToJson(answer.claim());
  json["evaluations"] = EvaluationsJson(evaluations, notes);
  AddAsOfTo(json, judged.as_of_size(), judged.as_of_us());
  context.output().Result(json, ToText(answer.claim()) + EvaluationsText(evaluations, notes) +
                                    AsOfText(judged.as_of_size(), judged.as_of_us()));
  return ExitCode::kDone;
}

std::string ClaimLine(const v1::ClaimRecord& claim) {
  std::string packs;
  for (const v1::PolicyRef& ref : claim.policies()) packs += (packs.empty() ? "" : ", ") + ref.policy_id();
  return fmt::format("{}  {}  {}  {}", claim.claim_id(), WordFor(claim.status()), claim.piece_id(), packs);
}

absl::StatusOr<ExitCode> List(Context& context, const v1::ListClaimsRequest& first) {
  TS_ASSIGN_OR_RETURN(
      const std::vector<v1::ClaimRecord> claims,
      ListAll<v1::ClaimRecord>(
          first, [&](const v1::ListClaimsRequest& request) { return context.client().ListClaims(request); },
          [](const v1::ListClaimsResponse& page) -> auto& { return page.claims(); }));
  return PrintList(context, claims, ClaimLine);
}

void AddList(CommandTree& tree, CLI::App* group) {
  auto request = std::make_shared<v1::ListClaimsRequest>();
  CLI::App* list = AddCommand(tree, group, "list", "Print claims: on a piece, of an issuer, or all",
                              "claim list --issuer party_abc --status live",
                              [request](Context& context) { return List(context, *request); });
  AddText(list, "--piece", "PIECE", "Those on this piece", request->mutable_piece_id());
  AddText(list, "--issuer", "PARTY", "Those that this party issued", request->mutable_party_id());
  AddWord<v1::ClaimRecord::Status>(list, "--status", "Those that stand so; default all",
                                   [request](v1::ClaimRecord::Status status) { request->set_status(status); });
}

// --- qr --------------------------------------------------------------------------------------------------------------

struct QrOptions {
  std::string claim;
  // Reserved for examples: the host by RFC 2606, the company prefix by GS1 (952).
  std::string base = "https://id.touchstone.example";
  std::string company_prefix = "9520000";
  std::string png_file;
  std::string svg_file;
};

absl::Status WritePictures(const QrOptions& options, const QrMatrix& matrix) {
  constexpr mode_t kReadable = 0644;
  constexpr int kPixelsPerModule = 8;
  if (!options.png_file.empty()) {
    TS_ASSIGN_OR_RETURN(const std::string png, QrPng(matrix, kPixelsPerModule));
    TS_RETURN_IF_ERROR(WriteFileAtomically(options.png_file, png, kReadable));
  }
  if (options.svg_file.empty()) return absl::OkStatus();
  return WriteFileAtomically(options.svg_file, QrSvg(matrix), kReadable);
}

absl::StatusOr<ExitCode> Qr(Context& context, const QrOptions& options) {
  std::string claim_id = options.claim;
  const bool looked_up = !ledger::IsId(ledger::ObjectKind::kClaim, claim_id);
  if (looked_up) {
    TS_ASSIGN_OR_RETURN(const v1::GetClaimResponse answer, FetchClaim(context, claim_id));
    claim_id = answer.claim().claim_id();
  }
  TS_ASSIGN_OR_RETURN(const std::string address, ledger::ClaimAddress(claim_id, options.base, options.company_prefix));
  TS_ASSIGN_OR_RETURN(const QrMatrix matrix, EncodeQr(address));
  TS_RETURN_IF_ERROR(WritePictures(options, matrix));
  const std::string code = ledger::ClaimCode(claim_id);
  Json json = {{"claim_id", claim_id}, {"code", code}, {"address", address}, {"looked_up", looked_up}};
  std::string text;
  for (const auto& [name, file] : {std::pair("png", options.png_file), std::pair("svg", options.svg_file)}) {
    if (file.empty()) continue;
    json[name] = file;
    text += fmt::format("{}: {}\n", name, file);
  }
  if (text.empty()) text = QrTerminal(matrix);
  text += fmt::format("address: {}\ncode: {}\n", address, code);
  if (!looked_up) text += "not looked up: an id is drawn as it is, whether the ledger has such a claim or not\n";
  context.output().Result(json, text);
  return ExitCode::kDone;
}

void AddQr(CommandTree& tree, CLI::App* group) {
  auto options = std::make_shared<QrOptions>();
  CLI::App* qr = AddCommand(
      tree, group, "qr", "Draw the QR code of a claim: on the terminal, or as pictures; and print its code to type",
      "claim qr claim_abc --png ring.png --base https://id.jeweler.example --company-prefix 9521234",
      [options](Context& context) { return Qr(context, *options); });
  AddText(qr, "claim", "CLAIM", kClaimHelp, &options->claim)->required();
  AddText(qr, "--png", "FILE", "Write a PNG picture instead", &options->png_file);
  AddText(qr, "--svg", "FILE", "Write an SVG drawing instead", &options->svg_file);
  AddText(qr, "--base", "URL", "Where the address leads: https:// and a host; default " + options->base, &options->base)
      ->envname("TOUCHSTONE_LINK_BASE");
  AddText(
      qr, "--company-prefix", "DIGITS",
      "The issuer's GS1 company prefix, 4 to 10 digits; default " + options->company_prefix + ", GS1's for examples",
      &options->company_prefix)
      ->envname("TOUCHSTONE_COMPANY_PREFIX");
}

// --- watch -----------------------------------------------------------------------------------------------------------

struct WatchOptions {
  v1::WatchClaimsRequest request;
  std::optional<uint64_t> messages;
};

std::string ChangeText(const v1::WatchClaimsResponse& message) {
  const v1::Evaluation& evaluation = message.evaluation();
  const std::string was = message.previous_verdict() == v1::VERDICT_UNSPECIFIED
                              ? ""
                              : fmt::format(" (was {})", NameFor(message.previous_verdict()));
  std::string text =
      fmt::format("{}  {}: {}{}, {}, as of {} entries\n", evaluation.subject_id(), evaluation.policy().policy_id(),
                  NameFor(evaluation.verdict()), was, WordFor(message.status()), evaluation.as_of_size());
  if (evaluation.reasons_size() > 0 && evaluation.verdict() != v1::VERDICT_PASS) {
    text += fmt::format("  {}  [entry {}]\n", evaluation.reasons(0).text(), evaluation.reasons(0).entry_index());
  }
  return text;
}

absl::StatusOr<ExitCode> Watch(Context& context, const WatchOptions& options) {
  uint64_t left = options.messages.value_or(UINT64_MAX);
  if (left == 0) return ExitCode::kDone;
  TS_RETURN_IF_ERROR(context.client().WatchClaims(options.request,
                                                  [&](const v1::WatchClaimsResponse& message) -> absl::StatusOr<bool> {
                                                    Json json = EvaluationsJson({message.evaluation()})[0];
                                                    json["status"] = NameFor(message.status());
                                                    json["previous_verdict"] = NameFor(message.previous_verdict());
                                                    context.output().Result(json, ChangeText(message));
                                                    return --left > 0;
                                                  }));
  return ExitCode::kDone;
}

void AddWatch(CommandTree& tree, CLI::App* group) {
  auto options = std::make_shared<WatchOptions>();
  CLI::App* watch = AddCommand(
      tree, group, "watch", "Print the verdicts of claims, and each again when it changes; --json: a line for each",
      "claim watch --issuer party_abc", [options](Context& context) { return Watch(context, *options); });
  AddValues<std::string>(watch, "claims", "CLAIM", "The claims", &ParseText,
                         [options](const std::string& id) { options->request.add_claim_ids(id); });
  AddText(watch, "--issuer", "PARTY", "Instead all live claims of this party, and those it makes later",
          options->request.mutable_party_id());
  AddValue<uint64_t>(watch, "--count", "LINES", "End after so many; default when it is interrupted", &ParseCount,
                     [options](uint64_t count) { options->messages = count; });
}

}  // namespace

void AddClaimCommands(CommandTree& tree) {
  CLI::App* group = AddGroup(tree, "claim", "Claims on pieces");
  AddIssue(tree, group);

  const EventCommand retire = AddEventCommand(tree, group, "retire", "Retire a claim whose purpose is served",
                                              "claim retire claim_abc --key jeweler.key");
  AddText(retire.command, "claim", "CLAIM", "The claim", retire.event->mutable_retire_claim()->mutable_claim_id())
      ->required();

  const EventCommand revoke = AddEventCommand(tree, group, "revoke", "Revoke a claim that should not have been made",
                                              "claim revoke claim_abc --reason 'wrong lot cited' --key jeweler.key");
  v1::RevokeClaim* revoked = revoke.event->mutable_revoke_claim();
  AddText(revoke.command, "claim", "CLAIM", "The claim", revoked->mutable_claim_id())->required();
  AddText(revoke.command, "--reason", "TEXT", "Why", revoked->mutable_reason())->required();

  auto shown = std::make_shared<std::string>();
  CLI::App* show = AddCommand(tree, group, "show", "Print a claim, and its verdicts: as claimed, and now",
                              "claim show claim_abc", [shown](Context& context) { return Show(context, *shown); });
  AddText(show, "claim", "CLAIM", kClaimHelp, shown.get())->required();
  AddList(tree, group);
  AddQr(tree, group);
  AddWatch(tree, group);
}

}  // namespace touchstone::cli
