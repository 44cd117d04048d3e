// A ring with two claims, of one pack each, on a node.
#pragma once

#include <string>

#include "ledger/policy.h"
#include "tests/integration/services/node_fixture.h"

namespace touchstone::services {

class ClaimsTest : public NodeTest {
 protected:
  ClaimsTest() {
    StartNode();
    road_ = TellMineToRing(story_);
    MustAdmit(road_.statements);
    formalized_ = Claim("formalized");
    mercury_free_ = Claim("mercury-free");
  }

  /// The jeweler's claim on the ring under a pack.
  std::string Claim(const std::string& policy_id) {
    const ledger::Policy& policy = *ledger::FindBuiltInPolicy(policy_id);
    v1::PolicyRef ref;
    ref.set_policy_id(policy_id);
    ref.set_version(policy.pack.version());
    ref.set_sha256(std::string(policy.sha256.view()));
    const testing::Statement claim = story_.Claim("jeweler", road_.ring, {ref}, road_.statements.size() + 1);
    MustAdmit({claim});
    return claim.claim();
  }

  testing::MineToRing road_;
  std::string formalized_;
  std::string mercury_free_;
};

}  // namespace touchstone::services
