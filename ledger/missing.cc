#include "ledger/missing.h"

#include <charconv>
#include <string_view>
#include <vector>

#include "base/encoding.h"
#include "ledger/envelope.h"
#include "ledger/ids.h"

namespace touchstone::ledger {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

/// The reasons for which an object is missing, and its kind. A pack is missing under its seal, which is no id, and a
/// key is a stranger's: neither is waited for.
constexpr struct {
  v1::Reason reason;
  ObjectKind kind;
} kObjects[] = {
    {v1::REASON_UNKNOWN_PARTY, ObjectKind::kParty},     {v1::REASON_UNKNOWN_SITE, ObjectKind::kSite},
    {v1::REASON_UNKNOWN_LICENCE, ObjectKind::kLicence}, {v1::REASON_UNKNOWN_ATTESTATION, ObjectKind::kAttestation},
    {v1::REASON_UNKNOWN_LOT, ObjectKind::kLot},         {v1::REASON_UNKNOWN_OFFER, ObjectKind::kOffer},
    {v1::REASON_UNKNOWN_PIECE, ObjectKind::kPiece},     {v1::REASON_UNKNOWN_CLAIM, ObjectKind::kClaim},
    {v1::REASON_UNKNOWN_ACCOUNT, ObjectKind::kAccount},
};

/// One step of a path: `inputs[2]` is the element 2 of `inputs`.
struct Step {
  std::string name;
  int index = -1;  // of a list; -1 for a field that is none
};

std::optional<Step> ParseStep(std::string_view text) {
  const size_t bracket = text.find('[');
  Step step{.name = std::string(text.substr(0, bracket))};
  if (bracket == std::string_view::npos) return step;
  const std::string_view digits = text.substr(bracket + 1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), step.index);
  if (error != std::errc() || std::string_view(end, digits.data() + digits.size()) != "]") return std::nullopt;
  return step;
}

/// The first text directly in `message` that is an id of this kind.
std::optional<std::string> IdIn(const Message& message, ObjectKind kind) {
  const Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->type() != FieldDescriptor::TYPE_STRING || field->is_repeated()) continue;
    std::string text = reflection.GetString(message, field);
    if (IsId(kind, text)) return text;
  }
  return std::nullopt;
}

/// The id of this kind at the end of `path`, which begins in `message`.
std::optional<std::string> IdAt(const Message& message, std::string_view path, ObjectKind kind) {
  if (path.empty()) return IdIn(message, kind);
  const size_t dot = path.find('.');
  const std::optional<Step> step = ParseStep(path.substr(0, dot));
  const FieldDescriptor* field = step.has_value() ? message.GetDescriptor()->FindFieldByName(step->name) : nullptr;
  if (field == nullptr || field->is_repeated() != (step->index >= 0)) return std::nullopt;
  const Reflection& reflection = *message.GetReflection();
  if (field->is_repeated() && step->index >= reflection.FieldSize(message, field)) return std::nullopt;
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    const std::string_view rest = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
    return IdAt(field->is_repeated() ? reflection.GetRepeatedMessage(message, field, step->index)
                                     : reflection.GetMessage(message, field),
                rest, kind);
  }
  if (field->type() != FieldDescriptor::TYPE_STRING || dot != std::string_view::npos) return std::nullopt;
  std::string text = field->is_repeated() ? reflection.GetRepeatedString(message, field, step->index)
                                          : reflection.GetString(message, field);
  if (!IsId(kind, text)) return std::nullopt;
  return text;
}

/// The id of this kind that a correction's replacement names. The replacement is bytes to the correction, and
/// rejections lead no further than to them.
std::optional<std::string> IdInReplacement(const v1::Event& event, ObjectKind kind) {
  v1::Event replacement;
  if (!replacement.ParseFromString(event.correct().replacement())) return std::nullopt;
  const auto& reflection = *v1::Event::GetReflection();
  const FieldDescriptor* body =
      reflection.GetOneofFieldDescriptor(replacement, v1::Event::GetDescriptor()->FindOneofByName("body"));
  if (body == nullptr) return std::nullopt;
  return IdIn(reflection.GetMessage(replacement, body), kind);
}

/// The event that a correction or voiding is about, which it carries.
std::optional<std::string> MissingEvent(const v1::Event& event) {
  const std::string& original = event.has_correct() ? event.correct().original() : event.void_().original();
  if (original.empty()) return std::nullopt;
  return NameOfEvent(EventId(original));
}

/// Ruleset 1 calls a subject that it does not know invalid, whatever its kind.
std::optional<std::string> MissingSubject(const v1::Event& event, const Rejection& rejection) {
  if (rejection.field != "attest.subject_id") return std::nullopt;
  for (const ObjectKind kind : {ObjectKind::kSite, ObjectKind::kParty, ObjectKind::kLicence, ObjectKind::kLot}) {
    if (IsId(kind, event.attest().subject_id())) return event.attest().subject_id();
  }
  return std::nullopt;
}

}  // namespace

std::string NameOfEvent(const crypto::Hash& event_id) { return HexEncode(event_id.view()); }

std::optional<std::string> MissingId(const v1::Event& event, const Rejection& rejection) {
  if (rejection.reason == v1::REASON_UNKNOWN_EVENT) return MissingEvent(event);
  if (rejection.reason == v1::REASON_FIELD_INVALID) return MissingSubject(event, rejection);
  for (const auto& [reason, kind] : kObjects) {
    if (rejection.reason != reason) continue;
    if (rejection.field == "correct.replacement") return IdInReplacement(event, kind);
    return IdAt(event, rejection.field, kind);
  }
  return std::nullopt;
}

}  // namespace touchstone::ledger
