#include "ledger/canonical.h"

#include <limits>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/status.h"
#include "google/protobuf/stubs/logging.h"
#include "ledger/wire_form.h"

namespace touchstone::ledger {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

absl::Status CheckKnown(const Message& message, const std::string& path);

absl::Status CheckEnum(const FieldDescriptor& field, int value, const std::string& path) {
  if (field.enum_type()->FindValueByNumber(value) != nullptr) return absl::OkStatus();
  return InvalidInput("UNKNOWN_ENUM_VALUE", path, fmt::format("{} has no value {}", field.enum_type()->name(), value));
}

absl::Status CheckField(const Message& message, const FieldDescriptor& field, const std::string& path) {
  const Reflection& reflection = *message.GetReflection();
  const bool is_message = field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
  const bool is_enum = field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM;
  if (!is_message && !is_enum) return absl::OkStatus();
  const std::string name = path.empty() ? field.name() : fmt::format("{}.{}", path, field.name());
  if (!field.is_repeated()) {
    return is_message ? CheckKnown(reflection.GetMessage(message, &field), name)
                      : CheckEnum(field, reflection.GetEnumValue(message, &field), name);
  }
  for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
    const std::string element = fmt::format("{}[{}]", name, i);
    TS_RETURN_IF_ERROR(is_message ? CheckKnown(reflection.GetRepeatedMessage(message, &field, i), element)
                                  : CheckEnum(field, reflection.GetRepeatedEnumValue(message, &field, i), element));
  }
  return absl::OkStatus();
}

absl::Status CheckKnown(const Message& message, const std::string& path) {
  const Reflection& reflection = *message.GetReflection();
  const auto& unknown = reflection.GetUnknownFields(message);
  if (!unknown.empty()) {
    return InvalidInput("UNKNOWN_FIELD", path,
                        fmt::format("{} has no field {}", message.GetDescriptor()->name(), unknown.field(0).number()));
  }
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) TS_RETURN_IF_ERROR(CheckField(message, *field, path));
  return absl::OkStatus();
}

/// Protobuf prints a line of its own about text that is not UTF-8. The status says so; hostile input must not fill a
/// log.
void SilenceProtobuf() { [[maybe_unused]] static const auto previous = google::protobuf::SetLogHandler(nullptr); }

}  // namespace

absl::Status ParseCanonical(std::string_view bytes, std::string_view field, std::string_view malformed_reason,
                            Message& message) {
  SilenceProtobuf();
  if (bytes.size() > static_cast<size_t>(std::numeric_limits<int>::max()) ||
      !message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return InvalidInput(malformed_reason, field,
                        fmt::format("not a serialised {}", message.GetDescriptor()->full_name()));
  }
  // Nearly all that comes is canonical, which its bytes show; what is wrong with the rest, the message tells.
  if (HasCanonicalForm(bytes, *message.GetDescriptor())) return absl::OkStatus();
  TS_RETURN_IF_ERROR(CheckKnown(message, std::string(field)));
  if (message.ByteSizeLong() != bytes.size() || message.SerializeAsString() != bytes) {
    return InvalidInput(
        "NOT_CANONICAL", field,
        "the bytes must equal their own re-encoding: fields in number order, each once, defaults left out");
  }
  return absl::OkStatus();
}

}  // namespace touchstone::ledger
