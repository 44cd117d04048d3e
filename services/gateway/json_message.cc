#include "services/gateway/json_message.h"

#include <charconv>
#include <optional>
#include <set>
#include <string>

#include "base/check.h"
#include "base/encoding.h"
#include "base/status.h"
#include "fmt/format.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/util/json_util.h"

namespace touchstone::services {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

absl::Status Invalid(std::string_view field, std::string_view message) {
  return InvalidInput("FIELD_INVALID", field, message);
}

const FieldDescriptor* FindField(std::string_view name, const Message& message) {
  const google::protobuf::Descriptor& type = *message.GetDescriptor();
  const FieldDescriptor* field = type.FindFieldByName(std::string(name));
  for (int i = 0; field == nullptr && i < type.field_count(); ++i) {
    if (type.field(i)->json_name() == name) field = type.field(i);
  }
  return field;
}

template <typename Number>
std::optional<Number> ParseNumber(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Puts a value into a field, or behind those that a repeated one has.
class Setter {
 public:
  Setter(Message& message, const FieldDescriptor& field) : message_(message), field_(field) {}

  template <typename Value>
  absl::Status Put(const std::optional<Value>& value,
                   void (google::protobuf::Reflection::*set)(Message*, const FieldDescriptor*, Value) const,
                   void (google::protobuf::Reflection::*add)(Message*, const FieldDescriptor*, Value) const,
                   std::string_view what) {
    if (!value.has_value()) return Invalid(field_.name(), fmt::format("must be {}", what));
    const google::protobuf::Reflection& reflection = *message_.GetReflection();
    (reflection.*(field_.is_repeated() ? add : set))(&message_, &field_, *value);
    return absl::OkStatus();
  }

 private:
  Message& message_;
  const FieldDescriptor& field_;
};

absl::Status PutBytes(std::string_view text, const FieldDescriptor& field, Setter& setter) {
  using Reflection = google::protobuf::Reflection;
  std::optional<std::string> value(text);
  if (field.type() == FieldDescriptor::TYPE_BYTES) {
    const absl::StatusOr<std::string> bytes = HexDecode(text);
    value = bytes.ok() ? std::optional(*bytes) : std::nullopt;
  }
  return setter.Put<std::string>(value, &Reflection::SetString, &Reflection::AddString, "bytes in lower-case hex");
}

absl::Status PutEnum(std::string_view text, const FieldDescriptor& field, Setter& setter) {
  using Reflection = google::protobuf::Reflection;
  const auto* const named = field.enum_type()->FindValueByName(std::string(text));
  std::optional<int> number;
  if (named != nullptr) number = named->number();
  return setter.Put<int>(number, &Reflection::SetEnumValue, &Reflection::AddEnumValue,
                         fmt::format("a name of {}, as {}", field.enum_type()->full_name(),
                                     field.enum_type()->value(field.enum_type()->value_count() - 1)->name()));
}

}  // namespace

absl::Status SetFromText(std::string_view name, std::string_view text, Message& request) {
  using Reflection = google::protobuf::Reflection;
  const FieldDescriptor* const field = FindField(name, request);
  if (field == nullptr) {
    return InvalidInput("UNKNOWN_FIELD", name, fmt::format("{} has no such field", request.GetDescriptor()->name()));
  }
  Setter setter(request, *field);
  if (!field->is_repeated() && request.GetReflection()->HasField(request, field)) {
    return Invalid(field->name(), "must come once");
  }
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return setter.Put(ParseNumber<int32_t>(text), &Reflection::SetInt32, &Reflection::AddInt32, "a whole number");
    case FieldDescriptor::CPPTYPE_INT64:
      return setter.Put(ParseNumber<int64_t>(text), &Reflection::SetInt64, &Reflection::AddInt64, "a whole number");
    case FieldDescriptor::CPPTYPE_UINT32:
      return setter.Put(ParseNumber<uint32_t>(text), &Reflection::SetUInt32, &Reflection::AddUInt32,
                        "a whole number from 0");
    case FieldDescriptor::CPPTYPE_UINT64:
      return setter.Put(ParseNumber<uint64_t>(text), &Reflection::SetUInt64, &Reflection::AddUInt64,
                        "a whole number from 0");
    case FieldDescriptor::CPPTYPE_BOOL: {
      const bool known = text == "true" || text == "false";
      return setter.Put(known ? std::optional(text == "true") : std::nullopt, &Reflection::SetBool,
                        &Reflection::AddBool, "true or false");
    }
    case FieldDescriptor::CPPTYPE_ENUM:
      return PutEnum(text, *field, setter);
    case FieldDescriptor::CPPTYPE_STRING:
      return PutBytes(text, *field, setter);
    case FieldDescriptor::CPPTYPE_MESSAGE:
    // The schema has no fractions.
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_DOUBLE:
      break;
  }
  return Invalid(field->name(), "has parts: POST the request as JSON");
}

absl::Status SetFromQuery(const HttpFields& query, Message& request) {
  std::set<std::string> named;
  for (const auto& [name, text] : query) {
    // A field that was set to 0 looks like one that was not set.
    const FieldDescriptor* const field = FindField(name, request);
    const bool again = field != nullptr && !field->is_repeated() && !named.insert(field->name()).second;
    if (again) return Invalid(field->name(), "must come once");
    TS_RETURN_IF_ERROR(SetFromText(name, text, request));
  }
  return absl::OkStatus();
}

absl::Status SetFromJson(std::string_view json, Message& request) {
  const auto status = google::protobuf::util::JsonStringToMessage({json.data(), json.size()}, &request);
  if (status.ok()) return absl::OkStatus();
  return InvalidInput("BAD_JSON", "",
                      fmt::format("is no {}: {}", request.GetDescriptor()->name(), status.message().ToString()));
}

std::string ToJson(const Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = true;
  std::string json;
  // Every message of the schema has a JSON form.
  TS_CHECK(google::protobuf::util::MessageToJsonString(message, &json, options).ok());
  return json;
}

}  // namespace touchstone::services
