// What a node says under each pack of gold that the pack passes, and of gold that it fails; and what a reader derives
// from the node's bundles without the node.
#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "ledger/policy.h"
#include "tests/integration/services/node_fixture.h"
#include "tests/provenance/lying/pack_lies.h"
#include "tests/support/pyramid.h"
#include "tests/support/reader.h"
#include "tests/support/way.h"

namespace touchstone::services {
namespace {

using testing::Statement;

class PacksTest : public NodeTest {
 protected:
  PacksTest() { StartNode(); }

  /// Hands on to the node what a story says.
  std::function<void(const Statement&)> ToNode() {
    return [this](const Statement& statement) { said_.push_back(statement); };
  }
  void Submit() {
    constexpr size_t kAtOnce = 100;
    for (size_t i = 0; i < said_.size(); i += kAtOnce) {
      MustAdmit({said_.begin() + static_cast<ptrdiff_t>(i),
                 said_.begin() + static_cast<ptrdiff_t>(std::min(i + kAtOnce, said_.size()))});
    }
    said_.clear();
  }
  /// The ring of a way on which these facts were told.
  std::string RingOf(const testing::WayFacts& facts) {
    const testing::Way way(facts, ToNode(), &anchor_.genesis_id);
    Submit();
    return way.ring;
  }

  std::vector<v1::Evaluation> Said(const std::string& subject) {
    grpc::ClientContext context;
    v1::EvaluateRequest request;
    request.set_subject_id(subject);
    v1::EvaluateResponse response;
    const grpc::Status status = provenance_->Evaluate(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return {response.evaluations().begin(), response.evaluations().end()};
  }
  std::string Bundle(const std::string& subject) {
    grpc::ClientContext context;
    v1::GetBundleRequest request;
    request.set_subject_id(subject);
    const auto stream = provenance_->GetBundle(&context, request);
    std::string bytes;
    for (v1::GetBundleResponse response; stream->Read(&response);) bytes += response.chunk();
    EXPECT_TRUE(stream->Finish().ok());
    return bytes;
  }
  /// What the node says of the subject under every pack, which a reader of its bundle must derive as well.
  std::vector<v1::Evaluation> Agreed(const std::string& subject) {
    std::vector<v1::Evaluation> said = Said(subject);
    const ledger::Trust trust{.log = log_key(), .genesis_id = anchor_.genesis_id};
    EXPECT_EQ(testing::WhereReaderDiffers(Bundle(subject), trust, said), "");
    return said;
  }

  std::vector<Statement> said_;
};

TEST_F(PacksTest, AllPassGoldOnWhoseWayNothingIsMissing) {
  std::vector<const v1::PolicyPack*> packs;
  for (const ledger::Policy& policy : ledger::BuiltInPolicies()) packs.push_back(&policy.pack);
  const std::string ring = RingOf({.papers = testing::PapersFor(packs)});
  const std::vector<v1::Evaluation> evaluations = Agreed(ring);
  EXPECT_EQ(evaluations.size(), 9u);
  for (const v1::Evaluation& evaluation : evaluations) {
    EXPECT_EQ(evaluation.verdict(), v1::VERDICT_PASS) << evaluation.DebugString();
  }
}

/// Of each pack the first breach that fails it; the node and its readers judge it under all of them.
class EachPackTest : public PacksTest, public ::testing::WithParamInterface<std::string> {};

std::vector<std::string> PackIds() {
  std::vector<std::string> ids;
  for (const ledger::Policy& policy : ledger::BuiltInPolicies()) ids.push_back(policy.pack.id());
  return ids;
}

std::string NameOf(const ::testing::TestParamInfo<std::string>& id) {
  std::string name = id.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Of, EachPackTest, ::testing::ValuesIn(PackIds()), NameOf);

TEST_P(EachPackTest, FailsGoldThatBreaksOneOfItsRules) {
  const v1::PolicyPack& pack = ledger::FindBuiltInPolicy(GetParam())->pack;
  const std::vector<ledger::Lie> lies = ledger::LiesAgainst(pack);
  const auto lie =
      std::find_if(lies.begin(), lies.end(), [](const ledger::Lie& one) { return one.verdict == v1::VERDICT_FAIL; });
  ASSERT_NE(lie, lies.end());
  const std::vector<v1::Evaluation> evaluations = Agreed(RingOf(lie->facts));
  const auto evaluation = std::find_if(evaluations.begin(), evaluations.end(), [](const v1::Evaluation& one) {
    return one.policy().policy_id() == GetParam();
  });
  ASSERT_NE(evaluation, evaluations.end());
  EXPECT_EQ(evaluation->verdict(), v1::VERDICT_FAIL) << lie->rule << "\n" << evaluation->DebugString();
  EXPECT_EQ(evaluation->reasons(0).code(), lie->code) << lie->rule << "\n" << evaluation->DebugString();
}

TEST_F(PacksTest, AreJudgedOfGoldOfManyMinesAsReadersDo) {
  const testing::Pyramid pyramid(3, {.cooperatives = 20, .lots_each = 5, .bars = 4, .pieces = 40}, ToNode(),
                                 &anchor_.genesis_id);
  Submit();
  for (const size_t piece : {size_t{0}, size_t{20}, pyramid.pieces().size() - 1}) {
    EXPECT_EQ(Agreed(pyramid.pieces()[piece]).size(), ledger::BuiltInPolicies().size());
  }
}

}  // namespace
}  // namespace touchstone::services
