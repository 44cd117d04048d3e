#include "tests/bench/load/served.h"

#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <nlohmann/json.hpp>

#include "base/files.h"
#include "base/random.h"
#include "base/status.h"
#include "fmt/format.h"
#include "services/init.h"
#include "tests/bench/load/channel.h"
#include "tests/bench/load/driver.h"
#include "tests/support/story.h"
#include "touchstone/v1/log_service.grpc.pb.h"

namespace touchstone::bench {
namespace {

constexpr int64_t kPatienceUs = 120'000'000;
constexpr size_t kMaxPortsBytes = 4'096;
/// The events of a track lie a second apart; all of them lie in the past when they are sent.
constexpr int64_t kTrackUs = 4LL * 3'600 * 1'000'000;

/// Lets a moment pass without asking a clock.
void Pause() {
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable never;
  never.wait_for(lock, std::chrono::milliseconds(1));
}

}  // namespace

ServedLedger::ServedLedger(Clock& clock) : clock_(clock), root_(testing::KeyOf("root of a bench")) {}

absl::StatusOr<std::unique_ptr<ServedLedger>> ServedLedger::Start(Clock& clock) {
  std::unique_ptr<ServedLedger> ledger(new ServedLedger(clock));
  TS_RETURN_IF_ERROR(ledger->Found());
  TS_RETURN_IF_ERROR(ledger->Serve());
  ReadyTracks founding({Founding(ledger->world_)});
  TS_ASSIGN_OR_RETURN(const LoadResult result,
                      RunLoad(ledger->server_, founding, {.calls = Calls::kUnary, .clients = 1}, clock));
  if (!result.first_trouble.empty()) return absl::InternalError(result.first_trouble);
  return ledger;
}

absl::Status ServedLedger::Found() {
  SystemRandom random;
  const crypto::SecretKey* const roots[] = {&root_};
  TS_ASSIGN_OR_RETURN(anchor_, services::InitLedger({.data_dir = data_dir(),
                                                     .origin = "gold.example/bench",
                                                     .description = "a ledger of a bench",
                                                     .root_keys = roots,
                                                     .threshold = 1,
                                                     .store = {}},
                                                    clock_, random));
  world_ = {.genesis_id = anchor_.genesis_id, .run = "bench", .start_us = clock_.NowUs() - kTrackUs, .root = &root_};
  return absl::OkStatus();
}

absl::Status ServedLedger::Serve() {
  const std::string ports = dir_.File("ports.json");
  unlink(ports.c_str());
  TS_RETURN_IF_ERROR(daemon_.Start({ProgramBeside("touchstoned"), "serve", "--data", data_dir(), "--grpc-listen",
                                    "127.0.0.1:0", "--http-listen", "127.0.0.1:0", "--ports-file", ports},
                                   dir_.File("log")));
  const int64_t deadline_us = clock_.MonotonicUs() + kPatienceUs;
  while (access(ports.c_str(), R_OK) != 0) {
    if (!daemon_.Running() || clock_.MonotonicUs() > deadline_us) {
      const absl::StatusOr<std::string> log = ReadFile(dir_.File("log"), size_t{1} << 20);
      return absl::UnavailableError(fmt::format("touchstoned does not serve: {}", log.ok() ? *log : "it said nothing"));
    }
    Pause();
  }
  TS_ASSIGN_OR_RETURN(const std::string text, ReadFile(ports, kMaxPortsBytes));
  server_ = nlohmann::json::parse(text).at("grpc").get<std::string>();
  return absl::OkStatus();
}

absl::StatusOr<int64_t> ServedLedger::Restart() {
  daemon_.Stop();
  const int64_t before_us = clock_.MonotonicUs();
  TS_RETURN_IF_ERROR(Serve());
  const auto log = v1::LogService::NewStub(Connect(server_));
  grpc::ClientContext context;
  context.set_wait_for_ready(true);
  v1::GetCheckpointResponse response;
  const grpc::Status status = log->GetCheckpoint(&context, {}, &response);
  if (!status.ok()) return absl::UnavailableError(status.error_message());
  return clock_.MonotonicUs() - before_us;
}

}  // namespace touchstone::bench
