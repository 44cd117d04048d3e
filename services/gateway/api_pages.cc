#include "services/gateway/api_pages.h"

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/status.h"
#include "google/protobuf/descriptor.h"
#include "services/gateway/api_methods.h"
#include "services/gateway/http_errors.h"
#include "services/gateway/json_message.h"
#include "touchstone/v1/provenance_service.pb.h"

namespace touchstone::services {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::Message;

std::unique_ptr<Message> New(const Descriptor* type) {
  return std::unique_ptr<Message>(google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
}

/// What the braces of `pattern` stand for in `path`; nullopt when it does not fit.
std::optional<HttpFields> Match(std::string_view pattern, std::string_view path) {
  HttpFields fields;
  while (!pattern.empty() && !path.empty()) {
    const std::string_view wanted = pattern.substr(0, pattern.find('/', 1));
    const std::string_view segment = path.substr(0, path.find('/', 1));
    pattern.remove_prefix(wanted.size());
    path.remove_prefix(segment.size());
    if (wanted == segment) continue;
    if (!wanted.starts_with("/{") || segment.size() < 2) return std::nullopt;
    fields.emplace_back(wanted.substr(2, wanted.size() - 3), segment.substr(1));
  }
  if (!pattern.empty() || !path.empty()) return std::nullopt;
  return fields;
}

absl::Status ReadRequest(const HttpRequest& asked, const HttpFields& in_path, Message& request) {
  if (asked.method == "POST") TS_RETURN_IF_ERROR(SetFromJson(asked.body, request));
  for (const auto& [name, text] : in_path) {
    request.GetReflection()->ClearField(&request, request.GetDescriptor()->FindFieldByName(name));
    TS_RETURN_IF_ERROR(SetFromText(name, text, request));
  }
  return SetFromQuery(asked.query, request);
}

HttpResponse Respond(const ApiMethod& method, Message& response) {
  HttpFields fields = {{"Cache-Control", "no-store"}};
  switch (method.form) {
    case ApiForm::kJson:
      fields.emplace_back("Content-Type", "application/json");
      return {.fields = std::move(fields), .body = ToJson(response) + "\n"};
    case ApiForm::kBundle:
      fields.emplace_back("Content-Type", "application/vnd.touchstone.bundle+protobuf");
      return {.fields = std::move(fields),
              .body = std::move(*static_cast<v1::GetBundleResponse&>(response).mutable_chunk())};
  }
  return {.status = 500};
}

HttpResponse Call(const ApiMethod& method, const HttpRequest& asked, const HttpFields& in_path, Core& core) {
  const auto* const rpc = google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(std::string(method.rpc));
  TS_CHECK(rpc != nullptr);
  const std::unique_ptr<Message> request = New(rpc->input_type());
  if (const absl::Status bad = ReadRequest(asked, in_path, *request); !bad.ok()) return ErrorResponse(bad);
  const std::unique_ptr<Message> response = New(rpc->output_type());
  if (const absl::Status failed = method.run(core, *request, *response); !failed.ok()) return ErrorResponse(failed);
  return Respond(method, *response);
}

}  // namespace

std::optional<HttpResponse> AnswerApi(const HttpRequest& request, const Config& config, Core& core) {
  for (const ApiMethod& method : ApiMethods()) {
    if (!config.services.contains(method.service)) continue;
    const std::optional<HttpFields> in_path = Match(method.path, request.path);
    if (in_path.has_value()) return Call(method, request, *in_path, core);
  }
  return std::nullopt;
}

}  // namespace touchstone::services
