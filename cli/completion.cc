#include "cli/completion.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/status.h"
#include "fmt/format.h"

namespace touchstone::cli {
namespace {

struct Word {
  std::string text;
  std::string description;
};

/// What may follow the words `path`, which begins with the program's name.
struct Place {
  std::string path;
  std::vector<Word> commands;
  std::vector<Word> options;
};

/// An option that takes one word of a known set.
struct Choice {
  std::string option;
  std::vector<std::string> words;
};

std::vector<const CLI::App*> SubcommandsOf(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

std::vector<const CLI::Option*> OptionsOf(const CLI::App& app) {
  return app.get_options([](const CLI::Option* option) { return !option->get_lnames().empty(); });
}

void CollectPlaces(const CLI::App& app, const std::string& path, std::vector<Place>& places) {
  Place place{path, {}, {}};
  for (const CLI::App* command : SubcommandsOf(app)) {
    place.commands.push_back({command->get_name(), command->get_description()});
  }
  for (const CLI::Option* option : OptionsOf(app)) {
    // Every command has its own --help, and the root's stands anywhere already.
    const bool is_help_below_root = option == app.get_help_ptr() && app.get_parent() != nullptr;
    if (is_help_below_root) continue;
    place.options.push_back({"--" + option->get_lnames().front(), option->get_description()});
  }
  places.push_back(std::move(place));
  for (const CLI::App* command : SubcommandsOf(app)) {
    CollectPlaces(*command, path + " " + command->get_name(), places);
  }
}

/// Options of one name take the same words wherever they stand, or the words of all of them.
void CollectChoices(const CLI::App& app, std::vector<Choice>& choices) {
  for (const CLI::Option* option : OptionsOf(app)) {
    const std::string words = option->get_type_name();
    if (words.find('|') == std::string::npos) continue;
    const std::string name = "--" + option->get_lnames().front();
    auto choice = std::find_if(choices.begin(), choices.end(), [&](const Choice& c) { return c.option == name; });
    if (choice == choices.end()) choice = choices.insert(choices.end(), Choice{name, {}});
    for (size_t begin = 0; begin <= words.size();) {
      const size_t end = std::min(words.find('|', begin), words.size());
      const std::string word = words.substr(begin, end - begin);
      if (std::find(choice->words.begin(), choice->words.end(), word) == choice->words.end()) {
        choice->words.push_back(word);
      }
      begin = end + 1;
    }
  }
  for (const CLI::App* command : SubcommandsOf(app)) CollectChoices(*command, choices);
}

/// In single quotes, as all three shells read them, on one line.
std::string Quoted(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  std::replace(text.begin(), text.end(), '\'', '"');
  return "'" + text + "'";
}

std::string Join(const std::vector<Word>& words) {
  std::vector<std::string> texts;
  for (const Word& word : words) texts.push_back(word.text);
  return fmt::format("{}", fmt::join(texts, " "));
}

/// What a script is written from.
struct Outline {
  std::string program;
  std::vector<Place> places;  // the root first
  std::vector<Word> common;   // options of the root, which may stand behind any command
  std::vector<Choice> choices;
};

/// bash and zsh share their way to the place of the cursor: a walk along the words that are commands.
std::string WalkCases(const Outline& outline) {
  std::string cases;
  for (const Place& place : outline.places) {
    for (const Word& command : place.commands) {
      const std::string path = Quoted(place.path + " " + command.text);
      cases += fmt::format("      {0}) place={0} ;;\n", path);
    }
  }
  return cases;
}

std::string BashScript(const Outline& outline) {
  std::string script = fmt::format(
      "# bash completion of {0}: eval \"$({0} completion bash)\"\n"
      "_{0}() {{\n"
      "  local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD-1]}} place={0} words='' i\n"
      "  local common='{1}'\n"
      "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
      "    case \"$place ${{COMP_WORDS[i]}}\" in\n{2}"
      "    esac\n"
      "  done\n"
      "  case \"$previous\" in\n",
      outline.program, Join(outline.common), WalkCases(outline));
  for (const Choice& choice : outline.choices) {
    script += fmt::format("    {}) words='{}' ;;\n", choice.option, fmt::join(choice.words, " "));
  }
  script += "    *) case \"$place\" in\n";
  for (const Place& place : outline.places) {
    script += fmt::format("      {}) words=\"{} {} $common\" ;;\n", Quoted(place.path), Join(place.commands),
                          Join(place.options));
  }
  return script + fmt::format(
                      "    esac ;;\n"
                      "  esac\n"
                      "  COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
                      "}}\n"
                      "complete -o default -F _{0} {0}\n",
                      outline.program);
}

std::string ZshScript(const Outline& outline) {
  std::string script = fmt::format(
      "#compdef {0}\n"
      "# zsh completion of {0}: put it into a folder of $fpath as _{0}, or source it\n"
      "_{0}() {{\n"
      "  local place={0} i\n"
      "  local -a common=({1})\n"
      "  for ((i = 2; i < CURRENT; i++)); do\n"
      "    case \"$place ${{words[i]}}\" in\n{2}"
      "    esac\n"
      "  done\n"
      "  case \"${{words[CURRENT-1]}}\" in\n",
      outline.program, Join(outline.common), WalkCases(outline));
  for (const Choice& choice : outline.choices) {
    script += fmt::format("    {}) compadd -- {}; return ;;\n", choice.option, fmt::join(choice.words, " "));
  }
  script += "  esac\n  case \"$place\" in\n";
  for (const Place& place : outline.places) {
    script += fmt::format("    {}) compadd -- {} {} $common ;;\n", Quoted(place.path), Join(place.commands),
                          Join(place.options));
  }
  // Read from $fpath the file is the function's body; sourced it only defines the function.
  return script + fmt::format(
                      "  esac\n"
                      "  _files\n"
                      "}}\n"
                      "if [[ $funcstack[1] == _{0} ]]; then _{0} \"$@\"; else compdef _{0} {0}; fi\n",
                      outline.program);
}

std::string FishScript(const Outline& outline) {
  std::string script = fmt::format(
      "# fish completion of {0}: {0} completion fish | source\n"
      "function __{0}_at\n"
      "  set -l place {0}\n"
      "  for word in (commandline -opc)[2..-1]\n"
      "    switch \"$place $word\"\n"
      "      case",
      outline.program);
  for (const Place& place : outline.places) {
    for (const Word& command : place.commands) script += " " + Quoted(place.path + " " + command.text);
  }
  script +=
      "\n"
      "        set place \"$place $word\"\n"
      "    end\n"
      "  end\n"
      "  test \"$place\" = \"$argv\"\n"
      "end\n";
  const std::string anywhere = fmt::format("complete -c {}", outline.program);
  for (const Word& option : outline.common) {
    script += fmt::format("{} -l {} -d {}\n", anywhere, option.text.substr(2), Quoted(option.description));
  }
  for (const Place& place : outline.places) {
    const std::string at = fmt::format("{} -n \"__{}_at {}\"", anywhere, outline.program, place.path);
    for (const Word& command : place.commands) {
      script += fmt::format("{} -f -a {} -d {}\n", at, command.text, Quoted(command.description));
    }
    for (const Word& option : place.options) {
      script += fmt::format("{} -l {} -d {}\n", at, option.text.substr(2), Quoted(option.description));
    }
  }
  for (const Choice& choice : outline.choices) {
    script += fmt::format("{} -l {} -x -a '{}'\n", anywhere, choice.option.substr(2), fmt::join(choice.words, " "));
  }
  return script;
}

}  // namespace

absl::StatusOr<Shell> ParseShell(std::string_view name) {
  if (name == "bash") return Shell::kBash;
  if (name == "zsh") return Shell::kZsh;
  if (name == "fish") return Shell::kFish;
  return InvalidInput("BAD_WORD", "", fmt::format("'{}' is none of bash|zsh|fish", name));
}

std::string CompletionScript(const CLI::App& root, Shell shell) {
  Outline outline{root.get_name(), {}, {}, {}};
  CollectPlaces(root, root.get_name(), outline.places);
  outline.common = std::move(outline.places.front().options);
  outline.places.front().options.clear();
  CollectChoices(root, outline.choices);
  switch (shell) {
    case Shell::kBash:
      return BashScript(outline);
    case Shell::kZsh:
      return ZshScript(outline);
    case Shell::kFish:
      return FishScript(outline);
  }
  return "";
}

}  // namespace touchstone::cli
