#include "ledger/envelope.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "base/encoding.h"
#include "base/limits.h"
#include "base/status.h"
#include "crypto/dsse.h"
#include "ledger/known_batches.h"
#include "tests/support/bits.h"
#include "tests/support/story.h"

namespace touchstone::ledger {
namespace {

using testing::KeyOf;
using testing::Statement;
using testing::Story;
using testing::WithBitFlipped;

constexpr std::string_view kSomeLot = "lot_aaaaaaaaaaaaaaaaaaaaaaaaaa";

/// A hand-over by north and south: two signers, nested messages, a repeated field.
v1::Event SomeEvent() {
  v1::Event event;
  event.set_genesis_id(std::string(32, 'g'));
  event.set_nonce(std::string(limits::kNonceBytes, 'n'));
  event.set_occurred_at_us(testing::kStoryStartUs);
  event.mutable_device()->set_counter(7);
  v1::HandOver& body = *event.mutable_hand_over();
  body.add_lot_ids(std::string(kSomeLot));
  body.set_rights(v1::TRANSFER_RIGHT_BOTH);
  body.add_received()->set_gross_mg(5);
  return event;
}

std::vector<crypto::SecretKey> Keys(const std::vector<std::string>& names) {
  std::vector<crypto::SecretKey> keys;
  for (const std::string& name : names) keys.push_back(KeyOf(name));
  return keys;
}

std::vector<const crypto::SecretKey*> Pointers(const std::vector<crypto::SecretKey>& keys) {
  std::vector<const crypto::SecretKey*> pointers;
  for (const crypto::SecretKey& key : keys) pointers.push_back(&key);
  return pointers;
}

v1::Envelope SomeEnvelope(const v1::Event& event = SomeEvent(),
                          const std::vector<std::string>& by = {"north", "south"}) {
  const std::vector<crypto::SecretKey> keys = Keys(by);
  const auto pointers = Pointers(keys);
  v1::Envelope envelope;
  EXPECT_TRUE(envelope.ParseFromString(*SignPayload(EncodePayload(event, pointers), pointers)));
  return envelope;
}

std::string ReasonOfDecoding(std::string_view bytes) {
  const auto event = DecodeEnvelope(bytes);
  return event.ok() ? "" : ReasonOf(event.status());
}

// --- What is well formed ----------------------------------------------------------------------------------------------

TEST(DecodeEnvelope, GivesBackWhatWasSigned) {
  const v1::Envelope envelope = SomeEnvelope();
  const auto event = DecodeEnvelope(envelope.SerializeAsString());
  ASSERT_TRUE(event.ok()) << event.status();
  EXPECT_EQ(event->envelope.payload(), envelope.payload());
  EXPECT_EQ(event->event_id, crypto::Sha256(envelope.payload()));
  EXPECT_EQ(event->event.hand_over().lot_ids(0), kSomeLot);
  EXPECT_TRUE(VerifySignatures(*event).ok());
}

TEST(DecodeEnvelope, RefusesEveryTruncation) {
  const std::string bytes = SomeEnvelope().SerializeAsString();
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(DecodeEnvelope(bytes.substr(0, size)).ok()) << size;
  }
}

TEST(DecodeEnvelope, AdmitsTheLargestAndRefusesOneByteMore) {
  const auto sized = [](size_t text) {
    v1::Event event = SomeEvent();
    event.mutable_claim()->set_statement(std::string(text, 'x'));
    return SomeEnvelope(event).SerializeAsString();
  };
  const size_t overhead = sized(60'000).size() - 60'000;
  EXPECT_EQ(ReasonOfDecoding(sized(limits::kMaxEnvelopeBytes - overhead)), "");
  EXPECT_EQ(ReasonOfDecoding(sized(limits::kMaxEnvelopeBytes - overhead + 1)), "ENVELOPE_TOO_LARGE");
}

// --- One value, one encoding -------------------------------------------------------------------------------------------

/// Bytes of a payload that say the same as, or more than, a well-formed one.
struct Rewriting {
  const char* what;
  const char* reason;
  std::function<std::string(const v1::Event&)> bytes;
};

std::string Field(uint32_t number, uint32_t wire_type) {
  const uint32_t tag = number << 3 | wire_type;
  if (tag < 128) return std::string(1, static_cast<char>(tag));
  return {static_cast<char>((tag & 127) | 128), static_cast<char>(tag >> 7)};
}

std::string Delimited(uint32_t number, std::string_view content) {
  std::string bytes = Field(number, 2);
  size_t size = content.size();
  for (; size >= 128; size >>= 7) bytes.push_back(static_cast<char>((size & 127) | 128));
  bytes.push_back(static_cast<char>(size));
  return bytes.append(content);
}

TEST(DecodeEnvelope, RefusesPayloadsThatAreNotTheirOwnReEncoding) {
  const auto party = [](std::string_view more) {
    v1::Event event = SomeEvent();
    event.clear_body();
    const std::vector<crypto::SecretKey> keys = Keys({"north", "south"});
    return EncodePayload(event, Pointers(keys)) + Delimited(12, more);  // register_party
  };
  const std::vector<Rewriting> rewritings = {
      {"a field repeated", "NOT_CANONICAL",
       [](const v1::Event& event) { return event.SerializeAsString() + Delimited(3, event.nonce()); }},
      {"fields out of order", "NOT_CANONICAL",
       [](const v1::Event& event) {
         v1::Event rest = event;
         rest.clear_genesis_id();
         return rest.SerializeAsString() + Delimited(1, event.genesis_id());
       }},
      {"a default written out", "NOT_CANONICAL",
       [](const v1::Event& event) { return event.SerializeAsString() + Field(5, 0) + '\0'; }},
      {"a varint with a needless byte", "NOT_CANONICAL",
       [](const v1::Event& event) {
         v1::Event rest = event;
         rest.clear_body();
         rest.clear_device();
         return rest.SerializeAsString() + Delimited(7, Field(1, 0) + std::string("\x87\x00", 2)) +
                Delimited(50, event.hand_over().SerializeAsString());
       }},
      {"two bodies", "NOT_CANONICAL",
       [](const v1::Event& event) { return event.SerializeAsString() + Delimited(70, ""); }},
      {"a packed list unpacked", "NOT_CANONICAL",
       [&](const v1::Event&) { return party(Field(3, 0) + '\x01' + Field(3, 0) + '\x02'); }},
      {"an unknown field", "UNKNOWN_FIELD",
       [](const v1::Event& event) { return event.SerializeAsString() + Field(99, 0) + '\x01'; }},
      {"an unknown field in a message", "UNKNOWN_FIELD",
       [](const v1::Event& event) {
         v1::Event rest = event;
         rest.clear_body();
         return rest.SerializeAsString() + Delimited(50, event.hand_over().SerializeAsString() + Field(15, 0) + '\x01');
       }},
      {"an unknown field in a list of messages", "UNKNOWN_FIELD",
       [](const v1::Event& event) {
         v1::Event rest = event;
         rest.clear_body();
         v1::HandOver body = event.hand_over();
         body.clear_received();
         return rest.SerializeAsString() +
                Delimited(50, body.SerializeAsString() + Delimited(5, Field(15, 0) + '\x01'));
       }},
      {"an unknown enum value", "UNKNOWN_ENUM_VALUE",
       [](const v1::Event& event) {
         v1::Event other = event;
         other.mutable_hand_over()->set_rights(static_cast<v1::TransferRight>(4));
         return other.SerializeAsString();
       }},
      {"an unknown value in a list of enums", "UNKNOWN_ENUM_VALUE",
       [&](const v1::Event&) { return party(Delimited(3, "\x63")); }},
      {"text that is not UTF-8", "PAYLOAD_MALFORMED", [&](const v1::Event&) { return party(Delimited(1, "\xff")); }},
      {"a length beyond the end", "PAYLOAD_MALFORMED",
       [](const v1::Event& event) { return event.SerializeAsString() + Field(50, 2) + '\x7f'; }},
  };
  v1::Event event;
  ASSERT_TRUE(event.ParseFromString(SomeEnvelope().payload()));
  for (const Rewriting& rewriting : rewritings) {
    v1::Envelope envelope = SomeEnvelope();
    envelope.set_payload(rewriting.bytes(event));
    EXPECT_EQ(ReasonOfDecoding(envelope.SerializeAsString()), rewriting.reason) << rewriting.what;
  }
}

TEST(DecodeEnvelope, RefusesEnvelopesThatAreNotTheirOwnReEncoding) {
  const v1::Envelope envelope = SomeEnvelope();
  const std::string bytes = envelope.SerializeAsString();
  EXPECT_EQ(ReasonOfDecoding(bytes + Delimited(1, envelope.payload())), "NOT_CANONICAL");
  EXPECT_EQ(ReasonOfDecoding(bytes + Field(15, 0) + '\x01'), "UNKNOWN_FIELD");
  EXPECT_EQ(ReasonOfDecoding(bytes + "\x07"), "ENVELOPE_MALFORMED");
  EXPECT_EQ(ReasonOfDecoding(bytes + std::string(1, '\0')), "ENVELOPE_MALFORMED");
}

TEST(DecodeEnvelope, NamesTheFieldAtFault) {
  v1::Event event = SomeEvent();
  event.mutable_hand_over()->set_rights(static_cast<v1::TransferRight>(4));
  v1::Envelope envelope = SomeEnvelope();
  v1::Event named;
  ASSERT_TRUE(named.ParseFromString(envelope.payload()));
  named.mutable_hand_over()->set_rights(static_cast<v1::TransferRight>(4));
  envelope.set_payload(named.SerializeAsString());
  EXPECT_EQ(FieldOf(DecodeEnvelope(envelope.SerializeAsString()).status()), "payload.hand_over.rights");
}

// --- Signers ----------------------------------------------------------------------------------------------------------

/// Changes a good payload or its envelope.
struct Tampering {
  const char* what;
  const char* reason;
  void (*apply)(v1::Event&, v1::Envelope&);
};

TEST(DecodeEnvelope, RefusesBadSignersAndSignatures) {
  const std::vector<Tampering> tamperings = {
      {"no signer", "BAD_SIGNER_KEYS", [](v1::Event& e, v1::Envelope&) { e.clear_signer_keys(); }},
      {"unsorted signers", "BAD_SIGNER_KEYS",
       [](v1::Event& e, v1::Envelope&) { e.mutable_signer_keys()->SwapElements(0, 1); }},
      {"a signer twice", "BAD_SIGNER_KEYS",
       [](v1::Event& e, v1::Envelope&) { *e.mutable_signer_keys(1) = e.signer_keys(0); }},
      {"a short key", "BAD_SIGNER_KEYS", [](v1::Event& e, v1::Envelope&) { e.mutable_signer_keys(1)->pop_back(); }},
      {"a long key", "BAD_SIGNER_KEYS", [](v1::Event& e, v1::Envelope&) { e.mutable_signer_keys(1)->push_back('k'); }},
      {"17 signers", "BAD_SIGNER_KEYS",
       [](v1::Event& e, v1::Envelope&) {
         e.clear_signer_keys();
         for (char c = 'a'; c < 'a' + 17; ++c) e.add_signer_keys(std::string(32, c));
       }},
      {"a signature missing", "SIGNATURES_MISMATCH",
       [](v1::Event&, v1::Envelope& e) { e.mutable_signatures()->RemoveLast(); }},
      {"a signature too many", "SIGNATURES_MISMATCH",
       [](v1::Event&, v1::Envelope& e) { *e.add_signatures() = v1::Signature(e.signatures(0)); }},
      {"signatures in another order", "SIGNATURES_MISMATCH",
       [](v1::Event&, v1::Envelope& e) { e.mutable_signatures()->SwapElements(0, 1); }},
      {"a signature by another key", "SIGNATURES_MISMATCH",
       [](v1::Event&, v1::Envelope& e) { e.mutable_signatures(0)->set_key(std::string(32, 'k')); }},
      {"a short signature", "SIGNATURES_MISMATCH",
       [](v1::Event&, v1::Envelope& e) { e.mutable_signatures(0)->mutable_signature()->pop_back(); }},
      {"a short nonce", "BAD_NONCE", [](v1::Event& e, v1::Envelope&) { e.mutable_nonce()->pop_back(); }},
      {"no nonce", "BAD_NONCE", [](v1::Event& e, v1::Envelope&) { e.clear_nonce(); }},
      {"no body", "BODY_MISSING", [](v1::Event& e, v1::Envelope&) { e.clear_body(); }},
  };
  for (const Tampering& tampering : tamperings) {
    v1::Envelope envelope = SomeEnvelope();
    v1::Event event;
    ASSERT_TRUE(event.ParseFromString(envelope.payload()));
    tampering.apply(event, envelope);
    envelope.set_payload(event.SerializeAsString());
    EXPECT_EQ(ReasonOfDecoding(envelope.SerializeAsString()), tampering.reason) << tampering.what;
  }
}

/// What a hostile client may say about a batch. The largest counts once stopped the process.
TEST(DecodeEnvelope, RefusesBatchPathsOfTheWrongShape) {
  struct Row {
    uint64_t index;
    uint64_t count;
    int hashes;
    size_t bytes;
    const char* reason;
  };
  const std::vector<Row> rows = {
      {0, 1, 0, 32, ""},
      {4, 5, 1, 32, ""},
      {0, uint64_t{1} << 32, 32, 32, ""},
      {0, 0, 0, 32, "BAD_BATCH_PATH"},
      {5, 5, 1, 32, "BAD_BATCH_PATH"},
      {4, 5, 0, 32, "BAD_BATCH_PATH"},
      {4, 5, 2, 32, "BAD_BATCH_PATH"},
      {4, 5, 1, 31, "BAD_BATCH_PATH"},
      {0, uint64_t{1} << 33, 33, 32, "BAD_BATCH_PATH"},
      {uint64_t{1} << 32, (uint64_t{1} << 32) + 1, 1, 32, "BAD_BATCH_PATH"},
      {uint64_t{1} << 63, (uint64_t{1} << 63) + 1, 1, 32, "BAD_BATCH_PATH"},
      {UINT64_MAX - 1, UINT64_MAX, 1, 32, "BAD_BATCH_PATH"},
      {0, UINT64_MAX, 64, 32, "BAD_BATCH_PATH"},
  };
  for (const Row& row : rows) {
    v1::Envelope envelope = SomeEnvelope();
    v1::BatchPath& batch = *envelope.mutable_signatures(1)->mutable_batch();
    batch.set_index(row.index);
    batch.set_count(row.count);
    for (int i = 0; i < row.hashes; ++i) batch.add_hashes(std::string(row.bytes, 'h'));
    EXPECT_EQ(ReasonOfDecoding(envelope.SerializeAsString()), row.reason) << row.index << " of " << row.count;
  }
}

// --- Signatures -------------------------------------------------------------------------------------------------------

/// An envelope that decodes and verifies. Otherwise it was refused somewhere.
bool Verifies(std::string_view envelope) {
  const auto event = DecodeEnvelope(envelope);
  return event.ok() && VerifySignatures(*event).ok();
}

TEST(VerifySignatures, RefusesEveryFlippedBit) {
  const std::string bytes = SomeEnvelope().SerializeAsString();
  ASSERT_TRUE(Verifies(bytes));
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) EXPECT_FALSE(Verifies(WithBitFlipped(bytes, bit))) << bit;
}

TEST(VerifySignatures, NamesTheSignatureAtFault) {
  v1::Envelope envelope = SomeEnvelope();
  *envelope.mutable_signatures(1)->mutable_signature() = WithBitFlipped(envelope.signatures(1).signature(), 0);
  const auto status = VerifySignatures(*DecodeEnvelope(envelope.SerializeAsString()));
  EXPECT_EQ(ReasonOf(status), "BAD_SIGNATURE");
  EXPECT_EQ(FieldOf(status), "signatures[1].signature");
}

TEST(VerifySignatures, RefusesOneSignersSignatureForAnother) {
  v1::Envelope envelope = SomeEnvelope();
  std::swap(*envelope.mutable_signatures(0)->mutable_signature(), *envelope.mutable_signatures(1)->mutable_signature());
  EXPECT_EQ(ReasonOf(VerifySignatures(*DecodeEnvelope(envelope.SerializeAsString()))), "BAD_SIGNATURE");
}

// --- Signing ----------------------------------------------------------------------------------------------------------

TEST(EncodePayload, NamesTheKeysAscendingEachOnce) {
  const std::vector<crypto::SecretKey> keys = Keys({"south", "north", "south"});
  v1::Event event;
  ASSERT_TRUE(event.ParseFromString(EncodePayload(SomeEvent(), Pointers(keys))));
  ASSERT_EQ(event.signer_keys_size(), 2);
  EXPECT_LT(event.signer_keys(0), event.signer_keys(1));
}

TEST(SignPayload, WantsExactlyTheKeysThatThePayloadNames) {
  const std::vector<crypto::SecretKey> both = Keys({"north", "south"});
  const std::vector<crypto::SecretKey> other = Keys({"north", "jeweler"});
  const std::string payload = EncodePayload(SomeEvent(), Pointers(both));
  EXPECT_TRUE(SignPayload(payload, Pointers(both)).ok());
  EXPECT_EQ(ReasonOf(SignPayload(payload, Pointers(Keys({"north"}))).status()), "SIGNATURES_MISMATCH");
  EXPECT_EQ(ReasonOf(SignPayload(payload, Pointers(other)).status()), "SIGNATURES_MISMATCH");
  EXPECT_EQ(ReasonOf(SignPayload("nonsense", Pointers(both)).status()), "PAYLOAD_MALFORMED");
}

TEST(AddSignature, CompletesAnEnvelopeInAnyOrder) {
  const v1::Envelope complete = SomeEnvelope();
  for (const auto& [first, second] : {std::pair("north", "south"), std::pair("south", "north")}) {
    v1::Envelope unsigned_yet;
    unsigned_yet.set_payload(complete.payload());
    const auto half = AddSignature(unsigned_yet.SerializeAsString(), KeyOf(first));
    ASSERT_TRUE(half.ok()) << half.status();
    EXPECT_EQ(ReasonOfDecoding(*half), "SIGNATURES_MISMATCH");
    const auto whole = AddSignature(*half, KeyOf(second));
    ASSERT_TRUE(whole.ok()) << whole.status();
    EXPECT_EQ(*whole, complete.SerializeAsString());
    EXPECT_EQ(*AddSignature(*whole, KeyOf(first)), *whole);
  }
}

TEST(AddSignature, RefusesAKeyThatThePayloadDoesNotName) {
  const std::string bytes = SomeEnvelope().SerializeAsString();
  EXPECT_EQ(ReasonOf(AddSignature(bytes, KeyOf("jeweler")).status()), "SIGNATURES_MISMATCH");
  EXPECT_EQ(ReasonOf(AddSignature("nonsense", KeyOf("north")).status()), "ENVELOPE_MALFORMED");
}

// --- Batches ----------------------------------------------------------------------------------------------------------

std::vector<std::string> NumberedPayloads(size_t count, const std::vector<std::string>& by) {
  const std::vector<crypto::SecretKey> keys = Keys(by);
  std::vector<std::string> payloads;
  for (size_t i = 0; i < count; ++i) {
    v1::Event event = SomeEvent();
    event.mutable_device()->set_counter(i + 1);
    payloads.push_back(EncodePayload(event, Pointers(keys)));
  }
  return payloads;
}

std::vector<std::string> SignedBatch(size_t count, const std::vector<std::string>& by) {
  const std::vector<crypto::SecretKey> keys = Keys(by);
  auto envelopes = SignBatch(NumberedPayloads(count, by), Pointers(keys));
  EXPECT_TRUE(envelopes.ok()) << envelopes.status();
  return *std::move(envelopes);
}

TEST(SignBatch, EveryEventOfEverySizeVerifies) {
  EXPECT_TRUE(SignedBatch(0, {"north"}).empty());
  for (size_t count = 1; count <= 17; ++count) {
    const std::vector<std::string> payloads = NumberedPayloads(count, {"north"});
    const std::vector<std::string> envelopes = SignedBatch(count, {"north"});
    ASSERT_EQ(envelopes.size(), count);
    for (size_t i = 0; i < count; ++i) {
      EXPECT_TRUE(Verifies(envelopes[i])) << i << " of " << count;
      EXPECT_EQ(DecodeEnvelope(envelopes[i])->envelope.payload(), payloads[i]);
    }
  }
}

TEST(SignBatch, RefusesEveryFlippedBitOfPayloadSignatureAndPath) {
  const std::string bytes = SignedBatch(3, {"north"})[1];
  ASSERT_TRUE(Verifies(bytes));
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) EXPECT_FALSE(Verifies(WithBitFlipped(bytes, bit))) << bit;
}

