#include "tests/bench/load/load_story.h"

#include "base/check.h"
#include "ledger/envelope.h"

namespace touchstone::bench {

LoadStory::LoadStory(const World& world, uint64_t told) : Story(world.start_us, told), world_(world) {
  Continue(world.genesis_id);
}

const crypto::SecretKey& LoadStory::KeyFor(std::string_view actor) {
  if (actor == "root") {
    TS_CHECK(world_.root != nullptr);
    return *world_.root;
  }
  const auto known = keys_.find(actor);
  if (known != keys_.end()) return known->second;
  return keys_.emplace(actor, testing::KeyOf(world_.run + "/" + std::string(actor))).first->second;
}

testing::Statement LoadStory::Seal(const v1::Event& event, const std::vector<std::string>& signers) {
  Unsigned told;
  for (const std::string& signer : signers) told.keys.push_back(&KeyFor(signer));
  told.verb = event.body_case();
  told.payload = ledger::EncodePayload(event, told.keys);
  told.event_id = ledger::EventId(told.payload);
  testing::Statement statement;
  statement.event_id = told.event_id;
  told_.push_back(std::move(told));
  return statement;
}

}  // namespace touchstone::bench
