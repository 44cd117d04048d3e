#include "ledger/ids.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "crypto/hash.h"
#include "ledger/state.h"

namespace touchstone::ledger {
namespace {

/// 00 01 02 ... 1f.
crypto::Hash CountingHash() {
  crypto::Hash hash;
  for (size_t i = 0; i < hash.bytes.size(); ++i) hash.bytes[i] = static_cast<uint8_t>(i);
  return hash;
}

/// Worked out with Python's hashlib and base64 from the formula in ids.h.
TEST(ObjectId, HasTheAnswersOfAnIndependentImplementation) {
  struct Row {
    ObjectKind kind;
    uint32_t number;
    const char* id;
  };
  for (const Row& row : std::vector<Row>{{ObjectKind::kLot, 0, "lot_fwql6tziaa2gketxmkq3b3fhke"},
                                         {ObjectKind::kLot, 1, "lot_2g7vew2zpp4wu7huie7rbrljoj"},
                                         {ObjectKind::kLot, UINT32_MAX, "lot_tdfonbgrw4kgvvppcpneeb63tm"},
                                         {ObjectKind::kParty, 0, "party_h43onujlc7rt7uuj2io6ci2mrq"},
                                         {ObjectKind::kAttestation, 0, "attestation_pbl2j76uj32vinlx6vygzizzrk"},
                                         {ObjectKind::kClaim, 7, "claim_4muedarn657frrboz4ryr5uaz6"}}) {
    EXPECT_EQ(ObjectId(row.kind, CountingHash(), row.number), row.id);
  }
}

TEST(KindOfId, KnowsEveryKindByItsOwnIds) {
  for (const ObjectKind kind :
       {ObjectKind::kParty, ObjectKind::kSite, ObjectKind::kLicence, ObjectKind::kAttestation, ObjectKind::kLot,
        ObjectKind::kOffer, ObjectKind::kPiece, ObjectKind::kClaim, ObjectKind::kAccount}) {
    const std::string id = ObjectId(kind, CountingHash(), 3);
    EXPECT_EQ(KindOfId(id), kind) << id;
    EXPECT_TRUE(id.starts_with(PrefixOf(kind)));
  }
}

TEST(KindOfId, TakesNothingElseForAnId) {
  const std::string good = ObjectId(ObjectKind::kLot, CountingHash(), 0);
  ASSERT_TRUE(IsId(ObjectKind::kLot, good));
  EXPECT_FALSE(IsId(ObjectKind::kPiece, good));
  for (const std::string& bad :
       {std::string(), std::string("lot"), std::string("lot_"), good + "a", good.substr(0, good.size() - 1),
        "Lot" + good.substr(3), "lots" + good.substr(3), good.substr(3), " " + good, good + " ",
        "lot-" + good.substr(4), "lot__" + good.substr(5)}) {
    EXPECT_EQ(KindOfId(bad), std::nullopt) << bad;
  }
  for (size_t i = 4; i < good.size(); ++i) {
    for (const char c : std::string("A018_-=\0\xff", 9)) {
      std::string bad = good;
      bad[i] = c;
      EXPECT_EQ(KindOfId(bad), std::nullopt) << bad;
    }
  }
}

TEST(StateKey, OfDifferentTablesAndIdsNeverMeet) {
  const std::string id = "x";
  const std::set<std::string> keys = {
      StateKey<v1::EventRecord>(id),  StateKey<v1::PartyRecord>(id),          StateKey<v1::KeyRecord>(id),
      StateKey<v1::SiteRecord>(id),   StateKey<v1::LicenceRecord>(id),        StateKey<v1::AttestationRecord>(id),
      StateKey<v1::LotRecord>(id),    StateKey<v1::StepRecord>(id),           StateKey<v1::OfferRecord>(id),
      StateKey<v1::PieceRecord>(id),  StateKey<v1::ClaimRecord>(id),          StateKey<v1::MassBookRecord>(id),
      StateKey<v1::LedgerRecord>(id), std::string(1, kUniqueNamesLetter) + id};
  EXPECT_EQ(keys.size(), 14u);
}

TEST(HistoryKey, SortsByIndexWithinAnObject) {
  EXPECT_LT(HistoryKey("lot_a", 1), HistoryKey("lot_a", 256));
  EXPECT_TRUE(HistoryKey("lot_a", 9).starts_with(HistoryPrefix("lot_a")));
  EXPECT_FALSE(HistoryKey("lot_ab", 9).starts_with(HistoryPrefix("lot_a")));
}

}  // namespace
}  // namespace touchstone::ledger
