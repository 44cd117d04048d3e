#include "crypto/secret_bytes.h"

#include <sodium.h>

#include <cstring>
#include <utility>

#include "base/check.h"
#include "base/status.h"

namespace touchstone::crypto {
namespace {

// Guard pages need sodium's page size, which sodium_init reads; it is idempotent and thread-safe.
void EnsureSodium() {
  static const bool ready = sodium_init() >= 0;
  TS_CHECK(ready);
}

}  // namespace

SecretBytes::SecretBytes(size_t size) : size_(size) {
  if (size == 0) return;
  EnsureSodium();
  data_ = static_cast<uint8_t*>(sodium_malloc(size));
  TS_CHECK(data_ != nullptr);
  std::memset(data_, 0, size);
}

SecretBytes SecretBytes::CopyOf(std::string_view data) { return SecretConcat({&data, 1}); }

SecretBytes::SecretBytes(SecretBytes&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
  if (this != &other) {
    Release();
    data_ = std::exchange(other.data_, nullptr);
    size_ = std::exchange(other.size_, 0);
  }
  return *this;
}

SecretBytes::~SecretBytes() { Release(); }

// sodium_free zeroes the memory before it unlocks and unmaps it.
void SecretBytes::Release() { sodium_free(data_); }

SecretBytes SecretConcat(std::span<const std::string_view> parts) {
  size_t size = 0;
  for (const std::string_view part : parts) size += part.size();
  SecretBytes all(size);
  size_t at = 0;
  for (const std::string_view part : parts) {
    if (part.empty()) continue;
    std::memcpy(all.data() + at, part.data(), part.size());
    at += part.size();
  }
  return all;
}

SecretBytes SecretBase64Encode(std::string_view bytes) {
  // sodium writes a terminating zero, which is no part of the text.
  SecretBytes terminated(sodium_base64_encoded_len(bytes.size(), sodium_base64_VARIANT_ORIGINAL));
  sodium_bin2base64(reinterpret_cast<char*>(terminated.data()), terminated.size(),
                    reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), sodium_base64_VARIANT_ORIGINAL);
  return SecretBytes::CopyOf(terminated.view().substr(0, terminated.size() - 1));
}

absl::StatusOr<SecretBytes> SecretBase64Decode(std::string_view text) {
  if (text.empty()) return SecretBytes();
  // One byte too many for short texts, so that sodium always gets a buffer.
  SecretBytes buffer(text.size() / 4 * 3 + 1);
  size_t size = 0;
  const char* end = nullptr;
  const bool whole = sodium_base642bin(buffer.data(), buffer.size(), text.data(), text.size(), nullptr, &size, &end,
                                       sodium_base64_VARIANT_ORIGINAL) == 0 &&
                     end == text.data() + text.size();
  if (!whole) return InvalidInput("BAD_BASE64", "", "base64 is RFC 4648 section 4 with padding and nothing else");
  return SecretBytes::CopyOf(buffer.view().substr(0, size));
}

}  // namespace touchstone::crypto
