#include "ledger/draft.h"

#include <algorithm>

namespace touchstone::ledger {
namespace {

bool ByKey(const Mutation& a, const Mutation& b) { return a.key < b.key; }

std::string NameKey(std::string_view name) { return std::string(1, kUniqueNamesLetter).append(name); }

}  // namespace

std::optional<uint64_t> Draft::NameUsedBy(std::string_view name) {
  const std::string key = NameKey(name);
  const auto used = std::find_if(names_.rbegin(), names_.rend(), [&](const Mutation& m) { return m.key == key; });
  const std::optional<std::string> bytes = used != names_.rend() ? used->value : view_.Get(key);
  v1::EventRecord record;
  if (!bytes.has_value() || !record.ParseFromString(*bytes)) return std::nullopt;
  return record.index();
}

void Draft::UseName(std::string_view name, uint64_t index) {
  v1::EventRecord record;
  record.set_index(index);
  std::string key = NameKey(name);
  const auto used = std::find_if(names_.begin(), names_.end(), [&](const Mutation& m) { return m.key == key; });
  if (used != names_.end()) {
    used->value = record.SerializeAsString();
  } else {
    names_.push_back({std::move(key), record.SerializeAsString()});
  }
}

Mutations Draft::StateMutations() const {
  Mutations mutations;
  mutations.reserve(slots_.size() + names_.size());
  for (const auto& [key, slot] : slots_) {
    if (slot.changed) mutations.push_back({std::string(key), slot.record->SerializeAsString()});
  }
  mutations.insert(mutations.end(), names_.begin(), names_.end());
  std::sort(mutations.begin(), mutations.end(), ByKey);
  return mutations;
}

Mutations Draft::IndexMutations() && {
  std::stable_sort(indexes_.begin(), indexes_.end(), ByKey);
  // Of equal keys the last stands.
  const auto last = std::unique(indexes_.rbegin(), indexes_.rend(),
                                [](const Mutation& a, const Mutation& b) { return a.key == b.key; });
  indexes_.erase(indexes_.begin(), last.base());
  return std::move(indexes_);
}

}  // namespace touchstone::ledger
