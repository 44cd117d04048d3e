// A view for one question that comes back to the same records again and again.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "base/limits.h"
#include "google/protobuf/message_lite.h"
#include "ledger/state_key.h"
#include "ledger/view.h"

namespace touchstone::ledger {

/// Reads each record once and keeps it parsed, an absent one too. For as long as what lies beneath does not change.
/// Bounded: when it is full it starts anew. Not thread-safe, reading included.
class ReadOnce final : public View {
 public:
  /// `beneath` must outlive this.
  explicit ReadOnce(const View& beneath) : beneath_(beneath) {}

  /// Not kept: bytes are seldom asked for.
  std::optional<std::string> Get(std::string_view key) const override { return beneath_.Get(key); }
  bool Read(std::string_view key, google::protobuf::MessageLite& record) const override {
    const auto kept = GetParsed(key, record);
    if (kept == nullptr) return false;
    record.Clear();
    record.CheckTypeAndMergeFrom(*kept);
    return true;
  }
  std::shared_ptr<const google::protobuf::MessageLite> GetParsed(
      std::string_view key, const google::protobuf::MessageLite& type) const override {
    const auto kept = records_.find(key);
    if (kept != records_.end()) return kept->second;
    // Whoever still looks at one of them holds it.
    if (records_.size() >= limits::kMaxRecordsKeptParsed) records_.clear();
    return records_.emplace(std::string(key), beneath_.GetParsed(key, type)).first->second;
  }

 private:
  const View& beneath_;
  mutable absl::flat_hash_map<std::string, std::shared_ptr<const google::protobuf::MessageLite>, StateKeyHash,
                              StateKeyEqual>
      records_;
};

}  // namespace touchstone::ledger
