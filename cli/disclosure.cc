#include "cli/disclosure.h"

#include "base/encoding.h"
#include "cli/append.h"
#include "cli/render.h"
#include "crypto/hash.h"

namespace touchstone::cli {

using namespace std::string_view_literals;

v1::Disclosure NewDisclosure(std::string_view field, std::string_view value, Random& random) {
  constexpr size_t kSaltBytes = 32;
  v1::Disclosure disclosure;
  disclosure.set_field(std::string(field));
  disclosure.set_salt(RandomBytes(random, kSaltBytes));
  disclosure.set_value(std::string(value));
  return disclosure;
}

v1::Withheld Commit(const v1::Disclosure& disclosure) {
  crypto::Sha256Stream hash;
  hash.Update("touchstone-withheld-v1\0"sv);
  hash.Update(disclosure.salt());
  hash.Update(disclosure.value());
  v1::Withheld withheld;
  withheld.set_commitment(std::string(hash.Finish().view()));
  return withheld;
}

absl::Status AppendDisclosure(const std::string& path, const v1::Disclosure& disclosure) {
  const Json line = {{"field", disclosure.field()},
                     {"commitment", HexEncode(Commit(disclosure).commitment())},
                     {"salt", HexEncode(disclosure.salt())},
                     {"value", HexEncode(disclosure.value())}};
  return AppendLine(path, line.dump());
}

}  // namespace touchstone::cli
