// A story whose events are signed later, by keys that are made once.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crypto/keys.h"
#include "tests/bench/load/world.h"
#include "tests/support/story.h"

namespace touchstone::bench {

/// An event that is not signed yet.
struct Unsigned {
  std::string payload;
  crypto::Hash event_id;
  std::vector<const crypto::SecretKey*> keys;  // of the story that told it
  v1::Event::BodyCase verb = v1::Event::BODY_NOT_SET;
};

/// Tells events without signing them: a Statement of it has the event's id, and neither event nor envelope. Keys are
/// seeded by the run and the actor's name, but for root, which is the world's. Not thread-safe.
class LoadStory final : public testing::Story {
 public:
  LoadStory(const World& world, uint64_t told);

  /// What was told since the last call.
  std::vector<Unsigned> Take() { return std::exchange(told_, {}); }

 protected:
  testing::Statement Seal(const v1::Event& event, const std::vector<std::string>& signers) override;
  crypto::PublicKey PublicKeyOf(std::string_view actor) override { return KeyFor(actor).public_key(); }

 private:
  const crypto::SecretKey& KeyFor(std::string_view actor);

  const World& world_;
  std::map<std::string, crypto::SecretKey, std::less<>> keys_;
  std::vector<Unsigned> told_;
};

}  // namespace touchstone::bench
