#include "crypto/log_keys.h"

#include <algorithm>

namespace touchstone::crypto {

const NoteVerifier& LogKeys::For(uint64_t size) const {
  const auto found = std::ranges::find_if(former, [size](const FormerLogKey& key) { return size <= key.until_size; });
  return found == former.end() ? current : found->key;
}

std::vector<NoteVerifier> LogKeys::All() const {
  std::vector<NoteVerifier> all;
  for (const FormerLogKey& key : former) all.push_back(key.key);
  all.push_back(current);
  return all;
}

}  // namespace touchstone::crypto
