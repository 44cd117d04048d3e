#include "crypto/key_file.h"

#include <array>

#include "base/limits.h"
#include "base/status.h"
#include "fmt/format.h"

namespace touchstone::crypto {

SecretBytes FormatKeyFile(const NoteSigner& signer) {
  const SecretBytes skey = signer.ToSkey();
  return SecretConcat(std::array<std::string_view, 2>{skey.view(), "\n"});
}

absl::StatusOr<NoteSigner> ParseKeyFile(std::string_view content) {
  if (content.size() > limits::kMaxKeyFileBytes) {
    return InvalidInput("KEY_FILE_TOO_LARGE", "",
                        fmt::format("a key file has at most {} bytes", limits::kMaxKeyFileBytes));
  }
  if (content.empty() || content.find('\n') != content.size() - 1) {
    return InvalidInput("BAD_KEY_FILE", "",
                        "a key file is one line, PRIVATE+KEY+name+xxxxxxxx+base64, and its newline");
  }
  return NoteSigner::FromSkey(content.substr(0, content.size() - 1));
}

}  // namespace touchstone::crypto
