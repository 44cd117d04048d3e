// Records that many events read and few write, kept parsed.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "google/protobuf/message_lite.h"
#include "ledger/state_key.h"

namespace touchstone::ledger {

/// The record in `bytes`, of the type of `type`; nullptr when there is none or it does not parse.
std::shared_ptr<const google::protobuf::MessageLite> ParseRecord(const std::optional<std::string>& bytes,
                                                                 const google::protobuf::MessageLite& type);

/// What a view keeps parsed, by key. Bounded: when it is full it starts anew. Not thread-safe.
class RecordCache {
 public:
  /// The record under `key`. `read` gives its bytes when it is not kept yet. What is absent is not kept.
  template <typename Read>
  std::shared_ptr<const google::protobuf::MessageLite> Find(std::string_view key,
                                                            const google::protobuf::MessageLite& type, Read read) {
    const auto kept = records_.find(key);
    if (kept != records_.end()) return kept->second;
    return Keep(key, ParseRecord(read(), type));
  }
  /// The record under `key` is written.
  void Forget(std::string_view key) { records_.erase(key); }

 private:
  std::shared_ptr<const google::protobuf::MessageLite> Keep(
      std::string_view key, const std::shared_ptr<const google::protobuf::MessageLite>& record);

  absl::flat_hash_map<std::string, std::shared_ptr<const google::protobuf::MessageLite>, StateKeyHash, StateKeyEqual>
      records_;
};

}  // namespace touchstone::ledger
