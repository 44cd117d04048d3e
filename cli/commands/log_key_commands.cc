// touchstone log keys, rotate-key, freeze: who signs for the log, who did and will, and that it ends.
#include "cli/commands/log_key_commands.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/encoding.h"
#include "base/files.h"
#include "base/status.h"
#include "cli/emit.h"
#include "cli/keys.h"
#include "cli/receipt.h"
#include "cli/render.h"
#include "cli/trust.h"
#include "fmt/format.h"
#include "ledger/envelope.h"
#include "ledger/log_keys.h"

namespace touchstone::cli {
namespace {

absl::Status NotVerifiable(absl::Status status) { return EndingWith(ExitCode::kNotVerifiable, std::move(status)); }

/// Moves `trust`, and gives the answer that moved it.
absl::StatusOr<v1::GetLogKeysResponse> Follow(Context& context, ledger::Trust& trust) {
  TS_ASSIGN_OR_RETURN(v1::GetLogKeysResponse shown, context.client().GetLogKeys({}));
  absl::StatusOr<crypto::LogKeys> keys = ledger::FollowRotations(shown, trust.log_keys(), trust.genesis_id);
  if (!keys.ok()) return NotVerifiable(keys.status());
  trust.log = std::move(keys->current);
  trust.former_log_keys = std::move(keys->former);
  return shown;
}

// --- keys ------------------------------------------------------------------------------------------------------------

/// The event by which root froze the ledger, when the server says that it did: it shows it, in its place.
absl::StatusOr<std::optional<v1::FreezeLog>> FindFreeze(Context& context, const ledger::Trust& trust) {
  TS_ASSIGN_OR_RETURN(const v1::GetLedgerResponse answer, context.client().GetLedger({}));
  if (!answer.ledger().has_freeze()) return std::nullopt;
  v1::GetEventRequest request;
  request.set_index(answer.ledger().freeze().index());
  TS_ASSIGN_OR_RETURN(const v1::GetEventResponse event, context.client().GetEvent(request));
  TS_ASSIGN_OR_RETURN(const CheckedReceipt checked, CheckReceipt(event.receipt(), &trust, std::nullopt));
  if (checked.event.has_freeze_log()) return checked.event.freeze_log();
  return NotVerifiable(MakeError(absl::StatusCode::kDataLoss, "FREEZE_MISMATCH", "",
                                 "the entry that is said to have frozen the ledger does not"));
}

/// The genesis that FollowRotations has found to be the trusted one.
absl::StatusOr<v1::Genesis> GenesisIn(const v1::LogKey& first) {
  TS_ASSIGN_OR_RETURN(const v1::LogEntry entry, ledger::DecodeEntry(first.entry()));
  TS_ASSIGN_OR_RETURN(const ledger::SignedEvent event, ledger::DecodeEnvelope(entry.envelope()));
  return event.event.genesis();
}

Json KeysJson(const ledger::Trust& trust) {
  Json keys = Json::array();
  uint64_t from = 1;
  for (const crypto::FormerLogKey& former : trust.former_log_keys) {
    keys.push_back(Json{{"key", former.key.ToVkey()}, {"from_size", from}, {"until_size", former.until_size}});
    from = former.until_size + 1;
  }
  keys.push_back(Json{{"key", trust.log.ToVkey()}, {"from_size", from}, {"until_size", nullptr}});
  return keys;
}

std::string KeysText(const ledger::Trust& trust) {
  std::string text;
  uint64_t from = 1;
  for (const crypto::FormerLogKey& former : trust.former_log_keys) {
    text += fmt::format("{}  signed for {} to {} entries\n", former.key.ToVkey(), from, former.until_size);
    from = former.until_size + 1;
  }
  return text + fmt::format("{}  signs, from {} entries on\n", trust.log.ToVkey(), from);
}

/// What the server shows of the ledger's end, and its genesis of what was before.
struct Ends {
  std::optional<v1::FreezeLog> freeze;
  std::optional<crypto::Checkpoint> predecessor;
};

void AddEnds(const Ends& ends, Json& json, std::string& text) {
  json["frozen"] = nullptr;
  json["predecessor"] = nullptr;
  if (ends.freeze.has_value()) {
    const std::string& successor = ends.freeze->successor_origin();
    json["frozen"] = Json{{"successor", successor}, {"reason", ends.freeze->reason()}};
    text += successor.empty() ? "frozen\n" : fmt::format("frozen; goes on in {}\n", successor);
  }
  if (ends.predecessor.has_value()) {
    json["predecessor"] = PredecessorJson(*ends.predecessor);
    text += PredecessorText(*ends.predecessor);
  }
}

absl::StatusOr<ExitCode> ShowKeys(Context& context, bool write) {
  TS_ASSIGN_OR_RETURN(const ledger::Trust* const trusted, context.trust());
  if (trusted == nullptr) {
    return InvalidInput("TRUST_MISSING", "--trust", "trust moves from a key that is trusted: name a trust file");
  }
  ledger::Trust trust = *trusted;
  TS_ASSIGN_OR_RETURN(const v1::GetLogKeysResponse shown, Follow(context, trust));
  Ends ends;
  TS_ASSIGN_OR_RETURN(ends.freeze, FindFreeze(context, trust));
  TS_ASSIGN_OR_RETURN(const v1::Genesis genesis, GenesisIn(shown.log_keys(0)));
  ends.predecessor = ledger::PredecessorOf(genesis);
  const bool moved = trust.log != trusted->log;
  const std::string& file = context.options().trust_file;
  constexpr mode_t kReadable = 0644;
  if (moved && write) TS_RETURN_IF_ERROR(WriteFileAtomically(file, FormatTrust(trust), kReadable));
  Json json = {{"origin", trust.log.name()}, {"keys", KeysJson(trust)}, {"moved", moved}, {"written", moved && write}};
  std::string text = KeysText(trust);
  if (moved) {
    text += write ? fmt::format("{} trusts the new key now\n", file)
                  : fmt::format("{} trusts an older key; --write moves it to the new one\n", file);
  }
  AddEnds(ends, json, text);
  context.output().Result(json, text);
  return ExitCode::kDone;
}

// --- rotate-key ------------------------------------------------------------------------------------------------------

struct RotateOptions {
  std::string key;
  std::string replaced;
};

/// The log's key now: as named, as trusted, or as the server has it. The rules hold the event to it in any case.
absl::StatusOr<std::string> ReplacedKey(Context& context, const RotateOptions& options) {
  if (!options.replaced.empty()) return options.replaced;
  TS_ASSIGN_OR_RETURN(const ledger::Trust* const trusted, context.trust());
  if (trusted != nullptr) return std::string(trusted->log.public_key().view());
  if (context.offline()) {
    return InvalidInput("USAGE", "--replaces", "away from the network, name the key that it takes the place of");
  }
  TS_ASSIGN_OR_RETURN(const v1::GetLedgerResponse answer, context.client().GetLedger({}));
  return answer.ledger().log_key();
}

absl::StatusOr<ExitCode> RotateKey(Context& context, const RotateOptions& options) {
  v1::Event event;
  v1::RotateLogKey& rotate = *event.mutable_rotate_log_key();
  rotate.set_log_key(options.key);
  TS_ASSIGN_OR_RETURN(*rotate.mutable_replaced_log_key(), ReplacedKey(context, options));
  return Emit(context, event);
}

void AddRotateKey(CommandTree& tree, CLI::App* group) {
  auto options = std::make_shared<RotateOptions>();
  CLI::App* rotate = AddCommand(tree, group, "rotate-key",
                                "Announce the key that signs checkpoints from here on; signed by root. The node has "
                                "the private half already, in log_key_files",
                                "log rotate-key 5f1c... --key root-1.key --key root-2.key",
                                [options](Context& context) { return RotateKey(context, *options); });
  AddValue<crypto::PublicKey>(rotate, "public-key", "HEX", "Its public half, as `key new` prints it", &ParsePublicKey,
                              [options](const crypto::PublicKey& key) { options->key = std::string(key.view()); })
      ->required();
  AddValue<crypto::PublicKey>(rotate, "--replaces", "HEX", "The key that signs now; default the trust file's",
                              &ParsePublicKey,
                              [options](const crypto::PublicKey& key) { options->replaced = std::string(key.view()); });
}

}  // namespace

absl::StatusOr<ledger::Trust> MoveTrust(Context& context, ledger::Trust trust) {
  TS_RETURN_IF_ERROR(Follow(context, trust).status());
  return trust;
}

void AddLogKeyCommands(CommandTree& tree, CLI::App* group) {
  auto write = std::make_shared<bool>(false);
  CLI::App* keys = AddCommand(tree, group, "keys",
                              "Print the keys that sign for the log and did, each handed over by the one before, from "
                              "the one that is trusted on; and whether the log is frozen, or continues another",
                              "log keys --trust trust.toml --write",
                              [write](Context& context) { return ShowKeys(context, *write); });
  AddFlag(keys, "--write", "Have the trust file trust the key that signs now", [write] { *write = true; });
  AddRotateKey(tree, group);

  const EventCommand freeze =
      AddEventCommand(tree, group, "freeze", "Close the ledger for good: it takes no event after this; signed by root",
                      "log freeze --successor gold.example/ledger-2 --key root.key");
  v1::FreezeLog* body = freeze.event->mutable_freeze_log();
  AddText(freeze.command, "--successor", "ORIGIN", "The name of the ledger that continues it, if one does",
          body->mutable_successor_origin());
  AddText(freeze.command, "--reason", "TEXT", "For people", body->mutable_reason());
}

}  // namespace touchstone::cli
