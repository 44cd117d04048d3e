#include "cli/render.h"

#include <string_view>
#include <vector>

#include "base/encoding.h"
#include "cli/time.h"
#include "cli/words.h"
#include "fmt/format.h"
#include "ledger/mass.h"

namespace touchstone::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

/// One value of a message: a singular field, or one element of a repeated one.
class Value {
 public:
  /// `index` is -1 for a singular field.
  Value(const Message& message, const FieldDescriptor& field, int index)
      : message_(message), reflection_(*message.GetReflection()), field_(field), index_(index) {}

  bool IsMessage() const { return field_.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE; }
  const Message& Nested() const {
    return index_ < 0 ? reflection_.GetMessage(message_, &field_)
                      : reflection_.GetRepeatedMessage(message_, &field_, index_);
  }
  bool Bool() const { return Get(&Reflection::GetBool, &Reflection::GetRepeatedBool); }
  int Enum() const { return Get(&Reflection::GetEnumValue, &Reflection::GetRepeatedEnumValue); }
  int64_t Signed() const {
    return field_.cpp_type() == FieldDescriptor::CPPTYPE_INT32
               ? Get(&Reflection::GetInt32, &Reflection::GetRepeatedInt32)
               : Get(&Reflection::GetInt64, &Reflection::GetRepeatedInt64);
  }
  uint64_t Unsigned() const {
    return field_.cpp_type() == FieldDescriptor::CPPTYPE_UINT32
               ? Get(&Reflection::GetUInt32, &Reflection::GetRepeatedUInt32)
               : Get(&Reflection::GetUInt64, &Reflection::GetRepeatedUInt64);
  }
  std::string Text() const {
    const std::string bytes = Get(&Reflection::GetString, &Reflection::GetRepeatedString);
    return field_.type() == FieldDescriptor::TYPE_BYTES ? HexEncode(bytes) : bytes;
  }

 private:
  template <typename Type>
  Type Get(Type (Reflection::*singular)(const Message&, const FieldDescriptor*) const,
           Type (Reflection::*repeated)(const Message&, const FieldDescriptor*, int) const) const {
    return index_ < 0 ? (reflection_.*singular)(message_, &field_) : (reflection_.*repeated)(message_, &field_, index_);
  }

  const Message& message_;
  const Reflection& reflection_;
  const FieldDescriptor& field_;
  int index_;
};

bool EndsWith(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

std::string AmountText(std::string_view name, uint64_t amount) {
  if (EndsWith(name, "_mg")) return ledger::FormatMassMg(amount);
  if (EndsWith(name, "_ng")) return ledger::FormatFineNg(amount);
  if (EndsWith(name, "_ppm") || name == "ppm") return ledger::FormatPpm(static_cast<uint32_t>(amount));
  return std::to_string(amount);
}

Json ScalarJson(const FieldDescriptor& field, const Value& value) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return value.Bool();
    case FieldDescriptor::CPPTYPE_ENUM:
      return ShortName(*field.enum_type(), value.Enum());
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
      return value.Signed();
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
      return value.Unsigned();
    case FieldDescriptor::CPPTYPE_STRING:
      return value.Text();
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return ToJson(value.Nested());
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_DOUBLE:
      break;  // the schema has none
  }
  return nullptr;
}

std::string ScalarText(const FieldDescriptor& field, const Value& value) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return value.Bool() ? "yes" : "no";
    case FieldDescriptor::CPPTYPE_ENUM:
      return OptionWord(*field.enum_type(), value.Enum());
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
      return EndsWith(field.name(), "_us") ? FormatTimeUs(value.Signed()) : std::to_string(value.Signed());
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
      return AmountText(field.name(), value.Unsigned());
    case FieldDescriptor::CPPTYPE_STRING:
      return value.Text();
    case FieldDescriptor::CPPTYPE_MESSAGE:
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_DOUBLE:
      break;  // messages are not scalars, and the schema has no floats
  }
  return "";
}

std::vector<const FieldDescriptor*> FieldsOf(const Message& message) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  return fields;
}

/// `recorded_at_us` is read by people as `recorded at`: the value shows its unit.
std::string Label(std::string_view name) {
  if (name == "ppm") return "gold";  // of a Fineness
  for (const std::string_view unit : {"_mg", "_ng", "_ppm", "_us"}) {
    if (EndsWith(name, unit)) name.remove_suffix(unit.size());
  }
  std::string label(name);
  for (char& c : label) c = c == '_' ? ' ' : c;
  return label;
}

}  // namespace

Json ToJson(const Message& message) {
  Json json = Json::object();
  for (const FieldDescriptor* field : FieldsOf(message)) {
    if (!field->is_repeated()) {
      json[field->name()] = ScalarJson(*field, Value(message, *field, -1));
      continue;
    }
    Json& list = json[field->name()] = Json::array();
    const int count = message.GetReflection()->FieldSize(message, field);
    for (int i = 0; i < count; ++i) list.push_back(ScalarJson(*field, Value(message, *field, i)));
  }
  return json;
}

std::string ToText(const Message& message, const std::string& indent) {
  std::string text;
  for (const FieldDescriptor* field : FieldsOf(message)) {
    const int count = field->is_repeated() ? message.GetReflection()->FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      const Value value(message, *field, field->is_repeated() ? i : -1);
      if (value.IsMessage()) {
        text += fmt::format("{}{}:\n{}", indent, Label(field->name()), ToText(value.Nested(), indent + "  "));
      } else {
        text += fmt::format("{}{}: {}\n", indent, Label(field->name()), ScalarText(*field, value));
      }
    }
  }
  return text;
}

}  // namespace touchstone::cli
