// What the rules see while a batch is being built: the committed state, and over it what the batch has changed so far.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "base/mutation.h"
#include "google/protobuf/message_lite.h"
#include "ledger/record_cache.h"
#include "ledger/state_key.h"
#include "ledger/view.h"
#include "storage/reader.h"

namespace touchstone::services {

/// A ledger::View of the state in `reader`. Not thread-safe.
class StoreView : public ledger::View {
 public:
  /// `reader` must outlive this.
  explicit StoreView(const storage::StateReader& reader) : reader_(reader) {}

  /// nullopt also when reading fails; status() tells.
  std::optional<std::string> Get(std::string_view key) const override;

  /// Decisions taken on this view are good only while it is OK: the first failure of Get, if there was one.
  const absl::Status& status() const { return status_; }

 private:
  const storage::StateReader& reader_;
  mutable absl::Status status_;
};

/// A StoreView under the mutations of a batch that is not committed yet. Not thread-safe.
class OverlayView final : public ledger::View {
 public:
  /// `reader` must outlive this and must not change while it lives.
  explicit OverlayView(const storage::StateReader& reader) : base_(reader) {}

  std::optional<std::string> Get(std::string_view key) const override;
  bool Read(std::string_view key, google::protobuf::MessageLite& record) const override;
  std::shared_ptr<const google::protobuf::MessageLite> GetParsed(
      std::string_view key, const google::protobuf::MessageLite& type) const override;
  /// From now on Get answers as if `mutations` were committed.
  void Apply(const Mutations& mutations);
  const absl::Status& status() const { return base_.status(); }

 private:
  StoreView base_;
  absl::flat_hash_map<std::string, std::optional<std::string>, ledger::StateKeyHash, ledger::StateKeyEqual> changed_;
  mutable ledger::RecordCache parsed_;
};

}  // namespace touchstone::services
