#include "base/random.h"

#include <sys/random.h>

#include <cerrno>

#include "base/check.h"

namespace touchstone {

void SystemRandom::Fill(std::span<uint8_t> out) {
  while (!out.empty()) {
    const ssize_t got = getrandom(out.data(), out.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    TS_CHECK(got > 0);
    out = out.subspan(static_cast<size_t>(got));
  }
}

}  // namespace touchstone
