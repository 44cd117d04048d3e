#include "cli/completion.h"

#include <algorithm>
#include <set>
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

/// bash and zsh share their way to the place of the cursor: a walk along the words that are commands.
std::string WalkCases(const std::vector<Place>& places) {
  std::string cases;
  for (const Place& place : places) {
    for (const Word& command : place.commands) {
      cases += fmt::format("      {}) path={} ;;\n", Quoted(place.path + " " + command.text),
                           Quoted(place.path + " " + command.text));
    }
  }
  return cases;
}

std::string BashScript(const std::string& program, const std::vector<Place>& places,
                       const std::vector<Choice>& choices) {
  std::string script = fmt::format(
      "# bash completion of {0}: eval \"$({0} completion bash)\"\n"
      "_{0}() {{\n"
      "  local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD-1]}} path={0} words='' i\n"
      "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
      "    case \"$path ${{COMP_WORDS[i]}}\" in\n{1}"
      "    esac\n"
      "  done\n"
      "  case \"$previous\" in\n",
      program, WalkCases(places));
  for (const Choice& choice : choices) {
    script += fmt::format("    {}) words='{}' ;;\n", choice.option, fmt::join(choice.words, " "));
  }
  script += "    *) case \"$path\" in\n";
  for (const Place& place : places) {
    script += fmt::format("      {}) words='{} {}' ;;\n", Quoted(place.path), Join(place.commands), Join(place.options));
  }
  return script + fmt::format(
                      "    esac ;;\n"
                      "  esac\n"
                      "  COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
                      "}}\n"
                      "complete -o default -F _{0} {0}\n",
                      program);
}

std::string ZshScript(const std::string& program, const std::vector<Place>& places,
                      const std::vector<Choice>& choices) {
  std::string script = fmt::format(
      "#compdef {0}\n"
      "# zsh completion of {0}: put it into a folder of $fpath as _{0}\n"
      "_{0}() {{\n"
      "  local path={0} i\n"
      "  for ((i = 2; i < CURRENT; i++)); do\n"
      "    case \"$path ${{words[i]}}\" in\n{1}"
      "    esac\n"
      "  done\n"
      "  case \"${{words[CURRENT-1]}}\" in\n",
      program, WalkCases(places));
  for (const Choice& choice : choices) {
    script += fmt::format("    {}) compadd -- {}; return ;;\n", choice.option, fmt::join(choice.words, " "));
  }
  script += "  esac\n  case \"$path\" in\n";
  for (const Place& place : places) {
    script += fmt::format("    {}) compadd -- {} {} ;;\n", Quoted(place.path), Join(place.commands), Join(place.options));
  }
  return script + fmt::format(
                      "  esac\n"
                      "  _files\n"
                      "}}\n"
                      "compdef _{0} {0}\n",
                      program);
}

std::string FishScript(const std::string& program, const std::vector<Place>& places,
                       const std::vector<Choice>& choices) {
  std::string script = fmt::format(
      "# fish completion of {0}: {0} completion fish | source\n"
      "function __{0}_at\n"
      "  set -l path {0}\n"
      "  for word in (commandline -opc)[2..-1]\n"
      "    switch \"$path $word\"\n"
      "      case",
      program);
  for (const Place& place : places) {
    for (const Word& command : place.commands) script += " " + Quoted(place.path + " " + command.text);
  }
  script +=
      "\n"
      "        set path \"$path $word\"\n"
      "    end\n"
      "  end\n"
      "  test \"$path\" = \"$argv\"\n"
      "end\n";
  for (const Place& place : places) {
    const std::string at = fmt::format("complete -c {0} -n \"__{0}_at {1}\"", program, place.path);
    for (const Word& command : place.commands) {
      script += fmt::format("{} -f -a {} -d {}\n", at, command.text, Quoted(command.description));
    }
    for (const Word& option : place.options) {
      script += fmt::format("{} -l {} -d {}\n", at, option.text.substr(2), Quoted(option.description));
    }
  }
  for (const Choice& choice : choices) {
    script += fmt::format("complete -c {} -l {} -x -a '{}'\n", program, choice.option.substr(2),
                          fmt::join(choice.words, " "));
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
  std::vector<Place> places;
  CollectPlaces(root, root.get_name(), places);
  std::vector<Choice> choices;
  CollectChoices(root, choices);
  switch (shell) {
    case Shell::kBash:
      return BashScript(root.get_name(), places, choices);
    case Shell::kZsh:
      return ZshScript(root.get_name(), places, choices);
    case Shell::kFish:
      return FishScript(root.get_name(), places, choices);
  }
  return "";
}

}  // namespace touchstone::cli
