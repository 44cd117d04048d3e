#include "services/signers.h"

#include <set>

#include "ledger/state.h"

namespace touchstone::services {

std::vector<std::string> SigningParties(const ledger::View& view, const v1::Event& event, std::string_view others) {
  std::set<std::string> parties;
  for (const std::string& key : event.signer_keys()) {
    if (const auto record = ledger::Load<v1::KeyRecord>(view, key)) {
      parties.insert(record->party_id());
    } else if (!others.empty()) {
      parties.insert(std::string(others));
    }
  }
  return {parties.begin(), parties.end()};
}

}  // namespace touchstone::services
