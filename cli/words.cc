#include "cli/words.h"

#include <cctype>

#include "base/status.h"
#include "fmt/format.h"

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

}  // namespace touchstone::cli
