#include "cli/tree.h"

#include <set>

#include "cli/time.h"
#include "cli/words.h"
#include "fmt/format.h"
#include "ledger/mass.h"

namespace touchstone::cli {
namespace {

class Drawing {
 public:
  Drawing(const std::vector<v1::TraceNode>& nodes, const std::map<std::string, std::string>& country_of)
      : country_of_(country_of) {
    for (const v1::TraceNode& node : nodes) nodes_.emplace(node.id(), &node);
  }

  /// Draws `id` and what it was made of. `lead` stands before its first line, `indent` before the others.
  void Draw(const std::string& id, const std::string& lead, const std::string& indent) {
    const auto found = nodes_.find(id);
    if (found == nodes_.end()) {
      Line(lead, id + "  (beyond what was asked for)");
      return;
    }
    const v1::TraceNode& node = *found->second;
    const bool is_first = drawn_.insert(id).second;
    Line(lead, fmt::format("{}  {}{}", id, Material(node), is_first ? "" : "  (drawn above)"));
    if (!is_first) return;
    const bool is_source = node.input_ids().empty();
    Line(indent + (is_source ? "  " : "│ "), Step(node));
    for (int i = 0; i < node.input_ids_size(); ++i) {
      const bool is_last = i + 1 == node.input_ids_size();
      Draw(node.input_ids(i), indent + (is_last ? "└─ " : "├─ "), indent + (is_last ? "   " : "│  "));
    }
  }

  bool HasDrawn(const std::string& id) const { return drawn_.contains(id); }
  std::string Take() { return std::move(text_); }

 private:
  void Line(const std::string& before, const std::string& line) { text_ += before + line + "\n"; }

  static std::string Material(const v1::TraceNode& node) {
    if (node.fine_ng() == 0) return node.description();
    return fmt::format("{}, {} fine", node.description(), ledger::FormatFineNg(node.fine_ng()));
  }

  std::string Named(const std::string& name, const std::string& id) const {
    const auto country = country_of_.find(id);
    const std::string& shown = name.empty() ? id : name;
    return country == country_of_.end() ? shown : fmt::format("{} ({})", shown, country->second);
  }

  std::string Step(const v1::TraceNode& node) const {
    std::string line = fmt::format("{} by {}", node.step(), Named(node.party_name(), node.party_id()));
    if (!node.site_id().empty()) line += fmt::format(" at {}", Named(node.site_name(), node.site_id()));
    line += fmt::format(", {}, entry {}", FormatTimeUs(node.occurred_at_us()), node.entry_index());
    for (int i = 0; i < node.findings_size(); ++i) line += fmt::format("  ! {}", NameFor(node.findings(i)));
    return line;
  }

  std::map<std::string, const v1::TraceNode*> nodes_;
  const std::map<std::string, std::string>& country_of_;
  std::set<std::string> drawn_;
  std::string text_;
};

}  // namespace

std::string DrawTree(const std::vector<v1::TraceNode>& nodes, const std::map<std::string, std::string>& country_of) {
  if (nodes.empty()) return "";
  Drawing drawing(nodes, country_of);
  // Where a time left out what is made of them, several nodes have nothing above them.
  for (const v1::TraceNode& node : nodes) {
    if (!drawing.HasDrawn(node.id())) drawing.Draw(node.id(), "", "");
  }
  return drawing.Take();
}

}  // namespace touchstone::cli
