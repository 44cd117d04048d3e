#include "cli/disclosure.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/encoding.h"
#include "base/limits.h"
#include "base/status.h"
#include "cli/append.h"
#include "cli/render.h"
#include "cli/trust.h"
#include "fmt/format.h"
#include "ledger/withheld.h"

namespace touchstone::cli {
namespace {

absl::Status KeepDisclosure(const std::string& path, const v1::Disclosure& disclosure) {
  if (!path.empty()) return AppendDisclosure(path, disclosure);
  return InvalidInput("USAGE", "--disclosures", "name the file that keeps what opens the commitment");
}

}  // namespace

v1::Disclosure NewDisclosure(std::string_view field, std::string_view value, Random& random) {
  v1::Disclosure disclosure;
  disclosure.set_field(std::string(field));
  disclosure.set_salt(RandomBytes(random, limits::kSaltBytes));
  disclosure.set_value(std::string(value));
  return disclosure;
}

absl::Status AppendDisclosure(const std::string& path, const v1::Disclosure& disclosure) {
  const Json line = {{"field", disclosure.field()},
                     {"commitment", HexEncode(ledger::CommitTo(disclosure).commitment())},
                     {"salt", HexEncode(disclosure.salt())},
                     {"value", HexEncode(disclosure.value())}};
  return AppendLine(path, line.dump());
}

void SortCommitments(WithheldList& list) {
  const auto less = [](const v1::Withheld& a, const v1::Withheld& b) { return a.commitment() < b.commitment(); };
  const auto same = [](const v1::Withheld& a, const v1::Withheld& b) { return a.commitment() == b.commitment(); };
  std::sort(list.begin(), list.end(), less);
  list.erase(std::unique(list.begin(), list.end(), same), list.end());
}

absl::Status WithholdTexts(const std::vector<std::string>& texts, const std::string& path, std::string_view field,
                           Random& random, WithheldList& list) {
  std::map<std::string, v1::Disclosure> disclosures;  // by commitment
  for (const std::string& text : texts) {
    v1::Disclosure disclosure = NewDisclosure("", text, random);
    *list.Add() = ledger::CommitTo(disclosure);
    disclosures.emplace(list.rbegin()->commitment(), std::move(disclosure));
  }
  SortCommitments(list);
  for (int i = 0; i < list.size(); ++i) {
    const auto made = disclosures.find(list[i].commitment());
    if (made == disclosures.end()) continue;  // one from before, which its owner has already
    made->second.set_field(fmt::format("{}[{}]", field, i));
    TS_RETURN_IF_ERROR(KeepDisclosure(path, made->second));
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::Withheld> WithholdText(const std::string& text, const std::string& path, std::string_view field,
                                          Random& random) {
  const v1::Disclosure disclosure = NewDisclosure(field, text, random);
  TS_RETURN_IF_ERROR(KeepDisclosure(path, disclosure));
  return ledger::CommitTo(disclosure);
}

absl::StatusOr<v1::Withheld> ParseCommitment(std::string_view hex) {
  TS_ASSIGN_OR_RETURN(const crypto::Hash hash, ParseHash(hex));
  v1::Withheld withheld;
  withheld.set_commitment(std::string(hash.view()));
  return withheld;
}

}  // namespace touchstone::cli
