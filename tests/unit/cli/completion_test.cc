#include "cli/completion.h"

#include <gtest/gtest.h>

#include "base/status.h"
#include "cli/app.h"

namespace touchstone::cli {
namespace {

/// Every command of the tree, as the words that lead to it.
void CollectCommands(const CLI::App& app, const std::string& path, std::vector<std::string>& paths,
                     std::vector<std::string>& options) {
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) options.push_back(name);
  }
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    const std::string below = path + " " + command->get_name();
    paths.push_back(below);
    CollectCommands(*command, below, paths, options);
  }
}

TEST(Completion, KnowsEveryCommandAndOption) {
  const Program program;
  std::vector<std::string> paths;
  std::vector<std::string> options;
  CollectCommands(program.app, "touchstone", paths, options);
  EXPECT_GT(paths.size(), 60u);
  for (const Shell shell : {Shell::kBash, Shell::kZsh, Shell::kFish}) {
    const std::string script = CompletionScript(program.app, shell);
    for (const std::string& path : paths) EXPECT_NE(script.find("'" + path + "'"), std::string::npos) << path;
    for (const std::string& option : options) {
      const bool is_there =
          script.find("--" + option) != std::string::npos || script.find("-l " + option + " ") != std::string::npos;
      EXPECT_TRUE(is_there) << option;
    }
    EXPECT_NE(script.find("gravity-direct-smelting"), std::string::npos);
  }
}

TEST(Completion, KnowsThreeShells) {
  EXPECT_EQ(*ParseShell("zsh"), Shell::kZsh);
  EXPECT_EQ(ReasonOf(ParseShell("tcsh").status()), "BAD_WORD");
}

TEST(Help, ShowsAnExampleOfEveryCommand) {
  const Program program;
  std::vector<std::string> paths;
  std::vector<std::string> options;
  CollectCommands(program.app, "touchstone", paths, options);
  for (const std::string& path : paths) {
    const CLI::App* command = &program.app;
    for (size_t begin = path.find(' '); begin != std::string::npos;) {
      const size_t end = path.find(' ', begin + 1);
      command = command->get_subcommand(path.substr(begin + 1, end == std::string::npos ? end : end - begin - 1));
      begin = end;
    }
    const bool is_group = !command->get_subcommands([](const CLI::App*) { return true; }).empty();
    if (is_group) continue;
    EXPECT_NE(command->get_footer().find("Example:\n  " + path), std::string::npos) << path << command->get_footer();
    EXPECT_FALSE(command->get_description().empty()) << path;
  }
}

}  // namespace
}  // namespace touchstone::cli
