#include "services/gateway/openapi.h"

#include <set>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "google/protobuf/descriptor.h"
#include "nlohmann/json.hpp"
#include "services/gateway/api_methods.h"

namespace touchstone::services {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using Json = nlohmann::ordered_json;

/// Schemas of messages, each once; grows while those of their fields are asked for.
class Schemas {
 public:
  Json RefTo(const Descriptor& type) {
    if (known_.insert(&type).second) pending_.push_back(&type);
    return {{"$ref", "#/components/schemas/" + type.full_name()}};
  }

  /// The schema of a field's value, as protobuf JSON writes it.
  Json Of(const FieldDescriptor& field) {
    if (!field.is_repeated()) return OfOne(field);
    return {{"type", "array"}, {"items", OfOne(field)}};
  }

  Json All() {
    Json all = Json::object();
    while (!pending_.empty()) {
      const Descriptor& type = *pending_.back();
      pending_.pop_back();
      Json properties = Json::object();
      for (int i = 0; i < type.field_count(); ++i) properties[type.field(i)->name()] = Of(*type.field(i));
      all[type.full_name()] = {{"type", "object"}, {"properties", properties}};
    }
    return all;
  }

 private:
  Json OfOne(const FieldDescriptor& field) {
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32:
      case FieldDescriptor::CPPTYPE_UINT32:
        return {{"type", "integer"}};
      case FieldDescriptor::CPPTYPE_INT64:
        return {{"type", "string"}, {"format", "int64"}};
      case FieldDescriptor::CPPTYPE_UINT64:
        return {{"type", "string"}, {"format", "uint64"}};
      case FieldDescriptor::CPPTYPE_BOOL:
        return {{"type", "boolean"}};
      case FieldDescriptor::CPPTYPE_ENUM:
        return OfEnum(*field.enum_type());
      case FieldDescriptor::CPPTYPE_STRING:
        if (field.type() == FieldDescriptor::TYPE_BYTES) return {{"type", "string"}, {"format", "byte"}};
        return {{"type", "string"}};
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return RefTo(*field.message_type());
      case FieldDescriptor::CPPTYPE_FLOAT:
      case FieldDescriptor::CPPTYPE_DOUBLE:
        return {{"type", "number"}};
    }
    return Json::object();
  }

  static Json OfEnum(const google::protobuf::EnumDescriptor& type) {
    Json names = Json::array();
    for (int i = 0; i < type.value_count(); ++i) names.push_back(type.value(i)->name());
    return {{"type", "string"}, {"enum", names}};
  }

  std::set<const Descriptor*> known_;
  std::vector<const Descriptor*> pending_;
};

Json ErrorAnswer() {
  return {{"description", "Why not: `reason` is stable, `field` is left out when none is at fault"},
          {"content",
           {{"application/json",
             {{"schema",
               {{"type", "object"},
                {"properties",
                 {{"error",
                   {{"type", "object"},
                    {"properties",
                     {{"code", {{"type", "string"}}},
                      {"reason", {{"type", "string"}}},
                      {"field", {{"type", "string"}}},
                      {"message", {{"type", "string"}}}}}}}}}}}}}}}};
}

/// Path and query of a GET: every field that is no message.
Json ParametersOf(const Descriptor& request, std::string_view path, Schemas& schemas) {
  Json parameters = Json::array();
  for (int i = 0; i < request.field_count(); ++i) {
    const FieldDescriptor& field = *request.field(i);
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) continue;
    const bool in_path = path.find("{" + field.name() + "}") != std::string_view::npos;
    Json parameter = {{"name", field.name()}, {"in", in_path ? "path" : "query"}, {"schema", schemas.Of(field)}};
    if (in_path) parameter["required"] = true;
    if (field.type() == FieldDescriptor::TYPE_BYTES) {
      parameter["schema"] = {{"type", "string"}, {"pattern", "^([0-9a-f]{2})*$"}};
      parameter["description"] = "in hex";
    }
    parameters.push_back(std::move(parameter));
  }
  return parameters;
}

Json AnswersOf(const ApiMethod& method, const Descriptor& response, Schemas& schemas) {
  Json content;
  switch (method.form) {
    case ApiForm::kJson:
      content["application/json"] = {{"schema", schemas.RefTo(response)}};
      break;
    case ApiForm::kBundle:
      content["application/vnd.touchstone.bundle+protobuf"] = {{"schema", {{"type", "string"}, {"format", "binary"}}}};
      break;
  }
  return {{"200", {{"description", "The answer"}, {"content", content}}}, {"default", ErrorAnswer()}};
}

Json OperationsOf(const ApiMethod& method, Schemas& schemas) {
  const auto* const rpc = google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(std::string(method.rpc));
  TS_CHECK(rpc != nullptr);
  const Json answers = AnswersOf(method, *rpc->output_type(), schemas);
  Json parameters = ParametersOf(*rpc->input_type(), method.path, schemas);
  Json get = {{"summary", method.summary}, {"x-rpc", method.rpc}, {"parameters", parameters}, {"responses", answers}};
  Json in_path = Json::array();
  for (const Json& parameter : parameters) {
    if (parameter["in"] == "path") in_path.push_back(parameter);
  }
  const Json body = {{"required", true},
                     {"content", {{"application/json", {{"schema", schemas.RefTo(*rpc->input_type())}}}}}};
  Json post = {{"summary", method.summary},
               {"x-rpc", method.rpc},
               {"parameters", in_path},
               {"requestBody", body},
               {"responses", answers}};
  return {{"get", std::move(get)}, {"post", std::move(post)}};
}

Json AddOperation() {
  const Json index = {{"description", "Recorded: its index, in decimal"},
                      {"content", {{"text/plain", {{"schema", {{"type", "string"}, {"pattern", "^[0-9]+$"}}}}}}}};
  return {{"post",
           {{"summary", "Records one signed event"},
            {"x-rpc", "touchstone.v1.CustodyService.Submit"},
            {"requestBody",
             {{"required", true},
              {"content", {{"application/octet-stream", {{"schema", {{"type", "string"}, {"format", "binary"}}}}}}}}},
            {"responses",
             {{"200", index},
              {"202", {{"description", "Parked: it waits for what it names"}}},
              {"default", ErrorAnswer()}}}}}};
}

}  // namespace

std::string OpenApiDocument(const Config& config) {
  Schemas schemas;
  Json paths = Json::object();
  for (const ApiMethod& method : ApiMethods()) {
    if (config.services.contains(method.service)) paths[std::string(method.path)] = OperationsOf(method, schemas);
  }
  if (config.services.contains(ServiceName::kCustody)) paths["/add"] = AddOperation();
  const Json document = {{"openapi", "3.0.3"},
                         {"info",
                          {{"title", "Touchstone"},
                           {"version", "v1"},
                           {"description",
                            "The read methods of touchstone.v1 as JSON. 64-bit numbers are strings, bytes are base64, "
                            "but hex in paths and "
                            "queries. A POST takes the whole request as JSON."}}},
                         {"paths", paths},
                         {"components", {{"schemas", schemas.All()}}}};
  return document.dump() + "\n";
}

}  // namespace touchstone::services
