// What holds for every history, honest or not: gold neither multiplies nor vanishes unbooked, and nothing is used
// twice.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "base/status.h"
#include "ledger/bundle.h"
#include "ledger/envelope.h"
#include "ledger/lots.h"
#include "ledger/mass.h"
#include "ledger/policy.h"
#include "ledger/replay.h"
#include "ledger/state.h"
#include "ledger/stock.h"
#include "tests/property/ledger/history.h"
#include "tests/support/bits.h"

namespace touchstone::ledger {
namespace {

using testing::Describe;
using testing::MemoryLedger;
using testing::ReasonOf;
using testing::Statement;

constexpr int kMoves = 90;  // in one history

__extension__ using Signed = __int128;

/// Whether an assay changes what a lot is determined at. Worked out from all assays, not from which one governs.
bool ChangesFineness(const v1::LotRecord& lot, const v1::Assay& assay) {
  if (lot.settled()) return false;
  if (assay.standing() == v1::Assay::STANDING_UMPIRE) {
    return std::all_of(lot.assays().begin(), lot.assays().end(), [&](const v1::AssayRecord& other) {
      return other.standing() != v1::Assay::STANDING_UMPIRE || other.fineness().ppm() > assay.fineness().ppm();
    });
  }
  return std::none_of(lot.assays().begin(), lot.assays().end(),
                      [](const v1::AssayRecord& other) { return other.standing() == v1::Assay::STANDING_UMPIRE; }) &&
         assay.fineness().ppm() < lot.material().fineness().ppm();
}

/// What changes when a lot that had never been weighed against anything before is determined otherwise.
Signed EnteredAnew(const MemoryLedger& before, const v1::LotRecord& lot, const v1::Fineness& fineness) {
  const uint64_t made = lot.origin_index() == 0 ? lot.index() : lot.origin_index();
  if (!Load<v1::StepRecord>(before, StepId(made))->first_determination()) return 0;
  return Signed{lot.material().gross_mg()} * (Signed{fineness.ppm()} - Signed{lot.material().fineness().ppm()});
}

/// What assays and settlements of determined lots let in, or take back.
Signed EnteredByRevision(const MemoryLedger& before, const v1::Event& event) {
  const std::string& lot_id = event.has_assay() ? event.assay().lot_id() : event.settle().lot_id();
  const auto lot = Load<v1::LotRecord>(before, lot_id);
  if (lot->determination() != v1::LotRecord::DETERMINATION_DETERMINED) return 0;
  if (event.has_settle()) return EnteredAnew(before, *lot, event.settle().fineness());
  return ChangesFineness(*lot, event.assay()) ? EnteredAnew(before, *lot, event.assay().fineness()) : 0;
}

/// Fine gold that an admitted event lets in: what is determined for the first time. Worked out from the event and the
/// state before it, not from the books.
FineSumNg Entered(const MemoryLedger& before, const v1::Event& event) {
  const auto fine = [](const v1::Material& m) { return FineSumNg{m.gross_mg()} * m.fineness().ppm(); };
  FineSumNg entered = 0;
  const auto determined = [&](const v1::LotPart& part) {
    return Load<v1::LotRecord>(before, part.lot_id())->determination() == v1::LotRecord::DETERMINATION_DETERMINED;
  };
  if (event.has_produce()) {
    for (const v1::Material& output : event.produce().outputs()) entered += fine(output);
  } else if (event.has_intake()) {
    for (const v1::Material& output : event.intake().outputs()) entered += fine(output);
  } else if (event.has_transform() && !determined(event.transform().inputs(0))) {
    for (const v1::Output& output : event.transform().outputs()) entered += fine(output.material());
  } else if (event.has_process() && !determined(event.process().inputs(0))) {
    for (const v1::Material& output : event.process().outputs()) entered += fine(output);
  } else if (event.has_assay()) {
    const auto lot = Load<v1::LotRecord>(before, event.assay().lot_id());
    const auto step = Load<v1::StepRecord>(before, StepId(OriginIndexOf(*lot)));
    const bool pending_of_known =
        lot->determination() == v1::LotRecord::DETERMINATION_PENDING && !step->first_determination();
    if (lot->determination() == v1::LotRecord::DETERMINATION_DETERMINED || pending_of_known) return 0;
    uint64_t mass_mg = lot->material().gross_mg();
    for (const std::string& id : lot->sample_ids()) {  // of a pending lot: determined with it
      const auto sample = Load<v1::LotRecord>(before, id);
      if (IsPendingHere(*sample)) mass_mg += sample->material().gross_mg();
    }
    entered = FineSumNg{mass_mg} * event.assay().fineness().ppm();
  }
  return entered;
}

/// Fine gold that an admitted event lets out: lots and pieces that leave the ledger. What is melted down, or lost, does
/// not: the one is a lot again, the other in the books.
FineSumNg Left(const MemoryLedger& before, const v1::Event& event) {
  if (!event.has_retire() || event.retire().kind() == v1::Retire::KIND_MELTED_DOWN) return 0;
  const auto lot = Load<v1::LotRecord>(before, event.retire().subject_id());
  if (lot.has_value()) return lot->fine_ng();
  return Load<v1::PieceRecord>(before, event.retire().subject_id())->fine_ng();
}

/// Calls `visit` for every record of a table.
template <typename Record, typename Visit>
void ForEach(const MemoryState& state, const Visit& visit) {
  for (const auto& [key, bytes] : state.records()) {
    if (key[0] != TableOf<Record>::kLetter) continue;
    Record record;
    RC_ASSERT(record.ParseFromString(bytes));
    visit(record);
  }
}

/// What is in work accounts.
Signed InAccounts(const MemoryState& state) {
  Signed sum = 0;
  ForEach<v1::AccountRecord>(state, [&](const v1::AccountRecord& account) {
    if (account.closed_index() != 0) return;  // what a closed one has is booked as lost
    for (const v1::AccountBalance& balance : account.balances())
      sum += static_cast<Signed>(FromRecord(balance.fine_ng()));
  });
  return sum;
}

bool IsHere(const v1::LotRecord& lot) {
  return lot.status() == v1::LotRecord::STATUS_LIVE || lot.status() == v1::LotRecord::STATUS_OFFERED;
}

/// By party, the fine gold of lots that its last count missed: it holds them, and its book does not know.
using Missed = std::map<std::string, Signed>;

/// What a count misses of what its party holds.
void NoteMissed(const MemoryLedger& before, const v1::Event& event, const std::string& party_id, Missed& missed) {
  std::set<std::string_view> counted;
  for (const v1::ReceivedMass& one : event.stocktake().counted()) counted.insert(one.lot_id());
  Signed& sum = missed[party_id] = 0;
  ForEach<v1::LotRecord>(before.state(), [&](const v1::LotRecord& lot) {
    if (IsHere(lot) && lot.custodian_party_id() == party_id && counted.count(lot.lot_id()) == 0) sum += lot.fine_ng();
  });
}

/// The book of every custodian says what the determined lots hold that it has.
void ExpectBooksBalance(const MemoryState& state, const Missed& missed) {
  std::map<std::string, Signed> held;
  std::map<std::string, uint64_t> lots;
  for (const auto& [party_id, sum] : missed) held[party_id] -= sum;
  ForEach<v1::LotRecord>(state, [&](const v1::LotRecord& lot) {
    if (!IsHere(lot)) return;
    held[lot.custodian_party_id()] += lot.fine_ng();
    ++lots[lot.custodian_party_id()];
  });
  for (const auto& [key, bytes] : state.records()) {
    if (key[0] != TableOf<v1::StockRecord>::kLetter) continue;
    v1::StockRecord stock;
    RC_ASSERT(stock.ParseFromString(bytes));
    RC_ASSERT((BookBalance(stock) == held[key.substr(1)]));
    RC_ASSERT(stock.lots() == lots[key.substr(1)]);
  }
}

/// By party, the fine gold that it declared lost.
std::map<std::string, Signed> DeclaredLost(const MemoryState& state) {
  std::map<std::string, Signed> lost;
  ForEach<v1::StepRecord>(state, [&](const v1::StepRecord& step) {
    if (step.kind() == v1::StepRecord::KIND_LOSE) lost[step.party_id()] += static_cast<Signed>(step.loss_ng());
  });
  ForEach<v1::LotRecord>(state, [&](const v1::LotRecord& lot) {
    if (lot.status() == v1::LotRecord::STATUS_LOST)
      lost[lot.custodian_party_id()] += static_cast<Signed>(lot.fine_ng());
  });
  return lost;
}

/// A party's book has the losses and gains of its steps, what its accounts lost and gave back, and what it declared
/// lost.
void ExpectBooksHaveTheSteps(const MemoryState& state) {
  std::map<std::string, Signed> net;
  std::map<std::string, Signed> declared = DeclaredLost(state);
  ForEach<v1::StepRecord>(state, [&](const v1::StepRecord& step) {
    if (step.pending_outputs() > 0 || step.kind() == v1::StepRecord::KIND_LOSE) return;
    net[step.party_id()] += static_cast<Signed>(step.gain_ng()) - static_cast<Signed>(step.loss_ng());
  });
  ForEach<v1::MassBookRecord>(state, [&](const v1::MassBookRecord& book) {
    if (book.party_id().empty()) return;
    const Signed losses = static_cast<Signed>(FromRecord(book.losses_ng())) - declared[book.party_id()];
    Signed days = 0;
    for (const int64_t day : book.net_gains_ng()) days += day;
    RC_ASSERT((days == static_cast<Signed>(FromRecord(book.gains_ng())) - losses));
    net[book.party_id()] -= days;
  });
  // Accounts lose at their close and give back in steps.
  ForEach<v1::AccountRecord>(state, [&](const v1::AccountRecord& account) { net.erase(account.keeper_party_id()); });
  for (const auto& [party_id, difference] : net) RC_ASSERT((difference == 0));
}

/// What is in the ledger and its books: gold in lots and pieces that are here, what melts still hold undetermined,
/// losses less gains.
Signed Accounted(const MemoryState& state) {
  Signed sum = 0;
  ForEach<v1::LotRecord>(state, [&](const v1::LotRecord& lot) {
    if (lot.status() == v1::LotRecord::STATUS_LIVE || lot.status() == v1::LotRecord::STATUS_OFFERED)
      sum += lot.fine_ng();
  });
  ForEach<v1::PieceRecord>(state, [&](const v1::PieceRecord& piece) {
    if (piece.retired() == v1::Retire::KIND_UNSPECIFIED) sum += piece.fine_ng();
  });
  ForEach<v1::StepRecord>(state, [&](const v1::StepRecord& step) {
    if (step.pending_outputs() == 0 || step.first_determination()) return;
    sum += static_cast<Signed>(step.pending_fine_ng()) - static_cast<Signed>(step.gain_ng());
  });
  sum += InAccounts(state);
  ForEach<v1::MassBookRecord>(state, [&](const v1::MassBookRecord& book) {
    if (book.party_id().empty()) return;  // a site's book repeats what the parties' say
    sum += static_cast<Signed>(FromRecord(book.losses_ng())) - static_cast<Signed>(FromRecord(book.gains_ng()));
  });
  return sum;
}

void ExpectSingleConsumption(const MemoryState& state) {
  std::set<std::string> used;
  ForEach<v1::StepRecord>(state, [&](const v1::StepRecord& step) {
    for (const v1::LotShare& share : step.inputs()) RC_ASSERT(used.insert(share.lot_id()).second);
  });
}

/// A lot's fine mass is its mass times its fineness, and its custody index says who holds it.
void ExpectLotsAreSound(const MemoryLedger& ledger) {
  ForEach<v1::LotRecord>(ledger.state(), [&](const v1::LotRecord& lot) {
    const bool determined = lot.determination() == v1::LotRecord::DETERMINATION_DETERMINED;
    RC_ASSERT(lot.fine_ng() ==
              (determined ? FineMassNg(lot.material().gross_mg(), lot.material().fineness().ppm()) : 0));
    const bool held = lot.status() == v1::LotRecord::STATUS_LIVE || lot.status() == v1::LotRecord::STATUS_OFFERED;
    RC_ASSERT((ledger.indexes().count(CustodyKey(lot.custodian_party_id(), lot.lot_id())) == 1) == held);
    RC_ASSERT(lot.offer_id().empty() == (lot.status() != v1::LotRecord::STATUS_OFFERED));
  });
}

void ExpectReplayGivesTheSame(const MemoryLedger& ledger) {
  MemoryState state;
  std::map<std::string, std::string> indexes;
  int64_t previous_us = 0;
  for (uint64_t i = 0; i < ledger.size(); ++i) {
    const auto effects = Materialise(state, i, ledger.entries()[i], previous_us);
    RC_ASSERT(effects.ok());
    state.Apply(effects->state);
    for (const Mutation& m : effects->indexes) {
      if (m.value.has_value()) {
        indexes[m.key] = *m.value;
      } else {
        indexes.erase(m.key);
      }
    }
    previous_us = DecodeEntry(ledger.entries()[i])->recorded_at_us();
  }
  RC_ASSERT(state.records() == ledger.state().records());
  RC_ASSERT(std::equal(indexes.begin(), indexes.end(), ledger.indexes().begin(), ledger.indexes().end()));
}

/// Deciding twice gives the same, and the local rules refuse nothing that all rules admit.
void ExpectDecidingIsPure(const MemoryLedger& ledger, const Statement& move, const Decision& decided) {
  const Decision again = ledger.Try(move.envelope);
  const Decision local = ledger.TryLocal(move.envelope);
  RC_ASSERT(Describe(again) == Describe(decided));
  const auto* effects = std::get_if<Effects>(&decided);
  if (effects == nullptr) {
    if (ReasonOf(local) != v1::REASON_UNSPECIFIED) RC_ASSERT(Describe(local) == Describe(decided));
    return;
  }
  RC_ASSERT(std::get<Effects>(again).state == effects->state);
  RC_ASSERT(std::get<Effects>(again).indexes == effects->indexes);
  RC_ASSERT(ReasonOf(local) == v1::REASON_UNSPECIFIED);
  RC_ASSERT(std::get<Effects>(local).state == effects->state);
}

/// What a reader derives from a bundle is what the server says.
void ExpectBundleAgrees(const MemoryLedger& ledger, const std::string& subject) {
  std::vector<const Policy*> packs;
  for (const Policy& policy : BuiltInPolicies()) packs.push_back(&policy);
  const auto bundle = BuildBundle(ledger, subject, packs, ledger.Checkpoint());
  RC_ASSERT(bundle.ok());
  const auto report = VerifyBundle(bundle->SerializeAsString(), ledger.Trust());
  if (!report.ok()) RC_LOG() << report.status().ToString() << "\n";
  RC_ASSERT(report.ok());
  for (size_t i = 0; i < packs.size(); ++i) {
    RC_ASSERT(report->evaluations[i].SerializeAsString() ==
              Evaluate(ledger, ledger.size(), subject, *packs[i], Shown::kBundle)->SerializeAsString());
  }
}

TEST(Histories, ConserveGoldAndConsumeNothingTwice) {
  std::map<std::string, Tally> counts;
  const bool held = rc::check("any history", [&] {
    const auto seed = *rc::gen::arbitrary<uint64_t>();
    Market market(seed);
    MemoryLedger& ledger = market.ledger();
    Signed entered = 0;
    Missed missed;
    for (int i = 0; i < kMoves; ++i) {
      const Statement move = market.Move();
      const Decision decided = ledger.Try(move.envelope);
      ExpectDecidingIsPure(ledger, move, decided);
      if (std::holds_alternative<Effects>(decided)) {
        entered += static_cast<Signed>(Entered(ledger, move.event)) - static_cast<Signed>(Left(ledger, move.event));
        if (move.event.has_assay() || move.event.has_settle()) entered += EnteredByRevision(ledger, move.event);
        if (move.event.has_stocktake()) NoteMissed(ledger, move.event, market.PartyOf(move), missed);
        ledger.Record(move);
      }
      market.Note(move, decided);
      RC_ASSERT(Accounted(ledger.state()) == entered);
    }
    ExpectSingleConsumption(ledger.state());
    ExpectBooksBalance(ledger.state(), missed);
    ExpectBooksHaveTheSteps(ledger.state());
    ExpectLotsAreSound(ledger);
    ExpectReplayGivesTheSame(ledger);
    const auto& things = market.things();
    for (size_t i = 0; i < things.size(); i += 1 + things.size() / 3) ExpectBundleAgrees(ledger, things[i]);
    for (const auto& [verb, count] : market.counts()) {
      counts[verb].tried += count.tried;
      counts[verb].admitted += count.admitted;
    }
  });
  EXPECT_TRUE(held);

  Tally all;
  for (const auto& [verb, count] : counts) {
    fmt::print("{:<14} tried {:>6}  admitted {:>6}\n", verb, count.tried, count.admitted);
    all.tried += count.tried;
    all.admitted += count.admitted;
  }
  // The dice must keep reaching both sides of every rule, or this test says nothing.
  for (const char* verb : {"produce", "intake",       "process", "sample",       "transform",    "make_piece", "assay",
                           "offer",   "accept",       "reject",  "cancel_offer", "hand_over",    "pack",       "unpack",
                           "hold",    "dispute",      "release", "stocktake",    "lose",         "retire",     "recall",
                           "settle",  "open_account", "charge",  "discharge",    "close_account"}) {
    EXPECT_GT(counts[verb].admitted, 10) << verb;
    EXPECT_GT(counts[verb].tried, counts[verb].admitted) << verb;
  }
  EXPECT_GT(all.admitted * 5, all.tried) << "fewer than a fifth of all moves are admitted";
  EXPECT_LT(all.admitted * 10, all.tried * 9) << "more than nine tenths of all moves are admitted";
}

/// A log that records whatever it is sent, double spending and all, under its good signature. Its bundles are refused
/// for the first local rule that an entry breaks; those of a log that only breaks global rules verify. None stops the
/// reader.
TEST(LyingLogs, NeverConfuseTheReader) {
  int refused = 0;
  int verified = 0;
  int twice = 0;
  const bool held = rc::check("any history that nobody checked", [&] {
    Market market(*rc::gen::arbitrary<uint64_t>());
    MemoryLedger& ledger = market.ledger();
    const bool local_rules_only = *rc::gen::arbitrary<bool>();
    v1::Reason broken = v1::REASON_UNSPECIFIED;
    for (int i = 0; i < kMoves; ++i) {
      const Statement move = market.Move();
      const Decision local = ledger.TryLocal(move.envelope);
      market.Note(move, local);
      if (local_rules_only && ReasonOf(local) != v1::REASON_UNSPECIFIED) continue;
      if (ReasonOf(local) == v1::REASON_UNSPECIFIED && ReasonOf(ledger.Try(move.envelope)) == v1::REASON_LOT_CONSUMED)
        ++twice;
      if (broken == v1::REASON_UNSPECIFIED) broken = ReasonOf(local);
      ledger.Smuggle(move.envelope);
    }
    v1::Bundle bundle;
    bundle.set_format(1);
    bundle.set_subject_id(market.things().back());
    bundle.set_checkpoint(ledger.Checkpoint());
    bundle.mutable_proof()->set_tree_size(ledger.size());
    for (uint64_t i = 0; i < ledger.size(); ++i) {
      bundle.mutable_proof()->add_indexes(i);
      bundle.add_entries(ledger.entries()[i]);
    }
    bundle.add_policies(BuiltInPolicies()[0].bytes);
    const auto report = VerifyBundle(bundle.SerializeAsString(), ledger.Trust());
    const std::string reason = report.ok() ? "" : touchstone::ReasonOf(report.status());
    RC_ASSERT(reason == (broken == v1::REASON_UNSPECIFIED ? "" : NameOf(broken)));
    ++(report.ok() ? verified : refused);
  });
  EXPECT_TRUE(held);
  fmt::print("bundles refused {}, verified {}; lots spent twice {}\n", refused, verified, twice);
  EXPECT_GT(refused, 10);
  EXPECT_GT(verified, 10);
  EXPECT_GT(twice, 5);
}

/// Every bit of the smallest bundle there is.
TEST(Bundles, RefuseEveryFlippedBit) {
  Market market(1);
  MemoryLedger& ledger = market.ledger();
  const Statement move = market.Move();
  const Decision decided = ledger.Try(move.envelope);
  ASSERT_EQ(ReasonOf(decided), v1::REASON_UNSPECIFIED) << Describe(decided);
  ledger.Record(move);
  market.Note(move, decided);
  const auto bundle = BuildBundle(ledger, market.things().front(), {&BuiltInPolicies()[0]}, ledger.Checkpoint());
  ASSERT_TRUE(bundle.ok()) << bundle.status();
  const std::string bytes = bundle->SerializeAsString();
  const Trust trust = ledger.Trust();
  ASSERT_TRUE(VerifyBundle(bytes, trust).ok());
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    ASSERT_FALSE(VerifyBundle(testing::WithBitFlipped(bytes, bit), trust).ok()) << bit;
  }
}

}  // namespace
}  // namespace touchstone::ledger
