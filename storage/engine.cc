#include "storage/engine.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "base/encoding.h"
#include "base/status.h"
#include "fmt/format.h"
#include "rocksdb/write_batch.h"
#include "storage/directory.h"
#include "storage/rocks_options.h"

namespace touchstone::storage {
namespace {

absl::Status NotALedger(const std::string& dir, std::string_view why) {
  return MakeError(absl::StatusCode::kNotFound, "NOT_A_LEDGER", "", fmt::format("{} is not a ledger: {}", dir, why));
}

absl::Status TooNew(const std::string& dir, uint32_t format) {
  return MakeError(absl::StatusCode::kFailedPrecondition, "FORMAT_TOO_NEW", "",
                   fmt::format("{} has format {}; this program reads formats up to {}", dir, format, kFormat));
}

std::string Describe(const LedgerIdentity& identity) {
  return fmt::format("{} (genesis {})", identity.origin, HexEncode(identity.genesis_id.view()));
}

/// The errors of opening: a missing file of an existing database is damage, and RocksDB's own lock guards against
/// programs that do not know of ours.
absl::Status FromOpening(const rocksdb::Status& status, const std::string& dir) {
  if (status.IsPathNotFound()) return Damaged(fmt::format("{}: {}", dir, status.ToString()));
  if (status.IsIOError() && status.ToString().find("lock") != std::string::npos) {
    return MakeError(absl::StatusCode::kFailedPrecondition, "LEDGER_IN_USE", "",
                     fmt::format("{} is in use: {}", dir, status.ToString()));
  }
  return FromRocks(status, "open " + dir);
}

absl::StatusOr<uint32_t> DecodeFormat(const std::string& dir, const std::optional<std::string>& value) {
  if (!value.has_value()) return NotALedger(dir, "it was never finished; remove it and create it again");
  if (value->size() != 4) return Damaged(fmt::format("{}: the record of the format has {} bytes", dir, value->size()));
  return ReadU32(*value);
}

absl::Status CheckIdentity(const LedgerIdentity& identity) {
  if (!identity.origin.empty() && identity.origin.size() <= limits::kMaxOriginBytes) return absl::OkStatus();
  return InvalidInput("BAD_ORIGIN", "origin", fmt::format("an origin has 1 to {} bytes", limits::kMaxOriginBytes));
}

}  // namespace

Engine::Engine(std::string dir, UniqueFd claim, const StoreOptions& options)
    : dir_(std::move(dir)), claim_(std::move(claim)), options_(options) {}

Engine::~Engine() {
  if (db_ == nullptr) return;
  for (rocksdb::ColumnFamilyHandle* handle : handles_) db_->DestroyColumnFamilyHandle(handle);
  // What is not flushed is in the log, which the next opening replays.
  db_->Close();
}

absl::StatusOr<std::shared_ptr<Engine>> Engine::Create(const std::string& dir, const LedgerIdentity& identity,
                                                       const StoreOptions& options) {
  TS_RETURN_IF_ERROR(CheckIdentity(identity));
  TS_RETURN_IF_ERROR(MakeEmptyDirectory(dir));
  TS_ASSIGN_OR_RETURN(UniqueFd claim, ClaimDirectory(dir, Claim::kExclusive));
  TS_RETURN_IF_ERROR(CheckFreeSpace(dir, options.min_free_bytes, 0));
  const std::shared_ptr<Engine> engine(new Engine(dir, std::move(claim), options));
  TS_RETURN_IF_ERROR(engine->OpenDatabase(/*create=*/true));
  TS_RETURN_IF_ERROR(SyncDirectory(dir));
  TS_RETURN_IF_ERROR(engine->WriteIdentity(identity));
  TS_RETURN_IF_ERROR(engine->ReadIdentity());
  return engine;
}

absl::StatusOr<std::shared_ptr<Engine>> Engine::Open(const std::string& dir, const StoreOptions& options) {
  // Looked for before anything is claimed, so that a mistyped directory is left as it was.
  std::error_code error;
  if (!std::filesystem::is_directory(DatabasePath(dir), error)) return NotALedger(dir, "it has no database in it");
  TS_ASSIGN_OR_RETURN(UniqueFd claim, ClaimDirectory(dir, options.read_only ? Claim::kShared : Claim::kExclusive));
  const std::shared_ptr<Engine> engine(new Engine(dir, std::move(claim), options));
  TS_RETURN_IF_ERROR(engine->OpenDatabase(/*create=*/false));
  TS_RETURN_IF_ERROR(engine->ReadIdentity());
  return engine;
}

absl::Status Engine::OpenDatabase(bool create) {
  rocksdb::DBOptions options = DatabaseOptions(options_.test_hook.get());
  options.create_if_missing = create;
  options.create_missing_column_families = create;
  options.error_if_exists = create;

  const std::string path = DatabasePath(dir_);
  if (!create) {
    std::vector<std::string> names;
    const rocksdb::Status listed = rocksdb::DB::ListColumnFamilies(options, path, &names);
    // CURRENT is the last file of a database's making, and the first to be looked for.
    if (listed.IsPathNotFound() && listed.ToString().find("CURRENT") != std::string::npos) {
      return NotALedger(dir_, "its database was never finished, or has lost the file CURRENT");
    }
    TS_RETURN_IF_ERROR(FromOpening(listed, dir_));
    TS_RETURN_IF_ERROR(ExplainFamilies(names));
  }

  rocksdb::LRUCacheOptions cache_options;
  cache_options.capacity = options_.block_cache_bytes;
  const std::shared_ptr<rocksdb::Cache> cache = rocksdb::NewLRUCache(cache_options);
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const Family family : kFamilies) families.emplace_back(FamilyName(family), FamilyOptions(family, cache));

