// touchstone policy: putting policy packs on record.
#include "base/files.h"
#include "base/limits.h"
#include "cli/commands/commands.h"
#include "cli/emit.h"
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

}  // namespace

void AddPolicyCommands(CommandTree& tree) {
  CLI::App* group = AddGroup(tree, "policy", "Policy packs: what verdicts are drawn from");
  auto file = std::make_shared<std::string>();
  CLI::App* publish =
      AddCommand(tree, group, "publish", "Put the hash of a pack on record; signed by root or a standards body",
                 "policy publish mercury-free.textproto --key standards.key",
                 [file](Context& context) { return Publish(context, *file); });
  AddText(publish, "file", "FILE", "The pack, in protobuf text format", file.get())->required();
}

}  // namespace touchstone::cli
