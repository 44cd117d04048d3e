#include "storage/records.h"

#include <algorithm>
#include <memory>

#include "base/status.h"
#include "fmt/format.h"
#include "storage/rocks_options.h"

namespace touchstone::storage {
namespace {

absl::Status FromReading(const rocksdb::Status& status, const rocksdb::ColumnFamilyHandle* family) {
  return status.ok() ? absl::OkStatus() : FromRocks(status, "read " + family->GetName());
}

/// The smallest key greater than every key with this prefix; empty when there is none.
std::string PrefixEnd(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && end.back() == '\xff') end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(end.back() + 1);
  return end;
}

}  // namespace

absl::Status Damaged(std::string_view message) {
  return MakeError(absl::StatusCode::kDataLoss, "LEDGER_DAMAGED", "", message);
}

absl::Status FromRocks(const rocksdb::Status& status, std::string_view attempt) {
  if (status.ok()) return absl::OkStatus();
  const std::string message = fmt::format("cannot {}: {}", attempt, status.ToString());
  if (status.IsCorruption()) return Damaged(message);
  if (status.IsNoSpace()) return MakeError(absl::StatusCode::kResourceExhausted, "NO_SPACE", "", message);
  return MakeError(absl::StatusCode::kUnavailable, "STORE_IO", "", message);
}

absl::StatusOr<std::optional<std::string>> GetRecord(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family,
                                                     std::string_view key, const rocksdb::Snapshot* at) {
  StopCounting();
  std::string value;
  const rocksdb::Status status = db.Get(PointReadOptions(at), family, ToSlice(key), &value);
  if (status.IsNotFound()) return std::nullopt;
  TS_RETURN_IF_ERROR(FromReading(status, family));
  return value;
}

absl::StatusOr<std::vector<std::optional<std::string>>> MultiGetRecords(rocksdb::DB& db,
                                                                        rocksdb::ColumnFamilyHandle* family,
                                                                        std::span<const std::string> keys,
                                                                        const rocksdb::Snapshot* at) {
  const std::vector<rocksdb::Slice> slices(keys.begin(), keys.end());
  std::vector<rocksdb::PinnableSlice> found(keys.size());
  std::vector<rocksdb::Status> statuses(keys.size());
  db.MultiGet(PointReadOptions(at), family, slices.size(), slices.data(), found.data(), statuses.data());
  std::vector<std::optional<std::string>> values(keys.size());
  for (size_t i = 0; i < keys.size(); ++i) {
    if (statuses[i].IsNotFound()) continue;
    TS_RETURN_IF_ERROR(FromReading(statuses[i], family));
    values[i] = found[i].ToString();
  }
  return values;
}

absl::Status ScanRecords(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family, std::string_view prefix,
                         std::string_view start_after_key, const rocksdb::Snapshot* at, const Visitor& visit) {
  const std::string end = PrefixEnd(prefix);
  const rocksdb::Slice end_slice = end;
  rocksdb::ReadOptions options = PointReadOptions(at);
  if (!end.empty()) options.iterate_upper_bound = &end_slice;
  const std::unique_ptr<rocksdb::Iterator> iterator(db.NewIterator(options, family));
  iterator->Seek(ToSlice(std::max(prefix, start_after_key)));
  if (!start_after_key.empty() && iterator->Valid() && ToView(iterator->key()) == start_after_key) iterator->Next();
  return VisitFrom(*iterator, visit);
}

absl::Status VisitFrom(rocksdb::Iterator& iterator, const Visitor& visit) {
  for (; iterator.Valid(); iterator.Next()) {
    if (!visit(ToView(iterator.key()), ToView(iterator.value()))) return absl::OkStatus();
  }
  return FromRocks(iterator.status(), "scan records");
}

}  // namespace touchstone::storage
