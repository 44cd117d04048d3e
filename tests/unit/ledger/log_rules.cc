// The log itself: whose key signs for it, and its end.
#include "tests/unit/ledger/rules.h"

namespace touchstone::ledger {
namespace {

using testing::KeyOf;

std::string PublicKeyOf(std::string_view actor) { return std::string(KeyOf(actor).public_key().view()); }

v1::RotateLogKey& Rotate(Said& s) { return *s.event.mutable_rotate_log_key(); }
v1::FreezeLog& Freeze(Said& s) { return *s.event.mutable_freeze_log(); }

}  // namespace

Said honest::RotateLogKey(const World& w) {
  testing::Story story = w.story;
  return {story.RotateLogKey("log-2", "log").event, {"root"}};
}

Said honest::FreezeLog(const World& w) {
  testing::Story story = w.story;
  return {story.FreezeLog("gold.example/ledger-2").event, {"root"}};
}

std::vector<Rule> LogRules() {
  using W = const World&;
  const auto rotate = honest::RotateLogKey;
  const auto freeze = honest::FreezeLog;
  return {
      {"a log key announced by a registrar", rotate, [](W, Said& s) { s.by = {"registry"}; },
       v1::REASON_ROOT_QUORUM_MISSING, "signer_keys"},
      {"a log key announced on behalf", rotate,
       [](const World& w, Said& s) { s.event.set_on_behalf_of_party_id(w.story.PartyOf("member")); },
       v1::REASON_NOT_ON_BEHALF, "on_behalf_of_party_id"},
      {"a short log key", rotate, [](W, Said& s) { Rotate(s).set_log_key("short"); }, v1::REASON_FIELD_INVALID,
       "rotate_log_key.log_key"},
      {"a log key in nobody's place", rotate, [](W, Said& s) { Rotate(s).clear_replaced_log_key(); },
       v1::REASON_FIELD_INVALID, "rotate_log_key.replaced_log_key"},
      {"a log key in the place of one that is not the log's", rotate,
       [](W, Said& s) { Rotate(s).set_replaced_log_key(PublicKeyOf("log-0")); }, v1::REASON_FIELD_INVALID,
       "rotate_log_key.replaced_log_key"},
      {"a party's key for the log", rotate, [](W, Said& s) { Rotate(s).set_log_key(PublicKeyOf("north")); },
       v1::REASON_KEY_IN_USE, "rotate_log_key.log_key"},
      {"a retired key for the log", rotate, [](W, Said& s) { Rotate(s).set_log_key(PublicKeyOf("north-2")); },
       v1::REASON_KEY_IN_USE, "rotate_log_key.log_key"},
      {"a root key for the log", rotate, [](W, Said& s) { Rotate(s).set_log_key(PublicKeyOf("root")); },
       v1::REASON_KEY_IN_USE, "rotate_log_key.log_key"},
      {"the log's key in its own place", rotate, [](W, Said& s) { Rotate(s).set_log_key(PublicKeyOf("log")); },
       v1::REASON_KEY_IN_USE, "rotate_log_key.log_key"},

      {"a ledger frozen by a registrar", freeze, [](W, Said& s) { s.by = {"registry"}; },
       v1::REASON_ROOT_QUORUM_MISSING, "signer_keys"},
      {"a ledger that goes on under its own name", freeze,
       [](W, Said& s) { Freeze(s).set_successor_origin(std::string(testing::Story::kOrigin)); },
       v1::REASON_FIELD_INVALID, "freeze_log.successor_origin"},
      {"a successor with a name that no note key can have", freeze,
       [](W, Said& s) { Freeze(s).set_successor_origin("gold example"); }, v1::REASON_FIELD_INVALID,
       "freeze_log.successor_origin"},
      {"a successor with a long name", freeze, [](W, Said& s) { Freeze(s).set_successor_origin(std::string(65, 'x')); },
       v1::REASON_FIELD_TOO_LONG, "freeze_log.successor_origin"},
      {"a long reason for the end", freeze, [](W, Said& s) { Freeze(s).set_reason(std::string(257, 'x')); },
       v1::REASON_FIELD_TOO_LONG, "freeze_log.reason"},
  };
}

}  // namespace touchstone::ledger
