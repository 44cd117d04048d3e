#include "ledger/reports.h"

#include <tuple>

#include <fmt/format.h>

#include "base/check.h"
#include "ledger/state.h"
#include "ledger/stock.h"

namespace touchstone::ledger {

Month MonthOf(int64_t at_us) {
  // Days to civil dates as in Howard Hinnant's "chrono-Compatible Low-Level Date Algorithms": years that begin in March
  // put the leap day last, and 400 of them have 146,097 days.
  constexpr uint32_t kDaysToEpoch = 719'468;
  constexpr uint32_t kDaysOfEra = 146'097;
  const uint32_t days = DayOf(at_us) + kDaysToEpoch;
  const uint32_t era = days / kDaysOfEra;
  const uint32_t day = days % kDaysOfEra;
  const uint32_t year = (day - day / 1'460 + day / 36'524 - day / 146'096) / 365;
  const uint32_t day_of_year = day - (365 * year + year / 4 - year / 100);
  const uint32_t march_month = (5 * day_of_year + 2) / 153;
  const uint32_t month = march_month < 10 ? march_month + 3 : march_month - 9;
  return {static_cast<int32_t>(year + era * 400 + (month <= 2 ? 1 : 0)), month};
}

std::string ToText(const Month& month) { return fmt::format("{:04}-{:02}", month.year, month.month); }

// --- Balance ---------------------------------------------------------------------------------------------------------

namespace {

/// All that the book says is there, pending steps included.
SignedFineNg WholeOf(const v1::StockRecord& stock) {
  return BookBalance(stock) + static_cast<SignedFineNg>(FromRecord(stock.pending_ng()));
}

template <typename Record>
bool IsTable(std::string_view key) {
  return !key.empty() && key.front() == TableOf<Record>::kLetter;
}

}  // namespace

void BalanceReport::Add(const View& before, const v1::Event& event, int64_t recorded_at_us, const Mutations& changes) {
  for (const Mutation& mutation : changes) {
    if (!IsTable<v1::StockRecord>(mutation.key) || !mutation.value.has_value()) continue;
    const std::string party_id = mutation.key.substr(1);
    v1::StockRecord after;
    TS_CHECK(after.ParseFromString(*mutation.value));
    const v1::StockRecord earlier = Load<v1::StockRecord>(before, party_id).value_or(v1::StockRecord());
    const auto [place, fresh] = rows_.try_emplace({party_id, MonthOf(recorded_at_us)});
    BalanceRow& row = place->second;
    if (fresh) {
      row.party_id = party_id;
      row.month = place->first.second;
      row.opening_ng = WholeOf(earlier);
    }
    AddBook(earlier, after, event, row);
  }
}

void BalanceReport::AddBook(const v1::StockRecord& before, const v1::StockRecord& after, const v1::Event& event,
                            BalanceRow& row) {
  row.closing_ng = WholeOf(after);
  row.pending_ng = FromRecord(after.pending_ng());
  row.lots = after.lots();
  if (after.counted_index() != before.counted_index()) {
    // A count opens the book anew, on what it found and what is pending.
    row.adjusted_ng += WholeOf(after) - WholeOf(before);
    row.counts.push_back({after.counted_index(), event.stocktake().site_id(),
                          FromRecord(after.opening_ng()) - FromRecord(after.pending_ng()), BookBalance(before)});
    return;
  }
  row.receipts_ng += FromRecord(after.receipts_ng()) - FromRecord(before.receipts_ng());
  row.gains_ng += FromRecord(after.gains_ng()) - FromRecord(before.gains_ng());
  row.shipments_ng += FromRecord(after.shipments_ng()) - FromRecord(before.shipments_ng());
  row.losses_ng += FromRecord(after.losses_ng()) - FromRecord(before.losses_ng());
}

std::vector<BalanceRow> BalanceReport::Rows() const {
  std::vector<BalanceRow> rows;
  for (const auto& [key, row] : rows_) rows.push_back(row);
  return rows;
}

// --- Origin ----------------------------------------------------------------------------------------------------------

namespace {

OriginKind KindOf(v1::RegisterSite::Scale scale) {
  switch (scale) {
    case v1::RegisterSite::SCALE_ARTISANAL:
      return OriginKind::kArtisanal;
    case v1::RegisterSite::SCALE_LARGE:
      return OriginKind::kLargeScale;
    case v1::RegisterSite::SCALE_UNSPECIFIED:
    case v1::RegisterSite_Scale_RegisterSite_Scale_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::RegisterSite_Scale_RegisterSite_Scale_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return OriginKind::kUnknown;
}

OriginKind KindOf(v1::Intake::Door door) {
  switch (door) {
    case v1::Intake::DOOR_RECYCLED:
      return OriginKind::kRecycled;
    case v1::Intake::DOOR_EXISTING_STOCK:
      return OriginKind::kExistingStock;
    case v1::Intake::DOOR_LARGE_SCALE_MINED:
      return OriginKind::kLargeScale;
    case v1::Intake::DOOR_ARTISANAL_OFF_LEDGER:
      return OriginKind::kArtisanal;
    case v1::Intake::DOOR_UNKNOWN:
    case v1::Intake::DOOR_UNSPECIFIED:
    case v1::Intake_Door_Intake_Door_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::Intake_Door_Intake_Door_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return OriginKind::kUnknown;
}

bool IsSource(const v1::StepRecord& step) {
  return step.kind() == v1::StepRecord::KIND_PRODUCE || step.kind() == v1::StepRecord::KIND_INTAKE;
}

/// How much of the material of a step each source is behind, by its entry. Weights are those of the rules: see
/// LotRecord.sources.
std::map<uint64_t, FineSumNg> SourcesOf(const View& state, const v1::StepRecord& step) {
  std::map<uint64_t, FineSumNg> weights;
  for (const v1::LotShare& share : step.inputs()) {
    const std::optional<v1::LotRecord> lot = Load<v1::LotRecord>(state, share.lot_id());
    if (!lot.has_value()) continue;
    FineSumNg whole = 0;
    for (const v1::SourceRecord& source : lot->sources()) whole += source.weight();
    for (const v1::SourceRecord& source : lot->sources()) {
      const FineSumNg weight = FineSumNg{source.weight()} * share.gross_mg() / whole;
      weights[source.index()] += weight == 0 ? 1 : weight;
    }
  }
  return weights;
}

/// Sums what entered, over the steps of a state.
class Origins {
 public:
  explicit Origins(const MemoryState& state) : state_(state) {}

  void Add(const v1::StepRecord& step) {
    if (step.voided_index() != 0) return;
    if (IsSource(step)) {
      OriginRow& row = RowOf(step);
      ++row.entries;
      row.fine_ng += step.output_fine_ng();
    } else if (step.first_determination()) {
      Spread(step);
    }
  }

  std::vector<OriginRow> Take() {
    std::vector<OriginRow> rows;
    for (auto& [key, row] : rows_) rows.push_back(std::move(row));
    return rows;
  }

 private:
  /// Gold that is first known in a later step: the last source gets what division leaves.
  void Spread(const v1::StepRecord& step) {
    const std::map<uint64_t, FineSumNg> weights = SourcesOf(state_, step);
    FineSumNg whole = 0;
    for (const auto& [index, weight] : weights) whole += weight;
    FineSumNg left_ng = step.output_fine_ng();
    size_t to_come = weights.size();
    for (const auto& [index, weight] : weights) {
      const FineSumNg part_ng = --to_come == 0 ? left_ng : FineSumNg{step.output_fine_ng()} * weight / whole;
      left_ng -= part_ng;
      const std::optional<v1::StepRecord> source = Load<v1::StepRecord>(state_, StepId(index));
      if (source.has_value() && source->voided_index() == 0) RowOf(*source).fine_ng += part_ng;
    }
  }

  OriginRow& RowOf(const v1::StepRecord& source) {
    std::string country = source.country();
    OriginKind kind = KindOf(source.door());
    if (source.kind() == v1::StepRecord::KIND_PRODUCE) {
      const v1::SiteRecord site = Load<v1::SiteRecord>(state_, source.site_id()).value_or(v1::SiteRecord());
      country = site.country();
      kind = KindOf(site.scale());
    }
    const Month month = MonthOf(source.recorded_at_us());
    OriginRow& row = rows_[{month, country, kind}];
    row.month = month;
    row.country = country;
    row.kind = kind;
    return row;
  }

  const MemoryState& state_;
  std::map<std::tuple<Month, std::string, OriginKind>, OriginRow> rows_;
};

}  // namespace

std::string_view NameOf(OriginKind kind) {
  switch (kind) {
    case OriginKind::kArtisanal:
      return "artisanal";
    case OriginKind::kLargeScale:
      return "large-scale";
    case OriginKind::kRecycled:
      return "recycled";
    case OriginKind::kExistingStock:
      return "existing-stock";
    case OriginKind::kUnknown:
      return "unknown";
  }
  return "";
}

std::vector<OriginRow> OriginReport(const MemoryState& state) {
  Origins origins(state);
  const std::string prefix = StateKey<v1::StepRecord>("");
  for (const auto& [key, bytes] : state.records()) {
    if (!key.starts_with(prefix)) continue;
    v1::StepRecord step;
    TS_CHECK(step.ParseFromString(bytes));
    origins.Add(step);
  }
  return origins.Take();
}

}  // namespace touchstone::ledger
