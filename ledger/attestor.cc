#include "ledger/attestor.h"

#include <algorithm>
#include <cstdlib>
#include <string>

#include <fmt/format.h>

#include "ledger/findings.h"
#include "ledger/geometry.h"

namespace touchstone::ledger {
namespace {

__extension__ using Wide = unsigned __int128;

bool IsOnSite(v1::Attest::Visit visit) {
  return visit == v1::Attest::VISIT_ANNOUNCED || visit == v1::Attest::VISIT_UNANNOUNCED;
}

/// Counts the sites visited on the latest day; statements about an earlier one come too late to be counted.
void CountVisit(Context& ctx, const std::string& site_id, v1::AttestorRecord& record) {
  constexpr int64_t kDayUs = int64_t{24} * 3600 * 1'000'000;
  const auto day = static_cast<uint32_t>(ctx.event.attest().observed_until_us() / kDayUs);
  if (day < record.day()) return;
  if (day > record.day()) {
    record.set_day(day);
    record.set_visits(0);
    record.clear_visited_site_ids();
  }
  const auto& visited = record.visited_site_ids();
  if (std::find(visited.begin(), visited.end(), site_id) != visited.end()) return;
  record.set_visits(record.visits() + 1);
  if (record.visits() <= ctx.rules.visits_a_day) {
    record.add_visited_site_ids(site_id);
    return;
  }
  AddFinding(
      ctx, v1::FINDING_CODE_ATTESTOR_CONCENTRATION, ctx.actor,
      fmt::format("{} visits on site of one day; a key is trusted with {}", record.visits(), ctx.rules.visits_a_day));
}

/// The least time between a moment at the place before and one at this place. Only the first and last moments at each
/// are known: whoever was here and there in turn travelled in the shortest of the times between them.
int64_t TimeBetweenUs(const v1::AttestorRecord& before, const v1::Attest& now) {
  int64_t least_us = INT64_MAX;
  for (const int64_t then_us : {before.observed_from_us(), before.observed_until_us()}) {
    for (const int64_t now_us : {now.observed_from_us(), now.observed_until_us()}) {
      least_us = std::min(least_us, std::abs(now_us - then_us));
    }
  }
  return least_us;
}

void FindTravel(Context& ctx, const v1::SiteRecord& site, const v1::AttestorRecord& before) {
  if (!before.has_point() || before.site_id() == site.site_id()) return;
  constexpr uint64_t kHourUs = 3'600'000'000;
  const uint64_t distance_m = DistanceM(before.point(), site.point());
  const auto time_us = static_cast<uint64_t>(TimeBetweenUs(before, ctx.event.attest()));
  if (Wide{distance_m} * kHourUs <= Wide{time_us} * ctx.rules.travel_km_per_h * 1'000) return;
  AddFinding(ctx, v1::FINDING_CODE_IMPOSSIBLE_TRAVEL, site.site_id(),
             fmt::format("{} km from {}, where the key was {} min before or after", distance_m / 1'000,
                         before.site_id(), time_us / 60'000'000));
}

}  // namespace

void FollowAttestor(Context& ctx) {
  const v1::Attest& attest = ctx.event.attest();
  if (!IsOnSite(attest.visit()) || KindOfId(attest.subject_id()) != ObjectKind::kSite) return;
  const v1::SiteRecord& site = *ctx.draft.Find<v1::SiteRecord>(attest.subject_id());
  v1::AttestorRecord& record = ctx.draft.ChangeOrCreate<v1::AttestorRecord>(ctx.event.signer_keys(0));
  CountVisit(ctx, site.site_id(), record);
  if (!site.has_point()) return;
  FindTravel(ctx, site, record);
  if (attest.observed_until_us() < record.observed_until_us()) return;
  record.set_site_id(site.site_id());
  *record.mutable_point() = site.point();
  record.set_observed_from_us(attest.observed_from_us());
  record.set_observed_until_us(attest.observed_until_us());
}

}  // namespace touchstone::ledger
