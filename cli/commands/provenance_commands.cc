// touchstone trace, evaluate, bundle, verify: where gold came from, and what follows for it.
#include <map>

#include "base/encoding.h"
#include "base/files.h"
#include "base/limits.h"
#include "cli/as_of.h"
#include "cli/commands/commands.h"
#include "cli/decimal.h"
#include "cli/dot.h"
#include "cli/receipt.h"
#include "cli/tree.h"
#include "cli/verdict.h"
#include "cli/witnesses.h"
#include "fmt/format.h"
#include "ledger/bundle.h"
#include "ledger/ids.h"

namespace touchstone::cli {
namespace {

// --- trace -----------------------------------------------------------------------------------------------------------

struct Traced {
  std::vector<v1::TraceNode> nodes;
  uint64_t as_of_size = 0;
  int64_t as_of_us = 0;
};

struct TraceOptions {
  std::string subject_id;
  uint32_t max_depth = 0;
  std::string dot_file;
  std::shared_ptr<AsOfOptions> as_of;
};

absl::StatusOr<Traced> TraceAll(Context& context, const TraceOptions& options) {
  v1::TraceRequest request;
  request.set_subject_id(options.subject_id);
  request.set_max_depth(options.max_depth);
  request.set_page_size(limits::kMaxPageSize);
  Ask(*options.as_of, request);
  Traced traced;
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

absl::StatusOr<ExitCode> WriteDot(Context& context, const TraceOptions& options, const std::string& dot) {
  if (options.dot_file == "-") {
    context.output().Raw(dot);
    return ExitCode::kDone;
  }
  constexpr mode_t kReadable = 0644;
  TS_RETURN_IF_ERROR(WriteFileAtomically(options.dot_file, dot, kReadable));
  context.output().Result(Json{{"subject", options.subject_id}, {"file", options.dot_file}},
                          fmt::format("{}: draw it with `dot -Tsvg`\n", options.dot_file));
  return ExitCode::kDone;
}

absl::StatusOr<ExitCode> Trace(Context& context, const TraceOptions& options) {
  TS_ASSIGN_OR_RETURN(const Traced traced, TraceAll(context, options));
  TS_ASSIGN_OR_RETURN(const auto country_of, Countries(context, traced.nodes));
  if (!options.dot_file.empty()) return WriteDot(context, options, DrawDot(traced.nodes, country_of));
  Json nodes = Json::array();
  for (const v1::TraceNode& node : traced.nodes) {
    Json json = ToJson(node);
    for (const auto& [key, id] :
         {std::pair("party_country", node.party_id()), std::pair("site_country", node.site_id())}) {
      if (const auto country = country_of.find(id); country != country_of.end()) json[key] = country->second;
    }
    nodes.push_back(std::move(json));
  }
  Json json = {{"subject", options.subject_id}, {"nodes", std::move(nodes)}};
  AddAsOfTo(json, traced.as_of_size, traced.as_of_us);
  context.output().Result(json, DrawTree(traced.nodes, country_of) + AsOfText(traced.as_of_size, traced.as_of_us));
  return ExitCode::kDone;
}

void AddTrace(CommandTree& tree) {
  auto options = std::make_shared<TraceOptions>();
  CLI::App* trace =
      AddCommand(tree, &tree.app, "trace", "Draw where a lot, piece or claim came from, back to the mines",
                 "trace piece_abc --depth 3", [options](Context& context) { return Trace(context, *options); });
  AddText(trace, "id", "ID", "The lot, piece or claim", &options->subject_id)->required();
  AddValue<uint64_t>(
      trace, "--depth", "STEPS", "Steps back at most; default to the sources", &ParseCount,
      [options](uint64_t steps) { options->max_depth = static_cast<uint32_t>(std::min<uint64_t>(steps, UINT32_MAX)); });
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

/// Lets a pack of the reader's own be judged beside the others.
void AddPolicyFiles(CLI::App* command, std::vector<std::string>* files) {
  AddValues<std::string>(command, "--policy-file", "FILE", "A pack of your own, in protobuf text format; repeatable",
                         &ParseText, [files](const std::string& file) { files->push_back(file); });
}

CLI::App* AddSubjectOptions(CLI::App* command, const std::shared_ptr<Subject>& subject) {
  AddText(command, "id", "ID", "The lot, piece or claim", &subject->id)->required();
  AddValues<std::string>(command, "--policy", "ID",
                         "Policy pack; default those that a claim cites, or all that the server knows; repeatable",
                         &ParseText, [subject](const std::string& id) { subject->policy_ids.push_back(id); });
  return command;
}

absl::StatusOr<ExitCode> Evaluate(Context& context, const Subject& subject) {
  v1::EvaluateRequest request;
  request.set_subject_id(subject.id);
  request.mutable_policy_ids()->Assign(subject.policy_ids.begin(), subject.policy_ids.end());
  for (const std::string& file : subject.policy_files) {
    TS_ASSIGN_OR_RETURN(*request.add_policy_texts(), ReadFile(file, limits::kMaxPolicyBytes));
  }
  Ask(*subject.as_of, request);
  TS_ASSIGN_OR_RETURN(const v1::EvaluateResponse answer, context.client().Evaluate(request));
  const std::vector<v1::Evaluation> evaluations(answer.evaluations().begin(), answer.evaluations().end());
  const std::vector<v1::ClaimReading> readings(answer.claim_readings().begin(), answer.claim_readings().end());
  const v1::Verdict worst = WorstOf(evaluations);
  Json json = {
      {"subject", subject.id}, {"verdict", NameFor(worst)}, {"evaluations", EvaluationsJson(evaluations, readings)}};
  AddAsOfTo(json, answer.as_of_size(), answer.as_of_us());
  context.output().Result(json,
                          EvaluationsText(evaluations, readings) + AsOfText(answer.as_of_size(), answer.as_of_us()));
  return ExitFor(worst);
}

absl::StatusOr<ExitCode> Bundle(Context& context, const Subject& subject) {
  v1::GetBundleRequest request;
  request.set_subject_id(subject.id);
  request.mutable_policy_ids()->Assign(subject.policy_ids.begin(), subject.policy_ids.end());
  TS_ASSIGN_OR_RETURN(const std::string bytes, context.client().GetBundle(request));
  v1::Bundle bundle;
  if (!bundle.ParseFromString(bytes)) {
    return EndingWith(ExitCode::kNotVerifiable, MakeError(absl::StatusCode::kDataLoss, "BUNDLE_MALFORMED", "",
                                                          "what the server sent is not a bundle"));
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
      AddCommand(tree, &tree.app, "evaluate", "Ask the server for the verdict of policy packs, with its reasons",
                 "evaluate claim_abc --policy mercury-free",
                 [evaluated](Context& context) { return Evaluate(context, *evaluated); }),
      evaluated);
  AddPolicyFiles(evaluate, &evaluated->policy_files);
  evaluated->as_of = AddAsOf(evaluate);
  auto bundled = std::make_shared<Subject>();
  CLI::App* bundle = AddSubjectOptions(
      AddCommand(tree, &tree.app, "bundle", "Fetch what is needed to derive a verdict without the server",
                 "bundle claim_abc -o ring.touchstone",
                 [bundled](Context& context) { return Bundle(context, *bundled); }),
      bundled);
  AddText(bundle, "-o,--output", "FILE", "Where to keep it, as ring.touchstone", &bundled->file)->required();
}

// --- verify ----------------------------------------------------------------------------------------------------------

std::string ReportText(const ledger::BundleReport& report, v1::Verdict worst) {
  std::string text = fmt::format("subject: {}\nlog: {}\n", report.subject_id, report.checkpoint.origin);
  text += CheckpointText({report.checkpoint, true});
  if (report.predecessor.has_value()) text += PredecessorText(*report.predecessor);
  text += fmt::format("proven: {} entries are in the log, {} signatures hold, every rule that they decide was kept\n",
                      report.entries, report.signatures);
  for (const v1::PartyRecord& signer : report.signers) {
    text += fmt::format("signed by: {} ({}), {}\n", signer.name(), signer.country(), signer.party_id());
  }
  text += EvaluationsText(report.evaluations, report.readings);
  return text + GlobalText(report) + fmt::format("{} on the evidence shown\n", NameFor(worst));
}

Json ReportJson(const ledger::BundleReport& report, v1::Verdict worst) {
  Json signers = Json::array();
  for (const v1::PartyRecord& signer : report.signers) {
    signers.push_back(Json{{"party_id", signer.party_id()}, {"name", signer.name()}, {"country", signer.country()}});
  }
  Json json = {{"verdict", NameFor(worst)},
               {"subject", report.subject_id},
               {"evaluations", EvaluationsJson(report.evaluations, report.readings)},
               {"entries", report.entries},
               {"signatures", report.signatures},
               {"signers", std::move(signers)},
               {"origin", report.checkpoint.origin},
               {"checkpoint", CheckpointJson({report.checkpoint, true})}};
  if (report.predecessor.has_value()) json["predecessor"] = PredecessorJson(*report.predecessor);
  json.update(GlobalJson(report));
  return json;
}

void PrintNotVerifiable(Context& context, const std::string& file, const absl::Status& status) {
  const Json json = {{"verdict", "NOT_VERIFIABLE"},
                     {"reason", ReasonOf(status)},
                     {"field", FieldOf(status)},
                     {"message", std::string(MessageOf(status))}};
  context.output().Result(
      json, fmt::format("{}: {}\nNOT VERIFIABLE: believe nothing that it says\n", file, ErrorText(status)));
}

struct Verified {
  std::string file;
  std::vector<std::string> policy_files;
};

/// What is trusted already, and the packs that the reader brings.
absl::StatusOr<ledger::Trust> WithOwnPacks(ledger::Trust trust, const std::vector<std::string>& files) {
  for (const std::string& file : files) {
    TS_ASSIGN_OR_RETURN(const std::string text, ReadFile(file, limits::kMaxPolicyBytes));
    TS_ASSIGN_OR_RETURN(trust.own.emplace_back(), ledger::ParsePolicy(text));
  }
  return trust;
}

absl::StatusOr<ExitCode> Verify(Context& context, const Verified& verified) {
  TS_ASSIGN_OR_RETURN(const ledger::Trust* const trust, context.trust());
  if (trust == nullptr) {
    return InvalidInput("TRUST_MISSING", "--trust",
                        "a bundle proves nothing but to who knows whom to trust: name a trust file");
  }
  TS_ASSIGN_OR_RETURN(const ledger::Trust with_own, WithOwnPacks(*trust, verified.policy_files));
  TS_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(verified.file, limits::kMaxBundleBytes));
  const absl::StatusOr<ledger::BundleReport> report = ledger::VerifyBundle(bytes, with_own);
  if (!report.ok()) {
    PrintNotVerifiable(context, verified.file, EndingWith(ExitCode::kNotVerifiable, report.status()));
    return ExitCode::kNotVerifiable;
  }
  const v1::Verdict worst = WorstOf(report->evaluations);
  context.output().Result(ReportJson(*report, worst), ReportText(*report, worst));
  return ExitFor(worst);
}

void AddVerify(CommandTree& tree) {
  auto verified = std::make_shared<Verified>();
  CLI::App* verify = AddCommand(
      tree, &tree.app, "verify", "Verify a bundle without any server: proofs, signatures, local rules, then the packs",
      "verify ring.touchstone --trust trust.toml", [verified](Context& context) { return Verify(context, *verified); });
  AddText(verify, "file", "FILE", "The bundle", &verified->file)->required();
  AddPolicyFiles(verify, &verified->policy_files);
}

}  // namespace

void AddProvenanceCommands(CommandTree& tree) {
  AddTrace(tree);
  AddEvaluateAndBundle(tree);
  AddVerify(tree);
}

}  // namespace touchstone::cli
