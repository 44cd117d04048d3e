#include "cli/set_field.h"

#include <charconv>
#include <limits>
#include <string>

#include "base/encoding.h"
#include "base/status.h"
#include "cli/decimal.h"
#include "cli/material_spec.h"
#include "cli/time.h"
#include "cli/words.h"
#include "fmt/format.h"
#include "ledger/mass.h"

namespace touchstone::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

bool EndsWith(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

/// One field, or one element of a list.
struct Place {
  Message* message;
  const FieldDescriptor* field;
  int index;  // -1 for a field that is no list
};

/// Sets the field of the place, whichever kind it is.
template <typename Value, typename Argument>
void Set(const Place& place, void (Reflection::*singular)(Message*, const FieldDescriptor*, Value) const,
         void (Reflection::*repeated)(Message*, const FieldDescriptor*, int, Value) const, const Argument& value) {
  const Reflection& reflection = *place.message->GetReflection();
  if (place.index < 0) {
    (reflection.*singular)(place.message, place.field, value);
  } else {
    (reflection.*repeated)(place.message, place.field, place.index, value);
  }
}

/// A number in the unit that the field's name ends with. Nothing at all needs no unit.
absl::StatusOr<uint64_t> ParseAmount(std::string_view name, std::string_view text) {
  if (text == "0") return 0;
  if (EndsWith(name, "_mg_per_t")) return ParseGrade(text);
  if (EndsWith(name, "_mg")) return ledger::ParseMassMg(text);
  if (EndsWith(name, "ppm")) return ledger::ParseFinenessPpm(text);
  return ParseCount(text);
}

absl::StatusOr<int64_t> ParseSigned(std::string_view name, std::string_view text) {
  if (EndsWith(name, "_us")) return ParseTimeOrDate(text);
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size()) return value;
  return InvalidInput("BAD_NUMBER", "", fmt::format("'{}' is not a whole number", text));
}

template <typename Narrow, typename Wide>
absl::StatusOr<Narrow> Narrowed(Wide value) {
  if (value >= std::numeric_limits<Narrow>::min() && value <= std::numeric_limits<Narrow>::max()) {
    return static_cast<Narrow>(value);
  }
  return InvalidInput("BAD_NUMBER", "", fmt::format("{} does not fit", value));
}

absl::Status SetText(const Place& place, std::string_view text) {
  std::string value(text);
  if (place.field->type() == FieldDescriptor::TYPE_BYTES) {
    TS_ASSIGN_OR_RETURN(value, HexDecode(text));
  }
  Set<std::string>(place, &Reflection::SetString, &Reflection::SetRepeatedString, value);
  return absl::OkStatus();
}

absl::Status SetNumber(const Place& place, std::string_view text) {
  const std::string& name = place.field->name();
  switch (place.field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_UINT64: {
      TS_ASSIGN_OR_RETURN(const uint64_t value, ParseAmount(name, text));
      Set<uint64_t>(place, &Reflection::SetUInt64, &Reflection::SetRepeatedUInt64, value);
      return absl::OkStatus();
    }
    case FieldDescriptor::CPPTYPE_UINT32: {
      TS_ASSIGN_OR_RETURN(const uint64_t wide, ParseAmount(name, text));
      TS_ASSIGN_OR_RETURN(const uint32_t value, Narrowed<uint32_t>(wide));
      Set<uint32_t>(place, &Reflection::SetUInt32, &Reflection::SetRepeatedUInt32, value);
      return absl::OkStatus();
    }
    case FieldDescriptor::CPPTYPE_INT64: {
      TS_ASSIGN_OR_RETURN(const int64_t value, ParseSigned(name, text));
      Set<int64_t>(place, &Reflection::SetInt64, &Reflection::SetRepeatedInt64, value);
      return absl::OkStatus();
    }
    case FieldDescriptor::CPPTYPE_INT32: {
      TS_ASSIGN_OR_RETURN(const int64_t wide, ParseSigned(name, text));
      TS_ASSIGN_OR_RETURN(const int32_t value, Narrowed<int32_t>(wide));
      Set<int32_t>(place, &Reflection::SetInt32, &Reflection::SetRepeatedInt32, value);
      return absl::OkStatus();
    }
    default:
      return absl::InternalError("not a number");
  }
}

