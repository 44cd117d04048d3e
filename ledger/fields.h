// Form of fields: checks that every verb shares. Each names the field and what would be right.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "google/protobuf/repeated_field.h"
#include "ledger/ids.h"
#include "ledger/verb.h"

namespace touchstone::ledger {

/// A text for people: at most limits::kMaxTextBytes.
MaybeRejection CheckText(std::string_view value, const Path& field, bool required);
/// A reference given by others: at most limits::kMaxReferenceBytes.
MaybeRejection CheckReference(std::string_view value, const Path& field, bool required);
/// Two upper-case letters.
MaybeRejection CheckCountry(std::string_view value, const Path& field);
/// A well-formed id of the kind.
MaybeRejection CheckId(ObjectKind kind, std::string_view value, const Path& field);
/// An enum value other than 0.
MaybeRejection CheckChosen(int value, const Path& field);
/// From before until, both set.
MaybeRejection CheckPeriod(int64_t from_us, int64_t until_us, const Path& from_field, const Path& until_field);
/// The period of work that an event speaks of: a period, and over when the event occurred.
MaybeRejection CheckWorkPeriod(int64_t occurred_at_us, int64_t from_us, int64_t until_us, const Path& from_field,
                               const Path& until_field);
/// Between `least` and `most` elements.
MaybeRejection CheckCount(int count, int least, int most, const Path& field);
/// Exactly so many bytes.
MaybeRejection CheckBytes(std::string_view value, size_t size, const Path& field);
/// Ascending without repetition.
template <typename Values>
MaybeRejection CheckAscending(const Values& values, const Path& field) {
  for (int i = 1; i < values.size(); ++i) {
    if (!(values.Get(i - 1) < values.Get(i))) {
      return Reject(v1::REASON_FIELD_INVALID, std::string(field) + "[" + std::to_string(i) + "]",
                    "the list is ascending, each value once");
    }
  }
  return std::nullopt;
}
MaybeRejection CheckDocument(const v1::DocumentRef& document, const Path& field);
MaybeRejection CheckDocuments(const google::protobuf::RepeatedPtrField<v1::DocumentRef>& documents, const Path& field);
MaybeRejection CheckWithheld(const v1::Withheld& withheld, const Path& field);
MaybeRejection CheckPoint(const v1::GeoPoint& point, const Path& field);
MaybeRejection CheckPolygon(const v1::GeoPolygon& polygon, const Path& field);
MaybeRejection CheckLimit(const v1::OutputLimit& limit, const Path& field);
MaybeRejection CheckFineness(const v1::Fineness& fineness, const Path& field);
/// Form, mass, fineness and ore fit each other.
MaybeRejection CheckMaterial(const v1::Material& material, const Path& field);

}  // namespace touchstone::ledger
