#include "tests/unit/ledger/scene.h"

#include <algorithm>

#include "ledger/bundle.h"

namespace touchstone::ledger {

using namespace testing;  // NOLINT: the vocabulary of stories

Scene::Scene() {
  Say(story.Genesis(KeyOf("log").public_key()));
  for (const Statement& statement : story.Offices()) Say(statement);
  Say(story.RegisterParty("north", "PE", {v1::ROLE_MINER}));
  Say(story.RegisterParty("refiner", "CH", {v1::ROLE_REFINER}));
  Say(story.RegisterParty("trader", "CH", {v1::ROLE_AGGREGATOR}));
  site = Say(story.RegisterSite("North adit", v1::RegisterSite::KIND_MINE, "north", "PE")).site();
}

Statement Scene::Say(Statement statement) {
  ledger.Record(statement);
  return statement;
}

Statement Scene::Dore(v1::MercuryUse mercury) {
  return Say(story.Produce("north", site, {Metal(v1::FORM_DORE, 10'000, 900'000)}, v1::PROCESS_ROUTE_GRAVITY, mercury));
}

Statement Scene::Melt(const std::vector<v1::LotPart>& parts, uint64_t gross_mg) {
  return Say(
      story.Transform("north", v1::Transform::KIND_MELT, parts, {Into(Metal(v1::FORM_DORE, gross_mg, 900'000))}));
}

std::string Scene::Book(const std::string& actor) const {
  return ledger.Get(StateKey<v1::MassBookRecord>(story.PartyOf(actor))).value_or("");
}

v1::StockRecord Scene::Stock(const std::string& actor) const {
  return Load<v1::StockRecord>(ledger, story.PartyOf(actor)).value_or(v1::StockRecord());
}

v1::Evaluation Scene::Judge(const std::string& subject) const {
  return *Evaluate(ledger, ledger.size(), subject, *FindBuiltInPolicy("mercury-free"));
}

bool Scene::Says(const std::string& subject, v1::VerdictCode code) const {
  const v1::Evaluation evaluation = Judge(subject);
  return std::any_of(evaluation.reasons().begin(), evaluation.reasons().end(),
                     [&](const v1::VerdictReason& r) { return r.code() == code; });
}

void Scene::ExpectBundleAgrees(const std::string& subject) const {
  const Policy& policy = *FindBuiltInPolicy("mercury-free");
  const auto bundle = BuildBundle(ledger, subject, {&policy}, ledger.Checkpoint());
  ASSERT_TRUE(bundle.ok()) << bundle.status();
  const auto report = VerifyBundle(bundle->SerializeAsString(), ledger.Trust());
  ASSERT_TRUE(report.ok()) << report.status();
  const auto shown = Evaluate(ledger, ledger.size(), subject, policy, Shown::kBundle);
  EXPECT_EQ(report->evaluations[0].DebugString(), shown->DebugString());
}

}  // namespace touchstone::ledger
