// Randomness, injected: nonces, salts and key seeds come through this interface and no other way.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace touchstone {

/// A source of random bytes. Implementations are thread-safe.
class Random {
 public:
  virtual ~Random() = default;
  /// Fills `out` completely.
  virtual void Fill(std::span<uint8_t> out) = 0;
};

/// The kernel's generator, getrandom(2). Aborts when the kernel cannot serve it: no caller could go on safely.
class SystemRandom final : public Random {
 public:
  void Fill(std::span<uint8_t> out) override;
};

/// `size` random bytes as a string.
inline std::string RandomBytes(Random& random, size_t size) {
  std::string bytes(size, '\0');
  random.Fill({reinterpret_cast<uint8_t*>(bytes.data()), bytes.size()});
  return bytes;
}

}  // namespace touchstone
