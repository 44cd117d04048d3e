// touchstone claim: what a jeweler states about a piece.
#include "cli/commands/commands.h"
#include "cli/commands/registry.h"
#include "cli/decimal.h"
#include "cli/emit.h"
#include "cli/receipt.h"
#include "fmt/format.h"
#include "ledger/policy.h"

namespace touchstone::cli {
namespace {

struct IssueOptions {
  v1::Event event;
  std::vector<std::string> policy_ids;
  std::optional<uint64_t> evidence_size;
};

/// The released pack of this id: the server's, or away from the network the one that came with this software.
absl::StatusOr<std::vector<ledger::Policy>> KnownPolicies(Context& context) {
  if (context.offline()) return ledger::BuiltInPolicies();
  TS_ASSIGN_OR_RETURN(const v1::ListPoliciesResponse answer, context.client().ListPolicies({}));
  std::vector<ledger::Policy> policies;
  for (const std::string& bytes : answer.policies()) {
    TS_ASSIGN_OR_RETURN(ledger::Policy policy, ledger::ParsePolicy(bytes));
    policies.push_back(std::move(policy));
  }
  return policies;
}

absl::Status CitePolicies(Context& context, std::vector<std::string> ids, v1::Claim& claim) {
  TS_ASSIGN_OR_RETURN(const std::vector<ledger::Policy> known, KnownPolicies(context));
  SortUnique(&ids);
  for (const std::string& id : ids) {
    const auto policy = std::find_if(known.begin(), known.end(), [&](const auto& p) { return p.pack.id() == id; });
    if (policy == known.end()) {
      return InvalidInput("UNKNOWN_POLICY", "--policy", fmt::format("there is no policy pack '{}'", id));
    }
    v1::PolicyRef& ref = *claim.add_policies();
    ref.set_policy_id(id);
    ref.set_version(policy->pack.version());
    ref.set_sha256(std::string(policy->sha256.view()));
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
  TS_RETURN_IF_ERROR(CitePolicies(context, options.policy_ids, claim));
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
                         [options](const std::string& id) { options->policy_ids.push_back(id); })
      ->required();
  AddText(issue, "--statement", "TEXT", "For people", claim->mutable_statement());
  AddValue<uint64_t>(issue, "--evidence-size", "ENTRIES",
                     "On how many entries it rests; default the newest checkpoint's", &ParseCount,
                     [options](uint64_t size) { options->evidence_size = size; });
}

absl::StatusOr<ExitCode> Show(Context& context, const std::string& claim_id) {
  v1::GetClaimRequest request;
  request.set_claim_id(claim_id);
  TS_ASSIGN_OR_RETURN(const v1::GetClaimResponse answer, context.client().GetClaim(request));
  return ShowRecord(context, answer.claim(), answer.as_of_size());
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
  CLI::App* show = AddCommand(tree, group, "show", "Print a claim", "claim show claim_abc",
                              [shown](Context& context) { return Show(context, *shown); });
  AddText(show, "claim", "CLAIM", "The claim", shown.get())->required();
}

}  // namespace touchstone::cli
