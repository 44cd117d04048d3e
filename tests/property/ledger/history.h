// Random histories: honest and dishonest moves of a small market, told by dice.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tests/property/ledger/dice.h"
#include "tests/support/memory_ledger.h"
#include "tests/support/story.h"
#include "touchstone/v1/record.pb.h"

namespace touchstone::ledger {

/// How often a verb was tried and admitted.
struct Tally {
  int tried = 0;
  int admitted = 0;
};

/// Two miners, a refiner, a laboratory and two jewelers, who mostly play by the rules.
class Market {
 public:
  explicit Market(uint64_t seed);

  /// The next move, signed. It may be anything.
  testing::Statement Move();
  /// Notes what became of it.
  void Note(const testing::Statement& move, const Decision& decision);

  testing::MemoryLedger& ledger() { return ledger_; }
  const std::map<std::string, Tally>& counts() const { return counts_; }
  /// The party that signed a move, alone.
  std::string PartyOf(const testing::Statement& move) const;
  /// Lots and pieces that ever were.
  const std::vector<std::string>& things() const { return things_; }

 private:
  std::string SomeLot();
  std::string SomeActor();
  std::string CustodianOf(const std::string& lot_id);
  uint64_t Near(uint64_t mg);
  v1::Fineness SomeFineness(uint32_t about_ppm);
  std::vector<v1::LotPart> SomeParts(const std::string& first, std::string& actor);
  v1::Material Blend(v1::Form form, const std::vector<v1::LotPart>& parts);

  testing::Statement Produce();
  testing::Statement Transform();
  testing::Statement MakePiece();
  testing::Statement Assay();
  testing::Statement Offer();
  testing::Statement EndOffer();
  testing::Statement HandOver();
  testing::Statement Again();

  // history_custody.cc
  testing::Statement CustodyMove();
  std::string SomePiece();
  std::string MakerOf(const std::string& piece_id);
  testing::Statement Intake();
  testing::Statement Process();
  testing::Statement Sample();
  testing::Statement Pack();
  testing::Statement Unpack();
  testing::Statement Stop();
  testing::Statement Free();
  testing::Statement Count();
  testing::Statement Lose();
  testing::Statement Retire();

  // history_mass.cc
  void OpenFacilities();
  testing::Statement MassMove();
  std::string LotOf(const std::string& keeper);
  std::string LotInExchange();
  v1::AccountRecord SomeAccount(std::string& keeper);
  std::vector<v1::Output> Yield(const v1::AccountRecord& account);
  testing::Statement OpenOrClose();
  testing::Statement Charge();
  testing::Statement Discharge();
  testing::Statement Exchange();
  testing::Statement Settle();

  Dice dice_;
  testing::Story story_;
  testing::MemoryLedger ledger_;
  std::map<std::string, std::string> sites_;       // by who operates it
  std::map<std::string, std::string> actors_;      // by party id
  std::map<std::string, std::string> facilities_;  // by keeper
  std::vector<std::string> accounts_;
  std::vector<std::string> lots_ = {"lot_aaaaaaaaaaaaaaaaaaaaaaaaaa"};
  std::vector<std::string> offers_ = {"offer_aaaaaaaaaaaaaaaaaaaaaaaaaa"};
  std::vector<std::string> pieces_ = {"piece_aaaaaaaaaaaaaaaaaaaaaaaaaa"};
  std::vector<std::string> seals_ = {"P-0"};
  std::vector<std::string> stopped_ = {"lot_aaaaaaaaaaaaaaaaaaaaaaaaaa"};
  std::vector<std::string> things_;
  std::vector<testing::Statement> told_;
  std::map<std::string, Tally> counts_;
};

}  // namespace touchstone::ledger
