#include "ledger/draft.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <utility>

namespace touchstone::ledger {
namespace {

google::protobuf::ArenaOptions StartingIn(char* block, size_t size) {
  google::protobuf::ArenaOptions options;
  options.initial_block = block;
  options.initial_block_size = size;
  options.start_block_size = size;
  options.max_block_size = size_t{1} << 20;
  return options;
}

// A draft that keeps more records than a few decisions look at serves many: its table grows once to what it will need,
// and not by doubling, of which each time looks at every key again.
constexpr size_t kFew = 1'024;
constexpr size_t kMany = size_t{1} << 16;

}  // namespace

Draft::Draft(const View* beneath, Indexes indexes)
    : beneath_(beneath),
      keeps_indexes_(indexes == Indexes::kKept),
      arena_(StartingIn(first_block_, sizeof(first_block_))),
      table_memory_(table_block_, sizeof(table_block_)),
      slots_(&table_memory_) {
  slots_.reserve(kUsualRecords);
  if (keeps_indexes()) indexes_.reserve(kUsualIndexes);
}

Draft::Slot* Draft::MakeSlot(const StateKeyParts& key) {
  char* kept = google::protobuf::Arena::CreateArray<char>(&arena_, key.id.size() + 1);
  kept[0] = key.letter;
  if (!key.id.empty()) std::memcpy(kept + 1, key.id.data(), key.id.size());
  Slot* slot = google::protobuf::Arena::Create<Slot>(&arena_);
  slot->key = {kept, key.id.size() + 1};
  return slot;
}

void Draft::Touch(Slot& slot) {
  slot.touched = true;
  touched_.push_back(&slot);
  if (slot.changed || beneath_ == nullptr) return;
  slot.changed = true;
  changed_.push_back(&slot);
}

const Draft::Slot* Draft::FindSlot(const StateKeyParts& key) const {
  const auto found = slots_.find(key);
  return found != slots_.end() ? *found : nullptr;
}

std::optional<uint64_t> Draft::NameUsedBy(std::string_view name) {
  const auto* used = static_cast<const v1::EventRecord*>(SlotUnder<v1::EventRecord>({kUniqueNamesLetter, name}).record);
  if (used == nullptr) return std::nullopt;
  return used->index();
}

void Draft::UseName(std::string_view name, uint64_t index) {
  Own<v1::EventRecord>(SlotUnder<v1::EventRecord>({kUniqueNamesLetter, name})).set_index(index);
}

bool Draft::EndDecision() {
  const bool changed = !touched_.empty();
  for (Slot* slot : touched_) {
    slot->touched = false;
    // Who found the record in an earlier decision keeps it as it was.
    if (slot->shared) slot->own = nullptr;
  }
  touched_.clear();
  if (slots_.size() > kFew && slots_.capacity() < kMany) slots_.reserve(kMany);
  return changed;
}

Mutations Draft::TakeState() {
  // Sorted before they are serialised: what points at records is lighter to move than their bytes.
  std::sort(changed_.begin(), changed_.end(), [](const Slot* a, const Slot* b) { return a->key < b->key; });
  Mutations mutations;
  mutations.reserve(changed_.size());
  for (Slot* slot : changed_) {
    mutations.push_back({std::string(slot->key), slot->record->SerializeAsString()});
    slot->changed = false;
  }
  changed_.clear();
  return mutations;
}

Mutations Draft::TakeIndexes() {
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
  indexes_.clear();
  return mutations;
}

std::optional<std::string> Draft::Get(std::string_view key) const {
  const Slot* slot = FindSlot({key[0], key.substr(1)});
  if (slot == nullptr) return beneath_ != nullptr ? beneath_->Get(key) : std::nullopt;
  if (slot->record == nullptr) return std::nullopt;
  return slot->record->SerializeAsString();
}

bool Draft::Read(std::string_view key, google::protobuf::MessageLite& record) const {
  const Slot* slot = FindSlot({key[0], key.substr(1)});
  if (slot == nullptr) return beneath_ != nullptr && beneath_->Read(key, record);
  if (slot->record == nullptr) return false;
  record.Clear();
  record.CheckTypeAndMergeFrom(*slot->record);
  return true;
}

std::shared_ptr<const google::protobuf::MessageLite> Draft::GetParsed(std::string_view key,
                                                                      const google::protobuf::MessageLite& type) const {
  const Slot* slot = FindSlot({key[0], key.substr(1)});
  if (slot == nullptr) return beneath_ != nullptr ? beneath_->GetParsed(key, type) : nullptr;
  return {std::shared_ptr<void>(), slot->record};
}

}  // namespace touchstone::ledger
