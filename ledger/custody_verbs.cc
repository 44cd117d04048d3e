#include "ledger/custody_verbs.h"
#include "ledger/trust.h"

#include <string>

#include <fmt/format.h>

#include "base/limits.h"
#include "ledger/authority.h"
#include "ledger/fields.h"
#include "ledger/findings.h"
#include "ledger/lots.h"
#include "ledger/mass_balance.h"
#include "ledger/mercury.h"
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
  TS_REJECT_IF(CheckWorkPeriod(ctx, produce.period_from_us(), produce.period_until_us(), "produce"));
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

void ApplyProduce(Context& ctx) {
  const v1::Produce& produce = ctx.event.produce();
  v1::StepRecord& step = CreateStep(ctx, v1::StepRecord::KIND_PRODUCE);
  step.set_site_id(produce.site_id());
  step.set_route(produce.route());
  step.set_mercury_use(produce.mercury_use());
  step.set_period_from_us(produce.period_from_us());
  step.set_period_until_us(produce.period_until_us());
  EnterLots(ctx, produce.outputs(), ProducedHeritage, step);
  FindUnlicensedProduction(ctx, *ctx.draft.Find<v1::SiteRecord>(produce.site_id()));
  FindMercury(ctx, produce.mercury_use(), produce.site_id(), "the producer");
  FindLateRecord(ctx);
}

// --- Assay ------------------------------------------------------------------------------------------------------------

MaybeRejection CheckOtherElements(const v1::Assay& assay) {
  TS_REJECT_IF(CheckCount(assay.other_elements_size(), 0, limits::kMaxListedPerEvent, "assay.other_elements"));
  for (int i = 0; i < assay.other_elements_size(); ++i) {
    const std::string path = fmt::format("assay.other_elements[{}]", i);
    const std::string& element = assay.other_elements(i).element();
    if (element.empty() || element.size() > 2 || element == "Au") {
      return Reject(v1::REASON_FIELD_INVALID, path + ".element", "a chemical symbol other than Au");
    }
    if (i > 0 && assay.other_elements(i - 1).element() >= element) {
      return Reject(v1::REASON_FIELD_INVALID, path + ".element", "elements are ascending, each once");
    }
    if (assay.other_elements(i).ppm() > limits::kMaxPpm) {
      return Reject(v1::REASON_FIELD_INVALID, path + ".ppm", "at most 1,000,000 ppm");
    }
  }
  return std::nullopt;
}

MaybeRejection CheckAssay(Context& ctx) {
  const v1::Assay& assay = ctx.event.assay();
  TS_REJECT_IF(RequireActor(ctx));
  TS_REJECT_IF(RequireLot(ctx, assay.lot_id(), "assay.lot_id"));
  if (!assay.has_fineness()) return Reject(v1::REASON_FIELD_REQUIRED, "assay.fineness", "the result of the assay");
  TS_REJECT_IF(CheckFineness(assay.fineness(), "assay.fineness"));
  TS_REJECT_IF(CheckOtherElements(assay));
  TS_REJECT_IF(CheckReference(assay.certificate(), "assay.certificate", false));
  TS_REJECT_IF(CheckDocuments(assay.documents(), "assay.documents"));
  if (!assay.sample_lot_id().empty()) TS_REJECT_IF(RequireLot(ctx, assay.sample_lot_id(), "assay.sample_lot_id"));
  const v1::LotRecord& lot = *ctx.draft.Find<v1::LotRecord>(assay.lot_id());
  if (lot.custodian_party_id() != ctx.actor) TS_REJECT_IF(RequireRole(ctx, RoleBit(v1::ROLE_ASSAY_LABORATORY)));
  if (lot.material().has_ore()) {
    return Reject(v1::REASON_FORM_INVALID, "assay.lot_id",
                  "ore and tailings have a grade; assay what is won from them");
  }
  if (lot.assays_size() >= limits::kMaxListedPerRecord) {
    return Reject(v1::REASON_LIMIT_REACHED, "assay.lot_id", "the lot lists as many assays as fit");
  }
  const v1::StepRecord* step = ctx.draft.Find<v1::StepRecord>(StepId(lot.index()));
  if (lot.determination() != v1::LotRecord::DETERMINATION_PENDING || step == nullptr) return std::nullopt;
  return CheckDetermination(ctx, *step, lot, assay.fineness(), "assay.fineness.ppm");
}

