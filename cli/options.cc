#include "cli/options.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/files.h"
#include "cli/emit.h"
#include "crypto/hash.h"
#include "fmt/format.h"

namespace touchstone::cli {

CLI::App* AddGroup(CommandTree& tree, const std::string& name, const std::string& description) {
  CLI::App* group = tree.app.add_subcommand(name, description);
  group->require_subcommand(1);
  return group;
}

CLI::App* AddCommand(CommandTree& tree, CLI::App* parent, const std::string& name, const std::string& description,
                     const std::string& example, Action action) {
  CLI::App* command = parent->add_subcommand(name, description);
  command->footer(fmt::format("Example:\n  touchstone {}\n\nOptions of all commands: touchstone --help", example));
  command->callback([&tree, action = std::move(action)] { tree.selected = action; });
  return command;
}

EventCommand AddEventCommand(CommandTree& tree, CLI::App* parent, const std::string& name,
                             const std::string& description, const std::string& example) {
  auto event = std::make_shared<v1::Event>();
  const Action emit = [event](Context& context) { return Emit(context, *event); };
  return {AddCommand(tree, parent, name, description, example, emit), event};
}

CLI::Option* AddText(CLI::App* command, const std::string& name, const std::string& metavar, const std::string& help,
                     std::string* target) {
  return command->add_option(name, *target, help)->type_name(metavar);
}

CLI::Option* AddFlag(CLI::App* command, const std::string& name, const std::string& help, std::function<void()> given) {
  return command->add_flag_callback(name, std::move(given), help);
}

absl::StatusOr<std::string> ParseText(std::string_view text) { return std::string(text); }

absl::StatusOr<v1::DocumentRef> ParseDocument(std::string_view text) {
  const size_t equals = text.find('=');
  const std::string path(text.substr(0, equals));
  const UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) return FileError("open", path, errno);
  crypto::Sha256Stream hash;
  uint64_t length_bytes = 0;
  std::array<char, 64 << 10> chunk;
  for (;;) {
    const ssize_t count = read(fd.get(), chunk.data(), chunk.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return FileError("read", path, errno);
    if (count == 0) break;
    hash.Update({chunk.data(), static_cast<size_t>(count)});
    length_bytes += static_cast<uint64_t>(count);
  }
  if (length_bytes == 0) return InvalidInput("BAD_DOCUMENT", "", fmt::format("{} is empty", path));
  v1::DocumentRef document;
  document.set_sha256(std::string(hash.Finish().view()));
  document.set_length_bytes(length_bytes);
  if (equals != std::string_view::npos) document.set_title(std::string(text.substr(equals + 1)));
  return document;
}

}  // namespace touchstone::cli
