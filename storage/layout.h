// The keys and values of format 1, as FORMAT.md tells them. Internal to storage.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "crypto/hash.h"

namespace touchstone::storage {

/// The format this code writes, and the newest it reads.
inline constexpr uint32_t kFormat = 1;

/// Column families.
enum class Family { kMeta, kEntries, kTiles, kState, kIndexes, kRefusals, kParked };
inline constexpr std::array kFamilies = {Family::kMeta,    Family::kEntries,  Family::kTiles, Family::kState,
                                         Family::kIndexes, Family::kRefusals, Family::kParked};

/// The name of a column family on disk.
const char* FamilyName(Family family);

// --- meta ------------------------------------------------------------------------------------------------------------

inline constexpr std::string_view kFormatKey = "format";
inline constexpr std::string_view kOriginKey = "origin";
inline constexpr std::string_view kGenesisKey = "genesis_id";
inline constexpr std::string_view kHeadKey = "head";

/// What the last committed batch says it made of the ledger.
struct Head {
  uint64_t size = 0;
  crypto::Hash root;
};
std::string EncodeHead(const Head& head);
/// Empty when `value` is not a head.
std::optional<Head> DecodeHead(std::string_view value);

// --- entries ---------------------------------------------------------------------------------------------------------

std::string EntryKey(uint64_t index);
/// Empty when `key` is not an entry's.
std::optional<uint64_t> DecodeEntryKey(std::string_view key);

// --- tiles -----------------------------------------------------------------------------------------------------------

struct TileId {
  int level = 0;
  uint64_t index = 0;
  auto operator<=>(const TileId&) const = default;
};
std::string TileKey(TileId tile);
/// Empty when `key` is not a tile's.
std::optional<TileId> DecodeTileKey(std::string_view key);

// --- refusals --------------------------------------------------------------------------------------------------------

/// Records in the order of arrival, and by which number each key is found.
inline constexpr char kRefusalRecord = 'r';
inline constexpr char kRefusalName = 'n';

std::string RefusalRecordKey(uint64_t sequence);
std::optional<uint64_t> DecodeRefusalRecordKey(std::string_view key);
std::string RefusalNameKey(std::string_view key);
std::string EncodeRefusal(std::string_view key, std::string_view bytes);
struct RefusalView {
  std::string_view key;
  std::string_view bytes;
};
/// Views into `value`; empty when it is not a refusal.
std::optional<RefusalView> DecodeRefusal(std::string_view value);

}  // namespace touchstone::storage
