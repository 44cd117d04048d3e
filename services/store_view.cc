#include "services/store_view.h"

#include <utility>

#include "base/limits.h"

namespace touchstone::services {

std::optional<std::string> StoreView::Get(std::string_view key) const {
  absl::StatusOr<std::optional<std::string>> value = reader_.GetState(key);
  if (value.ok()) return *std::move(value);
  if (status_.ok()) status_ = value.status();
  return std::nullopt;
}

ledger::Draft& WorkingState::ForNextBatch() {
  if (!draft_.has_value() || is_full()) draft_.emplace(*store_);
  return *draft_;
}

bool WorkingState::is_full() const { return draft_.has_value() && draft_->memory_bytes() > limits::kMaxDraftBytes; }

void WorkingState::Forget() {
  draft_.reset();
  store_.emplace(reader_);
}

}  // namespace touchstone::services
