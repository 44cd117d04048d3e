#include "services/store_view.h"

#include <utility>

namespace touchstone::services {

std::optional<std::string> StoreView::Get(std::string_view key) const {
  absl::StatusOr<std::optional<std::string>> value = reader_.GetState(key);
  if (value.ok()) return *std::move(value);
  if (status_.ok()) status_ = value.status();
  return std::nullopt;
}

std::optional<std::string> OverlayView::Get(std::string_view key) const {
  if (const auto it = changed_.find(key); it != changed_.end()) return it->second;
  return base_.Get(key);
}

bool OverlayView::Read(std::string_view key, google::protobuf::MessageLite& record) const {
  const auto it = changed_.find(key);
  if (it == changed_.end()) return base_.Read(key, record);
  return it->second.has_value() && record.ParseFromString(*it->second);
}

std::shared_ptr<const google::protobuf::MessageLite> OverlayView::GetParsed(
    std::string_view key, const google::protobuf::MessageLite& type) const {
  return parsed_.Find(key, type, [&] { return Get(key); });
}

void OverlayView::Apply(const Mutations& mutations) {
  for (const Mutation& mutation : mutations) {
    parsed_.Forget(mutation.key);
    changed_.insert_or_assign(mutation.key, mutation.value);
  }
}

}  // namespace touchstone::services
