#include "cli/watch_list.h"

#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "base/status.h"
#include "fmt/format.h"
#include "ledger/created.h"
#include "ledger/describe.h"
#include "ledger/envelope.h"
#include "ledger/ids.h"
#include "ledger/named_ids.h"

namespace touchstone::cli {
namespace {

/// The payloads that an event carries because it is about the events they are of: the original, and what replaces it.
std::vector<std::string> CarriedPayloads(const v1::Event& event) {
  if (event.has_correct()) return {event.correct().original(), event.correct().replacement()};
  if (event.has_void_()) return {event.void_().original()};
  return {};
}

}  // namespace

std::string_view NameOf(Bearing bearing) {
  switch (bearing) {
    case Bearing::kNames:
      return "names";
    case Bearing::kMakes:
      return "makes";
    case Bearing::kSigned:
      return "signed";
    case Bearing::kUses:
      return "uses";
  }
  return "";
}

WatchList::WatchList(WatchMemory memory, const std::set<std::string>& ids, uint64_t next_index)
    : memory_(std::move(memory)) {
  std::erase_if(memory_.since, [&ids](const auto& watched) { return !ids.contains(watched.first); });
  for (const std::string& id : ids) memory_.since.emplace(id, next_index);
  std::erase_if(memory_.followed, [&ids](const FollowedThing& thing) { return !ids.contains(thing.watched); });
  for (const FollowedThing& thing : memory_.followed) followed_by_id_.emplace(thing.id, thing);
}

std::optional<WatchedEvent> WatchList::See(uint64_t index, const ledger::VerifiedEntry& entry) {
  LearnKeys(entry.event);
  const v1::Event& event = entry.event.event;
  const std::set<std::string> names = NamesOf(event);
  const std::vector<std::string> created = ledger::CreatedIds(event, entry.event.event_id);
  std::set<std::string> signers;
  AddSigners(event, signers);

  std::set<std::string> concerned;
  std::vector<Concern> concerns;
  for (const auto& [watched, since] : memory_.since) {
    const size_t before = concerns.size();
    if (names.contains(watched)) concerns.push_back({watched, Bearing::kNames, {}, 0});
    if (std::find(created.begin(), created.end(), watched) != created.end()) {
      concerns.push_back({watched, Bearing::kMakes, {}, 0});
    }
    if (signers.contains(watched)) concerns.push_back({watched, Bearing::kSigned, {}, 0});
    if (concerns.size() > before) concerned.insert(watched);
  }
  std::set<std::string> told = concerned;
  for (const std::string& name : names) {
    const auto [begin, end] = followed_by_id_.equal_range(name);
    for (auto thing = begin; thing != end; ++thing) {
      if (!told.insert(thing->second.watched).second) continue;
      concerns.push_back({thing->second.watched, Bearing::kUses, name, thing->second.index});
    }
  }
  // What comes of a thing that is only used is somebody else's: following it would end in following everything.
  for (const std::string& watched : concerned) {
    for (const std::string& id : created) Follow(id, watched, index);
  }
  if (concerns.empty()) return std::nullopt;
  std::stable_sort(concerns.begin(), concerns.end(),
                   [](const Concern& a, const Concern& b) { return a.watched < b.watched; });
  return WatchedEvent{index, entry.recorded_at_us, entry.event.event_id, ledger::VerbOf(event), std::move(concerns)};
}

void WatchList::LearnKeys(const ledger::SignedEvent& signed_event) {
  // A key is one party's for ever, so what was said first stands.
  const v1::Event& event = signed_event.event;
  if (event.has_register_party()) {
    const std::string party = ledger::ObjectId(ledger::ObjectKind::kParty, signed_event.event_id, 0);
    for (const std::string& key : event.register_party().keys()) memory_.party_of.emplace(key, party);
  } else if (event.has_add_key()) {
    memory_.party_of.emplace(event.add_key().key(), event.add_key().party_id());
  }
}

void WatchList::AddSigners(const v1::Event& event, std::set<std::string>& parties) const {
  for (const std::string& key : event.signer_keys()) {
    if (const auto party = memory_.party_of.find(key); party != memory_.party_of.end()) parties.insert(party->second);
  }
}

std::set<std::string> WatchList::NamesOf(const v1::Event& event) const {
  std::set<std::string> names = ledger::IdsNamedIn(event);
  for (const std::string& payload : CarriedPayloads(event)) {
    v1::Event carried;
    if (!carried.ParseFromString(payload)) continue;  // the rules refuse it; there is nothing to name
    names.merge(ledger::IdsNamedIn(carried));
    for (std::string& id : ledger::CreatedIds(carried, ledger::EventId(payload))) names.insert(std::move(id));
    AddSigners(carried, names);
  }
  return names;
}

void WatchList::Follow(const std::string& id, const std::string& watched, uint64_t index) {
  if (id == watched) return;
  FollowedThing thing = {id, watched, index};
  followed_by_id_.emplace(id, thing);
  memory_.followed.push_back(std::move(thing));
  if (memory_.followed.size() <= limits::kMaxFollowedThings) return;
  const FollowedThing& oldest = memory_.followed.front();
  const auto [begin, end] = followed_by_id_.equal_range(oldest.id);
  followed_by_id_.erase(std::find_if(begin, end, [&oldest](const auto& entry) { return entry.second == oldest; }));
  memory_.followed.pop_front();
  ++forgotten_;
}

absl::StatusOr<std::string> ParseWatchedId(std::string_view text) {
  if (ledger::KindOfId(text).has_value()) return std::string(text);
  return InvalidInput("BAD_ID", "", fmt::format("'{}' is no id, as party_... or site_...", text));
}

}  // namespace touchstone::cli
