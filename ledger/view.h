// What the rules may see of the world: the state, by key.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "base/mutation.h"
#include "google/protobuf/message_lite.h"
#include "ledger/record_cache.h"
#include "ledger/state_key.h"

namespace touchstone::ledger {

/// Read access to the state as of one log size. Keys and record bytes are those of ledger/state.h.
///
/// A view that reads from a disk may fail; it then answers nullopt and remembers the failure, and its owner must ask it
/// before it believes any decision taken on it. The rules themselves know no I/O errors.
class View {
 public:
  virtual ~View() = default;
  /// The record under `key`, or nullopt.
  virtual std::optional<std::string> Get(std::string_view key) const = 0;
  /// Parses the record under `key` into `record`; false when there is none or it does not parse. A view that holds the
  /// bytes reads them where they lie.
  virtual bool Read(std::string_view key, google::protobuf::MessageLite& record) const {
    const std::optional<std::string> bytes = Get(key);
    return bytes.has_value() && record.ParseFromString(*bytes);
  }
  /// The same, parsed as a message of the type of `type`; nullptr when there is none. Asked for what many events read
  /// and few write (see kReadByMany): a view that serves many decisions keeps these parsed.
  virtual std::shared_ptr<const google::protobuf::MessageLite> GetParsed(
      std::string_view key, const google::protobuf::MessageLite& type) const {
    return ParseRecord(Get(key), type);
  }
};

/// A state held in memory: replays, bundles and tests. Not thread-safe.
class MemoryState final : public View {
 public:
  std::optional<std::string> Get(std::string_view key) const override {
    const auto it = records_.find(key);
    if (it == records_.end()) return std::nullopt;
    return it->second;
  }
  bool Read(std::string_view key, google::protobuf::MessageLite& record) const override {
    const auto it = records_.find(key);
    return it != records_.end() && record.ParseFromString(it->second);
  }
  std::shared_ptr<const google::protobuf::MessageLite> GetParsed(
      std::string_view key, const google::protobuf::MessageLite& type) const override {
    return parsed_.Find(key, type, [&] { return Get(key); });
  }
  void Apply(const Mutations& mutations) {
    for (const Mutation& m : mutations) {
      parsed_.Forget(m.key);
      if (m.value.has_value()) {
        records_.insert_or_assign(m.key, *m.value);
      } else {
        records_.erase(m.key);
      }
    }
  }
  /// In no order.
  using Records = absl::flat_hash_map<std::string, std::string, StateKeyHash, StateKeyEqual>;
  const Records& records() const { return records_; }
  /// Key and bytes of every record, by key; good until the next Apply.
  std::vector<std::pair<std::string_view, std::string_view>> SortedRecords() const {
    std::vector<std::pair<std::string_view, std::string_view>> sorted(records_.begin(), records_.end());
    std::sort(sorted.begin(), sorted.end());
    return sorted;
  }

 private:
  Records records_;
  mutable RecordCache parsed_;
};

}  // namespace touchstone::ledger
