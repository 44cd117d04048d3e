#include "ledger/wire_form.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

namespace touchstone::ledger {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;

// Wire types, as protobuf's encoding has them.
constexpr uint64_t kWireVarint = 0;
constexpr uint64_t kWireFixed64 = 1;
constexpr uint64_t kWireDelimited = 2;
constexpr uint64_t kWireFixed32 = 5;

enum class Kind : uint8_t { kAbsent, kNumber, kInt32, kFixed64, kFixed32, kBytes, kMessage };

struct Shape;

/// What may stand under one field number.
struct FieldShape {
  Kind kind = Kind::kAbsent;
  bool repeated = false;
  bool presence = false;         // its default is written out when it was set
  int oneof = -1;                // which of the message's
  uint64_t largest = 0;          // of numbers
  const Shape* inner = nullptr;  // of messages
};

struct Shape {
  std::vector<FieldShape> fields;  // by number
  bool is_known = true;            // nothing in it that this walk does not know
};

/// The largest value of an enum whose values are 0, 1, 2 and so on.
std::optional<uint64_t> LargestOf(const EnumDescriptor& type) {
  for (int i = 0; i < type.value_count(); ++i) {
    if (type.FindValueByNumber(i) == nullptr) return std::nullopt;
  }
  return static_cast<uint64_t>(type.value_count() - 1);
}

/// Shapes of message types, each made once. Guarded by the caller.
class Shapes {
 public:
  const Shape& Of(const Descriptor& type) {
    const auto [place, first] = shapes_.try_emplace(&type);
    if (!first) return *place->second;
    // There before its fields are looked at: a message may hold its own kind.
    place->second = std::make_unique<Shape>();
    Shape& shape = *place->second;
    for (int i = 0; i < type.field_count(); ++i) AddField(*type.field(i), shape);
    shape.is_known &= type.extension_range_count() == 0;
    return shape;
  }

 private:
  void AddField(const FieldDescriptor& field, Shape& shape) {
    constexpr int kMostNumbers = 256;
    if (field.number() >= kMostNumbers || field.is_map() || field.is_required()) {
      shape.is_known = false;
      return;
    }
    const auto number = static_cast<size_t>(field.number());
    if (shape.fields.size() <= number) shape.fields.resize(number + 1);
    FieldShape& out = shape.fields[number];
    out.repeated = field.is_repeated();
    out.presence = field.has_presence();
    if (field.real_containing_oneof() != nullptr) out.oneof = field.real_containing_oneof()->index();
    if (!SetKind(field, out)) shape.is_known = false;
    const bool is_list_of_numbers = out.repeated && out.kind != Kind::kBytes && out.kind != Kind::kMessage;
    if (is_list_of_numbers != field.is_packed() || out.oneof >= 64) shape.is_known = false;
  }

  bool SetKind(const FieldDescriptor& field, FieldShape& out) {
    constexpr uint64_t kMost = std::numeric_limits<uint64_t>::max();
    switch (field.type()) {
      case FieldDescriptor::TYPE_INT64:
      case FieldDescriptor::TYPE_UINT64:
      case FieldDescriptor::TYPE_SINT64:
        return SetNumber(out, kMost);
      case FieldDescriptor::TYPE_UINT32:
      case FieldDescriptor::TYPE_SINT32:
        return SetNumber(out, std::numeric_limits<uint32_t>::max());
      case FieldDescriptor::TYPE_BOOL:
        return SetNumber(out, 1);
      case FieldDescriptor::TYPE_ENUM: {
        const std::optional<uint64_t> largest = LargestOf(*field.enum_type());
        return largest.has_value() && SetNumber(out, *largest);
      }
      case FieldDescriptor::TYPE_INT32:
        out.kind = Kind::kInt32;
        return true;
      case FieldDescriptor::TYPE_FIXED64:
      case FieldDescriptor::TYPE_SFIXED64:
        out.kind = Kind::kFixed64;
        return true;
      case FieldDescriptor::TYPE_FIXED32:
      case FieldDescriptor::TYPE_SFIXED32:
        out.kind = Kind::kFixed32;
        return true;
      case FieldDescriptor::TYPE_STRING:
      case FieldDescriptor::TYPE_BYTES:
        out.kind = Kind::kBytes;
        return true;
      case FieldDescriptor::TYPE_MESSAGE:
        out.kind = Kind::kMessage;
        out.inner = &Of(*field.message_type());
        return true;
      case FieldDescriptor::TYPE_FLOAT:
      case FieldDescriptor::TYPE_DOUBLE:
      case FieldDescriptor::TYPE_GROUP:
        return false;
    }
    return false;
  }

  static bool SetNumber(FieldShape& out, uint64_t largest) {
    out.kind = Kind::kNumber;
    out.largest = largest;
    return true;
  }

