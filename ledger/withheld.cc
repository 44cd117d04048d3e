#include "ledger/withheld.h"

#include <fmt/format.h>

#include <string>

#include "base/limits.h"
#include "base/status.h"
#include "crypto/hash.h"

namespace touchstone::ledger {

using namespace std::string_view_literals;

v1::Withheld CommitTo(const v1::Disclosure& disclosure) {
  crypto::Sha256Stream hash;
  hash.Update("touchstone-withheld-v1\0"sv);
  hash.Update(disclosure.salt());
  hash.Update(disclosure.value());
  v1::Withheld withheld;
  withheld.set_commitment(std::string(hash.Finish().view()));
  return withheld;
}

absl::Status CheckDisclosure(const v1::Withheld& withheld, const v1::Disclosure& disclosure) {
  if (disclosure.salt().size() != limits::kSaltBytes) {
    return InvalidInput("BAD_SALT", "salt", fmt::format("a salt has {} bytes", limits::kSaltBytes));
  }
  if (CommitTo(disclosure).commitment() == withheld.commitment()) return absl::OkStatus();
  return InvalidInput("DISCLOSURE_MISMATCH", "value", "salt and value do not open the commitment");
}

}  // namespace touchstone::ledger
