#include "services/witness/witness_server.h"

#include <optional>
#include <string>
#include <utility>

namespace touchstone::services {
namespace {

HttpResponse Text(int status, std::string body, const char* type = "text/plain; charset=utf-8") {
  return {.status = status, .fields = {{"Content-Type", type}, {"Cache-Control", "no-store"}}, .body = std::move(body)};
}

HttpResponse WrongMethod(const char* allowed) {
  HttpResponse response = Text(405, "");
  response.fields.emplace_back("Allow", allowed);
  return response;
}

HttpResponse AnswerAddCheckpoint(Witness& witness, const HttpRequest& request) {
  if (request.method != "POST") return WrongMethod("POST");
  WitnessAnswer answer = witness.AddCheckpoint(request.body);
  // The one body that programs read as a number.
  const char* const type = answer.outcome == Witnessed::kOtherSize ? "text/x.tlog.size" : "text/plain; charset=utf-8";
  HttpResponse response = Text(HttpStatusOf(answer.outcome), std::move(answer.body), type);
  if (answer.outcome == Witnessed::kBehind) response.fields.emplace_back("Retry-After", "1");
  return response;
}

HttpResponse AnswerCheckpoint(const Witness& witness, const HttpRequest& request, std::string_view origin_hash) {
  if (request.method == "POST") return WrongMethod("GET, HEAD");
  std::optional<std::string> note = witness.CheckpointOf(origin_hash);
  return note.has_value() ? Text(200, *std::move(note)) : Text(404, "this witness has cosigned nothing of that log\n");
}

}  // namespace

int HttpStatusOf(Witnessed outcome) {
  switch (outcome) {
    case Witnessed::kCosigned:
      return 200;
    case Witnessed::kMalformed:
      return 400;
    case Witnessed::kUntrusted:
      return 403;
    case Witnessed::kUnknownLog:
      return 404;
    case Witnessed::kOtherSize:
      return 409;
    case Witnessed::kInconsistent:
      return 422;
    case Witnessed::kBehind:
      return 503;
    case Witnessed::kFailed:
      return 500;
  }
  return 500;
}

HttpResponse AnswerAsWitness(Witness& witness, const HttpRequest& request) {
  constexpr std::string_view kCheckpoint = "/checkpoint";
  const std::string_view path = request.path;
  if (path == "/add-checkpoint") return AnswerAddCheckpoint(witness, request);
  if (path == "/healthz") return request.method == "POST" ? WrongMethod("GET, HEAD") : Text(200, "ok\n");
  constexpr size_t kHashDigits = 2 * crypto::Hash::kSize;
  if (path.size() == 1 + kHashDigits + kCheckpoint.size() && path.ends_with(kCheckpoint)) {
    return AnswerCheckpoint(witness, request, path.substr(1, kHashDigits));
  }
  return Text(404, "a witness answers to /add-checkpoint and to /SHA-256(origin)/checkpoint\n");
}

absl::StatusOr<std::unique_ptr<HttpServer>> ServeWitness(const ListenAddress& address, Witness& witness) {
  return HttpServer::Start(
      address, {.handler = [&witness](const HttpRequest& request) { return AnswerAsWitness(witness, request); }});
}

}  // namespace touchstone::services
