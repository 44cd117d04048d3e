#include "ledger/vocabulary.h"

#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "google/protobuf/message.h"

namespace touchstone::ledger {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

Rejection NotYetKnown(const Context& ctx, std::string field) {
  return Reject(v1::REASON_FIELD_INVALID, std::move(field),
                fmt::format("ruleset {} does not know this field; leave it empty until root activates one that does",
                            ctx.rules.version));
}

MaybeRejection CheckSeals(const Context& ctx, const google::protobuf::RepeatedPtrField<v1::ReceivedMass>& received,
                          const Path& field) {
  for (int i = 0; i < received.size(); ++i) {
    if (!received[i].seal().empty()) return NotYetKnown(ctx, fmt::format("{}[{}].seal", field, i));
  }
  return std::nullopt;
}

/// Whether one of the letters that begin with this byte is in the text.
template <typename IsRest>
bool HasLetter(std::string_view text, char first, IsRest is_rest) {
  for (size_t i = text.find(first); i != std::string_view::npos; i = text.find(first, i + 1)) {
    if (is_rest(text.substr(i + 1))) return true;
  }
  return false;
}

/// In UTF-8 these letters are D8 9C; E2 80 8E, 8F, AA to AE; E2 81 A6 to A9.
bool HasDirectionControl(std::string_view text) {
  if (HasLetter(text, '\xd8', [](std::string_view rest) { return !rest.empty() && rest[0] == '\x9c'; })) return true;
  return HasLetter(text, '\xe2', [](std::string_view rest) {
    if (rest.size() < 2) return false;
    const auto last = static_cast<unsigned char>(rest[1]);
    if (rest[0] == '\x80') return last == 0x8e || last == 0x8f || (last >= 0xaa && last <= 0xae);
    return rest[0] == '\x81' && last >= 0xa6 && last <= 0xa9;
  });
}

MaybeRejection CheckTexts(const Message& message, const Path& path);

MaybeRejection CheckField(const Message& message, const FieldDescriptor& field, int i, const Path& path) {
  const Reflection& reflection = *message.GetReflection();
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    const Message& inner = field.is_repeated() ? reflection.GetRepeatedMessage(message, &field, i)
                                               : reflection.GetMessage(message, &field);
    return CheckTexts(inner, path + ".");
  }
  std::string scratch;
  const std::string& text = field.is_repeated() ? reflection.GetRepeatedStringReference(message, &field, i, &scratch)
                                                : reflection.GetStringReference(message, &field, &scratch);
  if (!HasDirectionControl(text)) return std::nullopt;
  return Reject(v1::REASON_FIELD_INVALID, path, "no controls of writing direction");
}

/// `path` prefixes the fields, with its dot.
MaybeRejection CheckTexts(const Message& message, const Path& path) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const bool text = field->type() == FieldDescriptor::TYPE_STRING;
    if (!text && field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    const std::string name = path + field->name();
    if (!field->is_repeated()) {
      TS_REJECT_IF(CheckField(message, *field, 0, name));
      continue;
    }
    const int count = message.GetReflection()->FieldSize(message, field);
    for (int i = 0; i < count; ++i) TS_REJECT_IF(CheckField(message, *field, i, fmt::format("{}[{}]", name, i)));
  }
  return std::nullopt;
}

}  // namespace

MaybeRejection CheckFieldsKnown(const Context& ctx) {
  if (ctx.rules.whole_domain) return std::nullopt;
  const v1::Event& event = ctx.event;
  if (event.register_party().owner_persons_size() != 0) return NotYetKnown(ctx, "register_party.owner_persons");
  if (event.register_site().scale() != v1::RegisterSite::SCALE_UNSPECIFIED) {
    return NotYetKnown(ctx, "register_site.scale");
  }
  if (event.register_site().has_registrant_limit()) return NotYetKnown(ctx, "register_site.registrant_limit");
  for (int i = 0; i < event.transform().outputs_size(); ++i) {
    if (event.transform().outputs(i).good_delivery()) {
      return NotYetKnown(ctx, fmt::format("transform.outputs[{}].good_delivery", i));
    }
  }
  TS_REJECT_IF(CheckSeals(ctx, event.accept().received(), "accept.received"));
  TS_REJECT_IF(CheckSeals(ctx, event.hand_over().received(), "hand_over.received"));
  return CheckSeals(ctx, event.receive().received(), "receive.received");
}

MaybeRejection CheckDirections(const Context& ctx, const v1::Event& event, std::string_view bytes) {
  if (!ctx.rules.whole_domain || !HasDirectionControl(bytes)) return std::nullopt;
  return CheckTexts(event, "");
}

}  // namespace touchstone::ledger
