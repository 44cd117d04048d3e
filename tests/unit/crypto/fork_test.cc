#include "crypto/fork.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/status.h"
#include "crypto/merkle.h"
#include "tests/support/bits.h"
#include "tests/support/merkle_reference.h"

namespace touchstone::crypto {
namespace {

using touchstone::testing::ReferencePath;
using touchstone::testing::ReferenceRoot;
using touchstone::testing::WithBitFlipped;

NoteSigner Key(char seed) {
  return *NoteSigner::Create("ledger.example/gold", NoteKeyType::kEd25519, *SecretKey::FromSeed(std::string(32, seed)));
}

/// One of the histories that the log tells.
struct History {
  std::vector<Hash> leaves;

  explicit History(std::string_view entries) {
    for (const char entry : entries) leaves.push_back(LeafHash(std::string(1, entry)));
  }
  std::string Note(char key = 'l', std::string origin = "ledger.example/gold") const {
    return *SignCheckpoint(
        {.origin = std::move(origin), .size = leaves.size(), .root = ReferenceRoot(leaves), .extensions = {}},
        Key(key));
  }
  ForkLeaf At(uint64_t index) const { return {.leaf = leaves[index], .path = ReferencePath(index, leaves)}; }
};

ForkEvidence Between(const History& first, const History& second, std::optional<uint64_t> place = std::nullopt) {
  ForkEvidence evidence = {.first = first.Note(), .second = second.Note(), .place = std::nullopt};
  if (place.has_value()) evidence.place = {.index = *place, .first = first.At(*place), .second = second.At(*place)};
  return evidence;
}

std::string ReasonFor(const ForkEvidence& evidence) {
  return ReasonOf(VerifyFork(evidence, Key('l').verifier()).status());
}

TEST(Fork, IsProvenByTwoRootsOfOneSize) {
  const auto fork = VerifyFork(Between(History("abc"), History("abX")), Key('l').verifier());
  ASSERT_TRUE(fork.ok()) << fork.status();
  EXPECT_EQ(fork->first.size, 3u);
  EXPECT_EQ(fork->index, std::nullopt);
}

TEST(Fork, IsProvenByTwoLeavesInOnePlaceWhateverTheSizes) {
  const auto fork = VerifyFork(Between(History("abcdefg"), History("abX"), 2), Key('l').verifier());
  ASSERT_TRUE(fork.ok()) << fork.status();
  EXPECT_EQ(fork->index, 2u);
}

TEST(Fork, IsNotProvenByWhatOneLogCanBe) {
  EXPECT_EQ(ReasonFor(Between(History("abc"), History("abc"))), "NO_FORK");
  EXPECT_EQ(ReasonFor(Between(History("abc"), History("abcd"))), "NO_FORK");
  // Other sizes of other histories, and nothing that shows it.
  EXPECT_EQ(ReasonFor(Between(History("abc"), History("aXcd"))), "NO_FORK");
  EXPECT_EQ(ReasonFor(Between(History("abc"), History("abcd"), 1)), "NO_FORK");
}

TEST(Fork, NeedsTheLogsOwnSignatureOnBoth) {
  ForkEvidence evidence = Between(History("abc"), History("abX"));
  evidence.second = History("abX").Note('t');
  EXPECT_EQ(ReasonFor(evidence), "NO_KNOWN_SIGNATURE");
  evidence.second = History("abX").Note('l', "other.example/gold");
  EXPECT_EQ(ReasonFor(evidence), "ORIGIN_MISMATCH");
}

TEST(Fork, NeedsProofsThatLeadToTheRoots) {
  ForkEvidence evidence = Between(History("abcdefg"), History("abX"), 2);
  evidence.place->index = 1;
  EXPECT_NE(ReasonFor(evidence), "");
  evidence = Between(History("abcdefg"), History("abX"), 2);
  evidence.place->second.leaf = LeafHash("Y");
  EXPECT_NE(ReasonFor(evidence), "");
}

TEST(Fork, ComesBackAsItWasWritten) {
  for (const ForkEvidence& evidence :
       {Between(History("abc"), History("abX")), Between(History("abcdefg"), History("abX"), 2)}) {
    const auto parsed = ParseForkEvidence(FormatForkEvidence(evidence));
    ASSERT_TRUE(parsed.ok()) << parsed.status();
    EXPECT_EQ(*parsed, evidence);
  }
}

TEST(Fork, WithAnyBitFlippedIsRefusedOrProvesTheSame) {
  const ForkEvidence evidence = Between(History("abcdefg"), History("abX"), 2);
  const std::string text = FormatForkEvidence(evidence);
  for (size_t bit = 0; bit < 8 * text.size(); ++bit) {
    const auto parsed = ParseForkEvidence(WithBitFlipped(text, bit));
    if (!parsed.ok()) continue;
    const auto fork = VerifyFork(*parsed, Key('l').verifier());
    if (fork.ok()) {
      EXPECT_EQ(fork->index, 2u) << bit;
      EXPECT_EQ(fork->first.size, 7u) << bit;
      EXPECT_EQ(fork->second.size, 3u) << bit;
    }
  }
}

TEST(Fork, OfAnotherFormIsRefusedByTheFieldAtFault) {
  const std::string good = FormatForkEvidence(Between(History("abcdefg"), History("abX"), 2));
  const std::string head = "touchstone fork evidence v1\n";
  struct Case {
    std::string text;
    const char* field;
  };
  for (const Case& c : {
           Case{"", "header"},
           Case{"touchstone fork evidence v2\n", "header"},
           Case{head, "first"},
           Case{head + "checkpoint 5\nabc", "first"},
           Case{head + "checkpoint 03\nabc", "first"},
           Case{head + "checkpoint 3\nabc", "second"},
           Case{head + "checkpoint 1\nacheckpoint 1\nbleaf x\n", "leaf"},
           Case{head + "checkpoint 1\nacheckpoint 1\nbleaf 1\n", "leaf"},
           Case{good + "\n", "leaf"},
           Case{good.substr(0, good.size() - 1), "leaf"},
       }) {
    const auto parsed = ParseForkEvidence(c.text);
    ASSERT_FALSE(parsed.ok()) << c.text;
    EXPECT_EQ(ReasonOf(parsed.status()), "BAD_FORK_EVIDENCE");
    EXPECT_EQ(FieldOf(parsed.status()), c.field) << c.text;
  }
}

/// A history as somebody shows it under a checkpoint.
struct Shown {
  explicit Shown(const History& history, const History& tree)
      : note(history.Note()), checkpoint(*OpenCheckpoint(note, Key('l').verifier())), reader(tree.leaves) {}
  explicit Shown(const History& history) : Shown(history, history) {}
  SignedTree tree() const { return {note, checkpoint, reader}; }

