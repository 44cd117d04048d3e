// What auditors sum over a whole log: the books of custodians month by month, and where its gold came from. Pure, and
// fed by whoever replays the log. Ruleset 1 keeps no books and no such sums: of a ledger under it these reports are
// empty.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/mutation.h"
#include "ledger/mass.h"
#include "ledger/view.h"
#include "ledger/windows.h"
#include "touchstone/v1/event.pb.h"

namespace touchstone::ledger {

/// A month of the Gregorian calendar in UTC.
struct Month {
  int32_t year = 0;
  uint32_t month = 0;  // 1 to 12
  auto operator<=>(const Month&) const = default;
};

/// The month of a moment, given in Unix microseconds from 1970 on.
Month MonthOf(int64_t at_us);
/// `2026-03`.
std::string ToText(const Month& month);

// --- Balance ---------------------------------------------------------------------------------------------------------

/// One stocktake, against the book as it stood before it. Fine gold of determined lots in nanograms.
struct StockCount {
  uint64_t index = 0;  // of its entry
  std::string site_id;
  FineSumNg counted_ng = 0;
  SignedFineNg book_ng = 0;
};

/// The book of a custodian over the entries recorded in one month. Fine gold in nanograms, what is in steps whose
/// outputs are still to be assayed included:
///   opening + receipts + gains - shipments - losses + adjusted = closing.
/// A facility's book is its custodian's: a party moves gold between its own premises without an event.
struct BalanceRow {
  std::string party_id;
  Month month;
  SignedFineNg opening_ng = 0;
  FineSumNg receipts_ng = 0;
  FineSumNg gains_ng = 0;
  FineSumNg shipments_ng = 0;
  FineSumNg losses_ng = 0;
  SignedFineNg adjusted_ng = 0;  // what counts found more than the book said, or less (below zero)
  SignedFineNg closing_ng = 0;
  FineSumNg pending_ng = 0;  // of the closing, what is in such steps
  uint64_t lots = 0;         // held at the end
  std::vector<StockCount> counts;
};

/// Follows the books from entry to entry. Not thread-safe.
class BalanceReport {
 public:
  /// The next entry: the state before it, and what it changes of it. Entries come in the order of the log.
  void Add(const View& before, const v1::Event& event, int64_t recorded_at_us, const Mutations& changes);

  /// By party id, then month; months in which nothing changed are left out.
  std::vector<BalanceRow> Rows() const;

 private:
  void AddBook(const v1::StockRecord& before, const v1::StockRecord& after, const v1::Event& event, BalanceRow& row);

  std::map<std::pair<std::string, Month>, BalanceRow> rows_;
};

// --- Origin ----------------------------------------------------------------------------------------------------------

/// What gold was before it entered the ledger.
enum class OriginKind { kArtisanal, kLargeScale, kRecycled, kExistingStock, kUnknown };

/// `artisanal`, `large-scale`, `recycled`, `existing-stock`, `unknown`.
std::string_view NameOf(OriginKind kind);

/// What entered in one month from one country, in one kind.
struct OriginRow {
  Month month;          // in which the log recorded that it entered
  std::string country;  // ISO 3166-1 alpha-2; empty: not stated
  OriginKind kind = OriginKind::kUnknown;
  uint64_t entries = 0;   // productions and intakes
  FineSumNg fine_ng = 0;  // fine gold in nanograms
};

/// Productions, by country and scale of their site, and intakes, by country and door, by month, country and kind. Gold
/// counts where it entered, as it is known at the end of the log: what was first determined in a later step counts for
/// the productions and intakes that the material came from, in proportion. Ore whose gold nobody has determined yet
/// counts as entries alone. What was voided does not count.
std::vector<OriginRow> OriginReport(const MemoryState& state);

}  // namespace touchstone::ledger
