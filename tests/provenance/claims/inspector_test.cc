// An inspector is found out. Annulling his accreditation from a date turns the claims that needed what he did from then
// on, and no other; withdrawing it turns none that was issued before.
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "ledger/bundle.h"
#include "ledger/policy.h"
#include "tests/integration/services/node_fixture.h"

namespace touchstone::services {
namespace {

using testing::Into;
using testing::Metal;
using testing::Statement;
using testing::Take;

constexpr int64_t kDayUs = int64_t{24} * 3600 * 1'000'000;

/// Mines that the inspector in question visited before the date or after it, that another one visited, and what claims
/// were made of their gold.
class InspectorTest : public NodeTest {
 protected:
  InspectorTest() {
    StartNode();
    Cast();
    // Who saw the mine, and whether that was before the date.
    early_ = Mine("early", {"suspect"});
    other_ = Mine("other", {"colleague"});
    Claim("seen early, claimed early", {early_});
    PassDays(30);
    date_us_ = story_.now_us();
    PassDays(1);
    late_ = Mine("late", {"suspect"});
    both_ = Mine("both", {"suspect", "colleague"});
    Claim("seen late", {late_});
    Claim("seen early, claimed late", {early_});
    Claim("seen by another", {other_});
    Claim("seen late by both", {both_});
    Claim("melted of early and late", {early_, late_});
    Claim("melted of early and another's", {early_, other_});
    // What asks for no attestation never needed him.
    Claim("seen late, formalized", {late_}, "formalized");
    Submit();
  }

  void PassDays(int days) {
    Submit();
    story_.AdvanceUs(days * kDayUs);
    clock_.AdvanceUs(days * kDayUs);
  }

  /// Kept until the days pass or somebody asks: many events go to the node at once.
  Statement Say(Statement statement) {
    said_.push_back(statement);
    ++size_;
    return statement;
  }
  void Submit() {
    if (!said_.empty()) MustAdmit(std::exchange(said_, {}));
  }

  void Cast() {
    for (const Statement& statement : story_.Offices()) Say(statement);
    Say(story_.RegisterParty("north", "PE", {v1::ROLE_MINER}));
    Say(story_.RegisterParty("jeweler", "IT", {v1::ROLE_JEWELER}));
    for (const char* inspector : {"suspect", "colleague"}) {
      Say(story_.RegisterParty(inspector, "PE", {v1::ROLE_INSPECTOR}));
      Say(story_.Accredit(inspector, {v1::SCOPE_MERCURY_FREE_PROCESS}));
    }
  }

  std::string Mine(const std::string& name, const std::vector<std::string>& seen_by) {
    const std::string site = Say(story_.RegisterSite(name, v1::RegisterSite::KIND_MINE, "north", "PE")).site();
    Say(story_.RegisterLicence(v1::LICENCE_KIND_TITLE, "north", {site}, "T-" + name, "PE"));
    for (const std::string& inspector : seen_by) {
      Say(story_.Attest(inspector, v1::SCOPE_MERCURY_FREE_PROCESS, site));
    }
    return site;
  }

