#include "ledger/describe.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "google/protobuf/descriptor.h"
#include "ledger/mass.h"

namespace touchstone::ledger {

std::string VerbOf(const v1::Event& event) {
  const int number = static_cast<int>(event.body_case());
  return number == 0 ? "none" : v1::Event::descriptor()->FindFieldByNumber(number)->name();
}

std::string Words(const google::protobuf::EnumDescriptor& type, int value) {
  const auto* described = type.FindValueByNumber(value);
  if (described == nullptr) return fmt::format("{}", value);
  // The prefix is what the value of 0 has before UNSPECIFIED.
  constexpr std::string_view kUnspecified = "UNSPECIFIED";
  const auto* zero = type.FindValueByNumber(0);
  const size_t prefix = zero == nullptr ? 0 : zero->name().size() - kUnspecified.size();
  std::string words = described->name().substr(prefix);
  std::transform(words.begin(), words.end(), words.begin(),
                 [](unsigned char c) { return c == '_' ? ' ' : static_cast<char>(std::tolower(c)); });
  return words;
}

std::string DescribeMaterial(const v1::Material& material) {
  const std::string form = Words(*v1::Form_descriptor(), material.form());
  if (material.has_ore()) {
    return fmt::format("{} of {} (dry), estimated {} mg/t", FormatMassMg(material.ore().dry_mass_mg()), form,
                       material.ore().grade_mg_per_t());
  }
  if (!material.has_fineness())
    return fmt::format("{} of {}, fineness pending", FormatMassMg(material.gross_mg()), form);
  return fmt::format("{} of {} at {}", FormatMassMg(material.gross_mg()), form, FormatPpm(material.fineness().ppm()));
}

}  // namespace touchstone::ledger
