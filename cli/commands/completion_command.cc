// touchstone completion: what a shell needs to complete the commands.
#include "cli/commands/commands.h"
#include "cli/completion.h"

namespace touchstone::cli {

void AddCompletionCommand(CommandTree& tree) {
  auto shell = std::make_shared<Shell>(Shell::kBash);
  const CLI::App& root = tree.app;
  CLI::App* command = AddCommand(tree, &tree.app, "completion", "Print a shell's completion of these commands",
                                 "completion bash > ~/.local/share/bash-completion/completions/touchstone",
                                 [shell, &root](Context& context) -> absl::StatusOr<ExitCode> {
                                   const std::string script = CompletionScript(root, *shell);
                                   context.output().Result(Json{{"script", script}}, script);
                                   return ExitCode::kDone;
                                 });
  AddValue<Shell>(command, "shell", "bash|zsh|fish", "The shell", &ParseShell, [shell](Shell value) {
    *shell = value;
  })->required();
}

}  // namespace touchstone::cli