TEST(SignBatch, RefusesAnEventThatWasNotInTheBatch) {
  v1::Envelope envelope;
  ASSERT_TRUE(envelope.ParseFromString(SignedBatch(4, {"north"})[1]));
  envelope.set_payload(NumberedPayloads(9, {"north"})[8]);
  EXPECT_EQ(ReasonOf(VerifySignatures(*DecodeEnvelope(envelope.SerializeAsString()))), "BAD_SIGNATURE");
}

TEST(SignBatch, RefusesAPlainSignatureAsThatOfABatchOfOneAndBack) {
  v1::Envelope batched;
  ASSERT_TRUE(batched.ParseFromString(SignedBatch(1, {"north"})[0]));
  batched.mutable_signatures(0)->clear_batch();
  EXPECT_FALSE(Verifies(batched.SerializeAsString()));
  v1::Envelope plain = SomeEnvelope(SomeEvent(), {"north"});
  plain.mutable_signatures(0)->mutable_batch()->set_count(1);
  EXPECT_FALSE(Verifies(plain.SerializeAsString()));
}

TEST(SignBatch, WantsOneSetOfKeysForAllPayloads) {
  std::vector<std::string> payloads = NumberedPayloads(2, {"north"});
  payloads[1] = NumberedPayloads(1, {"south"})[0];
  const std::vector<crypto::SecretKey> keys = Keys({"north"});
  const auto envelopes = SignBatch(payloads, Pointers(keys));
  EXPECT_EQ(ReasonOf(envelopes.status()), "SIGNATURES_MISMATCH");
  EXPECT_EQ(FieldOf(envelopes.status()), "payloads[1].payload.signer_keys");
}

