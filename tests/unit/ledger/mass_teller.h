// A small ledger for stories of mass: two miners, a cooperative's owner, a refiner, jewelers, laboratories, an
// attestor.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/state.h"
#include "ledger/windows.h"
#include "tests/support/mass_story.h"
#include "tests/support/memory_ledger.h"

namespace touchstone::ledger {

inline constexpr int64_t kTellerDayUs = int64_t{24} * 3600 * 1'000'000;

/// Tells one event after the other and answers with what the ledger made of it.
class Teller {
 public:
  Teller();

  /// Signs the event, and records it. Aborts when it is refused.
  Effects Tell(v1::Event event, const std::vector<std::string>& by);
  Effects Tell(const testing::Statement& statement) { return ledger.Record(statement); }
  /// What would be decided of it.
  Decision Try(v1::Event event, const std::vector<std::string>& by) const;

  /// Doré of the mine, fine gold in milligrams, at 1000 permille, of a period that ended so many days ago. Effects of
  /// the production, whose first output it is.
  Effects Produce(const std::string& miner, const std::string& site, uint64_t fine_mg, int days_ago = 0,
                  std::string_view registrant = "");
  /// The lot so made.
  std::string ProduceLot(const std::string& miner, const std::string& site, uint64_t fine_mg);

  void Wait(int days) { story.AdvanceUs(days * kTellerDayUs); }
  std::string Mine(const std::string& miner, const std::vector<std::string>& registrants = {},
                   const v1::OutputLimit* registrant_limit = nullptr);
  std::string Title(const std::string& miner, const std::vector<std::string>& sites, const v1::OutputLimit* limit);

  template <typename Record>
  Record Get(std::string_view id) const {
    return Load<Record>(ledger, id).value_or(Record());
  }
  v1::LotRecord Lot(std::string_view id) const { return Get<v1::LotRecord>(id); }
  uint64_t Next() const { return ledger.size(); }

  testing::Story story;
  testing::MemoryLedger ledger;

 private:
  int numbers_ = 0;
};

/// Whether the finding is on the event, and about what; the count of them.
int Found(const Effects& effects, v1::FindingCode code);
std::string SubjectOf(const Effects& effects, v1::FindingCode code);
/// Whether the rules hold the lot for this.
bool IsHeld(const v1::LotRecord& lot, v1::HoldRecord::Kind kind);

}  // namespace touchstone::ledger
