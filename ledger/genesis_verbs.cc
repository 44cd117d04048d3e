// The beginning of a ledger, and the rules it is under.
#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "base/limits.h"
#include "crypto/keys.h"
#include "crypto/note_key.h"
#include "ledger/authority.h"
#include "ledger/authority_verbs.h"
#include "ledger/fields.h"
#include "ledger/key_rules.h"

namespace touchstone::ledger {
namespace {

MaybeRejection CheckGenesisSigners(const Context& ctx) {
  const v1::Genesis& genesis = ctx.event.genesis();
  for (int i = 0; i < ctx.event.signer_keys_size(); ++i) {
    const auto& roots = genesis.root_keys();
    if (std::find(roots.begin(), roots.end(), ctx.event.signer_keys(i)) == roots.end()) {
      return Reject(v1::REASON_ROOT_QUORUM_MISSING, fmt::format("signer_keys[{}]", i),
                    "genesis is signed by its root keys");
    }
  }
  if (static_cast<uint32_t>(ctx.event.signer_keys_size()) >= genesis.threshold()) return std::nullopt;
  return Reject(
      v1::REASON_ROOT_QUORUM_MISSING, "signer_keys",
      fmt::format("signed by {} root keys; its threshold is {}", ctx.event.signer_keys_size(), genesis.threshold()));
}

MaybeRejection CheckGenesis(Context& ctx) {
  const v1::Genesis& genesis = ctx.event.genesis();
  if (ctx.admission.index != 0 || !ctx.event.genesis_id().empty()) {
    return Reject(v1::REASON_GENESIS_REPEATED, "genesis", "a ledger has one genesis, its entry 0");
  }
  TS_REJECT_IF(RequireForSelf(ctx));
  TS_REJECT_IF(CheckReference(genesis.origin(), "genesis.origin", true));
  if (!crypto::CheckKeyName(genesis.origin()).ok()) {
    return Reject(v1::REASON_FIELD_INVALID, "genesis.origin", "a schema-less URL without spaces or `+`");
  }
  TS_REJECT_IF(CheckKeys(genesis.root_keys(), 1, limits::kMaxSignatures, "genesis.root_keys"));
  if (genesis.threshold() == 0 || genesis.threshold() > static_cast<uint32_t>(genesis.root_keys_size())) {
    return Reject(v1::REASON_FIELD_INVALID, "genesis.threshold", "1 to the number of root keys");
  }
  TS_REJECT_IF(CheckBytes(genesis.log_key(), crypto::PublicKey::kSize, "genesis.log_key"));
  TS_REJECT_IF(CheckText(genesis.description(), "genesis.description", false));
  if (!genesis.predecessor_genesis_id().empty() || !genesis.predecessor_checkpoint().empty()) {
    TS_REJECT_IF(CheckBytes(genesis.predecessor_genesis_id(), crypto::Hash::kSize, "genesis.predecessor_genesis_id"));
    if (genesis.predecessor_checkpoint().empty()) {
      return Reject(v1::REASON_FIELD_REQUIRED, "genesis.predecessor_checkpoint", "the predecessor's final checkpoint");
    }
  }
  return CheckGenesisSigners(ctx);
}

void PutInForce(const Context& ctx, uint32_t version, v1::LedgerRecord& ledger) {
  ledger.set_ruleset_version(version);
  if (FindRuleset(version)->whole_domain) ledger.set_ruleset_at_us(ctx.admission.recorded_at_us);
}

void ApplyGenesis(Context& ctx) {
  const v1::Genesis& genesis = ctx.event.genesis();
  v1::LedgerRecord& ledger = ctx.draft.Create<v1::LedgerRecord>("");
  ledger.set_origin(genesis.origin());
  ledger.set_genesis_id(std::string(ctx.event_id.view()));
  *ledger.mutable_root_keys() = genesis.root_keys();
  ledger.set_threshold(genesis.threshold());
  PutInForce(ctx, genesis.ruleset_version(), ledger);
  ledger.set_log_key(genesis.log_key());
  AddHistory(ctx, kLedgerHistoryId);
}

MaybeRejection CheckActivateRuleset(Context& ctx) {
  TS_REJECT_IF(RequireRoot(ctx));
  const uint32_t version = ctx.event.activate_ruleset().version();
  if (version > ctx.rules.version && FindRuleset(version) != nullptr) return std::nullopt;
  return Reject(v1::REASON_RULESET_UNKNOWN, "activate_ruleset.version",
                fmt::format("newer than {} and known to this software", ctx.rules.version));
}

void ApplyActivateRuleset(Context& ctx) {
  PutInForce(ctx, ctx.event.activate_ruleset().version(), ctx.draft.Change<v1::LedgerRecord>(""));
  AddHistory(ctx, kLedgerHistoryId);
}

}  // namespace

const Verb kGenesisVerb = {"genesis", CheckGenesis, nullptr, ApplyGenesis};
const Verb kActivateRulesetVerb = {"activate_ruleset", CheckActivateRuleset, nullptr, ApplyActivateRuleset};

}  // namespace touchstone::ledger
