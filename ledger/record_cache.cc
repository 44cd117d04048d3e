#include "ledger/record_cache.h"

#include "base/limits.h"

namespace touchstone::ledger {

std::shared_ptr<const google::protobuf::MessageLite> ParseRecord(const std::optional<std::string>& bytes,
                                                                 const google::protobuf::MessageLite& type) {
  if (!bytes.has_value()) return nullptr;
  std::shared_ptr<google::protobuf::MessageLite> record(type.New());
  if (!record->ParseFromString(*bytes)) return nullptr;
  return record;
}

std::shared_ptr<const google::protobuf::MessageLite> RecordCache::Keep(
    std::string_view key, const std::shared_ptr<const google::protobuf::MessageLite>& record) {
  if (record == nullptr) return nullptr;
  // Whoever still looks at one of them holds it.
  if (records_.size() >= limits::kMaxRecordsKeptParsed) records_.clear();
  return records_.emplace(std::string(key), record).first->second;
}

}  // namespace touchstone::ledger
