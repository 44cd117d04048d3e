// touchstone key: private keys, made and looked at on this machine.
#include "base/encoding.h"
#include "cli/commands/commands.h"
#include "cli/keys.h"
#include "fmt/format.h"

namespace touchstone::cli {
namespace {

struct KeyOptions {
  std::string file;
  std::string name = "touchstone";
  bool pem = false;
};

Json KeyJson(const std::string& file, std::string_view name, const crypto::PublicKey& key) {
  return Json{{"file", file}, {"name", name}, {"public_key", HexEncode(key.view())}};
}

absl::StatusOr<ExitCode> NewKey(Context& context, const KeyOptions& options) {
  TS_ASSIGN_OR_RETURN(const crypto::PublicKey key,
                      WriteNewKey(options.file, options.name, context.environment().random));
  context.output().Result(KeyJson(options.file, options.name, key), HexEncode(key.view()) + "\n");
  return ExitCode::kDone;
}

absl::StatusOr<ExitCode> ShowKey(Context& context, const KeyOptions& options) {
  TS_ASSIGN_OR_RETURN(const crypto::NoteSigner signer, LoadKey(options.file, context.environment().in));
  const crypto::PublicKey& key = signer.key().public_key();
  Json json = KeyJson(options.file, signer.name(), key);
  if (options.pem) json["pem"] = key.ToPem();
  context.output().Result(json, options.pem ? key.ToPem() : HexEncode(key.view()) + "\n");
  return ExitCode::kDone;
}

}  // namespace

void AddKeyCommands(CommandTree& tree) {
  CLI::App* group = AddGroup(tree, "key", "Private keys on this machine");

  auto options = std::make_shared<KeyOptions>();
  CLI::App* make =
      AddCommand(tree, group, "new", "Make a key and print its public half; never overwrites a file",
                 "key new mine.key --name mine-1", [options](Context& context) { return NewKey(context, *options); });
  AddText(make, "file", "FILE", "Where to keep it; gets mode 0600", &options->file)->required();
  AddText(make, "--name", "NAME", "A name inside the file, for people", &options->name);

  CLI::App* show = AddCommand(tree, group, "show", "Print the public half of a key", "key show mine.key --pem",
                              [options](Context& context) { return ShowKey(context, *options); });
  AddText(show, "file", "FILE", "The key file; - reads standard input", &options->file)->required();
  AddFlag(show, "--pem", "As SubjectPublicKeyInfo in PEM, for openssl", [options] { options->pem = true; });
}

}  // namespace touchstone::cli
