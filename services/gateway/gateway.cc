#include "services/gateway/gateway.h"

#include <future>
#include <optional>
#include <utility>

#include "base/limits.h"
#include "base/status.h"
#include "services/gateway/api_pages.h"
#include "services/gateway/http_errors.h"
#include "services/gateway/json_message.h"
#include "services/gateway/openapi.h"
#include "services/gateway/representation.h"
#include "services/receipts.h"

namespace touchstone::services {
namespace {

HttpResponse Text(int status, std::string body, const char* content_type = "text/plain; charset=utf-8") {
  return {.status = status,
          .fields = {{"Content-Type", content_type}, {"Cache-Control", "no-store"}},
          .body = std::move(body)};
}

HttpResponse NoSuchPage() {
  return ErrorResponse(MakeError(
      absl::StatusCode::kNotFound, "NO_SUCH_PAGE", "",
      "there is no such page here; /openapi.json lists those of the API, and C2SP tlog-tiles those of the log"));
}

HttpResponse WrongMethod(const char* allowed) {
  HttpResponse response = Text(405, "");
  response.fields.emplace_back("Allow", allowed);
  return response;
}

PageKind KindOfLogPage(const std::string& path) {
  if (path.starts_with("/tile/entries/")) return PageKind::kEntries;
  return path.starts_with("/tile/") ? PageKind::kTile : PageKind::kCheckpoint;
}

/// The answer to a submission, which the thread of its connection waits for.
absl::StatusOr<v1::SubmitResponse> Submit(Core& core, std::string envelope) {
  std::promise<absl::StatusOr<v1::SubmitResponse>> answered;
  core.Submit({std::move(envelope)}, [&](Answers answers) { answered.set_value(std::move(answers.front())); });
  return answered.get_future().get();
}

}  // namespace

Gateway::Gateway(const Config& config, Core& core, Surroundings surroundings, Metrics& metrics, Clock& clock)
    : config_(config),
      core_(core),
      metrics_(metrics),
      clock_(clock),
      following_(std::move(surroundings.following)),
      openapi_(OpenApiDocument(config)),
      log_pages_([&core] { return core.newest(); }, std::move(surroundings.cosigned), limits::kHttpCacheBytes) {}

absl::StatusOr<std::unique_ptr<Gateway>> Gateway::Start(const Config& config, Core& core, Surroundings surroundings,
                                                        Metrics& metrics, Clock& clock) {
  std::unique_ptr<Gateway> self(new Gateway(config, core, std::move(surroundings), metrics, clock));
  TS_ASSIGN_OR_RETURN(const ListenAddress address, ParseListenAddress(config.http_listen));
  TS_ASSIGN_OR_RETURN(
      self->server_,
      HttpServer::Start(address, {.handler =
                                      [gateway = self.get()](const HttpRequest& request) {
                                        Page page = gateway->Answer(request);
                                        gateway->metrics_.Served(page.kind, page.response.status);
                                        return std::move(page.response);
                                      },
                                  .on_refused = [&metrics](int status) { metrics.RefusedConnection(status); }}));
  return self;
}

Gateway::Page Gateway::Answer(const HttpRequest& request) {
  const std::string& path = request.path;
  if (config_.services.contains(ServiceName::kLog)) {
    if (std::optional<HttpResponse> page = log_pages_.Answer(request)) return {KindOfLogPage(path), *std::move(page)};
  }
  if (path == "/add" && config_.services.contains(ServiceName::kCustody)) return AnswerAdd(request);
  if (path.starts_with("/v1/")) {
    std::optional<HttpResponse> page = AnswerApi(request, config_, core_);
    return {PageKind::kApi, page.has_value() ? *std::move(page) : NoSuchPage()};
  }
  const bool reads = request.method != "POST";
  if (path == "/healthz") return {PageKind::kStanding, reads ? Text(200, "ok\n") : WrongMethod("GET, HEAD")};
  if (path == "/readyz") return {PageKind::kStanding, reads ? AnswerReady() : WrongMethod("GET, HEAD")};
  if (path == "/metrics") return {PageKind::kMetrics, reads ? AnswerMetrics() : WrongMethod("GET, HEAD")};
  if (path == "/openapi.json") {
    return {PageKind::kOther, reads ? Text(200, openapi_, "application/json") : WrongMethod("GET, HEAD")};
  }
  return {PageKind::kOther, NoSuchPage()};
}

Gateway::Page Gateway::AnswerAdd(const HttpRequest& request) {
  if (request.method != "POST") return {PageKind::kAdd, WrongMethod("POST")};
  const absl::StatusOr<v1::SubmitResponse> answer = Submit(core_, request.body);
  if (!answer.ok()) return {PageKind::kAdd, ErrorResponse(answer.status())};
  const int status = answer->has_receipt() ? 200 : 202;
  if (status == 202 || AcceptsJson(request.Field("accept"))) {
    return {PageKind::kAdd, Text(status, ToJson(*answer) + "\n", "application/json")};
  }
  return {PageKind::kAdd, Text(200, std::to_string(answer->receipt().index()))};
}

HttpResponse Gateway::AnswerReady() const {
  absl::Status ready = RequireCheckpoint(*core_.newest());
  // A copy admits nothing: it is ready while it follows.
  if (ready.ok()) ready = following_ ? following_().status : core_.admitting();
  return ready.ok() ? Text(200, "ready\n") : ErrorResponse(ready);
}

HttpResponse Gateway::AnswerMetrics() {
  return Text(200,
              metrics_.Render({.log_size = core_.newest()->snapshot->size(),
                               .queued_events = core_.queued(),
                               .http_connections = server_->connections(),
                               .admitting = core_.admitting().ok(),
                               .behind_us = following_ ? clock_.NowUs() - following_().caught_up_at_us : -1}),
              "text/plain; version=0.0.4; charset=utf-8");
}

}  // namespace touchstone::services
