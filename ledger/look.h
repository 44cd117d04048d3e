// Records for reading only, where a view may keep them parsed.
#pragma once

#include <memory>
#include <string_view>

#include "ledger/state.h"
#include "ledger/view.h"

namespace touchstone::ledger {

/// As Load, but nothing is copied of a record that the view keeps parsed. Null when there is none.
template <typename Record>
std::shared_ptr<const Record> Look(const View& view, std::string_view id) {
  return std::static_pointer_cast<const Record>(view.GetParsed(StateKey<Record>(id), Record::default_instance()));
}

}  // namespace touchstone::ledger
