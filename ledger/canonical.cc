#include "ledger/canonical.h"

#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/limits.h"
#include "base/status.h"
#include "google/protobuf/stubs/logging.h"

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

bool IsAllKnown(const Message& message);

/// The field is a message or an enum.
bool IsFieldKnown(const Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  const bool is_message = field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
  const auto is_value = [&](int value) { return field.enum_type()->FindValueByNumber(value) != nullptr; };
  if (!field.is_repeated()) {
    if (!reflection.HasField(message, &field)) return true;
    return is_message ? IsAllKnown(reflection.GetMessage(message, &field))
                      : is_value(reflection.GetEnumValue(message, &field));
  }
  const int count = reflection.FieldSize(message, &field);
  for (int i = 0; i < count; ++i) {
    const bool known = is_message ? IsAllKnown(reflection.GetRepeatedMessage(message, &field, i))
                                  : is_value(reflection.GetRepeatedEnumValue(message, &field, i));
    if (!known) return false;
  }
  return true;
}

/// Whether CheckKnown finds nothing. Nearly every message that comes is all known: this looks through the fields of the
/// schema, where CheckKnown makes lists of those that are set, and paths to them.
bool IsAllKnown(const Message& message) {
  const Reflection& reflection = *message.GetReflection();
  const google::protobuf::Descriptor& schema = *message.GetDescriptor();
  if (!reflection.GetUnknownFields(message).empty()) return false;
  const auto holds_values = [](const FieldDescriptor& field) {
    return field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE || field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM;
  };
  for (int i = 0; i < schema.field_count(); ++i) {
    const FieldDescriptor& field = *schema.field(i);
    if (!holds_values(field) || field.real_containing_oneof() != nullptr) continue;
    if (!IsFieldKnown(message, field)) return false;
  }
  for (int i = 0; i < schema.real_oneof_decl_count(); ++i) {
    const FieldDescriptor* chosen = reflection.GetOneofFieldDescriptor(message, schema.oneof_decl(i));
    if (chosen != nullptr && holds_values(*chosen) && !IsFieldKnown(message, *chosen)) return false;
  }
  return true;
}

bool IsItsOwnEncoding(const Message& message, std::string_view bytes) {
  if (message.ByteSizeLong() != bytes.size()) return false;
  // Nearly all that comes is no larger than an entry: the room for that is made once for each thread.
  thread_local std::vector<uint8_t> kept(limits::kMaxEntryBytes);
  std::unique_ptr<uint8_t[]> large;
  if (bytes.size() > kept.size()) large.reset(new uint8_t[bytes.size()]);  // not zeroed: all of it is written
  uint8_t* const encoded = large != nullptr ? large.get() : kept.data();
  message.SerializeWithCachedSizesToArray(encoded);
  return bytes.empty() || std::memcmp(encoded, bytes.data(), bytes.size()) == 0;
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
  if (!IsAllKnown(message)) TS_RETURN_IF_ERROR(CheckKnown(message, std::string(field)));
  if (!IsItsOwnEncoding(message, bytes)) {
    return InvalidInput(
        "NOT_CANONICAL", field,
        "the bytes must equal their own re-encoding: fields in number order, each once, defaults left out");
  }
  return absl::OkStatus();
}

}  // namespace touchstone::ledger
