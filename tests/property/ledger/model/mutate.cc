// One field of an event is other than it should be.
#include <string>
#include <vector>

#include "google/protobuf/message.h"
#include "tests/property/ledger/model/market.h"

namespace touchstone::ledger::model {
namespace {

using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

/// A number near the one that is there, or at the edge of what there is.
uint64_t OtherNumber(uint64_t number, Dice& dice) {
  switch (dice.Below(9)) {
    case 0:
      return 0;
    case 1:
      return number + 1;
    case 2:
      return number - 1;
    case 3:
      return number * 10;
    case 4:
      return number / 10;
    case 5:
      return number * 2;
    case 6:
      return number + number / 50;
    case 7:
      return 10'000'000'000'000;
    default:
      return dice.Below(1'000'000);
  }
}

std::string OtherText(const std::string& text, Dice& dice, const std::map<ObjectKind, std::vector<Id>>& ids) {
  switch (dice.Below(8)) {
    case 0:
      return "";
    case 1:
      return std::string(300, 'x');
    case 2:
      return text + "\n";
    case 3:
      return std::string(70, 'y');
    case 4:
      return "lot_aaaaaaaaaaaaaaaaaaaaaaaaaa";
    case 5: {
      // Something of the same kind that nobody has heard of.
      std::string other = text;
      if (!other.empty()) other.back() = other.back() == 'a' ? 'b' : 'a';
      return other;
    }
    default: {
      const auto kind = KindOfId(text);
      const auto of_kind = kind.has_value() ? ids.find(*kind) : ids.begin();
      if (of_kind == ids.end() || of_kind->second.empty()) return "x";
      return dice.Pick(of_kind->second);
    }
  }
}

std::string OtherBytes(const std::string& bytes, Dice& dice) {
  switch (dice.Below(4)) {
    case 0:
      return "";
    case 1:
      return bytes.substr(0, bytes.size() / 2);
    case 2:
      return bytes + "!";
    default: {
      std::string other = bytes.empty() ? std::string(32, 'b') : bytes;
      other[dice.Below(other.size())] ^= 1;
      return other;
    }
  }
}

int OtherChoice(const EnumDescriptor& choices, Dice& dice) {
  return choices.value(static_cast<int>(dice.Below(static_cast<uint64_t>(choices.value_count()))))->number();
}

void SetOther(Message& message, const FieldDescriptor* field, Dice& dice,
              const std::map<ObjectKind, std::vector<Id>>& ids) {
  const Reflection& r = *message.GetReflection();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_UINT64:
      return r.SetUInt64(&message, field, OtherNumber(r.GetUInt64(message, field), dice));
    case FieldDescriptor::CPPTYPE_UINT32:
      return r.SetUInt32(&message, field, static_cast<uint32_t>(OtherNumber(r.GetUInt32(message, field), dice)));
    case FieldDescriptor::CPPTYPE_INT64: {
      const int64_t moved = r.GetInt64(message, field) + (dice.Chance(50) ? 1 : -1) * (int64_t{1} << dice.Below(56));
      return r.SetInt64(&message, field, dice.Chance(20) ? 0 : moved);
    }
    case FieldDescriptor::CPPTYPE_INT32:
      return r.SetInt32(&message, field, static_cast<int32_t>(OtherNumber(2'000'000'000, dice)));
    case FieldDescriptor::CPPTYPE_BOOL:
      return r.SetBool(&message, field, !r.GetBool(message, field));
    case FieldDescriptor::CPPTYPE_ENUM:
      return r.SetEnumValue(&message, field, OtherChoice(*field->enum_type(), dice));
    case FieldDescriptor::CPPTYPE_STRING: {
      const std::string before = r.GetString(message, field);
      const bool text = field->type() == FieldDescriptor::TYPE_STRING;
      return r.SetString(&message, field, text ? OtherText(before, dice, ids) : OtherBytes(before, dice));
    }
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      if (r.HasField(message, field) && dice.Chance(30)) return r.ClearField(&message, field);
      Message& inner = *r.MutableMessage(&message, field);
      return Mutate(inner, dice, ids);
    }
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
      return;
  }
}

/// One element more, less, twice, elsewhere or other.
void ChangeList(Message& message, const FieldDescriptor* field, Dice& dice,
                const std::map<ObjectKind, std::vector<Id>>& ids) {
  const Reflection& r = *message.GetReflection();
  const int size = r.FieldSize(message, field);
  if (size == 0) return;
  const int at = static_cast<int>(dice.Below(static_cast<uint64_t>(size)));
  const bool messages = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
  // Corners stay where they are: in any other order a convex outline crosses itself, which is what is wanted here.
  const bool corners = messages && field->message_type() == v1::GeoPoint::descriptor();
  switch (dice.Below(corners ? 4 : 6)) {
    case 0:
      return r.ClearField(&message, field);
    case 1:
      return r.RemoveLast(&message, field);
    case 2:
      return r.SwapElements(&message, field, at, size - 1);
    case 3:
      if (messages) r.AddMessage(&message, field)->CopyFrom(r.GetRepeatedMessage(message, field, at));
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
        r.AddString(&message, field, r.GetRepeatedString(message, field, at));
      }
      return;
    default:
      if (messages) return Mutate(*r.MutableRepeatedMessage(&message, field, at), dice, ids);
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
        const std::string before = r.GetRepeatedString(message, field, at);
        const bool text = field->type() == FieldDescriptor::TYPE_STRING;
        r.SetRepeatedString(&message, field, at, text ? OtherText(before, dice, ids) : OtherBytes(before, dice));
      }
  }
}

}  // namespace

void Mutate(Message& message, Dice& dice, const std::map<ObjectKind, std::vector<Id>>& ids) {
  const auto* descriptor = message.GetDescriptor();
  if (descriptor->field_count() == 0) return;
  const auto number = static_cast<int>(dice.Below(static_cast<uint64_t>(descriptor->field_count())));
  const FieldDescriptor* field = descriptor->field(number);
  if (field->is_repeated()) {
    ChangeList(message, field, dice, ids);
  } else {
    SetOther(message, field, dice, ids);
  }
}

}  // namespace touchstone::ledger::model