TEST(KnownBatches, RememberWhatHeldAndNothingElse) {
  const std::vector<crypto::SecretKey> keys = Keys({"north", "south"});
  const std::string message = crypto::BatchMessage(7, crypto::Sha256("root"));
  const crypto::Signature good = keys[0].Sign(message);
  KnownBatches known;
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(known.Verify(keys[0].public_key(), message, good));
    EXPECT_FALSE(known.Verify(keys[1].public_key(), message, good));
    EXPECT_FALSE(known.Verify(keys[0].public_key(), crypto::BatchMessage(8, crypto::Sha256("root")), good));
    EXPECT_FALSE(known.Verify(keys[0].public_key(), message, keys[1].Sign(message)));
  }
}

TEST(KnownBatches, LetNoEventPassThatIsNotInTheBatch) {
  KnownBatches known;
  for (const std::string& bytes : SignedBatch(4, {"north"})) {
    EXPECT_TRUE(VerifySignatures(*DecodeEnvelope(bytes), &known).ok());
  }
  v1::Envelope stranger;
  ASSERT_TRUE(stranger.ParseFromString(SignedBatch(4, {"north"})[1]));
  stranger.set_payload(NumberedPayloads(9, {"north"})[8]);
  EXPECT_EQ(ReasonOf(VerifySignatures(*DecodeEnvelope(stranger.SerializeAsString()), &known)), "BAD_SIGNATURE");
}

