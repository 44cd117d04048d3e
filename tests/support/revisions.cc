#include "tests/support/revisions.h"

#include "base/check.h"
#include "ledger/state.h"

namespace touchstone::testing {

uint64_t IndexOf(const MemoryLedger& ledger, const Statement& statement) {
  const auto record = ledger::Load<v1::EventRecord>(ledger, statement.event_id.view());
  TS_CHECK(record.has_value());
  return record->index();
}

Statement Correct(const MemoryLedger& ledger, Story& story, const Statement& told, const std::vector<std::string>& by,
                  const std::function<void(v1::Event&)>& change) {
  v1::Event replacement = told.event;
  change(replacement);
  v1::Event event;
  event.mutable_correct()->set_event_index(IndexOf(ledger, told));
  event.mutable_correct()->set_original(told.event.SerializeAsString());
  event.mutable_correct()->set_replacement(replacement.SerializeAsString());
  event.mutable_correct()->set_reason("in error");
  return story.Sign(std::move(event), by);
}

Statement Void(const MemoryLedger& ledger, Story& story, const Statement& told, const std::vector<std::string>& by) {
  v1::Event event;
  event.mutable_void_()->set_event_index(IndexOf(ledger, told));
  event.mutable_void_()->set_original(told.event.SerializeAsString());
  event.mutable_void_()->set_reason("in error");
  return story.Sign(std::move(event), by);
}

}  // namespace touchstone::testing
