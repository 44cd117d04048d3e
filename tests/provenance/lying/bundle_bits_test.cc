// Good bundles, with one bit of them flipped.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "base/encoding.h"
#include "crypto/cosignature.h"
#include "crypto/note.h"
#include "ledger/bundle.h"
#include "tests/provenance/lying/pack_lies.h"
#include "tests/support/bits.h"
#include "tests/support/reader.h"
#include "tests/support/way.h"

namespace touchstone::ledger {
namespace {

using testing::AllPacks;
using testing::MemoryLedger;
using testing::Way;

constexpr uint64_t kCosignedAtS = 1'775'000'000;

crypto::NoteSigner WitnessKey() {
  return *crypto::NoteSigner::Create("witness.example", crypto::NoteKeyType::kCosignature, testing::KeyOf("witness"));
}

/// All that a reader is shown: who cosigned, verdicts, what became of the claim, facts, and whose signatures count.
std::string ShownBy(const BundleReport& report) {
  std::string shown = report.subject_id + "\n" + std::to_string(report.checkpoint.size) + " " +
                      HexEncode(report.checkpoint.root.view()) + " " + report.checkpoint.origin + "\n" +
                      std::to_string(report.entries) + " " + std::to_string(report.signatures) + "\n";
  for (const Cosigned& cosigned : report.cosigned) {
    shown +=
        cosigned.by.key.name() + (cosigned.by.executes ? " executes " : " ") + std::to_string(cosigned.at_s) + "\n";
  }
  for (const v1::Evaluation& evaluation : report.evaluations) shown += evaluation.DebugString();
  for (const v1::ClaimReading& reading : report.readings) shown += reading.DebugString();
  for (const AncestryNode& node : report.ancestry.nodes) {
    shown += node.id + (node.is_piece ? node.piece->DebugString() : node.lot->DebugString());
  }
  for (const auto& step : report.ancestry.steps) shown += step->DebugString();
  for (const v1::PartyRecord& signer : report.signers) shown += signer.DebugString();
  return shown;
}

/// A claim on the ring, under two packs, in a log that a witness cosigned.
v1::Bundle ClaimedBundle(MemoryLedger& ledger, Way& way) {
  std::vector<v1::PolicyRef> refs;
  std::vector<const Policy*> packs;
  for (const char* id : {"formalized", "mercury-free"}) {
    packs.push_back(FindBuiltInPolicy(id));
    v1::PolicyRef& ref = refs.emplace_back();
    ref.set_policy_id(id);
    ref.set_version(packs.back()->pack.version());
    ref.set_sha256(std::string(packs.back()->sha256.view()));
  }
  const testing::Statement claim = way.story.Claim("jeweler", way.ring, refs, ledger.size());
  ledger.Record(claim);
  std::string checkpoint = ledger.Checkpoint();
  const std::string text = crypto::ParseNote(checkpoint)->text;
  checkpoint += crypto::FormatNoteSignature(*crypto::Cosign(text, kCosignedAtS, WitnessKey()));
  const auto bundle = BuildBundle(ledger, claim.claim(), packs, checkpoint);
  EXPECT_TRUE(bundle.ok()) << bundle.status();
  return bundle.ok() ? *bundle : v1::Bundle();
}

/// How many bits of each byte are flipped when not all are: of entries one, of packs one in every sixteen bytes, since
/// a pack is only read once every signature was verified.
std::vector<int> SampledBits(const v1::Bundle& bundle, const std::string& bytes) {
  constexpr size_t kEvery = 16;
  std::vector<int> bits(bytes.size(), 8);
  for (const std::string& entry : bundle.entries()) {
    const size_t begin = bytes.find(entry);
    std::fill_n(bits.begin() + static_cast<ptrdiff_t>(begin), entry.size(), 1);
  }
  for (const std::string& policy : bundle.policies()) {
    const size_t begin = bytes.find(policy);
    for (size_t i = 0; i < policy.size(); ++i) bits[begin + i] = i % kEvery == 0 ? 1 : 0;
  }
  return bits;
}

/// Whatever is flipped, nobody is shown anything else. Every bit of proof and checkpoint, and samples of entries and
/// packs; in the long form every bit there is.
TEST(BundleBits, FlippedAreRefusedOrChangeNothingThatIsShown) {
  const char* full = std::getenv("TOUCHSTONE_FULL");
  const bool all = full != nullptr && std::string_view(full) == "1";
  MemoryLedger ledger;
  const v1::PolicyPack& strict = FindBuiltInPolicy("mercury-free")->pack;
  Way way(HonestFacts(strict), [&](const testing::Statement& s) { ledger.Record(s); });
  const v1::Bundle bundle = ClaimedBundle(ledger, way);
  const std::string bytes = bundle.SerializeAsString();
  Trust trust = ledger.Trust();
  trust.witnesses = {{.key = WitnessKey().verifier(), .executes = true}};
  trust.quorum = 1;
  const auto good = VerifyBundle(bytes, trust);
  ASSERT_TRUE(good.ok()) << good.status();
  ASSERT_EQ(good->cosigned.size(), 1u);
  ASSERT_EQ(good->readings.size(), 2u);
  const std::string shown = ShownBy(*good);

  const std::vector<int> sampled = SampledBits(bundle, bytes);
  size_t flipped = 0;
  size_t harmless = 0;
  for (size_t at = 0; at < bytes.size(); ++at) {
    for (size_t bit = 0; bit < 8; ++bit) {
      if (!all && (sampled[at] == 0 || (sampled[at] == 1 && bit != at % 8))) continue;
      ++flipped;
      const auto report = VerifyBundle(testing::WithBitFlipped(bytes, at * 8 + bit), trust);
      if (!report.ok()) continue;
      ++harmless;
      ASSERT_EQ(ShownBy(*report), shown) << "byte " << at << ", bit " << bit;
    }
  }
  EXPECT_GT(flipped, bytes.size() / 2);
  EXPECT_LT(harmless, flipped / 100) << "a bundle has hardly a bit that says nothing";
}

}  // namespace
}  // namespace touchstone::ledger
