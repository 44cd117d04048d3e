#include "ledger/draft.h"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <utility>

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

Mutations Draft::StateMutations() && {
  // Sorted before they are serialised: what points at records is lighter to move than their bytes.
  std::sort(written_.begin(), written_.end(), [](const Slot* a, const Slot* b) { return a->key < b->key; });
  std::sort(names_.begin(), names_.end(), ByKey);
  Mutations mutations;
  mutations.reserve(written_.size() + names_.size());
  auto name = names_.begin();
  for (const Slot* slot : written_) {
    for (; name != names_.end() && name->key < slot->key; ++name) mutations.push_back(std::move(*name));
    mutations.push_back({std::string(slot->key), slot->own->SerializeAsString()});
  }
  std::move(name, names_.end(), std::back_inserter(mutations));
  return mutations;
}

Mutations Draft::IndexMutations() && {
  absl::InlinedVector<size_t, 2 * kUsualIndexes> order(indexes_.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [this](size_t a, size_t b) {
    const int difference = indexes_[a].key.compare(indexes_[b].key);
    return difference != 0 ? difference < 0 : a < b;
  });
  Mutations mutations;
  mutations.reserve(order.size());
  for (size_t i = 0; i < order.size(); ++i) {
    const bool stands = i + 1 == order.size() || indexes_[order[i]].key != indexes_[order[i + 1]].key;
    if (stands) mutations.push_back(std::move(indexes_[order[i]]));
  }
  return mutations;
}

void Draft::PutIntoState() && {
  for (const Slot* slot : written_) local_->Put(slot->key, slot->own);
  for (const Mutation& name : names_) {
    auto* record = google::protobuf::Arena::CreateMessage<v1::EventRecord>(&local_->arena());
    TS_CHECK(record->ParseFromString(*name.value));
    local_->Put(name.key, record);
  }
}

}  // namespace touchstone::ledger
