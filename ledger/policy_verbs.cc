// Policy packs on record: which text is meant by a version. The rules never read the packs themselves.
#include <fmt/format.h>

#include <string>

#include "ledger/authority.h"
#include "ledger/authority_verbs.h"
#include "ledger/endings.h"
#include "ledger/fields.h"
#include "ledger/policy.h"

namespace touchstone::ledger {
namespace {

/// Root, for which ctx.actor stays empty, or a party that keeps a standard.
MaybeRejection RequirePublisher(Context& ctx) {
  if (ctx.signers.front().is_root) return RequireRoot(ctx);
  TS_REJECT_IF(RequireActor(ctx));
  return RequireRole(ctx, RoleBit(v1::ROLE_STANDARDS_BODY));
}

MaybeRejection CheckPublishPolicy(Context& ctx) {
  const v1::PublishPolicy& publish = ctx.event.publish_policy();
  TS_REJECT_IF(RequirePublisher(ctx));
  TS_REJECT_IF(CheckReference(publish.policy_id(), "publish_policy.policy_id", true));
  if (!IsPolicyId(publish.policy_id())) {
    return Reject(v1::REASON_FIELD_INVALID, "publish_policy.policy_id", "lower-case letters, digits and hyphens");
  }
  if (publish.version() == 0) return Reject(v1::REASON_FIELD_REQUIRED, "publish_policy.version", "from 1");
  TS_REJECT_IF(CheckBytes(publish.sha256(), crypto::Hash::kSize, "publish_policy.sha256"));
  const v1::PolicyRecord* policy = ctx.draft.Find<v1::PolicyRecord>(publish.policy_id());
  if (policy == nullptr) return std::nullopt;
  if (policy->party_id() != ctx.actor) {
    return Reject(v1::REASON_NOT_ISSUER, "publish_policy.policy_id",
                  fmt::format("published by {}", policy->party_id().empty() ? "root" : policy->party_id()));
  }
  return CheckRoom(policy->versions_size(), "publish_policy.policy_id");
}

MaybeRejection CheckPublishPolicyGlobal(Context& ctx) {
  const v1::PublishPolicy& publish = ctx.event.publish_policy();
  const v1::PolicyRecord* policy = ctx.draft.Find<v1::PolicyRecord>(publish.policy_id());
  if (policy == nullptr) return std::nullopt;
  for (const v1::PolicyVersion& version : policy->versions()) {
    if (version.version() != publish.version()) continue;
    return Reject(v1::REASON_POLICY_EXISTS, "publish_policy.version",
                  fmt::format("published by entry {}", version.index()));
  }
  return std::nullopt;
}

void ApplyPublishPolicy(Context& ctx) {
  const v1::PublishPolicy& publish = ctx.event.publish_policy();
  v1::PolicyRecord& policy = ctx.draft.ChangeOrCreate<v1::PolicyRecord>(publish.policy_id());
  policy.set_party_id(ctx.actor);
  v1::PolicyVersion& version = *policy.add_versions();
  version.set_version(publish.version());
  version.set_sha256(publish.sha256());
  version.set_index(ctx.admission.index);
  AddHistory(ctx, ctx.actor.empty() ? kLedgerHistoryId : std::string_view(ctx.actor));
}

}  // namespace

const Verb kPublishPolicyVerb = {"publish_policy", CheckPublishPolicy, CheckPublishPolicyGlobal, ApplyPublishPolicy, 2};

}  // namespace touchstone::ledger
