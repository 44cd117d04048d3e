#include "cli/dot.h"

#include <set>

#include "cli/time.h"
#include "cli/words.h"
#include "fmt/format.h"
#include "ledger/mass.h"

namespace touchstone::cli {
namespace {

std::string Named(const std::string& name, const std::string& id,
                  const std::map<std::string, std::string>& country_of) {
  const auto country = country_of.find(id);
  const std::string& shown = name.empty() ? id : name;
  return country == country_of.end() ? shown : fmt::format("{} ({})", shown, country->second);
}

std::string Label(const v1::TraceNode& node, const std::map<std::string, std::string>& country_of) {
  std::string label = node.id() + "\n" + node.description();
  if (node.fine_ng() != 0) label += fmt::format(", {} fine", ledger::FormatFineNg(node.fine_ng()));
  label += fmt::format("\n{} by {}", node.step(), Named(node.party_name(), node.party_id(), country_of));
  if (!node.site_id().empty()) {
    label += fmt::format("\nat {}", Named(node.site_name(), node.site_id(), country_of));
  }
  label += fmt::format("\n{}, entry {}", FormatTimeUs(node.occurred_at_us()), node.entry_index());
  for (int i = 0; i < node.findings_size(); ++i) label += fmt::format("\n! {}", NameFor(node.findings(i)));
  return label;
}

}  // namespace

std::string DotQuoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '\n') {
      quoted += "\\n";
    } else if (c != '\r') {
      if (c == '"' || c == '\\') quoted += '\\';
      quoted += c;
    }
  }
  return quoted + '"';
}

std::string DrawDot(const std::vector<v1::TraceNode>& nodes, const std::map<std::string, std::string>& country_of) {
  std::string text = "digraph lineage {\n  rankdir=LR;\n  node [shape=box, fontname=\"sans-serif\"];\n";
  std::set<std::string> known;
  for (const v1::TraceNode& node : nodes) {
    known.insert(node.id());
    text += fmt::format("  {} [label={}{}];\n", DotQuoted(node.id()), DotQuoted(Label(node, country_of)),
                        node.findings().empty() ? "" : ", color=red");
  }
  for (const v1::TraceNode& node : nodes) {
    for (const std::string& input : node.input_ids()) {
      if (known.insert(input).second) {
        const std::string label = input + "\nbeyond what was asked for";
        text += fmt::format("  {} [label={}, style=dashed];\n", DotQuoted(input), DotQuoted(label));
      }
      text += fmt::format("  {} -> {};\n", DotQuoted(input), DotQuoted(node.id()));
    }
  }
  return text + "}\n";
}

}  // namespace touchstone::cli
