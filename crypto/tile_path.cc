#include "crypto/tile_path.h"

#include <optional>

#include "base/check.h"
#include "base/encoding.h"
#include "base/limits.h"
#include "base/status.h"
#include "crypto/decimal.h"
#include "fmt/format.h"

namespace touchstone::crypto {
namespace {

constexpr std::string_view kTilePrefix = "tile/";
constexpr std::string_view kBundlePrefix = "tile/entries/";
constexpr std::string_view kPartialMark = ".p/";
constexpr size_t kGroupDigits = 3;

// The part of a path that both kinds share: the index in groups of three digits, and the width of a partial one.
std::string FormatPlace(uint64_t index, int width) {
  TS_CHECK(width >= 1 && width <= kTileWidth);
  std::string groups = fmt::format("{:03}", index % 1000);
  for (index /= 1000; index > 0; index /= 1000) groups = fmt::format("x{:03}/", index % 1000) + groups;
  return width == kTileWidth ? groups : groups + fmt::format(".p/{}", width);
}

std::optional<uint64_t> ParseGroups(std::string_view text) {
  std::string digits;
  while (text.starts_with('x')) {
    if (text.size() < kGroupDigits + 2 || text[kGroupDigits + 1] != '/') return std::nullopt;
    digits.append(text.substr(1, kGroupDigits));
    text.remove_prefix(kGroupDigits + 2);
  }
  if (text.size() != kGroupDigits) return std::nullopt;
  digits.append(text);
  // The padding of the first group is the one place where zeros may lead.
  const size_t first = digits.find_first_not_of('0');
  return first == std::string::npos ? ParseDecimal("0") : ParseDecimal(std::string_view(digits).substr(first));
}

std::optional<BundleCoord> ParsePlace(std::string_view text) {
  BundleCoord place;
  if (const size_t mark = text.find(kPartialMark); mark != std::string_view::npos) {
    const std::optional<uint64_t> width = ParseDecimal(text.substr(mark + kPartialMark.size()));
    if (!width.has_value() || *width < 1 || *width >= kTileWidth) return std::nullopt;
    place.width = static_cast<int>(*width);
    text = text.substr(0, mark);
  }
  const std::optional<uint64_t> index = ParseGroups(text);
  if (!index.has_value()) return std::nullopt;
  place.index = *index;
  return place;
}

absl::Status BadTilePath(std::string_view path) {
  return InvalidInput("BAD_TILE_PATH", "path",
                      fmt::format("'{}' is not the path of a tile or bundle, as tile/0/x001/067.p/12 is", path));
}

}  // namespace

std::string TilePath(const TileCoord& coord) {
  TS_CHECK(coord.level >= 0 && coord.level <= kMaxTileLevel);
  return fmt::format("tile/{}/{}", coord.level, FormatPlace(coord.index, coord.width));
}

absl::StatusOr<TileCoord> ParseTilePath(std::string_view path) {
  const size_t slash = path.find('/', kTilePrefix.size());
  if (!path.starts_with(kTilePrefix) || slash == std::string_view::npos) return BadTilePath(path);
  const std::optional<uint64_t> level = ParseDecimal(path.substr(kTilePrefix.size(), slash - kTilePrefix.size()));
  const std::optional<BundleCoord> place = ParsePlace(path.substr(slash + 1));
  if (!level.has_value() || *level > kMaxTileLevel || !place.has_value()) return BadTilePath(path);
  const TileCoord coord{.level = static_cast<int>(*level), .index = place->index, .width = place->width};
  // Only the canonical path names a tile: caches and stores must not see two names for one thing.
  if (TilePath(coord) != path) return BadTilePath(path);
  return coord;
}

std::string BundlePath(const BundleCoord& coord) {
  return fmt::format("{}{}", kBundlePrefix, FormatPlace(coord.index, coord.width));
}

absl::StatusOr<BundleCoord> ParseBundlePath(std::string_view path) {
  if (!path.starts_with(kBundlePrefix)) return BadTilePath(path);
  const std::optional<BundleCoord> coord = ParsePlace(path.substr(kBundlePrefix.size()));
  if (!coord.has_value() || BundlePath(*coord) != path) return BadTilePath(path);
  return *coord;
}

absl::Status AppendToBundle(std::string& bundle, std::string_view entry) {
  if (entry.size() > limits::kMaxEntryBytes) {
    return InvalidInput("ENTRY_TOO_LARGE", "entry",
                        fmt::format("an entry has at most {} bytes, not {}", limits::kMaxEntryBytes, entry.size()));
  }
  AppendU16(bundle, static_cast<uint16_t>(entry.size()));
  bundle.append(entry);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string_view>> ParseBundle(std::string_view bundle) {
  std::vector<std::string_view> entries;
  while (!bundle.empty()) {
    if (entries.size() == kTileWidth) return InvalidInput("BAD_BUNDLE", "", "a bundle has at most 256 entries");
    const size_t size = bundle.size() < 2 ? bundle.size() : ReadU16(bundle);
    if (bundle.size() < 2 + size) {
      return InvalidInput("BAD_BUNDLE", fmt::format("entries[{}]", entries.size()), "the bundle ends within an entry");
    }
    entries.push_back(bundle.substr(2, size));
    bundle.remove_prefix(2 + size);
  }
  return entries;
}

}  // namespace touchstone::crypto