// --- Entries ----------------------------------------------------------------------------------------------------------

TEST(DecodeEntry, GivesBackTimeAndEnvelope) {
  const std::string envelope = SomeEnvelope().SerializeAsString();
  const auto entry = DecodeEntry(EncodeEntry(testing::kStoryStartUs, envelope));
  ASSERT_TRUE(entry.ok()) << entry.status();
  EXPECT_EQ(entry->recorded_at_us(), testing::kStoryStartUs);
  EXPECT_EQ(entry->envelope(), envelope);
}

TEST(DecodeEntry, RefusesWhatNoLogWrites) {
  const std::string entry = EncodeEntry(testing::kStoryStartUs, "envelope");
  const std::string time = EncodeEntry(testing::kStoryStartUs, "");
  EXPECT_EQ(ReasonOf(DecodeEntry(entry.substr(0, entry.size() - 1)).status()), "ENTRY_MALFORMED");
  EXPECT_EQ(ReasonOf(DecodeEntry(entry + time).status()), "NOT_CANONICAL");
  EXPECT_EQ(ReasonOf(DecodeEntry(entry + Delimited(3, "x")).status()), "UNKNOWN_FIELD");
  EXPECT_EQ(ReasonOf(DecodeEntry(std::string(limits::kMaxEntryBytes + 1, 'x')).status()), "ENTRY_MALFORMED");
  EXPECT_EQ(ReasonOf(DecodeEntry(EncodeEntry(-1, "envelope")).status()), "ENTRY_MALFORMED");
  EXPECT_EQ(ReasonOf(DecodeEntry(EncodeEntry(INT64_MAX, "envelope")).status()), "ENTRY_MALFORMED");
}

}  // namespace
}  // namespace touchstone::ledger
