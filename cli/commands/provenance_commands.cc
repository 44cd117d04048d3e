// touchstone trace, evaluate, bundle: where gold came from, and what follows for it.
#include <map>
#include <optional>
#include <string_view>

#include "base/files.h"
#include "base/limits.h"
#include "cli/as_of.h"
#include "cli/commands/commands.h"
#include "cli/decimal.h"
#include "cli/dot.h"
#include "cli/own_packs.h"
#include "cli/subject.h"
#include "cli/tree.h"
#include "cli/verdict.h"
#include "fmt/format.h"
#include "ledger/ids.h"
#include "ledger/policy.h"
#include "touchstone/v1/proof.pb.h"

namespace touchstone::cli {
namespace {

constexpr std::string_view kStandardOutput = "-";

// --- trace -----------------------------------------------------------------------------------------------------------

struct Traced {
  std::string subject_id;
  std::vector<v1::TraceNode> nodes = {};
  uint64_t as_of_size = 0;
  int64_t as_of_us = 0;
};

struct TraceOptions {
  std::string subject_id;
  uint32_t max_depth = 0;
  int64_t from_us = 0;
  int64_t until_us = 0;
  std::string dot_file;
  std::shared_ptr<AsOfOptions> as_of;
};

absl::StatusOr<Traced> TraceAll(Context& context, const TraceOptions& options) {
  v1::TraceRequest request;
  TS_ASSIGN_OR_RETURN(*request.mutable_subject_id(), ResolveSubject(context, options.subject_id));
  request.set_max_depth(options.max_depth);
  request.set_recorded_from_us(options.from_us);
  request.set_recorded_until_us(options.until_us);
  request.set_page_size(limits::kMaxPageSize);
  Ask(*options.as_of, request);
  Traced traced{.subject_id = request.subject_id()};
  do {
    TS_ASSIGN_OR_RETURN(const v1::TraceResponse page, context.client().Trace(request));
    traced.nodes.insert(traced.nodes.end(), page.nodes().begin(), page.nodes().end());
    traced.as_of_size = page.as_of_size();
    traced.as_of_us = page.as_of_us();
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return traced;
}

absl::StatusOr<std::string> CountryOf(Client& client, const std::string& id) {
  if (ledger::IsId(ledger::ObjectKind::kSite, id)) {
    v1::GetSiteRequest request;
    request.set_site_id(id);
    TS_ASSIGN_OR_RETURN(const v1::GetSiteResponse answer, client.GetSite(request));
    return answer.site().country();
  }
  v1::GetPartyRequest request;
  request.set_party_id(id);
  TS_ASSIGN_OR_RETURN(const v1::GetPartyResponse answer, client.GetParty(request));
  return answer.party().country();
}

/// The countries of all sites and parties in a trace: few, however long it is.
absl::StatusOr<std::map<std::string, std::string>> Countries(Context& context,
                                                             const std::vector<v1::TraceNode>& nodes) {
  std::map<std::string, std::string> country_of;
  for (const v1::TraceNode& node : nodes) {
    for (const std::string* id : {&node.party_id(), &node.site_id()}) {
      if (id->empty() || country_of.contains(*id)) continue;
      TS_ASSIGN_OR_RETURN(country_of[*id], CountryOf(context.client(), *id));
    }
  }
  return country_of;
}

absl::StatusOr<ExitCode> WriteDot(Context& context, const std::string& subject_id, const std::string& dot_file,
                                  const std::string& dot) {
  if (dot_file == kStandardOutput) {
    context.output().Raw(dot);
    return ExitCode::kDone;
  }
  constexpr mode_t kReadable = 0644;
  TS_RETURN_IF_ERROR(WriteFileAtomically(dot_file, dot, kReadable));
  context.output().Result(Json{{"subject", subject_id}, {"file", dot_file}},
                          fmt::format("{}: draw it with `dot -Tsvg`\n", dot_file));
  return ExitCode::kDone;
}

absl::StatusOr<ExitCode> Trace(Context& context, const TraceOptions& options) {
  if (options.until_us != 0 && options.until_us < options.from_us) {
    return InvalidInput("FIELD_INVALID", "--until", "the time ends before it begins: --from or later");
  }
  TS_ASSIGN_OR_RETURN(const Traced traced, TraceAll(context, options));
  TS_ASSIGN_OR_RETURN(const auto country_of, Countries(context, traced.nodes));
  if (!options.dot_file.empty()) {
    return WriteDot(context, traced.subject_id, options.dot_file, DrawDot(traced.nodes, country_of));
  }
  Json nodes = Json::array();
  for (const v1::TraceNode& node : traced.nodes) {
    Json json = ToJson(node);
    for (const auto& [key, id] :
         {std::pair("party_country", node.party_id()), std::pair("site_country", node.site_id())}) {
      if (const auto country = country_of.find(id); country != country_of.end()) json[key] = country->second;
    }
    nodes.push_back(std::move(json));
  }
  Json json = {{"subject", traced.subject_id}, {"nodes", std::move(nodes)}};
  AddAsOfTo(json, traced.as_of_size, traced.as_of_us);
  const std::string drawn =
      traced.nodes.empty() ? "nothing upstream was recorded in that time\n" : DrawTree(traced.nodes, country_of);
  context.output().Result(json, drawn + AsOfText(traced.as_of_size, traced.as_of_us));
  return ExitCode::kDone;
}

void AddTrace(CommandTree& tree) {
  auto options = std::make_shared<TraceOptions>();
  CLI::App* trace =
      AddCommand(tree, &tree.app, "trace", "Draw where a lot, piece or claim came from, back to the mines",
                 "trace piece_abc --depth 3", [options](Context& context) { return Trace(context, *options); });
  AddText(trace, "id", "ID", kSubjectHelp, &options->subject_id)->required();
  AddValue<uint64_t>(
      trace, "--depth", "STEPS", "Steps back at most; 0, the default: all, to the sources", &ParseCount,
      [options](uint64_t steps) { options->max_depth = static_cast<uint32_t>(std::min<uint64_t>(steps, UINT32_MAX)); });
  AddValue<int64_t>(trace, "--from", "TIME",
                    "Only steps that were recorded then or later; a date is its first moment in UTC", &ParseTimeOrDate,
                    [options](int64_t us) { options->from_us = us; });
  AddValue<int64_t>(trace, "--until", "TIME", "Only steps that were recorded before then", &ParseTimeOrDate,
                    [options](int64_t us) { options->until_us = us; });
  AddText(trace, "--dot", "FILE", "Write a graph for Graphviz instead (- is standard output)", &options->dot_file);
  options->as_of = AddAsOf(trace);
}

// --- evaluate and bundle ---------------------------------------------------------------------------------------------

struct Subject {
  std::string id;
  std::vector<std::string> policy_ids;
  std::vector<std::string> policy_files;
  std::string file;
  std::shared_ptr<AsOfOptions> as_of;
};

CLI::App* AddSubjectOptions(CLI::App* command, const std::shared_ptr<Subject>& subject) {
  AddText(command, "id", "ID", kSubjectHelp, &subject->id)->required();
  AddValues<std::string>(command, "--policy", "ID",
                         "Policy pack; default those that a claim cites, or all that the server knows; repeatable",
                         &ParseText, [subject](const std::string& id) { subject->policy_ids.push_back(id); });
  return command;
}

/// Which verdicts decide how the command ends: those of packs that somebody demanded. Who names none, of what is no
/// claim, is told of all packs, and demanded the floor alone.
std::vector<v1::Evaluation> Demanded(const Subject& subject, const v1::EvaluateRequest& request,
                                     std::vector<v1::Evaluation> evaluations) {
  const bool named = !subject.policy_ids.empty() || !subject.policy_files.empty();
  if (named || ledger::IsId(ledger::ObjectKind::kClaim, request.subject_id())) return evaluations;
  std::erase_if(evaluations, [](const auto& e) { return e.policy().policy_id() != ledger::kFloorPolicyId; });
  return evaluations;
}

/// What the claim cites, where packs are judged that it may not.
absl::StatusOr<std::optional<v1::ClaimRecord>> ClaimJudged(Context& context, const v1::EvaluateRequest& request,
                                                           const v1::EvaluateResponse& answer) {
  if (answer.claim_readings().empty() || (request.policy_ids().empty() && request.policy_texts().empty())) {
    return std::nullopt;
  }
  v1::GetClaimRequest asked;
  asked.set_claim_id(request.subject_id());
  TS_ASSIGN_OR_RETURN(const v1::GetClaimResponse claim, context.client().GetClaim(asked));
  return claim.claim();
}

absl::StatusOr<v1::EvaluateRequest> RequestFor(Context& context, const Subject& subject, const OwnPacks& own) {
  v1::EvaluateRequest request;
  TS_ASSIGN_OR_RETURN(*request.mutable_subject_id(), ResolveSubject(context, subject.id));
  request.mutable_policy_ids()->Assign(subject.policy_ids.begin(), subject.policy_ids.end());
  for (const ledger::Policy& policy : own.packs) request.add_policy_texts(policy.bytes);
  Ask(*subject.as_of, request);
  return request;
}

std::string VerdictText(v1::Verdict worst, const std::vector<v1::Evaluation>& demanded, size_t judged) {
  if (demanded.size() == judged) return "";
  return fmt::format("no pack was demanded, so the floor decides: {} under {}\n", NameFor(worst),
                     ledger::kFloorPolicyId);
}

absl::StatusOr<ExitCode> Evaluate(Context& context, const Subject& subject) {
  TS_ASSIGN_OR_RETURN(const OwnPacks own, ReadOwnPacks(subject.policy_files));
  TS_ASSIGN_OR_RETURN(const v1::EvaluateRequest request, RequestFor(context, subject, own));
  TS_ASSIGN_OR_RETURN(const v1::EvaluateResponse answer, context.client().Evaluate(request));
  const std::vector<v1::Evaluation> evaluations(answer.evaluations().begin(), answer.evaluations().end());
  VerdictNotes notes{.readings = {answer.claim_readings().begin(), answer.claim_readings().end()}, .files = own.files};
  TS_ASSIGN_OR_RETURN(notes.claim, ClaimJudged(context, request, answer));
  const std::vector<v1::Evaluation> demanded = Demanded(subject, request, evaluations);
  const v1::Verdict worst = WorstOf(demanded);
  Json demanded_ids = Json::array();
  for (const v1::Evaluation& evaluation : demanded) demanded_ids.push_back(evaluation.policy().policy_id());
  Json json = {{"subject", request.subject_id()},
               {"verdict", NameFor(worst)},
               {"demanded", std::move(demanded_ids)},
               {"evaluations", EvaluationsJson(evaluations, notes)}};
  AddAsOfTo(json, answer.as_of_size(), answer.as_of_us());
  context.output().Result(json, EvaluationsText(evaluations, notes) + VerdictText(worst, demanded, evaluations.size()) +
                                    AsOfText(answer.as_of_size(), answer.as_of_us()));
  return ExitFor(worst);
}

absl::StatusOr<ExitCode> Bundle(Context& context, const Subject& subject) {
  TS_ASSIGN_OR_RETURN(const OwnPacks own, ReadOwnPacks(subject.policy_files));
  v1::GetBundleRequest request;
  TS_ASSIGN_OR_RETURN(*request.mutable_subject_id(), ResolveSubject(context, subject.id));
  for (const ledger::Policy& policy : own.packs) request.add_policy_texts(policy.bytes);
  request.mutable_policy_ids()->Assign(subject.policy_ids.begin(), subject.policy_ids.end());
  TS_ASSIGN_OR_RETURN(const std::string bytes, context.client().GetBundle(request));
  v1::Bundle bundle;
  if (!bundle.ParseFromString(bytes)) {
    return EndingWith(ExitCode::kNotVerifiable, MakeError(absl::StatusCode::kDataLoss, "BUNDLE_MALFORMED", "",
                                                          "what the server sent is not a bundle"));
  }
  if (subject.file == kStandardOutput) {
    context.output().Raw(bytes);
    return ExitCode::kDone;
  }
  constexpr mode_t kReadable = 0644;
  TS_RETURN_IF_ERROR(WriteFileAtomically(subject.file, bytes, kReadable));
  context.output().Result(Json{{"subject", bundle.subject_id()},
                               {"file", subject.file},
                               {"bytes", bytes.size()},
                               {"entries", bundle.entries_size()},
                               {"policies", bundle.policies_size()}},
                          fmt::format("{}: {} bytes, {} entries, {} policy packs; check it with `touchstone verify`\n",
                                      subject.file, bytes.size(), bundle.entries_size(), bundle.policies_size()));
  return ExitCode::kDone;
}

void AddEvaluateAndBundle(CommandTree& tree) {
  auto evaluated = std::make_shared<Subject>();
  CLI::App* evaluate = AddSubjectOptions(
      AddCommand(
          tree, &tree.app, "evaluate",
          "Ask the server for the verdict of policy packs, with its reasons. It ends by the worst verdict of the "
          "packs that are named, or that the claim cites; of a lot or piece without any by the floor's, "
          "minamata-annex-c",
          "evaluate claim_abc --policy mercury-free",
          [evaluated](Context& context) { return Evaluate(context, *evaluated); }),
      evaluated);
  AddPolicyFiles(evaluate, &evaluated->policy_files, "judged too, or alone without --policy");
  evaluated->as_of = AddAsOf(evaluate);
  auto bundled = std::make_shared<Subject>();
  CLI::App* bundle = AddSubjectOptions(
      AddCommand(tree, &tree.app, "bundle", "Fetch what is needed to derive a verdict without the server",
                 "bundle claim_abc -o ring.touchstone",
                 [bundled](Context& context) { return Bundle(context, *bundled); }),
      bundled);
  AddPolicyFiles(bundle, &bundled->policy_files, "carried too; who verifies the bundle accepts it by its hash");
  AddText(bundle, "-o,--output", "FILE", "Where to keep it, as ring.touchstone; - is standard output", &bundled->file)
      ->required();
}

}  // namespace

void AddProvenanceCommands(CommandTree& tree) {
  AddTrace(tree);
  AddEvaluateAndBundle(tree);
  AddVerifyCommand(tree);
}

}  // namespace touchstone::cli