  rocksdb::DB* db = nullptr;
  const rocksdb::Status status = options_.read_only
                                     ? rocksdb::DB::OpenForReadOnly(options, path, families, &handles_, &db)
                                     : rocksdb::DB::Open(options, path, families, &handles_, &db);
  db_.reset(db);
  return FromOpening(status, dir_);
}

absl::Status Engine::ExplainFamilies(const std::vector<std::string>& names) const {
  std::vector<std::string> expected;
  for (const Family family : kFamilies) expected.push_back(FamilyName(family));
  std::vector<std::string> found = names;
  std::sort(expected.begin(), expected.end());
  std::sort(found.begin(), found.end());
  if (found == expected) return absl::OkStatus();

  const std::string meta = FamilyName(Family::kMeta);
  if (std::find(found.begin(), found.end(), meta) == found.end()) {
    return NotALedger(dir_, "its database belongs to another program, or was never finished");
  }
  // Another set of families is another format; only its number need be readable to say so.
  const std::vector<rocksdb::ColumnFamilyDescriptor> families = {{rocksdb::kDefaultColumnFamilyName, {}}, {meta, {}}};
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* raw = nullptr;
  TS_RETURN_IF_ERROR(FromOpening(rocksdb::DB::OpenForReadOnly(DatabaseOptions(options_.test_hook.get()),
                                                              DatabasePath(dir_), families, &handles, &raw),
                                 dir_));
  const std::unique_ptr<rocksdb::DB> db(raw);
  std::string value;
  const rocksdb::Status read = db->Get(PointReadOptions(nullptr), handles[1], ToSlice(kFormatKey), &value);
  for (rocksdb::ColumnFamilyHandle* handle : handles) db->DestroyColumnFamilyHandle(handle);
  if (!read.IsNotFound()) TS_RETURN_IF_ERROR(FromRocks(read, "read the format of " + dir_));
  TS_ASSIGN_OR_RETURN(const uint32_t format,
                      DecodeFormat(dir_, read.IsNotFound() ? std::nullopt : std::optional<std::string>(value)));
  if (format > kFormat) return TooNew(dir_, format);
  return Damaged(fmt::format("{}: column families are missing or not of format {}", dir_, format));
}

