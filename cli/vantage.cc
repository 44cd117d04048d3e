#include "cli/vantage.h"

#include <utility>

#include "base/http_client.h"
#include "base/status.h"
#include "cli/cosigned.h"
#include "crypto/note.h"

namespace touchstone::cli {
namespace {

constexpr char kNewest[] = "checkpoint/latest";
constexpr char kCosigned[] = "checkpoint";

}  // namespace

std::string_view NameOf(Standing standing) {
  switch (standing) {
    case Standing::kAgrees:
      return "agrees";
    case Standing::kStale:
      return "stale";
    case Standing::kUnreachable:
      return "unreachable";
    case Standing::kUnverified:
      return "unverified";
    case Standing::kForked:
      return "forked";
  }
  return "";
}

absl::StatusOr<Vantage> OpenVantage(const std::string& url, int64_t patience_ms) {
  TS_ASSIGN_OR_RETURN(const std::shared_ptr<HttpClient> client, HttpClient::Create(url, patience_ms));
  const auto fetch = [client](const std::string& path, size_t max_bytes) -> absl::StatusOr<std::string> {
    absl::StatusOr<std::string> file = client->Get("/" + path, max_bytes);
    if (path != kNewest || ReasonOf(file.status()) != "SOURCE_ANSWER") return file;
    return client->Get(std::string("/") + kCosigned, max_bytes);
  };
  return Vantage{.url = url,
                 .source = std::make_shared<crypto::FetchedSource>(fetch, kNewest),
                 .cosigned = std::make_shared<crypto::FetchedSource>(fetch, kCosigned)};
}

View LookFrom(const std::string& url, std::shared_ptr<crypto::LogSource> source, const ledger::Trust& trust) {
  View view = {.url = url, .source = std::move(source)};
  absl::StatusOr<std::string> note = view.source->ReadCheckpoint();
  if (!note.ok()) {
    view.Fail(Standing::kUnreachable, note.status());
    return view;
  }
  view.note = *std::move(note);
  absl::StatusOr<crypto::Checkpoint> checkpoint = crypto::OpenCheckpoint(view.note, trust.log_keys());
  absl::StatusOr<std::vector<ledger::Cosigned>> cosigned = CosignedBy(view.note, trust);
  if (!checkpoint.ok() || !cosigned.ok()) {
    view.Fail(Standing::kUnverified, checkpoint.ok() ? cosigned.status() : checkpoint.status());
    return view;
  }
  view.checkpoint = *std::move(checkpoint);
  view.cosigned = *std::move(cosigned);
  return view;
}

}  // namespace touchstone::cli
