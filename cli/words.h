// The values of enums as people type and read them: PROCESS_ROUTE_GRAVITY is `gravity` as an option and GRAVITY in
// JSON.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/generated_enum_reflection.h"

namespace touchstone::cli {

/// The name of a value without the prefix of its type: `GRAVITY_DIRECT_SMELTING`; the number for an unknown value.
std::string ShortName(const google::protobuf::EnumDescriptor& type, int value);

/// `gravity-direct-smelting`.
std::string OptionWord(const google::protobuf::EnumDescriptor& type, int value);

/// Every value that may be typed, `gravity|borax|...`: all but the unspecified one.
std::string OptionWords(const google::protobuf::EnumDescriptor& type);

/// The value of a typed word. BAD_WORD, with the words there are.
absl::StatusOr<int> ParseOptionWord(const google::protobuf::EnumDescriptor& type, std::string_view word);

/// The field of Event for a verb, typed as `hand-over` or `hand_over`. BAD_VERB, with the verbs there are.
absl::StatusOr<const google::protobuf::FieldDescriptor*> ParseVerb(std::string_view text);

/// The same as ParseOptionWord, for a known type.
template <typename Enum>
absl::StatusOr<Enum> ParseWord(std::string_view word) {
  const absl::StatusOr<int> value = ParseOptionWord(*google::protobuf::GetEnumDescriptor<Enum>(), word);
  if (!value.ok()) return value.status();
  return static_cast<Enum>(*value);
}

template <typename Enum>
std::string WordFor(Enum value) {
  return OptionWord(*google::protobuf::GetEnumDescriptor<Enum>(), value);
}

template <typename Enum>
std::string NameFor(Enum value) {
  return ShortName(*google::protobuf::GetEnumDescriptor<Enum>(), value);
}

}  // namespace touchstone::cli
