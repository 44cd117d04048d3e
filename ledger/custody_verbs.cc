#include "ledger/custody_verbs.h"

#include <algorithm>
#include <set>
#include <string>

#include <fmt/format.h>

#include "base/limits.h"
#include "ledger/authority.h"
#include "ledger/books.h"
#include "ledger/fields.h"
#include "ledger/findings.h"
#include "ledger/lots.h"
#include "ledger/mass_balance.h"
#include "ledger/mercury.h"
#include "ledger/output.h"
#include "ledger/stock.h"

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
        CoversPeriod(*licence, produce.period_from_us(), produce.period_until_us())) {
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

/// What came out is the operator's, and counts as output.
void EnterProduced(Context& ctx, v1::StepRecord& step) {
  if (!ctx.rules.whole_domain) return;
  const v1::Produce& produce = ctx.event.produce();
  if (produce.has_registrant()) *step.mutable_registrant() = produce.registrant();
  FineSumNg fine_ng = 0;
  for (const v1::Material& output : produce.outputs()) {
    if (output.has_fineness()) fine_ng += FineMassNg(output.gross_mg(), output.fineness().ppm());
  }
  step.set_output_fine_ng(CappedNg(fine_ng));
  BookReceipt(ctx, ctx.actor, fine_ng);
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
  step.set_first_determination(true);
  for (int i = 0; i < produce.outputs_size(); ++i) {
    const v1::LotRecord::Determination determination = DeterminationOf(produce.outputs(i), false);
    CreateLot(ctx, static_cast<uint32_t>(i), produce.outputs(i), determination, ctx.actor,
              ProducedHeritage(ctx, produce.outputs(i)));
    if (determination == v1::LotRecord::DETERMINATION_PENDING) step.set_pending_outputs(step.pending_outputs() + 1);
  }
  EnterProduced(ctx, step);
  FindUnlicensedProduction(ctx, *ctx.draft.Find<v1::SiteRecord>(produce.site_id()));
  FindMercury(ctx, produce.mercury_use(), produce.site_id());
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

bool MayExport(const Context& ctx, const v1::LicenceRecord& licence) {
  const int64_t at_us = ctx.event.occurred_at_us();
  return licence.kind() == v1::LICENCE_KIND_EXPORT && licence.holder_party_id() == ctx.actor &&
         licence.country() == ctx.event.export_().from_country() && CoversPeriod(licence, at_us, at_us + 1);
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
const Verb kReceiveVerb = {"receive", CheckReceive, CheckReceiveGlobal, ApplyReceive};
const Verb kExportVerb = {"export", CheckExport, CheckExportGlobal, ApplyExport};

}  // namespace touchstone::ledger
