#include "ledger/draft.h"

#include <algorithm>
#include <utility>

namespace touchstone::ledger {

void Draft::UseName(std::string_view name, uint64_t index) {
  v1::EventRecord record;
  record.set_index(index);
  names_[std::string(1, kUniqueNamesLetter).append(name)] = record.SerializeAsString();
}

Mutations Draft::StateMutations() const {
  Mutations mutations;
  for (const auto& [key, slot] : slots_) {
    if (slot.changed) mutations.push_back({key, slot.record->SerializeAsString()});
  }
  for (const auto& [key, value] : names_) mutations.push_back({key, value});
  std::sort(mutations.begin(), mutations.end(), [](const Mutation& a, const Mutation& b) { return a.key < b.key; });
  return mutations;
}

Mutations Draft::IndexMutations() const {
  Mutations mutations;
  for (const auto& [key, value] : indexes_) mutations.push_back({key, value});
  return mutations;
}

}  // namespace touchstone::ledger
