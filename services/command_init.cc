#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/encoding.h"
#include "base/files.h"
#include "base/limits.h"
#include "base/random.h"
#include "base/status.h"
#include "crypto/key_file.h"
#include "fmt/format.h"
#include "nlohmann/json.hpp"
#include "services/command.h"
#include "services/config.h"
#include "services/gateway/log_source.h"
#include "services/init.h"
#include "services/predecessor.h"

namespace touchstone::services {
namespace {

struct InitArguments {
  std::string data_dir;
  std::string origin;
  std::vector<std::string> root_key_files;
  uint32_t threshold = 1;
  std::string description;
  std::string predecessor;
  std::string predecessor_key;
  bool json = false;
};

absl::StatusOr<std::vector<crypto::NoteSigner>> ReadKeys(const std::vector<std::string>& files) {
  std::vector<crypto::NoteSigner> signers;
  for (const std::string& file : files) {
    TS_ASSIGN_OR_RETURN(const std::string text, ReadPrivateFile(file, limits::kMaxKeyFileBytes));
    absl::StatusOr<crypto::NoteSigner> signer = crypto::ParseKeyFile(text);
    if (!signer.ok()) return InField(file, signer.status());
    signers.push_back(*std::move(signer));
  }
  return signers;
}

/// What is known of the ledger to be continued; nothing when there is none.
absl::StatusOr<std::optional<Predecessor>> ReadPredecessorOf(const InitArguments& arguments) {
  if (arguments.predecessor.empty() != arguments.predecessor_key.empty()) {
    return InvalidInput("CONFIG_VALUE", "--predecessor-key",
                        "a predecessor is named by both: where it is, and its key");
  }
  if (arguments.predecessor.empty()) return std::nullopt;
  const absl::StatusOr<std::vector<crypto::NoteVerifier>> keys = ParseLogKeys(arguments.predecessor_key);
  if (!keys.ok()) return InField("--predecessor-key", keys.status());
  const absl::StatusOr<std::unique_ptr<crypto::LogSource>> source = SourceAt(arguments.predecessor);
  if (!source.ok()) return InField("--predecessor", source.status());
  TS_ASSIGN_OR_RETURN(Predecessor predecessor, ReadPredecessor(**source, *keys, arguments.origin));
  return predecessor;
}

void Print(const InitArguments& arguments, const TrustAnchor& anchor, const std::optional<Predecessor>& predecessor) {
  const std::string genesis = HexEncode(anchor.genesis_id.view());
  const std::string trust = TrustPath(arguments.data_dir);
  if (arguments.json) {
    nlohmann::ordered_json out = {{"data", arguments.data_dir},
                                  {"origin", anchor.origin},
                                  {"genesis", genesis},
                                  {"log_key", anchor.log_vkey},
                                  {"log_key_file", LogKeyPath(arguments.data_dir)},
                                  {"trust", trust}};
    if (predecessor.has_value()) {
      out["predecessor"] = {{"origin", predecessor->checkpoint.origin},
                            {"genesis", HexEncode(predecessor->genesis_id.view())},
                            {"size", predecessor->checkpoint.size},
                            {"root", HexEncode(predecessor->checkpoint.root.view())}};
    }
    fmt::print("{}\n", out.dump());
    return;
  }
  if (predecessor.has_value()) {
    fmt::print("continues {}, whose {} entries end with root {}\n", predecessor->checkpoint.origin,
               predecessor->checkpoint.size, HexEncode(predecessor->checkpoint.root.view()));
  }
  fmt::print(
      "ledger   {}\norigin   {}\ngenesis  {}\nlog key  {}\ntrust    {}\n\n"
      "Give the trust file to everyone who verifies. Keep {} as secret as the root keys,\n"
      "and the root keys away from this machine.\n",
      arguments.data_dir, anchor.origin, genesis, anchor.log_vkey, trust, LogKeyPath(arguments.data_dir));
}

absl::Status Run(const InitArguments& arguments) {
  TS_ASSIGN_OR_RETURN(const std::vector<crypto::NoteSigner> signers, ReadKeys(arguments.root_key_files));
  std::vector<const crypto::SecretKey*> keys;
  for (const crypto::NoteSigner& signer : signers) keys.push_back(&signer.key());
  TS_ASSIGN_OR_RETURN(const std::optional<Predecessor> predecessor, ReadPredecessorOf(arguments));
  SystemClock clock;
  SystemRandom random;
  TS_ASSIGN_OR_RETURN(const TrustAnchor anchor, InitLedger({.data_dir = arguments.data_dir,
                                                            .origin = arguments.origin,
                                                            .description = arguments.description,
                                                            .root_keys = keys,
                                                            .threshold = arguments.threshold,
                                                            .predecessor = predecessor,
                                                            .store = {}},
                                                           clock, random));
  Print(arguments, anchor, predecessor);
  return absl::OkStatus();
}

}  // namespace

void AddInitCommand(CLI::App& app, ExitCode& exit_code) {
  CLI::App& command = *app.add_subcommand(
      "init", "Founds a ledger: makes its directory and log key, and commits the genesis that the root keys sign.");
  auto arguments = std::make_shared<InitArguments>();
  command.add_option("--data", arguments->data_dir, "directory to make; must not exist, or be empty")->required();
  command.add_option("--origin", arguments->origin, "the ledger's name for ever, as gold.example/ledger")->required();
  command.add_option("--root-key", arguments->root_key_files, "private key file of a root key; repeat for more")
      ->required();
  command.add_option("--threshold", arguments->threshold, "how many root keys must sign what root signs (default 1)");
  command.add_option("--description", arguments->description, "what the ledger is for, in a line");
  command.add_option("--predecessor", arguments->predecessor,
                     "http://HOST:PORT of the frozen ledger that this one continues, or of its exported tree: its "
                     "genesis and last checkpoint enter the new genesis");
  command.add_option("--predecessor-key", arguments->predecessor_key,
                     "public key (vkey) of that log, from its trust.toml");
  command.add_flag("--json", arguments->json, "print one JSON object");
  command.footer(
      "Example:\n  touchstone key new root.key\n"
      "  touchstoned init --data /var/lib/touchstone --origin gold.example/ledger --root-key root.key");
  command.callback([arguments, &exit_code] {
    const absl::Status status = Run(*arguments);
    if (!status.ok()) exit_code = Complain("init", status);
  });
}

}  // namespace touchstone::services