  const std::string note;
  const Checkpoint checkpoint;
  const touchstone::testing::LeavesReader reader;
};

TEST(ProveFork, FindsTheFirstEntryThatDiffersWhereverItIs) {
  const std::string entries = "abcdefghijklmnopqrstuvw";
  const Shown first((History(entries)));
  for (size_t size = 1; size <= entries.size(); ++size) {
    for (size_t place = 0; place < size; ++place) {
      std::string other = entries.substr(0, size);
      for (size_t i = place; i < size; ++i) other[i] = 'X';
      const Shown second((History(other)));
      for (const auto& [one, two] : {std::pair(&first, &second), std::pair(&second, &first)}) {
        const auto evidence = ProveFork(one->tree(), two->tree(), std::vector{Key('l').verifier()});
        ASSERT_TRUE(evidence.ok()) << evidence.status();
        EXPECT_EQ(VerifyFork(*evidence, Key('l').verifier())->index, place) << size;
      }
    }
  }
}

TEST(ProveFork, ProvesNothingWithTreesThatAreNotThoseOfTheCheckpoints) {
  const Shown first(History("abcde"));
  // Signed was a continuation; shown is another history. And the other way round.
  for (const Shown& second :
       {Shown(History("abcdefg"), History("abXdefg")), Shown(History("abXdefg"), History("abcdefg"))}) {
    EXPECT_EQ(ReasonOf(ProveFork(first.tree(), second.tree(), std::vector{Key('l').verifier()}).status()),
              "SOURCE_DAMAGED");
  }
}

TEST(ProveFork, NeedsNoTreeForTwoRootsOfOneSize) {
  const Shown first(History("abcde"), History(""));
  const Shown second(History("abXde"), History(""));
  const auto evidence = ProveFork(first.tree(), second.tree(), std::vector{Key('l').verifier()});
  ASSERT_TRUE(evidence.ok()) << evidence.status();
  EXPECT_EQ(evidence->place, std::nullopt);
}

}  // namespace
}  // namespace touchstone::crypto
