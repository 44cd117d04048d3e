#include "storage/refusals.h"

#include <algorithm>
#include <string>

#include "base/encoding.h"
#include "base/limits.h"
#include "base/status.h"
#include "fmt/format.h"

namespace touchstone::storage {
namespace {

absl::Status CheckRefusal(const Refusal& refusal) {
  if (refusal.key.empty() || refusal.key.size() > limits::kMaxRefusalKeyBytes) {
    return InvalidInput("REFUSAL_SIZE", "key",
                        fmt::format("a refusal's key has 1 to {} bytes", limits::kMaxRefusalKeyBytes));
  }
  if (refusal.bytes.size() > limits::kMaxRefusalBytes) {
    return InvalidInput("REFUSAL_SIZE", "bytes", fmt::format("a refusal has at most {}", limits::kMaxRefusalBytes));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<RefusalLog>> RefusalLog::Open(std::shared_ptr<Engine> engine, uint64_t max_refusals) {
  std::unique_ptr<RefusalLog> log(new RefusalLog(std::move(engine), max_refusals));
  // Records sort after names, so the first and the last key of theirs bound what is kept.
  TS_RETURN_IF_ERROR(log->engine_->Scan(Family::kRefusals, std::string_view(&kRefusalRecord, 1), "", nullptr,
                                        [&](std::string_view key, std::string_view) {
                                          log->first_ = DecodeRefusalRecordKey(key).value_or(0);
                                          return false;
                                        }));
  TS_ASSIGN_OR_RETURN(const std::optional<std::string> last, log->engine_->LastKey(Family::kRefusals));
  if (last.has_value()) {
    const std::optional<uint64_t> sequence = DecodeRefusalRecordKey(*last);
    if (!sequence.has_value()) return Damaged(log->engine_->dir() + ": the refusals do not end with a record");
    log->next_ = *sequence + 1;
  }
  return log;
}

absl::StatusOr<bool> RefusalLog::Add(const Refusal& refusal) {
  TS_RETURN_IF_ERROR(CheckRefusal(refusal));
  const std::lock_guard lock(mutex_);
  const std::string name_key = RefusalNameKey(refusal.key);
  TS_ASSIGN_OR_RETURN(const std::optional<std::string> known, engine_->Get(Family::kRefusals, name_key, nullptr));
  if (known.has_value() || max_refusals_ == 0) return false;

  rocksdb::ColumnFamilyHandle* family = engine_->handle(Family::kRefusals);
  std::string sequence;
  AppendU64(sequence, next_);
  rocksdb::WriteBatch batch;
  rocksdb::Status status = batch.Put(family, name_key, sequence);
  if (status.ok()) status = batch.Put(family, RefusalRecordKey(next_), EncodeRefusal(refusal.key, refusal.bytes));
  // More than one when the bound was lowered since; a few at a time then, so that no call takes long.
  constexpr uint64_t kMaxDropped = 16;
  const uint64_t kept = next_ + 1 - first_;
  const uint64_t dropped = kept <= max_refusals_ ? 0 : std::min(kept - max_refusals_, kMaxDropped);
  TS_RETURN_IF_ERROR(DropOldest(batch, first_, dropped));
  if (status.ok()) status = engine_->db().Write(rocksdb::WriteOptions(), &batch);
  TS_RETURN_IF_ERROR(FromRocks(status, "write a refusal"));
  first_ += dropped;
  ++next_;
  return true;
}

absl::Status RefusalLog::DropOldest(rocksdb::WriteBatch& batch, uint64_t first, uint64_t count) const {
  rocksdb::ColumnFamilyHandle* family = engine_->handle(Family::kRefusals);
  for (uint64_t sequence = first; sequence < first + count; ++sequence) {
    const std::string record_key = RefusalRecordKey(sequence);
    TS_ASSIGN_OR_RETURN(const std::optional<std::string> value, engine_->Get(Family::kRefusals, record_key, nullptr));
    const std::optional<RefusalView> refusal = value.has_value() ? DecodeRefusal(*value) : std::nullopt;
    rocksdb::Status status = batch.Delete(family, record_key);
    if (status.ok() && refusal.has_value()) status = batch.Delete(family, RefusalNameKey(refusal->key));
    TS_RETURN_IF_ERROR(FromRocks(status, "drop a refusal"));
  }
  return absl::OkStatus();
}

absl::Status RefusalLog::Scan(uint64_t first, const RefusalVisitor& visit) const {
  bool whole = true;
  // Records sort after names: from the first of them on there is nothing else.
  TS_RETURN_IF_ERROR(engine_->ScanFrom(Family::kRefusals, RefusalRecordKey(first), nullptr,
                                       [&](std::string_view key, std::string_view value) {
                                         const std::optional<uint64_t> number = DecodeRefusalRecordKey(key);
                                         const std::optional<RefusalView> refusal = DecodeRefusal(value);
                                         whole = number.has_value() && refusal.has_value();
                                         return whole && visit(*number, refusal->key, refusal->bytes);
                                       }));
  return whole ? absl::OkStatus() : NotWhole();
}

absl::StatusOr<std::optional<std::string>> RefusalLog::Get(std::string_view key) const {
  TS_ASSIGN_OR_RETURN(const std::optional<std::string> sequence,
                      engine_->Get(Family::kRefusals, RefusalNameKey(key), nullptr));
  if (!sequence.has_value()) return std::nullopt;
  if (sequence->size() != sizeof(uint64_t)) return NotWhole();
  TS_ASSIGN_OR_RETURN(const std::optional<std::string> value,
                      engine_->Get(Family::kRefusals, RefusalRecordKey(ReadU64(*sequence)), nullptr));
  // Between the two reads it may have been dropped.
  if (!value.has_value()) return std::nullopt;
  const std::optional<RefusalView> refusal = DecodeRefusal(*value);
  if (!refusal.has_value()) return NotWhole();
  return std::string(refusal->bytes);
}

absl::Status RefusalLog::NotWhole() const { return Damaged(engine_->dir() + ": a refusal is not whole"); }

}  // namespace touchstone::storage
