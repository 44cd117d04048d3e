// touchstone policy: packs looked at, written, tried, and put on record.
#include <algorithm>
#include <string>
#include <vector>

#include "base/encoding.h"
#include "base/files.h"
#include "base/limits.h"
#include "cli/commands/commands.h"
#include "cli/emit.h"
#include "cli/known_policies.h"
#include "cli/own_packs.h"
#include "cli/verdict.h"
#include "fmt/format.h"
#include "ledger/bundle.h"
#include "ledger/policy.h"

namespace touchstone::cli {
namespace {

/// The pack's own text says which it is, so that nobody publishes a hash of something else under its name.
absl::StatusOr<ExitCode> Publish(Context& context, const std::string& file) {
  TS_ASSIGN_OR_RETURN(const std::string text, ReadFile(file, limits::kMaxPolicyBytes));
  TS_ASSIGN_OR_RETURN(const ledger::Policy policy, ledger::ParsePolicy(text));
  v1::Event event;
  v1::PublishPolicy& body = *event.mutable_publish_policy();
  body.set_policy_id(policy.pack.id());
  body.set_version(policy.pack.version());
  body.set_sha256(std::string(policy.sha256.view()));
  return Emit(context, event);
}

Json PackJson(const ledger::Policy& policy) {
  return Json{{"policy_id", policy.pack.id()},
              {"version", policy.pack.version()},
              {"sha256", HexEncode(policy.sha256.view())},
              {"title", policy.pack.title()}};
}

absl::StatusOr<ExitCode> List(Context& context, bool built_in) {
  TS_ASSIGN_OR_RETURN(const std::vector<ledger::Policy> known, KnownPolicies(context, built_in));
  Json packs = Json::array();
  std::string told;
  for (const ledger::Policy& policy : known) {
    packs.push_back(PackJson(policy));
    told += fmt::format("{:<22} version {}  {}  {}\n", policy.pack.id(), policy.pack.version(),
                        HexEncode(policy.sha256.view()).substr(0, 16), policy.pack.title());
  }
  context.output().Result(packs, told);
  return ExitCode::kDone;
}

/// The bytes themselves, so that the file they are sent to has the pack's hash.
absl::StatusOr<ExitCode> Show(Context& context, const std::string& id, bool built_in) {
  TS_ASSIGN_OR_RETURN(const std::vector<ledger::Policy> known, KnownPolicies(context, built_in));
  TS_ASSIGN_OR_RETURN(const ledger::Policy* const policy, FindPolicy(known, id, "id"));
  Json json = PackJson(*policy);
  json["text"] = policy->bytes;
  context.output().Result(json, policy->bytes);
  return ExitCode::kDone;
}

/// All that keeps the text from being a pack.
ExitCode PrintErrors(Context& context, const std::string& file, const std::vector<absl::Status>& errors) {
  Json json = Json::array();
  std::string told = fmt::format("{}: no pack\n", file);
  for (const absl::Status& error : errors) {
    json.push_back(ErrorJson(error));
    told += fmt::format("  error: {}{}{}\n", FieldOf(error), FieldOf(error).empty() ? "" : ": ", MessageOf(error));
  }
  context.output().Result(Json{{"error", ErrorJson(errors.front())}, {"errors", std::move(json)}}, told);
  return ExitCode::kUsage;
}

/// Errors end with all of them; what its author should know is told, and is no error.
absl::StatusOr<ExitCode> Lint(Context& context, const std::string& file) {
  TS_ASSIGN_OR_RETURN(const std::string text, ReadFile(file, limits::kMaxPolicyBytes));
  if (const std::vector<absl::Status> errors = ledger::PolicyErrors(text); !errors.empty()) {
    return PrintErrors(context, file, errors);
  }
  TS_ASSIGN_OR_RETURN(const ledger::Policy policy, ledger::ParsePolicy(text));
  Json remarks = Json::array();
  std::string told = fmt::format("{} version {}, SHA-256 {}: a pack\n", policy.pack.id(), policy.pack.version(),
                                 HexEncode(policy.sha256.view()));
  for (const ledger::PolicyRemark& remark : ledger::LintPolicy(policy.pack)) {
    remarks.push_back(Json{{"path", remark.path}, {"text", remark.text}});
    told += fmt::format("  {}: {}\n", remark.path, remark.text);
  }
  context.output().Result(Json{{"policy_id", policy.pack.id()},
                               {"version", policy.pack.version()},
                               {"sha256", HexEncode(policy.sha256.view())},
                               {"remarks", std::move(remarks)}},
                          told);
  return ExitCode::kDone;
}

struct Tried {
  std::string pack;
  std::string bundle;
  v1::Verdict expected = v1::VERDICT_UNSPECIFIED;
};

/// What a pack makes of a bundle, offline. With an expectation, whether it was met.
absl::StatusOr<ExitCode> Test(Context& context, const Tried& tried) {
  TS_ASSIGN_OR_RETURN(const ledger::Trust* const trust, context.trust());
  if (trust == nullptr) return InvalidInput("TRUST_MISSING", "--trust", "name a trust file");
  TS_ASSIGN_OR_RETURN(const OwnPacks own, ReadOwnPacks({tried.pack}));
  ledger::Trust with_own = *trust;
  with_own.own = own.packs;
  TS_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(tried.bundle, limits::kMaxBundleBytes));
  const absl::StatusOr<ledger::BundleReport> report = ledger::VerifyBundle(bytes, with_own);
  if (!report.ok()) return EndingWith(ExitCode::kNotVerifiable, report.status());
  const auto evaluation = std::ranges::find_if(report->evaluations, [&](const v1::Evaluation& judged) {
    return judged.policy().sha256() == own.packs.front().sha256.view();
  });
  if (evaluation == report->evaluations.end()) return absl::InternalError("a pack of one's own was not judged");
  Json json = EvaluationsJson({*evaluation}, {.files = own.files})[0];
  std::string told = EvaluationsText({*evaluation}, {.files = own.files});
  if (tried.expected == v1::VERDICT_UNSPECIFIED) {
    context.output().Result(json, told);
    return ExitFor(evaluation->verdict());
  }
  const bool met = evaluation->verdict() == tried.expected;
  json["expected"] = NameFor(tried.expected);
  told += fmt::format("expected {}: {}\n", NameFor(tried.expected),
                      met ? "met" : fmt::format("not met, it is {}", NameFor(evaluation->verdict())));
  context.output().Result(json, told);
  return met ? ExitCode::kDone : ExitCode::kRefused;
}

void AddTest(CommandTree& tree, CLI::App* group) {
  auto tried = std::make_shared<Tried>();
  CLI::App* test = AddCommand(tree, group, "test", "Try a pack of your own on a bundle, without any server",
                              "policy test mine.textproto --bundle ring.touchstone --expect pass --trust trust.toml",
                              [tried](Context& context) { return Test(context, *tried); });
  AddText(test, "file", "FILE", "The pack, in protobuf text format", &tried->pack)->required();
  AddText(test, "--bundle", "FILE", "A bundle, of any packs", &tried->bundle)->required();
  AddWord<v1::Verdict>(test, "--expect", "What it should make of it: exit 0 when it does, else 1",
                       [tried](v1::Verdict verdict) { tried->expected = verdict; });
}

void AddLooking(CommandTree& tree, CLI::App* group) {
  constexpr char kBuiltIn[] = "Those that came with this software, without any server";
  auto list_built_in = std::make_shared<bool>(false);
  AddFlag(AddCommand(tree, group, "list", "Print the packs that the server judges by", "policy list",
                     [list_built_in](Context& context) { return List(context, *list_built_in); }),
          "--built-in", kBuiltIn, [list_built_in] { *list_built_in = true; });
  auto id = std::make_shared<std::string>();
  auto show_built_in = std::make_shared<bool>(false);
  CLI::App* show = AddCommand(tree, group, "show", "Print a pack, byte for byte: where a pack of your own may begin",
                              "policy show mercury-free --built-in > mine.textproto",
                              [id, show_built_in](Context& context) { return Show(context, *id, *show_built_in); });
  AddText(show, "id", "PACK", "Which, as mercury-free", id.get())->required();
  AddFlag(show, "--built-in", kBuiltIn, [show_built_in] { *show_built_in = true; });
}

}  // namespace

void AddPolicyCommands(CommandTree& tree) {
  CLI::App* group = AddGroup(tree, "policy", "Policy packs: what verdicts are drawn from");
  auto file = std::make_shared<std::string>();
  CLI::App* publish =
      AddCommand(tree, group, "publish", "Put the hash of a pack on record; signed by root or a standards body",
                 "policy publish mercury-free.textproto --key standards.key",
                 [file](Context& context) { return Publish(context, *file); });
  AddText(publish, "file", "FILE", "The pack, in protobuf text format", file.get())->required();
  auto linted = std::make_shared<std::string>();
  AddText(AddCommand(tree, group, "lint", "Check a pack: all its errors, or what its author should know",
                     "policy lint mine.textproto", [linted](Context& context) { return Lint(context, *linted); }),
          "file", "FILE", "The pack, in protobuf text format", linted.get())
      ->required();
  AddTest(tree, group);
  AddLooking(tree, group);
}

}  // namespace touchstone::cli
