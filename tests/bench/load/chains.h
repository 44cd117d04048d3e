// What happens in a district: each chain is what becomes of a lot or two, from where they enter to where they end.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>

#include "tests/bench/load/load_story.h"

namespace touchstone::bench {

/// Tells its chains to a story, in turn: mostly gold on its way from the mine to a ring, and trade; now and then what
/// is rarer. Not thread-safe.
class Chains {
 public:
  /// Registers who is in the district: the first that it tells.
  Chains(LoadStory& story, std::string_view run, uint64_t district);

  /// Tells the next chain.
  void TellNext();

 private:
  void Settle();
  std::string Site(std::string_view name, v1::RegisterSite::Kind kind, const std::string& operated_by);

  void MineToRing();
  void Trade();
  void Plant();
  void Keeping();
  void Workshop();

  testing::Statement Say(v1::Event event, const std::string& signer);
  uint64_t Grams(uint64_t least, uint64_t most);
  std::string Number(std::string_view kind) const;

  LoadStory& story_;
  const std::string name_;  // of the district
  const uint64_t district_;
  std::mt19937_64 dice_;
  uint64_t chain_ = 0;

  std::string miner_, trader_, refiner_, laboratory_, inspector_, jeweler_, keeper_;
  std::string mine_, refinery_, vault_, export_licence_;
};

}  // namespace touchstone::bench
