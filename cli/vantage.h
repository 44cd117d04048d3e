// One vantage point from which a monitor sees a log: a node, a replica, a mirror, whatever serves it over HTTP.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/checkpoint.h"
#include "crypto/log_source.h"
#include "crypto/tiles.h"
#include "ledger/bundle.h"

namespace touchstone::cli {

/// What a vantage point is found to be.
enum class Standing {
  kAgrees,       // of one history with all that was seen, and nobody shows more of it
  kStale,        // of one history with all that was seen, and others have shown more of it
  kUnreachable,  // it could not be read, or not all that proves what it says
  kUnverified,   // what it shows does not hold: no signature of the log, or no fit of tiles and entries
  kForked,       // the log signed it, and signed another history too
};

/// `agrees`, `stale`, `unreachable`, `unverified`, `forked`.
std::string_view NameOf(Standing standing);

/// What was seen from one vantage point.
struct View {
  std::string url;
  Standing standing = Standing::kAgrees;
  absl::Status problem = {};  // why it does not agree

  std::shared_ptr<crypto::LogSource> source = {};
  std::string note = {};
  /// Signed by the log; nothing when no such was shown.
  std::optional<crypto::Checkpoint> checkpoint = {};
  /// By the witnesses of the trust file.
  std::vector<ledger::Cosigned> cosigned = {};

  /// Of one history with what was seen before, as far as it is known by now.
  bool holds() const { return standing == Standing::kAgrees || standing == Standing::kStale; }
  void Fail(Standing how, absl::Status why) {
    standing = how;
    problem = std::move(why);
  }
};

/// Where a log is seen from.
struct Vantage {
  std::string url;
  /// Under the newest checkpoint of a node (checkpoint/latest), and of other servers of C2SP tlog-tiles under the only
  /// one (checkpoint).
  std::shared_ptr<crypto::LogSource> source;
  /// Under checkpoint, which is what everybody but a monitor reads: of a node, the last that its witnesses cosigned.
  std::shared_ptr<crypto::LogSource> cosigned;
};

/// A vantage point that can be read. `url` is http://host:port and perhaps a path: BAD_URL otherwise. `patience_ms` is
/// how long it may say nothing.
absl::StatusOr<Vantage> OpenVantage(const std::string& url, int64_t patience_ms);

/// Reads the checkpoint there and verifies whose it is. Never fails: the view says what is wrong.
View LookFrom(const std::string& url, std::shared_ptr<crypto::LogSource> source, const ledger::Trust& trust);

}  // namespace touchstone::cli
