#include "cli/disclosure.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "cli/append.h"
#include "cli/render.h"
#include "ledger/withheld.h"

namespace touchstone::cli {

v1::Disclosure NewDisclosure(std::string_view field, std::string_view value, Random& random) {
  v1::Disclosure disclosure;
  disclosure.set_field(std::string(field));
  disclosure.set_salt(RandomBytes(random, limits::kSaltBytes));
  disclosure.set_value(std::string(value));
  return disclosure;
}

absl::Status AppendDisclosure(const std::string& path, const v1::Disclosure& disclosure) {
  const Json line = {{"field", disclosure.field()},
                     {"commitment", HexEncode(ledger::CommitTo(disclosure).commitment())},
                     {"salt", HexEncode(disclosure.salt())},
                     {"value", HexEncode(disclosure.value())}};
  return AppendLine(path, line.dump());
}

}  // namespace touchstone::cli
