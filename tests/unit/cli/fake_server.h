// A ledger in memory behind the command's Client, and the command run against it in this process.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "cli/app.h"
#include "cli/client.h"
#include "cli/render.h"
#include "crypto/merkle.h"
#include "crypto/note_key.h"
#include "ledger/view.h"
#include "tests/support/story.h"
#include "tests/support/temp_dir.h"

namespace touchstone::cli::testing {

/// Bytes that only look random: the same in every run.
class CountingRandom final : public Random {
 public:
  void Fill(std::span<uint8_t> out) override {
    for (uint8_t& byte : out) byte = static_cast<uint8_t>(next_++ * 37 + 11);
  }

 private:
  uint32_t next_ = 0;
};

/// Admits events by the ledger's own rules and proves what it says. What a test does not need answers UNIMPLEMENTED, or
/// what `answers` were prepared.
class FakeServer {
 public:
  FakeServer();

  crypto::NoteSigner log_signer;
  touchstone::testing::Story story;
  std::vector<std::string> entries;  // as the log has them
  crypto::Hash genesis_id;

  /// Tampers with a receipt before it is sent.
  std::function<void(v1::Receipt&)> tamper;
  /// Answers instead of the ledger while it is set: a server that is away, or full.
  std::optional<absl::Status> failure;
  /// Adds the lines of witnesses to a checkpoint; while it is not set, nothing is cosigned in time.
  std::function<std::string(const std::string& note)> cosign;
  /// Parks what misses something, as a node does, instead of refusing it.
  bool parks = false;
  /// The sizes of the batches that came, and how often the server was called at all.
  std::vector<size_t> batches;
  int calls = 0;

  v1::TraceResponse trace;
  v1::AttributeResponse attribution;
  v1::GetCustodyChainResponse custody_chain;
  v1::ListAffectedResponse affected;
  v1::ListAffectedRequest asked_affected;  // the last question for that
  v1::TraceRequest asked_trace;            // the last question for each
  v1::EvaluateRequest asked_evaluation;
  v1::GetBundleRequest asked_bundle;
  v1::EvaluateResponse evaluation;
  std::string bundle;
  std::vector<v1::Refusal> refusals;        // one on each page
  v1::ListRefusalsRequest asked;            // the last question for them
  std::vector<v1::ListedEvent> events;      // one on each page
  v1::ListEventsRequest asked_events;       // the last question for them
  std::vector<v1::ListedFinding> findings;  // one on each page
  v1::ListFindingsRequest asked_findings;   // the last question for them
  size_t messages_per_stream = SIZE_MAX;    // that come before the time of a call is over
  /// Served by StreamEntries in place of the entries, under the checkpoint of those: a log that is not what was signed.
  std::optional<std::vector<std::string>> served;
  v1::GetClaimResponse claim;
  std::string claim_asked;
  v1::ListClaimsResponse claims;
  v1::ListClaimsRequest claims_asked;
  v1::ListPoliciesResponse policies;
  v1::CheckLotsResponse parcel;
  v1::CheckLotsRequest parcel_asked;
  std::vector<v1::WatchClaimsResponse> watched;  // after these the server goes away
  v1::WatchClaimsRequest watch_asked;
  std::map<std::string, std::string> country_of;

  /// Admits what a story says; aborts when the rules refuse it.
  void Admit(const touchstone::testing::Statement& statement);
  void Admit(const std::vector<touchstone::testing::Statement>& statements);

  absl::StatusOr<v1::Receipt> Submit(const std::string& envelope);
  /// What a client is answered.
  absl::StatusOr<v1::SubmitResponse> Answer(const std::string& envelope);
  absl::StatusOr<v1::Receipt> ReceiptFor(uint64_t index, bool already_recorded);
  std::string Checkpoint(uint64_t size) const;
  /// The key of this actor takes the place of the log's; what shows it is kept.
  void RotateLogKey(const std::string& actor);
  v1::GetLogKeysResponse LogKeys() const;
  v1::LedgerRecord Ledger() const;
  std::vector<crypto::Hash> Leaves(uint64_t size) const;

  std::unique_ptr<Client> Connect();

 private:
  ledger::MemoryState state_;
  std::map<std::string, uint64_t> index_of_;  // by event id
  std::optional<std::string> missing_id_;     // of the event refused last
  std::vector<v1::LogKey> log_keys_;          // after the first
  std::vector<std::vector<std::string>> created_;
  std::vector<std::vector<v1::FindingRecord>> findings_;
};

/// What one run of the command did.
struct Outcome {
  ExitCode code = ExitCode::kFailure;
  std::string out;
  std::string err;

  /// Standard output as the one JSON value it must be.
  Json json() const { return Json::parse(out); }
};

/// A desk with a command, a folder and a server.
class Desk {
 public:
  FakeServer server;
  ManualClock clock{touchstone::testing::kStoryStartUs + 86'400LL * 1'000'000};
  CountingRandom random;
  touchstone::testing::TempDir folder;

  /// Runs `touchstone ARGUMENTS...` with `input` on standard input.
  Outcome Run(const std::vector<std::string>& arguments, const std::string& input = "");
  /// The key file of a story's actor, made when first asked for.
  std::string KeyFile(const std::string& actor);
  std::string WriteFile(const std::string& name, std::string_view content);
  std::string ReadFile(const std::string& name) const;
  /// A trust file for the server.
  std::string TrustFile();
};

}  // namespace touchstone::cli::testing
