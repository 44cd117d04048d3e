#include "ledger/local_state.h"

#include <cstring>

namespace touchstone::ledger {
namespace {

google::protobuf::ArenaOptions ArenaOfMany() {
  google::protobuf::ArenaOptions options;
  options.start_block_size = size_t{64} << 10;
  options.max_block_size = size_t{1} << 20;
  return options;
}

}  // namespace

LocalState::LocalState() : arena_(ArenaOfMany()) {}

std::optional<std::string> LocalState::Get(std::string_view key) const {
  const google::protobuf::MessageLite* record = FindRecord({key[0], key.substr(1)});
  if (record == nullptr) return std::nullopt;
  return record->SerializeAsString();
}

google::protobuf::MessageLite* LocalState::FindRecord(const StateKeyParts& key) const {
  const auto found = records_.find(key);
  return found == records_.end() ? nullptr : found->second;
}

void LocalState::Put(std::string_view key, google::protobuf::MessageLite* record) {
  const auto place = records_.lazy_emplace(key, [&](const auto& construct) {
    char* kept = google::protobuf::Arena::CreateArray<char>(&arena_, key.size());
    std::memcpy(kept, key.data(), key.size());
    construct(std::string_view(kept, key.size()), record);
  });
  place->second = record;
}

}  // namespace touchstone::ledger
