#include "ledger/custody_verbs.h"

#include <algorithm>
#include <set>
#include <string>

#include <fmt/format.h>

#include "base/limits.h"
#include "ledger/authority.h"
#include "ledger/fields.h"
#include "ledger/findings.h"
#include "ledger/lots.h"
#include "ledger/mass_balance.h"
#include "ledger/mercury.h"

namespace touchstone::ledger {
namespace {

// --- Produce ----------------------------------------------------------------------------------------------------------

MaybeRejection CheckProducedOutputs(const Context& ctx) {
  const v1::Produce& produce = ctx.event.produce();
  TS_REJECT_IF(CheckCount(produce.outputs_size(), 1, limits::kMaxItemsPerEvent, "produce.outputs"));
  for (int i = 0; i < produce.outputs_size(); ++i) {
    const std::string path = fmt::format("produce.outputs[{}]", i);
    TS_REJECT_IF(CheckMaterial(produce.outputs(i), path));
    if ((ctx.rules.produced_forms & FormBit(produce.outputs(i).form())) == 0) {
      return Reject(v1::REASON_FORM_INVALID, path + ".form",
                    fmt::format("a mine does not yield {}", v1::Form_Name(produce.outputs(i).form())));
    }
  }
  return std::nullopt;
}

MaybeRejection CheckProduce(Context& ctx) {
  const v1::Produce& produce = ctx.event.produce();
  TS_REJECT_IF(RequireActor(ctx));
  TS_REJECT_IF(RequireRole(ctx, RoleBit(v1::ROLE_MINER) | RoleBit(v1::ROLE_COOPERATIVE)));
  TS_REJECT_IF(CheckId(ObjectKind::kSite, produce.site_id(), "produce.site_id"));
  const v1::SiteRecord* site = ctx.draft.Find<v1::SiteRecord>(produce.site_id());
  if (site == nullptr) {
    return Reject(v1::REASON_UNKNOWN_SITE, "produce.site_id", fmt::format("`{}` is not registered", produce.site_id()));
  }
  if (site->operator_party_id() != ctx.actor) {
    return Reject(v1::REASON_NOT_OPERATOR, "produce.site_id", fmt::format("operated by {}", site->operator_party_id()));
  }
  if (site->kind() != v1::RegisterSite::KIND_MINE) {
    return Reject(v1::REASON_FIELD_INVALID, "produce.site_id", "gold is produced at a mine");
  }
  TS_REJECT_IF(CheckProducedOutputs(ctx));
  TS_REJECT_IF(CheckChosen(produce.route(), "produce.route"));
  TS_REJECT_IF(CheckPeriod(produce.period_from_us(), produce.period_until_us(), "produce.period_from_us",
                           "produce.period_until_us"));
  if (produce.period_until_us() > ctx.event.occurred_at_us()) {
    return Reject(v1::REASON_FIELD_INVALID, "produce.period_until_us", "not after occurred_at_us");
  }
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

void FindMercury(Context& ctx, v1::MercuryUse use, std::string_view site_id) {
  if (use == v1::MERCURY_USE_USED) {
    AddFinding(ctx, v1::FINDING_CODE_MERCURY_USED, site_id, "the producer declares that mercury was used");
  }
  if (use == v1::MERCURY_USE_UNSPECIFIED) {
    AddFinding(ctx, v1::FINDING_CODE_MERCURY_UNDECLARED, site_id, "the producer does not say whether mercury was used");
  }
}

Heritage ProducedHeritage(const Context& ctx, const v1::Material& output) {
  Heritage heritage;
  if (!ctx.rules.whole_domain) return heritage;
  const v1::Produce& produce = ctx.event.produce();
  heritage.mercury_history =
      produce.mercury_use() == v1::MERCURY_USE_USED || NeedsMercury(produce.route()) || ShowsMercury(output.form());
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
  step.set_first_determination(true);
  for (int i = 0; i < produce.outputs_size(); ++i) {
    const v1::LotRecord::Determination determination = DeterminationOf(produce.outputs(i), false);
    CreateLot(ctx, static_cast<uint32_t>(i), produce.outputs(i), determination, ctx.actor,
              ProducedHeritage(ctx, produce.outputs(i)));
    if (determination == v1::LotRecord::DETERMINATION_PENDING) step.set_pending_outputs(step.pending_outputs() + 1);
  }
  FindUnlicensedProduction(ctx, *ctx.draft.Find<v1::SiteRecord>(produce.site_id()));
  FindMercury(ctx, produce.mercury_use(), produce.site_id());
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

/// The loss band of the step that made a lot.
uint32_t LossBandPpm(const Context& ctx, const v1::StepRecord& step) {
  if (step.kind() == v1::StepRecord::KIND_MAKE_PIECE) return ctx.rules.PieceRule().loss_band_ppm;
  const StepRule* rule = ctx.rules.StepRuleOf(step.transform_kind());
  return rule == nullptr ? 0 : rule->loss_band_ppm;
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
  SettleDetermination(ctx, lot.fine_ng(), LossBandPpm(ctx, step), lot.lot_id(), step);
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
  google::protobuf::RepeatedPtrField<std::string> lot_ids;
  for (const v1::ReceivedMass& received : receive.received()) *lot_ids.Add() = received.lot_id();
  TS_REJECT_IF(RequireLots(ctx, lot_ids, "receive.received"));
  for (int i = 0; i < lot_ids.size(); ++i) {
    TS_REJECT_IF(RequireCustodian(ctx, lot_ids[i], fmt::format("receive.received[{}].lot_id", i)));
  }
  return CheckReceived(receive.received(), lot_ids, "receive.received");
}

MaybeRejection CheckReceiveGlobal(Context& ctx) {
  const auto& received = ctx.event.receive().received();
  for (int i = 0; i < received.size(); ++i) {
    TS_REJECT_IF(RequireUnspent(ctx, received[i].lot_id(), fmt::format("receive.received[{}].lot_id", i)));
  }
  return std::nullopt;
}

void ApplyReceive(Context& ctx) {
  const v1::Receive& receive = ctx.event.receive();
  for (const v1::ReceivedMass& received : receive.received()) {
    if (receive.release_from_quarantine()) ctx.draft.Change<v1::LotRecord>(received.lot_id()).set_quarantined(false);
    AddHistory(ctx, received.lot_id());
  }
  FindMassMismatches(ctx, receive.received());
  FindLateRecord(ctx);
}

// --- Export -----------------------------------------------------------------------------------------------------------

MaybeRejection CheckExport(Context& ctx) {
  const v1::Export& exported = ctx.event.export_();
  TS_REJECT_IF(RequireActor(ctx));
  TS_REJECT_IF(RequireLots(ctx, exported.lot_ids(), "export.lot_ids"));
  for (int i = 0; i < exported.lot_ids_size(); ++i) {
    TS_REJECT_IF(RequireCustodian(ctx, exported.lot_ids(i), fmt::format("export.lot_ids[{}]", i)));
  }
  TS_REJECT_IF(CheckCountry(exported.from_country(), "export.from_country"));
  TS_REJECT_IF(CheckCountry(exported.to_country(), "export.to_country"));
  if (exported.from_country() == exported.to_country()) {
    return Reject(v1::REASON_FIELD_INVALID, "export.to_country", "another country than from_country");
  }
  TS_REJECT_IF(CheckReference(exported.customs_reference(), "export.customs_reference", false));
  TS_REJECT_IF(CheckDocuments(exported.documents(), "export.documents"));
  if (exported.licence_id().empty()) return std::nullopt;
  TS_REJECT_IF(CheckId(ObjectKind::kLicence, exported.licence_id(), "export.licence_id"));
  if (ctx.draft.Find<v1::LicenceRecord>(exported.licence_id()) != nullptr) return std::nullopt;
  return Reject(v1::REASON_UNKNOWN_LICENCE, "export.licence_id",
                fmt::format("`{}` is not registered", exported.licence_id()));
}

MaybeRejection CheckExportGlobal(Context& ctx) {
  const v1::Export& exported = ctx.event.export_();
  for (int i = 0; i < exported.lot_ids_size(); ++i) {
    TS_REJECT_IF(RequireFree(ctx, exported.lot_ids(i), fmt::format("export.lot_ids[{}]", i)));
  }
  return std::nullopt;
}

bool MayExport(Context& ctx, const v1::LicenceRecord& licence) {
  const int64_t at_us = ctx.event.occurred_at_us();
  return licence.kind() == v1::LICENCE_KIND_EXPORT && licence.holder_party_id() == ctx.actor &&
         licence.country() == ctx.event.export_().from_country() && CoversPeriod(ctx, licence, at_us, at_us + 1);
}

void ApplyExport(Context& ctx) {
  const v1::Export& exported = ctx.event.export_();
  for (const std::string& lot_id : exported.lot_ids()) AddHistory(ctx, lot_id);
  const v1::LicenceRecord* licence =
      exported.licence_id().empty() ? nullptr : ctx.draft.Find<v1::LicenceRecord>(exported.licence_id());
  if (licence == nullptr || !MayExport(ctx, *licence)) {
    AddFinding(ctx, v1::FINDING_CODE_UNLICENSED_EXPORT, exported.lot_ids(0),
               fmt::format("no export licence of {} from {} was valid", ctx.actor, exported.from_country()));
  }
  FindLateRecord(ctx);
}

}  // namespace

MaybeRejection CheckReceived(const google::protobuf::RepeatedPtrField<v1::ReceivedMass>& received,
                             const google::protobuf::RepeatedPtrField<std::string>& lot_ids, std::string_view field) {
  std::set<std::string_view> open(lot_ids.begin(), lot_ids.end());
  for (int i = 0; i < received.size(); ++i) {
    const std::string path = fmt::format("{}[{}]", field, i);
    if (open.erase(received[i].lot_id()) == 0) {
      return Reject(v1::REASON_FIELD_INVALID, path + ".lot_id", "a lot of this transfer, each once");
    }
    if (received[i].gross_mg() == 0 || received[i].gross_mg() > limits::kMaxOreMg) {
      return Reject(v1::REASON_FIELD_INVALID, path + ".gross_mg", "the mass on the receiver's scale, in milligrams");
    }
  }
  return std::nullopt;
}

void FindMassMismatches(Context& ctx, const google::protobuf::RepeatedPtrField<v1::ReceivedMass>& received) {
  for (const v1::ReceivedMass& weighed : received) {
    const uint64_t stated_mg = MassMg(ctx.draft.Find<v1::LotRecord>(weighed.lot_id())->material());
    const uint64_t difference_mg =
        stated_mg > weighed.gross_mg() ? stated_mg - weighed.gross_mg() : weighed.gross_mg() - stated_mg;
    if (difference_mg <= WeighingToleranceMg(ctx.rules, stated_mg)) continue;
    AddFinding(ctx, v1::FINDING_CODE_MASS_MISMATCH, weighed.lot_id(),
               fmt::format("received {}, stated {}", FormatMassMg(weighed.gross_mg()), FormatMassMg(stated_mg)));
  }
}

const Verb kProduceVerb = {"produce", CheckProduce, nullptr, ApplyProduce};
const Verb kAssayVerb = {"assay", CheckAssay, CheckAssayGlobal, ApplyAssay};
const Verb kReceiveVerb = {"receive", CheckReceive, CheckReceiveGlobal, ApplyReceive};
const Verb kExportVerb = {"export", CheckExport, CheckExportGlobal, ApplyExport};

}  // namespace touchstone::ledger
