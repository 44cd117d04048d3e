// How commands and their options are declared: every option is read by the parser of its type, and an error names it.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/statusor.h"
#include "base/status.h"
#include "cli/context.h"
#include "cli/exit_code.h"
#include "cli/words.h"
#include "touchstone/v1/event.pb.h"

namespace touchstone::cli {

/// What a command does once its options are read.
using Action = std::function<absl::StatusOr<ExitCode>(Context&)>;

/// How a value is read from the text of an option.
template <typename Value>
using Parser = absl::StatusOr<Value> (*)(std::string_view);

/// An option whose value was refused. Leaves CLI11 through its own exceptions and ends in app.cc.
class OptionError : public CLI::ParseError {
 public:
  explicit OptionError(absl::Status status)
      : CLI::ParseError("OptionError", std::string(MessageOf(status)), CLI::ExitCodes::ValidationError),
        status_(std::move(status)) {}
  const absl::Status& status() const { return status_; }

 private:
  absl::Status status_;
};

/// The root of the commands, and the one that was chosen.
struct CommandTree {
  CLI::App& app;
  Action selected;
};

/// A noun with verbs below it, as `lot`.
CLI::App* AddGroup(CommandTree& tree, const std::string& name, const std::string& description);

/// A command. `example` stands below its help as it would be typed, after `touchstone `.
CLI::App* AddCommand(CommandTree& tree, CLI::App* parent, const std::string& name, const std::string& description,
                     const std::string& example, Action action);

/// A command that signs one event, whose body its options fill in.
struct EventCommand {
  CLI::App* command;
  std::shared_ptr<v1::Event> event;
};
EventCommand AddEventCommand(CommandTree& tree, CLI::App* parent, const std::string& name,
                             const std::string& description, const std::string& example);

/// Options as they are. `metavar` names the value in the help.
CLI::Option* AddText(CLI::App* command, const std::string& name, const std::string& metavar, const std::string& help,
                     std::string* target);
CLI::Option* AddFlag(CLI::App* command, const std::string& name, const std::string& help, std::function<void()> given);

/// An option, or a positional when `name` has no dashes, that `parse` reads and `store` keeps.
template <typename Value, typename Store>
CLI::Option* AddValue(CLI::App* command, const std::string& name, const std::string& metavar, const std::string& help,
                      Parser<Value> parse, Store store) {
  const auto read = [name, parse, store](const std::string& text) {
    absl::StatusOr<Value> value = parse(text);
    if (!value.ok()) throw OptionError(InField(name, value.status()));
    store(*std::move(value));
  };
  return command->add_option_function<std::string>(name, read, help)->type_name(metavar);
}

/// The same for an option that may be given several times, in order.
template <typename Value, typename Store>
CLI::Option* AddValues(CLI::App* command, const std::string& name, const std::string& metavar, const std::string& help,
                       Parser<Value> parse, Store store) {
  const auto read = [name, parse, store](const std::vector<std::string>& texts) {
    for (const std::string& text : texts) {
      absl::StatusOr<Value> value = parse(text);
      if (!value.ok()) throw OptionError(InField(name, value.status()));
      store(*std::move(value));
    }
  };
  const bool is_positional = name.front() != '-';
  return command->add_option_function<std::vector<std::string>>(name, read, help)
      ->type_name(metavar)
      ->allow_extra_args(is_positional);
}

/// An option that takes a word of an enum.
template <typename Enum, typename Store>
CLI::Option* AddWord(CLI::App* command, const std::string& name, const std::string& help, Store store) {
  return AddValue<Enum>(command, name, OptionWords(*google::protobuf::GetEnumDescriptor<Enum>()), help,
                        &ParseWord<Enum>, store);
}

/// The same for one that may be given several times.
template <typename Enum, typename Store>
CLI::Option* AddWords(CLI::App* command, const std::string& name, const std::string& help, Store store) {
  return AddValues<Enum>(command, name, OptionWords(*google::protobuf::GetEnumDescriptor<Enum>()), help,
                         &ParseWord<Enum>, store);
}

/// The text itself.
absl::StatusOr<std::string> ParseText(std::string_view text);

/// The SHA-256 and length of a document: `FILE`, or `FILE=TITLE` for one that gets a title. The file stays where it is.
absl::StatusOr<v1::DocumentRef> ParseDocument(std::string_view text);

/// Sorts a repeated field and drops what is there twice: the schema wants many lists ascending.
template <typename Field>
void SortUnique(Field* field) {
  std::sort(field->begin(), field->end());
  field->erase(std::unique(field->begin(), field->end()), field->end());
}

}  // namespace touchstone::cli
