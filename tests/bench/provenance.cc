// What follows for gold with ten thousand mine lots upstream: verdict, trace and bundle, asked of a node over loopback.
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "base/status.h"
#include "fmt/format.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/security/credentials.h"
#include "ledger/bundle.h"
#include "ledger/envelope.h"
#include "services/init.h"
#include "services/node.h"
#include "tests/bench/groups.h"
#include "tests/support/pyramid.h"
#include "tests/support/story_clock.h"
#include "tests/support/temp_dir.h"
#include "touchstone/v1/custody_service.grpc.pb.h"
#include "touchstone/v1/provenance_service.grpc.pb.h"

namespace touchstone::bench {
namespace {

using namespace testing;  // NOLINT: the vocabulary of stories

constexpr double kMaxVerdictMs = 100;
constexpr double kMaxFirstPageMs = 20;
constexpr double kMaxVerifyRatio = 1.3;

absl::Status Told(const grpc::Status& status, std::string_view what) {
  return status.ok() ? absl::OkStatus() : absl::InternalError(fmt::format("{}: {}", what, status.error_message()));
}

/// A ledger in a directory of its own, founded by the story's root, and what a client needs of it.
class Served {
 public:
  Served() : clock_(kStoryStartUs) {}

  absl::Status Start() {
    const crypto::SecretKey root = KeyOf("root");
    const crypto::SecretKey* const roots[] = {&root};
    SystemRandom random;
    TS_ASSIGN_OR_RETURN(const auto anchor, services::InitLedger({.data_dir = directory_.path(),
                                                                 .origin = std::string(Story::kOrigin),
                                                                 .description = "a ledger of a bench",
                                                                 .root_keys = roots,
                                                                 .threshold = 1,
                                                                 .store = {}},
                                                                clock_, random));
    anchor_ = anchor;
    services::Config config;
    config.data_dir = directory_.path();
    config.grpc_listen = "127.0.0.1:0";
    config.http_listen = "";
    TS_ASSIGN_OR_RETURN(node_, services::Node::Start(config, clock_));
    const auto channel = grpc::CreateChannel(node_->grpc_address(), grpc::InsecureChannelCredentials());
    custody_ = v1::CustodyService::NewStub(channel);
    provenance_ = v1::ProvenanceService::NewStub(channel);
    return absl::OkStatus();
  }

  const services::TrustAnchor& anchor() const { return *anchor_; }
  v1::ProvenanceService::Stub& provenance() { return *provenance_; }

  absl::Status Submit(const std::vector<std::string>& envelopes, int64_t now_us) {
    clock_.SetUs(now_us);
    for (const std::string& envelope : envelopes) {
      grpc::ClientContext context;
      v1::SubmitRequest request;
      request.set_envelope(envelope);
      v1::SubmitResponse response;
      TS_RETURN_IF_ERROR(Told(custody_->Submit(&context, request, &response), "submit"));
    }
    return absl::OkStatus();
  }

