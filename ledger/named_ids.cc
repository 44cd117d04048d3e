#include "ledger/named_ids.h"

#include <vector>

#include "ledger/ids.h"

namespace touchstone::ledger {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

void Collect(const Message& message, std::set<std::string>& ids) {
  const Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      if (field->type() == FieldDescriptor::TYPE_MESSAGE) {
        Collect(field->is_repeated() ? reflection.GetRepeatedMessage(message, field, i)
                                     : reflection.GetMessage(message, field),
                ids);
      } else if (field->type() == FieldDescriptor::TYPE_STRING) {
        const std::string text = field->is_repeated() ? reflection.GetRepeatedString(message, field, i)
                                                      : reflection.GetString(message, field);
        if (KindOfId(text).has_value()) ids.insert(text);
      }
    }
  }
}

}  // namespace

std::set<std::string> IdsNamedIn(const Message& message) {
  std::set<std::string> ids;
  Collect(message, ids);
  return ids;
}

}  // namespace touchstone::ledger
