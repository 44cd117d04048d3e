#include "storage/layout.h"

#include "base/check.h"
#include "base/encoding.h"
#include "storage/tile_nodes.h"

namespace touchstone::storage {
namespace {

constexpr size_t kU64Bytes = 8;

std::string TaggedU64(char tag, uint64_t value) {
  std::string key(1, tag);
  AppendU64(key, value);
  return key;
}

}  // namespace

const char* FamilyName(Family family) {
  switch (family) {
    case Family::kMeta:
      return "meta";
    case Family::kEntries:
      return "entries";
    case Family::kTiles:
      return "tiles";
    case Family::kState:
      return "state";
    case Family::kIndexes:
      return "indexes";
    case Family::kRefusals:
      return "refusals";
    case Family::kParked:
      return "default";  // RocksDB's own, which every directory has, also those from before there was parking
  }
  TS_CHECK(false);
}

std::string EncodeHead(const Head& head) {
  std::string value;
  AppendU64(value, head.size);
  value.append(head.root.view());
  return value;
}

std::optional<Head> DecodeHead(std::string_view value) {
  if (value.size() != kU64Bytes + crypto::Hash::kSize) return std::nullopt;
  return Head{.size = ReadU64(value), .root = *crypto::Hash::FromBytes(value.substr(kU64Bytes))};
}

std::string EntryKey(uint64_t index) {
  std::string key;
  AppendU64(key, index);
  return key;
}

std::optional<uint64_t> DecodeEntryKey(std::string_view key) {
  if (key.size() != kU64Bytes) return std::nullopt;
  return ReadU64(key);
}

std::string TileKey(TileId tile) { return TaggedU64(static_cast<char>(tile.level), tile.index); }

std::optional<TileId> DecodeTileKey(std::string_view key) {
  if (key.size() != 1 + kU64Bytes || static_cast<uint8_t>(key[0]) >= kTileLevels) return std::nullopt;
  return TileId{.level = key[0], .index = ReadU64(key.substr(1))};
}

std::string RefusalRecordKey(uint64_t sequence) { return TaggedU64(kRefusalRecord, sequence); }

std::optional<uint64_t> DecodeRefusalRecordKey(std::string_view key) {
  if (key.size() != 1 + kU64Bytes || key[0] != kRefusalRecord) return std::nullopt;
  return ReadU64(key.substr(1));
}

std::string RefusalNameKey(std::string_view key) { return std::string(1, kRefusalName).append(key); }

std::string EncodeRefusal(std::string_view key, std::string_view bytes) {
  std::string value;
  AppendU16(value, static_cast<uint16_t>(key.size()));
  return value.append(key).append(bytes);
}

std::optional<RefusalView> DecodeRefusal(std::string_view value) {
  if (value.size() < 2 || value.size() - 2 < ReadU16(value)) return std::nullopt;
  const size_t key_size = ReadU16(value);
  return RefusalView{.key = value.substr(2, key_size), .bytes = value.substr(2 + key_size)};
}

}  // namespace touchstone::storage
