#include "ledger/books.h"

#include <fmt/format.h>

#include "base/limits.h"
#include "ledger/findings.h"

namespace touchstone::ledger {
namespace {

v1::MassBookRecord& BookOf(Context& ctx, const std::string& party_id) {
  v1::MassBookRecord& book = ctx.draft.ChangeOrCreate<v1::MassBookRecord>(party_id);
  book.set_party_id(party_id);
  return book;
}

/// Where today's amounts are, the book being kept to the days that count.
int Today(const Context& ctx, v1::MassBookRecord& book) {
  const uint32_t today = DayOf(ctx.admission.recorded_at_us);
  const uint32_t first = today < ctx.rules.net_gain_days ? 0 : today - ctx.rules.net_gain_days + 1;
  DropBefore(*book.mutable_days(), first, *book.mutable_net_gains_ng(), *book.mutable_worked_ng());
  return OpenDay(*book.mutable_days(), today, *book.mutable_net_gains_ng(), *book.mutable_worked_ng());
}

void AddSums(v1::MassBookRecord& book, SignedFineNg loss_ng, SignedFineNg gain_ng) {
  // A sum that nothing was added to stays absent.
  const auto add = [](SignedFineNg change_ng, v1::FineSum& sum) {
    const SignedFineNg total = static_cast<SignedFineNg>(FromRecord(sum)) + change_ng;
    sum = ToRecord(static_cast<FineSumNg>(total < 0 ? 0 : total));
  };
  if (loss_ng != 0) add(loss_ng, *book.mutable_losses_ng());
  if (gain_ng != 0) add(gain_ng, *book.mutable_gains_ng());
}

void AddToSite(Context& ctx, const std::string& site_id, SignedFineNg loss_ng, SignedFineNg gain_ng) {
  if (site_id.empty()) return;
  v1::MassBookRecord& book = ctx.draft.ChangeOrCreate<v1::MassBookRecord>(site_id);
  book.set_site_id(site_id);
  AddSums(book, loss_ng, gain_ng);
}

bool IsAbove(const Threshold& threshold, SignedFineNg net_ng, SignedFineNg worked_ng) {
  return net_ng > SignedFineNg{threshold.least_ng} && net_ng * limits::kMaxPpm > worked_ng * threshold.ppm;
}

}  // namespace

void BookWorked(Context& ctx, const std::string& party_id, FineSumNg fine_ng) {
  if (!ctx.rules.whole_domain || fine_ng == 0) return;
  v1::MassBookRecord& book = BookOf(ctx, party_id);
  const int today = Today(ctx, book);
  AddTo((*book.mutable_worked_ng())[today], static_cast<SignedFineNg>(fine_ng));
}

void BookChange(Context& ctx, const std::string& party_id, const std::string& site_id, SignedFineNg loss_ng,
                SignedFineNg gain_ng) {
  if (loss_ng == 0 && gain_ng == 0) return;
  v1::MassBookRecord& book = BookOf(ctx, party_id);
  AddSums(book, loss_ng, gain_ng);
  if (!ctx.rules.whole_domain) return;
  const int today = Today(ctx, book);
  AddTo((*book.mutable_net_gains_ng())[today], gain_ng - loss_ng);
  AddToSite(ctx, site_id, loss_ng, gain_ng);
}

void BookGone(Context& ctx, const std::string& party_id, FineSumNg loss_ng) {
  if (loss_ng != 0) AddSums(BookOf(ctx, party_id), static_cast<SignedFineNg>(loss_ng), 0);
}

void BookRecovered(Context& ctx, const std::string& party_id, const std::string& site_id, FineSumNg fine_ng,
                   int64_t lost_at_us) {
  const SignedFineNg found_ng = static_cast<SignedFineNg>(fine_ng);
  v1::MassBookRecord& book = BookOf(ctx, party_id);
  AddSums(book, -found_ng, 0);
  AddToSite(ctx, site_id, -found_ng, 0);
  const int place = PlaceOf(book.days(), DayOf(lost_at_us));
  if (place == book.days_size() || book.days(place) != DayOf(lost_at_us)) return;  // no longer counted
  AddTo((*book.mutable_net_gains_ng())[place], found_ng);
}

void FindHighLoss(Context& ctx, FineSumNg loss_ng, FineSumNg in_ng, uint32_t band_ppm, std::string_view subject_id) {
  if (loss_ng * limits::kMaxPpm <= in_ng * band_ppm) return;
  AddFinding(ctx, v1::FINDING_CODE_HIGH_LOSS, subject_id,
             fmt::format("{} of fine gold lost out of {}; ordinary is up to {}", FormatFineNg(loss_ng),
                         FormatFineNg(in_ng), FormatPpm(band_ppm)));
}

bool FindGain(Context& ctx, const std::string& party_id, FineSumNg gain_ng, std::string_view subject_id) {
  AddFinding(ctx, v1::FINDING_CODE_SMALL_GAIN, subject_id,
             fmt::format("{} of fine gold more came out than went in, within assay and weighing uncertainty",
                         FormatFineNg(gain_ng)));
  return ctx.rules.whole_domain && FindNetGain(ctx, party_id);
}

bool FindNetGain(Context& ctx, const std::string& party_id) {
  const v1::MassBookRecord& book = *ctx.draft.Find<v1::MassBookRecord>(party_id);
  const uint32_t today = DayOf(ctx.admission.recorded_at_us);
  const SignedFineNg net_ng = SumUntil(book.days(), book.net_gains_ng(), today, ctx.rules.net_gain_days);
  const SignedFineNg worked_ng = SumUntil(book.days(), book.worked_ng(), today, ctx.rules.net_gain_days);
  const bool found = IsAbove(ctx.rules.net_gain_found, net_ng, worked_ng);
  const bool held = HoldsFor(ctx, found && IsAbove(ctx.rules.net_gain_held, net_ng, worked_ng),
                             v1::FINDING_CODE_GAIN_ABOVE_LIMIT, party_id);
  if (!found) return held;
  AddFinding(ctx, held ? v1::FINDING_CODE_GAIN_ABOVE_LIMIT : v1::FINDING_CODE_ACCUMULATED_GAIN, party_id,
             fmt::format("{} of fine gold gained, losses deducted, in {} days that worked {}",
                         FormatFineNg(static_cast<FineSumNg>(net_ng)), ctx.rules.net_gain_days,
                         FormatFineNg(static_cast<FineSumNg>(worked_ng))));
  return held;
}

}  // namespace touchstone::ledger
