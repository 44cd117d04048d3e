// What a refused event waits for. That every row of the tables which is refused for want of something names it, is
// asked where the tables are run.
#include "ledger/missing.h"

#include <gtest/gtest.h>

#include "ledger/envelope.h"

namespace touchstone::ledger {
namespace {

constexpr char kLot[] = "lot_aaaaaaaaaaaaaaaaaaaaaaaaaa";
constexpr char kOtherLot[] = "lot_bbbbbbbbbbbbbbbbbbbbbbbbbb";
constexpr char kParty[] = "party_aaaaaaaaaaaaaaaaaaaaaaaaaa";

Rejection Refused(v1::Reason reason, const char* field) { return {reason, field, "the facts"}; }

TEST(MissingId, IsWhatTheRejectionsFieldHolds) {
  v1::Event event;
  event.mutable_transform()->add_inputs()->set_lot_id(kLot);
  event.mutable_transform()->add_inputs()->set_lot_id(kOtherLot);
  EXPECT_EQ(MissingId(event, Refused(v1::REASON_UNKNOWN_LOT, "transform.inputs[1].lot_id")), kOtherLot);

  v1::Event exported;
  exported.mutable_export_()->add_lot_ids(kLot);
  EXPECT_EQ(MissingId(exported, Refused(v1::REASON_UNKNOWN_LOT, "export.lot_ids[0]")), kLot);
}

TEST(MissingId, IsFoundInTheMessageThatTheFieldLeadsTo) {
  v1::Event event;
  event.mutable_receive()->add_received()->set_lot_id(kLot);
  EXPECT_EQ(MissingId(event, Refused(v1::REASON_UNKNOWN_LOT, "receive.received[0]")), kLot);
}

TEST(MissingId, IsNothingThatNoEventMakes) {
  v1::Event event;
  event.mutable_offer()->set_to_party_id("the aggregator in town");
  EXPECT_EQ(MissingId(event, Refused(v1::REASON_UNKNOWN_PARTY, "offer.to_party_id")), std::nullopt);
  event.mutable_offer()->set_to_party_id(kLot);
  EXPECT_EQ(MissingId(event, Refused(v1::REASON_UNKNOWN_PARTY, "offer.to_party_id")), std::nullopt);
  event.mutable_offer()->clear_to_party_id();
  EXPECT_EQ(MissingId(event, Refused(v1::REASON_UNKNOWN_PARTY, "offer.to_party_id")), std::nullopt);
}

TEST(MissingId, IsNothingForAnyOtherReason) {
  v1::Event event;
  event.mutable_offer()->add_lot_ids(kLot);
  event.mutable_unpack()->set_seal("S-1");
  for (const v1::Reason reason : {v1::REASON_LOT_CONSUMED, v1::REASON_NOT_CUSTODIAN, v1::REASON_UNKNOWN_KEY,
                                  v1::REASON_UNKNOWN_PACK, v1::REASON_FIELD_INVALID}) {
    EXPECT_EQ(MissingId(event, Refused(reason, "offer.lot_ids[0]")), std::nullopt) << NameOf(reason);
  }
}

TEST(MissingId, IsNothingForAPathThatLeadsNowhere) {
  v1::Event event;
  event.mutable_offer()->add_lot_ids(kLot);
  event.mutable_offer()->set_to_party_id(kParty);
  for (const char* field : {"", "offer", "offer.", "offer.lot_ids", "offer.lot_ids[1]", "offer.lot_ids[-1]",
                            "offer.lot_ids[0", "offer.lot_ids[0]x", "offer.lot_ids[]", "offer.lot_ids[0].more",
                            "offer.to_party_id", "offer.none", "offer.rights", "nothing.at.all", "accept.offer_id"}) {
    EXPECT_EQ(MissingId(event, Refused(v1::REASON_UNKNOWN_LOT, field)), std::nullopt) << field;
  }
}

TEST(MissingId, OfACorrectionIsTheNameOfTheEventThatItIsAbout) {
  v1::Event correction;
  correction.mutable_correct()->set_original("payload");
  EXPECT_EQ(MissingId(correction, Refused(v1::REASON_UNKNOWN_EVENT, "correct.event_index")),
            NameOfEvent(EventId("payload")));
  v1::Event voiding;
  voiding.mutable_void_()->set_original("payload");
  EXPECT_EQ(MissingId(voiding, Refused(v1::REASON_UNKNOWN_EVENT, "void.original")), NameOfEvent(EventId("payload")));
  voiding.mutable_void_()->clear_original();
  EXPECT_EQ(MissingId(voiding, Refused(v1::REASON_UNKNOWN_EVENT, "void.original")), std::nullopt);
}

TEST(MissingId, OfACorrectedSiteIsTheOneThatTheReplacementNames) {
  constexpr char kSite[] = "site_aaaaaaaaaaaaaaaaaaaaaaaaaa";
  v1::Event replacement;
  replacement.mutable_transform()->add_inputs()->set_lot_id(kLot);
  replacement.mutable_transform()->set_site_id(kSite);
  v1::Event correction;
  correction.mutable_correct()->set_replacement(replacement.SerializeAsString());
  EXPECT_EQ(MissingId(correction, Refused(v1::REASON_UNKNOWN_SITE, "correct.replacement")), kSite);
  correction.mutable_correct()->set_replacement("no event");
  EXPECT_EQ(MissingId(correction, Refused(v1::REASON_UNKNOWN_SITE, "correct.replacement")), std::nullopt);
  correction.mutable_correct()->clear_replacement();
  EXPECT_EQ(MissingId(correction, Refused(v1::REASON_UNKNOWN_SITE, "correct.replacement")), std::nullopt);
}

TEST(MissingId, IsTheSubjectOfAnAttestationThatRuleset1CallsInvalid) {
  v1::Event event;
  event.mutable_attest()->set_subject_id(kLot);
  EXPECT_EQ(MissingId(event, Refused(v1::REASON_FIELD_INVALID, "attest.subject_id")), kLot);
  EXPECT_EQ(MissingId(event, Refused(v1::REASON_FIELD_INVALID, "attest.visit")), std::nullopt);
  event.mutable_attest()->set_subject_id("piece_aaaaaaaaaaaaaaaaaaaaaaaaaa");
  EXPECT_EQ(MissingId(event, Refused(v1::REASON_FIELD_INVALID, "attest.subject_id")), std::nullopt)
      << "nothing can be attested about a piece";
}

}  // namespace
}  // namespace touchstone::ledger
