#include "crypto/log_keys.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/status.h"
#include "crypto/checkpoint.h"

namespace touchstone::crypto {
namespace {

constexpr std::string_view kOrigin = "ledger.example/gold";

NoteSigner Key(char seed, std::string_view name = kOrigin) {
  return *NoteSigner::Create(name, NoteKeyType::kEd25519, *SecretKey::FromSeed(std::string(32, seed)));
}

/// a signed up to 10 entries, b up to 20, and c does now.
LogKeys Keys() { return {Key('c').verifier(), {{Key('a').verifier(), 10}, {Key('b').verifier(), 20}}}; }

std::string NoteOf(uint64_t size, std::string_view seeds, std::string_view origin = kOrigin) {
  std::vector<NoteSigner> signers;
  for (const char seed : seeds) signers.push_back(Key(seed));
  return *SignCheckpoint({.origin = std::string(origin), .size = size, .root = Sha256("root"), .extensions = {}},
                         signers);
}

std::string ReasonOfOpening(uint64_t size, std::string_view seeds) {
  const absl::StatusOr<Checkpoint> checkpoint = OpenCheckpoint(NoteOf(size, seeds), Keys());
  if (checkpoint.ok()) {
    EXPECT_EQ(checkpoint->size, size);
  }
  return ReasonOf(checkpoint.status());
}

TEST(LogKeys, SignEachForTheSizesOfTheirTime) {
  EXPECT_EQ(Keys().For(1), Key('a').verifier());
  EXPECT_EQ(Keys().For(10), Key('a').verifier());
  EXPECT_EQ(Keys().For(11), Key('b').verifier());
  EXPECT_EQ(Keys().For(20), Key('b').verifier());
  EXPECT_EQ(Keys().For(21), Key('c').verifier());
  EXPECT_EQ(LogKeys(Key('a').verifier()).For(1'000'000), Key('a').verifier());
}

TEST(LogKeys, OpenACheckpointOfTheKeyOfItsSizeAlone) {
  struct Case {
    uint64_t size;
    std::string_view signers;
    std::string_view reason;
  };
  const Case cases[] = {
      {10, "a", ""},
      {11, "b", ""},
      {21, "c", ""},
      {21, "cb", ""},  // the old key beside the new one
      {21, "bc", ""},
      {21, "bca", ""},
      {11, "a", "LOG_KEY_NOT_OF_SIZE"},  // stolen, and replaced
      {21, "ab", "LOG_KEY_NOT_OF_SIZE"},
      {10, "b", "LOG_KEY_NOT_OF_SIZE"},  // not announced yet
      {21, "x", "NO_KNOWN_SIGNATURE"},
  };
  for (const Case& c : cases) EXPECT_EQ(ReasonOfOpening(c.size, c.signers), c.reason) << c.size << " by " << c.signers;
}

TEST(LogKeys, OpenNoCheckpointOfAnotherLog) {
  EXPECT_EQ(ReasonOf(OpenCheckpoint(NoteOf(21, "c", "other.example/gold"), Keys()).status()), "ORIGIN_MISMATCH");
}

TEST(LogKeys, ASignatureThatDoesNotHoldSpoilsTheNoteWhosesoeverItIs) {
  const std::string good = NoteOf(21, "cb");
  const std::string other = NoteOf(22, "cb");
  // The text of one and the second signature of the other.
  const std::string spoilt = good.substr(0, good.rfind("\u2014")) + other.substr(other.rfind("\u2014"));
  ASSERT_NE(spoilt, good);
  EXPECT_EQ(ReasonOf(OpenCheckpoint(spoilt, Keys()).status()), "WRONG_SIGNATURE");
}

}  // namespace
}  // namespace touchstone::crypto
