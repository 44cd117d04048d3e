#include "ledger/seals.h"

#include <cstdint>
#include <optional>

#include <fmt/format.h>

#include "ledger/findings.h"
#include "ledger/state.h"

namespace touchstone::ledger {
namespace {

/// The name under which a seal is known to have been closed. It keeps the last event that closed it.
std::string SealName(std::string_view seal) { return fmt::format("seal/{}", seal); }

}  // namespace

const std::string& SealOn(const v1::LotRecord& lot) {
  return lot.pack_seal().empty() ? lot.material().seal() : lot.pack_seal();
}

std::optional<uint64_t> SealClosedBy(const View& view, std::string_view seal) {
  const std::optional<std::string> bytes = view.Get(std::string(1, kUniqueNamesLetter).append(SealName(seal)));
  v1::EventRecord record;
  if (!bytes.has_value() || !record.ParseFromString(*bytes)) return std::nullopt;
  return record.index();
}

void CloseSeal(Context& ctx, const std::string& seal, std::string_view lot_id) {
  if (!ctx.rules.whole_domain) return;
  const std::optional<uint64_t> by = ctx.draft.NameUsedBy(SealName(seal));
  if (by.has_value() && *by != ctx.admission.index) {
    AddFinding(ctx, v1::FINDING_CODE_SEAL_REUSED, lot_id,
               fmt::format("seal `{}` was closed by entry {}; a seal is closed once", seal, *by));
  }
  KeepSeal(ctx, seal);
}

void KeepSeal(Context& ctx, const std::string& seal) {
  if (ctx.rules.whole_domain) ctx.draft.UseName(SealName(seal), ctx.admission.index);
}

}  // namespace touchstone::ledger
