// touchstone event correct, void: the original stays in the log, and is read otherwise from then on.
#include "base/files.h"
#include "base/limits.h"
#include "cli/commands/event_commands.h"
#include "cli/emit.h"
#include "cli/event_file.h"
#include "cli/fetch.h"
#include "cli/set_field.h"
#include "fmt/format.h"

namespace touchstone::cli {
namespace {

struct CorrectOptions {
  std::string event;
  std::string replacement_file;
  std::vector<std::string> changes;
  std::string reason;
};

/// The event of a file that was edited. What stands beside the body is the original's, or left out.
absl::StatusOr<v1::Event> ReadReplacement(const std::string& file, const v1::Event& original) {
  TS_ASSIGN_OR_RETURN(const std::string text, ReadFile(file, limits::kMaxInputFileBytes));
  TS_ASSIGN_OR_RETURN(const v1::Event written, ParseEventFile(text));
  v1::Event replacement = written;
  if (written.signer_keys().empty()) *replacement.mutable_signer_keys() = original.signer_keys();
  if (written.genesis_id().empty()) replacement.set_genesis_id(original.genesis_id());
  if (written.nonce().empty()) replacement.set_nonce(original.nonce());
  if (written.occurred_at_us() == 0) {
    replacement.set_occurred_at_us(original.occurred_at_us());
    replacement.set_utc_offset_min(original.utc_offset_min());
  }
  if (written.on_behalf_of_party_id().empty()) replacement.set_on_behalf_of_party_id(original.on_behalf_of_party_id());
  if (!written.has_device() && original.has_device()) *replacement.mutable_device() = original.device();
  return replacement;
}

absl::StatusOr<v1::Event> MakeReplacement(const CorrectOptions& options, const v1::Event& original) {
  if (options.replacement_file.empty() == options.changes.empty()) {
    return InvalidInput("USAGE", "", "say what is corrected, by --replacement or by --set");
  }
  v1::Event replacement = original;
  if (!options.replacement_file.empty()) {
    TS_ASSIGN_OR_RETURN(replacement, ReadReplacement(options.replacement_file, original));
  }
  for (const std::string& change : options.changes) {
    TS_RETURN_IF_ERROR(InField("--set", SetField(replacement, change)));
  }
  if (replacement.SerializeAsString() == original.SerializeAsString()) {
    return InvalidInput("NOTHING_CHANGED", "", "the replacement says what the original says");
  }
  return replacement;
}

absl::StatusOr<ExitCode> Correct(Context& context, const CorrectOptions& options) {
  TS_ASSIGN_OR_RETURN(const FetchedEvent fetched, FetchEvent(context, options.event));
  TS_ASSIGN_OR_RETURN(const v1::Event replacement, MakeReplacement(options, fetched.checked.event));
  v1::Event event;
  v1::Correct& body = *event.mutable_correct();
  body.set_event_index(fetched.checked.index);
  body.set_replacement(replacement.SerializeAsString());
  body.set_reason(options.reason);
  body.set_original(fetched.checked.envelope.payload());
  return Emit(context, event);
}

absl::StatusOr<ExitCode> Void(Context& context, const CorrectOptions& options) {
  TS_ASSIGN_OR_RETURN(const FetchedEvent fetched, FetchEvent(context, options.event));
  v1::Event event;
  v1::Void& body = *event.mutable_void_();
  body.set_event_index(fetched.checked.index);
  body.set_reason(options.reason);
  body.set_original(fetched.checked.envelope.payload());
  return Emit(context, event);
}

constexpr char kWhoSigns[] =
    "; signed by who made it, and by those who relied on it: several --key here, or --cosigner and --offline here and "
    "`event cosign` there";

void AddEventAndReason(CLI::App* command, CorrectOptions* options, const std::string& reason_help) {
  AddText(command, "event", "INDEX|EVENT_ID", "The entry it is about", &options->event)->required();
  AddText(command, "--reason", "TEXT", reason_help, &options->reason)->required();
}

}  // namespace

void AddMendingCommands(CommandTree& tree, CLI::App* group) {
  auto corrected = std::make_shared<CorrectOptions>();
  CLI::App* correct = AddCommand(
      tree, group, "correct", std::string("Correct what an event said") + kWhoSigns,
      "event correct 118 --set 'produce.outputs[0].gross_mg=802.5 g' --reason 'scale misread' --key mine.key\n"
      "  touchstone event show 118 --event-file e.json; edit e.json\n"
      "  touchstone event correct 118 --replacement e.json --reason 'scale misread' --key mine.key",
      [corrected](Context& context) { return Correct(context, *corrected); });
  AddEventAndReason(correct, corrected.get(), "What was wrong");
  AddText(correct, "--replacement", "FILE", "The event as it should have been, as event show --event-file writes it",
          &corrected->replacement_file);
  AddValues<std::string>(correct, "--set", "FIELD=VALUE",
                         "A field and what it should have said, spelled as options are; repeatable", &ParseText,
                         [corrected](const std::string& change) { corrected->changes.push_back(change); });

  auto voided = std::make_shared<CorrectOptions>();
  CLI::App* voiding = AddCommand(tree, group, "void", std::string("Declare that an event did not occur") + kWhoSigns,
                                 "event void 118 --reason 'entered twice' --key mine.key",
                                 [voided](Context& context) { return Void(context, *voided); });
  AddEventAndReason(voiding, voided.get(), "Why it did not occur");
}

}  // namespace touchstone::cli
