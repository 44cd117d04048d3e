// Every class of bad input gets a typed error that names the field, and changes nothing.
#include <functional>
#include <string>

#include "base/limits.h"
#include "crypto/dsse.h"
#include "tests/integration/services/node_fixture.h"
#include "touchstone/v1/envelope.pb.h"

namespace touchstone::services {
namespace {

using testing::Statement;

/// A valid registration, and the ways to spoil it.
class BadInputTest : public NodeTest {
 protected:
  BadInputTest() {
    StartNode();
    good_ = story_.RegisterParty("registry", "PE", {v1::ROLE_LICENSING_AUTHORITY}, "root");
  }

  /// `change` applied to the decoded envelope, which is then signed by nobody anew.
  std::string Spoiled(const std::function<void(v1::Envelope&)>& change) const {
    v1::Envelope envelope;
    EXPECT_TRUE(envelope.ParseFromString(good_.envelope));
    change(envelope);
    return envelope.SerializeAsString();
  }

  /// `change` applied to the bytes of the payload, which is then signed by root as if that were right.
  std::string Resigned(const std::function<std::string(const std::string&)>& change) const {
    v1::Envelope envelope;
    EXPECT_TRUE(envelope.ParseFromString(good_.envelope));
    const crypto::SecretKey root = testing::KeyOf("root");
    envelope.set_payload(change(envelope.payload()));
    envelope.mutable_signatures(0)->set_signature(
        std::string(root.Sign(crypto::Pae(crypto::kEventPayloadType, envelope.payload())).view()));
    return envelope.SerializeAsString();
  }

  void ExpectRefused(const std::string& envelope, std::string_view reason, std::string_view field,
                     grpc::StatusCode code = grpc::StatusCode::INVALID_ARGUMENT) {
    const crypto::Checkpoint before = NewestCheckpoint();
    const Submitted submitted = Submit(envelope);
    EXPECT_EQ(submitted.status.error_code(), code) << submitted.status.error_message();
    EXPECT_EQ(submitted.reason(), reason) << submitted.status.error_message();
    EXPECT_EQ(submitted.field(), field) << submitted.status.error_message();
    EXPECT_EQ(NewestCheckpoint(), before);
  }