 private:
  TempDir directory_;
  StoryClock clock_;
  std::optional<services::TrustAnchor> anchor_;
  std::unique_ptr<services::Node> node_;
  std::unique_ptr<v1::CustodyService::Stub> custody_;
  std::unique_ptr<v1::ProvenanceService::Stub> provenance_;
};

double MsOf(Context& context, const std::function<absl::Status()>& call, absl::Status& status) {
  const int64_t before_us = context.clock().MonotonicUs();
  status = call();
  return static_cast<double>(context.clock().MonotonicUs() - before_us) / 1'000;
}

void ReportTimes(Context& context, const std::string& name, std::vector<double> times, double limit) {
  std::sort(times.begin(), times.end());
  context.Report({.name = name,
                  .value = times[times.size() / 2],
                  .unit = "ms",
                  .limit = limit,
                  .better = Better::kLower,
                  .n = times.size()});
  context.Report({.name = name + ".max",
                  .value = times.back(),
                  .unit = "ms",
                  .limit = std::nullopt,
                  .better = Better::kLower,
                  .n = times.size()});
}

/// Each of some pieces after an event that nobody had seen before, so that no answer can be an old one.
absl::Status MeasureVerdicts(Context& context, Served& served, Pyramid& pyramid) {
  std::vector<double> verdicts;
  std::vector<double> pages;
  const size_t pieces = context.Pick<size_t>(20, 5);
  for (size_t i = 0; i < pieces; ++i) {
    const Statement news = pyramid.story.RegisterParty(fmt::format("news-{}", i), "PE", {v1::ROLE_AGGREGATOR});
    TS_RETURN_IF_ERROR(served.Submit({news.envelope}, pyramid.story.now_us()));
    const std::string& piece = pyramid.pieces()[pyramid.pieces().size() - 1 - i * 20];
    v1::EvaluateRequest request;
    request.set_subject_id(piece);
    request.add_policy_ids("mercury-free");
    v1::EvaluateResponse answer;
    absl::Status status;
    verdicts.push_back(MsOf(
        context,
        [&] {
          grpc::ClientContext call;
          return Told(served.provenance().Evaluate(&call, request, &answer), "evaluate");
        },
        status));
    TS_RETURN_IF_ERROR(status);
    if (answer.evaluations(0).source_lots() != 10'000) {
      return absl::InternalError(fmt::format("{} source lots upstream", answer.evaluations(0).source_lots()));
    }
    v1::TraceRequest trace;
    trace.set_subject_id(piece);
    v1::TraceResponse page;
    pages.push_back(MsOf(
        context,
        [&] {
          grpc::ClientContext call;
          return Told(served.provenance().Trace(&call, trace, &page), "trace");
        },
        status));
    TS_RETURN_IF_ERROR(status);
  }
  ReportTimes(context, "verdict_10k_upstream_ms", verdicts, kMaxVerdictMs);
  ReportTimes(context, "trace_first_page_ms", pages, kMaxFirstPageMs);
  return absl::OkStatus();
}

absl::StatusOr<std::string> FetchBundle(Served& served, const std::string& piece) {
  v1::GetBundleRequest request;
  request.set_subject_id(piece);
  request.add_policy_ids("mercury-free");
  grpc::ClientContext call;
  const auto reader = served.provenance().GetBundle(&call, request);
  std::string bytes;
  v1::GetBundleResponse part;
  while (reader->Read(&part)) bytes += part.chunk();
  TS_RETURN_IF_ERROR(Told(reader->Finish(), "bundle"));
  return bytes;
}

/// Against the signatures alone: each event of the bundle decoded before, and only its signatures checked.
absl::Status MeasureBundle(Context& context, Served& served, const Pyramid& pyramid) {
  TS_ASSIGN_OR_RETURN(const std::string bytes, FetchBundle(served, pyramid.pieces().back()));
  v1::Bundle bundle;
  if (!bundle.ParseFromString(bytes)) return absl::InternalError("the bundle does not parse");
  std::vector<ledger::SignedEvent> events;
  for (const std::string& entry_bytes : bundle.entries()) {
    TS_ASSIGN_OR_RETURN(const v1::LogEntry entry, ledger::DecodeEntry(entry_bytes));
    TS_ASSIGN_OR_RETURN(events.emplace_back(), ledger::DecodeEnvelope(entry.envelope()));
  }
  TS_ASSIGN_OR_RETURN(const crypto::NoteVerifier log, crypto::NoteVerifier::FromVkey(served.anchor().log_vkey));
  const ledger::Trust trust = {.log = log, .genesis_id = served.anchor().genesis_id};
  std::vector<double> ratios;
  const size_t rounds = context.Pick<size_t>(11, 3);
  for (size_t i = 0; i < rounds; ++i) {
    absl::Status status;
    const double verified_ms = MsOf(
        context, [&] { return ledger::VerifyBundle(bytes, trust).status(); }, status);
    TS_RETURN_IF_ERROR(status);
    const double signatures_ms = MsOf(
        context,
        [&] {
          for (const ledger::SignedEvent& event : events) TS_RETURN_IF_ERROR(ledger::VerifySignatures(event));
          return absl::OkStatus();
        },
        status);
    TS_RETURN_IF_ERROR(status);
    ratios.push_back(verified_ms / signatures_ms);
  }
  std::sort(ratios.begin(), ratios.end());
  context.Report({.name = "bundle_verify_ratio",
                  .value = ratios[ratios.size() / 2],
                  .unit = "x",
                  .limit = kMaxVerifyRatio,
                  .better = Better::kLower,
                  .n = rounds * events.size()});
  return absl::OkStatus();
}

}  // namespace

absl::Status RunProvenance(Context& context) {
  Served served;
  TS_RETURN_IF_ERROR(served.Start());
  std::vector<std::string> envelopes;
  // The ledger has its genesis already; what the story says after that names it.
  Pyramid pyramid(
      1, {}, [&](const Statement& statement) { envelopes.push_back(statement.envelope); }, &served.anchor().genesis_id);
  TS_RETURN_IF_ERROR(served.Submit(envelopes, pyramid.story.now_us()));
  TS_RETURN_IF_ERROR(MeasureVerdicts(context, served, pyramid));
  return MeasureBundle(context, served, pyramid);
}

}  // namespace touchstone::bench
