#include "cli/words.h"

#include <algorithm>
#include <cctype>

#include "base/status.h"
#include "fmt/format.h"
#include "touchstone/v1/event.pb.h"

namespace touchstone::cli {
namespace {

/// `PROCESS_ROUTE_` for ProcessRoute: how the style of protobuf prefixes the values of a type.
std::string PrefixOf(const google::protobuf::EnumDescriptor& type) {
  std::string prefix;
  for (const char c : type.name()) {
    if (std::isupper(static_cast<unsigned char>(c)) && !prefix.empty()) prefix += '_';
    prefix += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return prefix + '_';
}

}  // namespace

std::string ShortName(const google::protobuf::EnumDescriptor& type, int value) {
  const google::protobuf::EnumValueDescriptor* known = type.FindValueByNumber(value);
  if (known == nullptr) return std::to_string(value);
  const std::string prefix = PrefixOf(type);
  const std::string& name = known->name();
  return name.rfind(prefix, 0) == 0 ? name.substr(prefix.size()) : name;
}

std::string OptionWord(const google::protobuf::EnumDescriptor& type, int value) {
  std::string word = ShortName(type, value);
  for (char& c : word) c = c == '_' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return word;
}

std::string OptionWords(const google::protobuf::EnumDescriptor& type) {
  std::string words;
  for (int i = 0; i < type.value_count(); ++i) {
    const int value = type.value(i)->number();
    if (value == 0) continue;
    if (!words.empty()) words += '|';
    words += OptionWord(type, value);
  }
  return words;
}

absl::StatusOr<int> ParseOptionWord(const google::protobuf::EnumDescriptor& type, std::string_view word) {
  for (int i = 0; i < type.value_count(); ++i) {
    const int value = type.value(i)->number();
    if (value != 0 && OptionWord(type, value) == word) return value;
  }
  return InvalidInput("BAD_WORD", "", fmt::format("'{}' is none of {}", word, OptionWords(type)));
}

absl::StatusOr<const google::protobuf::FieldDescriptor*> ParseVerb(std::string_view text) {
  std::string name(text);
  std::replace(name.begin(), name.end(), '-', '_');
  const google::protobuf::OneofDescriptor& verbs = *v1::Event::descriptor()->FindOneofByName("body");
  std::string known;
  for (int i = 0; i < verbs.field_count(); ++i) {
    if (verbs.field(i)->name() == name) return verbs.field(i);
    known += (i == 0 ? "" : ", ") + verbs.field(i)->name();
  }
  return InvalidInput("BAD_VERB", "", fmt::format("'{}' is none of {}", text, known));
}

}  // namespace touchstone::cli
