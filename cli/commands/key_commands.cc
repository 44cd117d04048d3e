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
  crypto::NoteKeyType type = crypto::NoteKeyType::kEd25519;
  bool pem = false;
};

Json KeyJson(const std::string& file, const crypto::NoteVerifier& key) {
  return Json{
      {"file", file}, {"name", key.name()}, {"public_key", HexEncode(key.public_key().view())}, {"vkey", key.ToVkey()}};
}

/// What others know the key by: that of a witness is named in policies, all others in events.
std::string KeyText(const crypto::NoteVerifier& key) {
  const bool cosigns = key.type() == crypto::NoteKeyType::kCosignature;
  return (cosigns ? key.ToVkey() : HexEncode(key.public_key().view())) + "\n";
}

absl::StatusOr<ExitCode> NewKey(Context& context, const KeyOptions& options) {
  TS_ASSIGN_OR_RETURN(const crypto::NoteVerifier key,
                      WriteNewKey(options.file, options.name, options.type, context.environment().random));
  context.output().Result(KeyJson(options.file, key), KeyText(key));
  return ExitCode::kDone;
}

absl::StatusOr<ExitCode> ShowKey(Context& context, const KeyOptions& options) {
  TS_ASSIGN_OR_RETURN(const crypto::NoteSigner signer, LoadKey(options.file, context.environment().in));
  const crypto::NoteVerifier& key = signer.verifier();
  Json json = KeyJson(options.file, key);
  if (options.pem) json["pem"] = key.public_key().ToPem();
  context.output().Result(json, options.pem ? key.public_key().ToPem() : KeyText(key));
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
  AddText(make, "--name", "NAME", "A name inside the file, for people; a witness's is part of its key", &options->name);
  AddFlag(make, "--cosigner", "A key for a witness (C2SP tlog-cosignature), which signs nothing else",
          [options] { options->type = crypto::NoteKeyType::kCosignature; });

  CLI::App* show = AddCommand(tree, group, "show", "Print the public half of a key", "key show mine.key --pem",
                              [options](Context& context) { return ShowKey(context, *options); });
  AddText(show, "file", "FILE", "The key file; - reads standard input", &options->file)->required();
  AddFlag(show, "--pem", "As SubjectPublicKeyInfo in PEM, for openssl", [options] { options->pem = true; });
}

}  // namespace touchstone::cli
