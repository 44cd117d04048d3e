#include "cli/event_file.h"

#include <string>

#include "base/status.h"
#include "fmt/format.h"
#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/util/json_util.h"

namespace touchstone::cli {
namespace {

absl::Status BadEvent(std::string_view message) { return InvalidInput("BAD_EVENT_FILE", "", message); }

/// Keeps the first complaint of the parser of text format.
class FirstError final : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, google::protobuf::io::ColumnNumber column, const std::string& message) override {
    if (text_.empty()) text_ = fmt::format("line {}, column {}: {}", line + 1, column + 1, message);
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

absl::Status ParseJson(std::string_view text, v1::Event& event) {
  const auto status = google::protobuf::util::JsonStringToMessage({text.data(), text.size()}, &event,
                                                                  google::protobuf::util::JsonParseOptions());
  if (status.ok()) return absl::OkStatus();
  return BadEvent(status.message().ToString());
}

absl::Status ParseText(std::string_view text, v1::Event& event) {
  FirstError error;
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&error);
  if (parser.ParseFromString(std::string(text), &event)) return absl::OkStatus();
  return BadEvent(error.text());
}

}  // namespace

absl::StatusOr<v1::Event> ParseEventFile(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r\n");
  const bool is_json = first != std::string_view::npos && text[first] == '{';
  v1::Event event;
  TS_RETURN_IF_ERROR(is_json ? ParseJson(text, event) : ParseText(text, event));
  if (event.body_case() == v1::Event::BODY_NOT_SET) return BadEvent("the event has no body, as `produce { ... }`");
  return event;
}

absl::StatusOr<std::string> FormatEventFile(const v1::Event& event) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  options.preserve_proto_field_names = true;
  std::string text;
  const auto status = google::protobuf::util::MessageToJsonString(event, &text, options);
  if (!status.ok()) return BadEvent(status.message().ToString());
  return text;
}

}  // namespace touchstone::cli
