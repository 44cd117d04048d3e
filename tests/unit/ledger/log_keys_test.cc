// A log changes its key, and ends: what the entries make of it, and whom a reader follows.
#include "ledger/log_keys.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "base/limits.h"
#include "base/status.h"
#include "crypto/merkle.h"
#include "ledger/policy.h"
#include "ledger/state.h"
#include "tests/support/memory_ledger.h"
#include "tests/support/merkle_reference.h"
#include "tests/support/story.h"

namespace touchstone::ledger {
namespace {

using namespace testing;  // NOLINT: the vocabulary of stories

std::string PublicKeyOf(std::string_view actor) { return std::string(KeyOf(actor).public_key().view()); }

crypto::NoteVerifier LogKeyOf(std::string_view actor) {
  return *crypto::NoteVerifier::Create(Story::kOrigin, crypto::NoteKeyType::kEd25519, KeyOf(actor).public_key());
}

/// A ledger whose log changed its key from `log` to `log-2` and on to `log-3`, and what it shows of that.
class Rotated {
 public:
  Story story;
  MemoryLedger ledger;
  v1::GetLogKeysResponse shown;
  std::vector<uint64_t> rotations;

  Rotated() {
    ledger.Record(story.Genesis(KeyOf("log").public_key()));
    ledger.RecordAll(story.Offices());
    v1::LogKey& first = *shown.add_log_keys();
    first.set_log_key(PublicKeyOf("log"));
    first.set_entry(ledger.entries().front());
    Rotate("log-2", "log");
    Rotate("log-3", "log-2");
  }

  crypto::LogKeys trusted() const { return ledger.Trust().log_keys(); }
  crypto::LogKeys moved() const {
    return {LogKeyOf("log-3"), {{LogKeyOf("log"), rotations[0]}, {LogKeyOf("log-2"), rotations[1]}}};
  }