  /// Gold of these mines, melted where there are several, in a ring that is claimed at once.
  void Claim(const std::string& name, const std::vector<std::string>& mines, const char* policy_id = "mercury-free") {
    std::vector<v1::LotPart> parts;
    for (const std::string& mine : mines) {
      parts.push_back(Take(Say(story_.Produce("north", mine, {Metal(v1::FORM_DORE, 2'000, 900'000)})).lot()));
    }
    std::string lot = parts.front().lot_id();
    if (parts.size() > 1) {
      lot = Say(story_.Transform("north", v1::Transform::KIND_MELT, parts,
                                 {Into(Metal(v1::FORM_DORE, 2'000 * parts.size(), 900'000))}))
                .lot();
    }
    Say(story_.HandOver("north", "jeweler", {lot}));
    v1::Piece ring;
    ring.set_article("ring");
    ring.set_serial(name);
    ring.set_metal_mg(1'000);
    *ring.mutable_fineness() = testing::FineAs(900'000);
    const std::string piece = Say(story_.MakePieces("jeweler", {Take(lot, 1'000)}, {ring})).piece();
    const ledger::Policy& policy = *ledger::FindBuiltInPolicy(policy_id);
    v1::PolicyRef ref;
    ref.set_policy_id(policy_id);
    ref.set_version(policy.pack.version());
    ref.set_sha256(std::string(policy.sha256.view()));
    claims_.emplace_back(name, Say(story_.Claim("jeweler", piece, {ref}, size_)).claim());
  }

  void EndSuspect(v1::EndCause cause) {
    v1::Event event = story_.EndAccreditation("suspect", v1::SCOPE_MERCURY_FREE_PROCESS, cause).event;
    event.mutable_end_accreditation()->set_effective_at_us(date_us_);
    Say(story_.Sign(std::move(event), {"accreditor"}));
    Submit();
  }

  /// What the node says of the claim today under its own pack; a reader of its bundle says the same.
  v1::Evaluation Judge(const std::string& claim) {
    grpc::ClientContext context;
    v1::EvaluateRequest request;
    request.set_subject_id(claim);
    v1::EvaluateResponse response;
    const grpc::Status status = provenance_->Evaluate(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    if (response.evaluations_size() != 1) return {};
    const auto report = ledger::VerifyBundle(Bundle(claim), {.log = log_key(), .genesis_id = anchor_.genesis_id});
    EXPECT_TRUE(report.ok()) << report.status();
    if (report.ok()) {
      EXPECT_EQ(report->evaluations[0].DebugString(), response.evaluations(0).DebugString());
    }
    return response.evaluations(0);
  }

  std::string Bundle(const std::string& claim) {
    grpc::ClientContext context;
    v1::GetBundleRequest request;
    request.set_subject_id(claim);
    const auto stream = provenance_->GetBundle(&context, request);
    std::string bytes;
    for (v1::GetBundleResponse response; stream->Read(&response);) bytes += response.chunk();
    EXPECT_TRUE(stream->Finish().ok());
    return bytes;
  }

  std::map<std::string, v1::Verdict> Verdicts() {
    std::map<std::string, v1::Verdict> verdicts;
    for (const auto& [name, claim] : claims_) verdicts[name] = Judge(claim).verdict();
    return verdicts;
  }
  /// All claims as they were issued, but for those that turned.
  std::map<std::string, v1::Verdict> AllPassBut(const std::vector<std::string>& turned) {
    std::map<std::string, v1::Verdict> verdicts;
    for (const auto& [name, claim] : claims_) verdicts[name] = v1::VERDICT_PASS;
    for (const std::string& name : turned) verdicts[name] = v1::VERDICT_INDETERMINATE;
    return verdicts;
  }

  std::vector<Statement> said_;
  uint64_t size_ = 1;  // of the log, once what was said is in it
  int64_t date_us_ = 0;
  std::string early_, late_, both_, other_;                  // mines, by when and by whom they were seen
  std::vector<std::pair<std::string, std::string>> claims_;  // name and id
};

TEST_F(InspectorTest, AnnulledFromADateTurnsTheClaimsThatNeededWhatHeDidSince) {
  ASSERT_EQ(Verdicts(), AllPassBut({}));
  EndSuspect(v1::END_CAUSE_ANNULLED);
  EXPECT_EQ(Verdicts(), AllPassBut({"seen late", "melted of early and late"}));
}

TEST_F(InspectorTest, WithdrawnTurnsNoClaimThatWasIssuedBefore) {
  EndSuspect(v1::END_CAUSE_WITHDRAWN);
  EXPECT_EQ(Verdicts(), AllPassBut({}));
  // From then on he attests nothing more, and what he attested before still stands for what was won then.
  EXPECT_EQ(NodeTest::Submit(story_.Attest("suspect", v1::SCOPE_MERCURY_FREE_PROCESS, early_)).reason(),
            "NOT_ACCREDITED");
}

/// What he did is dated by the log: his own dates would be the ones in doubt.
TEST_F(InspectorTest, AnnulledFromTodayTurnsNothing) {
  PassDays(1);
  date_us_ = story_.now_us();
  EndSuspect(v1::END_CAUSE_ANNULLED);
  EXPECT_EQ(Verdicts(), AllPassBut({})) << "everything he did was before";
}

}  // namespace
}  // namespace touchstone::services
