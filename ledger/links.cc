#include "ledger/links.h"

#include <algorithm>
#include <vector>

#include "base/limits.h"
#include "ledger/state.h"

namespace touchstone::ledger {
namespace {

/// Walks from a party to its owners. `find` yields the record of a party, or nothing; `visit` is called for every
/// registered party met, once.
template <typename Find, typename Visit>
std::set<std::string> Walk(std::string_view party_id, bool cooperatives, const Find& find, const Visit& visit) {
  std::set<std::string> met = {std::string(party_id)};
  std::vector<std::string> open = {std::string(party_id)};
  while (!open.empty() && met.size() < limits::kMaxLinkedParties) {
    const auto party = find(open.back());
    open.pop_back();
    if (!party) continue;
    visit(*party);
    const auto follow = [&](const std::string& id) {
      if (!id.empty() && met.insert(id).second) open.push_back(id);
    };
    if (cooperatives) follow(party->member_of_party_id());
    for (const v1::Interest& interest : party->interests()) follow(interest.party_id());
  }
  return met;
}

/// Parties and natural persons behind a party.
template <typename Find>
std::set<std::string> Behind(std::string_view party_id, const Find& find) {
  std::set<std::string> persons;
  std::set<std::string> behind = Walk(party_id, true, find, [&](const v1::PartyRecord& party) {
    for (const v1::Withheld& person : party.owner_persons()) persons.insert(person.commitment());
  });
  behind.merge(persons);
  return behind;
}

bool Meet(const std::set<std::string>& a, const std::set<std::string>& b) {
  return std::any_of(a.begin(), a.end(), [&](const std::string& one) { return b.count(one) != 0; });
}

std::set<std::string> DeclaredOwners(const v1::PartyRecord& party) {
  std::set<std::string> owners = {party.party_id()};
  for (const v1::Interest& interest : party.interests()) owners.insert(interest.party_id());
  return owners;
}

}  // namespace

std::set<std::string> WhoIsBehind(Context& ctx, std::string_view party_id) {
  return Behind(party_id, [&](const std::string& id) { return ctx.draft.Find<v1::PartyRecord>(id); });
}

std::set<std::string> WhoIsBehind(const View& view, std::string_view party_id) {
  return Behind(party_id, [&](const std::string& id) { return Load<v1::PartyRecord>(view, id); });
}

std::set<std::string> OwnersOf(Context& ctx, std::string_view party_id) {
  return Walk(
      party_id, false, [&](const std::string& id) { return ctx.draft.Find<v1::PartyRecord>(id); },
      [](const v1::PartyRecord&) {});
}

bool AreIndependent(Context& ctx, const v1::PartyRecord& a, const v1::PartyRecord& b) {
  if (!ctx.rules.whole_domain) return !Meet(DeclaredOwners(a), DeclaredOwners(b));
  return !Meet(WhoIsBehind(ctx, a.party_id()), WhoIsBehind(ctx, b.party_id()));
}

}  // namespace touchstone::ledger
