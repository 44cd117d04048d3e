#include "cli/context.h"

#include "base/status.h"
#include "cli/keys.h"
#include "cli/trust.h"

namespace touchstone::cli {

Context::Context(Environment& environment, const GlobalOptions& options)
    : environment_(environment), options_(options), output_(environment.out, environment.err, options.json) {}

Client& Context::client() {
  constexpr int64_t kMsPerSecond = 1'000;
  if (client_ == nullptr) {
    client_ = environment_.connect({options_.server, options_.tls_roots_pem, options_.timeout_s * kMsPerSecond});
  }
  return *client_;
}

absl::StatusOr<const ledger::Trust*> Context::trust() {
  if (options_.trust_file.empty()) return nullptr;
  if (!trust_.has_value()) {
    TS_ASSIGN_OR_RETURN(trust_, LoadTrust(options_.trust_file));
  }
  return &*trust_;
}

absl::StatusOr<const std::vector<crypto::NoteSigner>*> Context::keys() {
  if (options_.key_files.empty()) {
    return InvalidInput("KEY_MISSING", "--key",
                        "this command signs: name a private key file (see `touchstone key new`)");
  }
  if (keys_.empty()) {
    TS_ASSIGN_OR_RETURN(keys_, LoadKeys(options_.key_files, environment_.in));
  }
  return &keys_;
}

absl::StatusOr<crypto::Hash> Context::genesis_id() {
  TS_ASSIGN_OR_RETURN(const ledger::Trust* const trusted, trust());
  if (options_.genesis_id.has_value()) {
    if (trusted != nullptr && trusted->genesis_id != *options_.genesis_id) {
      return InvalidInput("GENESIS_MISMATCH", "--genesis", "the trust file names another ledger");
    }
    return *options_.genesis_id;
  }
  if (trusted != nullptr) return trusted->genesis_id;
  TS_ASSIGN_OR_RETURN(const v1::GetLedgerResponse answer, client().GetLedger({}));
  return crypto::Hash::FromBytes(answer.ledger().genesis_id());
}

}  // namespace touchstone::cli
