// Verdicts that come by themselves: at once, and when one changes.
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/limits.h"
#include "tests/provenance/claims/claims_fixture.h"

namespace touchstone::services {
namespace {

/// A watch that a client holds. Ends when it goes away.
class Watch {
 public:
  Watch(v1::ProvenanceService::Stub& stub, const v1::WatchClaimsRequest& request)
      : reader_(stub.WatchClaims(&context_, request)) {}
  ~Watch() {
    context_.TryCancel();
    if (!finished_) reader_->Finish();
  }

  /// The next verdict; empty at the end.
  v1::WatchClaimsResponse Next() {
    v1::WatchClaimsResponse message;
    if (!reader_->Read(&message)) message.Clear();
    return message;
  }
  /// Why the node ended it, once all was read.
  SeenError End() {
    v1::WatchClaimsResponse message;
    while (reader_->Read(&message)) {
    }
    finished_ = true;
    return See(reader_->Finish());
  }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<v1::WatchClaimsResponse>> reader_;
  bool finished_ = false;
};

class WatchTest : public ClaimsTest {
 protected:
  v1::WatchClaimsRequest OfClaims(const std::vector<std::string>& ids) {
    v1::WatchClaimsRequest request;
    request.mutable_claim_ids()->Assign(ids.begin(), ids.end());
    return request;
  }
  v1::WatchClaimsRequest OfParty(const std::string& actor) {
    v1::WatchClaimsRequest request;
    request.set_party_id(story_.PartyOf(actor));
    return request;
  }
};

TEST_F(WatchTest, TellsHowEveryClaimStandsAtOnce) {
  for (const v1::WatchClaimsRequest& request : {OfClaims({formalized_, mercury_free_}), OfParty("jeweler")}) {
    Watch watch(*provenance_, request);
    std::set<std::string> seen;
    for (int i = 0; i < 2; ++i) {
      const v1::WatchClaimsResponse message = watch.Next();
      EXPECT_EQ(message.evaluation().verdict(), v1::VERDICT_PASS);
      EXPECT_EQ(message.previous_verdict(), v1::VERDICT_UNSPECIFIED);
      EXPECT_EQ(message.status(), v1::ClaimRecord::STATUS_LIVE);
      seen.insert(message.evaluation().subject_id());
    }
    EXPECT_EQ(seen, (std::set<std::string>{formalized_, mercury_free_}));
  }
}

TEST_F(WatchTest, TellsOfAChangeAndOfNothingElse) {
  Watch watch(*provenance_, OfClaims({formalized_, mercury_free_}));
  for (int i = 0; i < 2; ++i) ASSERT_EQ(watch.Next().evaluation().verdict(), v1::VERDICT_PASS);
  // A production that has nothing to do with the ring comes first.
  MustAdmit({story_.Produce("north", road_.mine_site, {testing::Metal(v1::FORM_DORE, 10'000, 900'000)})});
  MustAdmit({story_.RevokeClaim("jeweler", formalized_, "wrong ring")});
  const v1::WatchClaimsResponse message = watch.Next();
  EXPECT_EQ(message.evaluation().subject_id(), formalized_);
  EXPECT_EQ(message.evaluation().verdict(), v1::VERDICT_INDETERMINATE);
  EXPECT_EQ(message.evaluation().reasons(0).code(), v1::VERDICT_CODE_CLAIM_ENDED);
  EXPECT_EQ(message.previous_verdict(), v1::VERDICT_PASS);
  EXPECT_EQ(message.status(), v1::ClaimRecord::STATUS_REVOKED);
}

TEST_F(WatchTest, OfAPartyTellsOfClaimsThatItMakesLater) {
  MustAdmit({story_.RevokeClaim("jeweler", formalized_, "wrong ring")});
  Watch watch(*provenance_, OfParty("jeweler"));
  EXPECT_EQ(watch.Next().evaluation().subject_id(), mercury_free_);
  const std::string again = Claim("formalized");
  const v1::WatchClaimsResponse message = watch.Next();
  EXPECT_EQ(message.evaluation().subject_id(), again);
  EXPECT_EQ(message.evaluation().verdict(), v1::VERDICT_PASS);
  EXPECT_EQ(message.previous_verdict(), v1::VERDICT_UNSPECIFIED);
}

TEST_F(WatchTest, RefusesWhatItCannotWatch) {
  v1::WatchClaimsRequest both = OfParty("jeweler");
  both.add_claim_ids(formalized_);
  v1::WatchClaimsRequest unknown_party;
  unknown_party.set_party_id("party_" + formalized_.substr(6));
  const std::vector<std::string> many(limits::kMaxClaimsPerWatch + 1, formalized_);
  for (const auto& [request, reason] :
       {std::pair(v1::WatchClaimsRequest(), "FIELD_REQUIRED"), std::pair(both, "FIELD_INVALID"),
        std::pair(OfClaims({road_.ring}), "BAD_ID"), std::pair(OfClaims(many), "FIELD_TOO_LONG"),
        std::pair(OfClaims({"claim_" + road_.ring.substr(6)}), "UNKNOWN_CLAIM"),
        std::pair(unknown_party, "UNKNOWN_PARTY")}) {
    EXPECT_EQ(Watch(*provenance_, request).End().reason, reason);
  }
}

TEST_F(WatchTest, ServesNoMoreThanItsLimit) {
  std::vector<std::unique_ptr<Watch>> watches;
  for (size_t i = 0; i < limits::kMaxWatches; ++i) {
    watches.push_back(std::make_unique<Watch>(*provenance_, OfClaims({formalized_})));
    ASSERT_EQ(watches.back()->Next().evaluation().subject_id(), formalized_);
  }
  EXPECT_EQ(Watch(*provenance_, OfClaims({formalized_})).End().reason, "WATCHES_BUSY");
}

TEST_F(WatchTest, EndsWellWhenTheNodeStops) {
  Watch watch(*provenance_, OfParty("jeweler"));
  for (int i = 0; i < 2; ++i) ASSERT_EQ(watch.Next().evaluation().verdict(), v1::VERDICT_PASS);
  StopNode();
  const SeenError error = watch.End();
  EXPECT_EQ(error.code, grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(error.reason, "SHUTTING_DOWN");
}

}  // namespace
}  // namespace touchstone::services
