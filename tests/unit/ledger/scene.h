// A small ledger to tell stories in: a mine, a refiner, a trader, and what becomes of their lots, books and verdicts.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "ledger/policy.h"
#include "ledger/state.h"
#include "tests/support/memory_ledger.h"
#include "tests/support/story.h"

namespace touchstone::ledger {

struct Scene {
  testing::Story story;
  testing::MemoryLedger ledger;
  std::string site;  // the mine of `north`

  Scene();

  /// Records what is said; it must be admitted.
  testing::Statement Say(testing::Statement statement);
  v1::Reason Refused(const testing::Statement& statement) { return testing::ReasonOf(ledger.Try(statement.envelope)); }

  /// 10 g of doré at 900 permille, of north.
  testing::Statement Dore(v1::MercuryUse mercury = v1::MERCURY_USE_NOT_USED);
  /// North melts to doré at 900 permille.
  testing::Statement Melt(const std::vector<v1::LotPart>& parts, uint64_t gross_mg);

  v1::LotRecord Lot(const std::string& id) const { return *Load<v1::LotRecord>(ledger, id); }
  /// The party's book of losses and gains, as it is stored; empty for none.
  std::string Book(const std::string& actor) const;
  v1::StockRecord Stock(const std::string& actor) const;

  v1::Evaluation Judge(const std::string& subject) const;
  bool Says(const std::string& subject, v1::VerdictCode code) const;
  /// A reader derives from a bundle what the ledger says.
  void ExpectBundleAgrees(const std::string& subject) const;
};

}  // namespace touchstone::ledger
