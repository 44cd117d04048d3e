// One history, decided twice: by the rules and by the model.
#pragma once

#include <cstdint>
#include <string>

#include "ledger/decide.h"
#include "ledger/state.h"
#include "tests/property/ledger/model/market.h"
#include "tests/property/ledger/model/model.h"
#include "tests/property/ledger/model/tally.h"

namespace touchstone::ledger::model {

class Twins {
 public:
  explicit Twins(uint64_t seed) : seed_(seed), market_(seed, model_.world()) {}

  /// Decides so many events of the market. What rules and model disagree about, in words with the event: the first
  /// difference ends the history; empty when there is none.
  std::string Tell(uint64_t events);

  const Tally& tally() const { return tally_; }

 private:
  std::string Decide(const Move& move);

  uint64_t seed_;
  MemoryState state_;
  ReferenceModel model_;
  Market market_;
  Tally tally_;
};

}  // namespace touchstone::ledger::model
