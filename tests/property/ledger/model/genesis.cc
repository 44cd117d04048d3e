// The beginning of a ledger, and the rules it is under.
#include <algorithm>

#include "tests/property/ledger/model/authority.h"
#include "tests/property/ledger/model/fields.h"
#include "tests/property/ledger/model/verbs.h"

namespace touchstone::ledger::model {

void JudgeGenesis(Case& c) {
  const v1::Genesis& genesis = c.event.genesis();
  c.Need(c.index == 0 && c.event.genesis_id().empty(), v1::REASON_GENESIS_REPEATED);
  NeedForSelf(c);
  NeedReference(c, genesis.origin(), true);
  const bool url = genesis.origin().find_first_of(" +") == std::string::npos;
  c.Need(url, v1::REASON_FIELD_INVALID);
  NeedKeys(c, genesis.root_keys(), 1, 16);
  c.Need(genesis.threshold() >= 1 && genesis.threshold() <= static_cast<uint32_t>(genesis.root_keys_size()),
         v1::REASON_FIELD_INVALID);
  NeedBytes(c, genesis.log_key(), 32);
  NeedText(c, genesis.description(), false);
  if (!genesis.predecessor_genesis_id().empty() || !genesis.predecessor_checkpoint().empty()) {
    NeedBytes(c, genesis.predecessor_genesis_id(), 32);
    c.Need(!genesis.predecessor_checkpoint().empty(), v1::REASON_FIELD_REQUIRED);
  }
  const std::set<std::string> roots(genesis.root_keys().begin(), genesis.root_keys().end());
  const auto& keys = c.event.signer_keys();
  const bool all_root = std::all_of(keys.begin(), keys.end(), [&](const auto& key) { return roots.count(key) != 0; });
  c.Need(all_root && static_cast<uint32_t>(keys.size()) >= genesis.threshold(), v1::REASON_ROOT_QUORUM_MISSING);
}

void DoGenesis(Case& c) {
  const v1::Genesis& genesis = c.event.genesis();
  Ledger& ledger = c.world.ledger;
  ledger.founded = true;
  ledger.genesis_id = std::string(c.event_id.view());
  ledger.root_keys.insert(genesis.root_keys().begin(), genesis.root_keys().end());
  ledger.origin = genesis.origin();
  ledger.log_key = genesis.log_key();
  ledger.threshold = genesis.threshold();
  ledger.ruleset = genesis.ruleset_version();
  ledger.ruleset_at_us = c.recorded_at_us;
}

void JudgeActivateRuleset(Case& c) {
  NeedRoot(c);
  const uint32_t version = c.event.activate_ruleset().version();
  c.Need(version == 2 && c.world.ledger.ruleset == 1, v1::REASON_RULESET_UNKNOWN);
}

void DoActivateRuleset(Case& c) {
  c.world.ledger.ruleset = c.event.activate_ruleset().version();
  c.world.ledger.ruleset_at_us = c.recorded_at_us;
}

void JudgeRotateLogKey(Case& c) {
  const v1::RotateLogKey& rotate = c.event.rotate_log_key();
  const Ledger& ledger = c.world.ledger;
  NeedRoot(c);
  NeedBytes(c, rotate.log_key(), 32);
  NeedBytes(c, rotate.replaced_log_key(), 32);
  c.Need(rotate.replaced_log_key() == ledger.log_key, v1::REASON_FIELD_INVALID);
  c.Need(ledger.former_log_keys.size() < 64, v1::REASON_LIMIT_REACHED);
  NeedFreeKey(c, rotate.log_key());
}

void DoRotateLogKey(Case& c) {
  Ledger& ledger = c.world.ledger;
  ledger.former_log_keys.emplace_back(ledger.log_key, ledger.log_key_index, c.index);
  ledger.log_key = c.event.rotate_log_key().log_key();
  ledger.log_key_index = c.index;
}

void JudgeFreezeLog(Case& c) {
  const v1::FreezeLog& freeze = c.event.freeze_log();
  NeedRoot(c);
  NeedReference(c, freeze.successor_origin(), false);
  NeedText(c, freeze.reason(), false);
  const bool url = freeze.successor_origin().find_first_of(" +") == std::string::npos;
  c.Need(url && freeze.successor_origin() != c.world.ledger.origin, v1::REASON_FIELD_INVALID);
}

void DoFreezeLog(Case& c) {
  c.world.ledger.frozen_at = c.index;
  c.world.ledger.successor = c.event.freeze_log().successor_origin();
}

}  // namespace touchstone::ledger::model
