#include "services/init.h"

#include <algorithm>
#include <future>
#include <memory>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "base/status.h"
#include "crypto/note_key.h"
#include "fmt/format.h"
#include "ledger/envelope.h"
#include "ledger/ruleset.h"
#include "services/core.h"
#include "touchstone/v1/event.pb.h"

namespace touchstone::services {
namespace {

v1::Event MakeGenesis(const InitOptions& options, const crypto::PublicKey& log_key, Clock& clock, Random& random) {
  v1::Event event;
  event.set_nonce(RandomBytes(random, limits::kNonceBytes));
  event.set_occurred_at_us(clock.NowUs());
  v1::Genesis& genesis = *event.mutable_genesis();
  genesis.set_origin(options.origin);
  std::vector<std::string> keys;
  for (const crypto::SecretKey* key : options.root_keys) keys.emplace_back(key->public_key().view());
  std::sort(keys.begin(), keys.end());
  for (std::string& key : keys) genesis.add_root_keys(std::move(key));
  genesis.set_threshold(options.threshold);
  genesis.set_ruleset_version(ledger::NewestRuleset().version);
  genesis.set_log_key(std::string(log_key.view()));
  genesis.set_description(options.description);
  if (options.predecessor.has_value()) {
    genesis.set_predecessor_genesis_id(std::string(options.predecessor->genesis_id.view()));
    genesis.set_predecessor_checkpoint(options.predecessor->note);
  }
  return event;
}

/// Refuses a genesis that the rules would refuse before anything is made on disk.
absl::Status Rehearse(const std::string& envelope, int64_t now_us) {
  TS_ASSIGN_OR_RETURN(const ledger::SignedEvent event, CheckEnvelope(envelope));
  const ledger::Decision decision =
      ledger::Decide(ledger::MemoryState(), event, {.index = 0, .recorded_at_us = now_us});
  if (const auto* rejection = std::get_if<ledger::Rejection>(&decision)) return rejection->ToStatus();
  return absl::OkStatus();
}

/// Commits genesis through the sequencer, as every event.
absl::Status Commit(const InitOptions& options, std::string envelope, Clock& clock) {
  TS_ASSIGN_OR_RETURN(const std::unique_ptr<Core> core,
                      Core::Open({.data_dir = options.data_dir, .threads = 1, .store = options.store}, clock));
  const auto committed = std::make_shared<std::promise<absl::Status>>();
  core->Submit({std::move(envelope)}, [committed](Answers answers) { committed->set_value(answers.front().status()); });
  return committed->get_future().get();
}

}  // namespace

absl::StatusOr<TrustAnchor> InitLedger(const InitOptions& options, Clock& clock, Random& random) {
  // The log's key is named after the ledger, so that the one's form is the other's.
  if (!crypto::CheckKeyName(options.origin).ok()) {
    return InvalidInput("BAD_ORIGIN", "origin",
                        fmt::format("`{}` names no ledger: a URL without its scheme, without spaces and `+`, as "
                                    "gold.example/ledger",
                                    options.origin));
  }
  TS_ASSIGN_OR_RETURN(
      const crypto::NoteSigner signer,
      crypto::NoteSigner::Create(options.origin, crypto::NoteKeyType::kEd25519, crypto::SecretKey::Generate(random)));
  const v1::Event event = MakeGenesis(options, signer.verifier().public_key(), clock, random);
  const std::string payload = ledger::EncodePayload(event, options.root_keys);
  TS_ASSIGN_OR_RETURN(std::string envelope, ledger::SignPayload(payload, options.root_keys));
  TS_RETURN_IF_ERROR(Rehearse(envelope, clock.NowUs()));

  const TrustAnchor anchor{
      .origin = options.origin, .genesis_id = ledger::EventId(payload), .log_vkey = signer.verifier().ToVkey()};
  TS_RETURN_IF_ERROR(storage::Store::Create(options.data_dir,
                                            {.origin = anchor.origin, .genesis_id = anchor.genesis_id}, options.store)
                         .status());
  TS_RETURN_IF_ERROR(WriteLogKey(options.data_dir, signer));
  TS_RETURN_IF_ERROR(Commit(options, std::move(envelope), clock));
  TS_RETURN_IF_ERROR(WriteTrust(options.data_dir, anchor));
  return anchor;
}

}  // namespace touchstone::services
