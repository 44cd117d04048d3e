// Verdicts and shares of pieces with thousands of lots upstream, against a reference that knows only what was told.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "ledger/attribution.h"
#include "ledger/describe.h"
#include "ledger/policy.h"
#include "tests/support/memory_ledger.h"
#include "tests/support/pyramid.h"
#include "tests/support/reader.h"

namespace touchstone::ledger {
namespace {

using testing::MemoryLedger;
using testing::Pyramid;
using testing::Told;

/// Told once for all tests.
struct World {
  World() : pyramid(1, {}, [this](const testing::Statement& statement) { ledger.Record(statement); }) {}

  MemoryLedger ledger;
  Pyramid pyramid;
};

const World& TheWorld() {
  static const World& world = *new World;
  return world;
}

__extension__ using Wide = unsigned __int128;

/// What each mine lot contributed to the thing: from the last made to the first, each divided among what it was made
/// of.
std::map<std::string, uint64_t> Reference(const Pyramid& pyramid, const std::string& id) {
  std::map<std::string, uint64_t> amounts;
  std::map<std::string, uint64_t> sources;
  for (auto told = pyramid.told().rbegin(); told != pyramid.told().rend(); ++told) {
    if (told->id == id) amounts[id] = told->fine_ng;
    const auto amount = amounts.find(told->id);
    if (amount == amounts.end()) continue;
    if (told->from.empty()) {
      if (amount->second != 0) sources.insert(*amount);
      continue;
    }
    Wide all = 0;
    for (const uint64_t share : told->shares_ng) all += share;
    Wide before = 0;
    uint64_t given = 0;
    for (size_t i = 0; i < told->from.size(); ++i) {
      before += told->shares_ng[i];
      const auto bound = static_cast<uint64_t>(Wide{amount->second} * before / all);
      amounts[told->from[i]] += bound - given;
      given = bound;
    }
  }
  return sources;
}

/// So many of the pieces, by chance, each once. The same seed chooses the same.
std::vector<std::string> SomePieces(const Pyramid& pyramid, size_t count, uint64_t seed) {
  std::vector<std::string> pieces = pyramid.pieces();
  std::mt19937_64 dice(seed);
  for (size_t i = 0; i < count; ++i) std::swap(pieces[i], pieces[i + dice() % (pieces.size() - i)]);
  pieces.resize(count);
  return pieces;
}

using Sums = std::map<std::string, uint64_t>;

/// The contributions of the mine lots, summed by something that is known of each.
Sums SummedBy(const std::map<std::string, uint64_t>& sources,
              const std::function<std::string(const std::string& lot)>& key) {
  Sums sums;
  for (const auto& [lot, amount] : sources) sums[key(lot)] += amount;
  return sums;
}

Sums SumsOf(const google::protobuf::RepeatedPtrField<v1::AttributedShare>& shares) {
  Sums sums;
  for (const v1::AttributedShare& share : shares) sums[share.key()] += share.fine_ng();
  return sums;
}

void ExpectSharesOf(const Pyramid& pyramid, const std::map<std::string, uint64_t>& reference,
                    const v1::Attribution& attribution) {
  const auto& told = pyramid.sources();
  EXPECT_EQ(SumsOf(attribution.by_site()), SummedBy(reference, [&](const auto& lot) { return told.at(lot).site; }));
  EXPECT_EQ(SumsOf(attribution.by_country()),
            SummedBy(reference, [&](const auto& lot) { return told.at(lot).country; }));
  EXPECT_EQ(SumsOf(attribution.by_route()), SummedBy(reference, [&](const auto& lot) {
              return Words(*v1::ProcessRoute_descriptor(), told.at(lot).route);
            }));
  EXPECT_EQ(SumsOf(attribution.by_door()), SummedBy(reference, [](const auto&) { return "produce"; }));
}

v1::Verdict ReferenceVerdict(const Pyramid& pyramid, const std::map<std::string, uint64_t>& sources) {
  bool missing = false;
  for (const auto& [lot, amount] : sources) {
    if (pyramid.sources().at(lot).mercury) return v1::VERDICT_FAIL;
    missing |= !pyramid.sources().at(lot).attested;
  }
  return missing ? v1::VERDICT_INDETERMINATE : v1::VERDICT_PASS;
}

TEST(Pyramid, SharesAndVerdictsAreThoseOfANaiveReference) {
  const Pyramid& pyramid = TheWorld().pyramid;
  const Policy& pack = *FindBuiltInPolicy("mercury-free");
  std::map<v1::Verdict, int> met;
  size_t most = 0;
  for (const std::string& piece : SomePieces(pyramid, 500, 11)) {
    const auto ancestry = TraceUpstream(TheWorld().ledger, piece, 0);
    ASSERT_TRUE(ancestry.ok()) << ancestry.status();
    std::map<std::string, uint64_t> sources;
    uint64_t sum = 0;
    const v1::Attribution attribution = Attribute(TheWorld().ledger, *ancestry);
    for (const v1::SourceShare& share : attribution.sources()) {
      sources[share.lot_id()] = share.fine_ng();
      sum += share.fine_ng();
    }
    const std::map<std::string, uint64_t> reference = Reference(pyramid, piece);
    ASSERT_EQ(sources, reference) << piece;
    EXPECT_EQ(sum, ancestry->nodes.front().piece->fine_ng());
    ExpectSharesOf(pyramid, reference, attribution);
    ASSERT_FALSE(::testing::Test::HasFailure()) << piece;
    most = std::max(most, sources.size());
    const auto evaluation = Evaluate(TheWorld().ledger, TheWorld().ledger.size(), piece, pack);
    ASSERT_TRUE(evaluation.ok()) << evaluation.status();
    EXPECT_EQ(evaluation->verdict(), ReferenceVerdict(pyramid, reference)) << piece;
    ++met[evaluation->verdict()];
  }
  EXPECT_EQ(most, 10'000u);
  for (const v1::Verdict verdict : {v1::VERDICT_PASS, v1::VERDICT_FAIL, v1::VERDICT_INDETERMINATE}) {
    EXPECT_GT(met[verdict], 0) << v1::Verdict_Name(verdict);
  }
}

TEST(Pyramid, SumsBySiteCountryRouteAndDoorAreTheWhole) {
  const std::string& piece = TheWorld().pyramid.pieces().back();
  const auto ancestry = TraceUpstream(TheWorld().ledger, piece, 0);
  ASSERT_TRUE(ancestry.ok()) << ancestry.status();
  const v1::Attribution attribution = Attribute(TheWorld().ledger, *ancestry);
  EXPECT_EQ(attribution.sources_size(), 10'000);
  EXPECT_EQ(attribution.by_site_size(), 200);
  for (const auto& shares :
       {attribution.by_site(), attribution.by_country(), attribution.by_route(), attribution.by_door()}) {
    uint64_t sum = 0;
    for (const v1::AttributedShare& share : shares) sum += share.fine_ng();
    EXPECT_EQ(sum, attribution.fine_ng());
  }
  ASSERT_EQ(attribution.by_country_size(), 2);
  EXPECT_EQ(attribution.by_country(0).key(), "CO");
  EXPECT_EQ(attribution.by_country(1).key(), "PE");
  EXPECT_EQ(attribution.by_route_size(), 2);
  ExpectSharesOf(TheWorld().pyramid, Reference(TheWorld().pyramid, piece), attribution);
}

/// A smaller one, so that bundles of it are made and verified by the dozen.
TEST(Pyramid, ReadersOfItsBundlesDeriveUnderEveryPackWhatTheLedgerSays) {
  MemoryLedger ledger;
  const Pyramid pyramid(7, {.cooperatives = 80, .lots_each = 3, .bars = 8, .pieces = 80},
                        [&](const testing::Statement& statement) { ledger.Record(statement); });
  std::map<v1::Verdict, int> met;
  for (size_t i = 0; i < pyramid.pieces().size(); i += 9) {
    const std::string& piece = pyramid.pieces()[i];
    EXPECT_EQ(testing::WhereReaderDiffers(ledger, piece, testing::AllPacks()), "") << piece;
    ++met[Evaluate(ledger, ledger.size(), piece, *FindBuiltInPolicy("mercury-free"))->verdict()];
  }
  for (const v1::Verdict verdict : {v1::VERDICT_PASS, v1::VERDICT_FAIL}) {
    EXPECT_GT(met[verdict], 0) << v1::Verdict_Name(verdict);
  }
}

}  // namespace
}  // namespace touchstone::ledger
