// Strict decoders: what they accept re-encodes to exactly itself, and what is encoded they accept.
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "base/encoding.h"
#include "base/status.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string input(data, data + size);

  if (const auto bytes = touchstone::HexDecode(input); bytes.ok()) {
    TS_CHECK(touchstone::HexEncode(*bytes) == input);
  } else {
    TS_CHECK(!touchstone::ReasonOf(bytes.status()).empty());
  }
  if (const auto bytes = touchstone::Base64Decode(input); bytes.ok()) {
    TS_CHECK(touchstone::Base64Encode(*bytes) == input);
  } else {
    TS_CHECK(!touchstone::ReasonOf(bytes.status()).empty());
  }

  const auto hex = touchstone::HexDecode(touchstone::HexEncode(input));
  TS_CHECK(hex.ok() && *hex == input);
  const auto base64 = touchstone::Base64Decode(touchstone::Base64Encode(input));
  TS_CHECK(base64.ok() && *base64 == input);
  return 0;
}
