#include "ledger/state.h"

#include "base/encoding.h"

namespace touchstone::ledger {
namespace {

/// What follows a prefix at most: another id, or an index.
constexpr size_t kRoom = 40;

/// letter name 0x00: ids have no zero byte, so no prefix is the prefix of another.
std::string Prefixed(char letter, std::string_view name) {
  std::string key;
  key.reserve(1 + name.size() + 1 + kRoom);
  key.push_back(letter);
  key.append(name).push_back('\0');
  return key;
}

}  // namespace

std::string StepId(uint64_t index) {
  std::string id;
  AppendU64(id, index);
  return id;
}

std::string ProductionsId(std::string_view site_id) { return std::string(site_id).append("/productions"); }

std::string HistoryPrefix(std::string_view object_id) { return Prefixed('h', object_id); }

std::string HistoryKey(std::string_view object_id, uint64_t index) {
  std::string key = HistoryPrefix(object_id);
  AppendU64(key, index);
  return key;
}

std::string CustodyPrefix(std::string_view party_id) { return Prefixed('c', party_id); }

std::string CustodyKey(std::string_view party_id, std::string_view lot_id) {
  return CustodyPrefix(party_id).append(lot_id);
}

std::string FindingPrefix(uint64_t index) {
  std::string key(kFindingsPrefix);
  AppendU64(key, index);
  return key;
}

std::string FindingKey(uint64_t index, uint16_t number) {
  std::string key = FindingPrefix(index);
  AppendU16(key, number);
  return key;
}

}  // namespace touchstone::ledger