 private:
  /// The rotation, an entry after it, and the checkpoint over both that both keys sign.
  void Rotate(const std::string& now, const std::string& before) {
    rotations.push_back(ledger.size());
    ledger.Record(story.RotateLogKey(now, before));
    ledger.Record(story.RegisterParty("after " + now, "PE", {v1::ROLE_MINER}));
    v1::LogKey& key = *shown.add_log_keys();
    key.set_log_key(PublicKeyOf(now));
    key.set_entry(ledger.entries()[rotations.back()]);
    key.set_checkpoint(ledger.Checkpoint({now, before}));
    key.mutable_proof()->set_index(rotations.back());
    key.mutable_proof()->set_tree_size(ledger.size());
    std::vector<crypto::Hash> leaves;
    for (const std::string& entry : ledger.entries()) leaves.push_back(crypto::LeafHash(entry));
    for (const crypto::Hash& hash : ReferencePath(rotations.back(), leaves)) {
      key.mutable_proof()->add_hashes(std::string(hash.view()));
    }
  }
};

// --- The entries ------------------------------------------------------------------------------------------------------

TEST(Rotation, IsInTheRecordOfTheLedgerWithWhatWasBefore) {
  const Rotated log;
  const auto record = Load<v1::LedgerRecord>(log.ledger.state(), "");
  const auto keys = LogKeysOf(*record);
  ASSERT_TRUE(keys.ok()) << keys.status();
  EXPECT_EQ(*keys, log.moved());
  EXPECT_EQ(record->log_key_index(), log.rotations[1]);
  EXPECT_EQ(record->former_log_keys(1).index(), log.rotations[0]);
}

TEST(Rotation, LeavesTheOldKeyUsedForEver) {
  Rotated log;
  EXPECT_EQ(ReasonOf(log.ledger.Append(log.story.RotateLogKey("log", "log-3").envelope)), v1::REASON_KEY_IN_USE);
  EXPECT_EQ(ReasonOf(log.ledger.Append(log.story.RotateLogKey("log-2", "log-3").envelope)), v1::REASON_KEY_IN_USE);
  log.ledger.Record(log.story.RegisterParty("north", "PE", {v1::ROLE_MINER}));
  EXPECT_EQ(ReasonOf(log.ledger.Append(log.story.AddKey("north", "log").envelope)), v1::REASON_KEY_IN_USE);
  EXPECT_EQ(ReasonOf(log.ledger.Append(log.story.AddKey("north", "log-3").envelope)), v1::REASON_KEY_IN_USE);
}

TEST(Rotation, OfTwoThatReplaceOneKeyTheFirstCounts) {
  Rotated log;
  const Statement one = log.story.RotateLogKey("log-4", "log-3");
  const Statement other = log.story.RotateLogKey("log-5", "log-3");
  log.ledger.Record(one);
  const Decision late = log.ledger.Append(other.envelope);
  EXPECT_EQ(ReasonOf(late), v1::REASON_FIELD_INVALID);
  EXPECT_EQ(std::get<Rejection>(late).field, "rotate_log_key.replaced_log_key");
}

TEST(Rotation, IsPossibleSoManyTimesAndNoMore) {
  Rotated log;
  std::string key = "log-3";
  for (int former = 2; former < limits::kMaxFormerLogKeys; ++former) {
    const std::string next = "log-" + std::to_string(former + 2);
    log.ledger.Record(log.story.RotateLogKey(next, key));
    key = next;
  }
  EXPECT_EQ(ReasonOf(log.ledger.Append(log.story.RotateLogKey("one too many", key).envelope)),
            v1::REASON_LIMIT_REACHED);
  log.ledger.Record(log.story.FreezeLog());
}

TEST(Freeze, EndsTheLedgerForEveryEvent) {
  Rotated log;
  const Statement before = log.story.RegisterParty("north", "PE", {v1::ROLE_MINER});
  log.ledger.Record(before);
  log.ledger.Record(log.story.FreezeLog("gold.example/ledger-2"));
  const auto record = Load<v1::LedgerRecord>(log.ledger.state(), "");
  EXPECT_EQ(record->freeze().index(), log.ledger.size() - 1);
  EXPECT_EQ(record->freeze().successor_origin(), "gold.example/ledger-2");
  for (const Statement& late : {log.story.RegisterParty("south", "PE", {v1::ROLE_MINER}),
                                log.story.RotateLogKey("log-4", "log-3"), log.story.FreezeLog()}) {
    const Decision decision = log.ledger.Append(late.envelope);
    EXPECT_EQ(ReasonOf(decision), v1::REASON_LOG_FROZEN) << Describe(decision);
    EXPECT_EQ(ReasonOf(log.ledger.TryLocal(late.envelope)), v1::REASON_LOG_FROZEN);
  }
  EXPECT_EQ(ReasonOf(log.ledger.Append(before.envelope)), v1::REASON_EVENT_REPEATED);
  EXPECT_EQ(ReasonOf(log.ledger.Append(log.story.RegisterParty("x", "PE", {v1::ROLE_MINER}, "nobody").envelope)),
            v1::REASON_UNKNOWN_KEY);
}

// --- Who follows ------------------------------------------------------------------------------------------------------

TEST(FollowRotations, LeadsFromAnyKeyThatIsTrustedToTheLast) {
  const Rotated log;
  const auto from_first = FollowRotations(log.shown, log.trusted(), log.story.genesis_id());
  ASSERT_TRUE(from_first.ok()) << from_first.status();
  EXPECT_EQ(*from_first, log.moved());
  const auto from_second =
      FollowRotations(log.shown, {LogKeyOf("log-2"), {{LogKeyOf("log"), log.rotations[0]}}}, log.story.genesis_id());
  ASSERT_TRUE(from_second.ok()) << from_second.status();
  EXPECT_EQ(*from_second, log.moved());
  const auto from_last = FollowRotations(log.shown, log.moved(), log.story.genesis_id());
  ASSERT_TRUE(from_last.ok()) << from_last.status();
  EXPECT_EQ(*from_last, log.moved());
}

/// What a server that lies shows instead.
struct Lie {
  const char* what;
  std::function<void(Rotated&)> tell;
  const char* reason;
};

TEST(FollowRotations, BelievesNoLie) {
  const Lie lies[] = {
      {"no keys", [](Rotated& log) { log.shown.clear_log_keys(); }, "BAD_ROTATION"},
      {"another genesis",
       [](Rotated& log) {
         Story story;
         MemoryLedger other;
         other.Record(story.Genesis(KeyOf("log").public_key(), "other.example/ledger"));
         log.shown.mutable_log_keys(0)->set_entry(other.entries().front());
       },
       "WRONG_LEDGER"},
      {"a first key that genesis does not name",
       [](Rotated& log) { log.shown.mutable_log_keys(0)->set_log_key(PublicKeyOf("thief")); }, "BAD_ROTATION"},
      {"none of the keys that are trusted", [](Rotated&) {}, "LOG_KEY_UNKNOWN"},
      {"another key than the event announces",
       [](Rotated& log) { log.shown.mutable_log_keys(1)->set_log_key(PublicKeyOf("thief")); }, "BAD_ROTATION"},
      {"another event than a rotation",
       [](Rotated& log) { log.shown.mutable_log_keys(1)->set_entry(log.ledger.entries()[1]); }, "BAD_ROTATION"},
      {"a rotation left out", [](Rotated& log) { log.shown.mutable_log_keys()->DeleteSubrange(1, 1); }, "BAD_ROTATION"},
      {"no hand-over", [](Rotated& log) { log.shown.mutable_log_keys(1)->clear_checkpoint(); }, "HAND_OVER_MISSING"},
      {"a hand-over that the old key has not signed",
       [](Rotated& log) { log.shown.mutable_log_keys(2)->set_checkpoint(log.ledger.Checkpoint({"log-3"})); },
       "NO_KNOWN_SIGNATURE"},
      {"a hand-over that the new key has not signed",
       [](Rotated& log) { log.shown.mutable_log_keys(2)->set_checkpoint(log.ledger.Checkpoint({"log-2"})); },
       "NO_KNOWN_SIGNATURE"},
      {"a hand-over by a key that was replaced before",
       [](Rotated& log) {
         log.shown.mutable_log_keys(2)->set_checkpoint(log.ledger.Checkpoint({"log-3", "log"}));
       },
       "LOG_KEY_NOT_OF_SIZE"},
      {"a hand-over over another tree",
       [](Rotated& log) {
         log.shown.mutable_log_keys(1)->set_checkpoint(log.ledger.Checkpoint({"log-2", "log"}));
       },
       "BAD_ROTATION"},
      {"a proof of another entry",
       [](Rotated& log) { log.shown.mutable_log_keys(2)->mutable_proof()->set_index(log.rotations[1] - 1); },
       "ROOT_MISMATCH"},
      {"a proof with another hash",
       [](Rotated& log) {
         std::string& hash = *log.shown.mutable_log_keys(2)->mutable_proof()->mutable_hashes(0);
         hash[0] = static_cast<char>(hash[0] ^ 1);
       },
       "ROOT_MISMATCH"},
      {"an entry with another bit",
       [](Rotated& log) {
         std::string& entry = *log.shown.mutable_log_keys(2)->mutable_entry();
         entry.back() = static_cast<char>(entry.back() ^ 1);
       },
       "BAD_SIGNATURE"},
  };
  for (const Lie& lie : lies) {
    Rotated log;
    const crypto::LogKeys trusted = log.trusted();
    const crypto::Hash genesis_id = log.story.genesis_id();
    lie.tell(log);
    const bool by_another = std::string_view(lie.reason) == "LOG_KEY_UNKNOWN";
    const auto followed =
        FollowRotations(log.shown, by_another ? crypto::LogKeys(LogKeyOf("log-9")) : trusted, genesis_id);
    EXPECT_EQ(ReasonOf(followed.status()), lie.reason) << lie.what << ": " << followed.status();
  }
}

/// Who has the log's key but not root's can sign any tree, and yet lead nobody to a key of his own.
TEST(FollowRotations, IsNotLedByAThiefOfTheLogsKey) {
  Rotated log;
  log.ledger.Smuggle(log.story.Sign(log.story.RotateLogKey("thief", "log-3").event, {"registry"}).envelope);
  const uint64_t index = log.ledger.size() - 1;
  v1::LogKey& key = *log.shown.add_log_keys();
  key.set_log_key(PublicKeyOf("thief"));
  key.set_entry(log.ledger.entries().back());
  key.set_checkpoint(log.ledger.Checkpoint({"thief", "log-3"}));
  key.mutable_proof()->set_index(index);
  key.mutable_proof()->set_tree_size(index + 1);
  EXPECT_EQ(ReasonOf(FollowRotations(log.shown, log.trusted(), log.story.genesis_id()).status()),
            "ROOT_QUORUM_MISSING");
}

// --- Bundles ----------------------------------------------------------------------------------------------------------

struct Sold {
  Story story;
  MemoryLedger ledger;
  std::string lot;

