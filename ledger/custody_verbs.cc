#include "ledger/custody_verbs.h"
#include "ledger/trust.h"

#include <string>

#include <fmt/format.h>

#include "base/limits.h"
#include "ledger/authority.h"
#include "ledger/books.h"
#include "ledger/fields.h"
#include "ledger/findings.h"
#include "ledger/holds.h"
#include "ledger/lots.h"
#include "ledger/mass_balance.h"
#include "ledger/mercury.h"
#include "ledger/output.h"
#include "ledger/outputs.h"
#include "ledger/received.h"

namespace touchstone::ledger {
namespace {

// --- Produce ----------------------------------------------------------------------------------------------------------

MaybeRejection CheckProduce(Context& ctx) {
  const v1::Produce& produce = ctx.event.produce();
  TS_REJECT_IF(RequireActor(ctx));
  TS_REJECT_IF(RequireRole(ctx, RoleBit(v1::ROLE_MINER) | RoleBit(v1::ROLE_COOPERATIVE)));
  TS_REJECT_IF(RequireOperator(ctx, produce.site_id(), "produce.site_id"));
  if (ctx.draft.Find<v1::SiteRecord>(produce.site_id())->kind() != v1::RegisterSite::KIND_MINE) {
    return Reject(v1::REASON_FIELD_INVALID, "produce.site_id", "gold is produced at a mine");
  }
  TS_REJECT_IF(CheckOutputs(produce.outputs(), ctx.rules.produced_forms, 1, "produce.outputs", "a mine"));
  TS_REJECT_IF(CheckChosen(produce.route(), "produce.route"));
  TS_REJECT_IF(CheckWorkPeriod(ctx.event.occurred_at_us(), produce.period_from_us(), produce.period_until_us(),
                               "produce.period_from_us", "produce.period_until_us"));
  TS_REJECT_IF(CheckReference(produce.shift(), "produce.shift", false));
  if (produce.has_registrant()) TS_REJECT_IF(CheckWithheld(produce.registrant(), "produce.registrant"));
  return CheckDocuments(produce.documents(), "produce.documents");
}

void FindUnlicensedProduction(Context& ctx, const v1::SiteRecord& site) {
  const v1::Produce& produce = ctx.event.produce();
  for (const std::string& licence_id : site.licence_ids()) {
    const v1::LicenceRecord* licence = ctx.draft.Find<v1::LicenceRecord>(licence_id);
    if (licence != nullptr && licence->kind() == v1::LICENCE_KIND_TITLE &&
        CoversPeriod(ctx, *licence, produce.period_from_us(), produce.period_until_us())) {
      return;
    }
  }
  AddFinding(ctx, v1::FINDING_CODE_UNLICENSED_PRODUCTION, site.site_id(),
             fmt::format("no title covered {} over the whole period of production", site.name()));
}

Heritage ProducedHeritage(const Context& ctx, const v1::Material& output) {
  Heritage heritage;
  if (!ctx.rules.whole_domain) return heritage;
  const v1::Produce& produce = ctx.event.produce();
  heritage.mercury_history = UsesMercury(produce.mercury_use(), produce.route(), produce.outputs());
  v1::SourceRecord& source = heritage.sources.emplace_back();
  source.set_index(ctx.admission.index);
  source.set_weight(MassMg(output));
  return heritage;
}

/// What came out counts as output.
void EnterProduced(Context& ctx, v1::StepRecord& step) {
  if (!ctx.rules.whole_domain) return;
  const v1::Produce& produce = ctx.event.produce();
  if (produce.has_registrant()) *step.mutable_registrant() = produce.registrant();
  AddHistory(ctx, ProductionsId(produce.site_id()));
  if (!CountProduction(ctx, step)) return;
  HoldOutputs(ctx, static_cast<uint32_t>(produce.outputs_size()), v1::HoldRecord::KIND_CEILING);
}

void ApplyProduce(Context& ctx) {
  const v1::Produce& produce = ctx.event.produce();
  v1::StepRecord& step = CreateStep(ctx, v1::StepRecord::KIND_PRODUCE);
  step.set_site_id(produce.site_id());
  step.set_route(produce.route());
  step.set_mercury_use(produce.mercury_use());
  step.set_period_from_us(produce.period_from_us());
  step.set_period_until_us(produce.period_until_us());
  EnterLots(ctx, produce.outputs(), ProducedHeritage, step);
  EnterProduced(ctx, step);
  FindUnlicensedProduction(ctx, *ctx.draft.Find<v1::SiteRecord>(produce.site_id()));
  FindMercury(ctx, produce.mercury_use(), produce.site_id(), "the producer");
  FindLateRecord(ctx);
}

// --- Receive ----------------------------------------------------------------------------------------------------------

MaybeRejection CheckReceive(Context& ctx) {
  const v1::Receive& receive = ctx.event.receive();
  TS_REJECT_IF(RequireActor(ctx));
  const LotIds lot_ids = LotsOf(receive.received());
  TS_REJECT_IF(RequireLots(ctx, lot_ids, "receive.received"));
  for (int i = 0; i < lot_ids.size(); ++i) {
    TS_REJECT_IF(RequireHolder(ctx, lot_ids[i], Path(Path("receive.received", i), ".lot_id")));
  }
  return CheckReceived(ctx, receive.received(), lot_ids, "receive.received");
}

MaybeRejection CheckReceiveGlobal(Context& ctx) {
  const auto& received = ctx.event.receive().received();
  for (int i = 0; i < received.size(); ++i) {
    TS_REJECT_IF(RequireUnspent(ctx, received[i].lot_id(), Path(Path("receive.received", i), ".lot_id")));
  }
  return std::nullopt;
}

/// A party whose own key was stolen confirms what that key did to a lot which it still holds.
void ConfirmCustody(Context& ctx, const std::string& lot_id) {
  const v1::LotRecord& held = *ctx.draft.Find<v1::LotRecord>(lot_id);
  if (!ctx.rules.whole_domain || !DisownedEntry(ctx, held).has_value() || !MayConfirm(ctx, held)) return;
  v1::LotRecord& lot = ctx.draft.Change<v1::LotRecord>(lot_id);
  lot.set_custody_index(ctx.admission.index);
  *lot.mutable_custody_keys() = ctx.event.signer_keys();
  lot.clear_custody_offer_id();
}

void ApplyReceive(Context& ctx) {
  const v1::Receive& receive = ctx.event.receive();
  for (const v1::ReceivedMass& received : receive.received()) {
    ConfirmCustody(ctx, received.lot_id());
    if (receive.release_from_quarantine()) ctx.draft.Change<v1::LotRecord>(received.lot_id()).set_quarantined(false);
    AddHistory(ctx, received.lot_id());
  }
  FindReceived(ctx, receive.received(), ctx.actor);
  FindLateRecord(ctx);
}

}  // namespace

const Verb kProduceVerb = {"produce", CheckProduce, nullptr, ApplyProduce};
const Verb kReceiveVerb = {"receive", CheckReceive, CheckReceiveGlobal, ApplyReceive};

}  // namespace touchstone::ledger
