// What the form of an event alone decides, held against the rules: over the honest twin of every rule.
#include "ledger/form.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

#include "tests/unit/ledger/rules.h"

namespace touchstone::ledger {
namespace {

using google::protobuf::FieldDescriptor;
using ::testing::ElementsAre;

/// Whether the ledger admits what is said an hour after the story.
bool IsAdmitted(const Said& said) {
  constexpr int64_t kHourUs = 3'600'000'000;
  const int64_t now_us = TheWorld().story.now_us() + kHourUs;
  return std::holds_alternative<Effects>(TheWorld().ledger.Try(Envelope(said), now_us - said.event.occurred_at_us()));
}

/// Reason and field of each error.
std::vector<std::string> FoundIn(const v1::Event& event) {
  std::vector<std::string> found;
  for (const Rejection& error : FormErrors(event)) found.push_back(NameOf(error.reason) + " " + error.field);
  return found;
}

google::protobuf::Message& BodyOf(v1::Event& event) {
  const google::protobuf::Reflection& reflection = *event.GetReflection();
  const auto& verbs = *v1::Event::descriptor()->FindOneofByName("body");
  return *reflection.MutableMessage(&event, reflection.GetOneofFieldDescriptor(event, &verbs));
}

TEST(FormErrors, FindNothingInWhatTheRulesAdmit) {
  for (const Rule& rule : AllRules())
    EXPECT_THAT(FoundIn(rule.honest(TheWorld()).event), ElementsAre()) << rule.behaviour;
  for (const Flag& flag : AllFlags()) {
    Said said = flag.honest(TheWorld());
    flag.change(TheWorld(), said);
    EXPECT_THAT(FoundIn(said.event), ElementsAre()) << flag.behaviour;
  }
}

TEST(FormErrors, AreRefusedByTheRules) {
  for (const Rule& rule : AllRules()) {
    const Said honest = rule.honest(TheWorld());
    if (honest.event.has_genesis()) continue;  // nobody writes one by hand
    v1::Event event = honest.event;
    const google::protobuf::Descriptor& body = *BodyOf(event).GetDescriptor();
    for (int i = 0; i < body.field_count(); ++i) {
      Said lacking = honest;
      google::protobuf::Message& message = BodyOf(lacking.event);
      message.GetReflection()->ClearField(&message, body.field(i));
      if (FormErrors(lacking.event).empty()) continue;
      EXPECT_FALSE(IsAdmitted(lacking)) << rule.behaviour << " without " << body.field(i)->full_name();
    }
  }
}

TEST(FormErrors, NameEveryFieldAtFault) {
  v1::Event event = honest::Produce(TheWorld()).event;
  v1::Produce& produce = *event.mutable_produce();
  produce.clear_site_id();
  produce.set_period_until_us(produce.period_from_us());
  produce.mutable_outputs(0)->set_gross_mg(0);
  EXPECT_THAT(FoundIn(event), ElementsAre("FIELD_REQUIRED produce.site_id", "FIELD_INVALID produce.outputs[0].gross_mg",
                                          "FIELD_INVALID produce.period_until_us"));
  EXPECT_THAT(FoundIn({}), ElementsAre("FIELD_REQUIRED body"));
}

TEST(FormErrors, OfWorkThatIsNotOverAreTheEventsAlone) {
  v1::Event event = honest::Produce(TheWorld()).event;
  event.mutable_produce()->set_period_until_us(event.occurred_at_us() + 1);
  EXPECT_THAT(FoundIn(event), ElementsAre("FIELD_INVALID produce.period_until_us"));
  event.clear_occurred_at_us();
  EXPECT_THAT(FoundIn(event), ElementsAre()) << "when it occurs is not known yet";
}

}  // namespace
}  // namespace touchstone::ledger
