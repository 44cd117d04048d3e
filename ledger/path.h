// The path of a field, as `transform.inputs[2].lot_id`, put together only when it is needed: a check names the fields
// that it looks at on every event, and says one of them on few.
#pragma once

#include <string>
#include <string_view>

#include "fmt/core.h"

namespace touchstone::ledger {

/// Made on the way down a chain of checks, and used within it: it points at its parent and at the names it was given.
class Path {
 public:
  Path(const char* name) : name_(name) {}         // NOLINT: a name is a path
  Path(std::string_view name) : name_(name) {}    // NOLINT
  Path(const std::string& name) : name_(name) {}  // NOLINT
  /// parent[index]
  Path(const Path& parent, int index) : parent_(&parent), index_(index) {}
  /// parent and a member of it, with its dot, as `.lot_id`.
  Path(const Path& parent, const char* member) : parent_(&parent), name_(member) {}

  std::string str() const {
    std::string text = parent_ == nullptr ? std::string() : parent_->str();
    if (index_ >= 0) return text.append("[").append(std::to_string(index_)).append("]");
    return text.append(name_);
  }
  operator std::string() const { return str(); }  // NOLINT: where a path is said, it is text

  friend std::string operator+(const Path& path, std::string_view more) { return path.str().append(more); }

 private:
  const Path* parent_ = nullptr;
  std::string_view name_;
  int index_ = -1;
};

}  // namespace touchstone::ledger

template <>
struct fmt::formatter<touchstone::ledger::Path> : fmt::formatter<std::string> {
  template <typename Context>
  auto format(const touchstone::ledger::Path& path, Context& context) const {
    return fmt::formatter<std::string>::format(path.str(), context);
  }
};
