#include <string>

#include "base/encoding.h"
#include "base/random.h"
#include "tests/bench/groups.h"

namespace touchstone::bench {
namespace {

// An ordinary signed event.
constexpr size_t kEventBytes = 512;

// Checking one Ed25519 signature takes about 37 us on a core of the reference machine; writing the event down as text
// for people, or reading an id back, must not be felt beside it.
constexpr double kMaxEncodeUs = 3.7;

}  // namespace

absl::Status RunEncoding(Context& context) {
  SystemRandom random;
  const std::string event = RandomBytes(random, kEventBytes);
  const std::string text = Base64Encode(event);
  const std::string id = HexEncode(RandomBytes(random, 32));

  const auto report = [&context](const char* name, const std::function<void()>& call) {
    const Timing timing = TimePerCall(context, call);
    context.Report({.name = name,
                    .value = timing.us,
                    .unit = "us",
                    .limit = kMaxEncodeUs,
                    .better = Better::kLower,
                    .n = timing.calls});
  };
  report("encoding.base64_encode_event", [&event] { Keep(Base64Encode(event)); });
  report("encoding.base64_decode_event", [&text] { Keep(Base64Decode(text)); });
  report("encoding.hex_decode_id", [&id] { Keep(HexDecode(id)); });
  return absl::OkStatus();
}

}  // namespace touchstone::bench