  std::unordered_map<const Descriptor*, std::unique_ptr<Shape>> shapes_;
};

const Shape& ShapeOf(const Descriptor& type) {
  static std::mutex mutex;
  static Shapes& shapes = *new Shapes();  // lives as long as any thread may ask
  const std::lock_guard lock(mutex);
  return shapes.Of(type);
}

/// Reads bytes from the front; every reader is false when they are not there, or not in the shortest form.
class Bytes {
 public:
  explicit Bytes(std::string_view bytes) : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  bool empty() const { return at_ == end_; }

  bool ReadVarint(uint64_t& value) {
    value = 0;
    for (int shift = 0; shift < 64 && at_ != end_; shift += 7) {
      const auto byte = static_cast<uint8_t>(*at_++);
      value |= uint64_t{byte & 0x7fu} << shift;
      if (byte >= 0x80) continue;
      // A last byte of zero adds nothing, and the tenth has room for one bit.
      return (byte != 0 || shift == 0) && (shift < 63 || byte == 1);
    }
    return false;
  }

  bool ReadDelimited(std::string_view& bytes) {
    uint64_t size = 0;
    if (!ReadVarint(size)) return false;
    return Read(size, bytes);
  }

  bool Read(uint64_t size, std::string_view& bytes) {
    if (size > static_cast<uint64_t>(end_ - at_)) return false;
    bytes = {at_, static_cast<size_t>(size)};
    at_ += size;
    return true;
  }

 private:
  const char* at_;
  const char* const end_;
};

/// One number of a field, alone or in a list. `is_zero`: it is the default.
bool ReadNumber(const FieldShape& field, Bytes& bytes, bool& is_zero) {
  if (field.kind == Kind::kFixed64 || field.kind == Kind::kFixed32) {
    std::string_view fixed;
    if (!bytes.Read(field.kind == Kind::kFixed64 ? 8 : 4, fixed)) return false;
    is_zero = fixed.find_first_not_of('\0') == std::string_view::npos;
    return true;
  }
  uint64_t value = 0;
  if (!bytes.ReadVarint(value)) return false;
  is_zero = value == 0;
  if (field.kind == Kind::kNumber) return value <= field.largest;
  const auto number = static_cast<int64_t>(value);
  return number >= std::numeric_limits<int32_t>::min() && number <= std::numeric_limits<int32_t>::max();
}

uint64_t WireTypeOf(const FieldShape& field) {
  if (field.repeated) return kWireDelimited;
  switch (field.kind) {
    case Kind::kNumber:
    case Kind::kInt32:
      return kWireVarint;
    case Kind::kFixed64:
      return kWireFixed64;
    case Kind::kFixed32:
      return kWireFixed32;
    case Kind::kBytes:
    case Kind::kMessage:
    case Kind::kAbsent:
      break;
  }
  return kWireDelimited;
}

bool IsCanonical(std::string_view message, const Shape& shape);

/// The value of a field, its tag having been read.
bool ReadValue(const FieldShape& field, Bytes& bytes) {
  if (field.kind == Kind::kMessage) {
    std::string_view inner;
    return bytes.ReadDelimited(inner) && IsCanonical(inner, *field.inner);
  }
  if (field.kind == Kind::kBytes) {
    std::string_view text;
    return bytes.ReadDelimited(text) && (!text.empty() || field.repeated || field.presence);
  }
  bool is_zero = false;
  if (!field.repeated) return ReadNumber(field, bytes, is_zero) && (!is_zero || field.presence);
  std::string_view list;
  if (!bytes.ReadDelimited(list) || list.empty()) return false;
  Bytes numbers(list);
  while (!numbers.empty()) {
    if (!ReadNumber(field, numbers, is_zero)) return false;
  }
  return true;
}

bool IsCanonical(std::string_view message, const Shape& shape) {
  if (!shape.is_known) return false;
  Bytes bytes(message);
  uint64_t previous = 0;
  uint64_t oneofs_set = 0;
  while (!bytes.empty()) {
    uint64_t tag = 0;
    if (!bytes.ReadVarint(tag)) return false;
    const uint64_t number = tag >> 3;
    if (number >= shape.fields.size() || number < previous) return false;
    const FieldShape& field = shape.fields[number];
    if (field.kind == Kind::kAbsent || (tag & 7) != WireTypeOf(field)) return false;
    // Lists of numbers are written as one.
    const bool may_repeat = field.repeated && (field.kind == Kind::kBytes || field.kind == Kind::kMessage);
    if (number == previous && !may_repeat) return false;
    if (field.oneof >= 0) {
      const uint64_t bit = uint64_t{1} << field.oneof;
      if ((oneofs_set & bit) != 0) return false;
      oneofs_set |= bit;
    }
    if (!ReadValue(field, bytes)) return false;
    previous = number;
  }
  return true;
}

}  // namespace

bool HasCanonicalForm(std::string_view bytes, const Descriptor& type) { return IsCanonical(bytes, ShapeOf(type)); }

}  // namespace touchstone::ledger