MaybeRejection CheckAssayGlobal(Context& ctx) {
  const v1::LotRecord& lot = *ctx.draft.Find<v1::LotRecord>(ctx.event.assay().lot_id());
  if (lot.status() == v1::LotRecord::STATUS_OFFERED) return std::nullopt;  // a buyer has it assayed before accepting
  return RequireUnspent(ctx, lot.lot_id(), "assay.lot_id");
}

void FindDivergence(Context& ctx, const v1::LotRecord& lot, const v1::Fineness& result) {
  constexpr uint32_t kRefinedPpm = 995'000;
  const uint32_t governing = lot.material().fineness().ppm();
  const uint32_t difference = governing > result.ppm() ? governing - result.ppm() : result.ppm() - governing;
  const uint32_t limit = governing >= kRefinedPpm ? ctx.rules.splitting_refined_ppm : ctx.rules.splitting_other_ppm;
  if (difference <= limit) return;
  AddFinding(ctx, v1::FINDING_CODE_ASSAY_DIVERGES, lot.lot_id(),
             fmt::format("{} against the governing {}; the splitting limit is {}", FormatPpm(result.ppm()),
                         FormatPpm(governing), FormatPpm(limit)));
}

void Determine(Context& ctx, v1::LotRecord& lot, const v1::Fineness& fineness) {
  const bool was_pending = lot.determination() == v1::LotRecord::DETERMINATION_PENDING;
  *lot.mutable_material()->mutable_fineness() = fineness;
  lot.set_fine_ng(FineMassNg(lot.material().gross_mg(), fineness.ppm()));
  lot.set_determination(v1::LotRecord::DETERMINATION_DETERMINED);
  if (!was_pending) return;
  v1::StepRecord& step = ctx.draft.Change<v1::StepRecord>(StepId(lot.index()));
  SettleDetermination(ctx, lot.fine_ng(), LossBandPpm(ctx.rules, step), lot.lot_id(), step);
}

void ApplyAssay(Context& ctx) {
  const v1::Assay& assay = ctx.event.assay();
  v1::LotRecord& lot = ctx.draft.Change<v1::LotRecord>(assay.lot_id());
  v1::AssayRecord& record = *lot.add_assays();
  record.set_index(ctx.admission.index);
  record.set_party_id(ctx.actor);
  *record.mutable_fineness() = assay.fineness();
  if (lot.determination() == v1::LotRecord::DETERMINATION_DETERMINED) {
    FindDivergence(ctx, lot, assay.fineness());
  } else {
    Determine(ctx, lot, assay.fineness());
  }
  AddHistory(ctx, lot.lot_id());
  FindLateRecord(ctx);
}

// --- Receive ----------------------------------------------------------------------------------------------------------

MaybeRejection CheckReceive(Context& ctx) {
  const v1::Receive& receive = ctx.event.receive();
  TS_REJECT_IF(RequireActor(ctx));
  const LotIds lot_ids = LotsOf(receive.received());
  TS_REJECT_IF(RequireLots(ctx, lot_ids, "receive.received"));
  for (int i = 0; i < lot_ids.size(); ++i) {
    TS_REJECT_IF(RequireHolder(ctx, lot_ids[i], fmt::format("receive.received[{}].lot_id", i)));
  }
  return CheckReceived(ctx, receive.received(), lot_ids, "receive.received");
}

MaybeRejection CheckReceiveGlobal(Context& ctx) {
  const auto& received = ctx.event.receive().received();
  for (int i = 0; i < received.size(); ++i) {
    TS_REJECT_IF(RequireUnspent(ctx, received[i].lot_id(), fmt::format("receive.received[{}].lot_id", i)));
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
const Verb kAssayVerb = {"assay", CheckAssay, CheckAssayGlobal, ApplyAssay};
const Verb kReceiveVerb = {"receive", CheckReceive, CheckReceiveGlobal, ApplyReceive};

}  // namespace touchstone::ledger
