// The papers under which lots leave one country and enter another.
#include <string>

#include <fmt/format.h>

#include "ledger/authority.h"
#include "ledger/custody_verbs.h"
#include "ledger/fields.h"
#include "ledger/findings.h"
#include "ledger/lots.h"

namespace touchstone::ledger {
namespace {

MaybeRejection RequireHeldLots(Context& ctx, const LotIds& lot_ids, const Path& field) {
  TS_REJECT_IF(RequireLots(ctx, lot_ids, field));
  for (int i = 0; i < lot_ids.size(); ++i) {
    TS_REJECT_IF(RequireCustodian(ctx, lot_ids[i], fmt::format("{}[{}]", field, i)));
  }
  return std::nullopt;
}

// --- Export -----------------------------------------------------------------------------------------------------------

MaybeRejection CheckExport(Context& ctx) {
  const v1::Export& exported = ctx.event.export_();
  TS_REJECT_IF(RequireActor(ctx));
  TS_REJECT_IF(RequireHeldLots(ctx, exported.lot_ids(), "export.lot_ids"));
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

// --- Import -----------------------------------------------------------------------------------------------------------

MaybeRejection CheckImport(Context& ctx) {
  const v1::Import& imported = ctx.event.import();
  TS_REJECT_IF(RequireActor(ctx));
  TS_REJECT_IF(RequireHeldLots(ctx, imported.lot_ids(), "import.lot_ids"));
  TS_REJECT_IF(CheckCountry(imported.country(), "import.country"));
  TS_REJECT_IF(CheckReference(imported.customs_reference(), "import.customs_reference", false));
  return CheckDocuments(imported.documents(), "import.documents");
}

/// They are in the country whatever binds or holds them.
MaybeRejection CheckImportGlobal(Context& ctx) {
  const v1::Import& imported = ctx.event.import();
  for (int i = 0; i < imported.lot_ids_size(); ++i) {
    TS_REJECT_IF(RequireHere(ctx, imported.lot_ids(i), fmt::format("import.lot_ids[{}]", i)));
  }
  return std::nullopt;
}

void ApplyImport(Context& ctx) {
  for (const std::string& lot_id : ctx.event.import().lot_ids()) AddHistory(ctx, lot_id);
  FindLateRecord(ctx);
}

}  // namespace

const Verb kExportVerb = {"export", CheckExport, CheckExportGlobal, ApplyExport};
const Verb kImportVerb = {"import", CheckImport, CheckImportGlobal, ApplyImport, 2};

}  // namespace touchstone::ledger
