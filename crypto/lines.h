// Text formats of logs: taken line by line from the front.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace touchstone::crypto {

/// Takes lines off a text. The text must outlive the object and what it gave.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {}

  /// The next line without its newline; nullopt, taking nothing, when no newline is left.
  std::optional<std::string_view> Next() {
    const size_t end = rest_.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return line;
  }
  bool StartsWith(std::string_view prefix) const { return rest_.starts_with(prefix); }
  /// What was not taken yet.
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

}  // namespace touchstone::crypto
