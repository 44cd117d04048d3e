// Memory for secrets: locked against swapping where the system allows it, fenced by guard pages, zeroed when released.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "absl/status/statusor.h"

namespace touchstone::crypto {

/// Bytes that must not outlive their use. Movable, never copied by accident. Each costs a few pages of memory: meant
/// for keys, not for data. Where RLIMIT_MEMLOCK is exhausted the pages stay unlocked, but fenced, excluded from core
/// dumps and zeroed all the same. Thread-compatible.
class SecretBytes {
 public:
  SecretBytes() = default;
  /// `size` zero bytes. Aborts when there is no memory.
  explicit SecretBytes(size_t size);
  /// A copy of `data`, whose own memory remains the caller's to clean.
  static SecretBytes CopyOf(std::string_view data);

  SecretBytes(SecretBytes&& other) noexcept;
  SecretBytes& operator=(SecretBytes&& other) noexcept;
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  ~SecretBytes();

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  uint8_t* data() { return data_; }
  const uint8_t* data() const { return data_; }
  std::span<uint8_t> span() { return {data_, size_}; }
  /// The bytes, for as long as this object lives and is not moved from.
  std::string_view view() const { return {reinterpret_cast<const char*>(data_), size_}; }

 private:
  void Release();

  uint8_t* data_ = nullptr;
  size_t size_ = 0;
};

/// `parts` one after the other.
SecretBytes SecretConcat(std::span<const std::string_view> parts);

/// RFC 4648 section 4 with padding, in time that does not depend on the bytes and without copies on the ordinary heap.
SecretBytes SecretBase64Encode(std::string_view bytes);

/// Inverse of SecretBase64Encode; anything but canonical text is BAD_BASE64.
absl::StatusOr<SecretBytes> SecretBase64Decode(std::string_view text);

}  // namespace touchstone::crypto