  Statement good_;
};

TEST_F(BadInputTest, NothingAtAll) { ExpectRefused("", "BAD_SIGNER_KEYS", "payload.signer_keys"); }

TEST_F(BadInputTest, TruncatedAnywhere) {
  const crypto::Checkpoint before = NewestCheckpoint();
  for (size_t length = 0; length < good_.envelope.size(); ++length) {
    const Submitted submitted = Submit(good_.envelope.substr(0, length));
    EXPECT_EQ(submitted.status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << length;
    EXPECT_NE(submitted.reason(), "") << length;
  }
  EXPECT_EQ(NewestCheckpoint(), before);
}

TEST_F(BadInputTest, Oversized) {
  ExpectRefused(std::string(limits::kMaxEnvelopeBytes + 1, '\x0a'), "ENVELOPE_TOO_LARGE", "envelope");
}

TEST_F(BadInputTest, TrailingBytes) {
  ExpectRefused(good_.envelope + std::string("\0", 1), "ENVELOPE_MALFORMED", "envelope");
}

TEST_F(BadInputTest, UnknownFieldInTheEnvelope) {
  ExpectRefused(good_.envelope + "\x7a\x01x", "UNKNOWN_FIELD", "envelope");
}

TEST_F(BadInputTest, UnknownFieldInThePayload) {
  ExpectRefused(Resigned([](const std::string& payload) { return payload + "\x9a\x06\x01x"; }), "UNKNOWN_FIELD",
                "payload");
}

TEST_F(BadInputTest, UnknownEnumValue) {
  ExpectRefused(Resigned([](const std::string& payload) {
                  v1::Event event;
                  EXPECT_TRUE(event.ParseFromString(payload));
                  event.mutable_register_party()->add_roles(static_cast<v1::Role>(99));
                  return event.SerializeAsString();
                }),
                "UNKNOWN_ENUM_VALUE", "payload.register_party.roles[1]");
}

TEST_F(BadInputTest, PayloadNotCanonical) {
  // Field 5, zero: the same event, written in more bytes.
  ExpectRefused(Resigned([](const std::string& payload) { return payload + std::string("\x28\0", 2); }),
                "NOT_CANONICAL", "payload");
}

TEST_F(BadInputTest, SignatureOfAnotherKey) {
  ExpectRefused(Spoiled([this](v1::Envelope& envelope) {
                  const crypto::SecretKey other = testing::KeyOf("somebody");
                  envelope.mutable_signatures(0)->set_signature(
                      std::string(other.Sign(crypto::Pae(crypto::kEventPayloadType, envelope.payload())).view()));
                }),
                "BAD_SIGNATURE", "signatures[0].signature");
}

TEST_F(BadInputTest, KeyThatThePayloadDoesNotName) {
  ExpectRefused(Spoiled([](v1::Envelope& envelope) {
                  envelope.mutable_signatures(0)->set_key(std::string(testing::KeyOf("somebody").public_key().view()));
                }),
                "SIGNATURES_MISMATCH", "signatures[0].key");
}

TEST_F(BadInputTest, ExtraSignature) {
  ExpectRefused(Spoiled([](v1::Envelope& envelope) { *envelope.add_signatures() = envelope.signatures(0); }),
                "SIGNATURES_MISMATCH", "signatures");
}

TEST_F(BadInputTest, MissingSignature) {
  ExpectRefused(Spoiled([](v1::Envelope& envelope) { envelope.clear_signatures(); }), "SIGNATURES_MISMATCH",
                "signatures");
}

TEST_F(BadInputTest, EveryFlippedBitOfTheSignature) {
  const crypto::Checkpoint before = NewestCheckpoint();
  for (int bit = 0; bit < 512; ++bit) {
    const std::string flipped = Spoiled([bit](v1::Envelope& envelope) {
      (*envelope.mutable_signatures(0)->mutable_signature())[bit / 8] ^= static_cast<char>(1 << (bit % 8));
    });
    EXPECT_EQ(Submit(flipped).reason(), "BAD_SIGNATURE") << bit;
  }
  EXPECT_EQ(NewestCheckpoint(), before);
}

TEST_F(BadInputTest, AnotherLedgersEvent) {
  testing::Story elsewhere;
  elsewhere.Genesis(testing::KeyOf("log").public_key());
  ExpectRefused(elsewhere.RegisterParty("registry", "PE", {v1::ROLE_LICENSING_AUTHORITY}, "root").envelope,
                "WRONG_LEDGER", "genesis_id");
}

TEST_F(BadInputTest, ASecondGenesis) {
  testing::Story elsewhere;
  ExpectRefused(elsewhere.Genesis(testing::KeyOf("log").public_key()).envelope, "GENESIS_REPEATED", "genesis",
                grpc::StatusCode::ALREADY_EXISTS);
}

TEST_F(BadInputTest, KeyOfNobody) {
  ExpectRefused(story_.RegisterParty("another", "PE", {v1::ROLE_MINER}, "nobody").envelope, "UNKNOWN_KEY",
                "signer_keys[0]", grpc::StatusCode::PERMISSION_DENIED);
}

TEST_F(BadInputTest, RequestBeyondTheSizeOfACall) {
  const crypto::Checkpoint before = NewestCheckpoint();
  const Submitted submitted = Submit(std::string(static_cast<size_t>(limits::kMaxRequestBytes) + 1, 'x'));
  EXPECT_EQ(submitted.status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(NewestCheckpoint(), before);
}

TEST_F(BadInputTest, WhatWasSpoiledIsAdmittedUnspoiled) {
  const Submitted submitted = Submit(good_);
  ASSERT_TRUE(submitted.ok()) << submitted.status.error_message();
  ExpectValid(submitted.receipt, good_);
}

}  // namespace
}  // namespace touchstone::services