absl::Status SetValue(const Place& place, std::string_view text) {
  switch (place.field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      if (text != "true" && text != "false") {
        return InvalidInput("BAD_WORD", "", fmt::format("'{}' is neither true nor false", text));
      }
      Set<bool>(place, &Reflection::SetBool, &Reflection::SetRepeatedBool, text == "true");
      return absl::OkStatus();
    case FieldDescriptor::CPPTYPE_ENUM: {
      TS_ASSIGN_OR_RETURN(const int value, ParseOptionWord(*place.field->enum_type(), text));
      Set<int>(place, &Reflection::SetEnumValue, &Reflection::SetRepeatedEnumValue, value);
      return absl::OkStatus();
    }
    case FieldDescriptor::CPPTYPE_STRING:
      return SetText(place, text);
    case FieldDescriptor::CPPTYPE_UINT64:
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_INT32:
      return SetNumber(place, text);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return InvalidInput("BAD_FIELD", "", "it has parts: name the one to set, or set it to nothing to leave it out");
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_DOUBLE:
      break;  // the schema has none
  }
  return absl::InternalError("a field of a type that the schema does not have");
}

/// Adds an element without a value to the list.
void Grow(Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
      reflection.AddMessage(&message, &field);
      return;
    case FieldDescriptor::CPPTYPE_STRING:
      return reflection.AddString(&message, &field, "");
    case FieldDescriptor::CPPTYPE_ENUM:
      return reflection.AddEnumValue(&message, &field, 0);
    case FieldDescriptor::CPPTYPE_UINT64:
      return reflection.AddUInt64(&message, &field, 0);
    case FieldDescriptor::CPPTYPE_UINT32:
      return reflection.AddUInt32(&message, &field, 0);
    case FieldDescriptor::CPPTYPE_INT64:
      return reflection.AddInt64(&message, &field, 0);
    case FieldDescriptor::CPPTYPE_INT32:
      return reflection.AddInt32(&message, &field, 0);
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection.AddBool(&message, &field, false);
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_DOUBLE:
      break;  // the schema has none
  }
}

/// The place that the first step of `path` names, `inputs[2]` or `site_id`.
absl::StatusOr<Place> FindPlace(Message& message, std::string_view step, Lists lists) {
  const size_t bracket = step.find('[');
  const std::string name(step.substr(0, bracket));
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
  if (field == nullptr) {
    return InvalidInput("BAD_FIELD", "", fmt::format("{} has no field '{}'", message.GetDescriptor()->name(), name));
  }
  if (bracket == std::string_view::npos) return Place{&message, field, -1};
  int index = -1;
  const std::string_view digits = step.substr(bracket + 1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
  const bool is_index = error == std::errc() && std::string_view(end, digits.data() + digits.size()) == "]";
  const int size = field->is_repeated() ? message.GetReflection()->FieldSize(message, field) : 0;
  const bool grows = field->is_repeated() && lists == Lists::kGrow && index == size;
  if (!is_index || index < 0 || (index >= size && !grows)) {
    return InvalidInput("BAD_FIELD", "", fmt::format("there is no '{}'", step));
  }
  if (grows) Grow(message, *field);
  return Place{&message, field, index};
}

absl::Status SetAt(Message& message, std::string_view path, std::string_view text, Lists lists) {
  const size_t dot = path.find('.');
  TS_ASSIGN_OR_RETURN(const Place place, FindPlace(message, path.substr(0, dot), lists));
  const Reflection& reflection = *message.GetReflection();
  if (dot == std::string_view::npos) {
    if (text.empty() && place.index < 0) {
      reflection.ClearField(&message, place.field);
      return absl::OkStatus();
    }
    if (place.field->is_repeated() && place.index < 0) {
      return InvalidInput("BAD_FIELD", "", "it is a list: name the element to set, as `outputs[0]`");
    }
    return SetValue(place, text);
  }
  const bool is_whole_list = place.field->is_repeated() && place.index < 0;
  if (place.field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE || is_whole_list) {
    return InvalidInput("BAD_FIELD", "", fmt::format("nothing stands below '{}'", path.substr(0, dot)));
  }
  Message& nested = place.index < 0 ? *reflection.MutableMessage(&message, place.field)
                                    : *reflection.MutableRepeatedMessage(&message, place.field, place.index);
  return SetAt(nested, path.substr(dot + 1), text, lists);
}

}  // namespace

absl::Status SetField(Message& message, std::string_view assignment) {
  const size_t equals = assignment.find('=');
  if (equals == std::string_view::npos) {
    return InvalidInput("BAD_FIELD", assignment, "not `FIELD=VALUE`, as `produce.outputs[0].gross_mg=800 g`");
  }
  return SetField(message, assignment.substr(0, equals), assignment.substr(equals + 1), Lists::kFixed);
}

absl::Status SetField(Message& message, std::string_view path, std::string_view value, Lists lists) {
  return InField(path, SetAt(message, path, value, lists));
}

}  // namespace touchstone::cli
