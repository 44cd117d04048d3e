// A large, seeded history: many mines' gold that runs together through cooperatives and melts into many pieces, with
// what the tests need to know of it in plain words.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "tests/support/story.h"

namespace touchstone::testing {

struct PyramidShape {
  int cooperatives = 200;
  int lots_each = 50;  // mine lots of each cooperative, each a production by itself
  int bars = 20;       // melts, each of the gold of cooperatives / bars of them
  int pieces = 5'000;  // of these the last tenth is made of the final melt of all bars, the others of one bar each
};

/// What became of what, as the story told it: no record, no rule.
struct Told {
  std::string id;
  uint64_t fine_ng = 0;
  std::vector<std::string> from;  // what it was made of, and how much of each went in
  std::vector<uint64_t> shares_ng;
};

/// Tells the history to `say`, event by event, and keeps what it told. The same seed tells the same. One cooperative in
/// fifty uses mercury, one in forty was never attested; both belong to the first bars. One in five is in Colombia, the
/// others in Peru; one in three washes its gold, the others smelt it as it is.
class Pyramid {
 public:
  using Say = std::function<void(const Statement&)>;

  /// With a genesis id it goes on in a ledger that was founded elsewhere, by the root of stories.
  Pyramid(uint64_t seed, const PyramidShape& shape, Say say, const crypto::Hash* genesis_id = nullptr);

  /// Everything in the order in which it was made: lots, then pieces.
  const std::vector<Told>& told() const { return told_; }
  const std::vector<std::string>& pieces() const { return pieces_; }
  /// Of a mine lot: where it was won, and how.
  struct Source {
    std::string site;
    std::string country;
    v1::ProcessRoute route = v1::PROCESS_ROUTE_UNSPECIFIED;
    bool mercury = false;
    bool attested = false;
  };
  const std::map<std::string, Source>& sources() const { return sources_; }

  Story story;

 private:
  struct Bar {
    std::string id;
    uint64_t gross_mg = 0;
  };

  void Cast(const crypto::Hash* genesis_id);
  std::string Cooperative(int number);
  Bar Melt(const std::string& actor, const std::vector<std::string>& lots);
  void MakePieces(const std::string& lot, uint64_t gross_mg, int count);
  void Tell(std::string id, uint64_t fine_ng, const std::vector<std::string>& from,
            const std::vector<uint64_t>& shares_ng);
  uint64_t Dice(uint64_t below);
  uint64_t FineOf(const std::string& id) const { return told_[places_.at(id)].fine_ng; }

  const PyramidShape shape_;
  const Say say_;
  uint64_t dice_;
  int serial_ = 0;
  std::vector<Told> told_;
  std::map<std::string, size_t> places_;
  std::vector<std::string> pieces_;
  std::map<std::string, Source> sources_;
};

}  // namespace touchstone::testing
