// touchstone sign: one signature for all events of an offline file.
#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/encoding.h"
#include "base/files.h"
#include "base/status.h"
#include "cli/commands/commands.h"
#include "cli/emit.h"
#include "cli/outbox.h"
#include "fmt/format.h"
#include "ledger/describe.h"
#include "ledger/envelope.h"

namespace touchstone::cli {
namespace {

struct SignOptions {
  std::string file;
  std::string out;
  bool batch = false;
};

using SignerKeys = std::vector<std::string>;

/// The keys at hand that an event names; empty when one that it names is not at hand.
std::vector<const crypto::SecretKey*> KeysFor(const SignerKeys& names, const std::vector<crypto::NoteSigner>& at_hand) {
  std::vector<const crypto::SecretKey*> keys;
  for (const crypto::NoteSigner& signer : at_hand) {
    const bool is_named = std::any_of(names.begin(), names.end(), [&signer](const std::string& name) {
      return name == signer.key().public_key().view();
    });
    if (is_named) keys.push_back(&signer.key());
  }
  if (keys.size() != names.size()) keys.clear();
  return keys;
}

/// What was signed, by how many signatures, and what wants keys that are not at hand.
struct Signed {
  std::vector<const OutboxEvent*> events;
  size_t signatures = 0;
  size_t left = 0;
};

/// Puts the events of equal signers under one signature of each; those that others sign too stay as they are.
absl::StatusOr<Signed> SignTogether(std::vector<OutboxEvent>& events, const std::vector<crypto::NoteSigner>& at_hand) {
  std::map<SignerKeys, std::vector<OutboxEvent*>> groups;
  for (OutboxEvent& event : events) {
    groups[{event.event.signer_keys().begin(), event.event.signer_keys().end()}].push_back(&event);
  }
  Signed done;
  for (const auto& [names, group] : groups) {
    const std::vector<const crypto::SecretKey*> keys = KeysFor(names, at_hand);
    if (keys.empty()) {
      done.left += group.size();
      continue;
    }
    std::vector<std::string> payloads;
    for (const OutboxEvent* event : group) payloads.push_back(event->envelope.payload());
    TS_ASSIGN_OR_RETURN(std::vector<std::string> envelopes, ledger::SignBatch(payloads, keys));
    for (size_t i = 0; i < group.size(); ++i) group[i]->envelope_bytes = std::move(envelopes[i]);
    done.events.insert(done.events.end(), group.begin(), group.end());
    done.signatures += keys.size();
  }
  std::sort(done.events.begin(), done.events.end(),
            [](const OutboxEvent* a, const OutboxEvent* b) { return a->line < b->line; });
  return done;
}

absl::StatusOr<ExitCode> SignFile(Context& context, const SignOptions& options) {
  if (!options.batch) {
    return InvalidInput("BATCH_MISSING", "--batch",
                        "events are signed one by one as they are made; say --batch to sign a file of them at once");
  }
  TS_ASSIGN_OR_RETURN(const std::vector<crypto::NoteSigner>* const keys, context.keys());
  TS_ASSIGN_OR_RETURN(std::vector<OutboxEvent> events, LoadOutbox(options.file));
  TS_ASSIGN_OR_RETURN(const Signed done, SignTogether(events, *keys));
  if (done.events.empty()) {
    return InvalidInput("NOTHING_TO_SIGN", "--key",
                        fmt::format("no event in {} is to be signed by these keys alone", options.file));
  }
  const std::string& out = options.out.empty() ? options.file : options.out;
  TS_RETURN_IF_ERROR(WriteOutbox(out, events));
  Json ids = Json::array();
  std::string text;
  for (const OutboxEvent* event : done.events) {
    const std::string id = HexEncode(event->event_id.view());
    ids.push_back(id);
    text += fmt::format("signed: {} {}\n{}", ledger::VerbOf(event->event), id, ToText(event->event, "  "));
  }
  text += fmt::format("{} events under {} signature{}: {}\n", done.events.size(), done.signatures,
                      done.signatures == 1 ? "" : "s", out);
  if (done.left > 0) text += fmt::format("{} want keys that are not at hand, and stay as they are\n", done.left);
  context.output().Result(
      Json{{"file", out}, {"signed", std::move(ids)}, {"signatures", done.signatures}, {"left", done.left}}, text);
  return ExitCode::kDone;
}

}  // namespace

void AddSignCommand(CommandTree& tree) {
  auto options = std::make_shared<SignOptions>();
  CLI::App* sign = AddCommand(
      tree, &tree.app, "sign",
      "Put all events of an offline file that your keys sign under one signature of each key, without a network; each "
      "can then be sent and verified on its own. Prints what is signed",
      "sign --batch june.events --key mine.key\n"
      "  touchstone submit june.events --trust trust.toml",
      [options](Context& context) { return SignFile(context, *options); });
  AddText(sign, "file", "FILE", "A file written with --offline", &options->file)->required();
  AddFlag(sign, "--batch", "One signature over all events", [options] { options->batch = true; });
  AddText(sign, "--out", "FILE", "Write there instead of into the same file", &options->out);
}

}  // namespace touchstone::cli
