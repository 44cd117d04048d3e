#include "cli/emit.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/encoding.h"
#include "base/limits.h"
#include "base/random.h"
#include "base/status.h"
#include "cli/outbox.h"
#include "cli/receipt.h"
#include "fmt/format.h"
#include "ledger/created.h"
#include "ledger/describe.h"
#include "ledger/envelope.h"

namespace touchstone::cli {
namespace {

/// What every event carries. Values that a file of `event sign` states are kept.
absl::Status FillIn(Context& context, v1::Event& event) {
  const GlobalOptions& options = context.options();
  TS_ASSIGN_OR_RETURN(const crypto::Hash genesis_id, context.genesis_id());
  event.set_genesis_id(std::string(genesis_id.view()));
  if (event.nonce().empty()) event.set_nonce(RandomBytes(context.environment().random, limits::kNonceBytes));
  if (options.occurred_at.has_value()) {
    event.set_occurred_at_us(options.occurred_at->us);
    event.set_utc_offset_min(options.occurred_at->utc_offset_min);
  } else if (event.occurred_at_us() == 0) {
    event.set_occurred_at_us(context.environment().clock.NowUs());
  }
  if (!options.on_behalf_of_party_id.empty()) event.set_on_behalf_of_party_id(options.on_behalf_of_party_id);
  return absl::OkStatus();
}

std::vector<const crypto::SecretKey*> Pointers(const std::vector<crypto::NoteSigner>& keys) {
  std::vector<const crypto::SecretKey*> pointers;
  for (const crypto::NoteSigner& key : keys) pointers.push_back(&key.key());
  return pointers;
}

/// Signs for the keys at hand a payload that also names keys that are not.
absl::StatusOr<std::string> SignInPart(Context& context, v1::Event event,
                                       const std::vector<const crypto::SecretKey*>& keys) {
  std::vector<std::string> signers;
  for (const crypto::SecretKey* key : keys) signers.emplace_back(key->public_key().view());
  for (const crypto::PublicKey& key : context.options().cosigners) signers.emplace_back(key.view());
  std::sort(signers.begin(), signers.end());
  signers.erase(std::unique(signers.begin(), signers.end()), signers.end());
  event.mutable_signer_keys()->Assign(signers.begin(), signers.end());
  v1::Envelope envelope;
  envelope.set_payload(event.SerializeAsString());
  std::string bytes = envelope.SerializeAsString();
  for (const crypto::SecretKey* key : keys) {
    TS_ASSIGN_OR_RETURN(bytes, ledger::AddSignature(bytes, *key));
  }
  return bytes;
}

absl::StatusOr<ExitCode> KeepForLater(Context& context, const v1::Event& event, const crypto::Hash& event_id,
                                      std::string_view envelope) {
  const std::string& file = context.options().offline_file;
  TS_RETURN_IF_ERROR(AppendToOutbox(file, envelope));
  const std::vector<std::string> created = ledger::CreatedIds(event, event_id);
  std::string text =
      fmt::format("signed into {}: {}\nevent: {}\n", file, ledger::VerbOf(event), HexEncode(event_id.view()));
  for (const std::string& id : created) text += fmt::format("will make: {}\n", id);
  context.output().Result(Json{{"event_id", HexEncode(event_id.view())}, {"created", created}, {"file", file}}, text);
  return ExitCode::kDone;
}

ExitCode ReportParked(Context& context, const crypto::Hash& event_id, const v1::Parked& parked) {
  const std::string id = HexEncode(event_id.view());
  context.output().Result(Json{{"event_id", id}, {"parked", ParkedJson(parked)}},
                          fmt::format("parked, not recorded: it {}\nevent: {}\nits receipt, once it is recorded: "
                                      "touchstone event show {}\n",
                                      ParkedText(parked), id, id));
  return ExitCode::kParked;
}

absl::StatusOr<ExitCode> Send(Context& context, const crypto::Hash& event_id, std::string envelope) {
  v1::SubmitRequest request;
  request.set_envelope(std::move(envelope));
  TS_ASSIGN_OR_RETURN(const v1::SubmitResponse response, context.client().Submit(request));
  if (response.has_parked()) return ReportParked(context, event_id, response.parked());
  TS_ASSIGN_OR_RETURN(const ledger::Trust* const trust, context.trust());
  TS_ASSIGN_OR_RETURN(const CheckedReceipt checked, CheckReceipt(response.receipt(), trust, event_id));
  context.output().Result(ReceiptJson(response.receipt(), checked), ReceiptText(response.receipt(), checked));
  return ExitCode::kDone;
}

}  // namespace

absl::StatusOr<std::string> SignEvent(Context& context, v1::Event event) {
  TS_ASSIGN_OR_RETURN(const std::vector<crypto::NoteSigner>* const signers, context.keys());
  return SignEventBy(context, std::move(event), *signers);
}

absl::StatusOr<std::string> SignEventBy(Context& context, v1::Event event,
                                        const std::vector<crypto::NoteSigner>& signers) {
  if (!context.options().cosigners.empty() && !context.offline()) {
    return InvalidInput("COSIGNER_OFFLINE_ONLY", "--cosigner",
                        "an event that still lacks a signature cannot be sent: write it to a file with --offline");
  }
  TS_RETURN_IF_ERROR(FillIn(context, event));
  const std::vector<const crypto::SecretKey*> keys = Pointers(signers);
  if (!context.options().cosigners.empty()) return SignInPart(context, std::move(event), keys);
  TS_ASSIGN_OR_RETURN(std::string envelope, ledger::SignPayload(ledger::EncodePayload(std::move(event), keys), keys));
  // What no ledger would admit for its form alone is found out about here, and not when an offline file is sent.
  TS_RETURN_IF_ERROR(ledger::DecodeEnvelope(envelope).status());
  return envelope;
}

absl::StatusOr<ExitCode> Emit(Context& context, const v1::Event& event) {
  // A trust file that cannot be read must not be found out about after the event was sent.
  TS_RETURN_IF_ERROR(context.trust().status());
  TS_ASSIGN_OR_RETURN(std::string envelope_bytes, SignEvent(context, event));
  v1::Envelope envelope;
  if (!envelope.ParseFromString(envelope_bytes)) return absl::InternalError("an envelope just made does not parse");
  const crypto::Hash event_id = ledger::EventId(envelope.payload());
  if (context.offline()) return KeepForLater(context, event, event_id, envelope_bytes);
  return Send(context, event_id, std::move(envelope_bytes));
}

}  // namespace touchstone::cli
