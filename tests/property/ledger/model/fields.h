// Form of fields, as the comments of the schema state it: FIELD_REQUIRED, FIELD_INVALID, FIELD_TOO_LONG.
#pragma once

#include <string>
#include <string_view>

#include "tests/property/ledger/model/case.h"

namespace touchstone::ledger::model {

void NeedText(Case& c, std::string_view text, bool required);
void NeedReference(Case& c, std::string_view text, bool required);
void NeedCountry(Case& c, std::string_view country);
/// An id of this kind. Whether it is one.
bool NeedId(Case& c, ObjectKind kind, std::string_view id);
/// A time since 2000 from which on, and a later one until which.
void NeedPeriod(Case& c, int64_t from_us, int64_t until_us);
/// A choice was made.
bool NeedChosen(Case& c, int value);
/// So many elements. Whether there are.
bool NeedCount(Case& c, int count, int least, int most);
/// So many bytes exactly.
void NeedBytes(Case& c, std::string_view bytes, size_t size);
void NeedWithheld(Case& c, const v1::Withheld& withheld);
void NeedDocument(Case& c, const v1::DocumentRef& document);
void NeedPoint(Case& c, const v1::GeoPoint& point);
void NeedLimit(Case& c, const v1::OutputLimit& limit);
void NeedFineness(Case& c, const v1::Fineness& fineness);
/// Form, mass, fineness and ore fit each other.
void NeedMaterial(Case& c, const v1::Material& material);
/// A cause, and a time that is not ahead of the log.
void NeedEnding(Case& c, int cause, int64_t effective_at_us);

template <typename Documents>
void NeedDocuments(Case& c, const Documents& documents) {
  NeedCount(c, documents.size(), 0, 32);
  for (const v1::DocumentRef& document : documents) NeedDocument(c, document);
}

/// Ascending, each once.
template <typename Values>
void NeedAscending(Case& c, const Values& values) {
  for (int i = 1; i < values.size(); ++i) c.Need(values.Get(i - 1) < values.Get(i), v1::REASON_FIELD_INVALID);
}

/// Keys of 32 bytes, ascending.
template <typename Keys>
void NeedKeys(Case& c, const Keys& keys, int least, int most) {
  NeedCount(c, keys.size(), least, most);
  for (const std::string& key : keys) NeedBytes(c, key, 32);
  NeedAscending(c, keys);
}

bool IsOre(v1::Form form);

}  // namespace touchstone::ledger::model