  Sold() {
    ledger.Record(story.Genesis(KeyOf("log").public_key()));
    const MineToRing names = TellMineToRing(story);
    ledger.RecordAll(names.statements);
    lot = names.ring;
  }
  std::string Bundle(const std::vector<std::string>& signers) const {
    const auto bundle = BuildBundle(ledger, lot, {FindBuiltInPolicy("formalized")}, ledger.Checkpoint(signers));
    EXPECT_TRUE(bundle.ok()) << bundle.status();
    return bundle.ok() ? bundle->SerializeAsString() : "";
  }
};

std::string ReasonOfVerifying(const std::string& bundle, const Trust& trust) {
  return ReasonOf(VerifyBundle(bundle, trust).status());
}

TEST(Bundles, StayVerifiableOverARotationForThoseWhoMoveAndWhileBothKeysSignForThoseWhoDoNot) {
  Sold sold;
  const Trust old_trust = sold.ledger.Trust();
  const std::string old_bundle = sold.Bundle({"log"});
  const uint64_t rotation = sold.ledger.size();
  sold.ledger.Record(sold.story.RotateLogKey("log-2", "log"));
  Trust moved = old_trust;
  moved.log = LogKeyOf("log-2");
  moved.former_log_keys = {{LogKeyOf("log"), rotation}};

  EXPECT_EQ(ReasonOfVerifying(old_bundle, old_trust), "");
  EXPECT_EQ(ReasonOfVerifying(old_bundle, moved), "");
  EXPECT_EQ(ReasonOfVerifying(sold.Bundle({"log-2", "log"}), old_trust), "");
  EXPECT_EQ(ReasonOfVerifying(sold.Bundle({"log-2", "log"}), moved), "");
  EXPECT_EQ(ReasonOfVerifying(sold.Bundle({"log-2"}), moved), "");
  // Trust moves first: what the bundle says of the new key makes nobody trust it.
  EXPECT_EQ(ReasonOfVerifying(sold.Bundle({"log-2"}), old_trust), "CHECKPOINT_NOT_TRUSTED");
  // The stolen key alone: nobody who moved believes it, and a bundle that shows the rotation is refused by all.
  EXPECT_EQ(ReasonOfVerifying(sold.Bundle({"log"}), moved), "CHECKPOINT_NOT_TRUSTED");
  EXPECT_EQ(ReasonOfVerifying(sold.Bundle({"log"}), old_trust), "CHECKPOINT_NOT_TRUSTED");
}

}  // namespace
}  // namespace touchstone::ledger
