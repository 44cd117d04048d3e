#include "services/node.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "base/encoding.h"
#include "base/files.h"
#include "base/limits.h"
#include "base/status.h"
#include "fmt/format.h"
#include "services/gateway/gateway.h"
#include "services/gateway/metrics.h"
#include "services/grpc_server.h"
#include "services/ledger_dir.h"
#include "services/logging.h"
#include "services/replica/replica.h"
#include "services/witness/cosigning.h"
#include "services/witness/witness_comparison.h"

namespace touchstone::services {
namespace {

CoreOptions CoreOptionsOf(const Config& config) {
  CoreOptions options;
  options.data_dir = config.data_dir;
  const int cores = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  options.threads = config.threads == 0 ? std::min(cores, limits::kMaxThreads) : config.threads;
  options.log_key_files = config.log_key_files;
  options.store.block_cache_bytes = static_cast<size_t>(config.block_cache_mib) << 20;
  return options;
}

absl::Status RequireGenesis(const Core& core) {
  if (core.newest()->snapshot->size() > 0) return absl::OkStatus();
  return MakeError(absl::StatusCode::kFailedPrecondition, "NO_GENESIS", "data_dir",
                   "this ledger is empty: its init did not come to its end. Remove the directory and run it again");
}

absl::StatusOr<crypto::WitnessPolicy> ReadPolicy(const std::string& file) {
  TS_ASSIGN_OR_RETURN(const std::string text, ReadFile(file, limits::kMaxWitnessPolicyBytes));
  absl::StatusOr<crypto::WitnessPolicy> policy = crypto::WitnessPolicy::Parse(text);
  if (!policy.ok()) return InField("witness_policy", policy.status());
  return policy;
}

/// The address that clients use: as configured, with the port that the system gave.
std::string AddressOf(const std::string& listen, int port) {
  return fmt::format("{}:{}", listen.substr(0, listen.rfind(':')), port);
}

}  // namespace

Node::Node() = default;

absl::StatusOr<std::unique_ptr<Node>> Node::Start(const Config& config, Clock& clock,
                                                  const std::function<void(CoreOptions&)>& adjust) {
  TS_RETURN_IF_ERROR(CheckConfig(config));
  std::unique_ptr<Node> node(new Node);
  node->grace_ms_ = config.shutdown_grace_ms;
  CoreOptions options = CoreOptionsOf(config);
  // Events reach the core through the server alone, so that it is there when the core ceases to admit them.
  options.on_latched = [node = node.get()](const absl::Status&) {
    if (node->server_ != nullptr) node->server_->SetAdmitting(false);
  };
  node->metrics_ = std::make_unique<Metrics>(clock);
  options.on_answered = [metrics = node->metrics_.get()](const Answers& answers) { metrics->Answered(answers); };
  options.on_committed = [metrics = node->metrics_.get()](int64_t took_us) { metrics->Committed(took_us); };
  std::optional<crypto::WitnessPolicy> policy;
  if (!config.witness_policy.empty()) {
    TS_ASSIGN_OR_RETURN(policy, ReadPolicy(config.witness_policy));
    options.comparison.with_others = [asked = *policy](const storage::Snapshot& snapshot,
                                                       const std::vector<crypto::NoteVerifier>& keys) {
      return CompareWithWitnesses(asked, snapshot, keys);
    };
  }
  options.comparison.override_words = config.override_behind;
  std::unique_ptr<crypto::LogSource> source;
  if (!config.follow.empty()) {
    TS_ASSIGN_OR_RETURN(options.follow, ParseLogKeys(config.log_key));
    TS_ASSIGN_OR_RETURN(source, SourceAt(config.follow));
  }
  if (adjust) adjust(options);
  if (source != nullptr) {
    TS_RETURN_IF_ERROR(PrepareCopy(options.data_dir, *source, options.follow, options.store));
  }
  std::unique_ptr<crypto::LogSource> missing_from;
  if (!config.restore_from.empty()) {
    TS_ASSIGN_OR_RETURN(missing_from, SourceIn(config.restore_from));
    options.missing_from = missing_from.get();
  }
  options.cosigned = [node = node.get()] { return node->CosignedNote(); };
  TS_ASSIGN_OR_RETURN(node->core_, Core::Open(std::move(options), clock));
  if (source == nullptr) TS_RETURN_IF_ERROR(RequireGenesis(*node->core_));
  // Before anybody can ask what is cosigned.
  if (policy.has_value()) {
    TS_RETURN_IF_ERROR(node->StartCosigning(*std::move(policy), config));
  } else if (source == nullptr && config.override_behind.empty()) {
    // Whom no witness is asked for any more was cosigned once.
    TS_RETURN_IF_ERROR(
        ReadCosigned(CosignedPath(config.data_dir), node->core_->log_keys(), *node->core_->newest()->snapshot)
            .status());
  }
  TS_ASSIGN_OR_RETURN(node->server_, GrpcServer::Start(config, *node->core_));
  node->grpc_address_ = AddressOf(config.grpc_listen, node->server_->port());
  if (source != nullptr) node->replica_ = std::make_unique<Replica>(*node->core_, std::move(source), clock);
  if (!config.http_listen.empty()) {
    Surroundings surroundings = {.cosigned = [node = node.get()] { return node->CosignedNote(); }};
    if (node->replica_ != nullptr) surroundings.following = [node = node.get()] { return node->replica_->standing(); };
    TS_ASSIGN_OR_RETURN(node->gateway_,
                        Gateway::Start(config, *node->core_, std::move(surroundings), *node->metrics_, clock));
    node->http_address_ = AddressOf(config.http_listen, node->gateway_->port());
  }
  if (ReasonOf(node->core_->admitting()) == kWitnessesSilent) {
    node->asking_ = std::thread([node = node.get()] { node->AskAgain(); });
  }
  LogInfo("serving", {{"grpc", node->grpc_address_},
                      {"http", node->http_address_},
                      {"origin", node->core_->identity().origin},
                      {"genesis", HexEncode(node->core_->identity().genesis_id.view())},
                      {"size", std::to_string(node->core_->newest()->snapshot->size())}});
  return node;
}

Node::~Node() { Drain(); }

std::function<void(const absl::Status&)> Node::OnOtherHistory(const Config& config) {
  // Whoever overrides knows that there will be two.
  if (!config.override_behind.empty()) return [](const absl::Status&) {};
  return [this](const absl::Status& found) { core_->StopAdmitting(found); };
}

absl::Status Node::StartCosigning(crypto::WitnessPolicy policy, const Config& config) {
  // Who signs nothing has nothing to be cosigned, unless it will when its witnesses speak.
  const bool will_sign = ReasonOf(core_->admitting()) == kWitnessesSilent;
  if (core_->newest()->checkpoint.empty() && !will_sign) return absl::OkStatus();
  TS_ASSIGN_OR_RETURN(cosigning_, Cosigning::Start({.policy = std::move(policy),
                                                    .log_keys = core_->log_keys(),
                                                    .file = CosignedPath(config.data_dir),
                                                    .set_aside_newer = !config.override_behind.empty(),
                                                    .newest = [this] { return core_->newest(); },
                                                    .on_kept = [this] { core_->NoticeCosigned(); },
                                                    .on_other_history = OnOtherHistory(config)}));
  core_->OnPublished(cosigning_.get(), [cosigning = cosigning_.get()] { cosigning->Notice(); });
  return absl::OkStatus();
}

void Node::AskAgain() {
  std::unique_lock lock(asking_mutex_);
  const auto rest = std::chrono::milliseconds(limits::kWitnessRestMs);
  while (!asking_ends_.wait_for(lock, rest, [this] { return asking_stops_; })) {
    lock.unlock();
    const absl::Status standing = core_->Reconsider();
    lock.lock();
    if (ReasonOf(standing) == kWitnessesSilent) continue;
    if (standing.ok()) {
      LogInfo("the witnesses speak, and have seen nothing that is missing here: events are admitted", {});
      server_->SetAdmitting(true);
    } else {
      LogError("this node is read-only", {{"reason", ReasonOf(standing)}, {"cause", std::string(MessageOf(standing))}});
    }
    return;
  }
}

bool Node::AwaitCosigned(uint64_t size, int64_t timeout_ms) const {
  if (cosigning_ == nullptr) return false;
  const std::shared_ptr<const Cosigned> last = cosigning_->Await(size, timeout_ms);
  return last != nullptr && last->size >= size;
}

std::optional<std::string> Node::CosignedNote() const {
  if (cosigning_ == nullptr || !cosigning_->asks()) return std::nullopt;
  const std::shared_ptr<const Cosigned> last = cosigning_->last();
  return last == nullptr ? std::string() : last->note;
}

void Node::Drain() {
  if (server_ == nullptr) return;
  LogInfo("draining", {{"grace_ms", std::to_string(grace_ms_)}});
  {
    const std::lock_guard lock(asking_mutex_);
    asking_stops_ = true;
  }
  asking_ends_.notify_all();
  if (asking_.joinable()) asking_.join();
  server_->BeginDrain();
  if (gateway_ != nullptr) gateway_->BeginDrain();
  core_->Stop();
  server_->Shutdown(grace_ms_);
  if (gateway_ != nullptr) gateway_->Shutdown(grace_ms_);
  gateway_.reset();
  server_.reset();
  replica_.reset();
  if (cosigning_ != nullptr) core_->OnPublished(cosigning_.get(), nullptr);
  cosigning_.reset();
  LogInfo("stopped", {{"size", std::to_string(core_->newest()->snapshot->size())}});
}

}  // namespace touchstone::services