absl::Status Engine::WriteIdentity(const LedgerIdentity& identity) {
  std::string format;
  AppendU32(format, kFormat);
  const std::string head = EncodeHead({.size = 0, .root = crypto::Sha256({})});
  rocksdb::WriteBatch batch;
  rocksdb::Status status = batch.Put(handle(Family::kMeta), ToSlice(kFormatKey), format);
  if (status.ok()) status = batch.Put(handle(Family::kMeta), ToSlice(kOriginKey), identity.origin);
  if (status.ok()) status = batch.Put(handle(Family::kMeta), ToSlice(kGenesisKey), ToSlice(identity.genesis_id.view()));
  if (status.ok()) status = batch.Put(handle(Family::kMeta), ToSlice(kHeadKey), head);
  if (status.ok()) status = db_->Write(SyncedWriteOptions(), &batch);
  return FromRocks(status, "write the identity of " + dir_);
}

absl::Status Engine::ReadIdentity() {
  TS_ASSIGN_OR_RETURN(const std::optional<std::string> format_value, Get(Family::kMeta, kFormatKey, nullptr));
  TS_ASSIGN_OR_RETURN(const uint32_t format, DecodeFormat(dir_, format_value));
  if (format > kFormat) return TooNew(dir_, format);
  if (format == 0) return Damaged(fmt::format("{}: there is no format 0", dir_));
  TS_ASSIGN_OR_RETURN(const std::optional<std::string> origin, Get(Family::kMeta, kOriginKey, nullptr));
  TS_ASSIGN_OR_RETURN(const std::optional<std::string> genesis, Get(Family::kMeta, kGenesisKey, nullptr));
  const auto genesis_id = crypto::Hash::FromBytes(genesis.value_or(""));
  if (!origin.has_value() || !genesis_id.ok()) return Damaged(dir_ + ": the record of its identity is not whole");
  identity_ = {.origin = *origin, .genesis_id = *genesis_id};
  if (options_.expected.has_value() && *options_.expected != identity_) {
    return MakeError(absl::StatusCode::kFailedPrecondition, "OTHER_LEDGER", "",
                     fmt::format("{} holds the ledger {}, not the expected {}", dir_, Describe(identity_),
                                 Describe(*options_.expected)));
  }
  return absl::OkStatus();
}

absl::Status Engine::ScanFrom(Family family, std::string_view first_key, const rocksdb::Snapshot* at,
                              const Visitor& visit) const {
  const std::unique_ptr<rocksdb::Iterator> iterator(db_->NewIterator(PointReadOptions(at), handle(family)));
  iterator->Seek(ToSlice(first_key));
  return VisitFrom(*iterator, visit);
}

std::unique_ptr<rocksdb::Iterator> Engine::Sweep(Family family) const {
  std::unique_ptr<rocksdb::Iterator> iterator(db_->NewIterator(SweepReadOptions(), handle(family)));
  iterator->SeekToFirst();
  return iterator;
}

absl::StatusOr<std::optional<std::string>> Engine::LastKey(Family family) const {
  const std::unique_ptr<rocksdb::Iterator> iterator(db_->NewIterator(PointReadOptions(nullptr), handle(family)));
  iterator->SeekToLast();
  if (!iterator->Valid()) {
    TS_RETURN_IF_ERROR(FromRocks(iterator->status(), fmt::format("read {}", FamilyName(family))));
    return std::nullopt;
  }
  return iterator->key().ToString();
}

absl::StatusOr<Head> Engine::ReadHead() const {
  TS_ASSIGN_OR_RETURN(const std::optional<std::string> value, Get(Family::kMeta, kHeadKey, nullptr));
  const std::optional<Head> head = DecodeHead(value.value_or(""));
  if (!head.has_value()) return Damaged(dir_ + ": the record of its size and root is missing or not whole");
  return *head;
}

}  // namespace touchstone::storage
